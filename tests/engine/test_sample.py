"""Sampling draws from exactly the distribution it says it does."""

import pytest
import torch

from openmimo.core.errors import ConfigError
from openmimo.engine.sample import Sampling, choose

LOGITS_V = torch.tensor([2.0, 1.0, 0.0, -1.0, -6.0])
DRAWS = 40_000


def shares(sampling: Sampling) -> torch.Tensor:
    drawn_N = choose(LOGITS_V.expand(DRAWS, -1), sampling, torch.Generator().manual_seed(0))
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


def test_greedy_takes_the_likeliest() -> None:
    assert choose(LOGITS_V[None], Sampling(), torch.Generator()).tolist() == [0]


@pytest.mark.parametrize("bad", [{"temperature": -1.0}, {"temperature": float("nan")}, {"top_p": 0.0}, {"top_p": 1.5}])
def test_what_cannot_be_is_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match=next(iter(bad))):
        Sampling(**bad)
