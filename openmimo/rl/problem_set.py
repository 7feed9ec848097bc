"""What is trained on: problems of families at their levels, or of a file, and others of the same kind that are held out.

Knows no model and no verdicts. Nothing that is trained on is asked by `openmimo eval`, or held out here. Read `rewards.py` for how
an answer to a problem is judged.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

import numpy as np

from openmimo.core.errors import ConfigError, InputError
from openmimo.eval.heldout import heldout_tasks
from openmimo.rl.config import RLConfig
from openmimo.tasks.families import family_of, make_task
from openmimo.tasks.from_file import task_of
from openmimo.tasks.task import Task
from openmimo.text.grams import words
from openmimo.verify.judge.fields import BadField
from openmimo.verify.problems import read_row
from openmimo.verify.row_files import Broken, rows_of
from openmimo.verify.user.calls import PROMPTS

SEEDS = 1_000_000  # of tasks, for each split
MEASURED = 200  # tasks of a family and level that `openmimo eval` may ask
TRIES = 4  # tasks made for each one wanted; families repeat themselves on their easiest levels
HELD_OUT = 10  # one problem of so many of a file is held out

Kind = tuple[str, int]
"""A family and a level."""


class Split(IntEnum):
    """Tasks of one split come from seeds of their own."""

    TRAINING = 0
    CHOICE = 1
    VALIDATION = 2


@dataclass(frozen=True)
class Problem:
    """A problem under a name that no other of its set has.

    `messages` are put to the model. `task` is what the answer is checked by, None where reward code of a user does that, which
    gets the `row` of the file.
    """

    name: str
    messages: tuple[Mapping[str, Any], ...]
    task: Task | None = None
    row: Mapping[str, Any] = field(default_factory=dict)

    @property
    def question(self) -> str:
        """What is asked, for a reader."""
        return str(self.messages[-1]["content"])

    @property
    def domain(self) -> str:
        """What a mixture goes by: the family; of a file the row's `domain` or verl's `data_source`, else code where it has tests, and math."""
        if self.task and not self.task.given:
            return self.task.family
        named = next((self.row[column] for column in ("domain", "data_source") if isinstance(self.row.get(column), str)), "")
        return named or ("code" if self.task and self.task.tests else "math")


@dataclass(frozen=True)
class ProblemSet:
    """Problems to train on, in the order that `easy_pool.Pools` numbers them by, and those held out for validation."""

    training: tuple[Problem, ...]
    held_out: tuple[Problem, ...]
    _places: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.training:
            raise InputError("there are no problems to train on", "give more, or hold fewer out")

        object.__setattr__(self, "_places", {problem.name: place for place, problem in enumerate(self.training)})

    def place(self, name: str) -> int:
        """The number of the problem to train on that has this name."""
        return self._places[name]

    def named(self, name: str) -> Problem:
        """The problem to train on that has this name."""
        return self.training[self._places[name]]

    @property
    def digest(self) -> str:
        """Of what is trained on: names and questions, not golds, so that a wrong one can be put right."""
        text = json.dumps([[problem.name, *map(dict, problem.messages)] for problem in self.training], default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def kinds(families: Sequence[str], levels: Sequence[int]) -> list[Kind]:
    """The families with their levels, of `levels` only if any are named; `InputError` for a family that is not or has none of them."""
    found = []
    for family in map(family_of, families):
        among = [level for level in family.levels if not levels or level in levels]
        if not among:
            raise InputError(f"{family.name} has no level of {list(levels)}", f"choose from {', '.join(map(str, family.levels))}")
        found += [(family.name, level) for level in among]
    return found


def of_families(chosen: Sequence[Kind], each: int, held_out: int) -> ProblemSet:
    """`each` problems of every kind, fewer where it has not so many, and `held_out` of all kinds in turn."""
    measured = {_plain(task.problem) for kind in chosen for task in _measured(kind)}
    most = -(-held_out // len(chosen))
    apart = [of_kind(kind, most, Split.VALIDATION) for kind in chosen]
    known = measured.union(_plain(problem.question) for problems in apart for problem in problems)
    training = tuple(problem for kind in chosen for problem in of_kind(kind, each, Split.TRAINING, known))
    in_turn = (problem for turn in zip_longest(*apart) for problem in turn if problem)
    return ProblemSet(training, tuple(islice(in_turn, held_out)))


def of_kind(kind: Kind, wanted: int, split: Split, known: Iterable[str] = ()) -> list[Problem]:
    """Up to `wanted` different problems of a kind, none with the words of a `known` question."""
    found, seen = list[Problem](), set(known)
    for seed in range(split * SEEDS, split * SEEDS + TRIES * wanted):
        problem = of_seed(kind, seed)
        if len(found) < wanted and (plain := _plain(problem.question)) not in seen:
            seen.add(plain)
            found.append(problem)
    return found


def of_seed(kind: Kind, seed: int) -> Problem:
    """The problem of a kind that comes from a seed."""
    task = make_task(*kind, seed)
    return Problem(f"{task.family}/{task.level}/{seed}", _asked(task.problem), task)


def of_file(config: RLConfig) -> ProblemSet:
    """The problems of the config's file and those held out: of a file of their own, or else one in ten.

    Raises `InputError` that names file, line and field of a row that cannot be used.
    """
    problems = _read(Path(config.problems), bool(config.reward))
    if not config.validate_every:
        return ProblemSet(tuple(problems), ())
    if config.validation:
        apart = _read(Path(config.validation), bool(config.reward))
        asked = {_plain(problem.question) for problem in apart}
        if both := next((problem for problem in problems if _plain(problem.question) in asked), None):
            raise ConfigError(
                "validation", f"{both.name} is in {config.problems}, too", "what is trained on shows nothing; take it out there"
            )
        return ProblemSet(tuple(problems), tuple(apart[: config.validation_problems]))
    held = min(len(problems) // HELD_OUT, config.validation_problems)
    places = set(np.random.default_rng(config.training.seed).permutation(len(problems))[:held].tolist())
    training = tuple(problem for place, problem in enumerate(problems) if place not in places)
    return ProblemSet(training, tuple(problems[place] for place in sorted(places)))


def _read(path: Path, with_reward: bool) -> list[Problem]:
    name = path.name.split(".")[0]
    found, names = list[Problem](), Counter[str]()
    for line, raw in rows_of(path):
        if isinstance(raw, Broken):
            raise InputError(f"{path}:{line}: {raw.problem}", raw.fix)
        if not isinstance(raw, dict):
            raise InputError(f"{path}:{line}: a row must be an object, not {type(raw).__name__}", "write one {...} a line")
        try:
            problem = _for_reward(raw, line, name) if with_reward else _for_verifier(raw, line, name)
        except BadField as error:
            raise InputError(f"{path}:{line}: {error}", error.fix) from None
        names[problem.name] += 1
        again = f"{problem.name}#{names[problem.name]}" if names[problem.name] > 1 else problem.name
        found.append(Problem(again, problem.messages, problem.task, problem.row))
    if not found:
        raise InputError(f"{path} holds no problems", 'give rows such as {"problem": "What is 2 + 3?", "answer": "5"}')
    return found


def _for_verifier(raw: dict[str, Any], line: int, name: str) -> Problem:
    row = read_row(raw, line, name)
    task = task_of(name, row)
    return Problem(row.problem.id, _asked(task.problem), task, raw)


def _for_reward(raw: dict[str, Any], line: int, name: str) -> Problem:
    """A row as reward code has it: any columns, of which only the prompt is read here, as a text or as messages."""
    prompt = next((raw[column] for column in PROMPTS if raw.get(column)), None)
    own = next((str(raw[column]) for column in ("id", "task_id") if isinstance(raw.get(column), str | int)), f"{name}/{line}")
    if isinstance(prompt, str) and prompt.strip():
        return Problem(own, _asked(prompt), row=raw)
    if isinstance(prompt, list) and prompt and all(isinstance(one, dict) and "content" in one for one in prompt):
        return Problem(own, tuple(prompt), row=raw)
    raise BadField("prompt", "is missing, or neither text nor messages", f"give the question in one of {', '.join(PROMPTS)}")


def _asked(question: str) -> tuple[Mapping[str, Any], ...]:
    return ({"role": "user", "content": question},)


def _measured(kind: Kind) -> Iterable[Task]:
    family, level = family_of(kind[0]), kind[1]
    return [task for held_out in (False, True) for task in heldout_tasks(family, level, MEASURED, held_out)]


def _plain(question: str) -> str:
    """The words of a question alone."""
    return " ".join(words(question)) or question
