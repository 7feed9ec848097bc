"""Two models over the same questions: how much better one is, how sure that is, and on how many questions it wins.

Questions differ more than models do, so the difference is taken question by question
(Miller 2024, arXiv 2411.00640). Knows no files and no model; `statistics.py` has what one model's scores say.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from openmimo.core.errors import InputError
from openmimo.eval.statistics import CELLS, RESAMPLES, Floats, Interval, Scored, average, bootstrap, clusters

EXACT = 16  # groups whose 65,536 ways to swap both models are all tried
SAME = 1e-12  # sums of floats that differ by less are equal
NAMED = 3


@dataclass(frozen=True)
class Paired:
    """The first model against the second: mean scores, their difference with its 95 % interval, and p that there is none.

    `wins`, `ties` and `losses` count the questions on which the first has the higher mean
    score, the same, or the lower; `left_out` the questions that only one of both has.
    """

    questions: int
    first: float
    second: float
    difference: float
    interval: Interval
    p: float
    wins: int
    ties: int
    losses: int
    left_out: int = 0


def compare(first: Sequence[Scored], second: Sequence[Scored], common: bool = False, seed: int = 0) -> Paired:
    """Compare two models on the questions that both have; groups are those of the first, and drawn or swapped as a whole.

    The interval is a paired bootstrap, which has no width where all groups differ by the same. p is that of a
    paired permutation: how often a difference at least as large comes up, either way, if it
    is chance which model gave which scores; all ways where they are few, else 10,000 of
    them, and then at least 1/10,001. Raises `InputError` if one has questions that the other has not, unless only the
    `common` ones are asked for, and if there are none.
    """
    ours, theirs = _by_id(first), _by_id(second)
    only_ours, only_theirs = [one for one in ours if one not in theirs], [one for one in theirs if one not in ours]
    if (only_ours or only_theirs) and not common:
        sides = [_some(ids, side) for ids, side in ((only_ours, "first"), (only_theirs, "second")) if ids]
        raise InputError(
            f"the two hold different questions: {' and '.join(sides)}", "measure both on the same, or compare the common ones (--common)"
        )
    pairs = [(question, theirs[one]) for one, question in ours.items() if one in theirs]
    if not pairs:
        raise InputError("the two have no question in common", "measure both on the same benchmark")
    one, other = average([a for a, _ in pairs]), average([b for _, b in pairs])
    differences = [a.mean - b.mean for a, b in pairs]
    sums, sizes = clusters((a.group, difference) for (a, _), difference in zip(pairs, differences, strict=True))
    wins, losses = sum(each > SAME for each in differences), sum(each < -SAME for each in differences)
    return Paired(
        len(pairs),
        one,
        other,
        one - other,
        bootstrap(sums, sizes, seed),
        _p(sums, seed),
        wins,
        len(pairs) - wins - losses,
        losses,
        len(only_ours) + len(only_theirs),
    )


def _p(sums: Floats, seed: int) -> float:
    """The share of sign flips of G groups' differences whose sum is at least as far from 0 as the one that was measured."""
    apart = np.abs(sums[np.abs(sums) > SAME])
    measured = abs(float(sums.sum())) - SAME * max(len(sums), 1)
    if not len(apart):
        return 1.0
    if len(apart) <= EXACT:
        ways = np.arange(2 ** len(apart))[:, None] >> np.arange(len(apart)) & 1
        return float(np.mean(np.abs((2 * ways - 1) @ apart) >= measured))
    # As in the bootstrap, groups that differ by the same are one kind: of it a binomial number keep their sign.
    sizes, counts = np.unique(apart, return_counts=True)
    rng, as_far = np.random.default_rng(seed), 0
    for start in range(0, RESAMPLES, rows := max(CELLS // len(sizes), 1)):
        kept = rng.binomial(counts, 0.5, size=(min(rows, RESAMPLES - start), len(sizes)))
        as_far += int(np.count_nonzero(np.abs((2 * kept - counts) @ sizes) >= measured))
    return (as_far + 1) / (RESAMPLES + 1)  # the measured one is a way, too


def _by_id(questions: Sequence[Scored]) -> dict[str, Scored]:
    found = {question.id: question for question in questions}
    if len(found) < len(questions):
        ids = [question.id for question in questions]
        twice = next(one for place, one in enumerate(ids) if one in ids[:place])
        raise InputError(f"question {twice} is there twice", "keep one result of each question")
    return found


def _some(ids: Sequence[str], side: str) -> str:
    more = f" and {len(ids) - NAMED:,} more" if len(ids) > NAMED else ""
    return f"{len(ids):,} only in the {side} ({', '.join(ids[:NAMED])}{more})"
