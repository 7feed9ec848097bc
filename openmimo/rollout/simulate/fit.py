"""Fitting a preset to the rows of the report that it names, by a small search that gives the same every time.

- How many groups have a signal follows from the naive row's waste: so many batches of which
  a share `signal` is kept give 1 + waste batches of groups with a signal.
- The training step follows from the two speed-ups of the row without dynamic sampling: with R
  and T for rollout and training in the naive way, R / rollout + T = (R + T) / overall.
- Lengths are stretched until the slots are as idle as the rows say, and verdicts with them,
  so that judging keeps its assumed share of the time.

The two rows cannot tell slow judges from short answers. With judging at 0 to a third of the
time other lengths fit them as well.
"""

from dataclasses import replace
from math import exp, log
from statistics import fmean

from openmimo.rollout.forecast import StepRate
from openmimo.rollout.simulate.config import Workload
from openmimo.rollout.simulate.measures import Measured, Way, measure
from openmimo.rollout.simulate.presets import Numbers, Preset, concentration

PASS_RATE = 0.41  # of groups, by the report; tells only how many batches the naive way takes
JUDGING = 0.25  # of the rollout time of a batch, assumed
SEEDS = (0, 1)
BOUNDS = (500.0, 20_000.0)  # median tokens
HALVINGS = 8


def fit(preset: Preset, judging: float = JUDGING, seeds: tuple[int, ...] = SEEDS) -> Preset:
    """The preset with its numbers fitted to its own rows; takes half a minute at 256 workers."""
    rows = {way: preset.report[way] for way in preset.fitted_on}
    naive, *others = rows.values()
    signal = preset.signal if naive.waste is None else (1 + naive.waste) / round((1 + naive.waste) / PASS_RATE)
    training = _training(others[0]) if others and others[0].overall else 0.0
    work = replace(preset.workload, concentration=concentration(signal, preset.config.group_size)) if signal < 1 else preset.workload
    found = replace(preset, signal=round(signal, 3), training=round(training, 4), workload=work)
    wanted = fmean(row.idle for row in rows.values())
    low, high = map(log, BOUNDS)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        found = replace(found, workload=stretched(found, round(exp(middle), -1), judging, seeds))
        idle = fmean(played(found, way, seeds).idle for way in rows)
        low, high = (middle, high) if idle > wanted else (low, middle)  # the longer answers are, the more of them end at the most tokens
    return found


def stretched(preset: Preset, median: float, judging: float, seeds: tuple[int, ...]) -> Workload:
    """The workload with this median length, and verdicts that take the share `judging` of a batch's rollout time."""
    instant = replace(preset.workload, median_tokens=median, judge_seconds=0.0)
    way = Way("a batch", filtered=False)
    writing = measure(way, preset.config, preset.cluster, instant, lambda _: StepRate(), seeds).rollout
    queue = preset.config.groups * preset.config.group_size / preset.cluster.judges  # verdicts for each judge
    mean = writing * judging / (1 - judging) / queue
    return replace(instant, judge_seconds=round(mean / exp(instant.judge_spread**2 / 2), 4))


def played(preset: Preset, way: Way, seeds: tuple[int, ...]) -> Measured:
    """A way of a preset, by the report's rule."""
    config, batches = preset.config, preset.batches
    if way.continuous and batches > 1:
        config, batches = replace(config, groups=batches * config.groups), 1
    rate = preset.signal if way.filtered else 1.0
    return measure(way, config, preset.cluster, preset.workload, lambda _: StepRate(rate), seeds, batches)


def _training(row: Numbers) -> float:
    """The training step as a share of the naive way's rollout."""
    assert row.overall
    return (1 / row.overall - 1 / row.rollout) / (1 - 1 / row.overall)
