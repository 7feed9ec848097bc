"""The catalogue has what the report measures, and reading rows loses and doubles nothing."""

import gzip
import json
from pathlib import Path

import pytest

from openmimo.core.errors import InputError
from openmimo.eval.benchmarks.catalog import BENCHMARKS, MODULES, find, read_items
from openmimo.eval.benchmarks.commonsense import PIQA
from openmimo.eval.benchmarks.mmlu import MMLU, MMLU_REDUX
from openmimo.eval.item import Benchmark

TABLES = """
bbh gpqa-diamond supergpqa drop mmlu mmlu-redux mmlu-pro arc-easy arc-challenge hellaswag piqa winogrande race-high triviaqa
naturalquestions agieval aime24 aime25 gsm8k math livecodebench-v5 livecodebench-v6 humaneval humaneval-plus mbpp mbpp-plus
cruxeval-i cruxeval-o c-eval cmmlu ifeval math-500
"""
SHOTS = {  # without CRUXEval, whose two examples are part of its introduction
    "bbh": 3,
    "gpqa-diamond-likelihood": 5,
    "supergpqa-likelihood": 5,
    "drop-text": 3,
    "mmlu": 5,
    "mmlu-redux": 5,
    "mmlu-pro-text": 5,
    "arc-easy": 25,
    "arc-challenge": 25,
    "hellaswag": 10,
    "piqa": 0,
    "winogrande": 5,
    "race-high": 5,
    "triviaqa": 5,
    "naturalquestions": 5,
    "agieval": 0,
    "gsm8k": 8,
    "math": 4,
    "humaneval": 1,
    "mbpp": 3,
    "c-eval": 5,
    "cmmlu": 5,
}
ROW = {"goal": "To sit,", "sol1": "take a chair.", "sol2": "take a nail.", "label": 0}


def written(path: Path, *rows: object) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", TABLES.split())
def test_each_benchmark_of_the_reports_tables_is_there(name: str) -> None:
    assert find(name) is BENCHMARKS[name]


def test_shots_are_those_of_the_reports_first_table() -> None:
    assert {name: BENCHMARKS[name].shots for name in SHOTS} == SHOTS


def test_no_name_is_taken_twice() -> None:
    assert sum(len(module.BENCHMARKS) for module in MODULES) == len(BENCHMARKS)


@pytest.mark.parametrize("benchmark", BENCHMARKS.values(), ids=list(BENCHMARKS))
def test_a_benchmark_says_what_it_is(benchmark: Benchmark) -> None:
    assert benchmark.name == benchmark.name.casefold().strip()
    assert benchmark.title
    assert len(benchmark.about) > 40
    assert len(benchmark.prompt) > 3
    assert bool(benchmark.shots) <= bool(benchmark.shown)
    assert benchmark.form != "likelihood" or benchmark.score


def test_a_name_that_is_not_there_is_told_what_is_like_it() -> None:
    assert find(" MMLU-Pro ").name == "mmlu-pro"
    with pytest.raises(InputError) as caught:
        find("hellaswagg")
    assert caught.value.fix == "did you mean hellaswag?"
    with pytest.raises(InputError) as caught:
        find("zzzzzzzz")
    assert "piqa, winogrande" in caught.value.fix


def test_rows_keep_their_order_and_the_first_ones_are_a_limit(tmp_path: Path) -> None:
    path = written(tmp_path / "piqa.jsonl", *({**ROW, "goal": f"Goal {place}"} for place in range(5)))
    items = read_items(PIQA, path)
    assert [item.id for item in items] == ["1", "2", "3", "4", "5"]
    assert read_items(PIQA, path, limit=2) == items[:2]
    assert read_items(PIQA, path, limit=9) == items
    with pytest.raises(InputError, match="leaves no questions"):
        read_items(PIQA, path, limit=0)


def test_a_limit_reads_no_further(tmp_path: Path) -> None:
    path = written(tmp_path / "piqa.jsonl", ROW, {"broken": True})
    assert len(read_items(PIQA, path, limit=1)) == 1
    with pytest.raises(InputError, match=r"piqa\.jsonl:2: goal: is missing; the row has broken"):
        read_items(PIQA, path)


def test_two_questions_of_one_id_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "piqa.jsonl", {**ROW, "id": "a"}, ROW, {**ROW, "id": "a"})
    with pytest.raises(InputError, match=r"piqa\.jsonl:3: a second question with the id 'a'"):
        read_items(PIQA, path)


def test_what_is_no_row_is_named_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "piqa.jsonl"
    path.write_text(f"{json.dumps(ROW)}\n\n{{broken\n")
    with pytest.raises(InputError, match=r"piqa\.jsonl:3: no JSON"):
        read_items(PIQA, path)
    with pytest.raises(InputError, match=r"piqa\.jsonl:1: a row must be an object, not list"):
        read_items(PIQA, written(path, [1, 2]))


def test_no_question_at_all_is_an_error(tmp_path: Path) -> None:
    for path in (written(tmp_path / "empty.jsonl"), written(tmp_path / "wrong.jsonl", {"error_type": "bad_question"})):
        with pytest.raises(InputError, match="holds no questions of MMLU-Redux") as caught:
            read_items(MMLU_REDUX, path)
        assert "edinburgh-dawg/mmlu-redux-2.0" in caught.value.fix
    with pytest.raises(InputError, match="there is no file"):
        read_items(PIQA, tmp_path / "nowhere.jsonl")


def test_a_folder_has_a_file_for_each_subject(tmp_path: Path) -> None:
    row = {"question": "Why?", "choices": ["a", "b"], "answer": 1}
    with pytest.raises(InputError, match="has no file of rows"):
        read_items(MMLU, tmp_path)
    written(tmp_path / "virology.jsonl", row, {**row, "subject": "own"})
    (tmp_path / "anatomy.jsonl.gz").write_bytes(gzip.compress(json.dumps(row).encode()))
    (tmp_path / "README.md").write_text("no rows")
    assert [(item.id, item.topic) for item in read_items(MMLU, tmp_path)] == [
        ("anatomy/1", "anatomy"),
        ("virology/1", "virology"),
        ("own/2", "own"),
    ]
    written(tmp_path / "world.jsonl", {"nothing": 1})
    with pytest.raises(InputError, match=r"world\.jsonl:1: question: is missing; the row has nothing"):
        read_items(MMLU, tmp_path)
