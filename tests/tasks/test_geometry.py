"""Golds of geometry, measured once more: by counting unit squares, by trying whole numbers, by complex numbers."""

import random
from fractions import Fraction

import pytest

from openmimo.tasks.geometry import FAMILY
from openmimo.tasks.task import Task
from tests.tasks.parts import parts_of

KINDS = {phrasings.kind.split(".")[1] for phrasings in FAMILY.phrasings}


def measured(task: Task) -> Fraction | tuple[Fraction, Fraction]:
    """The answer in another way than that of the steps."""
    kind = task.phrasing.split(".")[1]
    of = {name: int(text) for name, text in parts_of(FAMILY, task).items()}
    a, b, c, d = (of.get(name, 0) for name in "abcd")
    if kind == "perimeter":
        return Fraction(sum((a, b, a, b)))
    if kind == "area":
        return Fraction(sum(1 for _ in range(a) for _ in range(b)))
    if kind == "width":
        return Fraction(next(width for width in range(1, 1000) if sum([of["a"]] * width) == of["s"]))
    if kind == "triangle":  # the shoelace formula for corners in general position over the base
        corners = [(0, 0), (a, 0), (a // 3, b)]
        turned = [*corners[1:], corners[0]]
        return Fraction(abs(sum(x * v - u * y for (x, y), (u, v) in zip(corners, turned, strict=True))), 2)
    if kind == "box":
        return Fraction(sum(1 for _ in range(a) for _ in range(b) for _ in range(c)))
    if kind == "hypotenuse":
        return Fraction(next(side for side in range(max(a, b), a + b) if side * side == a * a + b * b))
    if kind == "leg":
        return Fraction(next(side for side in range(1, c) if side * side + a * a == c * c))
    if kind == "angle":
        return Fraction(next(angle for angle in range(1, 180) if a + b + angle == 180))
    if kind == "polygon":  # the outer angles are one full turn
        return Fraction(of["n"] * (180 - Fraction(360, of["n"])))
    step = complex(c - a, d - b)
    if kind == "distance_squared":
        return Fraction(round(abs(step) ** 2))
    if kind == "midpoint":
        return Fraction(a + c, 2), Fraction(b + d, 2)
    return Fraction(int(step.imag), int(step.real))


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_measuring_in_another_way_leads_to_the_gold_answer(level: int, held_out: bool) -> None:
    for seed in range(300):
        task = FAMILY.make(random.Random(f"{level}/{seed}"), level, held_out)
        value = measured(task)
        right = f"({value[0]}, {value[1]})" if isinstance(value, tuple) else str(value)
        assert task.answer == right, task
        assert right in task.steps.splitlines()[-1]
        assert FAMILY.check(task.answer, f" {right} ")
        assert not FAMILY.check(task.answer, f"{right}1")
        assert not FAMILY.check(task.answer, "")


def test_every_kind_comes_up() -> None:
    rng = random.Random(0)
    assert {FAMILY.make(rng, level, False).phrasing.split(".")[1] for level in FAMILY.levels for _ in range(150)} == KINDS


def test_forms_of_answers() -> None:
    assert FAMILY.check("(3, -4)", "3, -4")
    assert not FAMILY.check("(3, -4)", "(-4, 3)")
    assert FAMILY.check("3/2", "1.5")
    assert not FAMILY.check("3/2", "2/3")


def test_levels_get_harder() -> None:
    lengths = [sum(len(FAMILY.make(random.Random(seed), level, False).steps) for seed in range(300)) for level in FAMILY.levels]
    assert lengths == sorted(lengths)
    assert lengths[-1] > 1.5 * lengths[0]
