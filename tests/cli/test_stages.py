"""`openmimo pretrain` and `openmimo sft`: any field is a flag by its dotted name, and each stage gets to its own `run`."""

from pathlib import Path

import pytest

import openmimo.pretrain.mtp
import openmimo.pretrain.run
import openmimo.sft.run
from openmimo.cli.main import run
from openmimo.pretrain.config import MTPConfig, PretrainConfig
from openmimo.recipes import mimo_7b, nano
from openmimo.recipes.task_data import TaskData
from openmimo.sft.config import SFTConfig

Config = PretrainConfig | MTPConfig | SFTConfig


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Config, Path]]:
    """What the runs were called with, and that data was made, in their order."""
    calls: list[tuple[str, Config, Path]] = []

    def watch(name: str):  # type: ignore[no-untyped-def]
        return lambda config, runs=Path(): calls.append((name, config, runs)) or Path(name)

    monkeypatch.setattr(openmimo.pretrain.run, "run", watch("pretrain"))
    monkeypatch.setattr(openmimo.pretrain.mtp, "run", watch("mtp"))
    monkeypatch.setattr(openmimo.sft.run, "run", watch("sft"))
    monkeypatch.setattr(TaskData, "make_documents", lambda data, config: watch("documents")(config))
    monkeypatch.setattr(TaskData, "make_dialogues", lambda data, config: watch("dialogues")(config))
    return calls


def test_every_stage_gets_to_its_run_and_only_nano_makes_its_data(given: list[tuple[str, Config, Path]]) -> None:
    wanted = {
        ("pretrain", "nano"): [("documents", nano.pretrain()), ("pretrain", nano.pretrain())],
        ("pretrain", "nano-mtp"): [("mtp", nano.mtp())],
        ("pretrain", "mimo_7b"): [("pretrain", mimo_7b.pretrain())],
        ("pretrain", "mimo_7b-mtp"): [("mtp", mimo_7b.mtp())],
        ("sft", "nano"): [("dialogues", nano.sft()), ("sft", nano.sft())],
        ("sft", "nano-mtp"): [("mtp", nano.mtp_again())],
        ("sft", "mimo_7b"): [("sft", mimo_7b.sft())],
        ("sft", "mimo_7b-mtp"): [("mtp", mimo_7b.mtp_again())],
    }
    for arguments, calls in wanted.items():
        given.clear()
        assert run(list(arguments)) == 0
        assert [(name, config) for name, config, _ in given] == calls


def test_any_field_is_a_flag(given: list[tuple[str, Config, Path]], tmp_path: Path) -> None:
    flags = ["--stages.2.rows", "3", "--stages.1.sources.0.weight", "0.25", "--training.seed", "9", "--runs", str(tmp_path)]
    assert run(["pretrain", "nano", *flags]) == 0
    _, config, runs = given[-1]
    assert isinstance(config, PretrainConfig)
    assert (config.stages[2].rows, config.stages[1].sources[0].weight, config.training.seed, runs) == (3, 0.25, 9, tmp_path)
    assert run(["sft", "nano", "--against", "a.jsonl", "b.jsonl", "--stage.schedule.constant", "5000"]) == 0
    _, fine, _ = given[-1]
    assert isinstance(fine, SFTConfig)
    assert (fine.against, fine.stage.schedule.constant) == (("a.jsonl", "b.jsonl"), 5000)


def test_a_field_that_cannot_be_is_named(given: list[tuple[str, Config, Path]], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["pretrain", "nano", "--stages.0.row-length", "2000"]) == 2
    assert "stages.0.row_length: 2000 is longer than the model's context of 1024" in capsys.readouterr().err
    assert given == []
