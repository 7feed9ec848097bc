"""Golds of tables, found once more from the table as it is written in the question."""

import dataclasses
import random
import re

import pytest

from openmimo.tasks.tables import FAMILY
from openmimo.tasks.task import Task
from tests.tasks.parts import parts_of

ROW = re.compile(r"^(\w+)((?:\W+\d+){2,3})(?: \|)?$")
COLUMN = re.compile(r"[| ,]+")


def read(task: Task) -> tuple[dict[str, dict[str, int]], dict[str, str]]:
    """The rows of the table, each with its numbers by column, and the rest of what was put into the question."""
    lines = task.problem.casefold().splitlines()
    bare = [line.strip("| ") for line in lines]
    rows = [place for place, line in enumerate(bare) if ROW.match(line)]
    first = rows[0] - (2 if "---" in bare[rows[0] - 1] else 1)
    head = COLUMN.split(bare[first])[1:]
    table = {}
    for place in rows:
        name, *numbers = COLUMN.split(bare[place])
        table[name] = dict(zip(head, map(int, numbers), strict=True))
    words = "\n".join([*lines[:first], "table", *lines[rows[-1] + 1 :]])
    return table, parts_of(FAMILY, dataclasses.replace(task, problem=words))


def meets(number: int, condition: str) -> bool:
    limit = int(condition.split()[-1])
    return number > limit if condition.startswith("more") else number < limit


def solved(task: Task) -> str:
    kind = task.phrasing.split(".")[1]
    table, parts = read(task)
    column = parts.get("c", "price")
    numbers = {name: row[column] for name, row in table.items()}
    if kind == "most":
        ranked = sorted(table, key=lambda name: numbers[name])
        return ranked[-1 if parts["w"] == "largest" else 0]
    if kind == "lookup":
        return str(numbers[parts["r"]])
    if kind == "sum":
        return str(sum(row[column] for row in table.values()))
    if kind == "difference":
        return str(numbers[parts["r"]] - numbers[parts["s"]])
    kept = [row for row in table.values() if "w" in parts and meets(row[column], parts["w"])]
    if kind == "count":
        return str(len(kept))
    if kind == "some":
        return str(sum(row[parts["a"]] for row in kept))
    if kind == "order":
        return str(sum(([numbers[parts["r"]]] * int(parts["m"])) + [numbers[parts["s"]]] * int(parts["n"])))
    return str(sum(price for row in table.values() for price in [row["price"]] * row["amount"]))


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_the_table_in_the_question_leads_to_the_gold_answer(level: int, held_out: bool) -> None:
    kinds = set()
    for seed in range(300):
        task = FAMILY.make(random.Random(f"{level}/{seed}"), level, held_out)
        assert task.answer.casefold() == solved(task), task
        assert task.steps.endswith(task.answer)
        assert FAMILY.check(task.answer, f" {task.answer}. ")
        assert not FAMILY.check(task.answer, task.answer + "1")
        assert not FAMILY.check(task.answer, "")
        kinds.add(task.phrasing.split(".")[1])
    assert len(kinds) == {1: 4, 2: 5, 3: 5}[level]


@pytest.mark.parametrize("level", FAMILY.levels)
def test_each_row_is_read_out_with_the_names_of_its_columns(level: int) -> None:
    for seed in range(100):
        task = FAMILY.make(random.Random(f"{level}/{seed}"), level, False)
        table, parts = read(task)
        pairs = {name: f"{name}: " + ", ".join(f"{column} {number}" for column, number in row.items()) for name, row in table.items()}
        needed = {parts[key] for key in "rs" if key in parts} or set(table)
        assert {name for name, pair in pairs.items() if pair in task.steps.casefold()} == needed, task


def test_no_word_is_put_before_or_after_a_table() -> None:
    for seed in range(300):
        lines = FAMILY.make(random.Random(seed), 2, seed % 2 == 1).problem.splitlines()
        marked = [line for line in lines if line.startswith("|") or line.endswith("|")]
        assert all(line.startswith("| ") or line.startswith("|---") or line.startswith("| ---") for line in marked)
        assert all(line.endswith("|") for line in marked)


def test_levels_get_harder() -> None:
    lengths = [sum(len(FAMILY.make(random.Random(seed), level, False).steps) for seed in range(300)) for level in FAMILY.levels]
    assert lengths[0] < lengths[1] < lengths[2]
