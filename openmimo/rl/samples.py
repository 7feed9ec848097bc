"""Every answer of a run: `samples.jsonl`, with what became of it. The file is put aside when it is large, and a new one begun.

Lines are those of the run's page (`core/report/samples.py`) with more fields: tokens, log-probabilities, fate, times in seconds
from the beginning of the step. Knows no rewards and no scheduler.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from openmimo.core.errors import OpenMimoError
from openmimo.core.files import write_text
from openmimo.core.lines import Lines, read_lines
from openmimo.rl.problem_set import Problem
from openmimo.rollout.record import Sample
from openmimo.text.reasoning import parse

LIMIT = 16 << 20  # bytes; the page of a run reads the newest file alone
DIGITS = 6  # of a log-probability


class Samples:
    """The files of a run's folder: `samples.jsonl` is the newest, `samples-1.jsonl` the oldest of those put aside."""

    def __init__(self, folder: Path, limit: int = LIMIT):
        self._folder, self._limit = folder, limit
        self._path = folder / "samples.jsonl"

    def files(self) -> list[Path]:
        """All that there are, oldest first."""
        aside = sorted(self._folder.glob("samples-*.jsonl"), key=lambda path: int(path.stem.partition("-")[2]))
        return [*aside, self._path] if self._path.exists() else aside

    def append(self, lines: Iterable[dict[str, Any]]) -> None:
        """Add the lines of a step. Raises `OpenMimoError` where the disk is full."""
        if self._path.exists() and self._path.stat().st_size > self._limit:
            self._put_aside()
        with Lines(self._path) as file:
            for line in lines:
                file.append(line)

    def truncate(self, step: int) -> None:
        """Drop the lines of steps after `step`, which will be done again, and one that a killed process left half written."""
        for path in reversed(self.files()):
            lines = read_lines(path)
            kept = [line for line in lines if line["step"] <= step]
            if kept:
                write_text(path, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in kept))
                return  # files before it are of earlier steps
            path.unlink()

    def _put_aside(self) -> None:
        number = len(self.files())
        try:
            self._path.rename(self._folder / f"samples-{number}.jsonl")
        except OSError as error:
            raise OpenMimoError(f"cannot write {self._path}: {error.strerror or error}", "see that the folder may be written to") from error


def line_of(sample: Sample, problem: Problem, text: str, step: int) -> dict[str, Any]:
    """An answer as a line; `verdict` is None where there is none, and `reason` says why: of the verdict, or what became of the group."""
    record, said, verdict = sample.as_json(), parse(text), sample.verdict
    return {
        "step": step,
        "problem": problem.question,
        "name": sample.problem,
        "family": problem.task.family if problem.task else "",
        "level": problem.task.level if problem.task else None,
        "reasoning": said.reasoning,
        "answer": said.answer,
        "gold": problem.task.answer if problem.task else "",
        "verdict": verdict.kind if verdict else None,
        "score": verdict.score if verdict else None,
        "reason": verdict.reason if verdict else sample.fate,
        "judge_ms": verdict.ms if verdict else None,
        **{name: record[name] for name in ("fate", "group", "sample", "seed", "ending", "launched", "ended", "judged", "prompt", "ids")},
        "logprobs": [round(logprob, DIGITS) for logprob in record["logprobs"]],
        "forced": record["forced"],
    }
