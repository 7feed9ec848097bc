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
from openmimo.train.checkpoint import Place
from openmimo.train.config import Stage
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


def test_resumed_equals_unbroken_bit_for_bit(tmp_path: Path, stage: Stage, config: ModelConfig) -> None:
    batches = Batches(stage, 0, split_documents=True)
    unbroken, _ = trained(config, batches, range(6))
    half, optimiser = trained(config, batches, range(3))
    checkpoint.save(tmp_path / "step-3", half, optimiser, Place(3, 1, 2))
    resumed, _ = trained(config, batches, range(3, 6), tmp_path / "step-3")
    assert all(torch.equal(a, b) for a, b in zip(unbroken.parameters(), resumed.parameters(), strict=True))


def test_a_full_disk_leaves_the_checkpoint_before_it_whole(
    tmp_path: Path, stage: Stage, config: ModelConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = Batches(stage, 0, split_documents=True)
    model, optimiser = trained(config, batches, range(1))
    checkpoint.save(tmp_path / "step-1", model, optimiser, Place(1, 0, 1))

    def full(tensors: object, path: Path) -> None:
        path.write_bytes(b"half of it")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(checkpoint, "save_file", full)
    with pytest.raises(TrainingStopped, match=r"step 2 could not be written.*No space left"):
        checkpoint.save(tmp_path / "step-2", model, optimiser, Place(2, 0, 2))
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(("step", "."))] == ["step-1"]
    assert checkpoint.load(tmp_path / "step-1", model, optimiser) == Place(1, 0, 1)


def test_broken_and_foreign_checkpoints_are_named(tmp_path: Path, stage: Stage, config: ModelConfig) -> None:
    batches = Batches(stage, 0, split_documents=True)
    model, optimiser = trained(config, batches, range(1))
    folder = tmp_path / "step-1"
    checkpoint.save(folder, model, optimiser, Place(1, 0, 1))
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
    for other_format in (1, 99):  # the first knew no stages
        (folder / "state.json").write_text(f'{{"format": {other_format}, "step": 1, "notes": {{}}}}')
        with pytest.raises(WeightsError, match=f"format {other_format}, and this program reads 2"):
            checkpoint.load(folder, model, optimiser)


def test_a_weight_that_rested_resumes_with_the_steps_it_has_taken(tmp_path: Path, stage: Stage, config: ModelConfig) -> None:
    """Without a loss of its own for two steps, an MTP layer has moments of fewer steps than the trunk."""
    batches = Batches(stage, 0, split_documents=True)

    def go(steps: range, start: Path | None = None) -> tuple[MiMo, torch.optim.AdamW]:
        model = MiMo(config)
        model.start(0)
        optimiser = adamw(model, 1e-2)
        if start:
            checkpoint.load(start, model, optimiser)
        for step in steps:
            train_step(model, [batches.batch(step)], optimiser, 1e-2, 0.0 if step in (1, 2) else 0.3, 1.0, bf16=False)
        return model, optimiser

    unbroken, _ = go(range(5))
    checkpoint.save(tmp_path / "step-3", *go(range(3)), Place(3, 0, 3))
    resumed, _ = go(range(3, 5), tmp_path / "step-3")
    assert all(torch.equal(a, b) for a, b in zip(unbroken.parameters(), resumed.parameters(), strict=True))
