"""What a user sees of a run under way: a picture that stays in its place on a terminal (`live.py`), the line of progress elsewhere.

Knows no model and no problems: it is told numbers. Read `run.py` for when.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Any, Protocol, Self

from openmimo.core.interrupt import StopRequest
from openmimo.core.log import Progress
from openmimo.rl.live import Live
from openmimo.rl.step_metrics import in_words
from openmimo.rollout.standing import Standing


class View(Protocol):
    """Is told of a run within a `with` block, and shows it."""

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...

    def begin(self, lines: Sequence[Mapping[str, Any]], stop: StopRequest) -> None:
        """Hear that steps begin, what the lines of those before are, and who knows whether a user wants to stop."""
        ...

    def rolling(self, standing: Standing) -> None:
        """Hear how far the rollouts of the step are; often, so it takes no time."""
        ...

    def training(self, groups: int) -> None:
        """Hear that the step trains on so many groups."""
        ...

    def validating(self, answers: int) -> AbstractContextManager[Callable[[int], None]]:
        """A block in which so many answers are judged for a validation; gives what is to be told how many are."""
        ...

    def end_step(self, line: Mapping[str, Any]) -> None:
        """Hear that a step is done, and its line of the metrics."""
        ...


def view_of(name: str, steps: int) -> View:
    """The view of a run that this program's stderr can show."""
    able = sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb" and "utf" in (sys.stderr.encoding or "").lower()
    return Live(name, steps) if able else Plain(steps)


class Plain:
    """The line of progress."""

    def __init__(self, steps: int):
        self.steps = steps
        self.progress: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.progress:
            self.progress.__exit__(kind, error, trace)

    def begin(self, lines: Sequence[Mapping[str, Any]], stop: StopRequest) -> None:
        """Count the time from here."""
        self.progress = Progress("rl", self.steps)

    def rolling(self, standing: Standing) -> None:
        """Say nothing within a step."""

    def training(self, groups: int) -> None:
        """Say nothing within a step."""

    @contextmanager
    def validating(self, answers: int) -> Iterator[Callable[[int], None]]:
        """A line of its own."""
        with Progress("validation", answers) as progress:
            yield progress.update

    def end_step(self, line: Mapping[str, Any]) -> None:
        """Say the step's numbers, if it is time for it."""
        assert self.progress, "steps have begun"
        self.progress.update(line["step"], more=in_words(line))
