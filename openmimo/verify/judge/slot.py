"""One slot of the judge: a zygote for programs, another for the problem's own tests and checkers, and runs between them.

Hands each run its files and reads what it left in them; says how it ended, not what that
means (`trials.py`). The two zygotes never share a process: what is expected goes to the
second alone.
"""

import json
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from openmimo.verify.judge.frames import FRAME
from openmimo.verify.sandbox.sandbox import Ended, Limits, SandboxDied, Zygote, blank_file

RUNNER = "openmimo.verify.judge.inside"
MOST_SAID = 2000  # bytes of what a program says on stderr that are looked at


@dataclass(frozen=True)
class Frame:
    """What a child reported of one test: a status of `inside.py`, and bytes."""

    status: int
    body: bytes


@dataclass(frozen=True)
class Ran:
    """A run, what it printed, the end of what it said on stderr, and its frames by test."""

    ended: Ended
    output: bytes
    said: str
    frames: dict[int, Frame]


class Slot:
    """The processes of one slot, started when they are first needed and replaced when they died."""

    def __init__(self, unsafe: bool = False):
        self._unsafe, self._killed = unsafe, False
        self._programs: Zygote | None = None
        self._tests: Zygote | None = None

    def run_program(self, code: str, seed: int, limits: Limits, stdin: bytes = b"") -> Ran:
        """One run of a Python program as the system would run it. Raises `SandboxDied`."""
        return self._run({"mode": "program", "seed": seed}, code.encode("utf-8", "surrogatepass"), limits, stdin, False)

    def run(self, mode: str, seed: int, task: dict[str, Any], limits: Limits, trusted: bool = False) -> Ran:
        """One run of another mode of `inside.py`; `trusted` runs what belongs to the problem. Raises `SandboxDied`."""
        return self._run({"mode": mode, "seed": seed}, json.dumps(task).encode(), limits, b"", trusted)

    def run_native(self, binary: bytes, limits: Limits, stdin: bytes) -> Ran:
        """One run of a compiled program. Raises `SandboxDied`."""
        return self._run({"mode": "native", "executes": True}, binary, limits, stdin, False)

    def run_pair(self, seed: int, task: dict[str, Any], tests: dict[str, Any], limits: Limits, test_limits: Limits) -> tuple[Ran, Ran]:
        """A program that answers the calls of its tests, each in a process of its own. Raises `SandboxDied`."""
        ours, theirs = socket.socketpair()
        with ours, theirs, _files(json.dumps(task).encode()) as files, _files(json.dumps(tests).encode()) as test_files:
            programs, checks = self._zygote(False), self._zygote(True)
            try:
                programs.start({"mode": "serve", "seed": seed}, limits, [*files, ours.fileno()])
                checks.start({"mode": "tests", "seed": seed}, test_limits, [*test_files, theirs.fileno()])
                # Now only the two children hold the ends, so that each sees when the other is gone.
                ours.close()
                theirs.close()
                tested = checks.finish()
                return _read(programs.finish(), files, limits), _read(tested, test_files, test_limits)
            except SandboxDied:
                self.close()
                raise

    def interrupt(self) -> None:
        """End what runs now, from any thread."""
        for zygote in (self._programs, self._tests):
            if zygote:
                zygote.stop()

    def kill(self) -> None:
        """End both zygotes for good, from any thread."""
        self._killed = True
        for zygote in (self._programs, self._tests):
            if zygote:
                zygote.kill()

    def close(self) -> None:
        """End both zygotes; the next run starts new ones."""
        for zygote in (self._programs, self._tests):
            if zygote:
                zygote.close()
        self._programs = self._tests = None

    def _run(self, order: dict[str, Any], text: bytes, limits: Limits, stdin: bytes, trusted: bool) -> Ran:
        with _files(text, stdin) as files:
            try:
                return _read(self._zygote(trusted).run(order, limits, files), files, limits)
            except SandboxDied:
                self.close()
                raise

    def _zygote(self, trusted: bool) -> Zygote:
        zygote = self._tests if trusted else self._programs
        if zygote is None:
            zygote = Zygote(RUNNER, self._unsafe)
            if trusted:
                self._tests = zygote
            else:
                self._programs = zygote
        if self._killed:
            self.close()
            raise SandboxDied("the judge is closed")
        return zygote


@contextmanager
def _files(text: bytes, stdin: bytes = b"") -> Iterator[list[int]]:
    """The files of a run in their order: stdin, stdout, stderr, the order's text, the frames."""
    files = [blank_file() for _ in range(5)]
    try:
        for file, content in ((files[0], stdin), (files[3], text)):
            view = memoryview(content)
            while view:
                view = view[os.write(file, view) :]
        os.lseek(files[0], 0, os.SEEK_SET)
        yield files
    finally:
        for file in files:
            os.close(file)


def _read(ended: Ended, files: Sequence[int], limits: Limits) -> Ran:
    if ended.cut == "stop":
        raise SandboxDied("stopped")
    said = os.pread(files[2], MOST_SAID, max(os.fstat(files[2]).st_size - MOST_SAID, 0)).decode("utf-8", "replace")
    return Ran(ended, _all_of(files[1], limits.output), said, _frames(_all_of(files[4], limits.output)))


def _all_of(file: int, most: int) -> bytes:
    """The content of a file that a hostile process may have written, up to what it was allowed."""
    size = min(os.fstat(file).st_size, most)
    return os.pread(file, size, 0) if size else b""


def _frames(data: bytes) -> dict[int, Frame]:
    """The frames that are whole; of two for one test the first counts."""
    frames: dict[int, Frame] = {}
    place = 0
    while place + FRAME.size <= len(data):
        index, status, length = FRAME.unpack_from(data, place)
        place += FRAME.size
        if place + length > len(data):
            break
        frames.setdefault(index, Frame(status, data[place : place + length]))
        place += length
    return frames
