"""Golds of systems of equations, found by trying all pairs of whole numbers in the question itself."""

import random
import re
from collections.abc import Callable, Iterator
from itertools import product

import pytest

from openmimo.tasks.systems import FAMILY
from openmimo.tasks.task import Task
from tests.tasks.parts import parts_of

KINDS = {phrasings.kind.split(".")[1] for phrasings in FAMILY.phrasings}
Sides = Callable[[int, int], bool]


def equation(text: str, x: str, y: str) -> Sides:
    """Whether two numbers make a written equation true."""
    found = re.fullmatch(rf"(\d*){x} ([+-]) (\d*){y} = (-?\d+)", text)
    assert found, text
    a, b, c = int(found[1] or 1), int(found[2] + (found[3] or "1")), int(found[4])
    return lambda one, other: a * one + b * other == c


def bill(goods: str, total: str, first: str, second: str) -> Sides:
    """Whether two prices make up a bill such as `2 pens and 1 cup`."""
    counts = {good: int(count) for count, good in re.findall(r"(\d+) ([a-z]+?)s?(?= and|$)", goods)}
    assert set(counts) == {first, second}
    return lambda one, other: counts[first] * one + counts[second] * other == int(total)


def solutions(numbers: range, *conditions: Sides) -> Iterator[tuple[int, int]]:
    """All pairs of numbers for which the conditions hold."""
    return (pair for pair in product(numbers, repeat=2) if all(condition(*pair) for condition in conditions))


def solved(task: Task) -> str:
    """The answer in another way than that of the steps."""
    kind, parts = task.phrasing.split(".")[1], parts_of(FAMILY, task)
    if kind in ("both", "one"):
        x, y = re.findall(r"[a-z]", parts["e"])
        ((one, other),) = solutions(range(-20, 21), equation(parts["e"], x, y), equation(parts["f"], x, y))
        return str({x: one, y: other}[parts["x"]]) if kind == "one" else f"{x} = {one}, {y} = {other}"
    if kind == "prices":
        first, second = re.findall(r"\d+ ([a-z]+?)s?(?= and|$)", parts["p"])
        conditions = [bill(parts[goods], parts[total], first, second) for goods, total in (("p", "c"), ("q", "f"))]
        ((one, other),) = solutions(range(1, 40), *conditions)
        return str({first: one, second: other}[parts["g"]])
    total = int(parts["s"])
    if kind == "times":
        (small,) = (small for small in range(total) if small + int(parts["k"]) * small == total)
    else:
        (small,) = (small for small in range(total // 2 + 1) if total - small == small + int(parts["d"]))
    return str(small if parts["w"] == "smaller" else total - small)


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_trying_all_pairs_leads_to_the_gold_answer_alone(level: int, held_out: bool) -> None:
    for seed in range(200):
        task = FAMILY.make(random.Random(f"{level}/{seed}"), level, held_out)
        assert task.answer == solved(task), task
        assert task.steps.splitlines()[-1].rstrip(".").endswith(task.answer), task
        assert FAMILY.check(task.answer, f" {task.answer}. ")
        assert not FAMILY.check(task.answer, f"{task.answer}1")
        assert not FAMILY.check(task.answer, "")


def test_every_kind_comes_up() -> None:
    rng = random.Random(0)
    assert {FAMILY.make(rng, level, False).phrasing.split(".")[1] for level in FAMILY.levels for _ in range(150)} == KINDS


def test_forms_of_answers() -> None:
    assert FAMILY.check("x = 2, y = -3", "y=-3 and x=2")
    assert FAMILY.check("x = 2, y = -3", "X = 2; Y = -3.")
    assert not FAMILY.check("x = 2, y = -3", "x = -3, y = 2")
    assert not FAMILY.check("x = 2, y = -3", "x = 2")
    assert not FAMILY.check("x = 2, y = -3", "2, -3")
    assert not FAMILY.check("x = 2, y = -3", "x = 2, y = -3, x = 2")
    assert FAMILY.check("5", "x = 5")
    assert not FAMILY.check("5", "10/2")


def test_levels_get_harder() -> None:
    lengths = [sum(len(FAMILY.make(random.Random(seed), level, False).steps) for seed in range(300)) for level in FAMILY.levels]
    assert lengths == sorted(lengths)
    assert lengths[-1] > 1.5 * lengths[0]
