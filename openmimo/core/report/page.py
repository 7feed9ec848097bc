"""`report.html` of a run folder: one static file that opens offline, in any browser, and fetches nothing. Read this first.

What a run folder holds is read in `read.py`, made curves in `series.py` and `chart.py`,
chosen from in `samples.py`, and put into the markup of `template.py` and `parts.py`. The same folder gives
the same bytes. Model output is text here: Jinja escapes it, and the page's policy lets no
script run but ours.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from openmimo.core.log import span
from openmimo.core.report.axis import number
from openmimo.core.report.chart import charts, points_of_a_line
from openmimo.core.report.parts import policy_of, render, write_page
from openmimo.core.report.read import RunRecord, read_run
from openmimo.core.report.samples import UNJUDGED, choose, filters, tally
from openmimo.core.report.script import SCRIPT
from openmimo.core.report.series import Plot, plots
from openmimo.core.report.style import STYLE
from openmimo.core.report.template import TEMPLATE
from openmimo.core.report.timeline import timelines
from openmimo.core.run_log import STARTED, seconds_worked

HEADLINES = ("reward", "pass_rate", "entropy", "length", "loss", "tokens_per_s")  # whose last tenth is looked for first
LOG_LINES = 200
LONGEST_VALUE = 2_000  # characters of a value of the config


def write_report(folder: Path) -> Path:
    """Write `report.html` into a run's folder from what is there, finished or not, and give its path.

    Broken or missing files are told on the page; `OpenMimoError` only where the page cannot be written.
    """
    return write_page(folder / "report.html", page_of(folder.resolve(), read_run(folder)))


def page_of(folder: Path, run: RunRecord) -> str:
    """The HTML of the page; of `folder` only the names are used."""
    made, lost = plots(run.metrics)
    shown = choose(run.samples)
    return render(
        TEMPLATE,
        kind=folder.parent.name,
        name=folder.name,
        policy=policy_of(STYLE, SCRIPT),
        style=STYLE,
        script=SCRIPT,
        status=_status(run),
        machines="; ".join(_machines(run)),
        parts=[
            ("curves", "Curves", made),
            ("numbers", "Numbers", made),
            ("rollouts", "Rollouts", run.bars),
            ("samples", "Samples", run.samples),
            ("config", "Config", run.config),
            ("log", "Log", run.log),
        ],
        figures=list(_figures(run, made)),
        notes=[*run.notes, *_notes(run, made, lost, len(shown))],
        charts=charts(made),
        numbers=[
            (f"{plot.title} ({series.name})" if series.name else plot.title, *map(number, series.summary()))
            for plot in made
            for series in plot.series
        ],
        timelines=timelines(run.bars),
        samples=shown,
        tally=tally(run.samples),
        filters=list(filters(shown)),
        config=list(_flat(run.config)),
        log="\n".join(map(str, run.log[-LOG_LINES:])),
        footer=_footer(made),
    )


def figures_of(folder: Path) -> list[tuple[str, str]]:
    """The numbers of a run that are looked for first, with their labels."""
    run = read_run(folder)
    return list(_figures(run, plots(run.metrics)[0]))


def _status(run: RunRecord) -> str:
    if not run.log:
        return ""
    first, last = run.log[0], run.log[-1]
    state = last.text if last.text.startswith(("ended", "stopped")) else "under way, or killed"
    return f"{state}; started {first.time:%Y-%m-%d %H:%M}, last written {last.time:%Y-%m-%d %H:%M} UTC"


def _machines(run: RunRecord) -> list[str]:
    """The machines that the run was started on, each once, in their order."""
    return list(dict.fromkeys(line.text.removeprefix(STARTED) for line in run.log if line.text.startswith(STARTED)))


def _figures(run: RunRecord, made: Sequence[Plot]) -> Iterator[tuple[str, str]]:
    """The numbers that are looked for first."""
    steps = [series.points[-1][0] for plot in made for series in plot.series]
    if steps:
        yield "Steps", number(max(steps))
    for plot in made:
        if plot.field in HEADLINES and len(plot.series) == 1:
            yield f"{plot.title}, last tenth", number(plot.series[0].summary()[2])
    judged = [sample.verdict for sample in run.samples if sample.verdict != UNJUDGED]
    if judged:
        yield f"Right of {len(judged):,}", f"{100 * judged.count('right') / len(judged):.1f} %"
    if run.log:
        yield "Time at work", span(seconds_worked(run.log))
        yield "Starts", f"{sum(line.text.startswith(STARTED) for line in run.log):,}"


def _notes(run: RunRecord, made: Sequence[Plot], lost: int, shown: int) -> Iterator[str]:
    if not made and not run.samples:
        yield "No metrics and no samples yet."
    if lost:
        yield f"{lost:,} values of the metrics are not finite numbers and are left out."
    if shown < len(run.samples):
        yield (
            f"{shown:,} of {len(run.samples):,} samples are shown one by one, some of every {_kinds(run)}; "
            "the table counts all of them, and samples.jsonl has them."
        )


def _kinds(run: RunRecord) -> str:
    grouped = any(sample.group is not None for sample in run.samples)
    return "fate in the last step and a few before it, all answers of a group together" if grouped else "step, family, level and verdict"


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """The fields of a config by their dotted names, as the command line writes them."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}" if name else key)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for index, inner in enumerate(value):
            yield from _flat(inner, f"{name}.{index}")
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield (
            name,
            text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]} [... {len(text) - LONGEST_VALUE:,} characters left out]",
        )


def _footer(made: Sequence[Plot]) -> str:
    written = "Written by OpenMiMo from the files of the run's folder."
    if not made:
        return written
    return (
        f"{written} A line has at most {points_of_a_line(made)} points, the least and the greatest value of each stretch; where there are "
        "enough, a strong line is the mean of a 25th of all values around each step. Point at a curve, or use the arrow keys on it, to read it."
    )
