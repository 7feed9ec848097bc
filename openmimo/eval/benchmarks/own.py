"""Our own tasks as a benchmark, family by family and level by level: what nano is measured with, and needs no file.

The tasks come from seeds of their own, far from those of training; with held-out phrasings their
wordings were never trained on, either. Knows no model. `tasks/families.py` has the families.
"""

from collections.abc import Sequence

from openmimo.core.errors import InputError
from openmimo.eval.heldout import heldout_tasks
from openmimo.eval.item import Benchmark, Item, Row, Settings
from openmimo.tasks.families import family_of
from openmimo.text.document import end_of_document

MAX_TOKENS = 600
ABOUT = "Own tasks of procedural families, made on the spot; no file is read."


def own_items(
    families: Sequence[str], count: int, held_out_phrasings: bool = False, levels: Sequence[int] | None = None, base: bool = False
) -> list[Item]:
    """`count` tasks of every level of the families (of `levels` only, if any are named): always the same ones.

    Topic is the family, and level the family with the level, so that scores are broken down by both.
    A `base` model goes on from the question and a line's end. InputError for a family that there is not.
    """
    if count < 1:
        raise InputError(f"a count of {count} leaves no tasks", "give 1 or more")
    items = []
    for family in map(family_of, families):
        for level in (level for level in family.levels if levels is None or level in levels):
            for number, task in enumerate(heldout_tasks(family, level, count, held_out_phrasings)):
                question = f"{task.problem}\n" if base else task.problem
                items.append(
                    Item(
                        f"{family.name}/{level}/{number}",
                        question,
                        task.answer,
                        topic=family.name,
                        level=f"{family.name} {level}",
                        task=task,
                    )
                )
    return items


def _none(row: Row, place: int) -> Item | None:
    raise InputError("own tasks are made, not read", "leave the file out: --on own")


_SETTINGS = Settings(max_tokens=MAX_TOKENS, temperature=0.0, top_p=1.0)
OWN = Benchmark("own", "Own tasks", ABOUT, "chat", _none, "ours", settings=_SETTINGS)
OWN_BASE = Benchmark(
    "own-base", "Own tasks, base model", ABOUT, "text", _none, "ours", extract=lambda item, text: end_of_document(text), settings=_SETTINGS
)
BENCHMARKS = (OWN, OWN_BASE)
