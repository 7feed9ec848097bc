"""What scores say: averages, pass@k, majority, and how sure each is; after numbers that hold whatever the answers were.

A score is from 0 to 1. An answer that the verifier could not judge has no score and is not
among them. Two intervals are told apart, for they answer two questions: would the same
questions, asked again, give this mean ("these questions"), and would others like them
("questions like these"). Knows no model, no files and no benchmark. `paired.py` compares two models.

Sources: Chen et al. 2021 (arXiv 2107.03374) for pass@k, Miller 2024 (arXiv 2411.00640) for
both intervals and for groups, Bowyer et al. 2025 (arXiv 2503.01747) for Wilson's interval and
the bootstrap in place of the central limit theorem where questions are few.
"""

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openmimo.core.errors import InputError

Interval = tuple[float, float]
Floats = NDArray[np.float64]

Z = 1.959963984540054  # of a 95 % interval
TAIL = 0.025
RESAMPLES = 10_000
CELLS = 4_000_000  # random numbers that are in memory at a time


@dataclass(frozen=True)
class Scored:
    """A question with the scores of its answers; `group` is what it shares with others that are not independent of it, such as a passage."""

    id: str
    scores: tuple[float, ...]
    group: str = ""

    @property
    def mean(self) -> float:
        """The mean score of its answers."""
        return math.fsum(self.scores) / len(self.scores)

    @property
    def right(self) -> int:
        """How many answers have the full score."""
        return sum(score == 1 for score in self.scores)


@dataclass(frozen=True)
class CurvePoint:
    """pass@k (`any`: one of k answers is right) and pass^k (`all`: each of them is), over the `questions` that have k answers."""

    k: int
    any: float
    all: float
    questions: int


def pass_at_k(answers: int, right: int, k: int) -> float:
    """The chance that of k answers one at least is right, without bias from `answers` of which some are `right`: 1 - C(n-c,k)/C(n,k) (Chen et al.).

    Raises `InputError` where there are fewer answers than k: pass@k cannot be told from them.
    """
    return 1.0 - _all_drawn(answers, answers - right, k)


def pass_hat_k(answers: int, right: int, k: int) -> float:
    """The chance that k answers are all right, without bias: C(c,k)/C(n,k), written pass^k. Raises as `pass_at_k` does."""
    return _all_drawn(answers, right, k)


def curve(questions: Sequence[Scored], ks: Iterable[int] = ()) -> tuple[CurvePoint, ...]:
    """pass@k and pass^k at each k, the means over questions; at powers of two and the greatest number of answers if no `ks` are given.

    Questions with fewer answers than k are left out of that point, which says over how many
    questions it is: one request that failed must not end the curve of all the others. Points
    over fewer questions are not to be read as one line with the rest. No point where no question has k answers.
    """
    most = max((len(question.scores) for question in questions), default=0)
    wanted = sorted(set(ks)) or sorted({*(2**power for power in range(most.bit_length())), most} - {0})
    counts = Counter((len(question.scores), question.right) for question in questions)
    points = []
    for k in wanted:
        enough = {(n, c): times for (n, c), times in counts.items() if n >= k}
        if total := sum(enough.values()):
            some = math.fsum(times * pass_at_k(n, c, k) for (n, c), times in enough.items())
            every = math.fsum(times * pass_hat_k(n, c, k) for (n, c), times in enough.items())
            points.append(CurvePoint(k, some / total, every / total, total))
    return tuple(points)


def average(questions: Sequence[Scored]) -> float:
    """avg@n: the mean over questions of the mean over each one's answers, so that a question counts once however often it was answered.

    Raises `InputError` where there is no question, or one without a score.
    """
    _check(questions)
    return math.fsum(question.mean for question in questions) / len(questions)


def majority(keys: Sequence[Hashable | None]) -> int | None:
    """The place of the answer that most agree on, the first said of equally frequent ones; None where nobody said anything.

    Answers agree where their keys are equal; None is no answer and has no vote.
    """
    votes = Counter(key for key in keys if key is not None)
    return keys.index(votes.most_common(1)[0][0]) if votes else None  # of equal counts the first counted comes first


def maj_at_n(questions: Iterable[tuple[Sequence[Hashable | None], Sequence[float]]]) -> float:
    """maj@n: the mean score of each question's majority answer, 0 where there is none; a question is its answers' keys and their scores.

    Exact over all the answers given, and only over them. For fewer than those it would be a
    mean over all choices of k, which this does not estimate: ask for k answers instead.
    """
    scores = [0.0 if (place := majority(keys)) is None else given[place] for keys, given in questions]
    if not scores:
        raise InputError("there are no questions to take a majority of", "measure at least one")
    return math.fsum(scores) / len(scores)


