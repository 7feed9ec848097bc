"""A checkpoint is all or nothing, and going on from one is going on as if nothing had been."""

import errno
from pathlib import Path

import pytest
import torch

import openmimo.train.checkpoint as checkpoint
from openmimo.core.errors import TrainingStopped, WeightsError
from openmimo.model.config import ModelConfig
from openmimo.model.mimo import MiMo
from openmimo.train.batches import Batches
from openmimo.train.optimiser import adamw
from openmimo.train.step import train_step


def trained(config: ModelConfig, batches: Batches, steps: range, start: Path | None = None) -> tuple[MiMo, torch.optim.AdamW]:
    model = MiMo(config)
    model.start(0)
    optimiser = adamw(model, 1e-2)
    if start:
        checkpoint.load(start, model, optimiser)
    for step in steps:
        train_step(model, [batches.batch(step)], optimiser, 1e-2, 0.3, 1.0, bf16=False)
    return model, optimiser


def test_resumed_equals_unbroken_bit_for_bit(tmp_path: Path, shards: Path, config: ModelConfig) -> None:
    batches = Batches(shards, 4, 32, seed=0, split_documents=True)
    unbroken, _ = trained(config, batches, range(6))
    half, optimiser = trained(config, batches, range(3))
    checkpoint.save(tmp_path / "step-3", half, optimiser, 3, {"note": 1})
    resumed, _ = trained(config, batches, range(3, 6), tmp_path / "step-3")
    assert all(torch.equal(a, b) for a, b in zip(unbroken.parameters(), resumed.parameters(), strict=True))


def test_a_full_disk_leaves_the_checkpoint_before_it_whole(
    tmp_path: Path, shards: Path, config: ModelConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = Batches(shards, 4, 32, seed=0, split_documents=True)
    model, optimiser = trained(config, batches, range(1))
    checkpoint.save(tmp_path / "step-1", model, optimiser, 1, {})

    def full(tensors: object, path: Path) -> None:
        path.write_bytes(b"half of it")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(checkpoint, "save_file", full)
    with pytest.raises(TrainingStopped, match=r"step 2 could not be written.*No space left"):
        checkpoint.save(tmp_path / "step-2", model, optimiser, 2, {})
    assert [path.name for path in tmp_path.iterdir() if path != shards] == ["step-1"]
    step, _ = checkpoint.load(tmp_path / "step-1", model, optimiser)
    assert step == 1


def test_broken_and_foreign_checkpoints_are_named(tmp_path: Path, shards: Path, config: ModelConfig) -> None:
    batches = Batches(shards, 4, 32, seed=0, split_documents=True)
    model, optimiser = trained(config, batches, range(1))
    folder = tmp_path / "step-1"
    checkpoint.save(folder, model, optimiser, 1, {})
    other = MiMo(config.with_(num_hidden_layers=3))
    with pytest.raises(WeightsError, match="another model"):
        checkpoint.load(folder, other, adamw(other, 1e-2))
    wider = MiMo(config.with_(intermediate_size=25))
    with pytest.raises(WeightsError, match="has shape"):
        checkpoint.load(folder, wider, adamw(wider, 1e-2))
    weights = folder / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-10])
    with pytest.raises(WeightsError, match=r"weights\.safetensors cannot be read"):
        checkpoint.load(folder, model, optimiser)
    (folder / "state.json").write_text('{"format": 99}')
    with pytest.raises(WeightsError, match="format 99"):
        checkpoint.load(folder, model, optimiser)
