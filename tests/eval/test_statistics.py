"""Averages, pass@k and intervals: equal to slow exact twins, and intervals that hold what they promise."""

import math
import random
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmimo.core.errors import InputError
from openmimo.eval.statistics import (
    Scored,
    average,
    bootstrap,
    clusters,
    curve,
    maj_at_n,
    majority,
    pass_at_k,
    pass_hat_k,
    questions_like_these,
    these_questions,
    wilson,
)

counts = st.integers(1, 600).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n)))
answered = st.lists(st.lists(st.sampled_from([0.0, 0.25, 1.0]), min_size=1, max_size=9), min_size=1, max_size=12)


def questions(scores: Sequence[Sequence[float]], groups: Sequence[str] = ()) -> list[Scored]:
    return [Scored(str(place), tuple(each), groups[place] if groups else "") for place, each in enumerate(scores)]


@given(counts)
def test_pass_at_k_is_the_published_estimator_in_whole_numbers(given_counts: tuple[int, int, int]) -> None:
    n, c, k = given_counts
    assert pass_at_k(n, c, k) == pytest.approx(float(1 - Fraction(math.comb(n - c, k), math.comb(n, k))), abs=1e-12, rel=0)
    assert pass_hat_k(n, c, k) == pytest.approx(float(Fraction(math.comb(c, k), math.comb(n, k))), abs=1e-12, rel=0)
    product = math.prod(1 - k / i for i in range(n - c + 1, n + 1)) if n - c >= k else 0.0  # as Chen et al. print it
    assert pass_at_k(n, c, k) == pytest.approx(1 - product, abs=1e-12, rel=0)


def test_pass_at_k_of_many_answers() -> None:
    for n, c, k in ((10_000, 3, 5_000), (10_000, 5_000, 3), (10_000, 9_999, 10_000), (65_536, 1, 32_768)):
        exact = 1 - Fraction(math.comb(n - c, k), math.comb(n, k))
        assert pass_at_k(n, c, k) == pytest.approx(float(exact), abs=1e-12, rel=0)


@given(st.lists(st.booleans(), min_size=1, max_size=8), st.data())
def test_pass_at_k_is_the_mean_over_all_ways_to_choose(right: list[bool], data: st.DataObject) -> None:
    k = data.draw(st.integers(1, len(right)))
    chosen = list(combinations(right, k))
    assert pass_at_k(len(right), sum(right), k) == pytest.approx(sum(map(any, chosen)) / len(chosen))
    assert pass_hat_k(len(right), sum(right), k) == pytest.approx(sum(map(all, chosen)) / len(chosen))


@pytest.mark.parametrize("k", [0, 5])
def test_pass_at_k_wants_k_answers(k: int) -> None:
    with pytest.raises(InputError, match=f"4 answers to a question, from which nothing can be said of {k}"):
        pass_at_k(4, 2, k)


def test_a_curve_is_the_mean_over_questions_and_says_over_how_many() -> None:
    points = curve(questions([[1, 0, 0, 0], [1, 1, 1, 1], [0, 0, 0.5]]))
    assert [(point.k, point.questions) for point in points] == [(1, 3), (2, 3), (4, 2)]
    assert points[0].any == points[0].all == pytest.approx((0.25 + 1 + 0) / 3)
    assert points[1].any == pytest.approx((0.5 + 1 + 0) / 3)
    assert points[1].all == pytest.approx(1 / 3)
    assert (points[2].any, points[2].all) == (1, 0.5)
    assert [point.k for point in curve(questions([[1] * 10]))] == [1, 2, 4, 8, 10]
    assert [point.k for point in curve(questions([[1] * 10]), [10, 3, 11])] == [3, 10]
    assert curve([]) == ()


@given(answered)
def test_pass_at_one_is_the_average_of_right_or_wrong(scores: list[list[float]]) -> None:
    whole = questions([[float(score == 1) for score in each] for each in scores])
    assert curve(whole)[0].any == pytest.approx(average(whole))


@given(answered)
def test_an_average_counts_every_question_once(scores: list[list[float]]) -> None:
    assert average(questions(scores)) == pytest.approx(sum(sum(each) / len(each) for each in scores) / len(scores))


def test_scores_that_cannot_be_are_named() -> None:
    with pytest.raises(InputError, match="no scores"):
        average([])
    with pytest.raises(InputError, match="question 1 has no score"):
        average(questions([[1.0], []]))
    with pytest.raises(InputError, match="question 0 has a score outside 0 to 1"):
        average(questions([[68.2]]))


def test_a_majority_is_the_most_frequent_answer_and_of_equals_the_first_said() -> None:
    assert majority(["4", "5", "5"]) == 1
    assert majority(["4", "5", "5", "4"]) == 0
    assert majority([None, None, "5"]) == 2
    assert majority([None, None]) is None
    assert majority([]) is None


def test_maj_at_n_scores_the_answer_most_agree_on() -> None:
    assert maj_at_n([(["4", "5", "5"], [1, 0, 0]), (["4", "4", None], [1, 1, 0]), ([None], [0])]) == pytest.approx(1 / 3)
    with pytest.raises(InputError, match="no questions"):
        maj_at_n([])


