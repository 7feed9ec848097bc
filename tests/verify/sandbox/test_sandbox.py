"""Confined runs from the outside: how they end, what they may touch, and what is left when somebody is killed."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from openmimo.verify.sandbox import sandbox
from openmimo.verify.sandbox.attacks import ATTACKS, attack
from openmimo.verify.sandbox.sandbox import Ended, Limits, NoSandbox, Reached, SandboxDied, Zygote, blank_file

RUNNER = "openmimo.verify.judge.inside"
SMALL = Limits(cpu=0.5, wall=2.0, memory=256 << 20, output=1 << 20)

ROOMY = Limits(cpu=5.0, wall=20.0, memory=256 << 20, output=1 << 20)


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    process = Zygote(RUNNER)
    yield process
    process.close()


def run(zygote: Zygote, code: str, stdin: bytes = b"", limits: Limits = SMALL) -> tuple[Ended, bytes, bytes]:
    files = [blank_file() for _ in range(5)]
    try:
        os.write(files[0], stdin)
        os.lseek(files[0], 0, os.SEEK_SET)
        os.write(files[3], code.encode())
        ended = zygote.run({"mode": "program", "seed": 0}, limits, files)
        return ended, os.pread(files[1], 1 << 21, 0), os.pread(files[2], 4000, 0)
    finally:
        for file in files:
            os.close(file)


def children(process: int) -> set[int]:
    """All processes below one, by /proc."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found, todo = set(), [process]
    while todo:
        above = todo.pop()
        below = {child for child, parent in parents.items() if parent == above}
        found |= below
        todo += below
    return found


def gone(processes: set[int], seconds: float = 3.0) -> bool:
    """Whether none of these is running any more, within a time."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        alive = set()
        for process in processes:
            try:
                state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if state not in "ZX":
                alive.add(process)
        if not alive:
            return True
        time.sleep(0.02)
    return False


def test_a_program_reads_and_prints(zygote: Zygote) -> None:
    ended, output, said = run(zygote, "print(int(input()) ** 2)", b"7\n")
    assert (ended.exit, ended.cut, output, said) == (0, "", b"49\n", b"")
    assert 0 < ended.cpu < 0.5
    assert 0 < ended.memory < 256 << 20


@pytest.mark.parametrize(
    "code, cut, exit_code, signal_number",
    [
        ("while True: pass", "cpu", None, signal.SIGKILL),
        ("import time; time.sleep(60)", "wall", None, signal.SIGKILL),
        ("import signal, time; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass", "cpu", None, signal.SIGKILL),
        ("x = bytearray(1 << 30)", "", 97, None),
        ("x = []\nwhile True: x.append(bytearray(1 << 24))", "", 97, None),
        ("print('x' * (2 << 20))", "", None, signal.SIGXFSZ),
        ("def (", "", 98, None),
        ("1 / 0", "", 96, None),
        ("exit(3)", "", 3, None),
        ("import os; os._exit(5)", "", 5, None),
        ("import ctypes; ctypes.string_at(0)", "", None, signal.SIGSEGV),
    ],
)
def test_how_a_run_ends(zygote: Zygote, code: str, cut: str, exit_code: int | None, signal_number: int | None) -> None:
    ended, _, _ = run(zygote, code, limits=SMALL if cut else ROOMY)
    assert (ended.cut, ended.exit, ended.signal) == (cut, exit_code, signal_number)
    assert run(zygote, "print(1)")[1] == b"1\n"


@pytest.mark.parametrize(
    "code",
    [
        # What honest programs do must still work.
        "import threading, sys\nthreading.stack_size(1 << 26)\nsys.setrecursionlimit(10**6)\n"
        "def f(n): return 0 if n == 0 else 1 + f(n - 1)\nt = threading.Thread(target=lambda: print(f(20000)))\nt.start()",
        "import sys\nsys.setrecursionlimit(10**6)\ndef f(n): return 0 if n == 0 else 1 + f(n - 1)\nprint(f(20000))",
        "import asyncio\nasync def main(): await asyncio.sleep(0.001); print(20000)\nasyncio.run(main())",
        "import subprocess, socket, multiprocessing, tempfile, random, json, decimal; print(20000)",
        "import sys\nprint(20000, file=sys.stdout); sys.exit(0)",
        "import atexit\natexit.register(lambda: print(20000))",
        "import os\nos.write(1, b'20000\\n'); os._exit(0)",
        "from concurrent.futures import ThreadPoolExecutor\nprint(sum(ThreadPoolExecutor(4).map(int, ['5000'] * 4)))",
        "import datetime, zoneinfo; zoneinfo.ZoneInfo('UTC'); print(20000)",
        "import signal; signal.alarm(100); print(20000)",
        "print(20000); quit()",
    ],
)
def test_honest_programs_are_not_hindered(zygote: Zygote, code: str) -> None:
    ended, output, said = run(zygote, code, limits=Limits(2.0, 8.0, 1 << 30, 1 << 20))
    assert output == b"20000\n", said
    assert ended.exit == 0


def test_runs_are_the_same_every_time(zygote: Zygote) -> None:
    code = "import random; print(random.random(), hash('text'), list({'a', 'b', 'c'}))"
    other = Zygote(RUNNER)
    try:
        assert run(zygote, code)[1] == run(zygote, code)[1] == run(other, code)[1]
    finally:
        other.close()


def test_no_child_finds_what_an_earlier_one_had(zygote: Zygote) -> None:
    secret = "s3cret" + str(os.getpid())
    run(zygote, f"x = '{secret}'; print(input())", f"input {secret}".encode())
    # What is looked for is made only after all objects have been read, so that the search does not find itself.
    search = f"""
