"""The results of a simulation as rows: what was found, what the report says or what was hoped for, and whether it holds.

A target that is missed stays among the rows, as missed. Rows that numbers were fitted on are
told apart from those that were predicted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from openmimo.core.student import Interval
from openmimo.rollout.config import RolloutConfig
from openmimo.rollout.forecast import Forecast, StepRate
from openmimo.rollout.simulate.compare import LARGE, SMALL, bias, rules
from openmimo.rollout.simulate.config import Cluster, Workload
from openmimo.rollout.simulate.fit import played
from openmimo.rollout.simulate.measures import (
    ASYNCHRONOUS,
    CONTINUOUS,
    EARLY,
    NAIVE,
    UNFILTERED,
    Measured,
    Way,
    measure,
)
from openmimo.rollout.simulate.presets import Numbers, Preset, warm

RELATIVE = 0.15  # of the report's speed-ups and idle times
POINTS = 0.05  # of its waste


@dataclass(frozen=True)
class Result:
    """One number: of which way, what it measures, its 95 % interval over seeds if that matters, and what is wanted of it.

    `target` is the number of the report, or the one that the interval is about. `holds` is None
    where nothing is wanted: without a target, and where numbers were fitted to it.
    """

    way: str
    measure: str
    value: float
    target: float | None = None
    wanted: str = ""
    low: float | None = None
    high: float | None = None
    holds: bool | None = None

    def as_json(self) -> dict[str, Any]:
        """The row as the command line prints it."""
        return {name: value for name, value in asdict(self).items() if value is not None and value != ""}


def of_preset(preset: Preset, seeds: Sequence[int]) -> Iterator[Result]:
    """Every way of a preset beside the report, by the report's rule; last, where groups are filtered, all parts with our forecast."""
    chosen = tuple(seeds)
    found = {way: played(preset, way, chosen) for way in preset.report}
    naive = next(iter(found.values()))
    training = preset.training * naive.rollout
    for way, row in preset.report.items():
        yield from _beside(way, found[way], naive, training, row, way in preset.fitted_on)
    if EARLY in found:
        predictor = warm(preset.signal)
        ours = measure(EARLY, preset.config, preset.cluster, preset.workload, lambda config: Forecast(predictor, config), chosen)
        yield from _plain("the same with our forecast", ours, naive, training)


def of_workload(
    config: RolloutConfig, cluster: Cluster, workload: Workload, training_seconds: float, seeds: Sequence[int]
) -> Iterator[Result]:
    """Every way for numbers of one's own: by the report's rule and, last, with our forecast, neither having seen anything before."""
    found: dict[str, Measured] = {}
    for way in (NAIVE, UNFILTERED, CONTINUOUS, ASYNCHRONOUS, EARLY):
        found[way.name] = measure(way, config, cluster, workload, lambda _: StepRate(), seeds)
    predictor = warm(0.5, groups=4)
    found["the same with our forecast"] = measure(EARLY, config, cluster, workload, lambda own: Forecast(predictor, own), seeds)
    for name, measured in found.items():
        yield from _plain(name, measured, found[NAIVE.name], training_seconds)


def of_bias(seeds: Sequence[int]) -> Iterator[Result]:
    """By how much each order of selection prefers short answers."""
    launch, finish = bias("launch", seeds), bias("finish", seeds)
    what = MEASURES["bias"]
    yield Result("launch order", what, launch.mean, 0.0, "contains 0", launch.low, launch.high, launch.low <= 0 <= launch.high)
    yield _below("finish order", what, finish)


def of_forecast(seeds: Sequence[int]) -> Iterator[Result]:
    """Our forecast beside the report's rule."""
    for setting in (SMALL, LARGE):
        found, way = (
            rules(seeds, setting),
            f"our forecast, {setting.groups} groups of {setting.config.group_size} on {setting.config.slots} slots",
        )
        yield _below(way, "rollout time over the report's rule's, less 1", found.time)
        yield _below(way, "waste less the report's rule's", found.waste)


def table(results: Sequence[Result]) -> str:
    """The rows for a reader."""
    marks = {True: "holds", False: "MISSED", None: ""}
    lines, way = list[str](), ""
    for one in results:
        lines += [one.way] if one.way != way else []
        way = one.way
        bounds = f"  [{one.low:.4f}, {one.high:.4f}]" if one.low is not None and one.high is not None else ""
        lines.append(f"  {one.measure:66} {one.value:9.3f}{bounds:22} {one.wanted:28} {marks[one.holds]}".rstrip())
    return "\n".join(lines)


def _below(way: str, what: str, found: Interval) -> Result:
    """A row whose interval is to lie below 0."""
    return Result(way, what, found.mean, 0.0, "below 0", found.low, found.high, found.high < 0)


def _values(found: Measured, naive: Measured, training: float) -> dict[str, float]:
    return {
        "overall": (naive.rollout + training) / (found.rollout + training),
        "rollout": naive.rollout / found.rollout,
        "idle_time": found.idle_seconds / naive.idle_seconds,
        "idle": found.idle,
        "waste": found.waste,
        "bias": found.bias,
    }


def _plain(name: str, found: Measured, naive: Measured, training: float) -> Iterator[Result]:
    for what, value in _values(found, naive, training).items():
        yield Result(name, MEASURES[what], value)


def _beside(way: Way, found: Measured, naive: Measured, training: float, row: Numbers, fitted: bool) -> Iterator[Result]:
    """A way's numbers, each beside the report's where that gives one."""
    for what, value in _values(found, naive, training).items():
        target = getattr(row, what, None)
        if target is None:
            if what != "overall":
                yield Result(way.name, MEASURES[what], value)
            continue
        if fitted:
            yield Result(way.name, MEASURES[what], value, target, f"fitted to {target:g}")
            continue
        slack = POINTS if what == "waste" else RELATIVE * target
        yield Result(way.name, MEASURES[what], value, target, f"report {target:g} +- {slack:.2g}", holds=abs(value - target) <= slack)


MEASURES = {
    "overall": "overall speed-up",
    "rollout": "rollout speed-up",
    "idle_time": "idle time, of the naive way's",
    "idle": "idle ratio",
    "waste": "sample waste",
    "bias": "length of selected answers over that of all with a signal, less 1",
}
DEFINITIONS = {
    "rollout speed-up": "time until the step is done, from its first launch, all verdicts that it waits for included; the naive way's over this one's",
    "overall speed-up": "the same with the time of a training step added to both",
    "idle ratio": "share of the slots' seconds, of that time, in which nothing is written in them",
    "idle time": "idle ratio x rollout time, over the naive way's",
    "sample waste": "answers launched for groups after the last one selected, over those launched up to it",
    "length": "of answers of groups that are selected and of all launched groups with a signal, as if written to the end",
}
