"""What was seen of each problem, kept from step to step: how often it is solved, and how long answers to it are.

A problem's pass rate has a Beta posterior: what its own answers said, on a prior that is
fitted to all problems (empirical Bayes). How likely a group is to have a signal (not all
rewards equal) follows from it. Knows no running groups: `forecast.py` adds what their
answers say so far. It is changed between steps only, so that nothing depends on timing.
The method is ours; posteriors of pass rates for choosing prompts are in MoPPS (arXiv 2507.04632).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, isfinite, prod
from typing import Any

from openmimo.core.errors import InputError

FORMAT = 1
CAUTION = 4.0  # groups, half of them with a signal, that are taken as seen before any was
KEPT = 0.5  # of what was seen of a problem at its visit before: the policy has moved since
SPREAD = (-7.0, 7.0)  # bounds of the logarithm of a prior's a + b: nearly all or nothing, and nearly one rate for all

Beta = tuple[float, float]


def signal(rate: Beta, right: int, wrong: int, left: int) -> float:
    """The chance that a group has both right and wrong answers in the end, `left` of them still to come.

    `rate` is the Beta distribution of the problem's pass rate before the group's own answers.
    The answers to come are then beta-binomial; only "all right" and "all wrong" give no signal.
    """
    if right and wrong:
        return 1.0
    a, b = rate
    total = a + b + right + wrong
    all_right = 0.0 if wrong else prod((a + right + one) / (total + one) for one in range(left))
    all_wrong = 0.0 if right else prod((b + wrong + one) / (total + one) for one in range(left))
    return max(0.0, 1.0 - all_right - all_wrong)


@dataclass
class Population:
    """Counts over groups: how many, their mean rewards, and how many had a signal."""

    groups: float = CAUTION
    passed: float = CAUTION / 2
    signals: float = CAUTION / 2

    def add(self, mean: float, with_signal: bool) -> None:
        """Count a group with a mean reward (from 0 to 1)."""
        self.groups += 1
        self.passed += mean
        self.signals += with_signal

    def prior(self, size: int) -> Beta:
        """The Beta distribution with the mean pass rate that was seen, and under which as many groups of `size` have a signal as did.

        It is matched on the share of groups with a signal, and not on the variance of pass
        rates, because that share is what has to be predicted.
        """
        mean, share = self.passed / self.groups, self.signals / self.groups
        low, high = SPREAD
        for _ in range(40):  # the share grows with a + b
            middle = (low + high) / 2
            strength = exp(middle)
            if signal((mean * strength, (1 - mean) * strength), 0, 0, size) < share:
                low = middle
            else:
                high = middle
        strength = exp((low + high) / 2)
        return mean * strength, (1 - mean) * strength


class Predictor:
    """The history of all problems; its state is plain JSON."""

    def __init__(self, state: dict[str, Any] | None = None):
        """Begin with nothing seen, or where `state()` was taken; `InputError` for a state of another format."""
        self.population = Population()
        self._answers, self._tokens = 0.0, 0.0
        self._problems: dict[str, tuple[float, float, float]] = {}  # right and wrong answers, tokens
        if state is None:
            return
        if state.get("format") != FORMAT:
            raise InputError(
                f"the predictor's state has format {state.get('format')}, and this is {FORMAT}", "go on with the version that wrote it"
            )
        self.population = Population(*state["population"])
        self._answers, self._tokens = state["lengths"]
        self._problems = {name: (right, wrong, tokens) for name, (right, wrong, tokens) in state["problems"].items()}

    def state(self) -> dict[str, Any]:
        """All of it as plain JSON."""
        counts = self.population
        return {
            "format": FORMAT,
            "population": [counts.groups, counts.passed, counts.signals],
            "lengths": [self._answers, self._tokens],
            "problems": {name: list(seen) for name, seen in self._problems.items()},
        }

    def learn(self, problem: str, rewards: Sequence[float], tokens: Sequence[int]) -> None:
        """Take in a group's rewards and lengths. Rewards between 0 and 1 count as so much of a right answer, others as the nearer of the two."""
        passes = [share_of(reward) for reward in rewards]
        self.population.add(sum(passes) / len(passes), has_signal(rewards))
        self._answers += len(tokens)
        self._tokens += sum(tokens)
        right, wrong, spent = self._problems.get(problem, (0.0, 0.0, 0.0))
        self._problems[problem] = (
            KEPT * right + sum(passes),
            KEPT * wrong + len(passes) - sum(passes),
            KEPT * spent + sum(tokens),
        )

    def rate(self, problem: str, prior: Beta) -> Beta:
        """The Beta distribution of a problem's pass rate, given the prior of all."""
        right, wrong, _ = self._problems.get(problem, (0.0, 0.0, 0.0))
        return prior[0] + right, prior[1] + wrong

    def worth(self, problem: str, size: int) -> float:
        """The chance that a group of `size` answers to this problem has a signal."""
        return signal(self.rate(problem, self.population.prior(size)), 0, 0, size)

    def length(self, problem: str) -> float:
        """Tokens that an answer to this problem is expected to have, 0 before any was seen; for estimates of the time left.

        One answer of the mean length of all is added to the problem's own.
        """
        right, wrong, tokens = self._problems.get(problem, (0.0, 0.0, 0.0))
        return (tokens + self._tokens / max(self._answers, 1.0)) / (right + wrong + 1.0)


def has_signal(rewards: Sequence[float]) -> bool:
    """Whether a group can be learnt from: not all of its rewards are the same. Exact, over the whole group (report 3.3)."""
    return len(set(rewards)) > 1


def share_of(reward: float) -> float:
    """How much of a right answer a reward counts for; `ValueError` for one that is no number."""
    if not isfinite(reward):
        raise ValueError(f"{reward} is no reward")
    return min(max(reward, 0.0), 1.0)
