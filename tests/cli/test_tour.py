"""The tour at a fiftieth of its length: everything is run and kept, what is done is not done again, and an interruption loses nothing."""

import json
import re
from pathlib import Path

import pytest

from openmimo.cli.main import run
from openmimo.recipes import tour_run
from openmimo.train import loop


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without compiling, which takes longer than these few steps."""
    monkeypatch.setattr(loop, "compile_layers", lambda model: False)


def tour(out: Path, *more: str) -> int:
    return run(["tour", "--out", str(out), "--scale", "0.02", "--count", "2", *more])


def test_a_tour_that_was_interrupted_goes_on_to_its_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as context:
        context.setattr(tour_run, "run_sft", stopped)
        assert tour(tmp_path) == 130
    trained = (tmp_path / "pretrain" / "tour" / "metrics.jsonl").read_bytes()
    assert trained
    assert not (tmp_path / "report.html").exists()

    assert tour(tmp_path, "--json") == 0
    told = capsys.readouterr()
    facts = json.loads(told.out)
    assert [f"{number} of 7" in told.err for number in range(1, 9)] == [True] * 7 + [False]
    assert (tmp_path / "pretrain" / "tour" / "metrics.jsonl").read_bytes() == trained
    assert next(answer["question"] for answer in facts["answers"]) == "What is 27 + 45?"
    assert 0 <= facts["base"] <= 1
    assert 0 <= facts["sft"] <= 1

    page = Path(facts["report"]).read_text(encoding="utf-8")
    links = re.findall(r'href="(.*?)"', page)
    assert links == [f"{run}/report.html" for run in ("pretrain/tour", "mtp/tour-base", "sft/tour", "eval/base", "eval/sft")]
    assert all((tmp_path / link).exists() for link in links)
    assert "which is not the whole of it" in page

    before = {path: path.read_bytes() for path in tmp_path.rglob("*.safetensors")}
    measured = (tmp_path / "eval" / "sft" / "said.jsonl").stat().st_mtime_ns
    assert tour(tmp_path, "--json") == 0
    again = json.loads(capsys.readouterr().out)
    assert [answer["answer"] for answer in again["answers"]] == [answer["answer"] for answer in facts["answers"]]
    assert {path: path.read_bytes() for path in before} == before
    assert (tmp_path / "eval" / "sft" / "said.jsonl").stat().st_mtime_ns == measured

    assert run(["tour", "--out", str(tmp_path)]) == 2
    assert "was 0.02 when" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [["--scale", "0"], ["--scale", "nan"], ["--count", "0"]])
def test_what_cannot_be_is_refused_before_anything_is_made(wrong: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["tour", "--out", str(tmp_path / "new"), *wrong]) == 2
    assert wrong[0].strip("-") in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
