"""The zygote: a small Python process that confines itself and forks a confined child for every run.

It is started by `sandbox.py` as `python -P -s -S`, is single-threaded, and never reads what
it hands on: programs, inputs and outputs are files whose descriptors pass through it, so no
child can find another one's data in its memory. What a child does is the runner's affair, a
module that is named at the start (`judge/inside.py`). Stdlib only.

A request is a line of JSON with descriptors beside it; the answer is a line of JSON.
"""

import contextlib
import ctypes
import fcntl
import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

from openmimo.verify.sandbox import landlock, namespaces
from openmimo.verify.sandbox.seccomp import Filter

Runner = Callable[[dict[str, Any], list[int]], int]
FIRST_FREE = 3  # 0, 1 and 2 are the program's own; the runner's descriptors follow
MOST_FILES = 64
OUT_OF_THE_WAY = 64
PEEK = 0.05  # seconds between looks at the CPU time of a child that may use several threads
_PR_SET_DUMPABLE = 4


def main() -> None:
    """Confine this process, say how far that went, and serve until the other end is gone."""
    options = json.loads(sys.argv[1])
    # Out of the way of the descriptors to come, which then are 3, 4, 5, ... in every run.
    control = socket.socket(fileno=fcntl.fcntl(int(options["control"]), fcntl.F_DUPFD, OUT_OF_THE_WAY))
    os.closerange(FIRST_FREE, OUT_OF_THE_WAY)
    runner = _load(options["runner"], options["home"], options["preload"])
    filters: dict[bool, Filter] = {}  # by whether the child may become another program
    reached: dict[str, Any] = {"namespaces": options["namespaces"] and namespaces.enter(), "landlock": 0, "seccomp": False}
    if options["confined"]:
        if options["landlock"]:
            with contextlib.suppress(OSError):
                reached["landlock"] = landlock.confine(options["readable"], options["listable"])
        namespaces.drop_capabilities()
        filters = _filters()
        reached["seccomp"] = bool(filters)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # for the children: who writes too much ends
    gc.collect()
    gc.freeze()
    control.sendall(json.dumps(reached).encode() + b"\n")
    while request := _receive(control):
        order, descriptors = request
        # A word to stop that comes when its run has already ended.
        if order != {"stop": True}:
            control.sendall(json.dumps(_serve(control, order, descriptors, runner, filters)).encode() + b"\n")
    os._exit(0)


def _filters() -> dict[bool, Filter]:
    """The filters, if this machine is known and its kernel takes one; else none.

    It is tried on a child: later a child that fails to start may be the program's own doing,
    and says nothing of the machine.
    """
    try:
        filters = {executes: Filter(executes) for executes in (False, True)}
    except OSError:
        return {}
    child = os.fork()
    if child == 0:
        try:
            filters[False].install(os.getpid())
            os._exit(0)
        finally:
            os._exit(1)
    return filters if os.waitpid(child, 0)[1] == 0 else {}


def _load(runner: str, home: str, preload: list[str]) -> Runner:
    """The runner's function, with the package's folder on the path only as long as it is needed."""
    sys.path.append(home)
    found: Runner = importlib.import_module(runner).run
    for name in preload:
        importlib.import_module(name)
    sys.path.remove(home)
    sys.path_importer_cache.pop(home, None)
    sys.argv = [""]
    return found


def _receive(control: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    data, descriptors = b"", []
    while not data.endswith(b"\n"):
        try:
            part, fresh, _, _ = socket.recv_fds(control, 65536, 8)
        except ConnectionError:
            return None
        if not part:
            return None
        data += part
        descriptors += fresh
    # Two requests never lie in the pipe at once, but a word to stop may come before one.
    order = json.loads(data.splitlines()[-1])
    return order, descriptors


def _serve(
    control: socket.socket, order: dict[str, Any], descriptors: list[int], runner: Runner, filters: dict[bool, Filter]
) -> dict[str, Any]:
    """Run one child to its end, or to its limit, or until told to stop."""
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        _become(order, descriptors, control, runner, filters.get(bool(order.get("executes"))))
    for descriptor in descriptors:
        os.close(descriptor)
    cut = _watch(control, child, started, order["limits"])
    _, status, usage = os.wait4(child, 0)
    if not filters:
        _end_family(child)
    return {
        "cut": cut,
        "exit": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
        "cpu": usage.ru_utime + usage.ru_stime,
        "wall": time.monotonic() - started,
        "memory": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
    }


def _end_family(child: int) -> None:
    """Kill what an unconfined child has started and left behind, as far as it stayed in the child's group."""
    try:
        os.killpg(child, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _watch(control: socket.socket, child: int, started: float, limits: dict[str, Any]) -> str:
    """Wait until the child ends; kill it for "cpu", "wall" or "stop", and give the reason, or nothing."""
    ended = os.pidfd_open(child) if hasattr(os, "pidfd_open") else None
    poll = select.poll()
    poll.register(control, select.POLLIN)
    if ended is not None:
        poll.register(ended, select.POLLIN)
    try:
        while True:
            left = started + limits["wall"] - time.monotonic()
            cpu_left = limits["cpu"] - _cpu_of(child)
            if left <= 0 or cpu_left <= 0:
                os.kill(child, signal.SIGKILL)
                return "wall" if left <= 0 else "cpu"
            pause = min(left, max(cpu_left, 0.001), PEEK if ended is None else max(cpu_left / 2, PEEK))
            ready = [file for file, _ in poll.poll(pause * 1000 + 1)]
            if ended in ready or (ended is None and os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT)):
                return ""
            if ready:
                request = _receive(control)
                os.kill(child, signal.SIGKILL)
                if request is None:
                    os.waitpid(child, 0)
                    os._exit(0)
                return "stop"
    finally:
        if ended is not None:
            os.close(ended)


def _cpu_of(process: int) -> float:
    """CPU seconds of another process by its clock (Linux); 0 where there is none, and the kernel's own limit holds alone."""
    try:
        return time.clock_gettime((~process << 3) | 2)
    except OSError:
        return 0.0


def _become(order: dict[str, Any], descriptors: list[int], control: socket.socket, runner: Runner, confinement: Filter | None) -> None:
    """What the child does: take its files, confine itself, run, and leave without ever returning."""
    code = 70
    try:
        _take_files(descriptors)
        _limit(order["limits"])
        if sys.platform == "linux":
            namespaces.die_with_parent()
        if confinement:
            confinement.install(os.getpid())
        else:
            os.setpgid(0, 0)
        control.detach()
        code = runner(order, list(range(FIRST_FREE, len(descriptors))))
    finally:
        os._exit(code)


def _take_files(descriptors: list[int]) -> None:
    """Put the descriptors at 0, 1, 2, ... and close all others."""
    # They came in ascending order and above these numbers, so none is overwritten before it has moved.
    for place, descriptor in enumerate(descriptors):
        os.dup2(descriptor, place)
    os.closerange(len(descriptors), 4096)


def _limit(limits: dict[str, Any]) -> None:
    seconds = int(limits["cpu"]) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["output"], limits["output"]))
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_FILES, MOST_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
    wanted = 256 << 20
    resource.setrlimit(resource.RLIMIT_STACK, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


if __name__ == "__main__":
    main()
