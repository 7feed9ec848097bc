"""Files of problems, mathematical and programming, with their gold answers and golden programs.

JSON Lines (`.jsonl`), also compressed (`.jsonl.gz`), or one JSON list or object (`.json`, `.json.gz`).
Each row is read by what it holds: tests make it a code problem (`judge/formats.py` has the formats),
an answer makes it a mathematical one. Mathematical rows have `problem`, `question`, `prompt` or
`input`, and `answer`, `gold`, `target`, `ground_truth`, `solution` or verl's
`reward_model.ground_truth`: with `#### 72` the answer is what follows it, with `\\boxed{72}` what is in
the last box. Knows no verifier.
"""

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from openmimo.core.errors import InputError
from openmimo.verify.judge.fields import BadField, first_text
from openmimo.verify.judge.formats import code_row
from openmimo.verify.judge.problem import CodeProblem

_QUESTIONS = ("problem", "question", "Question", "prompt", "query", "input", "statement")
_ANSWERS = ("answer", "Answer", "gold", "target", "ground_truth", "final_answer")
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


@dataclass(frozen=True)
class Broken:
    """A row that holds no problem: its line, what is wrong with it, and the fix."""

    line: int
    problem: str
    fix: str


def read_problems(path: Path) -> list[Row]:
    """All problems of a file, in its order. Raises InputError that names file, line and field."""
    rows = []
    for row in scan_problems(path):
        if isinstance(row, Broken):
            raise InputError(f"{path}:{row.line}: {row.problem}", row.fix)
        rows.append(row)
    return rows


def scan_problems(path: Path) -> list[Row | Broken]:
    """All rows of a file, in its order, those that are broken among them; an InputError is for the file as a whole."""
    rows = [raw if isinstance(raw, Broken) else _row(path, line, raw) for line, raw in _rows(path)]
    if not rows:
        raise InputError(f"{path} holds no problems", _FIX)
    return rows


def _row(path: Path, line: int, raw: Any) -> Row | Broken:
    if not isinstance(raw, dict):
        return Broken(line, f"a row must be an object, not {type(raw).__name__}", "write one {...} a line")
    try:
        found = code_row(raw)
        problem, golden = found or _math(raw)
    except BadField as error:
        return Broken(line, str(error), error.fix)
    if not problem.id:
        problem = replace(problem, id=f"{path.name.split('.')[0]}/{line}")
    return Row(problem, golden, line, raw)


def _math(raw: dict[str, Any]) -> tuple[MathProblem, str]:
    statement = first_text(raw, *_QUESTIONS)
    if isinstance(raw.get("prompt"), list) and raw["prompt"] and isinstance(raw["prompt"][-1], dict):
        statement = first_text(raw["prompt"][-1], "content")
    field, given = _answer(raw)
    if given is None:
        raise BadField("answer", "is missing, and there are no tests", _FIX)
    answer = _final(given)
    if field == "solution" and answer == given:
        raise BadField(field, "ends in no answer", 'mark it as \\boxed{72} or #### 72, or add an "answer"')
    if not answer.strip():
        raise BadField(field, "has an empty answer", "give the gold answer")
    name = next((str(raw[key]) for key in ("id", "task_id", "ID", "idx") if isinstance(raw.get(key), str | int)), "")
    return MathProblem(name, statement, answer), answer


def _answer(raw: dict[str, Any]) -> tuple[str, str | None]:
    """The field that holds the answer, and its text; whole numbers lose the .0 that tables give them."""
    if isinstance(raw.get("reward_model"), dict):
        raw = {"answer": raw["reward_model"].get("ground_truth")}
    for name in (*_ANSWERS, "solution"):
        value = raw.get(name)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return name, str(value)
        if value is not None:
            raise BadField(name, f"must be text or a number, not {json.dumps(value)[:40]}", "give the gold answer as text")
    return "answer", None


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


def _rows(path: Path) -> Iterator[tuple[int, Any]]:
    text = _text(path)
    if path.name.removesuffix(".gz").endswith(".json"):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path} is no JSON: {error}", "give one list or object, or name a file of JSON Lines .jsonl") from None
        yield from enumerate(found if isinstance(found, list) else [found], 1)
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as error:
                yield number, Broken(number, f"no JSON: {error}", "write one JSON object a line")


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
        return (gzip.decompress(data) if path.name.endswith(".gz") else data).decode("utf-8")
    except FileNotFoundError:
        raise InputError(f"there is no file {path}", "give the path of a .jsonl file") from None
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}", "give a file of JSON Lines in UTF-8, or one compressed by gzip") from None
