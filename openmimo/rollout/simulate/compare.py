"""Two questions put to the simulator on paired seeds: what finish order does to lengths, and which rule starts fewer groups in vain.

Every seed is a world of its own, and both sides see the very same problems and answers in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from openmimo.core.student import Interval
from openmimo.rollout.config import RolloutConfig
from openmimo.rollout.forecast import Forecast, Foresight, StepRate
from openmimo.rollout.predictor import Predictor
from openmimo.rollout.scheduler import Order
from openmimo.rollout.simulate.config import Cluster, Workload
from openmimo.rollout.simulate.measures import length_bias, wasted
from openmimo.rollout.simulate.presets import SIGNAL, concentration
from openmimo.rollout.simulate.simulation import Simulation, Trace
from openmimo.rollout.simulate.workload import Drawn

SIZE = 8
WORK = Workload(concentration=concentration(SIGNAL, SIZE), median_tokens=500)
STEPS = 3  # of a run that begins with nothing seen; the first is not counted


@dataclass(frozen=True)
class Setting:
    """A step of `groups` groups of 8 answers on a cluster."""

    groups: int
    cluster: Cluster

    @property
    def config(self) -> RolloutConfig:
        """What the scheduler is told."""
        return RolloutConfig(groups=self.groups, group_size=SIZE, slots=self.cluster.workers * self.cluster.slots)


SMALL = Setting(16, Cluster(workers=1, slots=32))
LARGE = Setting(64, Cluster(workers=4, slots=64))


def bias(order: Order, seeds: Sequence[int], setting: Setting = LARGE, workload: Workload = WORK) -> Interval:
    """The length bias of an order of selection (`measures.length_bias`)."""
    biases = []
    for seed in seeds:
        drawn = Drawn(workload, SIZE, seed)
        biases.append(length_bias(Simulation(setting.config, setting.cluster, drawn, StepRate(SIGNAL), order).run(), drawn))
    return Interval.of(biases)


@dataclass(frozen=True)
class Rules:
    """Our forecast beside the report's rule: the ratio of rollout times less 1, and the difference in waste."""

    time: Interval
    waste: Interval


def rules(seeds: Sequence[int], setting: Setting, workload: Workload = WORK) -> Rules:
    """Both rules through the same steps, each with what it has learnt in those before."""
    times, wastes = [], []
    for seed in seeds:
        drawn, predictor, rate, first = Drawn(workload, SIZE, seed), Predictor(), 1.0, 0
        pairs: list[tuple[Trace, Trace]] = []
        for _ in range(STEPS):
            ours, settled = _step(setting, drawn, Forecast(predictor, setting.config), first)
            theirs, _ = _step(setting, drawn, StepRate(rate), first)
            pairs.append((ours, theirs))
            for group, rewards in enumerate(settled, first):
                predictor.learn(str(group), rewards, drawn[group].tokens)
            # Both selected the same groups of the same problems, and go on behind the last of them.
            rate, first = setting.groups / ours.settled, first + ours.settled
        ours_seconds, theirs_seconds = (sum(pair[one].seconds for pair in pairs[1:]) for one in (0, 1))
        times.append(ours_seconds / theirs_seconds - 1)
        wastes.append(fmean(wasted(ours) - wasted(theirs) for ours, theirs in pairs[1:]))
    return Rules(Interval.of(times), Interval.of(wastes))


def _step(setting: Setting, drawn: Drawn, foresight: Foresight, first: int) -> tuple[Trace, list[tuple[float, ...]]]:
    """A step, and the rewards of the groups that were selected from."""
    simulation = Simulation(setting.config, setting.cluster, drawn, foresight, first=first)
    trace = simulation.run()
    return trace, [rewards for group in range(trace.settled) if (rewards := simulation.rewards(group))]
