"""LiveCodeBench: which days are in, what is asked, packed tests that are read and never run, and answers to both kinds of problem."""

import base64
import json
import os
import pickle
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from openmimo.eval.benchmarks.catalog import find, read_items
from openmimo.eval.benchmarks.livecodebench import BENCHMARKS
from openmimo.tasks.checking import Checker
from openmimo.tasks.from_file import fenced
from openmimo.verify.judge.fields import BadField
from openmimo.verify.judge.judge import Judge

FILE = Path(__file__).parent.parent / "fixtures" / "livecodebench.jsonl"
ROW = {
    "question_content": "Print 1.",
    "contest_date": "2024-09-01T00:00:00",
    "public_test_cases": json.dumps([{"input": "", "output": "1", "testtype": "stdin"}]),
    "metadata": "{}",
}
SUM = "print(sum(map(int, input().split())))"
GOLDEN = {
    "own_20240801": "a, b = map(int, input().split())\nprint(a * b)",
    "own_20241116": "class Solution:\n    def doubled(self, values: List[int]) -> List[int]:\n        return [2 * value for value in values]",
    "own_20250201": "print(input()[::-1])",
    "own_20250501": "print(*range(1, int(input()) + 1))",
}


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    with Checker(Judge(speed=1.0)) as made:
        yield made


@pytest.mark.parametrize(
    "name, days",
    [
        ("livecodebench-v5", ["20240801", "20241116", "20250201"]),
        ("livecodebench-v5-text", ["20240801", "20241116", "20250201"]),
        ("livecodebench-v6", ["20250201", "20250501"]),
    ],
)
def test_both_ends_of_the_span_count_and_no_day_outside(checker: Checker, name: str, days: list[str]) -> None:
    items = read_items(find(name), FILE)
    assert [item.id for item in items] == [f"own_{day}" for day in days]
    tasks = [item.task for item in items if item.task]
    assert [verdict.score for verdict in checker.verdicts(tasks, [fenced(GOLDEN[item.id]) for item in items])] == [1.0] * len(items)
    assert [verdict.score for verdict in checker.verdicts(tasks, [fenced(SUM) for _ in items])] == [0.0] * len(items)


@pytest.mark.parametrize(
    "day, there",
    [
        ("2024-07-31T23:59:59", False),
        ("2024-08-01T00:00:00", True),
        ("2024-08-01", True),
        ("2024-08-01T19:30:00+00:00", True),
        (datetime(2025, 1, 31, 19, 30), True),
        (datetime(2025, 2, 1), True),
        ("2025-02-01T19:30:00", False),
        ("2025-02-02T00:00:00", False),
    ],
)
def test_a_span_is_from_midnight_to_midnight(day: object, there: bool) -> None:
    assert (find("livecodebench-v5").read({**ROW, "contest_date": day}, 1) is not None) == there


def test_a_row_of_another_time_is_not_even_unpacked() -> None:
    assert find("livecodebench-v6").read({**ROW, "private_test_cases": "no base64"}, 1) is None
    with pytest.raises(BadField, match="private_test_cases"):
        find("livecodebench-v5").read({**ROW, "private_test_cases": "no base64"}, 1)


def test_what_is_asked_is_livecodebenchs() -> None:
    product, doubled, _ = read_items(find("livecodebench-v5"), FILE)
    assert product.question.startswith(
        "### Question:\nRead two numbers and print their product.\n\n### Format: Read the inputs from stdin solve"
    )
    assert product.question.endswith("```python\n# YOUR CODE HERE\n```\n\n### Answer: (use the provided format with backticks)\n\n")
    assert "### Format: You will use the following starter code" in doubled.question
    assert "```python\nclass Solution:\n    def doubled(self, values: List[int]) -> List[int]:\n" in doubled.question
    assert (doubled.topic, doubled.level) == ("leetcode", "medium")
    assert {benchmark.settings.repeats for benchmark in BENCHMARKS} == {8}


class Bomb:
    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


def test_a_pickle_that_would_run_code_is_refused(tmp_path: Path) -> None:
    for thing in (Bomb(tmp_path / "run"), [Bomb(tmp_path / "run")], 5, b"[]"):
        private = base64.b64encode(zlib.compress(pickle.dumps(thing))).decode()
        with pytest.raises(BadField, match=r"^private_test_cases: holds a pickle of something else than one text"):
            find("livecodebench-v5").read({**ROW, "private_test_cases": private}, 1)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "other, said",
    [
        ({"question_content": None}, "question_content: is missing; the row has contest_date"),
        ({"contest_date": None}, "contest_date: is missing; the row has question_content"),
        ({"contest_date": "soon"}, "contest_date: is no time: 'soon'"),
        ({"contest_date": 5}, "contest_date: is no time: 5"),
        ({"public_test_cases": None}, "private_test_cases: is missing"),
    ],
)
def test_a_missing_column_is_named(other: dict[str, Any], said: str) -> None:
    with pytest.raises(BadField, match=f"^{said}") as caught:
        find("livecodebench-v5").read({**ROW, **other}, 1)
    assert caught.value.fix
