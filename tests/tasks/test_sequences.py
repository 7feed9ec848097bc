"""Sequences, continued once more from the numbers in the question alone."""

import random
import re
from itertools import pairwise

import pytest

from openmimo.tasks.sequences import FAMILY
from openmimo.tasks.task import Task

ROW = re.compile(r"-?\d+(?:, (?:-?\d+|\?))+")


def rules(row: list[int]) -> set[int]:
    """What comes next by each rule of the family that every term shown obeys."""
    steps = [b - a for a, b in pairwise(row)]
    nexts = set()
    if len(set(steps)) == 1:
        nexts.add(row[-1] + steps[-1])
    if row[0] and all(b * row[0] == a * row[1] for a, b in pairwise(row)):
        nexts.add(row[-1] * row[1] // row[0])
    seconds = [b - a for a, b in pairwise(steps)]
    if len(set(seconds)) == 1:
        nexts.add(row[-1] + steps[-1] + seconds[-1])
    if len(set(steps[::2])) == 1 and len(set(steps[1::2])) == 1:
        nexts.add(row[-1] + steps[-2])
    if all(a + b == c for a, b, c in zip(row, row[1:], row[2:], strict=False)):
        nexts.add(row[-1] + row[-2])
    return nexts


def expected(task: Task) -> set[int]:
    kind = task.phrasing.split(".")[1]
    found = ROW.search(task.problem)
    if kind == "nth":
        if found:
            row = [int(text) for text in found[0].split(", ")]
            first, step = row[0], row[1] - row[0]
            (place,) = (int(text) for text in re.findall(r"\d+", task.problem.replace(found[0], "")))
        else:  # told in words: the first term, the difference, the place
            first, step, place = (int(text) for text in re.findall(r"\d+", task.problem))
        return {first + (place - 1) * step}
    assert found, task
    shown = found[0].split(", ")
    if kind == "missing":
        gap = shown.index("?")
        return {(int(shown[gap - 1]) + int(shown[gap + 1])) // 2}
    return rules([int(text) for text in shown if text != "?"])


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_the_numbers_alone_lead_to_the_gold_answer(level: int, held_out: bool) -> None:
    for seed in range(300):
        task = FAMILY.make(random.Random(f"{level}/{seed}"), level, held_out)
        assert int(task.answer) in expected(task), task
        assert FAMILY.check(task.answer, f" {task.answer}. ")
        assert not FAMILY.check(task.answer, str(int(task.answer) + 1))
        assert not FAMILY.check(task.answer, "")


@pytest.mark.parametrize("level", FAMILY.levels)
def test_hardly_a_question_has_two_right_answers(level: int) -> None:
    several = sum(len(expected(FAMILY.make(random.Random(seed), level, False))) > 1 for seed in range(300))
    assert several <= 3  # four terms of one rule may by chance obey another
