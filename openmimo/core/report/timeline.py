"""The rollouts of a step as a Gantt picture: a bar for every answer in the lane of a slot, coloured by what became of its group.

Judging has lanes of its own below, for it takes no slot. A lane is the first that is free, as `samples.jsonl` does not say which one
it was. All bars of a colour are one SVG path, which keeps a page small. Knows no rollouts, only fields of lines; `parts.py` has the
markup.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import accumulate
from typing import Any, TypeGuard

from openmimo.core.report.axis import value_axis

STEPS = 6  # of a run that are drawn: the last and others, evenly spread
LANES, BARS = 96, 1000  # that are drawn at most of a step, which bounds the page
SIZE = 1000  # of a picture across; down, a lane is 1
LONGEST = 1e9  # seconds; what is longer is no time
HEIGHT, PITCH = 320, 10.0  # of all lanes together, and of a lane at most, in pixels
FATES = {  # as `rollout/scheduler.py` names them, and their style
    "selected": "selected",
    "all rewards the same": "same",
    "launched after the last one selected": "surplus",
    "unfit: a reward is missing": "unfit",
}


@dataclass(frozen=True)
class Bar:
    """An answer: when its writing began and ended and when its verdict came, in seconds from the beginning of its step."""

    step: int
    group: int
    sample: int
    fate: str
    verdict: str
    launched: float
    ended: float
    judged: float | None

    @classmethod
    def read(cls, line: Mapping[str, Any]) -> "Bar | None":
        """The bar of a line of `samples.jsonl`; None if it has no times or they make no sense."""
        step, group, sample = (line.get(name) for name in ("step", "group", "sample"))
        launched, ended, judged = (line.get(name) for name in ("launched", "ended", "judged"))
        fate, verdict = line.get("fate"), line.get("verdict") or "not judged"
        if not (type(step) is type(group) is type(sample) is int and isinstance(fate, str) and isinstance(verdict, str)):
            return None
        if not (_is_time(launched) and _is_time(ended) and launched <= ended):
            return None
        if judged is not None and not (_is_time(judged) and ended <= judged):
            return None
        return cls(step, group, sample, fate, verdict, launched, ended, judged)


@dataclass(frozen=True)
class Lanes:
    """Bars drawn in lanes: a path for each style, `height` pixels in all and `stroke` pixels a bar.

    `points` are for the reader who points at a bar: its left and right, lane, group, number, verdict and the seconds of its ends, with
    a bar between them and a semicolon between bars.
    """

    title: str
    paths: list[tuple[str, str]]
    lanes: int
    height: int
    stroke: float
    points: str


@dataclass(frozen=True)
class Timeline:
    """A step drawn: `legend` has style, name and number of answers, `across` ticks in per cent, `about` a sentence."""

    step: int
    parts: list[Lanes]
    legend: list[tuple[str, str, int]]
    across: list[tuple[float, str]]
    about: str


def spread(steps: Iterable[int], most: int = STEPS) -> list[int]:
    """At most so many of the steps, the last first and the others evenly spread."""
    known = sorted(set(steps), reverse=True)
    if len(known) <= most:
        return known
    return [known[place * (len(known) - 1) // (most - 1)] for place in range(most)]


def timelines(bars: Sequence[Bar]) -> list[Timeline]:
    """The last step and some before it, drawn."""
    by_step: dict[int, list[Bar]] = {step: [] for step in spread(bar.step for bar in bars)}
    for bar in bars:
        if bar.step in by_step:
            by_step[bar.step].append(bar)
    return [_drawn(step, found) for step, found in by_step.items()]


def _is_time(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and 0 <= value < LONGEST


def _drawn(step: int, bars: Sequence[Bar]) -> Timeline:
    bars = sorted(bars, key=lambda bar: (bar.launched, bar.group, bar.sample))
    end = max(max(bar.ended, bar.judged or 0.0) for bar in bars)
    axis = value_axis(0.0, end, log=False)
    full = axis.high or 1.0
    written = [(bar.launched, bar.ended, bar) for bar in bars]
    judged = sorted(((bar.ended, bar.judged, bar) for bar in bars if bar.judged is not None), key=lambda one: one[:2])
    parts = [_lanes("Writing, by slot", written, full), *([_lanes("Judging", judged, full)] if judged else [])]
    counts = dict.fromkeys(FATES, 0)
    for bar in bars:
        counts[bar.fate] = counts.get(bar.fate, 0) + 1
    legend = [(FATES.get(fate, "other"), fate, count) for fate, count in counts.items() if count]
    groups = len({bar.group for bar in bars})
    about = f"{len(bars):,} answers in {groups:,} groups, {end:.1f} s"
    return Timeline(step, parts, legend, [(100 * place, f"{text} s") for place, text in axis.labels()], about)


def _lanes(title: str, spans: Sequence[tuple[float, float, Bar]], full: float) -> Lanes:
    """Spans in the order of their beginnings, each in the first lane that is free."""
    free, taken = list[int](), list[tuple[float, int]]()
    lanes: list[list[tuple[float, float, Bar]]] = []
    for begin, end, bar in spans:
        while taken and taken[0][0] <= begin:
            heappush(free, heappop(taken)[1])
        lane = heappop(free) if free else len(lanes)
        lanes += [[]] if lane == len(lanes) else []
        lanes[lane].append((begin, end, bar))
        heappush(taken, (end, lane))
    shown = sum(place < LANES and drawn <= BARS for place, drawn in enumerate(accumulate(map(len, lanes)))) or 1
    paths: dict[str, list[str]] = {}
    points = []
    for lane, found in enumerate(lanes[:shown]):
        for begin, end, bar in found:
            left = round(SIZE * begin / full)
            width = max(round(SIZE * end / full) - left, 1)
            paths.setdefault(FATES.get(bar.fate, "other"), []).append(f"M{left} {lane + 0.5:g}h{width}")
            verdict = bar.verdict.replace("|", "/").replace(";", ",")
            points.append(f"{left}|{left + width}|{lane}|{bar.group}|{bar.sample}|{verdict}|{begin:.2f}|{end:.2f}")
    pitch = min(HEIGHT / shown, PITCH)
    return Lanes(
        title if shown == len(lanes) else f"{title}: the first {shown} of {len(lanes):,} lanes",
        [(style, "".join(path)) for style, path in paths.items()],
        shown,
        round(shown * pitch),
        0.8 * pitch,
        ";".join(points),
    )
