"""Arms of an experiment that are run with the same seeds: how far one is from another, seed by seed, and how sure that is.

What a seed decides is common to the arms and drops out of their differences. Knows no experiment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openmimo.core.errors import InputError
from openmimo.core.student import Interval


@dataclass(frozen=True)
class Difference:
    """What one arm has more than another, by seed, with the mean and its 95 % interval over the seeds."""

    by_seed: Mapping[int, float]
    interval: Interval

    @classmethod
    def of(cls, ours: Mapping[int, float], theirs: Mapping[int, float]) -> "Difference":
        """Of the values of two arms by seed, over the seeds that both have; `InputError` where there is none."""
        by_seed = {seed: value - theirs[seed] for seed, value in sorted(ours.items()) if seed in theirs}
        if not by_seed:
            raise InputError("the arms have no seed in common", "run both with the same seeds")
        return cls(by_seed, Interval.of(list(by_seed.values())))

    def words(self, form: str = "+.4f", times: float = 1.0) -> str:
        """The mean with its interval, and what it was seed by seed, each `times` as much; no interval where there is one seed."""
        mean, low, high = (format(times * one, form) for one in (self.interval.mean, self.interval.low, self.interval.high))
        each = ", ".join(format(times * value, form) for value in self.by_seed.values())
        return f"{mean} ({low} to {high}; seed by seed {each})" if len(self.by_seed) > 1 else f"{mean} (one seed)"

    def as_json(self) -> dict[str, Any]:
        """The difference as a line of JSON has it; bounds are null where there is one seed."""
        several = len(self.by_seed) > 1
        bounds = {"low": self.interval.low, "high": self.interval.high} if several else {"low": None, "high": None}
        return {"value": self.interval.mean, **bounds, "by_seed": {str(seed): value for seed, value in self.by_seed.items()}}
