"""What every training is told: the stages it goes through, and how it is run. Imports no torch.

Knows no model. Read `schedule.py` for the rates, `loop.py` for what is done with all this.
"""

import math
from dataclasses import dataclass

from openmimo.core.errors import ConfigError
from openmimo.train.schedule import Schedule

OPTIMISERS = ("adamw", "muon")


@dataclass(frozen=True)
class Source:
    """Token shards of one domain, and its share of a stage's rows."""

    domain: str  # the name its loss is logged under
    data: str  # a folder of finished token shards
    weight: float = 1.0  # shares are weights over their sum

    def __post_init__(self) -> None:
        if not 0 <= self.weight < math.inf:
            raise ConfigError("weight", f"of the domain {self.domain} is a share, not {self.weight}", "use a number of at least 0")


@dataclass(frozen=True)
class Stage:
    """A part of a training with one mixture of data, one row length and one schedule.

    Lengths are tokens, which are places in rows: padding counts. A step takes `rows` times
    `accumulate` rows; with `accumulate_warmup` it begins with `rows` alone and grows
    linearly over so many tokens (report 2.3). `rope_theta` None leaves the model's own.
    """

    name: str
    sources: tuple[Source, ...]
    schedule: Schedule
    rows: int = 16  # rows of a batch
    row_length: int = 512  # tokens of a row
    accumulate: int = 1  # batches of a step
    accumulate_warmup: int = 0
    rope_theta: float | None = None
    mtp_layers: int = 1  # how many MTP layers have a loss; the report trains one (2.2)
    mtp_weight: float = 0.3
    mtp_weight_late: float = 0.1
    mtp_late_after: int | None = None  # tokens of the stage from which on the late weight holds; None means never

    def __post_init__(self) -> None:
        for name in ("rows", "row_length", "accumulate"):
            if getattr(self, name) < 1:
                raise ConfigError(name, f"must be at least 1, not {getattr(self, name)}")
        if self.schedule.tokens < 1:
            raise ConfigError("schedule", "has no tokens", "give warmup, constant or cosine at least one step's tokens")
        if not sum(source.weight for source in self.sources) > 0:
            raise ConfigError("sources", f"stage {self.name} has no domain with a weight", "give at least one domain a weight above 0")
        domains = [source.domain for source in self.sources]
        if len(set(domains)) < len(domains):
            raise ConfigError("sources", f"stage {self.name} names a domain twice: {', '.join(domains)}", "give every source its own name")
        for name in ("accumulate_warmup", "mtp_layers", "mtp_weight", "mtp_weight_late"):
            if getattr(self, name) < 0:
                raise ConfigError(name, f"cannot be negative, but is {getattr(self, name)}")
        if self.rope_theta is not None and not 0 < self.rope_theta < math.inf:
            raise ConfigError("rope_theta", f"must be a number above 0, not {self.rope_theta}", "the report begins with 10,000")

    @property
    def batch_tokens(self) -> int:
        """Tokens of a batch."""
        return self.rows * self.row_length

    @property
    def batches(self) -> int:
        """How many batches the stage takes; its last step may go over."""
        return math.ceil(self.schedule.tokens / self.batch_tokens)

    @property
    def steps(self) -> int:
        """How many optimiser steps that makes."""
        done = steps = 0
        while done < self.batches and (taken := self.batches_of_step(done)) < self.accumulate:
            done, steps = done + taken, steps + 1
        return steps + math.ceil(max(self.batches - done, 0) / self.accumulate)

    def batches_of_step(self, done: int) -> int:
        """How many batches the step after `done` batches of the stage takes."""
        if not self.accumulate_warmup:
            return self.accumulate
        return min(1 + done * self.batch_tokens * self.accumulate // self.accumulate_warmup, self.accumulate)

    def mtp_weight_at(self, done: int) -> float:
        """The weight of the MTP loss in the step after `done` batches (report 2.3: 0.3, later 0.1)."""
        late = self.mtp_late_after is not None and done * self.batch_tokens >= self.mtp_late_after
        return self.mtp_weight_late if late else self.mtp_weight


@dataclass(frozen=True)
class TrainingConfig:
    """How a training is run, whatever its stages are."""

    optimiser: str = "adamw"  # the report's (2.3), or muon; optimiser.py says what that is
    weight_decay: float = 0.1
    clip: float = 1.0
    seed: int = 0
    checkpoint_every: int = 500  # steps
    keep: int = 2  # checkpoints kept
    log_every: int = 10  # steps
    bf16: bool | None = None  # None means where the processor has the instructions
    compile: bool = True  # where a compiler is there
    device: str = "cpu"

    def __post_init__(self) -> None:
        if self.optimiser not in OPTIMISERS:
            raise ConfigError("optimiser", f"is {' or '.join(OPTIMISERS)}, not {self.optimiser}", "adamw is the report's")
        for name in ("checkpoint_every", "keep", "log_every"):
            if getattr(self, name) < 1:
                raise ConfigError(name, f"must be at least 1, not {getattr(self, name)}")
        if self.clip <= 0:
            raise ConfigError("clip", f"must be above 0, not {self.clip}", "the report uses 1.0")
