"""Files of problems: what is read from them, and what is said of broken ones."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from openmimo.core.errors import InputError
from openmimo.verify.judge.problem import CodeProblem, StdinTest
from openmimo.verify.problems import MathProblem, read_problems


def written(folder: Path, *rows: Any, name: str = "set.jsonl") -> Path:
    path = folder / name
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n")
    return path


@pytest.mark.parametrize(
    "row, question, answer",
    [
        ({"problem": "1+1?", "answer": "2"}, "1+1?", "2"),
        ({"question": "Q", "answer": "He has <<1+1=2>>2.\n#### 1,200"}, "Q", "1,200"),
        ({"problem": "Q", "solution": "first $\\boxed{1}$, so \\boxed{\\frac{1}{2}}."}, "Q", "\\frac{1}{2}"),
        ({"problem": "Q", "solution": "\\boxed{1}", "answer": 27.0}, "Q", "27"),
        ({"problem": "Q", "answer": 0.5}, "Q", "0.5"),
        ({"problem": "Q", "answer": "\\boxed{unfinished"}, "Q", "\\boxed{unfinished"),
        ({"input": "Q", "target": 43.0}, "Q", "43"),
        ({"prompt": [{"role": "user", "content": "Q"}], "reward_model": {"ground_truth": "72", "style": "rule"}}, "Q", "72"),
        ({"gold": "-5", "answer": "-4"}, "", "-4"),
    ],
)
def test_mathematical_rows(tmp_path: Path, row: dict[str, Any], question: str, answer: str) -> None:
    (found,) = read_problems(written(tmp_path, row))
    assert found.problem == MathProblem("set/1", question, answer)
    assert found.golden == answer
    assert found.raw == row


def test_code_and_mathematics_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "mixed.jsonl"
    path.write_text('{"problem": "1+1", "answer": "2", "id": 7}\n\n{"tests": [{"input": "", "output": "1"}], "solution": "print(1)"}\n')
    first, second = read_problems(path)
    assert (first.problem.id, first.line) == ("7", 1)
    assert second.problem == CodeProblem("mixed/3", "", (StdinTest("", "1"),))
    assert (second.golden, second.line) == ("print(1)", 3)


def test_compressed_and_plain_json(tmp_path: Path) -> None:
    row = {"problem": "Q\u2028", "answer": "1"}
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(json.dumps(row, ensure_ascii=False).encode()))
    (tmp_path / "b.json").write_text(json.dumps([row, row]))
    (tmp_path / "c.json.gz").write_bytes(gzip.compress(json.dumps(row).encode()))
    assert [len(read_problems(tmp_path / name)) for name in ("a.jsonl.gz", "b.json", "c.json.gz")] == [1, 2, 1]


@pytest.mark.parametrize(
    "row, said",
    [
        ({"problem": "Q"}, "set.jsonl:2: answer: is missing"),
        ({"problem": "Q", "answer": None}, "set.jsonl:2: answer: is missing"),
        ({"problem": "Q", "answer": [1]}, "set.jsonl:2: answer: must be text or a number, not [1]"),
        ({"problem": "Q", "answer": " "}, "set.jsonl:2: answer: has an empty answer"),
        ({"problem": "Q", "solution": "so it is 5"}, "set.jsonl:2: solution: ends in no answer"),
        ({"tests": [{"input": "1"}]}, "set.jsonl:2: tests[0].output: is missing"),
        ([1], "set.jsonl:2: a row must be an object, not list"),
    ],
)
def test_a_broken_row_names_file_line_field_and_fix(tmp_path: Path, row: Any, said: str) -> None:
    with pytest.raises(InputError) as error:
        read_problems(written(tmp_path, {"problem": "Q", "answer": "1"}, row))
    assert said in error.value.problem
    assert error.value.fix


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"problem": "Q", "answer": "1"}\n{"problem"\n')
    (tmp_path / "b.jsonl").write_text("\n")
    (tmp_path / "c.jsonl").write_bytes(b"\xff\xfe")
    (tmp_path / "d.jsonl.gz").write_bytes(b"not compressed")
    (tmp_path / "e.json").write_text("[" * 100_000)
    for name, said in {
        "a.jsonl": "a.jsonl:2: no JSON",
        "b.jsonl": "no problems",
        "c.jsonl": "cannot be read",
        "d.jsonl.gz": "cannot be read",
        "e.json": "no JSON",
        "f.jsonl": "no file",
    }.items():
        with pytest.raises(InputError, match=said) as error:
            read_problems(tmp_path / name)
        assert error.value.fix
