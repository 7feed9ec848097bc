"""What every training is told, whatever it learns from. Imports no torch."""

from dataclasses import dataclass, field

from openmimo.core.errors import ConfigError
from openmimo.train.schedule import Schedule


@dataclass(frozen=True)
class TrainingConfig:
    """Settings of a training loop; lengths in optimiser steps, sizes in rows and tokens."""

    schedule: Schedule
    rows: int = 16  # rows of a batch
    row_length: int = 512  # tokens of a row
    accumulate: int = 1  # batches of a step
    mtp_weight: float = 0.3
    mtp_weight_late: float = 0.1
    mtp_late_from: float = 1.0  # the share of the steps after which the late weight holds; 1 means never
    weight_decay: float = 0.1
    clip: float = 1.0
    seed: int = 0
    checkpoint_every: int = 500
    keep: int = 2  # checkpoints kept
    log_every: int = 10
    bf16: bool | None = None  # None means where the processor has the instructions
    compile: bool = True  # where a compiler is there
    device: str = field(default="cpu")

    def __post_init__(self) -> None:
        for name in ("rows", "row_length", "accumulate", "checkpoint_every", "keep", "log_every"):
            if getattr(self, name) < 1:
                raise ConfigError(name, f"must be at least 1, not {getattr(self, name)}")
        if self.schedule.steps < 1:
            raise ConfigError("schedule", "has no steps", "give warmup, constant or cosine at least one step")
        if self.mtp_weight < 0 or self.mtp_weight_late < 0:
            raise ConfigError("mtp_weight", "cannot be negative", "0 trains without MTP")
        if self.clip <= 0:
            raise ConfigError("clip", f"must be above 0, not {self.clip}", "the report uses 1.0")
        if not 0 <= self.mtp_late_from <= 1:
            raise ConfigError("mtp_late_from", f"is a share of the steps, not {self.mtp_late_from}", "use a number from 0 to 1")

    def mtp_weight_at(self, step: int) -> float:
        """The weight of the MTP loss in `step` (report 2.3: 0.3, later 0.1)."""
        return self.mtp_weight if step < self.mtp_late_from * self.schedule.steps else self.mtp_weight_late
