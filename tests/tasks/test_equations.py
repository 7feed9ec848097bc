"""The unknown of every equation, put back into it, makes it true; and it does so only at the gold."""

import random
import re
from fractions import Fraction

import pytest

from openmimo.tasks.equations import FAMILY, SOLVE

TERM = r"(?:(?<![a-zA-Z])[a-z](?![a-zA-Z])|[\d+\-/() ])"
EQUATION = re.compile(rf"({TERM}+)=({TERM}+)")


def side(text: str, letter: str, x: Fraction) -> Fraction:
    """One side, worked out: terms with the unknown, plain numbers, `a(x + b)` and `x / a`."""
    text = text.replace(" ", "")
    if found := re.fullmatch(rf"(\d+)\({letter}([+-]\d+)\)", text):
        return int(found[1]) * (x + int(found[2]))
    if found := re.fullmatch(rf"{letter}/(\d+)", text):
        return x / int(found[1])
    total = Fraction(0)
    assert re.fullmatch(rf"(?:[+-]?(?:\d*{letter}|\d+))+", text), text
    for sign, factor, unknown, number in re.findall(rf"([+-]?)(?:(\d*)({letter})|(\d+))", text):
        value = Fraction(factor or 1) * x if unknown else Fraction(number)
        total += -value if sign == "-" else value
    return total


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_golds_solve_their_equations(level: int, held_out: bool) -> None:
    rng, solved = random.Random(level), 0
    for _ in range(500):
        task = FAMILY.make(rng, level, held_out)
        if task.phrasing.startswith("equations.riddle"):
            first = task.steps.splitlines()[0]
            found = re.search(r"Let (\w) be the number: (.+) = (.+)$", first)
            assert found
            letter, left, right = found[1], found[2], found[3]
            assert all(number in task.problem for number in re.findall(r"\d+", f"{left} {right}"))
        else:
            found = EQUATION.search(task.problem)
            assert found, task
            left, right = found[1].strip(), found[2].rstrip(" -").strip()
            letter = re.findall(r"[a-z]", left + right)[0]
        x = Fraction(task.answer)
        assert side(left, letter, x) == side(right, letter, x), task
        assert side(left, letter, x + 1) != side(right, letter, x + 1)
        solved += 1
    assert solved == 500


def test_forms_of_answers() -> None:
    assert FAMILY.check("5", "x = 5")
    assert FAMILY.check("7/2", "3.5")
    assert not FAMILY.check("5", "x = 6")
    assert len(SOLVE.trained) >= 12
