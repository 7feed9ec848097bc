"""All families of tasks by name, and drawing from them. Read `beyond.py` for what is none of them."""

import random
from collections.abc import Sequence

from openmimo.core.errors import InputError
from openmimo.tasks import (
    arithmetic,
    bases,
    beyond,
    calendar,
    cases,
    comparison,
    counting,
    decimals,
    equations,
    functions,
    geometry,
    graphs,
    logic,
    modular,
    number_theory,
    percentages,
    probability,
    programs,
    quadratics,
    sequences,
    sets,
    sorting,
    statistics,
    strings,
    systems,
    tables,
    units,
    word_problems,
)
from openmimo.tasks.task import Family, Task

FAMILIES: dict[str, Family] = {
    module.FAMILY.name: module.FAMILY
    for module in (
        arithmetic,
        percentages,
        equations,
        number_theory,
        word_problems,
        sequences,
        calendar,
        programs,
        functions,
        decimals,
        comparison,
        units,
        bases,
        systems,
        quadratics,
        modular,
        geometry,
        statistics,
        counting,
        probability,
        sets,
        cases,
        logic,
        sorting,
        graphs,
        strings,
        tables,
    )
}
BEYOND = beyond.FAMILY


def family_of(name: str) -> Family:
    """The family of this name; `InputError` names those there are."""
    known = {**FAMILIES, BEYOND.name: BEYOND}
    if name not in known:
        raise InputError(f"there is no task family {name!r}", f"choose one of {', '.join(known)}")
    return known[name]


def draw(rng: random.Random, held_out: bool = False, families: Sequence[str] | None = None, levels: Sequence[int] | None = None) -> Task:
    """A task of a random family, of those named or of all, and then of a random level of it: the harder, the more often.

    `InputError` if a family has none of `levels`.
    """
    family = family_of(rng.choice(list(families or FAMILIES)))
    among = [level for level in family.levels if levels is None or level in levels]
    if not among:
        raise InputError(f"{family.name} has no level of {list(levels or ())}", f"choose from {', '.join(map(str, family.levels))}")
    # Level n is drawn n + 1 times where level 1 is drawn twice: easy tasks are learnt from fewer examples.
    (level,) = rng.choices(among, [level + 1 for level in among])
    return family.make(rng, level, held_out)


def make_task(name: str, level: int, seed: int, held_out: bool = False) -> Task:
    """The task of a family, level and seed: always the same one."""
    family = family_of(name)
    if level not in family.levels:
        raise InputError(f"{name} has no level {level}", f"choose one of {', '.join(map(str, family.levels))}")
    return family.make(random.Random(f"{name}/{level}/{seed}"), level, held_out)
