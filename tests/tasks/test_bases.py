"""Golds of bases, read back by Python, which knows how to read all of them."""

import random
import re

import pytest

from openmimo.tasks.bases import FAMILY
from openmimo.tasks.task import Task
from tests.tasks.parts import parts_of

KINDS = {phrasings.kind.split(".")[1] for phrasings in FAMILY.phrasings}
NAMES = {"binary": 2, "hexadecimal": 16}


def base_of(name: str) -> int:
    return NAMES.get(name) or int(name.removeprefix("base "))


def read(task: Task) -> tuple[int, int]:
    """What number the answer is, and which it should be."""
    kind, parts = task.phrasing.split(".")[1], parts_of(FAMILY, task)
    if kind == "into":
        return int(task.answer, base_of(parts["b"])), int(parts["n"])
    if kind == "out":
        return int(task.answer), int(parts["n"], base_of(parts["b"]))
    if kind == "to_hex":
        return int(task.answer, 16), int(parts["n"], 2)
    if kind == "from_hex":
        return int(task.answer, 2), int(parts["n"], 16)
    return int(task.answer, 2), int(parts["a"], 2) + int(parts["b"], 2)


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_question_and_answer_are_the_same_number(level: int, held_out: bool) -> None:
    for seed in range(400):
        task = FAMILY.make(random.Random(f"{level}/{seed}"), level, held_out)
        got, wanted = read(task)
        assert got == wanted, task
        assert not task.answer.startswith("0")
        assert task.steps.splitlines()[-1].rstrip(".").endswith(f" {task.answer}"), task
        assert FAMILY.check(task.answer, f" {task.answer.lower()}. ")
        assert not FAMILY.check(task.answer, f"{task.answer}0")
        assert not FAMILY.check(task.answer, "")


def test_the_number_of_the_question_said_back_is_no_answer() -> None:
    for level in FAMILY.levels:
        for seed in range(200):
            task = FAMILY.make(random.Random(f"back/{level}/{seed}"), level, False)
            assert not any(FAMILY.check(task.answer, part) for part in parts_of(FAMILY, task).values()), task


def test_every_kind_comes_up() -> None:
    rng = random.Random(0)
    assert {FAMILY.make(rng, level, False).phrasing.split(".")[1] for level in FAMILY.levels for _ in range(150)} == KINDS


def test_letters_stand_for_digits_above_nine_in_either_case() -> None:
    assert FAMILY.check("2F", "2f")
    assert not FAMILY.check("2F", "215")
    answers = {FAMILY.make(random.Random(seed), 3, False).answer for seed in range(300)}
    assert set("ABCDEF") <= set("".join(answers))


def test_levels_get_harder() -> None:
    lengths = [sum(len(FAMILY.make(random.Random(seed), level, False).steps) for seed in range(300)) for level in FAMILY.levels]
    assert lengths == sorted(lengths)
    assert lengths[-1] > 1.5 * lengths[0]


def test_a_binary_sum_pairs_named_bits_from_the_right() -> None:
    sums = [task for seed in range(200) if (task := FAMILY.make(random.Random(seed), 3, False)).phrasing.startswith("bases.add")]
    for task in sums:
        top, bottom, *columns, _ = task.steps.split("\n")
        bits = {name: bit for line in (top, bottom) for name, bit in re.findall(r"([A-Ga-g]) ([01])", line)}
        for line in columns:
            names, _, shown = line.partition(": ")
            if names != "The last carry" and "Wait" not in line:
                column = shown.partition(" = ")[0].partition(",")[0].split(" + ")
                assert column[: len(names.split())] == [bits[name] for name in names.split()]
                assert task.answer.endswith(line.rpartition(": ")[2]) or "carry" not in line
    assert len(sums) > 20
