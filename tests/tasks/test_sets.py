"""Golds of sets, found once more: elements by asking of every number whether it belongs, people by making them."""

import random
import re
from itertools import combinations

import pytest

from openmimo.tasks.sets import FAMILY
from openmimo.tasks.task import Task
from tests.tasks.parts import parts_of

SIGNS = {"∪": "or", "∩": "and", "\\": "and not"}


def people(a: int, b: int, both: int) -> int:
    """How many people there are if those who do the one and those who do the other have so many in common."""
    return len(set(range(a)) | set(range(a - both, a - both + b)))


def solved(task: Task) -> set[int] | int:
    kind, parts = task.phrasing.split(".")[1], parts_of(FAMILY, task)
    if kind in ("either", "overlap"):
        a, b, c = (int(parts[name]) for name in "abc")
        if kind == "either":
            return people(a, b, c)
        (both,) = (number for number in range(min(a, b) + 1) if people(a, b, number) == int(parts["n"]) - c)
        return both
    sets = {name: set(map(int, re.findall(r"\d+", parts[name]))) for name in "abc" if name in parts}
    if kind == "subsets":
        return sum(1 for size in range(len(sets["a"]) + 1) for _ in combinations(sets["a"], size))
    rule = {"union": "a or b", "intersection": "a and b", "difference": "a and not b", "three": parts.get("e", "")}[kind]
    for sign, words in SIGNS.items():
        rule = rule.replace(sign, words)
    return {number for number in range(100) if eval(rule, {name: number in each for name, each in sets.items()})}


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_every_element_and_person_counted_leads_to_the_gold_answer(level: int, held_out: bool) -> None:
    kinds = set()
    for seed in range(300):
        task = FAMILY.make(random.Random(f"{level}/{seed}"), level, held_out)
        gold = {int(number) for number in re.findall(r"\d+", task.answer)} if "{" in task.answer else int(task.answer)
        assert gold == solved(task), task
        assert task.steps.endswith(task.answer)
        kinds.add(task.phrasing.split(".")[1])
    assert len(kinds) == {1: 4, 2: 5, 3: 4}[level]


def test_sets_are_right_in_any_order_and_only_whole() -> None:
    assert FAMILY.check("{3, 1, 2}", "1, 2, 3")
    assert FAMILY.check("{3, 1, 2}", "{1, 2 and 3}.")
    for wrong in ("{1, 2}", "{1, 2, 3, 4}", "{1, 2, 3, 3}", "{}", "", "not {3, 1, 2}"):
        assert not FAMILY.check("{3, 1, 2}", wrong)
    assert FAMILY.check("16", " 16. ")
    assert not FAMILY.check("16", "17")


def test_levels_get_harder() -> None:
    lengths = [sum(len(FAMILY.make(random.Random(seed), level, False).steps) for seed in range(300)) for level in FAMILY.levels]
    assert lengths[0] < lengths[1] < lengths[2]
