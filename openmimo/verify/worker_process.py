"""What runs inside a worker: import the target once, then answer requests until told to stop.

Run by path with `python -I`, so it imports nothing of openmimo before its parent has told
it where that is. Frames on both pipes are eight bytes of length and JSON; what the target
prints goes to stderr. Read `worker_handle.py` for the other end.

A request is ended by an alarm first, which keeps the process warm; the parent kills what
does not heed it. If the parent is gone, a watcher process ends the whole group: a thread
could not, where C code holds the interpreter.
"""

import importlib
import json
import os
import resource
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from types import FrameType
from typing import Any, BinaryIO

WATCH = 0.25  # seconds between looks at whether the parent is still there
AGAIN = 0.05  # the alarm repeats, because code may swallow the exception
LINES = 6  # of a traceback


class _OutOfTime(BaseException):
    """Raised in the target by the alarm; no Exception, so that libraries do not swallow it."""


class _Alarm:
    """Raises in the main thread when a request's time is up, and not after it has ended."""

    def __init__(self) -> None:
        self.armed = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if self.armed:
            raise _OutOfTime

    def set(self, seconds: float) -> None:
        used = time.process_time()
        _limit(resource.RLIMIT_CPU, int(used + seconds) + 2)
        signal.signal(signal.SIGALRM, self)  # again each time: the target may have set its own
        self.armed = True
        signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)

    def clear(self) -> None:
        self.armed = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        _limit(resource.RLIMIT_CPU, resource.RLIM_INFINITY)


def main() -> None:
    """Serve the parent on the pipes that were standard input and output."""
    requests, replies = _take_pipes()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    setup = _read(requests)
    if os.fork() == 0:
        _watch(requests.fileno(), replies.fileno())
    sys.path[:] = setup["path"]
    try:
        target = _load(setup["target"], setup["options"], setup["factory"])
    except BaseException as error:  # whatever stops the import is told to the parent, SystemExit too
        _write(replies, {"ready": False, **_fault(error)})
        return
    room = _limit_memory(setup["memory"])
    _write(replies, {"ready": True})
    alarm = _Alarm()
    while request := _read(requests):
        reply = _answer(target, request, alarm)
        # A process that has filled half of its room is replaced before a request fails for the others' sake.
        _write(replies, {**reply, "retire": reply.get("error") == "memory" or room < _size() + setup["memory"] // 2})


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    requests, replies = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    return os.fdopen(requests, "rb"), os.fdopen(replies, "wb")


def _watch(requests: int, replies: int) -> None:
    """In a process of its own: end the group when the parent has closed its end of the requests, or the worker is gone."""
    worker = os.getppid()
    for descriptor in (0, 1, 2, replies):  # or the parent would not see when the worker has closed them
        os.close(descriptor)
    hung_up = select.poll()
    hung_up.register(requests, 0)
    while os.getppid() == worker and not hung_up.poll(1000 * WATCH):
        pass
    os.killpg(0, signal.SIGKILL)


def _load(target: str, options: Any, factory: bool) -> Callable[[Any], Any]:
    module, name = target.split(":")
    function = getattr(importlib.import_module(module), name)
    return function(options) if factory else function


def _limit_memory(memory: int) -> int:
    """Limit what the process may grow to, and give that limit in bytes."""
    room = _size() + memory
    if sys.platform == "linux":
        _limit(resource.RLIMIT_AS, room)
    return room


def _limit(what: int, most: int) -> None:
    """Set the soft limit, as far as the hard one lets us."""
    hard = resource.getrlimit(what)[1]
    if hard != resource.RLIM_INFINITY:
        most = hard if most == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, hard))


def _size() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def _answer(target: Callable[[Any], Any], request: dict[str, Any], alarm: _Alarm) -> dict[str, Any]:
    try:
        try:
            alarm.set(request["seconds"])
            text = json.dumps(target(request["payload"]))  # here, so that a result which is no JSON is the target's fault
        finally:
            alarm.clear()
        return {"value": text}
    except _OutOfTime:
        alarm.clear()
        return {"error": "timeout"}
    except MemoryError:
        return {"error": "memory"}
    except BaseException as error:  # SystemExit and KeyboardInterrupt of the target are its faults, too
        return _fault(error)


def _fault(error: BaseException) -> dict[str, Any]:
    lines = traceback.format_exception(error, limit=-3)
    return {"error": "fault", "type": type(error).__name__, "message": str(error)[:2000], "trace": "".join(lines[-LINES:])[:4000]}


def _read(pipe: BinaryIO) -> Any:
    head = pipe.read(8)
    if len(head) < 8:
        return None
    return json.loads(pipe.read(int.from_bytes(head, "big")))


def _write(pipe: BinaryIO, message: dict[str, Any]) -> None:
    data = json.dumps(message).encode()
    pipe.write(len(data).to_bytes(8, "big") + data)
    pipe.flush()


if __name__ == "__main__":
    main()
