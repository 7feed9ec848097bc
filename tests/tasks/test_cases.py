"""Golds of cases, tried once more on many numbers and not only on one of each case."""

import random
import re
from itertools import count, product

import pytest

from openmimo.tasks.cases import FAMILY
from openmimo.tasks.task import Task
from openmimo.verify.expression import read_tokens, value_of
from tests.tasks.parts import parts_of

KINDS = {phrasings.kind.split(".")[1] for phrasings in FAMILY.phrasings}
MANY = range(121)


def values(expression: str, **numbers: int) -> int:
    """The value of an expression such as `3n^2 + n` with numbers for its letters."""
    for letter, number in numbers.items():
        expression = re.sub(rf"(?<=\d){letter}", f" * ({number})", expression)
        expression = re.sub(letter, f"({number})", expression)
    value = value_of(read_tokens(expression))
    assert value is not None, expression
    return int(value)


def tried(task: Task) -> str:
    """The answer by trying many numbers; what is said must be the same for all of them, or be true of the first."""
    kind, parts = task.phrasing.split(".")[1], parts_of(FAMILY, task)
    if kind == "parity":
        shift = parts["given"] == "odd"
        found = {values(parts["e"], **{parts["v"]: n + shift}) % 2 == 0 for n in range(0, 40, 2)}
    elif kind == "signs":
        bounds = re.findall(r"(\w) ([<>]) 0", parts["given"])
        sides = [range(1, 4) if sign == ">" else range(-3, 0) for _, sign in bounds]
        letters = [letter for letter, _ in bounds]
        found = {values(parts["e"], **dict(zip(letters, chosen, strict=True))) > 0 for chosen in product(*sides)}
    elif kind == "always":
        found = {all(values(parts["e"], n=n) % int(parts["m"]) == 0 for n in MANY)}
    elif kind == "ever":
        found = {any(values(parts["e"], n=n) % int(parts["m"]) == 0 for n in MANY)}
    elif kind == "remainders":
        return ", ".join(map(str, sorted({values(parts["e"], n=n) % int(parts["m"]) for n in MANY})))
    elif kind == "both":
        a, b, c = (int(parts[name]) for name in "abc")
        found = {all(n % c == 0 for n in range(1, 2 * a * b + 1) if n % a == n % b == 0)}
    elif "divisible" in parts["e"]:
        a, rest, m = map(int, re.findall(r"\d+", parts["e"]))
        return str(next(n for n in count(1) if n % a == 0 and n % m == rest))
    else:
        expression, limit = parts["e"].split(" is greater than ")
        return str(next(n for n in count(1) if values(expression, n=n) > int(limit)))
    assert len(found) == 1, task
    return "yes" if found == {True} else "no"


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_trying_many_numbers_leads_to_the_gold_answer(level: int, held_out: bool) -> None:
    for seed in range(200):
        task = FAMILY.make(random.Random(f"{level}/{seed}"), level, held_out)
        assert task.answer == tried(task), task
        assert task.steps.endswith(task.answer)
        assert FAMILY.check(task.answer, f" {task.answer}. ")
        assert not FAMILY.check(task.answer, "no" if task.answer == "yes" else "yes")
        assert not FAMILY.check(task.answer, f"{task.answer}1")


def test_every_kind_comes_up() -> None:
    rng = random.Random(0)
    assert {FAMILY.make(rng, level, False).phrasing.split(".")[1] for level in FAMILY.levels for _ in range(100)} == KINDS


@pytest.mark.parametrize("kind", ["parity", "signs", "always", "ever", "both"])
def test_yes_and_no_are_both_frequent(kind: str) -> None:
    rng = random.Random(0)
    tasks = [FAMILY.make(rng, level, False) for level in FAMILY.levels for _ in range(500)]
    answers = [task.answer for task in tasks if f".{kind}." in task.phrasing]
    assert 0.3 < answers.count("yes") / len(answers) < 0.7


def test_forms_of_answers() -> None:
    assert FAMILY.check("0, 1", "1 and 0")
    assert not FAMILY.check("0, 1", "0, 1, 2")
    assert FAMILY.check("7", "n = 7")
    assert not FAMILY.check("7", "8")
    assert FAMILY.check("yes", "Yes.")


def test_levels_get_harder() -> None:
    lengths = [sum(len(FAMILY.make(random.Random(seed), level, False).steps) for seed in range(300)) for level in FAMILY.levels]
    assert lengths == sorted(lengths)
    assert lengths[-1] > 1.5 * lengths[0]
