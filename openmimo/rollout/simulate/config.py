"""What can be simulated: problems and their answers, and the machines. Imports no torch. Read `simulation.py` next."""

import math
from dataclasses import dataclass

from openmimo.core.errors import ConfigError


@dataclass(frozen=True)
class Workload:
    """Distributions over problems and answers.

    - Pass rates of problems: Beta with mean `pass_rate` and a + b = `concentration`; the
      smaller that is, the more problems are easy or hopeless.
    - Lengths in tokens: lognormal with median `median_tokens`; `spread` is the standard
      deviation of the logarithm, and the share `shared` of its variance is common to the
      answers to a problem. At most `most_tokens`. Or, with `lengths`, drawn from those.
    - `harder_longer`: by how much the logarithm of a length grows from a problem that is
      always solved to one that never is.
    - Seconds to judge an answer: lognormal with median `judge_seconds` and `judge_spread`.
    """

    pass_rate: float = 0.5
    concentration: float = 0.5
    median_tokens: float = 2000.0
    spread: float = 0.6
    shared: float = 0.5
    harder_longer: float = 0.5
    most_tokens: int = 32_768
    lengths: tuple[int, ...] = ()
    judge_seconds: float = 0.1
    judge_spread: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.pass_rate < 1:
            raise ConfigError("pass_rate", f"must be between 0 and 1, not {self.pass_rate}", "0.5 is a set that suits the model")
        if not 0 <= self.shared <= 1:
            raise ConfigError("shared", f"is a share of a variance, not {self.shared}", "use a number from 0 to 1")
        for name in ("concentration", "median_tokens", "most_tokens"):
            if not 0 < getattr(self, name) < math.inf:
                raise ConfigError(name, f"must be above 0, not {getattr(self, name)}")
        for name in ("spread", "judge_seconds", "judge_spread"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ConfigError(name, f"cannot be below 0, but is {getattr(self, name)}")
        if self.lengths and min(self.lengths) < 1:
            raise ConfigError("lengths", f"holds {min(self.lengths)}, and an answer has at least one token")


@dataclass(frozen=True)
class Cluster:
    """`workers` that write `slots` answers each at most, and `judges` that judge one answer each at a time.

    A worker's step with b answers takes `step_seconds` + b x `answer_seconds`: the first is what
    reading the weights takes, the second what reading an answer's cache does.
    """

    workers: int = 1
    slots: int = 32
    judges: int = 2
    step_seconds: float = 0.004
    answer_seconds: float = 0.00025

    def __post_init__(self) -> None:
        for name in ("workers", "slots", "judges"):
            if getattr(self, name) < 1:
                raise ConfigError(name, f"must be at least 1, not {getattr(self, name)}")
        if not 0 < self.step_seconds < math.inf:
            raise ConfigError("step_seconds", f"must be above 0, not {self.step_seconds}")
        if not 0 <= self.answer_seconds < math.inf:
            raise ConfigError("answer_seconds", f"cannot be below 0, but is {self.answer_seconds}")
