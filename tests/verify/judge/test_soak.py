"""Thousands of programs through one judge: every verdict right, no process left, memory flat. `make soak` runs the long form."""

import os
import random
import time
from pathlib import Path

import pytest

from openmimo.core.memory import resident_bytes
from openmimo.verify.judge.judge import Judge
from openmimo.verify.judge.problem import CodeProblem, Limits, StdinTest

LONG = bool(os.environ.get("OPENMIMO_SOAK"))
PROGRAMS, TESTS = (4096, 100) if LONG else (160, 20)
GROWTH = 24 << 20  # bytes that any process may still grow after the first quarter: allocators round up
# What a program is like, how often, and what it gets on each test n.
KINDS = {
    "print(int(input()) ** 2)": 60,
    "import sys\nfor line in sys.stdin: print(int(line) * int(line))": 20,
    "n = int(input()); print(n * n if n % 10 else -1)": 8,
    "n = int(input()); print(n * n); 1 // (n % 7)": 5,
    "print(input()": 3,
    "x = bytearray(1 << 30)": 1,
    "print('x' * (2 << 20))": 1,
    "import os; print(int(input()) ** 2, flush=True); os._exit(0)": 2,
}


def expected(program: str, n: int) -> str:
    if "% 10" in program:
        return "AC" if n % 10 else "WA"
    if "% 7" in program:
        return "AC" if n % 7 else "RE"
    return {"print(input()": "CE", "x = bytearray(1 << 30)": "MLE", "print('x' * (2 << 20))": "OLE"}.get(program, "AC")


def memory_of(judge: Judge) -> list[int]:
    """Resident bytes of this process and of each process of the judge."""
    sizes = [resident_bytes()]
    for server in judge._slots.servers():
        for zygote in (server._slot._programs, server._slot._tests):  # type: ignore[attr-defined]
            if zygote:
                sizes += [_resident(process) for process in _family(zygote._process.pid)]
    return sizes


def _family(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children")
    below = [int(child) for child in listed.read_text().split()] if listed.exists() else []
    return [process, *(deeper for child in below for deeper in _family(child))]


def _resident(process: int) -> int:
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_many_programs() -> None:
    rng = random.Random(7)
    problem = CodeProblem(
        "soak", "", tuple(StdinTest(f"{n}\n", f"{n * n}\n") for n in range(TESTS)), limits=Limits(cpu=2, memory=256 << 20, output=1 << 20)
    )
    programs = rng.choices(list(KINDS), list(KINDS.values()), k=PROGRAMS)
    wanted = {program: tuple(expected(program, n) for n in range(TESTS)) for program in KINDS}
    part = PROGRAMS // 4
    with Judge(2) as judge:
        early: list[int] = []
        for first in range(0, PROGRAMS, part):
            futures = [(program, judge.submit(problem, program)) for program in programs[first : first + part]]
            for program, future in futures:
                assert tuple(test.outcome for test in future.result().tests) == wanted[program], program
            early = early or memory_of(judge)
        late = memory_of(judge)
        processes = [process for server in judge._slots.servers() for process in _family(server._slot._programs._process.pid)]  # type: ignore[attr-defined]
        assert len(late) == len(early) == 1 + len(processes)
        assert all(after - before < GROWTH for before, after in zip(early, late, strict=True)), (early, late)
    ends = time.monotonic() + 1
    while any(_running(process) for process in processes) and time.monotonic() < ends:
        time.sleep(0.01)
    assert not [process for process in processes if _running(process)]


def _running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
