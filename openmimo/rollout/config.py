"""What can be asked of the rollouts of a step. Imports no torch. Read `scheduler.py` for what is done with it."""

import math
from dataclasses import dataclass

from openmimo.core.errors import ConfigError


@dataclass(frozen=True)
class RolloutConfig:
    """How many groups a step wants, and which parts of the Seamless Rollout Engine (report 3.4) are on.

    A step wants `groups` groups with a signal, each of `group_size` answers to one problem of
    which not all have the same reward. At most `slots` answers are written at a time.

    - `continuous`: a free slot is filled at once, and groups start one by one, only while the
      running ones are not predicted to suffice. Off: batch after batch of `groups` groups
      with a barrier between, which is naive dynamic sampling.
    - `asynchronous`: an answer is judged the moment it ends, beside the writing. Off: nothing
      is written while answers are judged, and a batch is judged once it is written.
    - `early_termination`: the step ends once the first `groups` groups with a signal, by order
      of launch, are known, and whatever was launched later is cancelled. Off: all that was
      launched is waited for.

    `choose_by_posterior` takes the problems that are likeliest to give a signal first, among
    the next few; it changes what is trained on, so it is off. When nothing moves for
    `stall_seconds` what is pending is named, and a judge that is silent so long has failed.
    A step that launched `tries` times `groups` groups and still lacks some is an error.
    """

    groups: int = 16
    group_size: int = 8
    slots: int = 32
    continuous: bool = True
    asynchronous: bool = True
    early_termination: bool = True
    choose_by_posterior: bool = False
    stall_seconds: float = 300.0
    tries: int = 32

    def __post_init__(self) -> None:
        for name in ("groups", "slots", "tries"):
            if getattr(self, name) < 1:
                raise ConfigError(name, f"must be at least 1, not {getattr(self, name)}")
        if self.group_size < 2:
            raise ConfigError(
                "group_size", f"{self.group_size} answer has nothing to be compared with", "use at least 2; 8 or 16 are usual"
            )
        if not 0 < self.stall_seconds < math.inf:
            raise ConfigError(
                "stall_seconds", f"must be a time above 0, not {self.stall_seconds}", "use more than the slowest verdict takes"
            )
