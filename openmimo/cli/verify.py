"""`openmimo verify`: whether mathematical answers are right, by which layer, and why."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from openmimo.core.errors import InputError

if TYPE_CHECKING:
    from openmimo.verify.math.verifier import MathVerifier
    from openmimo.verify.verdict import Verdict

AHEAD = 64  # rows that are judged at the same time


def main(
    sides: Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(name="sides", metavar="GOLD ANSWER")] = (),
    question: str = "",
    policy: Literal["reward", "eval"] = "reward",
    file: Path | None = None,
    json_: Annotated[bool, tyro.conf.arg(name="json")] = False,
) -> int:
    """Whether an answer is the gold one. Exit code 0 if it is right, 1 if not.

    Try:
        openmimo verify '\\frac{1}{2}' '0.5'
        openmimo verify '$\\pi/2$' 'So the angle is \\boxed{pi/2}.' --json
        cat answer.txt | openmimo verify 42 -
        openmimo verify --file pairs.jsonl > verdicts.jsonl

    Args:
        sides: The gold answer, and the model's text or a bare answer; - reads that from stdin.
        question: What was asked, if it is at hand: an answer that only says it back is wrong.
        policy: reward: what cannot be shown to be right is wrong. eval: the verdicts of math-verify.
        file: A JSONL file of rows with `gold`, `answer` and, if it is there, `question`; one JSON verdict a line, the count on stderr.
        json_: Print the verdict as one JSON object.
    """
    from openmimo.verify.math.verifier import MathVerifier

    if len(sides) != (2 if file is None else 0):
        raise InputError("verify takes a gold answer and an answer, or --file", "openmimo verify GOLD ANSWER")
    with MathVerifier(policy) as verifier:
        if file is not None:
            return _whole_file(verifier, file)
        gold, answer = sides
        verdict = verifier.verify(gold, sys.stdin.read() if answer == "-" else answer, question)
    print(json.dumps(verdict.as_json()) if json_ else _told(verdict))
    return 0 if verdict.ok else 1


def _told(verdict: "Verdict") -> str:
    return f"{verdict.kind}  {verdict.reason}  [{verdict.layer}, {verdict.ms:.1f} ms]\n  gold    {verdict.gold}\n  answer  {verdict.answer}"


def _whole_file(verifier: "MathVerifier", path: Path) -> int:
    """Judge each row, in order, several at a time; 0 if all are right."""
    from collections import deque

    from openmimo.verify.verdict import Tally

    verdicts, waiting = [], deque[Any]()
    rows = _rows(path)
    for row in rows:
        waiting.append(verifier.submit(*row))
        if len(waiting) >= AHEAD:
            verdicts.append(_printed(waiting.popleft().result()))
    while waiting:
        verdicts.append(_printed(waiting.popleft().result()))
    tally = Tally.of(verdicts)
    print(", ".join(f"{count} {kind}" for kind, count in sorted(tally.kinds.items())) or "no rows", file=sys.stderr)
    if tally.alarm:
        print(f"openmimo verify: {tally.alarm}", file=sys.stderr)
    return 0 if all(verdict.ok for verdict in verdicts) else 1


def _printed(verdict: "Verdict") -> "Verdict":
    print(json.dumps(verdict.as_json()), flush=True)
    return verdict


def _rows(path: Path) -> Iterator[tuple[str, str, str]]:
    try:
        with path.open(encoding="utf-8") as lines:
            for place, line in enumerate(lines, 1):
                if line.strip():
                    yield _row(path, place, line)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", "give a JSONL file with rows of gold and answer") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is no UTF-8 text", "give a JSONL file with rows of gold and answer") from error


def _row(path: Path, place: int, line: str) -> tuple[str, str, str]:
    """The gold answer, the answer and the question, which may be empty."""
    try:
        row = json.loads(line)
    except ValueError as error:
        raise InputError(f"{path}, line {place}: no JSON ({error})", "each line is one JSON object") from error
    if not isinstance(row, dict):
        raise InputError(f"{path}, line {place}: no JSON object", 'each line is like {"gold": "42", "answer": "..."}')
    for field in ("gold", "answer"):
        if not isinstance(row.get(field), str):
            raise InputError(f"{path}, line {place}: {field!r} must be a text", 'each line is like {"gold": "42", "answer": "..."}')
    question = row.get("question", "")
    return row["gold"], row["answer"], question if isinstance(question, str) else ""
