"""Golds of arithmetic, recomputed from the question alone."""

import random
import re
from fractions import Fraction

import pytest

from openmimo.tasks.arithmetic import FAMILY, PRODUCT, QUOTIENT, REMAINDER, SUM


def calculate(text: str) -> Fraction:
    """A plain recursive calculator over + - * / and brackets; shares nothing with the writing of steps."""
    tokens = re.findall(r"\d+|[-+*/()]", text)

    def atom() -> Fraction:
        token = tokens.pop(0)
        if token == "(":
            inner = total()
            tokens.pop(0)
            return inner
        return Fraction(token)

    def product() -> Fraction:
        value = atom()
        while tokens and tokens[0] in "*/":
            value = value * atom() if tokens.pop(0) == "*" else value / atom()
        return value

    def total() -> Fraction:
        value = product()
        while tokens and tokens[0] in "+-":
            value = value + product() if tokens.pop(0) == "+" else value - product()
        return value

    return total()


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_golds_are_right(level: int, held_out: bool) -> None:
    rng, found = random.Random(level), 0
    for _ in range(400):
        task = FAMILY.make(rng, level, held_out)
        expression = re.search(r"\(?\d+[\d\s+*/×÷()-]*[\d)]", task.problem)
        numbers = [int(number) for number in re.findall(r"\d+", task.problem)]
        kind = task.phrasing.split(".")[1]
        text = expression[0].replace("×", "*").replace("÷", "/") if expression else ""
        if kind == "remainder":
            big, small = max(numbers), min(numbers)
            assert task.answer == f"{big // small} remainder {big % small}"
        elif re.search(r"\d\s*[-+*/]\s*\(?\d", text):
            assert Fraction(task.answer) == calculate(text), task
        elif kind == "quotient":
            assert int(task.answer) == max(numbers) // min(numbers)
        else:
            a, b = numbers
            assert int(task.answer) in {"sum": {a + b}, "product": {a * b}, "difference": {a - b, b - a}}[kind], task
        found += 1
    assert found == 400


@pytest.mark.parametrize("level", FAMILY.levels)
def test_the_last_step_states_the_answer(level: int) -> None:
    rng = random.Random(level)
    for _ in range(200):
        task = FAMILY.make(rng, level, False)
        assert FAMILY.check(task.answer, task.answer)
        assert not FAMILY.check(task.answer, "no idea")
        assert task.answer in task.steps


def test_sizes_grow_with_the_level() -> None:
    longest = [
        max(len(number) for _ in range(300) for number in re.findall(r"\d+", FAMILY.make(random.Random(_), level, False).problem))
        for level in FAMILY.levels
    ]
    assert longest == sorted(longest)
    assert longest[-1] >= 5
    assert all(len(phrasings.trained) >= 12 and len(phrasings.held_out) >= 3 for phrasings in (SUM, PRODUCT, QUOTIENT, REMAINDER))
