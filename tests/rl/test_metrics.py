"""Metrics by hand, and the mismatch against the KL it estimates."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.rl.metrics import BINS, Outcome, entropies, group_metrics, histogram, mismatch, pass_rate
from openmimo.verify.verdict import Verdict

RIGHT, WRONG = Verdict("right", 1.0, "math", ""), Verdict("wrong", 0.0, "math", "")
LATE, SKIPPED = Verdict("timeout", None, "math", ""), Verdict("skipped", None, "math", "")


def test_mismatch_by_hand() -> None:
    engine_N = torch.tensor([-1.0, -2.0])
    found = mismatch(engine_N, engine_N + torch.tensor([0.0, math.log(1.5)]))
    assert found.ratio == pytest.approx(0.5)
    assert found.kl == pytest.approx((0.5 - math.log(1.5)) / 2, rel=1e-5)
    assert mismatch(engine_N, engine_N).kl == 0
    assert mismatch(torch.zeros(0), torch.zeros(0)).ratio == 0


def test_the_mismatch_is_the_kl_on_average() -> None:
    engine_V, trainer_V = (torch.randn(6, generator=torch.Generator().manual_seed(seed)).log_softmax(-1) for seed in (1, 2))
    drawn_N = torch.multinomial(engine_V.exp(), 200_000, replacement=True, generator=torch.Generator().manual_seed(0))
    kl = (engine_V.exp() * (engine_V - trainer_V)).sum().item()
    assert mismatch(engine_V[drawn_N], trainer_V[drawn_N]).kl == pytest.approx(kl, rel=0.02)


@settings(max_examples=50, deadline=None)
@given(engine=st.lists(st.floats(-20, 0), min_size=1, max_size=9), by=st.floats(-1e-4, 1e-4))
def test_the_mismatch_is_never_below_zero(engine: list[float], by: float) -> None:
    found = mismatch(torch.tensor(engine), torch.tensor(engine) + by)
    assert 0 <= found.kl <= found.ratio


def test_entropy_is_exact() -> None:
    logits_NV = torch.tensor([[0.0, 0.0, 0.0, 0.0], [0.0, -1e9, -1e9, -1e9], [math.log(3), 0.0, -1e9, -1e9]])
    expected = [math.log(4), 0.0, -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))]
    assert entropies(logits_NV).tolist() == pytest.approx(expected, abs=1e-6)


def test_pass_rates_fall_into_bins() -> None:
    assert histogram([0, 0.125, 0.25, 0.5, 0.875, 0.99, 1, 1]) == dict(zip(BINS, (1, 1, 1, 1, 2, 2), strict=True))
    assert sum(histogram([number / 16 for number in range(17)]).values()) == 17


def test_groups_by_hand() -> None:
    groups = [
        Outcome([RIGHT, WRONG], [1.0, 0.0], [10, 30], selected=True),
        Outcome([RIGHT, RIGHT], [1.0, 1.0], [5, 5], selected=False),
        Outcome([WRONG, LATE], [0.0, None], [40, 90], selected=False),
        Outcome([SKIPPED, LATE], [None, None], [1, 1], selected=False),
    ]
    assert group_metrics(groups) == {
        "groups": 4,
        "pass_rate": 0.5,  # of 1/2, 1 and 0
        "pass_rates": {"0": 1, "0-25": 0, "25-50": 0, "50-75": 1, "75-100": 0, "100": 1},
        "zero_signal": 0.25,
        "unfit": 0.5,
        "reward": 0.6,
        "length": 182 / 8,
        "selected_length": 20,
        "verdicts": {"right": 3, "skipped": 1, "timeout": 2, "wrong": 2},
        "alarm": "",
    }


def test_a_judge_that_always_fails_raises_the_alarm_and_makes_no_zeros() -> None:
    found = group_metrics([Outcome([LATE] * 4, [None] * 4, [3] * 4, selected=False)])
    assert (found["pass_rate"], found["reward"], found["selected_length"], found["unfit"]) == (None, None, None, 1.0)
    assert found["alarm"].startswith("no verdict on any of 4 answers")
    assert pass_rate([LATE, RIGHT, WRONG, WRONG]) == pytest.approx(1 / 3)
