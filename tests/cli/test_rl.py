"""`openmimo rl`: a recipe or a model with problems, any flag changes a field by its own name, and what is asked wrongly is named."""

import json
from pathlib import Path

import pytest

import openmimo.rl.run
from openmimo.cli.main import run
from openmimo.recipes import nano
from openmimo.rl.config import RLConfig
from openmimo.rl.presets import preset


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[RLConfig, Path, str | None]]:
    """What the run was called with; two validations are in its metrics."""
    calls: list[tuple[RLConfig, Path, str | None]] = []
    scores = [{"problems": 10, "avg@4": share, "pass@4": 0.8} for share in (0.25, 0.5)]
    (tmp_path / "metrics.jsonl").write_text(
        "".join(json.dumps({"step": step, "validation": one}) + "\n" for step, one in enumerate(scores))
    )

    def watch(config: RLConfig, runs: Path, log: str | None) -> Path:
        calls.append((config, runs, log))
        return tmp_path / "final"

    monkeypatch.setattr(openmimo.rl.run, "run", watch)
    return calls


def test_the_recipe_is_nanos_and_any_flag_changes_it(
    given: list[tuple[RLConfig, Path, str | None]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["rl", "nano"]) == 0
    said = capsys.readouterr()
    assert said.out == f"{tmp_path / 'final'}\n"
    assert "avg@4 25.0% -> 50.0%, pass@4 80.0% -> 80.0%, over 10 held-out problems" in said.err
    assert given[-1] == (nano.rl(), Path("runs"), None)
    flags = [
        "--families",
        "arithmetic",
        "sets",
        "--groups",
        "4",
        "--seed",
        "7",
        "--preset",
        "scalerl",
        "--runs",
        str(tmp_path),
        "--log",
        "wandb",
    ]
    assert run(["rl", "nano", *flags]) == 0
    assert given[-1] == (nano.rl("scalerl", families=("arithmetic", "sets"), groups=4, seed=7), tmp_path, "wandb")
    assert given[-1][0].algorithm.loss == "cispo"
    assert run(["rl", "nano", "--families", "sets", "bases", "--weights", "sets=2", "bases=0.5"]) == 0
    assert given[-1][0].weights == (("sets", 2.0), ("bases", 0.5))
    assert run(["rl", "nano", "--weights", "sets"]) == 2
    assert "'sets' is not a weight, such as math=2" in capsys.readouterr().err
    assert run(["rl", "nano", "--longer", "20=300", "40=400", "--decay", "0", "--norm-times", "3", "--optimiser", "adamw"]) == 0
    assert given[-1][0] == nano.rl(longer=((20, 300), (40, 400)), decay=0, norm_times=3.0, optimiser="adamw")
    assert run(["rl", "nano", "--longer", "soon=300"]) == 2
    assert "'soon=300' is not a step with its tokens" in capsys.readouterr().err
    assert run(["rl", "nano", "--tokens", "9000"]) == 0
    assert (given[-1][0].tokens, given[-1][0].decay) == (9000, 0)
    assert run(["rl", "nano", "--base"]) == 0
    assert given[-1][0] == nano.rl(base=True)
    assert run(["rl", "nano", "--bf16", "--share-prompts"]) == 0
    assert given[-1][0] == nano.rl(bf16=True, engine_bf16=True, share_prompts=True)
    assert run(["rl", "nano", "--problems", "my.jsonl"]) == 0
    assert (given[-1][0].families, given[-1][0].problems, given[-1][0].rate) == ((), "my.jsonl", nano.rl().rate)


def test_a_model_with_problems_of_ones_own(given: list[tuple[RLConfig, Path, str | None]]) -> None:
    assert run(["rl", "--model", "./m", "--problems", "data/my.jsonl", "--reward", "r.py:fn", "--updates", "2"]) == 0
    assert given[-1][0] == preset("default", name="my", model="./m", problems="data/my.jsonl", reward="r.py:fn", updates=2)
    assert run(["rl", "--model", "./m", "--families", "sets", "units", "--levels", "1", "2", "--name", "two"]) == 0
    assert given[-1][0] == preset("default", name="two", model="./m", families=("sets", "units"), levels=(1, 2))


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ([], "neither a recipe nor a model with problems"),
        (["--model", "nano"], "neither a recipe nor a model with problems"),
        (["--problems", "my.jsonl"], "neither a recipe nor a model with problems"),
        (["--model", "nano", "--problems", "my.jsonl", "--families", "sets"], "give either a file of problems or families"),
        (["nano", "--groups", "0"], "groups: must be at least 1"),
        (["nano", "--drop-at", "0.9"], "drop_at: and an easy pool exclude each other"),
    ],
)
def test_what_is_asked_wrongly_is_named(
    flags: list[str], said: str, given: list[tuple[RLConfig, Path, str | None]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["rl", *flags]) == 2
    assert said in capsys.readouterr().err
    assert given == []


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rl", "--model", "nano", "--problems", str(tmp_path / "no.jsonl"), "--runs", str(tmp_path)]) == 2
    assert "no.jsonl" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
