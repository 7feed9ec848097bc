"""A step learns, stops before harm is done, and leaves memory as it found it."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from openmimo.core.errors import TrainingStopped
from openmimo.core.memory import resident_bytes
from openmimo.model.config import ModelConfig
from openmimo.model.mimo import MiMo
from openmimo.train.batches import Batches
from openmimo.train.config import Source, Stage
from openmimo.train.optimiser import adamw
from openmimo.train.shards import ShardWriter
from openmimo.train.step import train_step


@pytest.mark.parametrize("bf16", [False, True])
def test_learns_to_count(stage: Stage, config: ModelConfig, bf16: bool) -> None:
    model = MiMo(config)
    model.start(0)
    optimiser, batches = adamw(model, 1e-2), Batches(replace(stage, rows=8), 0, split_documents=True)
    results = [train_step(model, [batches.batch(step)], optimiser, 1e-2, 0.3, 1.0, bf16) for step in range(60)]
    assert results[-1].loss < 0.5 * results[0].loss
    assert results[-1].mtp_losses[0] < 0.5 * results[0].mtp_losses[0]
    assert all(weight.dtype == torch.float32 for weight in model.parameters())


def test_a_loss_that_is_no_number_stops_and_names_the_batch_before_a_weight_changes(stage: Stage, config: ModelConfig) -> None:
    model = MiMo(config)
    model.start(0)
    optimiser, batches = adamw(model, 1e-2), Batches(stage, 0, split_documents=True)
    with torch.no_grad():
        model.model.layers[0].mlp.up_proj.weight[0, 0] = float("nan")
    before = [weight.clone() for weight in model.parameters()]
    with pytest.raises(TrainingStopped, match=r"the loss of batch 5 of stage one \(first document \d+ of .*shards\) is nan"):
        train_step(model, [batches.batch(5)], optimiser, 1e-2, 0.3, 1.0, bf16=False)
    assert all(torch.equal(a, b) or a.isnan().any() for a, b in zip(before, model.parameters(), strict=True))


def test_mtp_can_be_left_out(stage: Stage, config: ModelConfig) -> None:
    model = MiMo(config)
    model.start(0)
    optimiser, batches = adamw(model, 1e-2), Batches(stage, 0, split_documents=True)
    before = [weight.clone() for weight in model.model.mtp_layers.parameters()]
    result = train_step(model, [batches.batch(0)], optimiser, 1e-2, 0.0, 1.0, bf16=False)
    assert result.mtp_losses == []
    assert all(torch.equal(a, b) for a, b in zip(before, model.model.mtp_layers.parameters(), strict=True))


def test_memory_stays_flat_over_documents_of_all_lengths(stage: Stage) -> None:
    """The vocabulary is large, so that logits kept by mistake would show at once: 20 MB a batch."""
    model = MiMo(ModelConfig(5_000, 32, 64, 2, 2, 1, 16, 64, num_nextn_predict_layers=1))
    model.start(0)
    optimiser, batches = adamw(model, 1e-3), Batches(replace(stage, rows=16, row_length=64), 0, split_documents=True)
    sizes = []
    for step in range(40):
        train_step(model, [batches.batch(step)], optimiser, 1e-3, 0.3, 1.0, bf16=True)
        sizes.append(resident_bytes())
    assert max(sizes[20:]) - min(sizes[10:20]) < 40 * 2**20


def test_the_loss_is_told_by_domain(stage: Stage, config: ModelConfig, tmp_path: Path) -> None:
    """A domain of nothing but one token is soon learnt, and the other is not; the whole lies in between."""
    writer = ShardWriter(tmp_path / "same", vocab_size=32)
    for _ in range(20):
        writer.add([7] * 20)
    writer.close()
    mixed = replace(stage, sources=(*stage.sources, Source("same", str(tmp_path / "same"), 1.0)))
    model = MiMo(config)
    model.start(0)
    optimiser, batches = adamw(model, 1e-2), Batches(mixed, 0, split_documents=True)
    for step in range(12):
        result = train_step(model, [batches.batch(2 * step), batches.batch(2 * step + 1)], optimiser, 1e-2, 0.3, 1.0, bf16=False)
    assert set(result.domain_losses) == {"counting", "same"}
    assert result.domain_losses["same"] < 0.7 * result.loss < 0.7 * result.domain_losses["counting"]


def test_layers_without_a_loss_stay_as_they_are(stage: Stage, config: ModelConfig) -> None:
    model = MiMo(config.with_(num_nextn_predict_layers=3))
    model.start(0)
    before = [[weight.clone() for weight in layer.parameters()] for layer in model.model.mtp_layers]
    optimiser, batches = adamw(model, 1e-2), Batches(stage, 0, split_documents=True)
    result = train_step(model, [batches.batch(0)], optimiser, 1e-2, 0.3, 1.0, bf16=False, mtp_layers=1)
    assert len(result.mtp_losses) == 1
    moved = [
        any(not torch.equal(a, b) for a, b in zip(was, layer.parameters(), strict=True))
        for was, layer in zip(before, model.model.mtp_layers, strict=True)
    ]
    assert moved == [True, False, False]
