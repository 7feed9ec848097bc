"""One worker process as its parent sees it: start it, put a request to it, kill it.

Knows nothing of queues and futures; `workers.py` has those. The process is in a group of
its own, so that what it starts dies with it. Requests and answers are JSON, never pickled.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

JSON = Any

PROGRAM = Path(__file__).with_name("worker_process.py")
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "PYTHONHASHSEED", "LD_LIBRARY_PATH")  # of the environment
ALONE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
START_SECONDS = 60.0  # for the imports of the target, on a machine that is busy
GRACE = 0.25  # seconds between the alarm inside, which keeps the process warm, and the kill
MOST = 64 << 20  # bytes of an answer


class WorkerError(Exception):
    """A request came to no answer."""


class WorkerTimeout(WorkerError):
    """The request took longer than its seconds."""


class WorkerMemory(WorkerError):
    """The request needed more memory than a worker may have."""


class WorkerDied(WorkerError):
    """The process was killed from outside, crashed, or could not be started."""


class WorkerFault(WorkerError):
    """The target raised an exception: its `type`, `message` and the last lines of its `trace`."""

    def __init__(self, type: str, message: str, trace: str = ""):
        super().__init__(f"{type}: {message}")
        self.type, self.message, self.trace = type, message, trace


class WorkerStopped(WorkerError):
    """Nobody wants the answer any more."""


class Waker:
    """A pipe that ends another thread's wait; waking it after it is closed does nothing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reader, self._writer = os.pipe()
        os.set_blocking(self.reader, False)
        os.set_blocking(self._writer, False)
        self._closed = False

    def wake(self) -> None:
        with self._lock:
            if not self._closed:
                with contextlib.suppress(BlockingIOError):  # full: it is awake already
                    os.write(self._writer, b"!")

    def drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while os.read(self.reader, 4096):
                pass

    def close(self) -> None:
        with self._lock:
            if not self._closed:
                self._closed = True
                os.close(self.reader)
                os.close(self._writer)


@dataclass(frozen=True)
class Target:
    """What a worker runs: `package.module:function`, called with the payload, or, if `factory`, with `options` once to get what is called."""

    name: str
    options: JSON = None
    factory: bool = False
    memory: int = 256 << 20


class Worker:
    """A running worker process. Used by one thread, apart from `kill`."""

    def __init__(self, target: Target):
        """Start the process; `ready` waits for its imports."""
        environment = {name: os.environ[name] for name in KEPT if name in os.environ} | ALONE
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", str(PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            start_new_session=True,
            bufsize=0,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._in, False)
        os.set_blocking(self._out, False)
        self._received = bytearray()
        self._lock = threading.Lock()
        self._setup = {
            "path": sys.path,
            "target": target.name,
            "options": target.options,
            "factory": target.factory,
            "memory": target.memory,
        }
        self.pid = self._process.pid
        self.peak = 0
        self.retired = False

    def ready(self, waker: Waker, stopped: threading.Event) -> None:
        """Wait for the target's imports; raises WorkerFault if they fail, WorkerStopped if `stopped` is set."""
        reply = self._exchange(_frame(json.dumps(self._setup)), START_SECONDS, waker, stopped.is_set)
        if not reply["ready"]:
            raise WorkerFault(reply["type"], reply["message"], reply["trace"])

    def ask(self, payload: str, seconds: float, waker: Waker, stopped: Callable[[], bool]) -> JSON:
        """The target's answer to a payload, which is JSON text. Raises what became of it; then the process is to be killed if `retired`."""
        frame = _frame(f'{{"seconds": {json.dumps(seconds)}, "payload": {payload}}}')
        self.retired = True  # until it has answered
        reply = self._exchange(frame, seconds + GRACE, waker, stopped)
        self.retired = bool(reply["retire"])
        error = reply.get("error")
        if error == "timeout":
            raise WorkerTimeout(f"took longer than {seconds:g} s")
        if error == "memory":
            raise WorkerMemory("needed more memory than a worker may have")
        if error == "fault":
            raise WorkerFault(reply["type"], reply["message"], reply["trace"])
        return json.loads(reply["value"])

    def kill(self) -> None:
        """End the process and all that it started; from any thread."""
        with self._lock:
            if self._process.poll() is None:
                self.peak = self.resident_peak()
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """End the process and let go of its pipes; only from the thread that asks."""
        self.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def resident_peak(self) -> int:
        """The most bytes of memory that the process has had at once so far, where the system tells (Linux)."""
        try:
            lines = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines()
        except OSError:
            return self.peak
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), self.peak)

    def _exchange(self, frame: bytes, seconds: float, waker: Waker, stopped: Callable[[], bool]) -> dict[str, Any]:
        """Send a frame and receive one, within `seconds`, for as long as `stopped()` is false."""
        deadline = time.monotonic() + seconds
        unsent = memoryview(frame)
        poll = select.poll()
        poll.register(waker.reader, select.POLLIN)
        poll.register(self._out, select.POLLIN)
        poll.register(self._in, select.POLLOUT)
        while (reply := self._reply()) is None:
            if stopped():
                raise WorkerStopped("cancelled")
            left = deadline - time.monotonic()
            if left <= 0:
                raise WorkerTimeout(f"did not answer within {seconds:.3g} s")
            ready = dict(poll.poll(left * 1000))
            if waker.reader in ready:
                waker.drain()
            if self._in in ready and unsent:
                unsent = unsent[self._send(unsent) :]
                if not unsent:
                    poll.unregister(self._in)
            if self._out in ready:
                self._receive()
        return reply

    def _send(self, data: memoryview) -> int:
        try:
            return os.write(self._in, data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise self._died() from error

    def _receive(self) -> None:
        try:
            data = os.read(self._out, 1 << 20)
        except BlockingIOError:
            return
        if not data:
            raise self._died()
        self._received += data
        if len(self._received) > MOST:
            raise WorkerFault("OverflowError", f"the answer is larger than {MOST >> 20} MiB")

    def _reply(self) -> dict[str, Any] | None:
        if len(self._received) < 8:
            return None
        end = 8 + int.from_bytes(self._received[:8], "big")
        if len(self._received) < end:
            return None
        try:
            reply = json.loads(self._received[8:end])
        except ValueError as error:
            raise WorkerDied("the worker sent something that is no answer") from error
        del self._received[:end]
        return reply

    def _died(self) -> WorkerError:
        try:
            code = self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            return WorkerDied("the worker closed its pipe")
        if code == -signal.SIGXCPU:
            return WorkerTimeout("used up its CPU seconds")
        return WorkerDied(f"the worker process ended with {_ending(code)}")


def _frame(text: str) -> bytes:
    data = text.encode()
    return len(data).to_bytes(8, "big") + data


def _ending(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
