"""A step learns, stops before harm is done, and leaves memory as it found it."""

from pathlib import Path

import pytest
import torch

from openmimo.core.errors import TrainingStopped
from openmimo.core.memory import resident_bytes
from openmimo.model.config import ModelConfig
from openmimo.model.mimo import MiMo
from openmimo.train.batches import Batches
from openmimo.train.optimiser import adamw
from openmimo.train.step import train_step


@pytest.mark.parametrize("bf16", [False, True])
def test_learns_to_count(shards: Path, config: ModelConfig, bf16: bool) -> None:
    model = MiMo(config)
    model.start(0)
    optimiser, batches = adamw(model, 1e-2), Batches(shards, 8, 32, seed=0, split_documents=True)
    results = [train_step(model, [batches.batch(step)], optimiser, 1e-2, 0.3, 1.0, bf16) for step in range(60)]
    assert results[-1].loss < 0.5 * results[0].loss
    assert results[-1].mtp_losses[0] < 0.5 * results[0].mtp_losses[0]
    assert all(weight.dtype == torch.float32 for weight in model.parameters())


def test_a_loss_that_is_no_number_stops_and_names_the_batch_before_a_weight_changes(shards: Path, config: ModelConfig) -> None:
    model = MiMo(config)
    model.start(0)
    optimiser, batches = adamw(model, 1e-2), Batches(shards, 4, 32, seed=0, split_documents=True)
    with torch.no_grad():
        model.model.layers[0].mlp.up_proj.weight[0, 0] = float("nan")
    before = [weight.clone() for weight in model.parameters()]
    with pytest.raises(TrainingStopped, match=r"the loss of batch 5 \(epoch 0, rows 20 to 23 of shards, first document \d+\) is nan"):
        train_step(model, [batches.batch(5)], optimiser, 1e-2, 0.3, 1.0, bf16=False)
    assert all(torch.equal(a, b) or a.isnan().any() for a, b in zip(before, model.parameters(), strict=True))


def test_mtp_can_be_left_out(shards: Path, config: ModelConfig) -> None:
    model = MiMo(config)
    model.start(0)
    optimiser, batches = adamw(model, 1e-2), Batches(shards, 4, 32, seed=0, split_documents=True)
    before = [weight.clone() for weight in model.model.mtp_layers.parameters()]
    result = train_step(model, [batches.batch(0)], optimiser, 1e-2, 0.0, 1.0, bf16=False)
    assert result.mtp_losses == []
    assert all(torch.equal(a, b) for a, b in zip(before, model.model.mtp_layers.parameters(), strict=True))


def test_memory_stays_flat_over_documents_of_all_lengths(shards: Path) -> None:
    """The vocabulary is large, so that logits kept by mistake would show at once: 20 MB a batch."""
    model = MiMo(ModelConfig(5_000, 32, 64, 2, 2, 1, 16, 64, num_nextn_predict_layers=1))
    model.start(0)
    optimiser, batches = adamw(model, 1e-3), Batches(shards, 16, 64, seed=0, split_documents=True)
    sizes = []
    for step in range(40):
        train_step(model, [batches.batch(step)], optimiser, 1e-3, 0.3, 1.0, bf16=True)
        sizes.append(resident_bytes())
    assert max(sizes[20:]) - min(sizes[10:20]) < 40 * 2**20
