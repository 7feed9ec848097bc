"""Test-difficulty-driven reward: tests that models seldom pass earn points of their own (report, section 3.3).

Several models solve a problem; the share of their programs that pass a test is the test's
pass rate; tests are clustered by it into levels; `rewards` makes a program's reward of the
levels' points. Where the report is silent the choice is ours: models weigh equally, the
clustering (`clusters`), at most four levels, equal points. Knows no judge, only its results
(`judge/result.py`). Read next: `level_file.py`, which keeps levels beside the problem set.

Legend: S programs of one model, T tests of one problem, U different pass rates.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from math import fsum
from typing import Any, Literal, get_args

import numpy as np

from openmimo.core.errors import InputError
from openmimo.verify.judge.problem import CodeProblem
from openmimo.verify.judge.result import JudgeResult
from openmimo.verify.verdict import Verdict

Scheme = Literal["strict", "soft", "all"]
Passed = Sequence[bool | None]
POINTS = (1.0, 1.0, 1.0, 1.0)


@dataclass(frozen=True)
class Levels:
    """How hard the tests of one problem are.

    `levels` has the level of each test, 0 the easiest; `points` what each level is worth, 1
    together; `rates` the pass rate of each test, None where no program ran it.
    """

    levels: tuple[int, ...]
    points: tuple[float, ...]
    rates: tuple[float | None, ...]

    def __post_init__(self) -> None:
        again = "make the levels again from rollouts"
        if not self.levels or len(self.levels) != len(self.rates):
            raise InputError(f"there are levels for {len(self.levels)} tests and pass rates for {len(self.rates)}", again)
        if sorted(set(self.levels)) != list(range(len(self.points))):
            raise InputError(f"the tests have levels {sorted(set(self.levels))}, and there are points for {len(self.points)}", again)
        if min(self.points) <= 0 or abs(sum(self.points) - 1) > 1e-9:
            raise InputError(f"the points of the levels, {list(self.points)}, must be above 0 and make 1 together", again)


def ran(result: JudgeResult) -> tuple[bool | None, ...]:
    """Whether each test passed; None for a test that was not run, or where the judge failed: that says nothing of its difficulty."""
    return tuple(None if test.outcome in ("--", "JE") else test.outcome == "AC" for test in result.tests)


def pass_rates(models: Sequence[Sequence[Passed]]) -> tuple[float | None, ...]:
    """The pass rate of each test: the mean over models of the share of that model's programs which passed it.

    `models` has S x T outcomes for each model (`ran`). A model weighs the same whatever its
    number of programs; with equal numbers this is the rate over all of them. A model that never
    ran a test has no say on it, and a test that none ran has no rate: None. Judge the rollouts
    with `stop="never"`, else tests that only good programs come to look easier than they are.
    """
    lengths = {len(row) for model in models for row in model}
    if not lengths:
        raise InputError("there are no rollouts to take pass rates from", "judge some programs of each problem first")
    if len(lengths) > 1:
        raise InputError(
            f"the rollouts of one problem have {min(lengths)} to {max(lengths)} tests", "judge them all against the same tests"
        )
    columns = [
        [share for share in column if share is not None] for column in zip(*(_shares(model) for model in models if model), strict=True)
    ]
    # Rounded, so that one rate that came about through different fractions is one rate.
    return tuple(round(fsum(column) / len(column), 12) if column else None for column in columns)


def make_levels(models: Sequence[Sequence[Passed]], points: Sequence[float] = POINTS, gap: float = 0.1) -> Levels:
    """The levels of one problem from what several models passed (`pass_rates`).

    `points` are what levels are worth, the easiest first, and as many as there may be levels; a
    problem with fewer uses the first ones, and they are scaled to 1 together. Tests that nobody
    ran go with the hardest level: to pass them first must not earn more than the hardest known.
    """
    if not points or min(points) <= 0 or not all(np.isfinite(points)):
        raise InputError(f"the points of levels must be numbers above 0, not {list(points)}", "give one for each level, the easiest first")
    rates = pass_rates(models)
    known = clusters([rate for rate in rates if rate is not None], len(points), gap)
    hardest, each = max(known, default=0), iter(known)
    levels = tuple(hardest if rate is None else next(each) for rate in rates)
    worth = np.array(points[: hardest + 1], dtype=np.float64)
    return Levels(levels, tuple(float(value) for value in worth / worth.sum()), rates)


def clusters(rates: Sequence[float], most: int, gap: float) -> list[int]:
    """The level of each pass rate, 0 the easiest: the exact optimum of one-dimensional k-means.

    The report names no method. In one dimension k-means (natural breaks) has an exact solution
    by dynamic programming, so there is no seed and no start to depend on, equal rates are never
    parted, and the order of the tests does not matter. The number of levels is the largest, up
    to `most`, whose neighbouring means are at least `gap` apart: what a few rollouts could part
    by chance should not be two levels.
    """
    if not rates:
        return []
    values_U, place, counts_U = np.unique(-np.asarray(rates, dtype=np.float64), return_inverse=True, return_counts=True)
    for count in range(min(most, len(values_U)), 1, -1):
        starts = _best_starts(values_U, counts_U, count)
        weights = np.add.reduceat(counts_U.astype(np.float64), starts)
        if np.all(np.diff(np.add.reduceat(values_U * counts_U, starts) / weights) >= gap - 1e-9):
            return [int(level) for level in np.searchsorted(starts, place, side="right") - 1]
    return [0] * len(rates)


def rewards(levels: Levels, passed: Sequence[Passed], scheme: Scheme = "strict") -> list[float]:
    """The rewards, 0 to 1, of S programs by the tests that each passed (S x T; a test that was not run was not passed).

    strict: a level's points count only if all its tests and all tests of all easier levels pass.
    soft: a level's points are shared equally by its tests, and count for each that passes.
    all: 1 if everything passes, else 0. Always all <= strict <= soft, and passing more never earns less.
    """
    if scheme not in get_args(Scheme):
        raise InputError(f"there is no reward scheme {scheme!r}", f"choose from {', '.join(get_args(Scheme))}")
    return [_reward(levels, row, scheme) for row in passed]


def verdict(levels: Levels, result: JudgeResult, scheme: Scheme = "strict") -> Verdict:
    """What a judge's result is worth; a fault of the judge stays one, with no score."""
    if result.outcome == "JE":
        return result.verdict()
    score = rewards(levels, [result.passed], scheme)[0]
    if result.ok or score == 0.0:
        return replace(result.verdict(), score=score)
    reason = f"{sum(result.passed)} of {len(result.passed)} tests passed, {_complete(levels, result.passed)} of {len(levels.points)} levels in full"
    return Verdict("partial", score, "judge", reason, ms=result.ms)


