"""Accuracy on tasks a model has not seen, family by family and level by level, with intervals.

The tasks come from seeds of their own; with `held_out` their phrasings, too, were never
trained on. Greedy, one answer a task. Knows no files and no printing.
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from openmimo.core.errors import OpenMimoError
from openmimo.engine.session import Session
from openmimo.tasks.checking import Checker
from openmimo.tasks.families import family_of
from openmimo.tasks.task import Family, Task
from openmimo.text.reasoning import parse

SEED = 1_000_003  # far from the seeds of training
Z = 1.96  # of a 95 % interval


@dataclass(frozen=True)
class Score:
    """How many of `asked` tasks were `right`, and how many answers ended by themselves."""

    family: str
    level: int
    held_out_phrasings: bool
    asked: int
    right: int
    ended: int

    @property
    def accuracy(self) -> float:
        return self.right / self.asked

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % Wilson interval of the accuracy."""
        n, p = self.asked, self.accuracy
        middle, half = p + Z * Z / (2 * n), Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        return max(0.0, (middle - half) / (1 + Z * Z / n)), min(1.0, (middle + half) / (1 + Z * Z / n))


def heldout_tasks(family: Family, level: int, count: int, held_out_phrasings: bool) -> list[Task]:
    """The measured tasks of a family and level: always the same ones."""
    rng = random.Random(f"{SEED}/{family.name}/{level}/{held_out_phrasings}")
    return [family.make(rng, level, held_out_phrasings) for _ in range(count)]


def measure(
    session: Session,
    families: Sequence[str],
    count: int,
    held_out_phrasings: bool,
    max_tokens: int = 400,
    batch: int = 100,
    thinking: int | None = None,
    seen: Callable[[Task, str], None] = lambda task, text: None,
) -> Iterator[Score]:
    """Yield a score for every family and level as it is done; `seen` gets each task with the model's text.

    Reasoning is ended after `thinking` tokens of an answer, if that is not None.
    Raises an `OpenMimoError` where code is to be run and there is no sandbox, or the judge
    failed: an answer that could not be checked is not counted as wrong.
    """
    with Checker() as checker:
        for family in map(family_of, families):
            for level in family.levels:
                tasks = heldout_tasks(family, level, count, held_out_phrasings)
                right = ended = 0
                for first in range(0, count, batch):
                    part = tasks[first : first + batch]
                    texts = session.ask_all([task.problem for task in part], max_tokens, thinking=thinking)
                    for task, text in zip(part, texts, strict=True):
                        seen(task, text)
                    complete = [(task, parsed.answer) for task, text in zip(part, texts, strict=True) if (parsed := parse(text)).complete]
                    right += _right(checker, complete)
                    ended += len(complete)
                yield Score(family.name, level, held_out_phrasings, count, right, ended)


def _right(checker: Checker, answered: Sequence[tuple[Task, str]]) -> int:
    """How many of these answers are right."""
    verdicts = checker.verdicts([task for task, _ in answered], [answer for _, answer in answered])
    for (task, _), verdict in zip(answered, verdicts, strict=True):
        if verdict.score is None:
            raise OpenMimoError(f"an answer to a task of {task.family} could not be checked: {verdict.reason}", "run: openmimo doctor")
    return sum(verdict.ok for verdict in verdicts)
