"""The experiments of the report's Tables 2 and 3 (section 3.4): its numbers, what was fitted to two of its rows, what had to be assumed.

`fit.py` found the fitted numbers, from the rows that a preset names in `fitted_on` and from
no others; the other rows are predicted. Most of what would have to be known for that is not in
the report: it is assumed, and `ASSUMED` says why so.
"""

from dataclasses import dataclass

from openmimo.rollout.config import RolloutConfig
from openmimo.rollout.predictor import Population, Predictor
from openmimo.rollout.simulate.config import Cluster, Workload
from openmimo.rollout.simulate.measures import ASYNCHRONOUS, CONTINUOUS, EARLY, NAIVE, UNFILTERED, Way

ASSUMED = {
    "groups": "512 a step (report 3.3)",
    "group_size": "16; the report does not say",
    "workers": "256, one for each GPU (report 3.4)",
    "slots": "32 a worker, which a batch of 512 x 16 answers fills exactly",
    "step_seconds": "0.0038, as 15.2 GB of weights are read at the 4 TB/s of an H20",
    "answer_seconds": "0.00025, as are 147 kB of cache a token (36 layers, 8 heads of 128) for 6,900 tokens of context",
    "most_tokens": "32,768 (report 3.3)",
    "spread": "0.6, half of the variance common to the answers to a problem; a hopeless problem's are 1.6 times as long as an easy one's",
    "pass_rate": "0.5 over all problems",
    "judges": "32, one for each node of eight GPUs; verdicts take lognormal times, the standard deviation of the logarithm being 1",
    "judging": "a quarter of the rollout time where a batch is judged once it is written; the rows fitted on do not tell it from longer answers",
}


@dataclass(frozen=True)
class Numbers:
    """A row of a table: speed-ups overall and of the rollout, idle time as a share of the naive way's, idle ratio, waste. None: not given."""

    overall: float | None
    rollout: float
    idle_time: float
    idle: float
    waste: float | None


@dataclass(frozen=True)
class Preset:
    """An experiment, and what the report says of each way to run it; the first way is the naive one.

    A share `signal` of the groups have a signal. A training step takes `training` times the
    naive way's rollout. `batches` are run one after the other where nothing is continuous, and
    as one where it is.
    """

    config: RolloutConfig
    cluster: Cluster
    workload: Workload
    signal: float
    training: float
    batches: int
    report: dict[Way, Numbers]
    fitted_on: tuple[Way, ...]
    assumed: dict[str, str]

    @property
    def fitted(self) -> dict[str, float]:
        """What was fitted."""
        lengths = {"median_tokens": self.workload.median_tokens, "judge_seconds": self.workload.judge_seconds}
        return {**lengths, "signal": self.signal, "training": self.training} if self.training else lengths


def concentration(signal: float, size: int, pass_rate: float = 0.5) -> float:
    """The a + b of pass rates under which a share `signal` of groups of `size` answers have a signal."""
    return sum(Population(1.0, pass_rate, signal).prior(size))


def warm(signal: float, pass_rate: float = 0.5, groups: int = 1000) -> Predictor:
    """A predictor that has seen so many groups, and none of the problems to come."""
    predictor = Predictor()
    predictor.population = Population(groups, groups * pass_rate, groups * signal)
    return predictor


SIGNAL = 0.407
CONFIG = RolloutConfig(groups=512, group_size=16)
CLUSTER = Cluster(workers=256, slots=32, judges=32, step_seconds=0.0038, answer_seconds=0.00025)
VALIDATION = Way("naive", filtered=False)
SEAMLESS = Way("seamless", continuous=True, asynchronous=True, early_termination=True, filtered=False)

TABLE2 = Preset(
    CONFIG,
    CLUSTER,
    Workload(concentration=concentration(SIGNAL, CONFIG.group_size), median_tokens=8550, judge_seconds=0.1844),
    SIGNAL,
    training=0.0905,
    batches=1,
    report={
        NAIVE: Numbers(1.00, 1.00, 1.00, 0.693, 0.221),
        UNFILTERED: Numbers(2.45, 2.82, 0.36, 0.708, None),
        CONTINUOUS: Numbers(1.99, 2.20, 0.25, 0.388, 0.139),
        ASYNCHRONOUS: Numbers(2.09, 2.34, 0.21, 0.340, 0.164),
        EARLY: Numbers(2.29, 2.61, 0.15, 0.277, 0.129),
    },
    fitted_on=(NAIVE, UNFILTERED),
    assumed={**ASSUMED, "rule": "groups are started by the report's rule, beginning with the rate of the step before"},
)
TABLE3 = Preset(
    CONFIG,
    CLUSTER,
    Workload(concentration=concentration(SIGNAL, CONFIG.group_size), median_tokens=10_760, judge_seconds=0.2038),
    signal=1.0,
    training=0.0,
    batches=3,
    report={VALIDATION: Numbers(None, 1.00, 1.00, 0.658, None), SEAMLESS: Numbers(None, 1.96, 0.25, 0.329, None)},
    fitted_on=(VALIDATION,),
    assumed={
        **ASSUMED,
        "batches": "3, of the size of a step's, without dynamic sampling; the report does not say how large a validation is",
    },
)
