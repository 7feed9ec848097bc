"""Sampling draws from exactly the distribution it says it does."""

from typing import Any

import pytest
import torch

from openmimo.core.errors import ConfigError
from openmimo.engine.sample import Sampling, choose, knobs, waiting

LOGITS_V = torch.tensor([2.0, 1.0, 0.0, -1.0, -6.0])
DRAWS = 40_000
CPU = torch.device("cpu")


def shares(sampling: Sampling) -> torch.Tensor:
    drawn_N = choose(LOGITS_V.expand(DRAWS, -1), knobs([sampling] * DRAWS, CPU), torch.arange(DRAWS))
    return torch.bincount(drawn_N, minlength=5) / DRAWS


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_temperature(temperature: float) -> None:
    expected = torch.softmax(LOGITS_V / temperature, -1)
    chi_square = (DRAWS * (shares(Sampling(temperature)) - expected) ** 2 / expected).sum()
    assert chi_square < 18.5  # one in a thousand with four degrees of freedom


def test_top_p_keeps_the_fewest_likeliest_that_reach_it() -> None:
    kept = torch.softmax(LOGITS_V, -1)[:2]  # 0.64 and 0.24: together they pass 0.8, the first alone does not
    found = shares(Sampling(1.0, top_p=0.8))
    assert found[2:].sum() == 0
    assert torch.allclose(found[:2], kept / kept.sum(), atol=0.01)
    assert shares(Sampling(1.0, top_p=0.01))[0] == 1


def test_top_k_and_top_p_together_share_out_what_top_k_left() -> None:
    assert shares(Sampling(1.0, top_k=3, top_p=0.7))[2:].sum() == 0  # of the three kept the first has 0.67
    assert (shares(Sampling(1.0, top_k=3))[:3] > 0).all()
    assert shares(Sampling(1.0, top_k=3))[3:].sum() == 0
    assert shares(Sampling(1.0, top_k=1))[0] == 1


def test_min_p_keeps_what_is_likely_enough_beside_the_likeliest() -> None:
    found = shares(Sampling(1.0, min_p=0.2))  # e^-1 is above it, e^-2 below
    assert found[2:].sum() == 0
    assert abs(found[1] / found[0] - torch.tensor(-1.0).exp()) < 0.02


def test_draws_of_different_seeds_are_as_independent_as_of_different_positions() -> None:
    expected = torch.softmax(LOGITS_V, -1)
    settings = knobs([Sampling(1.0, seed=seed) for seed in range(DRAWS)], CPU)
    drawn_N = choose(LOGITS_V.expand(DRAWS, -1), settings, torch.full((DRAWS,), 7))
    found = torch.bincount(drawn_N, minlength=5) / DRAWS
    assert (DRAWS * (found - expected) ** 2 / expected).sum() < 18.5
    pairs = torch.bincount(drawn_N[:-1] * 5 + drawn_N[1:], minlength=25) / (DRAWS - 1)
    both = (expected[:, None] * expected).flatten()
    assert (DRAWS * (pairs - both) ** 2 / both).sum() < 52  # one in a thousand with twenty-four degrees of freedom


def test_waiting_times_are_exponential_and_uncorrelated_between_tokens() -> None:
    waits = waiting(torch.arange(500), torch.arange(500) % 7, 400)
    assert waits.min() > 0
    assert torch.isfinite(waits).all()
    assert abs(waits.mean() - 1) < 0.01
    assert abs(waits.var() - 1) < 0.03
    assert abs(torch.corrcoef(waits.T)[0, 1:]).max() < 0.18  # 4 / sqrt(500)


def test_a_mixed_batch_draws_what_each_row_draws_alone() -> None:
    rows = [Sampling(), Sampling(1.0, seed=3), Sampling(0.7, 0.9, 4), Sampling(), Sampling(1.5, top_k=4, seed=5, logit_bias=((2, 3.0),))]
    logits_MV, positions_M = torch.randn(5, 40, generator=torch.Generator().manual_seed(1)), torch.tensor([3, 9, 9, 1, 4])
    together = choose(logits_MV, knobs(rows, CPU), positions_M).tolist()
    alone = [choose(logits_MV[r : r + 1], knobs([rows[r]], CPU), positions_M[r : r + 1]).item() for r in range(5)]
    assert together == alone


def test_greedy_takes_the_likeliest_that_bias_and_mask_leave() -> None:
    here = torch.zeros(1, dtype=torch.long)
    assert choose(LOGITS_V[None], knobs([Sampling()], CPU), here).tolist() == [0]
    assert choose(LOGITS_V[None], knobs([Sampling(logit_bias=((3, 9.0),))], CPU), here).tolist() == [3]
    assert choose(LOGITS_V[None], knobs([Sampling()], CPU), here, torch.tensor([[False, False, True, True, True]])).tolist() == [2]


@pytest.mark.parametrize(
    "bad",
    [
        {"temperature": -1.0},
        {"temperature": float("nan")},
        {"top_p": 0.0},
        {"top_p": 1.5},
        {"top_k": -1},
        {"top_k": 2**31},
        {"min_p": 1.1},
        {"logit_bias": ((1, float("inf")),)},
    ],
)
def test_what_cannot_be_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=next(iter(bad))):
        Sampling(**bad)
