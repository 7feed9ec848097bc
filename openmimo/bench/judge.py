"""`openmimo bench judge`: runs and verdicts a second, beside `python -I -S -c` and beside EvalPlus's checker.

Every ratio comes from rounds in which both sides take turns on the same work, one process each,
and is the median over the rounds. MBPP and EvalPlus are found beside a checkout only (`make peers`);
where they are not, their row stands with 0, as missed. Knows nothing of correctness, but
that every program here must be accepted.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from openmimo.bench.report import Row
from openmimo.verify.judge.judge import Judge
from openmimo.verify.judge.problem import CallTest, CodeProblem, StdinTest
from openmimo.verify.problems import read_problems

ROOT = Path(__file__).parents[2]
MBPP = ROOT.parent / "shared" / "data" / "code" / "mbpp.jsonl"
PEER = ROOT / ".peers" / "evalplus" / "bin" / "python"
CHECK = ROOT / "peers" / "evalplus" / "check.py"
Program = tuple[CodeProblem, str]
Ask = Callable[[Sequence[Program]], dict[str, Any]]
SQUARE = "n = int(input())\nprint(n * n)\n"


@dataclass(frozen=True)
class _Sizes:
    """How much of everything: rounds, fresh runs and batched tests in a round, programs of MBPP."""

    rounds: int
    fresh: int
    batched: int
    programs: int


def measure(quick: bool) -> list[Row]:
    """The rows of this benchmark, measured now."""
    sizes = _Sizes(3, 40, 400, 30) if quick else _Sizes(9, 150, 3000, 150)
    with Judge(workers=1, batches=False, speed=1.0) as fresh, Judge(workers=1, speed=1.0) as batched:
        for judge in (fresh, batched):
            _accepted(judge, _squares(2), 1)
        return [
            *_fresh_rows(fresh, sizes),
            *_batch_rows(fresh, batched, sizes),
            *_mbpp_rows(batched, sizes),
            _cores_row(sizes),
        ]


def _fresh_rows(judge: Judge, sizes: _Sizes) -> list[Row]:
    """A trivial program in a fresh process for each run, beside a fresh interpreter for each run."""
    count = sizes.fresh
    ours, theirs = _in_turns(sizes.rounds, lambda: _accepted(judge, _squares(count), 1), lambda: _interpreters(count // 5))
    rates, other = [count / seconds for seconds in ours], [count // 5 / seconds for seconds in theirs]
    single = _squares(1)
    times = sorted(1000 * _accepted(judge, single, 1) for _ in range(sizes.rounds * 20))
    return [
        Row("fresh.vs_python_IS", _ratio(rates, other), "x", 2.7),
        Row("fresh.runs", statistics.median(rates), "runs/s/core"),
        Row("python_IS.runs", statistics.median(other), "runs/s/core"),
        Row("fresh.p50", times[len(times) // 2], "ms"),
        Row("fresh.p95", times[len(times) * 95 // 100], "ms"),
    ]


def _batch_rows(fresh: Judge, batched: Judge, sizes: _Sizes) -> list[Row]:
    """The same program on many inputs in one process, beside a process for each."""
    many, ones = _squares(sizes.batched), _squares(sizes.fresh)
    ours, theirs = _in_turns(sizes.rounds, lambda: _accepted(batched, many, 1), lambda: _accepted(fresh, ones, 1))
    rates = [sizes.batched / seconds for seconds in ours]
    return [
        Row("batch.vs_fresh", _ratio(rates, [sizes.fresh / seconds for seconds in theirs]), "x", 10.0),
        Row("batch.tests", statistics.median(rates), "tests/s/core"),
    ]


def _mbpp_rows(judge: Judge, sizes: _Sizes) -> list[Row]:
    """The golden programs of MBPP with their tests, beside EvalPlus's checker on the same.

    EvalPlus forks its own process for each program: `vs_evalplus` is beside one that has loaded what
    its command loads, and `vs_evalplus_bare` beside one that has loaded the checker alone.
    """
    missing = next((path for path in (MBPP, PEER) if not path.exists()), None)
    if missing:
        print(f"mbpp.vs_evalplus is not measured: there is no {missing} (make peers)", file=sys.stderr)
        return [Row("mbpp.vs_evalplus", 0.0, "x", 3.0)]
    rates: dict[str, tuple[list[float], list[float]]] = {}
    for kind in ("command", "bare"):
        with _evalplus(kind) as ask:
            everything = _programs(sizes.programs)
            # It rejects the golden programs of the three tasks where it only asks whether there is an answer, and a slow one.
            chosen = [program for program, accepted in zip(everything, ask(everything)["verdicts"], strict=True) if accepted]
            ours, theirs = _in_turns(sizes.rounds, partial(_judged_all, judge, chosen), partial(_checked_all, ask, chosen))
        rates[kind] = [len(chosen) / seconds for seconds in ours], [len(chosen) / seconds for seconds in theirs]
    return [
        Row("mbpp.vs_evalplus", _ratio(*rates["command"]), "x", 3.0),
        Row("mbpp.vs_evalplus_bare", _ratio(*rates["bare"]), "x"),
        Row("mbpp.verdicts", statistics.median(rates["command"][0]), "verdicts/s/core"),
        Row("evalplus.verdicts", statistics.median(rates["command"][1]), "verdicts/s/core"),
        Row("evalplus_bare.verdicts", statistics.median(rates["bare"][1]), "verdicts/s/core"),
    ]


def _cores_row(sizes: _Sizes) -> Row:
    """Two workers beside one, on programs that each take a few runs."""
    problem, count = _squares(10), sizes.fresh
    with Judge(workers=1, batches=False, speed=1.0) as one, Judge(workers=2, batches=False, speed=1.0) as two:
        for judge in (one, two):
            _accepted(judge, problem, 4)
        ours, theirs = _in_turns(sizes.rounds, lambda: _accepted(two, problem, count // 5), lambda: _accepted(one, problem, count // 5))
    return Row("cores2.scaling", _ratio([1 / seconds for seconds in ours], [1 / seconds for seconds in theirs]), "x", 1.7)


def _in_turns(rounds: int, ours: Callable[[], float], theirs: Callable[[], float]) -> tuple[list[float], list[float]]:
    """Seconds of both sides, round by round; each goes first in every other round."""
    pairs = []
    for place in range(rounds):
        first, second = (ours, theirs) if place % 2 else (theirs, ours)
        early, late = first(), second()
        pairs.append((early, late) if place % 2 else (late, early))
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=True))


def _squares(count: int) -> CodeProblem:
    return CodeProblem("square", "", tuple(StdinTest(f"{number}\n", f"{number * number}\n") for number in range(count)))


def _accepted(judge: Judge, problem: CodeProblem, times: int) -> float:
    """Seconds until so many results are there, all of them accepted."""
    started = time.perf_counter()
    results = [future.result() for future in [judge.submit(problem, SQUARE) for _ in range(times)]]
    seconds = time.perf_counter() - started
    assert all(result.ok for result in results), next(result for result in results if not result.ok)
    return seconds


def _judged_all(judge: Judge, programs: Sequence[Program]) -> float:
    """Seconds for the verdicts on programs, one after the other, all of them accepted."""
    started = time.perf_counter()
    results = [judge.judge(*program) for program in programs]
    seconds = time.perf_counter() - started
    assert all(result.ok for result in results), next(result for result in results if not result.ok)
    return seconds


def _checked_all(ask: Ask, programs: Sequence[Program]) -> float:
    """Seconds that EvalPlus takes for its verdicts on programs, all of them accepted."""
    answer = ask(programs)
    assert all(answer["verdicts"]), answer["verdicts"]
    return float(answer["seconds"])


def _interpreters(count: int) -> float:
    """Seconds for a fresh interpreter for each of so many runs of the same program."""
    command = [sys.executable, "-I", "-S", "-c", SQUARE]
    started = time.perf_counter()
    for number in range(count):
        done = subprocess.run(command, input=b"%d\n" % number, capture_output=True, check=True)
        assert done.stdout == b"%d\n" % (number * number)
    return time.perf_counter() - started


def _programs(count: int) -> list[Program]:
    """The first problems of MBPP that are plain calls, spread over the set, with their golden programs."""
    rows = [row for row in read_problems(MBPP) if isinstance(row.problem, CodeProblem) and not row.problem.prelude]
    plain = [
        (row.problem, row.golden)
        for row in rows
        if isinstance(row.problem, CodeProblem) and row.golden and all(isinstance(test, CallTest) for test in row.problem.tests)
    ]
    return [(replace(problem, compat="evalplus"), golden) for problem, golden in plain[:: max(len(plain) // count, 1)][:count]]


def _for_evalplus(problem: CodeProblem, golden: str) -> dict[str, str | int]:
    calls = [test for test in problem.tests if isinstance(test, CallTest)]
    inputs, expected = repr([list(test.args) for test in calls]), repr([test.output for test in calls])
    return {"dataset": "mbpp", "entry": problem.entry, "code": golden, "inputs": inputs, "expected": expected, "atol": 0}


@contextmanager
def _evalplus(kind: str) -> Iterator[Ask]:
    """EvalPlus's checker in a process of its own, which is asked for its verdicts on programs and the seconds they took."""
    with subprocess.Popen([PEER, CHECK, kind], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        asked, answers = process.stdin, process.stdout

        def ask(programs: Sequence[Program]) -> dict[str, Any]:
            print(json.dumps({"programs": [_for_evalplus(*program) for program in programs]}), file=asked, flush=True)
            return json.loads(answers.readline())

        yield ask
        process.stdin.close()
