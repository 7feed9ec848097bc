"""Golds of comparison, decided once more by exact values and by trying every candidate."""

import random
import re
from fractions import Fraction
from operator import eq, gt, lt

import pytest

from openmimo.tasks.comparison import FAMILY, compared, told_apart
from openmimo.tasks.task import Task
from openmimo.verify.expression import read_tokens, value_of
from tests.tasks.parts import parts_of

KINDS = {phrasings.kind.split(".")[1] for phrasings in FAMILY.phrasings}
UNITS = {"ten": 10, "hundred": 100, "thousand": 1000}


def exact(text: str) -> Fraction:
    value = value_of(read_tokens(text))
    assert value is not None, text
    return value


def nearest(number: int, unit: int) -> int:
    """The only multiple of `unit` that is nearer than all others."""
    distances = sorted((abs(each - number), each) for each in range(0, number + 2 * unit, unit))
    assert distances[0][0] < distances[1][0]
    return distances[0][1]


def decided(task: Task) -> str:
    """The answer by comparing values."""
    kind, parts = task.phrasing.split(".")[1], parts_of(FAMILY, task)
    if kind == "larger":
        return max(parts["x"], parts["y"], key=exact)
    if kind == "sign":
        (sign,) = (sign for sign, holds in (("<", lt), (">", gt), ("=", eq)) if holds(exact(parts["x"]), exact(parts["y"])))
        return sign
    if kind == "order":
        return ", ".join(sorted(parts["s"].split(", "), key=exact))
    if kind == "more":
        return "yes" if exact(parts["x"]) - int(parts["n"]) > 0 else "no"
    if kind == "closest":
        return min(parts["s"].split(", "), key=lambda text: abs(int(text) - int(parts["n"])))
    unit = UNITS[parts["unit"]]
    if kind == "round":
        return str(nearest(int(parts["n"]), unit))
    return str(exact(re.sub(r"\d+", lambda found: str(nearest(int(found[0]), unit)), parts["x"])))


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_comparing_values_leads_to_the_gold_answer(level: int, held_out: bool) -> None:
    for seed in range(300):
        task = FAMILY.make(random.Random(f"{level}/{seed}"), level, held_out)
        parts = parts_of(FAMILY, task)
        assert task.answer == decided(task), task
        assert FAMILY.check(task.answer, f" {task.answer} ")
        assert task.steps.endswith(task.answer) or f" {task.answer} " in task.steps.splitlines()[-1]
        others = {"<", ">", "=", "yes", "no", parts.get("x", ""), parts.get("y", "")} - {task.answer}
        assert not [other for other in others if FAMILY.check(task.answer, other)], task
        if "larger" in task.phrasing:
            assert exact(parts["x"]) != exact(parts["y"])


def test_every_kind_comes_up() -> None:
    rng = random.Random(0)
    assert {FAMILY.make(rng, level, False).phrasing.split(".")[1] for level in FAMILY.levels for _ in range(100)} == KINDS


def test_no_answer_is_much_more_frequent_than_the_others() -> None:
    rng = random.Random(0)
    answers = [FAMILY.make(rng, level, False).answer for level in FAMILY.levels for _ in range(600)]
    counts = {answer: answers.count(answer) for answer in ("<", ">", "=", "yes", "no")}
    assert min(counts.values()) > 40
    assert max(counts["yes"], counts["no"]) < 2 * min(counts["yes"], counts["no"])


def test_numbers_are_told_apart_by_length_and_then_digit_by_digit() -> None:
    assert told_apart(285, 51) == "285, 51: 3 > 2 long"
    assert told_apart(176, 179) == "176, 179: 1 = 1, 7 = 7, 6 < 9"
    assert told_apart("4.50", "4.83") == "4.50, 4.83: 4 = 4, 5 < 8"
    assert compared(30, 30) == "30, 30: 3 = 3, 0 = 0, so 30 = 30"
    assert compared(7, 5) == "7, 5: 7 > 5"


def test_forms_of_answers() -> None:
    assert FAMILY.check("1/4, 2/3, 5/6", "1/4 < 2/3 < 5/6")
    assert FAMILY.check("1/4, 2/3, 5/6", "[1/4, 2/3 and 5/6]")
    assert not FAMILY.check("1/4, 2/3, 5/6", "2/3, 1/4, 5/6")
    assert not FAMILY.check("1/4, 2/3, 5/6", "1/4, 2/3")
    assert not FAMILY.check("1/4, 2/3, 5/6", "1/4 > 2/3 > 5/6")
    assert FAMILY.check("2^5", "2 ** 5")
    assert not FAMILY.check("2^5", "5^2")


def test_levels_get_harder() -> None:
    lengths = [sum(len(FAMILY.make(random.Random(seed), level, False).steps) for seed in range(300)) for level in FAMILY.levels]
    assert lengths == sorted(lengths)
    assert lengths[-1] > 1.5 * lengths[0]
