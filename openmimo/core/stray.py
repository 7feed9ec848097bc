"""What other processes and C code write to this terminal, taken in line by line, so that it cannot run into a picture that is drawn there.

Python's own `sys.stderr` goes to the terminal as before. Knows no picture.
"""

import os
import sys
import threading
from types import TracebackType
from typing import TextIO

LINE = 4096  # bytes; of a longer line without an end, parts are lines of their own


class Stray:
    """Within the block, whatever reaches file descriptor 2 is written by `sys.stderr`, as it is then, a whole line at a time.

    Processes that are started within the block inherit the descriptor, so begin before they do. What is written in the moment
    in which this process itself is killed is lost.
    """

    def __enter__(self) -> TextIO:
        """Give the terminal, which `sys.stderr` is within the block."""
        self._before = sys.stderr
        self._before.flush()
        self._kept = os.dup(2)
        self.terminal = open(os.dup(2), "w", buffering=1, encoding=self._before.encoding, errors="backslashreplace")
        reading, writing = os.pipe()
        os.dup2(writing, 2)
        os.close(writing)
        sys.stderr = self.terminal
        self._reader = threading.Thread(target=_pass_on, args=(reading,), name="openmimo stray lines", daemon=True)
        self._reader.start()
        return self.terminal

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        os.dup2(self._kept, 2)
        os.close(self._kept)
        self._reader.join(timeout=0.5)  # a process that lives on holds the other end open
        sys.stderr = self._before
        if not self._reader.is_alive():
            self.terminal.close()


def _pass_on(reading: int) -> None:
    """Write what comes, a line at a time, until nobody can write any more."""
    rest = b""
    with open(reading, "rb", buffering=0) as source:
        while part := source.read(LINE):
            *lines, rest = (rest + part).split(b"\n")
            if len(rest) >= LINE:
                lines, rest = [*lines, rest], b""
            for line in lines:
                print(line.decode(errors="replace"), file=sys.stderr, flush=True)
    if rest:
        print(rest.decode(errors="replace"), file=sys.stderr, flush=True)
