"""Golds of quadratics, found by putting numbers into the polynomials of the questions."""

import random
import re
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from openmimo.tasks.quadratics import FAMILY
from openmimo.tasks.task import Task
from tests.tasks.parts import parts_of

KINDS = {phrasings.kind.split(".")[1] for phrasings in FAMILY.phrasings}
WHOLE = range(-40, 41)


def polynomial(text: str) -> Callable[[Fraction | int], Fraction]:
    """The function that a written polynomial is."""
    assert re.fullmatch(r"[\dx^+() -]+", text), text
    python = re.sub(r"(?<=[\dx)])(?=x|\()", "*", text).replace("^", "**")
    return lambda x: Fraction(eval(python, {"x": x}))


def factors(value: Callable[[Fraction | int], Fraction]) -> tuple[Fraction, Fraction, Fraction]:
    """The three factors of a quadratic polynomial, from three of its values."""
    return (value(1) + value(-1)) / 2 - value(0), (value(1) - value(-1)) / 2, value(0)


def solved(task: Task) -> str:
    """The answer in another way than that of the steps."""
    kind, parts = task.phrasing.split(".")[1], parts_of(FAMILY, task)
    if kind == "roots":
        left, right = (polynomial(side) for side in parts["e"].split(" = "))
        return ", ".join(str(x) for x in WHOLE if left(x) == right(x))
    value = polynomial((parts.get("p") or parts["e"]).removesuffix(" = 0"))
    if kind == "value":
        return str(value(int(parts["t"])))
    if kind == "lowest_x":
        return str(min(WHOLE, key=value))
    if kind == "lowest":
        return str(min(map(value, WHOLE)))
    a, b, c = factors(value)
    if kind == "count":  # by where the lowest point lies; all open upwards
        assert a > 0
        lowest = value(-b / (2 * a))
        return "2" if lowest < 0 else "1" if lowest == 0 else "0"
    one, other = np.roots([float(a), float(b), float(c)])
    return str(round((float(a) ** 2 * (one - other) ** 2).real))


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_putting_numbers_in_leads_to_the_gold_answer(level: int, held_out: bool) -> None:
    for seed in range(250):
        task = FAMILY.make(random.Random(f"{level}/{seed}"), level, held_out)
        right = solved(task)
        assert task.answer == right, task
        assert all(part in task.steps.splitlines()[-1] for part in right.split(", "))
        assert FAMILY.check(task.answer, f" {right}. ")
        assert not FAMILY.check(task.answer, f"{right}1")
        assert not FAMILY.check(task.answer, "")


def test_every_kind_comes_up_and_every_number_of_roots() -> None:
    rng = random.Random(0)
    tasks = [FAMILY.make(rng, level, False) for level in FAMILY.levels for _ in range(300)]
    assert {task.phrasing.split(".")[1] for task in tasks} == KINDS
    assert {task.answer for task in tasks if ".count." in task.phrasing} == {"0", "1", "2"}


def test_forms_of_answers() -> None:
    assert FAMILY.check("-3, 2", "x = 2 or x = -3")
    assert FAMILY.check("-3, 2", "x1 = -3, x2 = 2")
    assert FAMILY.check("-3, 2", "2 and -3.")
    assert FAMILY.check("-7, 7", "±7")
    assert not FAMILY.check("-3, 2", "3, -2")
    assert not FAMILY.check("-3, 2", "2")
    assert not FAMILY.check("-3, 2", "-3, 2, 5")
    assert not FAMILY.check("-3, 2", "x or y")
    assert not FAMILY.check("49", "98/2")


def test_levels_get_harder() -> None:
    lengths = [sum(len(FAMILY.make(random.Random(seed), level, False).steps) for seed in range(300)) for level in FAMILY.levels]
    assert lengths == sorted(lengths)
    assert lengths[-1] > 1.5 * lengths[0]
