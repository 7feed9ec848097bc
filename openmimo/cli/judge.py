"""`openmimo judge`: one program against the tests of one problem, test by test."""

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from openmimo.core.errors import InputError

if TYPE_CHECKING:
    from openmimo.verify.judge.problem import CodeProblem
    from openmimo.verify.judge.result import JudgeResult


def main(
    program: tyro.conf.Positional[str],
    cases: tyro.conf.Positional[Path],
    row: int | None = None,
    id_: Annotated[str, tyro.conf.arg(name="id")] = "",
    compat: Literal["lcb", "evalplus"] | None = None,
    cpu: float | None = None,
    memory: int | None = None,
    stop: Literal["never", "test", "group"] = "never",
    unsafe: bool = False,
    json_: Annotated[bool, tyro.conf.arg(name="json")] = False,
) -> int:
    """Run a program against tests in a sandbox. Exits with 0 if it is accepted, and with 1 if not.

    Try:
        openmimo judge answer.py cases.jsonl
        openmimo judge answer.cpp folder/        # with 1.in and 1.out, 2.in and 2.out, ...
        openmimo judge - HumanEval.jsonl.gz --id HumanEval/0 < answer.py

    Args:
        program: The program: a file .py or .cpp, or - for Python on stdin.
        cases: A file of problems (JSON Lines, also .gz), or a folder of .in and .out files.
        row: Take the problem in this line of the file.
        id_: Take the problem with this id.
        compat: Accept what LiveCodeBench or EvalPlus accepts, for scores that compare with theirs.
        cpu: CPU seconds for a test, in place of the problem's own.
        memory: Megabytes for a test, in place of the problem's own.
        stop: Go on after a failing test, end at the first, or after the first group with one.
        unsafe: Go on where nothing can be confined. The program then has all your rights.
        json_: Print one JSON object instead of a table.
    """
    from openmimo.verify.judge.judge import Judge

    problem = _changed(_problem(cases, row, id_), program, compat, cpu, memory)
    code = _read(program)
    if unsafe:
        print("openmimo judge: --unsafe: where this machine cannot confine the program, it runs with all your rights", file=sys.stderr)
    with Judge(workers=1, unsafe=unsafe) as judge:
        result = judge.judge(problem, code, stop)
    print(json.dumps({"id": problem.id, **result.as_json()}) if json_ else _table(problem, result))
    return 0 if result.ok else 1


def _read(program: str) -> str:
    try:
        return sys.stdin.read() if program == "-" else Path(program).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the program {program} cannot be read: {error}", "give a file .py or .cpp, or - for Python on stdin") from None


def _problem(cases: Path, row: int | None, name: str) -> "CodeProblem":
    from openmimo.verify.judge.problem import CodeProblem
    from openmimo.verify.problems import read_problems

    if cases.is_dir():
        return _folder(cases)
    rows = [found for found in read_problems(cases) if (row is None or found.line == row) and (not name or found.problem.id == name)]
    if not rows:
        raise InputError(f"{cases} has no such problem", "name one by --row LINE or --id ID")
    if len(rows) > 1:
        raise InputError(f"{cases} has {len(rows)} problems", f"name one by --row LINE or --id ID, as --id {rows[0].problem.id}")
    if not isinstance(rows[0].problem, CodeProblem):
        raise InputError(
            f"{cases}:{rows[0].line} is no code problem", "give it tests; mathematical answers are judged by `openmimo verify`"
        )
    return rows[0].problem


def _folder(folder: Path) -> "CodeProblem":
    """The pairs of .in and .out (or .ans) files of a folder, in the order of the numbers in their names."""
    from openmimo.verify.judge.problem import CodeProblem, StdinTest

    tests = []
    for given in sorted(
        folder.glob("*.in"), key=lambda path: [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", path.stem)]
    ):
        due = next((path for path in (given.with_suffix(".out"), given.with_suffix(".ans")) if path.exists()), None)
        if due is None:
            raise InputError(f"{given} has no output beside it", f"add {given.with_suffix('.out').name}")
        tests.append(StdinTest(_text(given), _text(due)))
    if not tests:
        raise InputError(f"{folder} holds no tests", "put 1.in and 1.out, 2.in and 2.out, ... into it")
    return CodeProblem(folder.name, "", tuple(tests))


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "surrogateescape")


def _changed(
    problem: "CodeProblem", program: str, compat: Literal["lcb", "evalplus"] | None, cpu: float | None, memory: int | None
) -> "CodeProblem":
    """The problem with what the command line says otherwise."""
    limits = problem.limits
    for name, value in (("cpu", cpu), ("memory", memory)):
        if value is not None and value <= 0:
            raise InputError(f"--{name} must be positive, not {value}")
    limits = replace(limits, cpu=cpu or limits.cpu, memory=memory * 2**20 if memory else limits.memory)
    language: Literal["python", "cpp"] = "cpp" if Path(program).suffix in (".cpp", ".cc", ".cxx") else problem.language
    if language == "cpp" and problem.entry:
        raise InputError(f"the problem calls a function, {problem.entry}, and {program} is C++", "give a Python program")
    return replace(problem, limits=limits, language=language, compat=compat or problem.compat)


def _table(problem: "CodeProblem", result: "JudgeResult") -> str:
    groups: Sequence[int] = [test.group for test in problem.tests]
    many = len(set(groups)) > 1
    lines = [f"{'test':>5} {'group ' if many else ''}result     cpu   memory  detail"]
    for place, (test, group) in enumerate(zip(result.tests, groups, strict=True), 1):
        memory = f"{test.memory / 2**20:.0f} MiB" if test.memory else "-"
        lines.append(
            f"{place:>5} {f'{group:>5} ' if many else ''}{test.outcome:6} {test.cpu * 1000:5.0f} ms {memory:>8}  {test.detail}".rstrip()
        )
    passed = sum(result.passed)
    return "\n".join([*lines, f"{result.outcome}: {passed} of {len(result.tests)} tests passed in {result.ms:.0f} ms"])
