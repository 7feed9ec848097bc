"""Golds of units, worked out again by way of metres, grams, millilitres and seconds."""

import random
import re
from fractions import Fraction

import pytest

from openmimo.tasks.task import Task
from openmimo.tasks.units import FAMILY
from tests.tasks.parts import parts_of

KINDS = {phrasings.kind.split(".")[1] for phrasings in FAMILY.phrasings}
SIZES = {
    **dict.fromkeys(("mm", "millimetre"), Fraction(1, 1000)),
    **dict.fromkeys(("cm", "centimetre"), Fraction(1, 100)),
    **dict.fromkeys(("km", "kilometre"), Fraction(1000)),
    **dict.fromkeys(("m", "metre", "g", "gram", "ml", "millilitre", "s", "second"), Fraction(1)),
    **dict.fromkeys(("kg", "kilogram", "l", "litre"), Fraction(1000)),
    **dict.fromkeys(("t", "tonne"), Fraction(1_000_000)),
    **dict.fromkeys(("min", "minute"), Fraction(60)),
    **dict.fromkeys(("h", "hour"), Fraction(3600)),
    "day": Fraction(24 * 3600),
    "week": Fraction(7 * 24 * 3600),
    "m/s": Fraction(1),
    "km/h": Fraction(1000, 3600),
}


def size(unit: str) -> Fraction:
    """How many of the smallest unit of its kind a unit is."""
    return SIZES[unit] if unit in SIZES else SIZES[unit.removesuffix("s")]


def amount(text: str) -> Fraction:
    """A measure such as `2 h 35 min` in the smallest unit of its kind."""
    found = re.findall(r"(\d+(?:\.\d+)?) ([a-z/]+)", text)
    assert found
    return sum((Fraction(count) * size(unit) for count, unit in found), Fraction(0))


def measured(task: Task) -> tuple[Fraction, Fraction]:
    """What the answer is and what it should be, in the same unit."""
    kind, parts = task.phrasing.split(".")[1], parts_of(FAMILY, task)
    if kind == "convert":
        return Fraction(task.answer) * size(parts["v"]), amount(parts["x"])
    if kind == "split":
        return amount(task.answer), amount(parts["x"])
    if kind == "add":
        return amount(task.answer), amount(parts["x"]) + amount(parts["y"])
    if kind == "speed":
        return Fraction(task.answer) * amount(parts["t"]), Fraction(parts["d"]) * 3600
    return Fraction(task.answer) * 3600, Fraction(parts["v"]) * amount(parts["t"])


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_the_answer_measures_what_the_question_does(level: int, held_out: bool) -> None:
    for seed in range(400):
        task = FAMILY.make(random.Random(f"{level}/{seed}"), level, held_out)
        got, wanted = measured(task)
        assert got == wanted, task
        assert task.steps.splitlines()[-1].endswith(task.answer)
        assert FAMILY.check(task.answer, f" {task.answer}. ")
        assert not FAMILY.check(task.answer, f"1{task.answer}")
        assert not FAMILY.check(task.answer, "")


def test_two_parts_have_the_units_asked_for_and_the_smaller_stays_below_one_of_the_larger() -> None:
    seen = 0
    for seed in range(600):
        task = FAMILY.make(random.Random(f"parts/{seed}"), 3, False)
        if " " in task.answer:
            parts = parts_of(FAMILY, task)
            _, large, rest, small = task.answer.split()
            assert [size(large), size(small)] == [size(parts["u"]), size(parts["v"])], task
            assert 0 < int(rest) * size(small) < size(large), task
            seen += 1
    assert seen > 100


def test_every_kind_comes_up() -> None:
    rng = random.Random(0)
    assert {FAMILY.make(rng, level, False).phrasing.split(".")[1] for level in FAMILY.levels for _ in range(150)} == KINDS


def test_forms_of_answers() -> None:
    assert FAMILY.check("2 h 35 min", "2 hours and 35 minutes")
    assert FAMILY.check("1 day 5 h", "1 day, 5 hours")
    assert FAMILY.check("2 h 35 min", "2h35min")
    assert not FAMILY.check("2 h 35 min", "35 min 2 h")
    assert not FAMILY.check("2 h 35 min", "155 min")
    assert not FAMILY.check("2 h 35 min", "2 h 35 s")
    assert FAMILY.check("12000", "12,000")
    assert not FAMILY.check("0.35", "350/1000")


def test_levels_get_harder() -> None:
    lengths = [sum(len(FAMILY.make(random.Random(seed), level, False).steps) for seed in range(300)) for level in FAMILY.levels]
    assert lengths == sorted(lengths)
    assert lengths[-1] > 1.5 * lengths[0]
