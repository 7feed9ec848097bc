"""The learning rate over a training: linear warm-up, constant, cosine to a final rate (report 2.3). Imports no torch."""

import math
from dataclasses import dataclass

from openmimo.core.errors import ConfigError


@dataclass(frozen=True)
class Schedule:
    """Rates in the optimiser's units, lengths in steps; after all of them the rate stays at `final`."""

    peak: float
    final: float
    warmup: int
    constant: int
    cosine: int

    def __post_init__(self) -> None:
        if self.peak <= 0 or self.final < 0 or self.final > self.peak:
            raise ConfigError(
                "schedule", f"peak {self.peak} and final {self.final} do not go together", "use peak > 0 and 0 <= final <= peak"
            )
        for name in ("warmup", "constant", "cosine"):
            if getattr(self, name) < 0:
                raise ConfigError(f"schedule.{name}", "cannot be negative", "give a number of steps, 0 for none")

    @property
    def steps(self) -> int:
        """The steps the schedule describes."""
        return self.warmup + self.constant + self.cosine

    def rate(self, step: int) -> float:
        """The learning rate of `step`, counted from 0."""
        if step < self.warmup:
            return self.peak * (step + 1) / self.warmup
        step -= self.warmup + self.constant
        if step < 0:
            return self.peak
        if step >= self.cosine:
            return self.final
        return self.final + (self.peak - self.final) * 0.5 * (1 + math.cos(math.pi * step / self.cosine))
