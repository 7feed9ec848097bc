"""Golds of number theory against the definitions, by trying every number."""

import random
import re
from math import gcd, lcm, prod

import pytest

from openmimo.tasks.number_theory import FAMILY


def gold_is_right(kind: str, numbers: list[int], answer: str) -> bool:
    n = numbers[0]
    if kind == "gcd":
        return int(answer) == gcd(*numbers)
    if kind == "lcm":
        return int(answer) == lcm(*numbers)
    if kind == "modulo":
        return int(answer) == max(numbers) % min(numbers)
    if kind == "prime":
        return answer == ("yes" if n > 1 and all(n % d for d in range(2, n)) else "no")
    if kind == "divisors":
        return [int(part) for part in answer.split(", ")] == [d for d in range(1, n + 1) if n % d == 0]
    parts = [tuple(map(int, part.split("^"))) for part in answer.split(" * ")]
    bases = [part[0] for part in parts]
    return (
        prod(part[0] ** (part[1] if len(part) > 1 else 1) for part in parts) == n
        and all(all(b % d for d in range(2, b)) for b in bases)
        and bases == sorted(set(bases))
    )


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_golds_are_right(level: int, held_out: bool) -> None:
    rng, kinds = random.Random(level), set()
    for _ in range(500):
        task = FAMILY.make(rng, level, held_out)
        kind = task.phrasing.split(".")[1]
        numbers = [int(number) for number in re.findall(r"\d+", task.problem.replace("but 1 and", ""))]
        assert gold_is_right(kind, numbers, task.answer), task
        assert FAMILY.check(task.answer, task.answer)
        assert not FAMILY.check(task.answer, "I do not know")
        kinds.add(kind)
    assert kinds == {"gcd", "lcm", "prime", "factors", "divisors", "modulo"}


def test_forms_of_answers() -> None:
    assert FAMILY.check("2^3 * 5", "2*2*2*5")
    assert not FAMILY.check("2^3 * 5", "2^2 * 5")
    assert FAMILY.check("1, 2, 4", "1,2,4")
    assert FAMILY.check("yes", "Yes")
    assert not FAMILY.check("7", "yes")