@given(st.lists(st.sampled_from(["a", "b", "c", None]), max_size=9))
def test_a_majority_agrees_with_counting_one_by_one(keys: list[str | None]) -> None:
    best = max((keys.count(key) for key in keys if key is not None), default=0)
    first = [place for place, key in enumerate(keys) if key is not None and keys.count(key) == best]
    assert majority(keys) == (first[0] if first else None)


def test_one_answer_each_says_nothing_of_the_same_questions_again() -> None:
    assert these_questions(questions([[1], [0], [1]])) is None
    assert these_questions(questions([[1, 1], [0, 0]])) == (0.5, 0.5)  # as greedy answers are


def test_these_questions_is_the_spread_within_questions() -> None:
    low, high = these_questions(questions([[1, 0], [1, 1], [0, 0, 1, 1]])) or (0, 0)
    error = math.sqrt(0.5 / 2 + 0 + (1 / 3) / 4) / 3  # s²/n of each
    assert (low, high) == (pytest.approx(2 / 3 - 1.96 * error, abs=1e-4), 1.0)  # cut at 1
    # The one with a single answer varies as the other does.
    low, high = these_questions(questions([[1, 0], [1]])) or (0, 0)
    assert high - low == pytest.approx(
        min(1, 0.75 + 1.96 * math.sqrt(0.25 + 0.5) / 2) - max(0, 0.75 - 1.96 * math.sqrt(0.25 + 0.5) / 2), abs=1e-4
    )


def test_wilson_is_the_known_interval() -> None:
    assert wilson(0.5, 10) == (pytest.approx(0.2366, abs=1e-4), pytest.approx(0.7634, abs=1e-4))
    assert wilson(1.0, 30) == (pytest.approx(0.8865, abs=1e-4), 1.0)


def test_single_right_or_wrong_answers_have_wilsons_interval() -> None:
    assert questions_like_these(questions([[1]] * 7 + [[0]] * 3)) == wilson(0.7, 10)
    assert questions_like_these(questions([[1, 1]] * 30)) == wilson(1.0, 30)  # the bootstrap would be sure of 100 %
    assert questions_like_these(questions([[1]] * 6, ["a", "a", "b", "b", "c", "c"])) == wilson(1.0, 3)
    assert questions_like_these(questions([[0.5]])) == wilson(0.5, 1)


def test_a_bootstrap_is_the_same_for_a_seed_and_in_any_order() -> None:
    rng = random.Random(0)
    some = questions([[rng.random()] for _ in range(40)])
    interval = questions_like_these(some)
    assert interval == questions_like_these(some[::-1]) != questions_like_these(some, seed=1)
    assert interval[0] < average(some) < interval[1]
    assert interval == pytest.approx(questions_like_these(some, seed=1), abs=0.02)


def test_the_bootstrap_is_the_plain_one() -> None:
    """As drawing groups one by one has it, which the multinomial over kinds of groups stands for."""
    rng = np.random.default_rng(7)
    sums, sizes = rng.uniform(0, 3, 25), rng.integers(1, 4, 25).astype(float)
    drawn = rng.integers(0, 25, size=(20_000, 25))
    plain = np.quantile(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1), [0.025, 0.975])
    assert bootstrap(sums, sizes, 0) == pytest.approx(tuple(plain), abs=0.015)


def test_shared_passages_make_an_interval_wider() -> None:
    scores = [[float(place % 2)] * 2 for place in range(20) for _ in range(5)]  # five questions of a passage are answered alike
    alone = questions_like_these(questions(scores))
    grouped = questions_like_these(questions(scores, [str(place) for place in range(20) for _ in range(5)]))
    width, wide = alone[1] - alone[0], grouped[1] - grouped[0]
    assert wide == pytest.approx(width * math.sqrt(5), rel=0.15)


def test_groups_are_summed_and_a_question_without_one_is_its_own() -> None:
    sums, sizes = clusters([("a", 1.0), ("", 0.5), ("a", 0.25), ("", 0.5)])
    assert (sums.tolist(), sizes.tolist()) == ([1.25, 0.5, 0.5], [2, 1, 1])


def test_intervals_hold_what_they_promise() -> None:
    """Of 300 measurements about 95 % have the true mean within: of these very questions, and of all such questions."""
    rng = np.random.default_rng(0)
    rates = rng.beta(1.5, 1.0, 60)
    held = [0, 0]
    for _ in range(300):
        same = questions(rng.binomial(1, rates[:, None], (60, 8)).tolist())
        low, high = these_questions(same) or (0, 0)
        held[0] += low <= rates.mean() <= high
        others = questions(rng.binomial(1, rng.beta(1.5, 1.0, 60)[:, None], (60, 8)).tolist())
        low, high = questions_like_these(others)
        held[1] += low <= 0.6 <= high
    assert held[0] / 300 == pytest.approx(0.95, abs=0.035)
    assert held[1] / 300 == pytest.approx(0.95, abs=0.035)
