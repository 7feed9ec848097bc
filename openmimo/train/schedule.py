"""The learning rate over a training: linear warm-up, constant, cosine to a final rate (report 2.3). Imports no torch.

Knows no batches: its lengths are tokens, the unit in which the report gives them. Read `config.py` next.
"""

import math
from dataclasses import dataclass

from openmimo.core.errors import ConfigError


@dataclass(frozen=True)
class Schedule:
    """Rates in the optimiser's units, lengths in tokens; after all of them the rate stays at `final`."""

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
                raise ConfigError(f"schedule.{name}", "cannot be negative", "give a number of tokens, 0 for none")

    @property
    def tokens(self) -> int:
        """The tokens the schedule describes."""
        return self.warmup + self.constant + self.cosine

    def rate(self, done: int, step: int) -> float:
        """The learning rate of a step of `step` tokens after `done` tokens."""
        if done < self.warmup:
            # Counted with the step's own tokens, so that the first step is not one of rate 0.
            return self.peak * min(done + step, self.warmup) / self.warmup
        done -= self.warmup + self.constant
        if done < 0:
            return self.peak
        if done >= self.cosine:
            return self.final
        return self.final + (self.peak - self.final) * 0.5 * (1 + math.cos(math.pi * done / self.cosine))


def constant(rate: float, tokens: int) -> Schedule:
    """One rate for all of `tokens`, as in the later stages of pre-training and in SFT (report 2.3, 3.1)."""
    return Schedule(peak=rate, final=rate, warmup=0, constant=tokens, cosine=0)
