"""The form of a task: a problem with its gold answer and written steps, and a family that makes them.

A family is one module of this folder with a `FAMILY`. The same task serves pre-training
(as a document), SFT (as a dialogue) and evaluation (through `checking.py`). Knows no
tokens and no model. Read `arithmetic.py` next for the plainest family.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from openmimo.verify.judge.problem import CodeProblem, Test
from openmimo.verify.problems import MathProblem


@dataclass(frozen=True)
class Task:
    """One problem that can be checked: by its tests if it has any, or else by comparing with the gold answer."""

    family: str  # or the name of the file that it comes from
    level: int  # 0 where a file gives none
    problem: str  # the question as a person would put it
    steps: str  # the reasoning, written out; goes between <think> and </think>
    answer: str  # the bare gold answer, e.g. "12", "3/4", "[1, 2]"
    phrasing: str  # the id of the template the question was put with, e.g. "percent.of.3", or that of the row in its file
    entry: str = ""  # the function that an answer must define
    tests: tuple[Test, ...] = ()  # those of families are calls with plain values that JSON holds, too
    given: MathProblem | CodeProblem | None = None  # what a file says; answers are then checked as it says, and by no family


def same_text(gold: str, answer: str) -> bool:
    """Whether two bare answers are the same but for outer space and case."""
    return gold.strip().casefold() == answer.strip().casefold()


@dataclass(frozen=True)
class Phrasings:
    """Ways to put one question; the `held_out` ones are never trained on, only measured with.

    Each is a `str.format` template; `kind` is unique over all families.
    """

    kind: str
    trained: tuple[str, ...]
    held_out: tuple[str, ...]

    def put(self, rng: random.Random, held_out: bool, **parts: object) -> tuple[str, str]:
        """A question in words, and the id of the template it was put with."""
        templates = self.held_out if held_out else self.trained
        index = rng.randrange(len(templates))
        place = "held" if held_out else "trained"
        return templates[index].format(**parts), f"{self.kind}.{place}.{index}"


@dataclass(frozen=True)
class Family:
    """A source of endless tasks of one kind.

    `make(rng, level, held_out)` gives one task, the same for the same random state.
    `levels` are the levels there are, 1 the easiest. `check(gold, answer)` accepts any
    right form of the answer and nothing else; it is None where the tasks have tests, and
    `checking.py` is the one way to check either. `phrasings` are all its templates.
    """

    name: str
    about: str
    levels: tuple[int, ...]
    make: Callable[[random.Random, int, bool], Task]
    check: Callable[[str, str], bool] | None = same_text
    phrasings: tuple[Phrasings, ...] = field(default=())
