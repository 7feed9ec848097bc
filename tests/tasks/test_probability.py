"""Golds of probability, counted once more over all outcomes."""

import random
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import permutations, product
from math import isqrt
from typing import Any

import pytest

from openmimo.tasks.probability import FAMILY, lowest_terms
from openmimo.tasks.task import Task
from tests.tasks.parts import parts_of

NUMBER = {
    "an even number": lambda number, bound: number in range(0, 99, 2),
    "an odd number": lambda number, bound: number in range(1, 99, 2),
    "a multiple of": lambda number, bound: number in range(0, 99, bound),
    "a number greater than": lambda number, bound: number > bound,
    "a number less than": lambda number, bound: number < bound,
    "a prime number": lambda number, bound: sum(number % d == 0 for d in range(1, number + 1)) == 2,
    "a square number": lambda number, bound: isqrt(number) ** 2 == number,
}
DICE = {
    "the sum is": lambda pair, bound: sum(pair) == bound,
    "the numbers differ by": lambda pair, bound: max(pair) - min(pair) == bound,
    "both show the same number": lambda pair, bound: pair[0] == pair[1],
    "the sum is at least": lambda pair, bound: sum(pair) >= bound,
    "the sum is at most": lambda pair, bound: sum(pair) <= bound,
    "the product is": lambda pair, bound: pair[0] * pair[1] == bound,
    "the larger number is": lambda pair, bound: sorted(pair)[1] == bound,
}


def share(outcomes: Iterator[Any], holds: Callable[[Any], bool]) -> Fraction:
    listed = list(outcomes)
    return Fraction(sum(map(holds, listed)), len(listed))


def chance(task: Task) -> Fraction:
    """The share of the outcomes in which the event of the question happens."""
    kind, parts = task.phrasing.split(".")[1], parts_of(FAMILY, task)
    event = parts.get("event", "")
    if kind in ("number", "dice"):
        named = re.fullmatch(r"(.*?)(?: (\d+))?", event)
        bound = int(named[2] or 0)
        if kind == "number":
            return share(iter(range(1, int(parts["n"]) + 1)), lambda number: NUMBER[named[1]](number, bound))
        return share(product(range(1, 7), repeat=2), lambda pair: DICE[named[1]](pair, bound))
    if kind == "coins":
        side = "h" if "head" in event else "t"
        tosses = product("ht", repeat=int(parts["n"]))
        if "least" in event:
            return share(tosses, lambda row: side in row)
        exactly = re.search(r"exactly (\d)", event)
        return share(tosses, lambda row: row.count(side) == (int(exactly[1]) if exactly else 0))
    if kind == "complement":
        return 1 - Fraction(parts["p"])
    if kind == "tries":
        p = Fraction(parts["p"])
        games = product(range(p.denominator), repeat=int(parts["k"]))
        return share(games, lambda row: any(place < p.numerator for place in row))
    balls = [colour for count, colour in re.findall(r"(\d+) (\w+)", parts["balls"]) for _ in range(int(count))]
    if kind == "draw":
        return share(iter(balls), lambda ball: ("not" in event) != (ball in event))
    pairs = permutations(balls, 2) if "not" in parts["back"] else product(balls, repeat=2)
    named = re.search(r"two (\w+) ones", event)
    return share(pairs, (lambda pair: set(pair) == {named[1]}) if named else (lambda pair: len(set(pair)) == 2))


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_counting_outcomes_leads_to_the_gold_answer(level: int, held_out: bool) -> None:
    kinds = set()
    for seed in range(300):
        task = FAMILY.make(random.Random(f"{level}/{seed}"), level, held_out)
        value = chance(task)
        assert Fraction(task.answer) == value, task
        assert 0 < value < 1
        assert FAMILY.check(task.answer, f" {value.numerator} / {value.denominator}. ")
        assert not FAMILY.check(task.answer, f"{2 * value.numerator}/{2 * value.denominator}")  # not in lowest terms
        assert not FAMILY.check(task.answer, str(value / 2))
        assert task.answer in task.steps.splitlines()[-1]
        kinds.add(task.phrasing.split(".")[1])
    assert len(kinds) == {1: 3, 2: 5, 3: 4}[level]


def test_lowest_terms_says_when_there_is_nothing_to_do() -> None:
    assert lowest_terms(3, 4) == ["3/4 is in lowest terms."]
    assert lowest_terms(6, 8) == ["Both divide by 2.", "6 / 2 = 3", "8 / 2 = 4", "6/8 = 3/4"]


def test_levels_get_harder() -> None:
    lengths = [sum(len(FAMILY.make(random.Random(seed), level, False).steps) for seed in range(300)) for level in FAMILY.levels]
    assert lengths == sorted(lengths)
    assert lengths[-1] > 1.5 * lengths[0]
