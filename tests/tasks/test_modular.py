"""Golds of modular arithmetic, found by computing in full, by stepping, or by trying every number below the modulus."""

import random
import re

import pytest

from openmimo.tasks.modular import FAMILY
from openmimo.tasks.task import Task
from tests.tasks.parts import parts_of

KINDS = {phrasings.kind.split(".")[1] for phrasings in FAMILY.phrasings}


def whole(expression: str) -> int:
    """A written sum of products, in full."""
    assert re.fullmatch(r"[\d+* ]+", expression), expression
    return int(eval(expression))


def clock(hour: int, hours: int, word: str) -> int:
    """The hour that a clock of twelve shows, turned one hour after the other."""
    for _ in range(hours):
        hour = (1 if hour == 12 else hour + 1) if word == "later" else (12 if hour == 1 else hour - 1)
    return hour


def solved(task: Task) -> int:
    """The answer in another way than that of the steps."""
    kind, parts = task.phrasing.split(".")[1], parts_of(FAMILY, task)
    if kind == "remainder":
        return whole(parts["e"]) % int(parts["m"])
    if kind == "power":
        return int(parts["a"]) ** int(parts["n"]) % int(parts["m"])
    if kind == "last_digit":
        return int(str(int(parts["a"]) ** int(parts["n"]))[-1])
    if kind == "clock":
        return clock(int(parts["h"]), int(parts["n"]), parts["w"])
    if kind == "negative":
        modulus = int(parts["m"]) if "m" in parts else int(parts["k"]) + 1
        number = -int(parts["a"])
        while number < 0:
            number += modulus
        return number
    modulus = int(parts["m"])
    if kind == "inverse":
        (inverse,) = (x for x in range(1, modulus) if int(parts["a"]) * x % modulus == 1)
        return inverse
    left, right = parts["e"].split(" ≡ ")
    left = re.sub(r"(\d)x", r"\1 * x", left)
    (x,) = (x for x in range(modulus) if (whole(left.replace("x", str(x))) - int(right)) % modulus == 0)
    return x


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_the_long_way_leads_to_the_gold_answer(level: int, held_out: bool) -> None:
    for seed in range(400):
        task = FAMILY.make(random.Random(f"{level}/{seed}"), level, held_out)
        assert int(task.answer) == solved(task), task
        assert re.search(rf"(?<!\d){task.answer}(?!\d)", task.steps.splitlines()[-1]), task
        assert FAMILY.check(task.answer, f" {task.answer}. ")
        assert not FAMILY.check(task.answer, f"{task.answer}1")
        assert not FAMILY.check(task.answer, "")


def test_every_kind_comes_up() -> None:
    rng = random.Random(0)
    assert {FAMILY.make(rng, level, False).phrasing.split(".")[1] for level in FAMILY.levels for _ in range(150)} == KINDS


def test_the_range_named_is_that_of_the_modulus() -> None:
    seen = 0
    for seed in range(600):
        parts = parts_of(FAMILY, FAMILY.make(random.Random(f"range/{seed}"), 2 + seed % 2, seed % 4 < 2))
        if {"k", "m"} <= set(parts):
            assert int(parts["k"]) == int(parts["m"]) - 1
            seen += 1
    assert seen > 50


def test_forms_of_answers() -> None:
    assert FAMILY.check("5", "x = 5")
    assert FAMILY.check("5", "5 o'clock.")
    assert not FAMILY.check("5", "17")
    assert not FAMILY.check("1", "4 / 4")


def test_levels_get_harder() -> None:
    lengths = [sum(len(FAMILY.make(random.Random(seed), level, False).steps) for seed in range(300)) for level in FAMILY.levels]
    assert lengths == sorted(lengths)
    assert lengths[-1] > 1.5 * lengths[0]
