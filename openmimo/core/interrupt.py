"""Ctrl-C that waits for a good moment: the first asks a loop to end after its step, the second ends at once."""

import signal
import threading
from types import FrameType, TracebackType


class StopRequest:
    """Within the block, `asked` turns true at the first SIGINT or SIGTERM; the next one acts as always.

    Outside the main thread, where handlers cannot be set, it never asks.
    """

    def __init__(self) -> None:
        self.asked = False
        self._before: dict[int, object] = {}

    def __enter__(self) -> "StopRequest":
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._restore()

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        self._restore()

    def _restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        self._before = {}
