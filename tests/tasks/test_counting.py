"""Golds of counting, found once more by listing everything there is."""

import random
import re
from itertools import combinations, permutations, product

import pytest

from openmimo.tasks.counting import FAMILY
from openmimo.tasks.task import Task
from tests.tasks.parts import parts_of


def counted(task: Task) -> int:
    """The answer by going through all there is."""
    kind, parts = task.phrasing.split(".")[1], parts_of(FAMILY, task)
    number = {name: int(text) for name, text in parts.items() if text.isdigit()}
    n, k = number.get("n", 0), number.get("k", 0)
    if kind == "choices":
        listed = product(*(range(int(found)) for found in re.findall(r"\d+", parts["things"])))
    elif kind == "codes":
        listed = product(range(n), repeat=k)
    elif kind == "orders":
        listed = permutations(range(n))
    elif kind == "places":
        listed = permutations(range(n), len(re.split(", | and ", parts["roles"])))
    elif kind == "selections":
        listed = combinations(range(n), k)
    elif kind == "handshakes":
        listed = combinations(range(n), 2)
    elif kind == "letters":
        listed = set(permutations(parts["word"]))
    else:
        listed = (each for each in range(number["a"], number["b"] + 1) if each % number["m"] == 0)
    return sum(1 for _ in listed)


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_listing_everything_leads_to_the_gold_answer(level: int, held_out: bool) -> None:
    kinds = set()
    for seed in range(300):
        task = FAMILY.make(random.Random(f"{level}/{seed}"), level, held_out)
        assert int(task.answer) == counted(task), task
        assert task.steps.splitlines()[-1].rstrip(".").endswith(task.answer)
        assert FAMILY.check(task.answer, f" {task.answer}. ")
        assert not FAMILY.check(task.answer, str(int(task.answer) + 1))
        assert not FAMILY.check(task.answer, "")
        kinds.add(task.phrasing.split(".")[1])
    assert len(kinds) == {1: 3, 2: 7, 3: 8}[level]


def test_levels_get_harder() -> None:
    tasks = {level: [FAMILY.make(random.Random(seed), level, False) for seed in range(300)] for level in FAMILY.levels}
    lengths = [sum(len(task.steps) for task in tasks[level]) for level in FAMILY.levels]
    answers = [sorted(int(task.answer) for task in tasks[level])[150] for level in FAMILY.levels]
    assert lengths == sorted(lengths)
    assert answers == sorted(answers)
    assert lengths[-1] > 2 * lengths[0]