import gc; gc.unfreeze()
seen = [repr(thing) for thing in gc.get_objects() if isinstance(thing, (dict, list, tuple)) and len(thing) < 1000]
print(len(seen) > 100, any({secret[::-1]!r}[::-1] in text for text in seen))
"""
    assert run(zygote, search)[1].split() == [b"True", b"False"]


@pytest.mark.parametrize("walls", [{}, {"namespaces": False}, {"landlock": False}], ids=["all", "no namespaces", "bubblewrap"])
def test_every_attack_is_held_off(walls: dict[str, bool]) -> None:
    if walls == {"landlock": False} and not shutil.which("bwrap"):
        with pytest.raises(NoSandbox, match="can confine no program"):
            attack(**walls)
        return
    report = attack(**walls)
    assert report.won == ()
    assert report.tried == len(ATTACKS) > 20
    if walls == {"landlock": False}:
        assert report.reached.bubblewrap


def test_attacks_would_win_without_the_walls(monkeypatch: pytest.MonkeyPatch) -> None:
    # Against a zygote that confines nothing the same programs do win: the test above can fail.
    monkeypatch.setattr(sandbox.sys, "platform", "other")
    process = Zygote(RUNNER, unsafe=True, namespaces=False)
    monkeypatch.undo()
    try:
        assert process.reached.level == "none"
        assert run(process, "import os; print(len(os.listdir('/')) > 0)")[1] == b"True\n"
        assert run(process, "import socket; socket.socket(); print('open')")[1] == b"open\n"
        assert run(process, "import os; p = os.fork(); p and os.waitpid(p, 0); os.write(1, b'two')")[1].count(b"two") == 2
    finally:
        process.close()


@pytest.mark.parametrize(
    "reached, level",
    [
        (Reached(7, True, True), "full"),
        (Reached(7, True, False), "partial"),
        (Reached(0, True, False, bubblewrap=True), "full"),
        (Reached(0, True, True), "none"),
        (Reached(7, False, True), "none"),
        (Reached(0, False, False, seatbelt=True), "partial"),
    ],
)
def test_levels(reached: Reached, level: str) -> None:
    assert reached.level == level


def test_without_any_wall_it_refuses_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_has_landlock", lambda: False)
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: None)
    with pytest.raises(NoSandbox) as refused:
        Zygote(RUNNER)
    assert "--unsafe" in refused.value.fix
    process = Zygote(RUNNER, unsafe=True)
    assert run(process, "print(5)")[1] == b"5\n"
    process.close()


def test_a_run_can_be_stopped_and_the_next_one_goes_on(zygote: Zygote) -> None:
    import threading

    started = time.monotonic()
    threading.Timer(0.1, zygote.stop).start()
    ended, _, _ = run(zygote, "import time; time.sleep(60)", limits=Limits(5, 30, 256 << 20, 1 << 20))
    assert ended.cut == "stop"
    assert time.monotonic() - started < 1.5
    zygote.stop()  # with nothing under way
    assert run(zygote, "print(5)")[1] == b"5\n"


def test_a_zygote_that_is_killed_takes_its_child_along() -> None:
    process = Zygote(RUNNER)
    files = [blank_file() for _ in range(5)]
    os.write(files[3], b"import time; time.sleep(60)")
    process.start({"mode": "program", "seed": 0}, Limits(5, 30, 256 << 20, 1 << 20), files)
    time.sleep(0.2)
    below = children(process._process.pid)
    assert below
    os.kill(process._process.pid, signal.SIGKILL)
    with pytest.raises(SandboxDied):
        process.finish()
    assert gone(below)
    process.close()
    for file in files:
        os.close(file)


def test_a_caller_that_is_killed_leaves_nothing(tmp_path: Path) -> None:
    script = """
import sys, time
from openmimo.verify.judge.judge import Judge
from openmimo.verify.judge.problem import CodeProblem, StdinTest
judge = Judge(2, speed=1.0)
problem = CodeProblem("p", "", (StdinTest("", ""),))
for code in ("import time; time.sleep(60)", "while True: pass"):
    judge.submit(problem, code)
time.sleep(1)
print("ready", flush=True)
time.sleep(60)
"""
    caller = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert caller.stdout
    assert caller.stdout.readline() == "ready\n"
    below = children(caller.pid)
    assert len(below) >= 4  # two zygotes with a child each
    caller.kill()
    caller.wait()
    assert gone(below)


def test_a_zygote_that_cannot_start_says_why() -> None:
    with pytest.raises(SandboxDied, match="no_such_runner"):
        Zygote("openmimo.no_such_runner")


def test_nothing_is_readable_but_the_standard_library(zygote: Zygote) -> None:
    readable = sandbox.readable()
    assert any(path.endswith("json") for path in readable)
    assert not any("site-packages" in path or path == "/" for path in readable)
    ended, output, _ = run(zygote, f"print(open({str(Path(__file__))!r}).read())")
    assert ended.exit == 96
    assert output == b""
