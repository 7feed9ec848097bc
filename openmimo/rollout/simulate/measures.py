"""What is measured of simulated steps, and by which definitions; the report gives numbers and no definitions.

- rollout time: from the first launch until the step is done, all verdicts that it waits for
  included. Overall time adds the training step. Speed-ups are ratios to the naive way.
- idle ratio: the share of slot-seconds of the rollout time in which nothing is written. The
  report's own columns agree with each other if idle time is idle ratio x rollout time
  (0.708 / 2.82 / 0.693 = 0.36, and so in every row). What is left over is then proportional
  to the answers launched in all five rows, so slots are what was idle, and not whole machines.
- idle time: idle ratio x rollout time, as a share of the naive way's.
- waste: `scheduler.waste`: launched for groups after the last one selected, over those up to it.
- length bias: by what share selected answers are longer than those of all launched groups with
  a signal, had these been written to the end.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from openmimo.rollout.config import RolloutConfig
from openmimo.rollout.forecast import Foresight
from openmimo.rollout.predictor import has_signal
from openmimo.rollout.scheduler import waste
from openmimo.rollout.simulate.config import Cluster, Workload
from openmimo.rollout.simulate.simulation import Simulation, Trace
from openmimo.rollout.simulate.workload import Drawn


@dataclass(frozen=True)
class Way:
    """A way to roll out a step: which parts are on, and whether groups without signal are filtered out (dynamic sampling)."""

    name: str
    continuous: bool = False
    asynchronous: bool = False
    early_termination: bool = False
    filtered: bool = True

    def of(self, config: RolloutConfig) -> RolloutConfig:
        """The config with these parts."""
        parts = {"continuous": self.continuous, "asynchronous": self.asynchronous, "early_termination": self.early_termination}
        return replace(config, **parts)


NAIVE = Way("naive")
UNFILTERED = Way("no dynamic sampling", filtered=False)
CONTINUOUS = Way("continuous rollout", continuous=True)
ASYNCHRONOUS = Way("+ asynchronous reward", continuous=True, asynchronous=True)
EARLY = Way("+ early termination", continuous=True, asynchronous=True, early_termination=True)


@dataclass(frozen=True)
class Measured:
    """Means over seeds: seconds of a rollout, the idle ones of them, waste, and length bias."""

    rollout: float
    idle_seconds: float
    waste: float
    bias: float

    @property
    def idle(self) -> float:
        """The idle ratio."""
        return self.idle_seconds / self.rollout


def measure(
    way: Way,
    config: RolloutConfig,
    cluster: Cluster,
    workload: Workload,
    foresight: Callable[[RolloutConfig], Foresight],
    seeds: Sequence[int],
    batches: int = 1,
) -> Measured:
    """Play a step in this way with every seed. `batches` steps one after the other count as one, as a validation in batches does."""
    own = way.of(replace(config, slots=cluster.workers * cluster.slots))
    seconds, idle, wastes, biases = 0.0, 0.0, [], []
    for seed in seeds:
        drawn = Drawn(workload, own.group_size, seed, all_signal=not way.filtered)
        for first in range(0, batches * config.groups, config.groups):
            trace = Simulation(own, cluster, drawn, foresight(own), first=first).run()
            seconds += trace.seconds
            idle += trace.seconds - trace.filled / own.slots
            wastes.append(wasted(trace))
            biases.append(length_bias(trace, drawn, first))
    return Measured(seconds / len(seeds), idle / len(seeds), fmean(wastes), fmean(biases))


def wasted(trace: Trace) -> float:
    """The sample waste of a step that selected by order of launch."""
    return waste(trace.settled, trace.launched)


def length_bias(trace: Trace, drawn: Drawn, first: int = 0) -> float:
    """The length bias of a step over problems from `first` on."""
    with_signal = [group for group in range(len(trace.launched)) if has_signal(drawn[first + group].rewards)]
    selected, among = (fmean(one for group in groups for one in drawn[first + group].tokens) for groups in (trace.selected, with_signal))
    return selected / among - 1
