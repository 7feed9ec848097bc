"""The problems of a step: their order, and what can be done with one. Knows neither scheduler nor engine."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from openmimo.engine.request import Finished, Request
from openmimo.verify.verdict import Verdict

P = TypeVar("P")
AHEAD = 4  # problems that are looked at for each group wanted, where they are chosen by posterior


@dataclass(frozen=True)
class Problems(Generic[P]):
    """Problems in the `order` in which they are to be tried.

    `name` is what a problem's seeds and history go by. `request` is what the engine is asked
    for one answer, with a seed. `judge` begins to judge an answer and gives a future at once:
    its queue must hold the answers of a step, or the writing waits for it.
    """

    order: Iterator[P]
    name: Callable[[P], str]
    request: Callable[[P, int], Request]
    judge: Callable[[P, Finished], "Future[Verdict]"]


class Taken(Generic[P]):
    """The problems that a step takes, in the order it takes them; those it did not need can be had back.

    With `worth` the next `ahead` problems are taken at a time, the worthiest first (equals in their order).
    """

    def __init__(self, order: Iterator[P], worth: Callable[[P], float] | None = None, ahead: int = 1):
        self._order, self._worth, self._ahead = enumerate(order), worth, ahead
        self._next: list[tuple[int, P]] = []
        self._given: list[tuple[int, P]] = []

    def __iter__(self) -> Iterator[P]:
        return self

    def __next__(self) -> P:
        if not self._next:
            self._next = list(islice(self._order, self._ahead))
            if self._worth:
                worth = self._worth
                self._next.sort(key=lambda one: -worth(one[1]))
        if not self._next:
            raise StopIteration
        self._given.append(self._next.pop(0))
        return self._given[-1][1]

    def __getitem__(self, place: int) -> P:
        """The problem that was given at this place."""
        return self._given[place][1]

    def after(self, place: int) -> tuple[P, ...]:
        """All that were taken but those given before this place, in their first order."""
        return tuple(problem for _, problem in sorted([*self._given[place:], *self._next], key=lambda one: one[0]))
