"""Which problem comes next: all of them in a shuffled order, and now and then one that is always solved (report 3.3).

Problems that every answer of their group solved rest in the easy pool, from which each draw is taken with a small
probability; one that is failed again returns (ours). The alternative drops them for good (ScaleRL, arXiv 2510.13786), and
with neither all stay. Of several domains (`mixture.py`) each has a shuffled order of its own, and its share of the draws while it
has problems left. Problems are numbers, places in the problem set; knows neither answers nor rewards. No torch.

Nothing depends on timing: draw n of a step is a function of the seed, of what earlier steps ended with, and of n.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from openmimo.core.errors import InputError, TrainingStopped
from openmimo.rl.mixture import Mixture, even

ORDER, CHANCE, EASY, DOMAIN = range(4)  # streams of random numbers, so that no two are alike


@dataclass(frozen=True)
class Draw:
    """A problem drawn; `number` counts the draws of the step from 0."""

    number: int
    problem: int
    easy: bool


class Pools:
    """The problems, the easy ones among them, and how far they have been gone through. Changes only in `end_step`."""

    def __init__(self, problems: int, seed: int, easy_share: float = 0.1, drop_at: float | None = None, mixture: Mixture | None = None):
        if problems < 1:
            raise InputError("there are no problems to draw from", "give a problem set that has some")
        self.problems, self.seed, self.easy_share, self.drop_at = problems, seed, easy_share, drop_at
        self.easy: set[int] = set()
        self.dropped: set[int] = set()
        self.step = 0
        self._mixture = mixture or even(problems)
        self.places = [0] * len(self._mixture.domains)  # in the endless row of shuffles of each domain's problems
        self._order = lru_cache(maxsize=2 * len(self.places))(self._shuffled)
        self._begin()

    def draw(self, number: int) -> Draw:
        """Draw `number` of this step, counted from 0, the same however often and in whatever order it is asked for.

        Within a step no problem comes twice before the others were drawn, but for a turn of the shuffled order. Raises
        `TrainingStopped` when every problem was dropped.
        """
        while len(self._draws) <= number:
            self._draws.append(self._next())
        return self._draws[number]

    def end_step(self, draws: int, pass_rates: Mapping[int, float]) -> None:
        """Go to the next step after so many draws were used up, with the pass rates (0 to 1) their problems had.

        Draws beyond those, begun in vain, come again. To be the same whatever the timing, `draws` has to reach to the last
        group chosen by launch order, and `pass_rates` to have the problems of these draws alone.
        """
        if draws:
            self.draw(draws - 1)
            self.places = self._places[draws - 1]
        for problem, rate in pass_rates.items():
            if self.drop_at is not None:
                if rate >= self.drop_at:
                    self.dropped.add(problem)
            elif self.easy_share and rate >= 1:
                self.easy.add(problem)
            else:
                self.easy.discard(problem)
        self.step += 1
        self._begin()

    def state(self) -> dict[str, Any]:
        """All that a checkpoint needs, as plain JSON."""
        return {
            "problems": self.problems,
            "step": self.step,
            "places": self.places,
            "easy": sorted(self.easy),
            "dropped": sorted(self.dropped),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` gave; `InputError` if that was of another number of problems."""
        if state["problems"] != self.problems:
            raise InputError(
                f"the run began with {state['problems']} problems, and there are {self.problems}",
                "resume with the problem set it was started with, or start a new run",
            )
        self.step, self.places = state["step"], list(state["places"])
        self.easy, self.dropped = set(state["easy"]), set(state["dropped"])
        self._begin()

    def _begin(self) -> None:
        self._draws: list[Draw] = []
        self._places: list[list[int]] = []  # where the shuffled orders are after each draw
        self._easy_order: list[int] = self._random(EASY, self.step).permutation(sorted(self.easy)).tolist()
        self._easy_drawn = 0
        self._left = [not all(map(self._rests, problems)) for problems in self._mixture.domains]

    def _next(self) -> Draw:
        number = len(self._draws)
        places = list(self._places[-1] if self._places else self.places)
        self._places.append(places)
        left = self._easy_drawn < len(self._easy_order)
        domain = self._domain(number)
        if domain is None and not self._easy_order:
            raise TrainingStopped("every problem was dropped as solved", "bring harder problems, or use the easy pool in place of drop_at")
        if domain is None or (left and self._random(CHANCE, self.step, number).random() < self.easy_share):
            problem = self._easy_order[self._easy_drawn % len(self._easy_order)]
            self._easy_drawn += 1
            return Draw(number, problem, True)
        while self._rests(problem := self._at(domain, places[domain])):
            places[domain] += 1
        places[domain] += 1
        return Draw(number, problem, False)

    def _domain(self, number: int) -> int | None:
        """The domain of a draw, among those that have problems left; None where none has."""
        shares = [share if left else 0.0 for share, left in zip(self._mixture.shares, self._left, strict=True)]
        if not any(shares):
            return None
        if len(shares) == 1:
            return 0
        return int(self._random(DOMAIN, self.step, number).choice(len(shares), p=np.array(shares) / sum(shares)))

    def _rests(self, problem: int) -> bool:
        return problem in self.easy or problem in self.dropped

    def _at(self, domain: int, place: int) -> int:
        turn, number = divmod(place, len(self._mixture.domains[domain]))
        return int(self._order(domain, turn)[number])

    def _shuffled(self, domain: int, turn: int) -> np.ndarray:
        return self._random(ORDER, turn, domain).permutation(self._mixture.domains[domain])

    def _random(self, *key: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, *key])
