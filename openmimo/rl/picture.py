"""How a run under way is drawn in a terminal: a pure function of what has been seen of it. Knows no clock and no thread.

Rows are cut and not broken where a terminal is narrow, so that their number, and with it the place of the picture, stays.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from openmimo.core.log import span
from openmimo.rl.step_metrics import WATCHED, in_word
from openmimo.rollout.standing import Standing

BARS = "▁▂▃▄▅▆▇█"
POINTS = 24  # steps of a small curve
TWO_COLUMNS = 64  # columns of a terminal from which on two numbers stand side by side


@dataclass(frozen=True)
class Seen:
    """What is known of a run.

    `lines` are those of `metrics.jsonl` so far. `phase` says what goes on, for `seconds`; `standing` is that of the step under way
    while its answers are written. `left` are the seconds to the end, None where nobody can tell yet.
    """

    name: str
    steps: int
    lines: Sequence[Mapping[str, Any]]
    phase: str
    seconds: float
    standing: Standing | None = None
    left: float | None = None
    stopping: bool = False


def picture(seen: Seen, width: int) -> RenderableType:
    """All that is shown, in a terminal of so many columns."""
    done = seen.lines[-1]["step"] if seen.lines else 0
    part = seen.standing.signals / seen.standing.wanted if seen.standing else 0.0
    bar = Table.grid()  # for a bar alone ends no line
    bar.add_row(ProgressBar(seen.steps, min(done + part, seen.steps), width=max(width - 1, 1)))
    rows: list[RenderableType] = [
        _row((f"rl {seen.name}", "bold"), f"step {min(done + 1, seen.steps):,} of {seen.steps:,}", _left(seen)),
        bar,
        *_now(seen),
    ]
    if any(line["step"] for line in seen.lines):
        rows.append(_numbers(seen.lines, width))
    if scores := [found for line in seen.lines if (found := line.get("validation", {})).get("problems")]:
        rows.append(_row(("held out", "dim"), *_compared(scores[0], scores[-1])))
    return Group(*rows)


def sparkline(values: Sequence[float | None], points: int = POINTS) -> str:
    """The last values as a small curve from the least of them to the greatest; a space where there is none."""
    shown = values[-points:] if points else []
    known = [value for value in shown if value is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    return "".join(" " if value is None else _bar(value, low, high) for value in shown)


def _bar(value: float, low: float, high: float) -> str:
    if high <= low:
        return BARS[len(BARS) // 2]
    return BARS[min(int((value - low) / (high - low) * len(BARS)), len(BARS) - 1)]


def _left(seen: Seen) -> str:
    if seen.lines and seen.lines[-1]["step"] >= seen.steps:
        return "done"
    return "" if seen.left is None else f"about {span(seen.left)} left"


def _now(seen: Seen) -> Iterator[Text]:
    """The step under way; two rows, whatever goes on."""
    standing, going_on = seen.standing, f"{seen.phase} {span(seen.seconds)}" if seen.phase else ""
    if standing is None:
        yield _row(going_on)
    else:
        writing = min(standing.writing, standing.slots)
        yield _row(going_on, f"{standing.signals} of {standing.wanted} groups with a signal", f"{writing} of {standing.slots} slots")
    if seen.stopping:
        yield _row(("stops after this step; Ctrl-C again ends at once", "yellow"))
    elif standing is None:
        yield _row()
    else:
        yield _row(
            f"answers: {standing.begun:,} begun, {standing.written:,} written, {standing.judged:,} judged",
            f"judge queue {standing.judging}",
        )


def _numbers(lines: Sequence[Mapping[str, Any]], width: int) -> Table:
    """What is watched: a name, the last value and a small curve each; read across, then down."""
    columns = 2 if width >= TWO_COLUMNS else 1
    points = max(min(width // columns - 20, POINTS), 0)
    table = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(columns):
        table.add_column(style="dim", no_wrap=True)
        table.add_column(justify="right", no_wrap=True, min_width=5)
        table.add_column(style="cyan", no_wrap=True, min_width=points)
    steps = [line for line in lines[-POINTS - 1 :] if line["step"]]
    cells = [
        (label, in_word(steps[-1].get(field), form), sparkline([line.get(field) for line in steps], points))
        for label, field, form in WATCHED
    ]
    for first in range(0, len(cells), columns):
        table.add_row(*(text for cell in cells[first : first + columns] for text in cell))
    return table


def _compared(first: Mapping[str, float], last: Mapping[str, float]) -> Iterator[str]:
    """The first validation and the newest, by name."""
    for name, value in last.items():
        if name != "problems":
            yield f"{name} {value:.1%}" if first is last or name not in first else f"{name} {first[name]:.1%} → {value:.1%}"


def _row(*parts: str | tuple[str, str]) -> Text:
    """Parts with two spaces between, on one line that is cut where it is too long."""
    row = Text(no_wrap=True, overflow="ellipsis")
    for part in filter(None, parts):
        row.append("  " if row else "")
        row.append(*((part,) if isinstance(part, str) else part))
    return row
