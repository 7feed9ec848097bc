"""The picture of a run that stays in its place on a terminal, while what others write to stderr goes by above it.

Drawn by rich a few times a second from a thread of its own, so that the run is not held up. Knows no run: `view.py` says what it is
told. What is drawn is in `picture.py`.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Any, Self, TextIO

from rich import live
from rich.console import Console

from openmimo.core.interrupt import StopRequest
from openmimo.core.stray import Stray
from openmimo.rl.picture import Seen, picture
from openmimo.rollout.standing import Standing

REFRESHES = 4  # a second
WRITING = "writing"


class Live:
    """A view of `steps` steps on stderr, or on another `terminal`; drawn from the first thing on that it is told."""

    def __init__(self, name: str, steps: int, terminal: TextIO | None = None, clock: Callable[[], float] = time.monotonic):
        self._name, self._steps, self._terminal, self._clock = name, steps, terminal, clock
        self._lines: list[Mapping[str, Any]] = []
        self._phase, self._since = "", clock()
        self._standing: Standing | None = None
        self._began: float | None = None  # of the steps of this process, which began after `_first` steps
        self._first, self._ended = 0, 0.0
        self._stop: StopRequest | None = None
        self._screen: live.Live | None = None
        self._closing = ExitStack()

    def __enter__(self) -> Self:
        self._terminal = self._terminal or self._closing.enter_context(Stray())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._closing:
            self._standing, self._phase = None, ""
            if self._screen:
                self._screen.stop()

    def begin(self, lines: Sequence[Mapping[str, Any]], stop: StopRequest) -> None:
        """Show what was before, and that steps begin."""
        self._lines, self._stop = list(lines), stop
        self._first, self._began = self._done, self._clock()
        self._ended = self._began
        self._go_on(WRITING)

    def rolling(self, standing: Standing) -> None:
        """Show how far the rollouts are."""
        if self._phase != WRITING:
            self._go_on(WRITING)
        self._standing = standing

    def training(self, groups: int) -> None:
        """Show that the step trains."""
        self._standing = None
        self._go_on(f"training on {groups:,} groups")

    @contextmanager
    def validating(self, answers: int) -> Iterator[Callable[[int], None]]:
        """Show how far a validation is."""

        def told(done: int) -> None:
            self._phase = f"validating, {done:,} of {answers:,} answers judged"

        self._go_on(f"validating, {answers:,} answers")
        yield told

    def end_step(self, line: Mapping[str, Any]) -> None:
        """Show a step's numbers, and its validation once the line has one."""
        self._lines.append(line)
        self._ended = self._clock()
        self._go_on("")

    @property
    def _done(self) -> int:
        return self._lines[-1]["step"] if self._lines else 0

    def _seen(self) -> Seen:
        now, done = self._clock(), self._done
        left = None
        if self._began is not None and done > self._first:
            left = (self._steps - done) * (self._ended - self._began) / (done - self._first) - (now - self._ended)
        stopping = bool(self._stop and self._stop.asked and self._phase)
        return Seen(
            self._name,
            self._steps,
            self._lines,
            self._phase,
            now - self._since,
            self._standing,
            None if left is None or done == self._steps else max(left, 0.0),
            stopping,
        )

    def _go_on(self, phase: str) -> None:
        self._phase, self._since = phase, self._clock()
        if self._screen is None:
            console = Console(file=self._terminal)
            self._screen = live.Live(
                console=console,
                get_renderable=lambda: picture(self._seen(), console.width),
                refresh_per_second=REFRESHES,
                redirect_stdout=False,  # what goes there is data
                vertical_overflow="crop",
            )
            self._screen.start(refresh=True)
            console.show_cursor(True)  # or a program that is killed would leave a terminal without one
