"""HumanEval+ and MBPP+: outputs that the row's own solution gives, EvalPlus's rule, and arguments that JSON cannot hold."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openmimo.eval.benchmarks.catalog import find, read_items
from openmimo.eval.benchmarks.evalplus import BENCHMARKS
from openmimo.eval.item import Item, with_shots
from openmimo.tasks.checking import Checker
from openmimo.tasks.from_file import fenced
from openmimo.verify.judge.fields import BadField
from openmimo.verify.judge.judge import Judge
from openmimo.verify.judge.problem import AssertTest

FIXTURES = Path(__file__).parent.parent / "fixtures"
NAMES = [benchmark.name for benchmark in BENCHMARKS]
ROW = {
    "task_id": "Mbpp/1000",
    "prompt": '"""\nAdd.\n"""\n',
    "entry_point": "add",
    "canonical_solution": "def add(a, b):\n    return a + b\n",
}


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    with Checker(Judge(speed=1.0)) as made:
        yield made


def items_of(name: str) -> list[Item]:
    return read_items(find(name), FIXTURES / f"{name.removesuffix('-chat')}.jsonl")


def row_of(base: list[Any], more: list[Any], **other: Any) -> Item:
    item = find("mbpp-plus-chat").read({**ROW, "base_input": base, "plus_input": more, **other}, 1)
    assert item
    return item


def score(checker: Checker, item: Item, program: str) -> float | None:
    assert item.task
    return checker.verdict(item.task, fenced(program)).score


@pytest.mark.parametrize("name", NAMES)
def test_the_rows_own_solution_is_right_and_one_that_gives_nothing_is_wrong(checker: Checker, name: str) -> None:
    for item in items_of(name):
        assert item.task
        extract, text = find(name).extract, find(name).form == "text"
        body = item.gold.removeprefix(item.data["prompt"]) if text else fenced(item.gold)
        assert checker.verdict(item.task, extract(item, body) if extract else body).score == 1.0, item.id
        assert score(checker, item, f"def {item.task.entry}(*args):\n    return None") == 0.0


def test_the_added_inputs_count(checker: Checker) -> None:
    clamp = items_of("humaneval-plus-chat")[0]
    assert score(checker, clamp, "def clamp(value, low, high):\n    return 5 if value == 7 else 0") == 0.0
    assert clamp.task
    assert [test.group for test in clamp.task.tests] == [0, 0, 1, 1, 1]


def test_the_rule_is_evalpluss(checker: Checker) -> None:
    halves = items_of("humaneval-plus-chat")[1]
    assert score(checker, halves, "def halves(numbers):\n    return [number * 0.5 + 1e-9 for number in numbers]") == 1.0
    assert score(checker, halves, "def halves(numbers):\n    return [number * 0.5 + 1e-3 for number in numbers]") == 0.0
    assert score(checker, halves, "def halves(numbers):\n    return tuple(number * 0.5 for number in numbers)") == 0.0
    shared = items_of("mbpp-plus-chat")[0]  # compared as sets
    assert score(checker, shared, "def similar_elements(left, right):\n    return sorted(set(left) & set(right), reverse=True)") == 1.0


def test_a_match_need_not_leave_the_program_to_be_one(checker: Checker) -> None:
    found = items_of("mbpp-plus-chat")[3]
    assert score(checker, found, "import re\ndef text_starta_endb(text):\n    return re.match('.*a.*b$', text)") == 1.0
    assert score(checker, found, "def text_starta_endb(text):\n    return 'a' in text") == 0.0


@pytest.mark.parametrize(
    "program",
    [
        "class All:\n    def __eq__(self, other):\n        return True\ndef add(a, b):\n    return All()",
        "import sys\ndef add(a, b):\n    return sys._getframe(1).f_globals['_reference'](a, b)",
        "import os\ndef add(a, b):\n    os._exit(0)",
        "same_evalplus_value = lambda *args: True\ndef add(a, b):\n    return 0",
    ],
)
def test_a_program_reaches_neither_the_rule_nor_the_reference(checker: Checker, program: str) -> None:
    assert score(checker, row_of([[1, 2]], [[3, 4]]), program) == 0.0


def test_neither_the_program_nor_the_reference_changes_the_others_arguments(checker: Checker) -> None:
    code = "def add(a, b):\n    a.append(b)\n    return a"
    assert score(checker, row_of([[[1], 2]], [], canonical_solution=code), code) == 1.0


def test_many_inputs_of_one_task_are_run_together(checker: Checker) -> None:
    item = row_of([[n, n] for n in range(5)], [[n, -1.5] for n in range(995)])
    assert score(checker, item, "def add(a, b):\n    return a + b") == 1.0
    assert score(checker, item, "def add(a, b):\n    return a + b if a != 993 else 0") == 0.0


@pytest.mark.parametrize(
    "number, given, taken",
    [
        (2, [[1], [2]], [(1,), (2,)]),
        (63, [[[1, 2], [3]]], [[(1, 2), (3,)]]),
        (75, [[[1, 2]], 2], [[(1, 2)], 2]),
        (106, [[1], [2]], [[1], (2,)]),
        (115, [[[1], []]], [[{1}, {}]]),
        (124, ["1.5", "2+1j"], [1.5, 2 + 1j]),
        (252, ["2j"], [2j]),
        (259, [[[1, 2]], [[3, 4]]], [((1, 2),), ((3, 4),)]),
        (278, [[1, [2], 3]], [(1, (2,), 3)]),
        (307, [[1, [2]], 0, 5], [(1, [2]), 0, 5]),
        (580, [[1, [2, [3]]]], [(1, (2, (3,)))]),
        (722, [{"a": [1, 2]}, 5], [{"a": (1, 2)}, 5]),
        (404, [[1], 2], [[1], 2]),
    ],
)
def test_arguments_become_what_json_could_not_hold(number: int, given: list[Any], taken: list[Any]) -> None:
    (test,) = row_of([json.loads(json.dumps(given))], [], task_id=f"Mbpp/{number}").task.tests  # type: ignore[union-attr]
    assert isinstance(test, AssertTest)
    assert test.code == f"_check({taken!r})"


def test_a_base_model_goes_on_from_the_rows_prompt() -> None:
    items = items_of("mbpp-plus")
    assert with_shots(find("mbpp-plus"), items[1], items[:1]) == (
        '"""\nWrite a function to find the shared members of two tuples.\nassert set(similar_elements((1, 2), (2, 3))) == {2}\n"""\n\n'
        "def similar_elements(left, right):\n    return tuple(set(left) & set(right))\n\n"
        '"""\nWrite a function to find the smaller of two numbers.\nassert smaller(1, 2) == 1\n"""\n'
    )


@pytest.mark.parametrize("column", ["prompt", "entry_point", "canonical_solution", "base_input", "plus_input"])
def test_a_missing_column_is_named(column: str) -> None:
    row = {**ROW, "base_input": [[1, 2]], "plus_input": [[3, 4]]}
    with pytest.raises(BadField, match=f"^{column}: is missing"):
        find("mbpp-plus").read({key: value for key, value in row.items() if key != column}, 1)


@pytest.mark.parametrize(
    "other, said",
    [
        ({"base_input": "[[1]]"}, "base_input: must be a list that has the list of arguments of every call"),
        ({"plus_input": [1]}, "plus_input: must be a list that has the list of arguments"),
        ({"base_input": [], "plus_input": []}, "base_input: is empty, and so is plus_input"),
        ({"task_id": "Mbpp/722", "base_input": [[5]]}, "base_input: has other arguments than Mbpp/722 takes"),
        ({"atol": "small"}, "atol: is 'small'"),
        ({"entry_point": "a b"}, "entry_point: is 'a b'"),
    ],
)
def test_what_a_row_cannot_have_is_said(other: dict[str, Any], said: str) -> None:
    with pytest.raises(BadField, match=f"^{said}") as caught:
        find("mbpp-plus").read({**ROW, "base_input": [[1, 2]], "plus_input": [], **other}, 1)
    assert caught.value.fix
