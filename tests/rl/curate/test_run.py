"""A file through all filters with the real nano: what stays is what it was, difficulty is measured, and what was done is not done again."""

import json
from pathlib import Path
from typing import Any

import pytest

from openmimo.cli.main import run as command
from openmimo.core.errors import ConfigError, InputError, OpenMimoError
from openmimo.rl.curate import run as curating
from openmimo.rl.curate.config import CurateConfig
from openmimo.rl.curate.run import run, tenths
from openmimo.tasks.families import make_task

ASKED = "Please write a Python function line(p) that returns 9 times p minus 12.\n>>> line(1)\n-3"
RIGHT, WRONG = {"args": [2], "output": 6}, {"args": [3], "output": "never"}


def file_of(folder: Path, *rows: dict[str, Any] | str) -> Path:
    path = folder / "mine.jsonl"
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return path


def sums(count: int) -> list[dict[str, Any]]:
    """Level 1 is always solved by nano, and the level at the end hardly ever."""
    tasks = [make_task("arithmetic", level, seed) for seed in range(count) for level in (1, 4)]
    return [
        {"problem": task.problem, "answer": task.answer, "id": f"{task.level}/{place}", "mine": [place]} for place, task in enumerate(tasks)
    ]


def rows_of(folder: Path, name: str = "rows.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name).read_text().splitlines()]


def test_difficulty_is_measured_once_and_rows_stay_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = sums(3)
    path = file_of(tmp_path, *rows, "{", {"problem": "Prove that 2 > 1.", "answer": "proof"}, rows[1])
    config = CurateConfig("one", str(path), model="nano", samples=2, most=0.9, max_tokens=150)
    curated = run(config, tmp_path / "runs")
    assert (curated.problems, curated.dropped["broken"], curated.dropped["proof"], curated.dropped["duplicate"]) == (9, 1, 1, 1)
    folder = Path(curated.file).parent
    told = {one["line"]: one for one in rows_of(folder)}
    measured = [one for one in told.values() if "pass_rate" in one]
    assert len(measured) == 6 == sum(curated.pass_rates)
    assert all(one["kept"] == (one["pass_rate"] <= 0.9) for one in measured)
    assert {one["kept"] for one in measured} == {True, False}
    assert rows_of(folder, "problems.jsonl") == [rows[line - 1] for line, one in told.items() if one["kept"]]
    monkeypatch.setattr(curating, "roll_out", None)  # nothing is asked again
    assert run(config, tmp_path / "runs") == curated
    file_of(tmp_path, *rows[:-1])
    with pytest.raises(ConfigError, match="rows"):
        run(config, tmp_path / "runs")


def test_an_answer_that_was_written_is_kept_when_a_run_is_broken_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = CurateConfig("one", str(file_of(tmp_path, *sums(2))), model="nano", samples=3, max_tokens=150, at_once=2)
    whole = run(config, tmp_path / "whole")
    from openmimo.eval.embedded import Embedded

    real, ends = Embedded.finished, 0

    def breaks(self: Embedded) -> Any:
        nonlocal ends
        for said in real(self):
            ends += 1
            if ends == 6:
                raise KeyboardInterrupt
            yield said

    with monkeypatch.context() as patch:
        patch.setattr(Embedded, "finished", breaks)
        with pytest.raises(KeyboardInterrupt):
            run(config, tmp_path / "broken")
    folder = tmp_path / "broken" / "curate" / "one"
    said = rows_of(folder / "model", "said.jsonl")
    assert len(said) == 5
    assert run(config, tmp_path / "broken").pass_rates == whole.pass_rates
    assert rows_of(folder / "model", "said.jsonl")[:5] == said
    assert rows_of(folder) == rows_of(Path(whole.file).parent)


def test_a_strong_model_decides_of_mathematics_and_of_code_without_a_program(tmp_path: Path) -> None:
    rows = [
        sums(1)[0],
        {"problem": "What is 2 x 2?", "answer": "5", "id": "wrong"},
        {"problem": ASKED, "entry": "line", "tests": [RIGHT, WRONG], "id": "partly"},
        {"problem": "Write line(p), which says never.", "entry": "line", "tests": [WRONG], "id": "hopeless"},
        {
            "problem": "Give line(p), which says never.",
            "entry": "line",
            "tests": [WRONG],
            "solution": "def line(p): return 'never'",
            "id": "given",
        },
    ]
    config = CurateConfig("one", str(file_of(tmp_path, *rows)), strong="nano", samples=2, max_tokens=200, temperature=0.0)
    curated = run(config, tmp_path / "runs")
    told = {one["id"]: one for one in rows_of(Path(curated.file).parent)}
    assert [name for name, one in told.items() if not one["kept"]] == ["wrong", "hopeless"]
    assert told["hopeless"]["why"] == "solved in 0 of 2 answers"
    assert curated.pass_rates == ()


def test_what_does_not_fit_the_model_goes(tmp_path: Path) -> None:
    """Whatever the length, a problem is either asked or told to be too long: none is refused by the engine, which would end the run."""
    rows = [{"problem": "What is 2 x 2?" + " 2" * words, "answer": "4", "id": f"{words}"} for words in (10, *range(475, 515), 2000)]
    config = CurateConfig("one", str(file_of(tmp_path, *rows)), model="nano", samples=1, max_tokens=8)
    told = rows_of(Path(run(config, tmp_path / "runs").file).parent)
    short = [one["line"] for one in told if "answers" in one]
    assert short == list(range(1, 1 + len(short)))
    assert 1 < len(short) < len(rows) - 1
    assert {one["why"] for one in told[len(short) :]} == {"too long for the model's context with an answer"}


def test_a_model_that_gives_no_answer_is_an_error_and_nobody_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from openmimo.eval.ask import Said
    from openmimo.eval.embedded import Embedded

    monkeypatch.setattr(
        Embedded, "finished", lambda self: iter([Said(number, ending="failed", error="gone") for number in self._under_way])
    )
    config = CurateConfig("one", str(file_of(tmp_path, *sums(1))), model="nano", samples=1)
    with pytest.raises(OpenMimoError, match="gave no answer 2 times: gone"):
        run(config, tmp_path / "runs")
    assert not (tmp_path / "runs" / "curate" / "one" / "problems.jsonl").exists()


def test_tenths_of_pass_rates() -> None:
    assert tenths([(0, 16), (1, 16), (2, 16), (16, 16), (15, 16), (0, 0)]) == (2, 1, 0, 0, 0, 0, 0, 0, 0, 2)
    assert tenths([]) == ()


@pytest.mark.parametrize(
    "field", [{"samples": 0}, {"least": 0.95}, {"most": 1.1}, {"top_p": 0.0}, {"temperature": -1.0}, {"strong_tokens": -1}]
)
def test_settings_that_cannot_be(field: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        CurateConfig("one", "mine.jsonl", **field)


def test_the_command_line_prints_the_file_or_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = file_of(tmp_path, {"problem": "What is 2 + 2?", "answer": "4"}, {"problem": "Prove that 2 > 1.", "answer": "proof"})
    flags = ["curate", str(path), "--runs", str(tmp_path / "runs")]
    assert command(flags) == 0
    said = capsys.readouterr()
    assert said.out.strip() == str(tmp_path / "runs" / "curate" / "mine" / "problems.jsonl")
    assert "proof" in said.err
    assert command([*flags, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kept"] == 1
    assert command(["curate", str(tmp_path / "gone.jsonl"), "--runs", str(tmp_path / "runs")]) == InputError.exit_code
    assert "there is no file" in capsys.readouterr().err
