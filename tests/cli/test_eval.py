"""The verbs `eval` and `compare` as a user has them: what fails is told and ends in 1, what was asked wrongly in 2, and the rest goes on."""

import json
import re
from pathlib import Path

import pytest

from openmimo.cli.main import run

ROWS = Path(__file__).parents[1] / "eval" / "fixtures"


def test_a_benchmark_without_an_answer_does_not_end_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    long = tmp_path / "long.jsonl"
    long.write_text(json.dumps({"problem": "one " * 2000, "answer": "1", "unique_id": "a"}) + "\n")
    out = tmp_path / "out"
    assert run(["eval", "nano", "--on", f"math-500={long}", f"piqa={ROWS / 'piqa.jsonl'}", "--out", str(out), "--json"]) == 1
    said = capsys.readouterr()
    assert "MATH-500 has no verdict on any of its 1 questions" in said.err
    assert [one["benchmark"] for one in json.loads(said.out)["results"]] == ["piqa"]
    assert "PIQA" in (out / "report.md").read_text(encoding="utf-8")
    assert run(["compare", str(out), str(out), "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["results"][0]["difference"] == 0


def test_an_edited_file_is_not_mixed_with_what_was_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = tmp_path / "rows.jsonl"

    def measured(problem: str, answer: str, out: str) -> int:
        rows.write_text(json.dumps({"problem": problem, "answer": answer, "unique_id": "a"}) + "\n")
        return run(["eval", "nano", "--on", f"math-500={rows}", "--max-tokens", "40", "--out", str(tmp_path / out)])

    assert measured("What is 2 + 3?", "6", "one") == 0
    (tmp_path / "one" / "math-500" / "verdicts.jsonl").unlink()
    assert measured("What is 2 + 3?", "5", "one") == 0  # a gold that was put right is no other question
    assert measured("What is 2 + 4?", "6", "one") == 2
    assert re.search(r"questions.*was begun, and is", capsys.readouterr().err)
    assert measured("What is 2 + 4?", "6", "two") == 0
    assert run(["compare", str(tmp_path / "one"), str(tmp_path / "two")]) == 2
    assert "math-500 was asked otherwise" in capsys.readouterr().err
    assert run(["compare", str(tmp_path / "one"), str(tmp_path / "two"), "--common"]) == 0


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--on", "what"], "fix: one of: math-500"),
        (["--shots", "math=rows.jsonl"], "there are shots, and no benchmark"),
        (["--on", "ruler-chat=20"], "ask for a longer context"),
        (["--on", "ruler=nowhere.jsonl"], "no file nowhere.jsonl"),
    ],
)
def test_what_is_asked_wrongly_is_named(asked: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval", "nano", *asked]) == 2
    assert said in capsys.readouterr().err


def test_a_folder_without_an_evaluation_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", str(tmp_path), str(tmp_path / "nowhere")]) == 2
    assert f"{tmp_path} holds no evaluation" in capsys.readouterr().err