def grouped(problem: CodeProblem, levels: Levels) -> CodeProblem:
    """The problem with levels as test groups, for a judge that may stop after the first group that fails; `strict` rewards stay the same."""
    _same_length(levels, problem.tests)
    tests = tuple(replace(test, group=level) for test, level in zip(problem.tests, levels.levels, strict=True))
    return replace(problem, tests=tests)


def _reward(levels: Levels, passed: Passed, scheme: Scheme) -> float:
    _same_length(levels, passed)
    if all(passed):
        return 1.0  # exactly, whatever the points sum up to in floating point
    if scheme == "all":
        return 0.0
    if scheme == "strict":
        return min(fsum(levels.points[: _complete(levels, passed)]), 1.0)
    # An exact sum, so that rounding cannot turn around what is more and what is less.
    shares = (points * (good / count) for points, (good, count) in zip(levels.points, _counts(levels, passed), strict=True))
    return min(fsum(shares), 1.0)


def _complete(levels: Levels, passed: Passed) -> int:
    return len(list(takewhile(lambda level: level[0] == level[1], _counts(levels, passed))))


def _counts(levels: Levels, passed: Passed) -> list[tuple[int, int]]:
    """Of each level, how many of its tests passed, and how many it has."""
    good, count = [0] * len(levels.points), [0] * len(levels.points)
    for level, right in zip(levels.levels, passed, strict=True):
        good[level] += bool(right)
        count[level] += 1
    return list(zip(good, count, strict=True))


def _same_length(levels: Levels, tests: Sequence[Any]) -> None:
    if len(tests) != len(levels.levels):
        raise InputError(
            f"there are {len(tests)} tests, and levels for {len(levels.levels)}", "make the levels again from this problem's tests"
        )


def _shares(model: Sequence[Passed]) -> list[float | None]:
    """Of one model, the share of its programs that passed each test, of those that ran it."""
    columns = [[outcome for outcome in column if outcome is not None] for column in zip(*model, strict=True)]
    return [sum(column) / len(column) if column else None for column in columns]


def _best_starts(values_U: np.ndarray, counts_U: np.ndarray, count: int) -> list[int]:
    """Where each of `count` runs of sorted values starts, so that the squared distances from the runs' means are least."""
    size = len(values_U)
    weight, first, second = (np.concatenate([[0.0], np.cumsum(counts_U * values_U**power)]) for power in (0, 1, 2))
    start, end = np.arange(size)[:, None], np.arange(1, size + 1)[None, :]
    spans = np.where(end > start, weight[end] - weight[start], 1.0)
    error = (second[end] - second[start]) - (first[end] - first[start]) ** 2 / spans
    error = np.where(end > start, np.maximum(error, 0.0), np.inf)
    best, came = error[0], []
    for _ in range(count - 1):
        # totals[i, j]: values 0 to i-1 as well as can be, and i to j as the last run.
        totals = np.concatenate([[np.inf], best[:-1]])[:, None] + error
        came.append(np.argmin(totals, axis=0))
        best = np.min(totals, axis=0)
    starts, last = [], size - 1
    for origin in reversed(came):
        starts.append(int(origin[last]))
        last = starts[-1] - 1
    return [0, *reversed(starts)]
