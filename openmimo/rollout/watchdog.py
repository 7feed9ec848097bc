"""Names what a step waits for when nothing moves. Ends nothing: what hangs may be slow, and who reads the log knows better."""

import threading
import time
from collections.abc import Callable
from types import TracebackType


class Watchdog:
    """Within the block, `say(pending())` is called from another thread whenever nothing has moved for `seconds`, and again after as long."""

    def __init__(self, seconds: float, pending: Callable[[], str], say: Callable[[str], None]):
        self._seconds, self._pending, self._say = seconds, pending, say
        self._over = threading.Event()
        self._moved = time.monotonic()
        self._thread = threading.Thread(target=self._watch, name="openmimo rollout watchdog", daemon=True)

    def moved(self) -> None:
        """Something did."""
        self._moved = time.monotonic()

    def __enter__(self) -> "Watchdog":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        due = self._moved + self._seconds
        while not self._over.wait(max(due - time.monotonic(), 0.0)):
            since = time.monotonic() - self._moved
            if since >= self._seconds:
                self._say(f"nothing has moved for {since:.0f} s; pending: {self._pending()}")
                due = time.monotonic() + self._seconds
            else:
                due = self._moved + self._seconds
