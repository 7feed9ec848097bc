"""Golds of statistics against the module of the standard library, with exact fractions."""

import random
import re
import statistics
from fractions import Fraction

import pytest

from openmimo.tasks.statistics import FAMILY
from openmimo.tasks.task import Task
from tests.tasks.parts import parts_of

KINDS = {phrasings.kind.split(".")[1] for phrasings in FAMILY.phrasings}


def is_right(task: Task, value: Fraction) -> bool:
    """Whether a value is the one that is asked for."""
    kind, parts = task.phrasing.split(".")[1], parts_of(FAMILY, task)
    if kind == "weighted":
        values = [int(parts["x"])] * int(parts["a"]) + [int(parts["y"])] * int(parts["b"])
        return statistics.mean(map(Fraction, values)) == value
    numbers = [Fraction(found) for found in re.findall(r"\d+", parts["s"])]
    if kind == "target":
        return statistics.mean([*numbers, value]) == int(parts["m"])
    if kind == "mode":
        return statistics.multimode(numbers) == [value]
    if kind == "range":
        return value == max(a - b for a in numbers for b in numbers)
    return {"mean": statistics.mean, "median": statistics.median}[kind](numbers) == value


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_the_standard_library_agrees(level: int, held_out: bool) -> None:
    for seed in range(300):
        task = FAMILY.make(random.Random(f"{level}/{seed}"), level, held_out)
        value = Fraction(task.answer)
        assert is_right(task, value), task
        assert not is_right(task, value + 1)
        assert value >= 0
        assert level == 3 or task.phrasing.split(".")[1] == "median" or value.denominator == 1
        assert task.steps.endswith(task.answer)
        assert FAMILY.check(task.answer, f" {value}. ")
        assert not FAMILY.check(task.answer, str(value + Fraction(1, 10)))


def test_every_kind_comes_up() -> None:
    rng = random.Random(0)
    assert {FAMILY.make(rng, level, False).phrasing.split(".")[1] for level in FAMILY.levels for _ in range(100)} == KINDS


def test_levels_get_harder() -> None:
    lengths = [sum(len(FAMILY.make(random.Random(seed), level, False).steps) for seed in range(300)) for level in FAMILY.levels]
    assert lengths == sorted(lengths)
    assert lengths[-1] > 2 * lengths[0]


def test_a_list_is_walked_in_the_order_in_which_it_stands() -> None:
    for level in (1, 2):
        for seed in range(200):
            task = FAMILY.make(random.Random(seed), level, False)
            kind, parts = task.phrasing.split(".")[1], parts_of(FAMILY, task)
            numbers = re.findall(r"\d+", parts["s"])
            lines = task.steps.split("\n")
            if kind == "mean":
                assert re.findall(r": (\d+)", lines[0]) == numbers
            elif kind in ("median", "mode", "range"):
                walked = [part.partition(":")[0] for part in lines[kind == "mode"].split("; ")]
                assert walked == (numbers[:-1] if kind == "median" else numbers)
