"""Confined runs from the outside: starts a zygote, hands it files, waits, stops it, replaces it when it dies.

Knows no verdicts: it says how a run ended. `zygote.py` is the other side of the socket.
A zygote serves one run at a time and one thread; `judge/judge.py` has one for each of its slots.
"""

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from openmimo.core.errors import OpenMimoError

HOME = str(Path(__file__).parents[3])
START = "import sys; sys.path.append({home!r}); from openmimo.verify.sandbox.zygote import main; main()"
START_SECONDS = 30.0  # for a zygote to say that it is ready, on a busy machine
GRACE = 5.0  # seconds beyond a run's own limit before the zygote itself counts as hung
NEEDED_FILES = ("/usr/lib", "/lib", "/lib64", "/usr/lib64", "/usr/share/zoneinfo", "/etc/ld.so.cache", "/etc/localtime")
NEEDED_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")
# What programs import most, loaded once; children get them for nothing. `threading` is not among them: it slows every fork.
PRELOAD = (
    *("abc", "bisect", "collections", "copy", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools", "heapq", "io"),
    *("itertools", "json", "math", "operator", "random", "re", "statistics", "string", "types", "typing"),
)

Level = Literal["full", "partial", "none"]


class NoSandbox(OpenMimoError):
    """This machine cannot confine a program, and nobody said to go on without."""


class SandboxDied(Exception):
    """The zygote is gone or does not answer; the run says nothing of the program. Not the user's doing: try again."""


@dataclass(frozen=True)
class Limits:
    """What one run may cost: CPU and wall seconds, address space in bytes, bytes in any file it writes."""

    cpu: float
    wall: float
    memory: int
    output: int


@dataclass(frozen=True)
class Ended:
    """How a run ended: `cut` is cpu, wall, stop or nothing; then `exit` or `signal`; CPU and wall seconds; peak memory in bytes."""

    cut: str
    exit: int | None
    signal: int | None
    cpu: float
    wall: float
    memory: int


@dataclass(frozen=True)
class Reached:
    """How far a zygote could confine itself: Landlock's version (0 without), seccomp, namespaces, and bubblewrap around it."""

    landlock: int
    seccomp: bool
    namespaces: bool
    bubblewrap: bool = False
    seatbelt: bool = False

    @property
    def level(self) -> Level:
        """full: system calls, files and namespaces; partial: without one of these; none: nothing a program would respect."""
        files = self.landlock > 0 or self.bubblewrap
        if self.seccomp and files:
            return "full" if self.namespaces or self.bubblewrap else "partial"
        return "partial" if self.seatbelt else "none"


def blank_file() -> int:
    """A descriptor of an empty file that has no name and lives in memory where that can be."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("run")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


class Zygote:
    """A zygote process. `unsafe` goes on where nothing can be confined, and says so; else that raises `NoSandbox`.

    `runner` is the module whose `run(order, descriptors)` is called in every child.
    `landlock` and `namespaces` can be left out, to see what the rest still holds.
    """

    def __init__(self, runner: str, unsafe: bool = False, landlock: bool = True, namespaces: bool = True):
        self._stopped = False
        self._lock = threading.Lock()
        self._buffer = b""
        self._control, theirs = socket.socketpair()
        bubblewrap = shutil.which("bwrap") if sys.platform == "linux" and not (landlock and _has_landlock()) else None
        options = {
            "control": theirs.fileno(),
            "runner": runner,
            "home": HOME,
            "preload": PRELOAD,
            "confined": sys.platform == "linux",
            "landlock": landlock and not bubblewrap and _has_landlock(),
            "namespaces": namespaces and sys.platform == "linux" and not bubblewrap,
            "readable": readable(),
            "listable": [str(_library())],
        }
        command = [sys.executable, "-P", "-s", "-S", "-X", "utf8", "-c", START.format(home=HOME), json.dumps(options)]
        if bubblewrap:
            command = [*_bubblewrap(bubblewrap), *command]
        if sys.platform == "darwin":
            command = ["/usr/bin/sandbox-exec", "-p", SEATBELT, *command]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=[theirs.fileno()],
            env={"PYTHONHASHSEED": "0"},
            cwd="/",
            start_new_session=True,
        )
        theirs.close()
        self.reached = self._greet(bool(bubblewrap))
        if self.reached.level == "none" and not unsafe:
            self.close()
            raise NoSandbox(
                "this machine can confine no program: it has neither Landlock (Linux 5.13) nor bubblewrap, or forbids them",
                "see `openmimo doctor`; use a newer kernel, install bubblewrap, or give --unsafe to run programs with all your rights",
            )

    def start(self, order: dict[str, Any], limits: Limits, descriptors: Sequence[int]) -> None:
        """Begin a run: the child gets `descriptors` as its 0, 1, 2, ...; raises `SandboxDied`."""
        message = json.dumps({**order, "limits": vars(limits)}).encode() + b"\n"
        self._deadline = time.monotonic() + limits.wall + GRACE
        try:
            with self._lock:
                if self._stopped:
                    raise SandboxDied("stopped")
                socket.send_fds(self._control, [message], list(descriptors))
        except OSError as error:
            raise SandboxDied(str(error)) from None

    def finish(self) -> Ended:
        """Wait until the run that was started has ended; raises `SandboxDied`."""
        return Ended(**json.loads(self._line(self._deadline)))

    def run(self, order: dict[str, Any], limits: Limits, descriptors: Sequence[int]) -> Ended:
        """One run from its start to its end; raises `SandboxDied`."""
        self.start(order, limits, descriptors)
        return self.finish()

    def stop(self) -> None:
        """End the run under way, from any thread; nothing happens if there is none."""
        try:
            with self._lock:
                self._control.sendall(b'{"stop": true}\n')
        except OSError:
            return  # it is gone already

    def kill(self) -> None:
        """End the zygote and all that it started, from any thread; a run under way raises `SandboxDied`."""
        with self._lock:
            if self._process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        """End it and let go of its files; only from the thread that runs it."""
        self.kill()
        self._process.wait()
        with self._lock:
            self._stopped = True
            self._control.close()
        if self._process.stderr:
            self._process.stderr.close()

    def _greet(self, bubblewrap: bool) -> Reached:
        try:
            reached = json.loads(self._line(time.monotonic() + START_SECONDS))
        except SandboxDied as error:
            self._process.kill()
            said = self._process.stderr.read().decode(errors="replace").strip().splitlines() if self._process.stderr else []
            self.close()
            raise SandboxDied(f"the sandbox did not start: {said[-1] if said else error}") from None
        return Reached(**reached, bubblewrap=bubblewrap, seatbelt=sys.platform == "darwin")

    def _line(self, deadline: float) -> bytes:
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        while b"\n" not in self._buffer:
            if not poll.poll(max(deadline - time.monotonic(), 0) * 1000 + 1):
                raise SandboxDied("the sandbox does not answer")
            try:
                part = self._control.recv(65536)
            except OSError as error:
                raise SandboxDied(str(error)) from None
            if not part:
                raise SandboxDied("the sandbox is gone")
            self._buffer += part
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line


def readable() -> list[str]:
    """What a confined Python may read: the standard library, one entry at a time so that no package comes with it, and system libraries."""
    own = [str(entry) for entry in sorted(_library().iterdir()) if entry.name not in ("site-packages", "dist-packages", "test")]
    shared = [str(path) for path in Path(sys.base_prefix, "lib").glob("libpython*")]
    return [*own, *shared, *NEEDED_FILES, *NEEDED_DEVICES]


def _library() -> Path:
    return Path(sysconfig.get_path("stdlib", vars={"installed_base": sys.base_prefix, "base": sys.base_prefix}))


def _has_landlock() -> bool:
    from openmimo.verify.sandbox.landlock import version

    return version() > 0


def _bubblewrap(program: str) -> list[str]:
    """bubblewrap with the interpreter, the system's libraries and this package to read, and nothing else."""
    folders = [
        *NEEDED_FILES,
        sys.prefix,
        sys.base_prefix,
        str(Path(sys.executable).resolve().parents[1]),
        str(Path(HOME, "openmimo", "verify")),
    ]
    shown = [part for folder in dict.fromkeys(folders) if os.path.exists(folder) for part in ("--ro-bind", folder, folder)]
    package = [str(Path(HOME, "openmimo", "__init__.py"))]
    return [program, "--unshare-all", "--die-with-parent", "--new-session", *shown, "--ro-bind", *package, *package, "--dev", "/dev"]


# macOS. Not tried: written from the profile language's published examples.
SEATBELT = f"""(version 1)
(deny default)
(allow process-fork)
(allow process-exec (literal "{os.path.realpath(sys.executable)}"))
(allow file-read*)
(deny file-read* (subpath "/Users") (subpath "/private/tmp") (subpath "/private/var"))
(allow file-read* (subpath "{sys.base_prefix}") (subpath "{HOME}/openmimo/verify") (literal "{HOME}/openmimo/__init__.py"))
(allow sysctl-read)
(allow mach-lookup)
(deny network*)
"""