def these_questions(questions: Sequence[Scored]) -> Interval | None:
    """The 95 % interval of the mean if the same questions were answered anew, from how far answers to one question differ.

    The variance is the mean over questions of s²/n, over the number of questions; a question
    with one answer is taken to vary as the others do. None where every question has one. It has no width
    where all answers to each question agree, as greedy ones do.
    """
    mean, several = average(questions), [question for question in questions if len(question.scores) > 1]
    if not several:
        return None
    spread = [float(np.var(question.scores, ddof=1)) for question in several]
    usual = math.fsum(spread) / len(spread)
    within = math.fsum(one / len(question.scores) for one, question in zip(spread, several, strict=True))
    error = math.sqrt(within + usual * (len(questions) - len(several))) / len(questions)
    return max(0.0, mean - Z * error), min(1.0, mean + Z * error)


def questions_like_these(questions: Sequence[Scored], seed: int = 0) -> Interval:
    """The 95 % interval of the mean over other questions like these: a percentile bootstrap over questions, whole groups at a time.

    Wilson's interval where every question stands alone with one answer that is right or wrong,
    and where the bootstrap has nothing to tell apart since all means are the same: no score
    between 0 and 1 varies more than a right or wrong one of its mean. The same for a seed.
    """
    mean = average(questions)
    sums, sizes = clusters((question.group, question.mean) for question in questions)
    alone = len(sums) == len(questions)
    if alone and all(question.scores in ((0,), (1,)) for question in questions):
        return wilson(mean, len(questions))
    low, high = bootstrap(sums, sizes, seed)
    return wilson(mean, len(sums)) if high - low < 1e-12 else (low, high)


def wilson(share: float, count: int) -> Interval:
    """Wilson's 95 % interval of a share of `count` (Bowyer et al. recommend it for few right-or-wrong questions)."""
    middle, half = share + Z * Z / (2 * count), Z * math.sqrt(share * (1 - share) / count + Z * Z / (4 * count * count))
    return max(0.0, (middle - half) / (1 + Z * Z / count)), min(1.0, (middle + half) / (1 + Z * Z / count))


def clusters(values: Iterable[tuple[str, float]]) -> tuple[Floats, Floats]:
    """The sum and the number of the values of each group; a value without one (an empty name) is a group by itself."""
    found: dict[object, list[float]] = {}
    for place, (group, value) in enumerate(values):
        found.setdefault(group or place, []).append(value)
    return np.array([math.fsum(each) for each in found.values()]), np.array([float(len(each)) for each in found.values()])


def bootstrap(sums: Floats, sizes: Floats, seed: int) -> Interval:
    """The 95 % percentile interval of all sums over all sizes, G groups drawn anew with replacement 10,000 times; order does not matter."""
    # Groups of equal sum and size are one kind, and how often a kind is drawn is multinomial: the same draw at a fraction of the work.
    kinds, counts = np.unique(np.stack([sums, sizes], axis=1), axis=0, return_counts=True)
    rng, shares, groups = np.random.default_rng(seed), counts / counts.sum(), len(sums)
    means = []
    for start in range(0, RESAMPLES, rows := max(CELLS // len(kinds), 1)):
        drawn = rng.multinomial(groups, shares, size=min(rows, RESAMPLES - start))
        means.append((drawn @ kinds[:, 0]) / (drawn @ kinds[:, 1]))
    low, high = np.quantile(np.concatenate(means), [TAIL, 1 - TAIL])
    return float(low), float(high)


def _all_drawn(n: int, marked: int, k: int) -> float:
    """The chance that k things drawn from n are all among the marked ones, as the shorter of two equal products: no factorial overflows."""
    if not 1 <= k <= n:
        raise InputError(f"there are {n} answers to a question, from which nothing can be said of {k}", "ask for a k from 1 to that number")
    assert 0 <= marked <= n, f"{marked} of {n}"
    if k > marked:
        return 0.0
    others = n - marked
    if k <= others:
        return math.prod((marked - drawn) / (n - drawn) for drawn in range(k))
    return math.prod((n - k - drawn) / (n - drawn) for drawn in range(others))


def _check(questions: Sequence[Scored]) -> None:
    if not questions:
        raise InputError("there are no scores to take a mean of", "measure at least one question")
    for question in questions:
        if not question.scores:
            raise InputError(f"question {question.id} has no score", "judge its answers again, or leave it out")
        if not all(0 <= score <= 1 for score in question.scores):
            raise InputError(f"question {question.id} has a score outside 0 to 1", "give scores, not points or per cent")
