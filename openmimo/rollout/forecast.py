"""Whether the groups under way will suffice: asked before another one is started. Two answers, one of them the report's.

`Forecast` is ours: each running group has a signal with a chance that follows from its
problem's posterior (`predictor.py`) and the answers to it so far, and another group is
started while the chance that enough of them have one is below CONFIDENCE. That is a quantile
of a sum of independent Bernoullis (Poisson binomial), where the report takes a mean. `StepRate` is the
report's rule (3.4), which the simulator compares with it. Neither says which group is
started or selected, so neither can change what is trained on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import erfc, sqrt
from typing import Protocol

from openmimo.rollout.config import RolloutConfig
from openmimo.rollout.predictor import Beta, Predictor, has_signal, share_of, signal

CONFIDENCE = 0.5
"""The running groups suffice when it is at least as likely as not that they do: what is needed is at most the median of how many will
have a signal. Waiting for a group that starts last costs time, and so does writing what is thrown away. Of the quantiles 0.1 to 0.8 the
median was within 1.5 % of the quickest in each of five simulated workloads of 16 groups, with about half the waste of the report's rule."""
SPARE = 50
"""For so many groups wanted, one to spare is launched. In a large step that costs little, and it seldom waits for a last group then."""
FEW = 32  # up to so many running groups the chance is computed exactly, beyond from the normal distribution
FRESH = 1.1  # the prior is fitted again when so many times as many groups have been seen


class Foresight(Protocol):
    """What the scheduler asks."""

    def start(self, group: int, problem: str) -> None:
        """A group has been started."""
        ...

    def saw(self, group: int, reward: float) -> None:
        """An answer of a running group has got this reward."""
        ...

    def end(self, group: int, rewards: Sequence[float] | None) -> None:
        """A group has all its rewards, or None if it is unfit."""
        ...

    def suffices(self, needed: int) -> bool:
        """Whether `needed` groups with a signal are likely enough to come of the running ones."""
        ...


@dataclass
class _Running:
    """A running group: its problem, the answers it has, and the chance that it will have a signal."""

    problem: str
    rate: Beta
    rewards: tuple[float, ...] = ()
    chance: float = 0.0


class Forecast:
    """Our rule, for one step."""

    def __init__(self, predictor: Predictor, config: RolloutConfig, confidence: float = CONFIDENCE):
        self._predictor, self._size, self._confidence = predictor, config.group_size, confidence
        self._spare = config.groups // SPARE
        self._population = replace(predictor.population)  # and what this step adds to it
        self._running: dict[int, _Running] = {}
        self._fit()

    def start(self, group: int, problem: str) -> None:
        """A group has been started."""
        running = _Running(problem, self._predictor.rate(problem, self._prior))
        self._running[group] = running
        self._count(running)

    def saw(self, group: int, reward: float) -> None:
        """An answer of a running group has got this reward."""
        running = self._running[group]
        settled = has_signal(running.rewards)
        running.rewards = (*running.rewards, reward)
        if not settled:
            self._forget(running)
            self._count(running)

    def end(self, group: int, rewards: Sequence[float] | None) -> None:
        """A group has all its rewards, or None if it is unfit."""
        self._forget(self._running.pop(group))
        if rewards is not None:
            self._population.add(sum(map(share_of, rewards)) / len(rewards), has_signal(rewards))
            if self._population.groups > FRESH * self._fitted:
                self._fit()

    def suffices(self, needed: int) -> bool:
        """Whether at least `needed` running groups, and some to spare, have a signal with the wanted confidence."""
        if needed <= 0:
            return True
        needed += self._spare
        if needed > len(self._running):
            return False
        if len(self._running) <= FEW:
            return at_least(needed, [running.chance for running in self._running.values()]) >= self._confidence
        return _normally_at_least(needed, self._mean, self._variance) >= self._confidence

    def _fit(self) -> None:
        """Fit the prior to all that was seen, and see the running groups in its light."""
        self._fitted = self._population.groups
        self._prior = self._population.prior(self._size)
        self._mean = self._variance = 0.0
        for running in self._running.values():
            running.rate = self._predictor.rate(running.problem, self._prior)
            self._count(running)

    def _count(self, running: _Running) -> None:
        running.chance = chance(running.rate, running.rewards, self._size - len(running.rewards))
        self._mean += running.chance
        self._variance += running.chance * (1 - running.chance)

    def _forget(self, running: _Running) -> None:
        self._mean -= running.chance
        self._variance -= running.chance * (1 - running.chance)


class StepRate:
    """The report's rule: start a group while the running ones, times the step's rate of groups with a signal so far, are too few.

    `rate` is taken for the step's before a group has ended, as if one had ended with so much
    of a signal; the report does not say with which it begins. 1 is to begin as the naive way does.
    """

    def __init__(self, rate: float = 1.0):
        self._running: set[int] = set()
        self._ended, self._signals = 1.0, rate

    def start(self, group: int, problem: str) -> None:
        """A group has been started."""
        self._running.add(group)

    def saw(self, group: int, reward: float) -> None:
        """Answers of running groups say nothing here."""

    def end(self, group: int, rewards: Sequence[float] | None) -> None:
        """A group has all its rewards, or None if it is unfit, which counts as one without a signal."""
        self._running.discard(group)
        self._ended += 1
        self._signals += rewards is not None and has_signal(rewards)

    def suffices(self, needed: int) -> bool:
        """Whether the expected number is there."""
        return len(self._running) * self._signals / self._ended >= needed


def chance(rate: Beta, rewards: Sequence[float], left: int) -> float:
    """The chance that a group with these rewards has a signal in the end, `left` of its answers still to come.

    The same reward again and again, neither right nor wrong, says nothing of the pass rate:
    there the next one is the same by Laplace's rule of succession.
    """
    if has_signal(rewards):
        return 1.0
    share = share_of(rewards[0]) if rewards else 0.0
    if 0.0 < share < 1.0:
        return left / (1 + len(rewards) + left)
    return signal(rate, len(rewards) if share else 0, 0 if share else len(rewards), left)


def at_least(needed: int, chances: Sequence[float]) -> float:
    """The chance that at least `needed` of independent events happen, each with its own chance (Poisson binomial, exact)."""
    counts = [1.0] + [0.0] * needed  # the last is for `needed` and more
    for one in chances:
        counts[needed] += counts[needed - 1] * one
        for count in range(needed - 1, 0, -1):
            counts[count] += (counts[count - 1] - counts[count]) * one
        counts[0] *= 1 - one
    return counts[needed]


def _normally_at_least(needed: int, mean: float, variance: float) -> float:
    """The same for many events, by the central limit theorem, with half an event for the steps of a count."""
    return erfc((needed - 0.5 - mean) / sqrt(2 * max(variance, 1e-9))) / 2
