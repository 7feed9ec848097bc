"""The tasks a model is measured with: of our own families, from seeds of their own, always the same ones.

With held-out phrasings their wordings, too, were never trained on. `benchmarks/own.py` makes a
benchmark of them; training data is made so that it does not overlap with them.
"""

import random

from openmimo.tasks.task import Family, Task

SEED = 1_000_003  # far from the seeds of training


def heldout_tasks(family: Family, level: int, count: int, held_out_phrasings: bool) -> list[Task]:
    """The measured tasks of a family and level: always the same ones."""
    rng = random.Random(f"{SEED}/{family.name}/{level}/{held_out_phrasings}")
    return [family.make(rng, level, held_out_phrasings) for _ in range(count)]
