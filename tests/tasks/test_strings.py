"""Golds of strings, found once more with Python's own words for them."""

import random
import re
import string
from itertools import groupby

import pytest

from openmimo.tasks.strings import FAMILY
from openmimo.tasks.task import Task
from tests.tasks.parts import parts_of


def solved(task: Task) -> str:
    kind = task.phrasing.split(".")[1]
    parts = {name: text.replace('"', "") for name, text in parts_of(FAMILY, task).items()}
    word = parts["w"]
    if kind == "reverse":
        return "".join(reversed(word))
    if kind == "count":
        return str(word.count(parts["x"]))
    if kind == "vowels":
        return str(len(word) - len(word.translate(str.maketrans("", "", "aeiou"))))
    if kind == "length":
        return str(len(list(word)))
    if kind == "longest":
        words = word.split(", ")
        (longest,) = (each for each in words if all(len(each) > len(other) for other in words if other is not each))
        return longest
    if kind == "replace":
        return parts["y"].join(word.split(parts["x"]))
    if kind == "palindrome":
        return "yes" if list(word) == list(reversed(word)) else "no"
    if kind == "sort":
        return "".join(letter * word.count(letter) for letter in string.ascii_lowercase)
    if kind == "runs":
        return "".join(f"{letter}{len(list(run))}" for letter, run in groupby(word))
    by, _, way = parts["n"].split()
    turn = int(by) if way == "forward" else -int(by)
    return word.translate(str.maketrans(string.ascii_lowercase, string.ascii_lowercase[turn:] + string.ascii_lowercase[:turn]))


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_python_comes_to_the_gold_answer(level: int, held_out: bool) -> None:
    kinds = set()
    for seed in range(400):
        task = FAMILY.make(random.Random(f"{level}/{seed}"), level, held_out)
        assert task.answer == solved(task), task
        assert task.steps.endswith(task.answer)
        assert FAMILY.check(task.answer, f" {task.answer}. " if task.answer.isdigit() else f' "{task.answer.upper()}". ')
        assert not FAMILY.check(task.answer, task.answer + "1")
        assert not FAMILY.check(task.answer, "")
        kinds.add(task.phrasing.split(".")[1])
    assert len(kinds) == {1: 4, 2: 8, 3: 8}[level]


def test_both_answers_about_palindromes_are_as_likely() -> None:
    tasks = [FAMILY.make(random.Random(seed), 3, False) for seed in range(2000)]
    answers = [task.answer for task in tasks if ".palindrome." in task.phrasing]
    assert 0.4 < answers.count("yes") / len(answers) < 0.6


@pytest.mark.parametrize("level", FAMILY.levels)
def test_each_letter_that_a_step_names_has_its_number(level: int) -> None:
    for seed in range(200):
        task = FAMILY.make(random.Random(seed), level, False)
        if any(f".{kind}." in task.phrasing for kind in ("longest", "runs")):
            continue
        word = parts_of(FAMILY, task)["w"].replace('"', "")
        named = re.findall(r"\b(\d+) ([a-z])\b", task.steps)
        assert "".join(letter for _, letter in named[: len(word)]) == word
        assert all(word[int(place) - 1] == letter for place, letter in named)


def test_levels_get_harder() -> None:
    lengths = [sum(len(FAMILY.make(random.Random(seed), level, False).steps) for seed in range(300)) for level in FAMILY.levels]
    assert lengths[0] < lengths[1] < lengths[2]
