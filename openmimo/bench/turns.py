"""Sides that take turns on the same work, and how they compare. Knows no engine and no peer.

Rounds in turn, because a machine is slower at one time than at another: what slows a round slows all sides of
it, and a ratio is taken within the round.
"""

import statistics
from collections.abc import Callable, Mapping, Sequence

from openmimo.engine.request import Request

Side = Callable[[Sequence[Request]], float]
"""Whoever answers requests, and gives the tokens of the answers a second."""

Rates = Mapping[str, Sequence[float]]
"""Tokens a second of every side, round by round."""


def in_turns(
    sides: Mapping[str, Side],
    rounds: Sequence[Sequence[Request]],
    seen: Callable[[Sequence[Request]], None] = lambda requests: None,
) -> Rates:
    """What every side makes of the requests of each round; the side that goes first is another in the next round.

    `seen` is given the requests whenever a side has answered them.
    """
    names, rates = list(sides), dict[str, list[float]]((name, []) for name in sides)
    for place, requests in enumerate(rounds):
        first = place % len(names)
        for name in names[first:] + names[:first]:
            rates[name].append(sides[name](requests))
            seen(requests)
    return rates


def ratio(rates: Rates, ours: str, theirs: str) -> float:
    """How many times as fast one side is as another: the median over the rounds."""
    return statistics.median(one / other for one, other in zip(rates[ours], rates[theirs], strict=True))


def middle(rates: Rates, name: str) -> float:
    """Tokens a second of a side: the median over the rounds."""
    return statistics.median(rates[name])
