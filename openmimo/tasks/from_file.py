"""Problem sets of users and of the public as tasks: GSM8K, MATH, MBPP, HumanEval, verl, reasoning-gym, and rows of one's own.

`verify/problems.py` recognises a row by its fields and finds its gold answer or its tests. Added
here is what a task has besides: the question in full, the written steps, the level, and a golden
program as an answer. docs/tasks.md has the formats. Knows no family and no model. Read
`checking.py` next for how answers to these tasks are checked.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openmimo.core.errors import InputError
from openmimo.tasks.task import Task
from openmimo.verify.judge.asserts import CASE
from openmimo.verify.judge.fields import BadField
from openmimo.verify.judge.problem import AssertTest, CallTest, CodeProblem
from openmimo.verify.problems import Kind, Row, fields_of, read_problems

CALCULATIONS = re.compile(r"<<[^<>\n]*>>")  # GSM8K writes them for a calculator: 48/2 = <<48/2=24>>24
NUMBERED = re.compile(r"(?:level)?\s*(\d+)", re.IGNORECASE)
NAMED = {"easy": 1, "medium": 2, "hard": 3}


def read_tasks(path: Path, kind: Kind | None = None) -> list[Task]:
    """The tasks of a file (.jsonl, .json, either as .gz, or .parquet), in its order; their family is the file's name.

    Each row is read as `kind`, or else as what its fields say it is. Raises InputError that names
    file, line and field, and what the row has instead.
    """
    family = path.name.split(".")[0]
    tasks = []
    for row in read_problems(path, kind):
        try:
            tasks.append(task_of(family, row))
        except BadField as error:
            raise InputError(f"{path}:{row.line}: {error}", error.fix) from None
    return tasks


def task_of(family: str, row: Row) -> Task:
    """The task of a row, of the family that is named; BadField where the question is missing, or the program is not Python."""
    problem = row.problem
    if not problem.statement.strip():
        raise BadField("problem", f"is missing or no text; {fields_of(row.raw)}", 'give the question as text in "problem"')
    if not isinstance(problem, CodeProblem):
        question = problem.statement.strip()
        return Task(family, _level(row.raw), question, _steps(row.raw, problem.answer), problem.answer, problem.id, given=problem)
    if problem.language != "python":
        raise BadField("language", f"is {problem.language!r}", "leave the row out: the answer to a task is a program in Python")
    # Where tests are cases of a function put before the program, the name of its own function is in the row, or only in MBPP's asserts.
    name = str(row.raw.get("entry_point", CASE)) if problem.entry == CASE else problem.entry
    entry = name if name.isidentifier() and name != CASE else ""
    answer = fenced(row.golden) if row.golden else ""
    return Task(
        family, _level(row.raw), _asked(row.raw, problem, name), _text(row.raw, "steps"), answer, problem.id, entry, problem.tests, problem
    )


def _asked(raw: Mapping[str, Any], problem: CodeProblem, name: str) -> str:
    """The statement of a programming problem; one that does not name its function gets the first test, for nobody could know the name."""
    statement, last = problem.statement.strip(), name.rpartition(".")[2]
    if not last or re.search(rf"\b{re.escape(last)}\b", statement):
        return statement
    test = problem.tests[0]
    if isinstance(raw.get("test_list"), list):
        code = str(raw["test_list"][0])
    elif isinstance(test, CallTest):
        arguments = [*map(repr, test.args), *(f"{key}={value!r}" for key, value in test.kwargs.items())]
        code = f"assert {name}({', '.join(arguments)}) == {test.output!r}"
    else:
        assert isinstance(test, AssertTest), "a program that reads stdin has no name"
        code = test.code
    return f"{statement}\n\nThis must hold:\n\n```python\n{code}\n```"


def _steps(raw: Mapping[str, Any], answer: str) -> str:
    """The written solution, in `steps` or `solution`, or before the #### of an answer, which verl and reasoning-gym keep deeper."""
    answers = (_text(raw, "answer"), _text(_inner(raw, "extra_info"), "answer"), _text(_inner(raw, "metadata"), "answer_cot"))
    for text in (_text(raw, "steps"), _text(raw, "solution"), *(text for text in answers if "####" in text)):
        written = CALCULATIONS.sub("", text.rpartition("####")[0] if "####" in text else text).strip()
        if written and written != answer:
            return written
    return ""


def _level(raw: Mapping[str, Any]) -> int:
    """The level of a row as a number, of "Level 3", 3, 3.0, "3" or "Hard"; 0 where it gives none."""
    for place in (raw, *(_inner(raw, name) for name in ("metadata", "meta", "extra_info"))):
        for value in (place.get("level"), place.get("difficulty")):
            if (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer()):
                return int(value)
            if isinstance(value, str) and (found := NUMBERED.fullmatch(value.strip())):
                return int(found[1])
            if isinstance(value, str) and value.strip().casefold() in NAMED:
                return NAMED[value.strip().casefold()]
    return 0


def fenced(program: str) -> str:
    """A program as the code block of an answer, its fence longer than any run of backticks within."""
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", program))])
    lines = program.replace("\r\n", "\n").strip("\n")
    return f"{fence}python\n{lines}\n{fence}"


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""


def _inner(row: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = row.get(name)
    return value if isinstance(value, Mapping) else {}
