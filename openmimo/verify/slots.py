"""A few slots that serve requests from a bounded queue, each in its own thread with its own processes behind it.

Knows no requests. What a slot does, and how it is interrupted, is its owner's affair
(`judge/judge.py`, `workers.py`). A future can be cancelled at any moment: in the queue it is
passed over, under way its slot is interrupted.
"""

import asyncio
import contextlib
import os
import threading
import weakref
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from typing import Generic, Protocol, TypeVar

Request = TypeVar("Request")
Result = TypeVar("Result")
RequestIn = TypeVar("RequestIn", contravariant=True)
ResultOut = TypeVar("ResultOut", covariant=True)
JOIN_SECONDS = 5.0  # for the threads of slots that are closed
PAUSES = (0.001, 0.05)  # the first and the longest wait of an event loop for room in the queue


class Closed(RuntimeError):
    """The slots were closed before the request was served."""


class Server(Protocol[RequestIn, ResultOut]):
    """What is behind a slot; made in the thread that submits the first request to it, used in the slot's own."""

    def serve(self, request: RequestIn, cancelled: Callable[[], bool]) -> ResultOut:
        """Do the request; may raise. Once `cancelled()` nobody waits for the result."""

    def prepare(self) -> None:
        """Get ready for the next request, in the slot's thread, when nobody waits for this slot."""

    def interrupt(self) -> None:
        """Make the `serve` under way end soon, from any thread; it may hit the next one, which then has to try again."""

    def kill(self) -> None:
        """End all processes, from any thread: a `serve` under way raises, and none comes after it."""

    def close(self) -> None:
        """Let go of everything, in the slot's own thread."""


def cores() -> int:
    """The processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Slots(Generic[Request, Result]):
    """At most `count` slots made by `make`, started as requests need them; at most `waiting` requests queue.

    Thread-safe. Belongs to the process that made it: after a fork it raises `RuntimeError`.
    Closed when it is collected, and its threads do not hold up the end of the program.
    """

    def __init__(self, make: Callable[[], Server[Request, Result]], count: int, waiting: int):
        if count < 1 or waiting < 1:
            raise ValueError(f"there must be at least one slot and one place in the queue, not {count} and {waiting}")
        self._owner = os.getpid()
        self._shared: _Shared[Request, Result] = _Shared(make, count, waiting)
        self._finalizer = weakref.finalize(self, _shut, self._shared, self._owner)

    def submit(self, request: Request) -> "Future[Result]":
        """The result to come; waits while the queue is full. The future never counts as running, so `cancel()` always works."""
        job = self._job(request)
        self._shared.put(job, wait=True)
        return job.future

    async def asubmit(self, request: Request) -> Result:
        """The result, without blocking the event loop; cancelling the task cancels the request."""
        job = self._job(request)
        pause, longest = PAUSES
        while not self._shared.put(job, wait=False):
            await asyncio.sleep(pause)
            pause = min(2 * pause, longest)
        return await asyncio.wrap_future(job.future)

    def servers(self) -> list[Server[Request, Result]]:
        """What is behind the slots that have started."""
        return [slot.server for slot in self._shared.slots]

    def close(self) -> None:
        """End every slot and its processes; requests that are not served yet end with `Closed`."""
        self._finalizer()

    def _job(self, request: Request) -> "_Job[Request, Result]":
        if os.getpid() != self._owner:
            raise RuntimeError("these slots belong to the process that made them; make new ones after a fork")
        return _Job(request)


class _Job(Generic[Request, Result]):
    """A request, its future, and the slot that serves it now."""

    def __init__(self, request: Request):
        self.request = request
        self.future: Future[Result] = Future()
        self.server: Server[Request, Result] | None = None
        self.future.add_done_callback(self._cancelled)

    def _cancelled(self, future: "Future[Result]") -> None:
        if future.cancelled():
            future.set_running_or_notify_cancel()  # those who wait for several futures learn of it only so
            server = self.server
            if server:
                server.interrupt()

    def run(self, server: Server[Request, Result]) -> None:
        self.server = server
        try:
            if not self.future.cancelled():
                result = server.serve(self.request, self.future.cancelled)
                with contextlib.suppress(InvalidStateError):  # cancelled a moment ago
                    self.future.set_result(result)
        except BaseException as error:
            self.fail(error)
        finally:
            self.server = None

    def fail(self, error: BaseException) -> None:
        with contextlib.suppress(InvalidStateError):
            self.future.set_exception(error)


class _Shared(Generic[Request, Result]):
    """What the slots share. Their threads hold this and not `Slots`, or that would never be collected."""

    def __init__(self, make: Callable[[], Server[Request, Result]], most: int, length: int):
        self._make, self._most, self._length = make, most, length
        self._changed = threading.Condition()
        self._waiting: deque[_Job[Request, Result]] = deque()
        self._busy = 0
        self._closed = False
        self.slots: list[_Slot[Request, Result]] = []

    def put(self, job: _Job[Request, Result], wait: bool) -> bool:
        """Queue a job; False if the queue is full and `wait` is not wanted."""
        with self._changed:
            while len(self._waiting) >= self._length and not self._closed:
                if not wait:
                    return False
                self._changed.wait()
            if self._closed:
                raise Closed("these slots are closed")
            self._waiting.append(job)
            if len(self._waiting) + self._busy > len(self.slots) < self._most:
                self.slots.append(_Slot(self, self._make()))
            self._changed.notify_all()
        return True

    def take(self) -> _Job[Request, Result] | None:
        """The next job, or None when closed."""
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            if self._closed:
                return None
            self._busy += 1
            self._changed.notify_all()
            return self._waiting.popleft()

    def done(self) -> None:
        with self._changed:
            self._busy -= 1

    def close(self) -> None:
        with self._changed:
            self._closed = True
            waiting = list(self._waiting)
            self._waiting.clear()
            self._changed.notify_all()
        for job in waiting:
            job.fail(Closed("these slots were closed"))
        for slot in self.slots:
            slot.server.kill()
        for slot in self.slots:
            slot.join()


class _Slot(Generic[Request, Result]):
    """A thread and what it serves with."""

    def __init__(self, shared: _Shared[Request, Result], server: Server[Request, Result]):
        self.server = server
        self._thread = threading.Thread(target=_work, args=(shared, server), name="openmimo slot", daemon=True)
        self._thread.start()

    def join(self) -> None:
        if threading.current_thread() is not self._thread:
            self._thread.join(JOIN_SECONDS)


def _work(shared: _Shared[Request, Result], server: Server[Request, Result]) -> None:
    while job := shared.take():
        job.run(server)
        shared.done()
        server.prepare()
    server.close()


def _shut(shared: _Shared[Request, Result], owner: int) -> None:
    """Close, but not in a child that was forked off."""
    if os.getpid() == owner:
        shared.close()
