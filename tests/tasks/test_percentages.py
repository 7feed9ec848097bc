"""Golds of fractions and percentages, recomputed from the question's numbers."""

import random
import re
from fractions import Fraction

import pytest

from openmimo.tasks.percentages import FAMILY

NUMBER = r"\d+(?:\.\d+)?(?:/\d+)?"


def gold(kind: str, problem: str) -> Fraction:
    numbers = [Fraction(found) for found in re.findall(NUMBER, problem)]
    percent = re.search(r"(\d+)\s*(?:%|percent)", problem)
    if kind in ("of", "increase", "decrease"):
        assert percent
        rate = Fraction(percent[1])
        rest = list(numbers)
        rest.remove(rate)
        (amount,) = rest
        return {"of": amount * rate / 100, "increase": amount + amount * rate / 100, "decrease": amount - amount * rate / 100}[kind]
    if kind == "what":
        return Fraction(min(numbers) * 100, max(numbers))
    if kind == "fraction_sum":
        return numbers[0] - numbers[1] if re.search(r"\d - \d", problem) else numbers[0] + numbers[1]
    if kind in ("fraction_product", "share"):
        return numbers[0] * numbers[1]
    return numbers[0]


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_golds_are_right(level: int, held_out: bool) -> None:
    rng = random.Random(level)
    for _ in range(500):
        task = FAMILY.make(rng, level, held_out)
        kind = task.phrasing.split(".")[1]
        assert Fraction(task.answer.rstrip("%")) == gold(kind, task.problem), task
        assert FAMILY.check(task.answer, task.answer)
        assert not FAMILY.check(task.answer, "0.12345")


def test_fractions_are_in_lowest_terms() -> None:
    rng = random.Random(0)
    for _ in range(500):
        task = FAMILY.make(rng, 3, False)
        if "/" in task.answer:
            assert str(Fraction(task.answer)) == task.answer


def test_the_question_of_the_readme_is_in_easy_reach() -> None:
    percents = {
        int(found[1])
        for seed in range(3000)
        if (found := re.search(r"(\d+)(?:%| percent)", FAMILY.make(random.Random(seed), 1, False).problem))
    }
    assert len(percents) > 80
