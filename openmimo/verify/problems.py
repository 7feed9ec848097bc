"""Files of problems, mathematical and programming, with their gold answers and golden programs.

Each row is read by what it holds: tests make it a code problem (`judge/formats.py` has the formats),
an answer makes it a mathematical one. Mathematical rows have `problem`, `question`, `prompt` or
`input`, and `answer`, `gold`, `target`, `ground_truth`, `solution` or verl's
`reward_model.ground_truth`: with `#### 72` the answer is what follows it, with `\\boxed{72}` what is in
the last box. Knows no verifier, and no files but through `row_files.py`. `tasks/from_file.py` makes tasks of them.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from openmimo.core.errors import InputError
from openmimo.verify.judge.fields import BadField, first_text
from openmimo.verify.judge.formats import code_row
from openmimo.verify.judge.problem import CodeProblem
from openmimo.verify.row_files import Broken, rows_of

Kind = Literal["math", "code"]

_BODIES = ("body", "Body")  # SVAMP and ASDiv tell the story here, and ask in `question`
_QUESTIONS = ("problem", "Problem", "question", "Question", "prompt", "query", "input", "statement")
_ANSWERS = ("answer", "Answer", "gold", "target", "ground_truth", "final_answer")
_SHOWN = 12
_FIX = 'give a code problem "tests", or a mathematical one "problem" and "answer"'


@dataclass(frozen=True)
class MathProblem:
    """A question and its gold answer, as text."""

    id: str
    statement: str
    answer: str


@dataclass(frozen=True)
class Row:
    """A problem as it stands in a file: `golden` is its gold answer, or its golden program in full, and None without one; `raw` is the row itself."""

    problem: MathProblem | CodeProblem
    golden: str | None
    line: int
    raw: dict[str, Any]


def read_problems(path: Path, kind: Kind | None = None) -> list[Row]:
    """All problems of a file, in its order, read as `kind` or else as what each row is. Raises InputError that names file, line and field."""
    rows = []
    for row in scan_problems(path, kind):
        if isinstance(row, Broken):
            raise InputError(f"{path}:{row.line}: {row.problem}", row.fix)
        rows.append(row)
    return rows


def scan_problems(path: Path, kind: Kind | None = None) -> list[Row | Broken]:
    """All rows of a file, in its order, those that are broken among them; an InputError is for the file as a whole."""
    rows = [raw if isinstance(raw, Broken) else _row(path, line, raw, kind) for line, raw in rows_of(path)]
    if not rows:
        raise InputError(f"{path} holds no problems", _FIX)
    return rows


def fields_of(raw: dict[str, Any]) -> str:
    """The fields in which a row has something, in words, for the reader of an error."""
    names = [name for name, value in raw.items() if value is not None]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"the row has {', '.join(names[:_SHOWN]) or 'nothing'}{more}"


def read_row(raw: dict[str, Any], line: int, name: str, kind: Kind | None = None) -> Row:
    """One row as `kind`, or else as what it is; where it has no id, that is the `name` of its set with its line. Raises BadField."""
    found = None if kind == "math" else code_row(raw)
    if found is None and kind == "code":
        raise BadField("tests", f"is missing; {fields_of(raw)}", 'give "tests", and "entry" if they call a function')
    problem, golden = found or _math(raw)
    if not problem.id:
        problem = replace(problem, id=f"{name}/{line}")
    return Row(problem, golden, line, raw)


def _row(path: Path, line: int, raw: Any, kind: Kind | None) -> Row | Broken:
    if not isinstance(raw, dict):
        return Broken(line, f"a row must be an object, not {type(raw).__name__}", "write one {...} a line")
    try:
        return read_row(raw, line, path.name.split(".")[0], kind)
    except BadField as error:
        return Broken(line, str(error), error.fix)


def _math(raw: dict[str, Any]) -> tuple[MathProblem, str]:
    statement = first_text(raw, *_QUESTIONS)
    if isinstance(raw.get("prompt"), list) and raw["prompt"] and isinstance(raw["prompt"][-1], dict):
        statement = first_text(raw["prompt"][-1], "content")
    if body := first_text(raw, *_BODIES):
        statement = f"{body} {statement}"
    field, given = _answer(raw)
    if given is None:
        raise BadField(field, f"is missing, and there are no tests; {fields_of(raw)}", _FIX)
    answer = _final(given)
    if field == "solution" and answer == given:
        raise BadField(field, "ends in no answer", 'mark it as \\boxed{72} or #### 72, or add an "answer"')
    if not answer.strip():
        raise BadField(field, "has an empty answer", "give the gold answer")
    name = next((str(raw[key]) for key in ("id", "task_id", "ID", "idx") if isinstance(raw.get(key), str | int)), "")
    return MathProblem(name, statement, answer), answer


def _answer(raw: dict[str, Any]) -> tuple[str, str | None]:
    """The field that holds the answer, and its text; whole numbers lose the .0 that tables give them."""
    names: tuple[str, ...] = (*_ANSWERS, "solution")
    place = ""
    if isinstance(raw.get("reward_model"), dict):
        raw, names, place = raw["reward_model"], ("ground_truth",), "reward_model."
    for name in names:
        value = raw.get(name)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return place + name, str(value)
        if value is not None:
            raise BadField(
                place + name, f"must be text or a number, not {json.dumps(value, default=str)[:40]}", "give the gold answer as text"
            )
    return place + names[0], None


def _final(text: str) -> str:
    """What is marked as the answer in a text, or the text itself."""
    if "####" in text:
        return text.rpartition("####")[2].strip()
    start = text.rfind("\\boxed{")
    if start < 0:
        return text.strip()
    place, depth = start + len("\\boxed{"), 1
    while place < len(text) and depth:
        # A brace that is written, as in \\{1, 2\\}, has a partner that is written, too.
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        place += 1
    return text[start + len("\\boxed{") : place - 1].strip() if not depth else text.strip()
