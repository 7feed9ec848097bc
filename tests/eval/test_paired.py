"""Two models side by side: p as trying every swap has it, intervals that hold, and a clear word where their questions differ."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.core.errors import InputError
from openmimo.eval.paired import compare
from openmimo.eval.statistics import Scored


def model(scores: list[float], groups: list[str] | None = None) -> list[Scored]:
    return [Scored(f"q{place}", (score,), groups[place] if groups else "") for place, score in enumerate(scores)]


def slow_p(first: list[float], second: list[float]) -> float:
    differences = [a - b for a, b in zip(first, second, strict=True)]
    ways = [abs(sum(sign * each for sign, each in zip(signs, differences, strict=True))) for signs in product((1, -1), repeat=len(first))]
    return sum(way >= abs(sum(differences)) - 1e-9 for way in ways) / len(ways)


def test_wins_ties_losses_and_the_difference() -> None:
    paired = compare(model([1, 1, 0, 0.5]), model([0, 1, 1, 0.25])[::-1])
    assert (paired.questions, paired.wins, paired.ties, paired.losses, paired.left_out) == (4, 2, 1, 1, 0)
    assert (paired.first, paired.second, paired.difference) == (0.625, 0.5625, 0.0625)
    assert paired.interval[0] < 0 < paired.interval[1]
    other = compare(model([0, 1, 1, 0.25]), model([1, 1, 0, 0.5]))
    assert (other.wins, other.losses, other.difference, other.p) == (1, 2, -0.0625, paired.p)


scores = st.lists(st.tuples(st.sampled_from([0, 0.3, 0.5, 1]), st.sampled_from([0, 0.3, 0.5, 1])), min_size=1, max_size=8)


@settings(deadline=None)
@given(scores)
def test_p_is_that_of_every_swap(pairs: list[tuple[float, float]]) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    assert compare(model(first), model(second)).p == pytest.approx(slow_p(first, second))


def test_p_of_many_questions_is_near_that_of_every_swap() -> None:
    """18 that differ are drawn from, not tried out; of right-or-wrong ones p is that of a sign test: 2 P(at most 4 heads of 18)."""
    paired = compare(model([1] * 14 + [0] * 4 + [1] * 100), model([0] * 14 + [1] * 4 + [1] * 100))
    assert paired.p == pytest.approx(2 * (1 + 18 + 153 + 816 + 3060) / 2**18, abs=0.006)
    assert compare(model([1] * 40), model([0] * 40)).p == 1 / 10_001
    assert compare(model([1, 0] * 20), model([1, 0] * 20)).p == 1.0


def test_groups_are_swapped_as_a_whole() -> None:
    groups = [str(place // 5) for place in range(20)]
    paired = compare(model([1] * 20, groups), model([0] * 20))
    assert paired.p == 2 / 2**4
    assert (paired.wins, paired.questions) == (20, 20)


def test_different_questions_are_told_apart_and_the_common_ones_compared() -> None:
    first, second = model([1, 0, 1, 1, 0]), [*model([0, 0]), *[Scored(f"other{place}", (1.0,)) for place in range(5)]]
    with pytest.raises(InputError) as caught:
        compare(first, second)
    assert caught.value.problem == (
        "the two hold different questions: 3 only in the first (q2, q3, q4) and 5 only in the second (other0, other1, other2 and 2 more)"
    )
    assert "common" in caught.value.fix
    paired = compare(first, second, common=True)
    assert (paired.questions, paired.left_out, paired.wins, paired.ties) == (2, 8, 1, 1)
    with pytest.raises(InputError, match="no question in common"):
        compare(first, second[2:], common=True)
    with pytest.raises(InputError, match="question q0 is there twice"):
        compare(first + first[:1], first)


def test_the_same_seed_gives_the_same_and_numbers_of_answers_may_differ() -> None:
    rng = np.random.default_rng(0)
    first = [Scored(f"q{place}", tuple(rng.integers(0, 2, 4).tolist())) for place in range(50)]
    second = [Scored(f"q{place}", tuple(rng.integers(0, 2, 2).tolist())) for place in range(50)]
    assert compare(first, second) == compare(first, second)
    assert compare(first, second, seed=1).interval == pytest.approx(compare(first, second).interval, abs=0.02)


def test_intervals_and_p_hold_what_they_promise() -> None:
    """Of 300 pairs with a true difference of 0.1 about 95 % have it within; of 300 equal pairs about 5 % have p < 0.05."""
    rng = np.random.default_rng(1)
    held = alarms = 0
    for _ in range(300):
        rates = rng.uniform(0.1, 0.9, 80)
        first, second, equal = ((rng.random(80) < rates + more).astype(float).tolist() for more in (0.1, 0.0, 0.0))
        low, high = compare(model(first), model(second)).interval
        held += low <= 0.1 <= high
        alarms += compare(model(second), model(equal)).p < 0.05
    assert held / 300 == pytest.approx(0.95, abs=0.035)
    assert alarms / 300 < 0.08
