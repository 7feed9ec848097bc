"""Golds of decimals, worked out again with Python's decimal numbers."""

import random
import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from openmimo.tasks.decimals import FAMILY
from openmimo.tasks.task import Task
from tests.tasks.parts import parts_of

KINDS = {phrasings.kind.split(".")[1] for phrasings in FAMILY.phrasings}


def rounded(value: Decimal, wording: str) -> str:
    """A number rounded as the words say, halves up."""
    places = 0 if wording == "a whole number" else int(wording.split()[0])
    return str(value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def computed(task: Task) -> str:
    """The answer in another way than that of the steps."""
    kind, parts = task.phrasing.split(".")[1], parts_of(FAMILY, task)
    if kind == "order":
        return ", ".join(sorted(re.findall(r"[\d.]+\d", parts["s"]), key=Decimal))
    if kind == "round":
        return rounded(Decimal(parts["x"]), parts["n"])
    if kind == "rounded":
        top, bottom = parts["f"].split("/")
        return rounded(Decimal(top) / Decimal(bottom), parts["n"])
    if kind == "from_mixed":
        whole, top, bottom = map(Decimal, re.findall(r"\d+", parts["m"]))
        return f"{(whole + top / bottom).normalize():f}"
    if kind == "to_mixed":
        value = Fraction(parts["x"])
        return f"{int(value)} {value - int(value)}"
    if "e" in parts:
        left, sign, right = parts["e"].split()
    else:
        left, right = parts["a"], parts["b"]
        sign = {"sum": "+", "difference": "-", "product": "*", "quotient": "/"}[kind]
    a, b = Decimal(left), Decimal(right)
    return f"{ {'+': a + b, '-': a - b, '*': a * b, '/': a / b}[sign].normalize():f}"


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_decimal_arithmetic_leads_to_the_gold_answer(level: int, held_out: bool) -> None:
    for seed in range(300):
        task = FAMILY.make(random.Random(f"{level}/{seed}"), level, held_out)
        right = computed(task)
        assert task.answer == right, task
        assert right in task.steps.splitlines()[-1]
        assert FAMILY.check(task.answer, f" {right} ")
        assert not FAMILY.check(task.answer, f"{right}1")
        assert not FAMILY.check(task.answer, "")


def test_every_kind_comes_up() -> None:
    rng = random.Random(0)
    assert {FAMILY.make(rng, level, False).phrasing.split(".")[1] for level in FAMILY.levels for _ in range(150)} == KINDS


def test_a_fraction_or_decimal_of_the_question_said_back_is_no_answer() -> None:
    for level in FAMILY.levels:
        for seed in range(300):
            task = FAMILY.make(random.Random(f"back/{level}/{seed}"), level, False)
            said = [found for found in re.findall(r"\d+ ?/ ?\d+|\d+\.\d+", task.problem) if found != task.answer]
            assert not [found for found in said if FAMILY.check(task.answer, found)], task


def test_forms_of_answers() -> None:
    assert FAMILY.check("3.40", "3.4")
    assert not FAMILY.check("0.71", "5/7")
    assert FAMILY.check("3 7/20", "3 and 7/20")
    assert not FAMILY.check("3 7/20", "3 14/40")
    assert not FAMILY.check("3 7/20", "3.35")
    assert FAMILY.check("0.35, 0.4", "0.35 < 0.40")
    assert FAMILY.check("0.3, 0.35, 0.4", "0.3, 0.35, and 0.4")
    assert not FAMILY.check("0.35, 0.4", "0.4, 0.35")


def test_levels_get_harder() -> None:
    lengths = [sum(len(FAMILY.make(random.Random(seed), level, False).steps) for seed in range(300)) for level in FAMILY.levels]
    assert lengths == sorted(lengths)
    assert lengths[-1] > 1.5 * lengths[0]
