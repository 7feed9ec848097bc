"""The judge: every outcome, the fast path against the naive one, early stops, faults of its own, and taking a program back."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import wait
from dataclasses import replace
from pathlib import Path

import pytest

from openmimo.core.errors import InputError
from openmimo.verify.cache import Cache
from openmimo.verify.judge import cpp, slot
from openmimo.verify.judge.judge import Judge
from openmimo.verify.judge.problem import AssertTest, CallTest, CodeProblem, Limits, StdinTest
from openmimo.verify.judge.result import JudgeResult
from openmimo.verify.sandbox.sandbox import SandboxDied, Zygote
from openmimo.verify.slots import Closed

QUICK = Limits(cpu=0.4, memory=256 << 20, output=1 << 20, wall=1.2)
SQUARES = CodeProblem("squares", "", tuple(StdinTest(f"{n}\n", f"{n * n}\n", group=n // 4) for n in range(12)), limits=QUICK)
CALLS = CodeProblem("calls", "", tuple(CallTest((n,), n * n) for n in range(6)), entry="square", limits=QUICK)
ASSERTS = CodeProblem("asserts", "", tuple(AssertTest(f"assert square({n}) == {n * n}") for n in range(6)), entry="square", limits=QUICK)
RIGHT = {"squares": "print(int(input()) ** 2)", "calls": "def square(n): return n * n", "asserts": "def square(n): return n * n"}


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge(2, speed=1.0) as fast:
        yield fast


@pytest.fixture(scope="module")
def naive() -> Iterator[Judge]:
    with Judge(2, speed=1.0, batches=False) as slow:
        yield slow


def letters(result: JudgeResult) -> str:
    return " ".join(test.outcome for test in result.tests)


@pytest.mark.parametrize("problem", [SQUARES, CALLS, ASSERTS], ids=lambda problem: problem.id)
def test_a_right_program_is_accepted(judge: Judge, naive: Judge, problem: CodeProblem) -> None:
    for one in (judge, naive):
        result = one.judge(problem, RIGHT[problem.id])
        assert result.ok
        assert result.passed == (True,) * len(problem.tests)
        assert result.verdict().score == 1.0
        assert all(0 < test.cpu < 0.4 and test.memory > 1 << 20 for test in result.tests)


@pytest.mark.parametrize(
    "program, outcome, detail",
    [
        ("print(int(input()) + 1)", "WA", "word 1 is"),
        ("", "WA", "0 words"),
        ("while True: pass", "TLE", "over 0.4 s of CPU"),
        ("import time; time.sleep(30)", "TLE", "not done after 1.2 s"),
        ("x = bytearray(1 << 30)", "MLE", "over 256 MiB"),
        ("1 / 0", "RE", "ZeroDivisionError"),
        ("import sys; sys.exit(3)", "RE", "exit code 3"),
        ("import ctypes; ctypes.string_at(0)", "RE", "SIGSEGV"),
        ("print('x' * (2 << 20))", "OLE", "bytes of output"),
        ("print(", "CE", "SyntaxError"),
        ("\ud800", "CE", ""),
        ("x = '\0'", "CE", "null bytes"),
        ("import os; os.kill(os.getpid(), 9)", "RE", "SIGKILL"),
    ],
)
def test_outcomes_of_programs(judge: Judge, program: str, outcome: str, detail: str) -> None:
    result = judge.judge(replace(SQUARES, tests=SQUARES.tests[3:5]), program)
    assert letters(result) == f"{outcome} {outcome}"
    assert detail in result.tests[0].detail
    assert result.verdict().score == 0.0


@pytest.mark.parametrize("problem", [CALLS, ASSERTS], ids=lambda problem: problem.id)
@pytest.mark.parametrize(
    "program, outcome",
    [
        ("def square(n): return n + 1", "WA"),
        ("def square(n): return [n * n]", "WA"),
        ("def square(n): return None", "WA"),
        ("def square(n): 1 / 0", "RE"),
        ("def square(n): import sys; sys.exit(0)", "RE"),
        ("def square(n): import os; os._exit(0)", "RE"),
        ("def other(n): return n", "RE"),
        ("1 / 0", "RE"),
        ("def square(n):\n while True: pass", "TLE"),
        ("def square(n): return bytearray(1 << 30)", "MLE"),
        ("def square(n) return n", "CE"),
        ("class square:\n def __init__(self, n): pass\n def __eq__(self, other): return True", "WA"),
        ("class Any(int):\n def __eq__(self, other): return True\ndef square(n): return Any(7 + n)", "WA"),
    ],
)
def test_outcomes_of_functions(judge: Judge, problem: CodeProblem, program: str, outcome: str) -> None:
    result = judge.judge(replace(problem, tests=problem.tests[2:4]), program)
    allowed = {outcome, "RE"} if outcome == "MLE" else {outcome}  # asked by a test, it raises MemoryError and lives on
    assert {test.outcome for test in result.tests} <= allowed


PROGRAMS = (
    RIGHT["squares"],
    "n = int(input()); print(n * n if n < 7 else 0)",
    "import builtins\nn = int(input()); print(n * n if not hasattr(builtins, 'seen') else 0); builtins.seen = 1",
    "import os; print(int(input()) ** 2, flush=True); os._exit(0)",
    "import os; print(int(os.read(0, 99)) ** 2)",
    "print(int(open(0).read()) ** 2)",
    "import sys; print(int(sys.stdin.buffer.readline()) ** 2)",
    "import sys\nn = int(input())\nsys.stdout = None if n == 5 else sys.stdout\nif n != 5: print(n * n)",
    "import sys; n = int(input()); sys.stdout.close() if n == 6 else print(n * n)",
    "import threading\nthreading.Thread(target=lambda: print(int(input()) ** 2)).start()",
    "n = int(input())\nif n == 8: exit()\nprint(n * n)",
    "n = int(input())\nif n == 3: raise ValueError\nprint(n * n)",
    "import sys; sys.setrecursionlimit(60)\nn = int(input()); print(n * n)",
    "n = int(input())\nprint(n * n, end='' if n % 2 else ' \\n\\n')",
    "if __name__ == '__main__':\n print(int(input()) ** 2)",
    "print = lambda *a: None",
    "import random\nprint(int(input()) ** 2 if random.random() < 2 else 0)",
)


@pytest.mark.parametrize("program", PROGRAMS)
def test_batches_say_what_fresh_runs_say(judge: Judge, naive: Judge, program: str) -> None:
    assert letters(judge.judge(SQUARES, program)) == letters(naive.judge(SQUARES, program))


def test_a_test_that_spoils_the_next_one_does_not_count_against_it(judge: Judge) -> None:
    assert judge.judge(SQUARES, PROGRAMS[2]).ok
    spoiled = "memory = []\ndef square(n):\n memory.append(n)\n return n * n if len(memory) == 1 else -1"
    assert judge.judge(CALLS, spoiled).ok
    assert judge.judge(ASSERTS, spoiled).ok


def test_the_time_of_a_batch_is_not_that_of_its_tests(judge: Judge) -> None:
    # Together the tests take longer than one may.
    slow = "import time\nends = time.process_time() + 0.1\nwhile time.process_time() < ends: pass\nprint(int(input()) ** 2)"
    assert judge.judge(SQUARES, slow).ok
    one_slow = "n = int(input())\nwhile n == 5: pass\nprint(n * n)"
    assert letters(judge.judge(SQUARES, one_slow)) == " ".join("TLE" if n == 5 else "AC" for n in range(12))


def test_early_stops(judge: Judge) -> None:
    wrong = "n = int(input()); print(n * n if n != 5 else 0)"
    assert letters(judge.judge(SQUARES, wrong, "test")).split() == ["AC"] * 5 + ["WA"] + ["--"] * 6
    assert letters(judge.judge(SQUARES, wrong, "group")).split() == ["AC"] * 5 + ["WA"] + ["AC"] * 2 + ["--"] * 4
    assert letters(judge.judge(SQUARES, wrong)).split().count("AC") == 11
    mixed = replace(SQUARES, tests=tuple(replace(test, group=2 - index % 3) for index, test in enumerate(SQUARES.tests)))
    assert (
        letters(judge.judge(mixed, "n = int(input()); print(n * n if n != 1 else 0)", "group")).split()
        == ["--", "WA", "AC"] + ["--", "AC", "AC"] * 3
    )


def test_all_tests_together_may_have_a_limit(judge: Judge) -> None:
    problem = replace(SQUARES, limits=replace(QUICK, total=1.0))
    started = time.monotonic()
    result = judge.judge(problem, "n = int(input())\nwhile n > 1: pass\nprint(n * n)")
    assert time.monotonic() - started < 4
    assert letters(result).split() == ["AC"] * 2 + ["TLE"] * 10
    assert "all tests together" in result.tests[-1].detail
    assert judge.judge(problem, RIGHT["squares"]).ok


@pytest.mark.parametrize(
    "checker, outcome",
    [
        ("def check(input, expected, output): return abs(int(output) - int(expected)) <= 1", "AC AC"),
        ("def check(input, expected, output): return False", "WA WA"),
        ("def check(input, expected, output): return 1", "WA WA"),
        ("def check(input, expected, output): return int('x')", "WA WA"),
        ("def check(input, expected, output):\n while input == '4\\n': pass\n return True", "AC WA"),
        ("def check(", "JE JE"),
        ("1 / 0", "JE JE"),
    ],
)
def test_custom_checkers(checker: str, outcome: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openmimo.verify.judge.trials.CHECKER_SECONDS", 0.5)
    problem = replace(SQUARES, tests=SQUARES.tests[3:5], comparison="custom", checker=checker)
    with Judge(1, speed=1.0) as judge:
        result = judge.judge(problem, "print(int(input()) ** 2 + 1)")
    assert letters(result) == outcome
    assert (result.verdict().score is None) == (outcome == "JE JE")


def test_asserts_of_every_form(judge: Judge) -> None:
    def one(code: str, program: str, setup: str = "") -> str:
        return letters(judge.judge(replace(ASSERTS, tests=(AssertTest(code),), setup=setup, entry="f"), program))

    assert one("for n in range(5):\n    assert f(n) == g(n)", "def f(n): return n + 1", "def g(n): return n + 1") == "AC"
    assert one("assert candidate(2, k=3) == 5", "def f(n, k): return n + k") == "AC"
    assert one("assert math.isclose(f(2), 2 ** 0.5)", "def f(n): return n ** 0.5\nclass math:\n isclose = lambda *a: True") == "AC"
    assert one("assert math.isclose(f(2), 2)", "def f(n): return 3\nclass math:\n isclose = lambda *a: True") == "WA"
    assert one("try:\n    f(0)\n    assert False\nexcept ZeroDivisionError:\n    pass", "def f(n): return 1 / n") == "AC"
    assert one("assert f(P(1, 2)) == 3", "class P:\n def __init__(s, a, b): s.s = a + b\ndef f(p): return p.s") == "AC"
    # What a program answers with objects of its own proves nothing.
    assert one("assert f(1)", "class T: pass\ndef f(n): return T()") == "WA"
    assert one("assert f(1).startswith('a')", "class T:\n def startswith(s, t): return True\ndef f(n): return T()") == "WA"
    assert one("assert f(1) is not None and f(1) > 5", "class T:\n def __gt__(s, t): return True\ndef f(n): return T()") == "WA"
    for negative in ("!= 5", "is not None", "not in (3, 4)"):
        assert one(f"assert f(1) {negative}", "class T: pass\ndef f(n): return T()") == "WA"
    assert one("assert not f(1) == 5 and str(f(1)) != ''", "class T: pass\ndef f(n): return T()") == "WA"
    assert one("assert str(f(1)) != ''", "class T: pass\ndef f(n): return [T()]") == "WA"
    assert one("assert g(f(2)) == 4", "class T: pass\ndef f(n):\n t = T(); t.n = n; return t\ndef g(t): return t.n ** 2") == "AC"
    # A test that does not end because of the answer is the program's loss; one that is broken is nobody's.
    assert one("assert f(1) ===", "def f(n): return 1") == "JE"
    assert one("assert f(1) == 1", "def f(n): return 1", "1 / 0") == "JE"


def test_a_test_that_hangs_on_an_answer_is_not_a_fault_of_the_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openmimo.verify.judge.trials.CHECKER_SECONDS", 0.3)
    problem = replace(ASSERTS, tests=(AssertTest("n = square(3)\nwhile n != 9: n = 1"),))
    with Judge(1, speed=1.0) as judge:
        assert letters(judge.judge(problem, "def square(n): return 7")) == "WA"


def test_methods_of_a_solution(judge: Judge) -> None:
    problem = replace(CALLS, entry="Solution().square")
    counting = (
        "class Solution:\n def __init__(self): self.n = 0\n def square(self, n):\n  self.n += 1\n  return n * n if self.n == 1 else 0"
    )
    assert judge.judge(problem, counting).ok


def test_expected_outputs_never_go_to_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, bytes]] = []
    blank = slot._files

    def spying(text: bytes, stdin: bytes = b""):  # type: ignore[no-untyped-def]
        sent.append(("", text + stdin))
        return blank(text, stdin)

    monkeypatch.setattr(slot, "_files", spying)
    started: list[str] = []
    start = Zygote.start

    def noting(self: Zygote, order, limits, descriptors):  # type: ignore[no-untyped-def]
        started.append(order["mode"])
        start(self, order, limits, descriptors)

    monkeypatch.setattr(Zygote, "start", noting)
    secret = "918273645"
    with Judge(1, speed=1.0) as judge:
        judge.judge(CodeProblem("a", "", (StdinTest("1", secret), StdinTest("2", secret)), limits=QUICK), "print(1)")
        judge.judge(CodeProblem("b", "", (CallTest((1,), int(secret)), CallTest((2,), 5)), entry="f", limits=QUICK), "def f(n): return 1")
        assert sent
        assert not [text for _, text in sent if secret.encode() in text]
        sent.clear()
        judge.judge(CodeProblem("c", "", (AssertTest(f"assert f(1) == {secret}"),), entry="f", limits=QUICK), "def f(n): return 1")
    # Of the pair, only the second order, that of the tests' own process, holds it.
    assert [secret.encode() in text for _, text in sent] == [False, True]
    assert started[-2:] == ["serve", "tests"]


def test_killed_zygotes_lose_and_double_nothing() -> None:
    slow = "import time; time.sleep(0.05); print(int(input()) ** 2)"
    with Judge(2, speed=1.0, batches=False) as judge:
        judge.judge(SQUARES, RIGHT["squares"])
        futures = [judge.submit(replace(SQUARES, tests=SQUARES.tests[:3]), slow) for _ in range(12)]
        for _ in range(2):  # a run is tried three times
            time.sleep(0.3)
            servers = judge._slots.servers()
            for server in servers:
                zygote = server._slot._programs  # type: ignore[attr-defined]
                if zygote:
                    os.kill(zygote._process.pid, signal.SIGKILL)
        results = [future.result(timeout=20) for future in futures]
    assert [result.outcome for result in results] == ["AC"] * 12


def test_a_sandbox_that_keeps_dying_is_a_fault_and_no_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def dies(self: Zygote, *arguments: object) -> None:
        tries.append(1)
        raise SandboxDied("gone")

    with Judge(1, speed=1.0) as judge:
        monkeypatch.setattr(Zygote, "start", dies)
        result = judge.judge(SQUARES, RIGHT["squares"])
        assert (result.outcome, len(tries)) == ("JE", 3)
        assert (result.verdict().kind, result.verdict().score) == ("fault", None)
        monkeypatch.undo()
        assert judge.judge(SQUARES, RIGHT["squares"]).ok


def test_a_problem_without_tests_accepts_nothing(judge: Judge) -> None:
    assert judge.judge(replace(SQUARES, tests=()), "print(1)").outcome == "JE"


def test_cancelling_ends_the_processes_within_a_second() -> None:
    with Judge(2, speed=1.0) as judge:
        judge.judge(SQUARES, RIGHT["squares"])
        patient = replace(SQUARES, limits=Limits(cpu=30, wall=60))
        futures = [judge.submit(patient, "import time; time.sleep(50)") for _ in range(6)]
        time.sleep(0.3)
        started = time.monotonic()
        for future in futures:
            assert future.cancel()
        assert len(wait(futures, timeout=1).done) == 6
        assert judge.judge(SQUARES, RIGHT["squares"]).ok
        assert time.monotonic() - started < 1.5


def test_closing_ends_what_is_under_way() -> None:
    judge = Judge(1, speed=1.0)
    futures = [judge.submit(replace(SQUARES, limits=Limits(cpu=30, wall=60)), "import time; time.sleep(50)") for _ in range(2)]
    time.sleep(0.4)
    started = time.monotonic()
    judge.close()
    assert time.monotonic() - started < 3
    for future in futures:
        with pytest.raises(Closed):
            future.result(timeout=1)


def test_in_an_event_loop() -> None:
    async def main() -> list[bool]:
        with Judge(2, speed=1.0) as judge:
            hung = asyncio.create_task(judge.ajudge(replace(SQUARES, limits=Limits(cpu=30, wall=60)), "import time; time.sleep(50)"))
            await asyncio.sleep(0.2)
            hung.cancel()
            results = await asyncio.gather(*(judge.ajudge(SQUARES, RIGHT["squares"]) for _ in range(6)))
            return [result.ok for result in results]

    assert asyncio.run(main()) == [True] * 6


def test_an_endless_answer_is_not_even_read(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    roomy = Limits(cpu=4, memory=512 << 20, output=8 << 20)
    assert "bytes" in judge.judge(replace(SQUARES, tests=SQUARES.tests[:1], limits=roomy), "print('0 ' * (2 << 20))").tests[0].detail
    assert (
        "bytes"
        in judge.judge(replace(CALLS, tests=CALLS.tests[:1], limits=roomy), "def square(n): return [[]] * (1 << 20)").tests[0].detail
    )
    long = tuple(range(400_000))
    problem = CodeProblem("long", "", (CallTest((1,), list(long)), StdinTest("", " ".join(map(str, long)))), entry="f", limits=roomy)
    assert judge.judge(replace(problem, tests=problem.tests[:1]), "def f(n): return list(range(400000))").ok
    assert judge.judge(replace(problem, tests=problem.tests[1:]), "print(*range(400000))").ok


def test_many_threads_at_once(judge: Judge) -> None:
    seen: list[tuple[int, bool]] = []

    def ask(number: int) -> None:
        seen.append((number, judge.judge(SQUARES, f"n = int(input()); print(n * n + {number % 2})").ok))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [(number, number % 2 == 0) for number in range(16)]


def test_results_are_cached_by_what_they_depend_on(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.sqlite")
    with Judge(1, cache, speed=1.0) as judge:
        first = judge.judge(SQUARES, RIGHT["squares"])
        again = judge.judge(replace(SQUARES, id="another name"), RIGHT["squares"])
        assert (first.cached, again.cached) == (False, True)
        assert again.tests == first.tests
        assert not judge.judge(replace(SQUARES, limits=Limits(cpu=0.5)), RIGHT["squares"]).cached
        assert not judge.judge(SQUARES, RIGHT["squares"], "test").cached
        assert not judge.judge(replace(SQUARES, tests=SQUARES.tests[1:]), RIGHT["squares"]).cached
        assert not judge.judge(SQUARES, RIGHT["squares"] + "\n").cached
        assert asyncio.run(judge.ajudge(SQUARES, RIGHT["squares"])).cached
    cache.close()
    with Judge(1, Cache(tmp_path / "cache.sqlite"), speed=1.0) as judge:
        assert judge.judge(SQUARES, RIGHT["squares"]).cached


def test_the_speed_of_the_machine_stretches_limits() -> None:
    busy = "import time\nends = time.process_time() + 0.6\nwhile time.process_time() < ends: pass\nprint(int(input()) ** 2)"
    problem = replace(SQUARES, tests=SQUARES.tests[:1])
    with Judge(1, speed=1.0) as exact, Judge(1, speed=4.0) as slow:
        assert letters(exact.judge(problem, busy)) == "TLE"
        assert letters(slow.judge(problem, busy)) == "AC"
    with Judge(1) as measured:
        assert measured.judge(problem, RIGHT["squares"]).ok
        (server,) = measured._slots.servers()
        assert 1.0 <= server._speed <= 8.0  # type: ignore[attr-defined, operator]


@pytest.mark.skipif(not shutil.which("g++"), reason="C++ is judged where there is a compiler")
def test_cpp(judge: Judge) -> None:
    problem = replace(SQUARES, language="cpp", limits=Limits(cpu=0.5, memory=256 << 20, output=1 << 20))
    head = "#include <iostream>\n#include <vector>\nint main() { long n; std::cin >> n; "
    for body, outcome in {
        "std::cout << n * n; }": "AC",
        "std::cout << n + 1; }": "WA",
        "for (;;) n *= 3; }": "TLE",
        "return 3; }": "RE",
        "std::vector<char> all(1L << 30); std::cout << n * n + all.size(); }": "MLE",
        "std::cout << n * n; ": "CE",
    }.items():
        result = judge.judge(replace(problem, tests=SQUARES.tests[3:5]), head + body)
        assert letters(result) == f"{outcome} {outcome}", result
    for body in ('system("echo 9"); }', "fork(); std::cout << n * n; }", 'std::cout << (fopen("/etc/passwd", "r") ? n * n : 0); }'):
        includes = "#include <cstdlib>\n#include <cstdio>\n#include <unistd.h>\n"
        hostile = judge.judge(replace(problem, tests=SQUARES.tests[3:4]), includes + head + body)
        if body.startswith("fork"):
            assert hostile.ok  # it was refused the fork, and printed once
        else:
            assert letters(hostile) == "WA"
    spying = judge.judge(replace(problem, tests=SQUARES.tests[3:4]), '#include "/etc/passwd"\n' + head + "std::cout << n * n; }")
    assert letters(spying) == "CE"
    assert "Permission denied" in spying.tests[0].detail


def test_cpp_without_a_compiler_says_what_to_do(monkeypatch: pytest.MonkeyPatch, judge: Judge) -> None:
    monkeypatch.setattr(cpp.shutil, "which", lambda name: None)
    with pytest.raises(InputError, match=r"no g\+\+"):
        judge.judge(replace(SQUARES, language="cpp"), "int main() { return 0; } // never compiled before")


def test_the_judge_leaves_the_streams_of_its_process_alone() -> None:
    code = "import sys; before = sys.stdout; import openmimo.verify.judge.judge; print(before is sys.stdout, 'openmimo.verify.judge.inside' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]


def test_a_prelude_is_compiled_by_itself(judge: Judge) -> None:
    for problem in (SQUARES, CALLS, ASSERTS):
        program = "from __future__ import annotations\n" + RIGHT[problem.id].replace("n * n", "sqr(n)").replace(
            "int(input()) ** 2", "sqr(int(input()))"
        )
        assert judge.judge(replace(problem, prelude="def sqr(n): return n * n\n"), program).ok
