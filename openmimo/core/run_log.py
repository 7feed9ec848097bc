"""`log.txt` of a run: a line with the time (UTC) for every start, checkpoint and end.

Knows nothing of what is run. `core/runs.py` writes it, and `core/report/` tells from it
where a run was made and how long that took.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from openmimo.core.files import append_line

STARTED = "started on "


@dataclass(frozen=True)
class LogLine:
    """One line: when, in UTC to the second, and what."""

    time: datetime
    text: str

    def __str__(self) -> str:
        return f"{self.time:%Y-%m-%d %H:%M:%S}  {self.text}"


def append_log(folder: Path, text: str) -> None:
    """Add a line with the time of now; of a text of several lines only the first is taken. Raises `OpenMimoError` if the disk is full."""
    append_line(folder / "log.txt", str(LogLine(datetime.now(UTC), text.split("\n", 1)[0])))


def read_log(folder: Path) -> list[LogLine]:
    """The lines of a run's log, oldest first; none where there is no log, and without lines that carry no time."""
    path = folder / "log.txt"
    text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    return [line for line in map(_parse, text.split("\n")) if line]


def seconds_worked(log: Sequence[LogLine]) -> float:
    """The time from each start to the last line before the next one, summed, so that pauses do not count."""
    return sum((line.time - before.time).total_seconds() for before, line in pairwise(log) if not line.text.startswith(STARTED))


def _parse(line: str) -> LogLine | None:
    stamp, _, text = line.partition("  ")
    try:
        return LogLine(datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC), text)
    except ValueError:
        return None
