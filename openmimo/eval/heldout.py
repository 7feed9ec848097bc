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
from openmimo.verify.verdict import Verdict

SEED = 1_000_003  # far from the seeds of training
Z = 1.96  # of a 95 % interval
CUT = Verdict("wrong", 0.0, "text", "no whole answer before the end")


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
    base: bool = False,
    levels: Sequence[int] | None = None,
    seen: Callable[[Task, str, Verdict], None] = lambda task, text, verdict: None,
) -> Iterator[Score]:
    """Yield a score for every family and level as it is done; `seen` gets each task with the model's text and its verdict.

    Reasoning is ended after `thinking` tokens of an answer, if that is not None. A `base`
    model has learnt documents, not dialogues: it goes on from the bare question.
    Only these `levels` of each family, if any are named.
    Raises an `OpenMimoError` where code is to be run and there is no sandbox, or the judge
    failed: an answer that could not be checked is not counted as wrong.
    """
    with Checker() as checker:
        for family in map(family_of, families):
            for level in (level for level in family.levels if levels is None or level in levels):
                tasks = heldout_tasks(family, level, count, held_out_phrasings)
                right = ended = 0
                for first in range(0, count, batch):
                    part = tasks[first : first + batch]
                    if base:
                        texts = session.go_on_all([f"{task.problem}\n" for task in part], max_tokens)
                        answers = [end_of_document(text) for text in texts]
                    else:
                        texts = session.ask_all([task.problem for task in part], max_tokens, thinking=thinking)
                        answers = [parsed.answer if (parsed := parse(text)).complete else None for text in texts]
                    verdicts = _verdicts(checker, part, answers)
                    for task, text, verdict in zip(part, texts, verdicts, strict=True):
                        seen(task, text, verdict)
                    right += sum(verdict.ok for verdict in verdicts)
                    ended += sum(answer is not None for answer in answers)
                yield Score(family.name, level, held_out_phrasings, count, right, ended)


def end_of_document(text: str) -> str | None:
    """The answer at the end of a worked problem, as documents have it: the code that it ends with, or its last line; None if there is none."""
    text = text.rstrip()
    fence = text.rfind("```python\n")
    if text.endswith("\n```") and fence >= 0:
        return text[fence:]
    return text.rpartition("\n")[2] or None


def _verdicts(checker: Checker, tasks: Sequence[Task], answers: Sequence[str | None]) -> list[Verdict]:
    """The verdicts on these answers, in their order; None is an answer that never came."""
    given = [(task, answer) for task, answer in zip(tasks, answers, strict=True) if answer is not None]
    verdicts = checker.verdicts([task for task, _ in given], [answer for _, answer in given])
    for (task, _), verdict in zip(given, verdicts, strict=True):
        if verdict.score is None:
            raise OpenMimoError(f"an answer to a task of {task.family} could not be checked: {verdict.reason}", "run: openmimo doctor")
    found = iter(verdicts)
    return [CUT if answer is None else next(found) for answer in answers]
