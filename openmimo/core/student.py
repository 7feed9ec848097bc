"""The mean of a few independent values and how sure it is: Student's 95 % interval, exact for any number of values.

For seeds, of which there are few: with two values the interval is six times as wide as the normal one. Knows no measurement.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import fmean, stdev

SHARE = 0.95


@dataclass(frozen=True)
class Interval:
    """A mean with its 95 % interval, in the unit of the values."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Interval":
        """Of values that are independent of each other; one alone says nothing of how it varies, so its bounds are not a number."""
        mean = fmean(values)
        half = quantile(len(values) - 1) * stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.nan
        return cls(mean, mean - half, mean + half)


@lru_cache
def quantile(freedom: int) -> float:
    """The t that |t| of so many degrees of freedom, 1 or more, is below in 95 % of cases."""
    low, high = 0.0, 16.0  # of one degree it is 12.7
    while (middle := (low + high) / 2) not in (low, high):
        low, high = (middle, high) if within(middle, freedom) < SHARE else (low, middle)
    return low


def within(t: float, freedom: int) -> float:
    """The chance that |t| is below `t`, a finite series in the angle with tan = t / sqrt(freedom) (Abramowitz and Stegun, 26.7.3 and 26.7.4)."""
    angle = math.atan(t / math.sqrt(freedom))
    square, odd = math.cos(angle) ** 2, freedom % 2
    term, total = math.cos(angle) if odd else 1.0, 0.0
    for power in range(odd, freedom - 1, 2):
        total += term
        term *= square * (power + 1) / (power + 2)
    total *= math.sin(angle)
    return 2 / math.pi * (angle + total) if odd else total
