"""Telling people what goes on: progress on stderr, alive on a terminal and in plain lines elsewhere."""

import shutil
import sys
import time
from types import TracebackType
from typing import TextIO


class Progress:
    """A line that says how far a long work is, how fast, and when it will be done.

    On a terminal the line is rewritten; elsewhere a plain line comes every `every` seconds.
    """

    def __init__(self, what: str, total: int, stream: TextIO | None = None, every: float = 15.0):
        self.what, self.total, self.every = what, total, every
        self.stream = stream or sys.stderr
        self.live = self.stream.isatty()
        self.started = self.shown = time.monotonic()
        self.first: int | None = None
        self.width = 0

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.live and self.width:
            self.stream.write("\n")
            self.stream.flush()

    def update(self, done: int, loss: float | None = None, tokens_per_s: float | None = None, more: str = "") -> None:
        """Say that `done` of the total is done, and `more` of it in words; shows only as often as a reader can follow."""
        now = time.monotonic()
        if self.first is None:
            # What was done before this process, by a run that is resumed, says nothing of the speed now.
            self.first = done - 1
        if done < self.total and now - self.shown < (0.2 if self.live else self.every):
            return
        self.shown = now
        line = self.line(done, now - self.started, loss, tokens_per_s, more)
        if self.live:
            line = line[: shutil.get_terminal_size().columns - 1]  # of a line that runs over, only the end could be rewritten
            self.stream.write("\r" + line.ljust(self.width))
            self.width = len(line)
        else:
            self.stream.write(line + "\n")
        self.stream.flush()

    def line(self, done: int, seconds: float, loss: float | None, tokens_per_s: float | None, more: str = "") -> str:
        """The text of the line after `seconds` of this process."""
        parts = [f"{self.what} {done:,}/{self.total:,}"]
        if loss is not None:
            parts.append(f"loss {loss:.4f}")
        if tokens_per_s is not None:
            parts.append(f"{tokens_per_s:,.0f} tokens/s")
        left = (self.total - done) * seconds / max(done - (self.first or 0), 1)
        parts.append(f"{span(left)} left" if done < self.total else f"done in {span(seconds)}")
        if more:
            parts.append(more)  # last, as a narrow terminal cuts it
        return "  ".join(parts)


def span(seconds: float) -> str:
    """A time span as people say it: 45s, 12m30s, 3h05m."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02d}s"
    return f"{whole // 3600}h{whole % 3600 // 60:02d}m"
