"""What a report of an evaluation says, as plain tables and sentences: once, for the page and for the Markdown alike.

Measured and published figures are never in one table. Knows no markup; `pages.py` has that.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openmimo.core.report.axis import number
from openmimo.core.report.series import Plot, Series
from openmimo.eval.measured import Measured, Part
from openmimo.eval.published import published
from openmimo.eval.statistics import CurvePoint, Interval

LONGEST_VALUE = 300  # characters of a setting


@dataclass(frozen=True)
class Table:
    """A table; its first column names the rows, the others are numbers. A `quoted` one was measured by nobody here."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    quoted: bool = False


@dataclass(frozen=True)
class Section:
    """All of one benchmark; `id` is unique among sections and safe in a link, `plot` the pass@k curves if there is more than pass@1."""

    id: str
    title: str
    tables: tuple[Table, ...]
    plot: Plot | None


def sections(measured: Sequence[Measured]) -> list[Section]:
    """A section for every benchmark, in the order of their first appearance."""
    found: dict[str, list[Measured]] = {}
    for one in measured:
        found.setdefault(one.benchmark, []).append(one)
    return [Section(f"benchmark-{place}", of[0].title, tuple(_tables(of)), _plot(of)) for place, of in enumerate(found.values(), 1)]


def overview(measured: Sequence[Measured]) -> Table:
    """Every benchmark against every model, measured ones only."""
    models = list(dict.fromkeys(one.model for one in measured))
    benchmarks = dict.fromkeys((one.benchmark, one.title) for one in measured)
    rows = []
    for name, title in benchmarks:
        cells = [[_with(one.mean, one.like_these) for one in measured if (one.benchmark, one.model) == (name, model)] for model in models]
        rows.append((title, *(", ".join(cell) or "-" for cell in cells)))
    return Table("Measured", ("Benchmark", *models), tuple(rows))


def notes(measured: Sequence[Measured]) -> Iterator[str]:
    """What a reader must know of these numbers."""
    yield (
        "Intervals are of 95 %. “Questions like these” is what the mean would be on other questions of the kind; “these questions” what it "
        "would be if the same ones were answered anew, which one answer to each cannot tell. Two models are compared question by question, "
        "not by whether their intervals overlap."
    )
    for one in measured:
        if one.unjudged:
            yield f"{one.model} on {one.title}: {one.unjudged:,} answers have no verdict and are in no number."
        if one.unanswered:
            yield f"{one.model} on {one.title}: {one.unanswered:,} answers failed and are in no number; the same command asks for them again."
        if one.truncated >= 0.01:
            yield f"{one.model} on {one.title}: {_percent(one.truncated)} of the answers were cut off at the token limit."


def _tables(measured: Sequence[Measured]) -> Iterator[Table]:
    yield _measured(measured)
    if quoted := _published(measured[0].benchmark):
        yield quoted
    if any(len(one.curve) > 1 for one in measured):
        yield _curves(measured)
    for title, of in (("By level", [one.levels for one in measured]), ("By topic", [one.topics for one in measured])):
        for one, parts in zip(measured, of, strict=True):
            if parts:
                yield _parts(title if len(measured) == 1 else f"{title}: {one.model}", parts)
    if any(one.settings for one in measured):
        yield _settings(measured)


def _measured(measured: Sequence[Measured]) -> Table:
    head = ["Model", "Score", "Questions like these", "These questions", "Questions", "Answers each", "Cut off", "Tokens", "Seconds"]
    rows = [
        [
            one.model,
            _percent(one.mean),
            _span(one.like_these),
            _span(one.these),
            number(one.questions),
            number(one.repeats),
            _percent(one.truncated),
            "-" if one.tokens is None else f"{one.tokens:,.0f}",
            f"{one.seconds:,.1f}",
        ]
        for one in measured
    ]
    if any(one.majority is not None for one in measured):
        head.append("Majority")
        rows = [[*row, "-" if one.majority is None else _percent(one.majority)] for row, one in zip(rows, measured, strict=True)]
    if any(one.unjudged for one in measured):
        head.append("No verdict")
        rows = [[*row, number(one.unjudged)] for row, one in zip(rows, measured, strict=True)]
    metrics = " and ".join(dict.fromkeys(one.metric for one in measured))
    return Table(f"Measured here: {metrics}", tuple(head), tuple(map(tuple, rows)))


def _published(benchmark: str) -> Table | None:
    rows = [
        (
            figure.model,
            f"{figure.score:.1f} %",
            figure.metric,
            "not said" if figure.shots is None else str(figure.shots),
            figure.table,
            "the report's own" if figure.starred else "",
        )
        for figure in published(benchmark)
    ]
    head = ("Model", "Score", "Metric", "Shots", "In", "Harness, where marked")
    return Table("Published in the report, not measured here", head, tuple(rows), quoted=True) if rows else None


def _curves(measured: Sequence[Measured]) -> Table:
    """pass@k and pass^k of each model; a point over fewer questions than the model was asked says so."""
    names = ["" if len(measured) == 1 else f": {one.model}" for one in measured]
    head = ("k", *(f"{kind}{name}" for name in names for kind in ("pass@k", "pass^k")))
    rows = []
    for k in sorted({point.k for one in measured for point in one.curve}):
        row = [str(k)]
        for one in measured:
            point = next((point for point in one.curve if point.k == k), None)
            row += ["-", "-"] if point is None else [_point(point.any, point, one), _point(point.all, point, one)]
        rows.append(tuple(row))
    return Table("pass@k: one of k answers is right; pass^k: all are", head, tuple(rows))


def _plot(measured: Sequence[Measured]) -> Plot | None:
    """The pass@k curves, of the points that are over all questions: others would not be of one line with them."""
    curves = [Series(one.model, [(float(p.k), 100 * p.any) for p in one.curve if p.questions == one.questions]) for one in measured]
    drawn = [series for series in curves if len(series.points) > 1]
    return Plot("pass@k in %", drawn) if drawn else None


def _parts(title: str, parts: Sequence[Part]) -> Table:
    rows = [(part.name or "none given", _percent(part.mean), _span(part.interval), number(part.questions)) for part in parts]
    return Table(
        title, (title.partition(":")[0].removeprefix("By ").capitalize(), "Score", "Questions like these", "Questions"), tuple(rows)
    )


def _settings(measured: Sequence[Measured]) -> Table:
    names = dict.fromkeys(name for one in measured for name in one.settings)
    rows = [(name, *(_value(one.settings[name]) if name in one.settings else "-" for one in measured)) for name in names]
    return Table("Settings", ("Setting", *(one.model for one in measured)), tuple(rows))


def _value(value: object) -> str:
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]} [... {len(text) - LONGEST_VALUE:,} characters left out]"


def _point(value: float, point: CurvePoint, one: Measured) -> str:
    return _percent(value) if point.questions == one.questions else f"{_percent(value)} (of {point.questions:,} questions)"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _span(interval: Interval | None) -> str:
    return "-" if interval is None else f"{100 * interval[0]:.1f} to {100 * interval[1]:.1f}"


def _with(mean: float, interval: Interval) -> str:
    return f"{_percent(mean)} ({_span(interval)})"
