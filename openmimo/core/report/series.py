"""The metrics of a run as series of points: every number of every line, found by itself, thinned and smoothed.

Knows no HTML and no meaning of a field but its title. `chart.py` draws what is made here.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

Point = tuple[float, float]

X = "step"
TITLES = {
    "loss": "Loss",
    "mtp_losses": "MTP loss by layer",
    "rate": "Learning rate",
    "grad_norm": "Gradient norm",
    "mtp_weight": "Weight of the MTP loss",
    "learnt_tokens": "Tokens learnt in a step",
    "tokens": "Tokens of a step, with padding",
    "tokens_per_s": "Tokens/s",
    "pass_rate": "Pass rate",
    "validation": "Validation, on held-out problems",
    "length": "Tokens of an answer",
    "selected_length": "Tokens of a selected answer",
    "waste": "Waste: answers begun for groups after the last selected, by those before",
    "occupancy": "Share of slots in use",
    "mismatch_kl": "Mismatch of engine and trainer: KL in nats",
    "mismatch_ratio": "Greatest mismatch of a probability",
    "pass_rates": "Groups by pass rate in per cent",
    "zero_signal": "Share of groups without a signal",
    "verdicts": "Verdicts by kind",
}
FIRST = ("reward", "pass_rate", "validation", "entropy", "length", "selected_length", "waste", "occupancy", "mismatch_kl")  # in this order
COUNTS = {("validation", "problems")}  # how many a share is of, which would flatten it if it stood beside
GREATEST = 1e100  # a value of this size has no place on an axis
SMOOTHED_FROM = 60  # points of a series; the line of a shorter one is read as it is


@dataclass(frozen=True)
class Series:
    """Points in the order of x; `name` is the key within its field, empty if the field is one number."""

    name: str
    points: list[Point]

    def summary(self) -> list[float]:
        """The first value, the last, the mean of the last tenth, the least and the greatest."""
        values = [y for _, y in self.points]
        tail = values[-max(len(values) // 10, 1) :]
        return [values[0], values[-1], math.fsum(tail) / len(tail), min(values), max(values)]


@dataclass(frozen=True)
class Plot:
    """A field of the metrics with its series: one, or one for each key of an object or place of a list."""

    field: str
    series: list[Series]

    @property
    def title(self) -> str:
        """The field's name for a reader."""
        return TITLES.get(self.field) or self.field[:1].upper() + self.field[1:].replace("_", " ")

    @property
    def is_loss(self) -> bool:
        """Whether it falls over decades and is what a reader looks for first."""
        return "loss" in self.field and "weight" not in self.field


def plots(metrics: Sequence[Mapping[str, Any]]) -> tuple[list[Plot], int]:
    """A plot for every numeric field, what a reader looks for first, then losses; and how many values were no finite numbers.

    x is the step, or the number of the line where some line has none. Of two lines of one
    step the later holds: a run that was killed and resumed did that step again.
    """
    steps = [_finite(line.get(X)) for line in metrics]
    found: dict[str, dict[str, dict[float, float]]] = {}
    lost = 0
    for number, (line, step) in enumerate(zip(metrics, steps, strict=True), 1):
        x = float(number) if step is None or None in steps else step
        for field, value in line.items():
            if field == X:
                continue
            for name, each in _numbers(value):
                if (field, name) in COUNTS:
                    continue
                y = _finite(each)
                if y is None:
                    lost += 1
                else:
                    found.setdefault(field, {}).setdefault(name, {})[x] = y
    made = [Plot(field, [Series(name, sorted(points.items())) for name, points in by_name.items()]) for field, by_name in found.items()]
    return sorted(made, key=_rank), lost


def thin(points: Sequence[Point], most: int) -> list[Point]:
    """At most `most` of the points: of equal stretches the least and the greatest, so that no spike is lost."""
    if len(points) <= most:
        return list(points)
    stretches = most // 2
    edges = [index * len(points) // stretches for index in range(stretches + 1)]
    parts = [points[start:end] for start, end in pairwise(edges)]
    return [point for part in parts for point in sorted({min(part, key=_y), max(part, key=_y)})]


def smooth(points: Sequence[Point]) -> list[Point]:
    """The mean of each point and its neighbours, a 25th of the points in all; the window shrinks towards both ends, to a half.

    None for a short series, and for one that is smooth already, such as a schedule, whose corners a mean would round off.
    """
    rises = [after > before for (_, before), (_, after) in pairwise(points) if after != before]
    turns = sum(after != before for before, after in pairwise(rises))
    if len(points) < SMOOTHED_FROM or turns < len(points) / 10:
        return []
    sums = [0.0, *accumulate(y for _, y in points)]
    half, end, means = len(points) // 50, len(points), []
    for index, (x, _) in enumerate(points):
        reach = max(min(half, index, end - 1 - index), half // 2)
        first, last = max(index - reach, 0), min(index + reach + 1, end)
        means.append((x, (sums[last] - sums[first]) / (last - first)))
    return means


def _rank(plot: Plot) -> int:
    if plot.field in FIRST:
        return FIRST.index(plot.field)
    return len(FIRST) + (not plot.is_loss)


def _numbers(value: Any, name: str = "") -> Iterator[tuple[str, int | float]]:
    """The numbers of a field, with the keys that lead to each."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield name, value
    elif isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value, 1):
            yield from _numbers(inner, f"{name}.{key}" if name else str(key))


def _finite(value: Any) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except OverflowError:  # JSON holds whole numbers of any size
        return None
    return number if abs(number) < GREATEST else None  # not so for what is not a number


def _y(point: Point) -> float:
    return point[1]
