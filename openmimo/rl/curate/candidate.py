"""A row of a file of problems on its way through the filters."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openmimo.tasks.from_file import task_of
from openmimo.tasks.task import Task
from openmimo.verify.judge.fields import BadField
from openmimo.verify.problems import Row, scan_problems
from openmimo.verify.row_files import Broken


@dataclass(frozen=True)
class Candidate:
    """A problem with the row it comes from; `name` is unique in its file."""

    row: Row
    task: Task

    @property
    def line(self) -> int:
        """Where it stands in its file, from 1."""
        return self.row.line

    @property
    def name(self) -> str:
        """Its id and its line: an id may stand twice."""
        return f"{self.row.problem.id}@{self.row.line}"

    @property
    def statement(self) -> str:
        """What is asked."""
        return self.task.problem


def read_candidates(path: Path) -> tuple[list[Candidate], dict[int, str]]:
    """The problems of a file in its order, and by line what is wrong with rows that are none. `InputError` is for the file as a whole."""
    found, broken = list[Candidate](), dict[int, str]()
    family = path.name.split(".")[0]
    for row in scan_problems(path):
        if isinstance(row, Broken):
            broken[row.line] = row.problem
            continue
        try:
            found.append(Candidate(row, task_of(family, row)))
        except BadField as error:
            broken[row.line] = str(error)
    return found, broken


def digest(candidates: list[Candidate]) -> str:
    """Of all rows, so that a run is gone on with only where its file is the same."""
    rows: list[Any] = [[one.line, one.row.raw] for one in candidates]
    return hashlib.sha256(json.dumps(rows, default=str).encode()).hexdigest()[:16]
