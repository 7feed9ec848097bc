"""The schedule rises linearly, stays, falls as a cosine, and ends where it says."""

import itertools

import pytest

from openmimo.core.errors import ConfigError
from openmimo.train.schedule import Schedule, constant


def test_shape() -> None:
    schedule = Schedule(peak=1.0, final=0.1, warmup=10, constant=20, cosine=30)
    rates = [schedule.rate(step, 1) for step in range(schedule.tokens + 5)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[9] == pytest.approx(1.0)
    assert set(rates[10:30]) == {1.0}
    assert all(a >= b for a, b in itertools.pairwise(rates[30:]))
    assert rates[45] == pytest.approx(0.55)  # half-way down
    assert rates[60] == rates[64] == pytest.approx(0.1)


@pytest.mark.parametrize("bad", [dict(peak=0.0), dict(final=2.0), dict(warmup=-1)])
def test_what_cannot_be_is_refused(bad: dict[str, float]) -> None:
    good = dict(peak=1.0, final=0.1, warmup=1, constant=1, cosine=1)
    with pytest.raises(ConfigError, match="schedule"):
        Schedule(**(good | bad))  # type: ignore[arg-type]


def test_large_steps_see_the_same_schedule() -> None:
    schedule = Schedule(peak=1.0, final=0.1, warmup=10, constant=20, cosine=30)
    assert schedule.rate(0, 4) == schedule.rate(3, 1)
    assert schedule.rate(8, 4) == 1.0  # and not above the peak, though the step goes past the warm-up
    assert schedule.rate(40, 4) == schedule.rate(40, 1)


def test_a_constant_rate() -> None:
    schedule = constant(0.5, 100)
    assert schedule.tokens == 100
    assert {schedule.rate(done, 7) for done in range(0, 200, 7)} == {0.5}
