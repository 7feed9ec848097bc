"""A plot as the pieces of an SVG: paths in a square of 1,000 units, and ticks at their places.

The page stretches the square to the width there is, so lines keep their thickness and text
its size on any screen. Knows numbers only; `parts.py` has the markup.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from openmimo.core.report.axis import Axis, doubling_axis, number, step_axis, value_axis
from openmimo.core.report.series import Plot, smooth, thin

SIZE = 1000
POINTS, LEAST_POINTS = 400, 60  # of a line; fewer where there are many, so that a page stays under 2 MB
POINTS_OF_PAGE = 20_000
LOG_FROM = 20  # a loss whose greatest value is so many times its least is drawn on a log scale
STYLES = 8  # colours; after them they come again, dashed


@dataclass(frozen=True)
class Curve:
    """A series drawn: `raw` and `smooth` are SVG paths (`smooth` empty for a short series).

    `points` are for the reader who points at one: place across, place down, step and value,
    with a space between them and a semicolon between points.
    """

    name: str
    raw: str
    smooth: str
    points: str
    last: str
    style: str


@dataclass(frozen=True)
class Chart:
    """A plot drawn; ticks are a place in per cent and a text, `about` says in a sentence what is to be seen."""

    title: str
    field: str
    curves: list[Curve]
    across: list[tuple[float, str]]
    down: list[tuple[float, str]]
    log: bool
    x: str
    last_x: str
    about: str


def charts(plots: Sequence[Plot], x: str = "step", doubling: bool = False) -> list[Chart]:
    """All plots drawn over the same steps, so that they can be compared; or over something else that `x` names, each doubling as wide as another."""
    steps = [x for plot in plots for series in plot.series for x, _ in series.points]
    if not steps:
        return []
    most = points_of_a_line(plots)
    across = (doubling_axis if doubling else step_axis)(min(steps), max(steps))
    return [_chart(plot, across, most, x) for plot in plots]


def points_of_a_line(plots: Sequence[Plot]) -> int:
    """How many points a line has at most, if the page has these plots."""
    lines = sum(len(plot.series) for plot in plots)
    return min(POINTS, max(LEAST_POINTS, POINTS_OF_PAGE // max(lines, 1)))


def _chart(plot: Plot, across: Axis, most: int, x_name: str) -> Chart:
    values = [y for series in plot.series for _, y in series.points]
    low, high = min(values), max(values)
    log = plot.is_loss and low > 1e-12 and high > LOG_FROM * low
    down = value_axis(low, high, log)
    curves = []
    for index, series in enumerate(plot.series):
        raw = [(x, y, *_place(x, y, across, down)) for x, y in thin(series.points, most)]
        # Every other stretch of a smooth line says all there is to see.
        smoothed = smooth(series.points)[:: max(len(series.points) // (most // 2), 1)]
        curves.append(
            Curve(
                series.name,
                _path([(across_, down_) for _, _, across_, down_ in raw]),
                _path([_place(x, y, across, down) for x, y in smoothed]),
                ";".join(f"{across_} {down_} {number(x)} {number(y)}" for x, y, across_, down_ in raw),
                number(series.points[-1][1]),
                f"c{index % STYLES}" + (" dashed" if index >= STYLES else ""),
            )
        )
    last = max(series.points[-1][0] for series in plot.series)
    return Chart(
        plot.title,
        plot.field,
        curves,
        [(100 * place, text) for place, text in across.labels()],
        [(100 - 100 * place, text) for place, text in down.labels()],
        log,
        x_name,
        number(last),
        f"{plot.title}: from {number(low)} to {number(high)}, up to {x_name} {number(last)}",
    )


def _place(x: float, y: float, across: Axis, down: Axis) -> tuple[int, int]:
    return round(SIZE * across.place(x)), round(SIZE * (1 - down.place(y)))


def _path(places: Sequence[tuple[int, int]]) -> str:
    """A line through the places; a single one is a line of no length, which round ends make a dot."""
    if not places:
        return ""
    (first_across, first_down), *rest = places
    line = " ".join(f"{across} {down}" for across, down in rest) or f"{first_across} {first_down}"
    return f"M{first_across} {first_down}L{line}"
