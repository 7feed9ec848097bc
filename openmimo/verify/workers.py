"""A pool of worker processes that can be killed: requests in, futures out.

Knows nothing of what the workers do. The queue and the futures are those of `slots.py`; here
each slot has a process, which is replaced when it oversteps. Read `worker_handle.py` for one process.
"""

import contextlib
import json
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import cast

from openmimo.verify.slots import Slots, cores
from openmimo.verify.worker_handle import (
    JSON,
    Target,
    Waker,
    Worker,
    WorkerDied,
    WorkerError,
    WorkerFault,
    WorkerMemory,
    WorkerTimeout,
)

__all__ = ["JSON", "WorkerDied", "WorkerError", "WorkerFault", "WorkerMemory", "WorkerPool", "WorkerTimeout"]

Request = tuple[str, float]  # the payload as JSON text, and its seconds


class WorkerPool:
    """Persistent worker processes, each one request at a time, killed and replaced when they overstep.

    Made for use from many threads and event loops at once. Processes start with the first
    requests; the time they take to start is not the request's. A request whose process died
    for no fault that we know of is put to one other process before it is given up. A pool that
    is closed raises `slots.Closed`; one that was made before a fork raises `RuntimeError`.
    """

    def __init__(self, target: str, options: JSON = None, workers: int | None = None, memory: int = 256 << 20, queue: int = 1024):
        """`target` is "package.module:function", imported inside the worker.

        It is called as function(payload) -> JSON, or, if `options` is not None, once as
        function(options) for the function to call. `memory` is the bytes by which a worker
        may grow beyond its size after import; `queue` the requests that may wait.
        """
        json.dumps(options)  # what is no JSON is to be told here, not in a thread
        wanted = Target(target, options, options is not None, memory)
        self._slots: Slots[Request, JSON] = Slots(lambda: _Server(wanted), cores() if workers is None else workers, queue)

    def submit(self, payload: JSON, seconds: float) -> "Future[JSON]":
        """The answer to come; blocks while the queue is full. Cancelling the future kills the run.

        The future raises WorkerTimeout, WorkerMemory, WorkerDied or WorkerFault.
        """
        return self._slots.submit((json.dumps(payload), seconds))

    def call(self, payload: JSON, seconds: float) -> JSON:
        """The answer; raises as `submit`'s future does."""
        future = self.submit(payload, seconds)
        try:
            return future.result()
        except BaseException:
            future.cancel()  # Ctrl-C in this thread: nobody waits for it any more
            raise

    async def acall(self, payload: JSON, seconds: float) -> JSON:
        """The answer, without blocking the event loop; cancelling the task kills the run."""
        return await self._slots.asubmit((json.dumps(payload), seconds))

    def peak_memory(self) -> int:
        """The most bytes that any one worker has had resident at once, of those alive and dead (Linux)."""
        return max((server.peak_memory() for server in self._servers()), default=0)

    def processes(self) -> list[int]:
        """The process ids of the workers that are alive."""
        return [worker.pid for server in self._servers() if (worker := server.worker)]

    def close(self) -> None:
        """End every process; requests that are not answered yet end with an error."""
        self._slots.close()

    def __enter__(self) -> "WorkerPool":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _servers(self) -> "list[_Server]":
        return cast("list[_Server]", self._slots.servers())


class _Server:
    """What is behind a slot: one worker process at a time."""

    def __init__(self, target: Target):
        self._target, self._waker, self._peak = target, Waker(), 0
        self._killed = threading.Event()
        self._lock = threading.Lock()  # held while a process starts, so that none starts after `kill`
        self.worker: Worker | None = None

    def serve(self, request: Request, cancelled: Callable[[], bool]) -> JSON:
        def stopped() -> bool:
            return cancelled() or self._killed.is_set()

        try:
            return self._attempt(request, stopped)
        except WorkerDied:
            if stopped():
                raise
        return self._attempt(request, stopped)

    def prepare(self) -> None:
        """Replace a worker that had to go, while nobody waits for it."""
        if self.worker is None and not self._killed.is_set():
            with contextlib.suppress(WorkerError):  # the next request tries again, and is told
                self._start()

    def interrupt(self) -> None:
        self._waker.wake()

    def kill(self) -> None:
        self._killed.set()
        with self._lock:
            if self.worker:
                self.worker.kill()
        self._waker.wake()

    def close(self) -> None:
        self._drop()
        self._waker.close()

    def peak_memory(self) -> int:
        """The most bytes that any process of this slot has had resident."""
        worker = self.worker
        return max(self._peak, worker.resident_peak() if worker else 0)

    def _attempt(self, request: Request, stopped: Callable[[], bool]) -> JSON:
        worker = self.worker or self._start()
        try:
            return worker.ask(*request, self._waker, stopped)
        finally:
            if worker.retired:
                self._drop()

    def _start(self) -> Worker:
        with self._lock:
            if self._killed.is_set():
                raise WorkerDied("the pool of workers is closed")
            try:
                self.worker = worker = Worker(self._target)
            except OSError as error:
                raise WorkerDied(f"a worker process could not be started: {error}") from error
        try:
            worker.ready(self._waker, self._killed)
        except WorkerError as error:
            self._drop()
            raise WorkerDied("a worker process could not be started in time") if isinstance(error, WorkerTimeout) else error from error
        return worker

    def _drop(self) -> None:
        worker, self.worker = self.worker, None
        if worker:
            worker.close()
            self._peak = max(self._peak, worker.peak)
