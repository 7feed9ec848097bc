"""MTP layers copied and tuned: the copies begin as the first, learn, and move nothing else; three of them draft."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from openmimo.core.errors import ConfigError, InputError
from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.request import Request
from openmimo.model.folder import read_folder
from openmimo.pretrain.config import MTPConfig, PretrainConfig
from openmimo.pretrain.mtp import run as tune
from openmimo.pretrain.run import run as pretrain
from openmimo.train.config import Stage
from openmimo.train.schedule import constant

STEP = 4 * 32


@pytest.fixture
def base(config: PretrainConfig, tmp_path: Path) -> Path:
    """A base model that has learnt enough for its guesses to hold now and then."""
    stage = replace(config.stages[0], schedule=constant(1e-2, 80 * STEP), rope_theta=None)
    return pretrain(replace(config, stages=(stage,), name="base"), tmp_path / "runs")


@pytest.fixture
def tuning(config: PretrainConfig, base: Path) -> MTPConfig:
    stage = Stage("mtp", config.stages[0].sources, constant(5e-3, 40 * STEP), 4, 32, mtp_layers=3, mtp_weight=1.0)
    return MTPConfig("tiny", str(base), 3, stage, config.training)


def test_only_the_copies_change_and_they_learn(tuning: MTPConfig, base: Path, tmp_path: Path) -> None:
    final = tune(tuning, tmp_path / "runs")
    before, after = load_file(base / "model.safetensors"), load_file(final / "model.safetensors")
    assert all(torch.equal(after[name], weight) for name, weight in before.items())
    assert {name.split(".")[2] for name in after.keys() - before.keys()} == {"1", "2"}
    assert read_folder(final).config == read_folder(base).config.with_(num_nextn_predict_layers=3)
    assert all(
        not torch.equal(after[f"model.mtp_layers.{layer}.mlp.up_proj.weight"], before["model.mtp_layers.0.mlp.up_proj.weight"])
        for layer in (1, 2)
    )
    first, *_, last = [json.loads(line)["mtp_losses"] for line in (final.parent / "metrics.jsonl").read_text().splitlines()]
    assert last[1] < first[1]
    assert last[2] < first[2]


def test_tuned_again_it_goes_on_from_its_own_copies(tuning: MTPConfig, tmp_path: Path) -> None:
    once = tune(tuning, tmp_path / "runs")
    again = tune(replace(tuning, name="again", model=str(once)), tmp_path / "runs")
    lines = [[json.loads(line) for line in (path.parent / "metrics.jsonl").read_text().splitlines()] for path in (once, again)]
    assert lines[1][0]["mtp_losses"][2] < lines[0][0]["mtp_losses"][2]
    before, after = load_file(once / "model.safetensors"), load_file(again / "model.safetensors")
    assert before.keys() == after.keys()
    assert all(
        torch.equal(before[name], after[name]) for name in before if not name.startswith(("model.mtp_layers.1", "model.mtp_layers.2"))
    )


def test_three_layers_draft_and_each_is_counted(tuning: MTPConfig, tmp_path: Path) -> None:
    model = read_folder(tune(tuning, tmp_path / "runs"), torch.float32)
    engine = TorchEngine(model, EngineConfig(cache_tokens=1024, draft="mtp", drafted=3))
    for start in range(30):
        engine.submit(Request([start, start + 1, start + 2], 30))
    assert len(list(engine.finished())) == 30
    statistics = engine.statistics
    assert len(statistics.acceptance) == 3
    assert all(0 < accepted < drafted for accepted, drafted in zip(statistics.accepted, statistics.drafted, strict=True))


def test_what_cannot_be_copied_is_named(tuning: MTPConfig, config: PretrainConfig, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"layers: must be at least 2"):
        replace(tuning, layers=1)
    with pytest.raises(ConfigError, match=r"stage\.mtp_layers: is 3, and the model is to have 2"):
        replace(tuning, layers=2)
    with pytest.raises(ConfigError, match=r"stage\.mtp_weight: is 0"):
        replace(tuning, stage=replace(tuning.stage, mtp_weight=0.0))
    stage = replace(config.stages[0], mtp_layers=0, mtp_weight=0.0, schedule=constant(1e-3, STEP), rope_theta=None)
    bare = pretrain(replace(config, model=config.model.with_(num_nextn_predict_layers=0), stages=(stage,), name="bare"), tmp_path / "runs")
    with pytest.raises(InputError, match="the model has 0 MTP layers, and 3 are wanted"):
        tune(replace(tuning, model=str(bare)), tmp_path / "runs")
