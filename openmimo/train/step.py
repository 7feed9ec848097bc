"""One optimiser step over one or more batches, and the guard that stops a training gone wrong."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from openmimo.core.errors import TrainingStopped
from openmimo.model.mimo import MiMo
from openmimo.train.batches import Batch
from openmimo.train.loss import counts, losses


@dataclass(frozen=True)
class StepResult:
    """What a step did: losses in nats a token, the gradient's norm before clipping, tokens learnt and tokens seen."""

    loss: float
    mtp_losses: list[float]
    grad_norm: float
    learnt: int
    tokens: int


def train_step(
    model: MiMo, batches: Sequence[Batch], optimiser: torch.optim.Optimizer, rate: float, mtp_weight: float, clip: float, bf16: bool
) -> StepResult:
    """Accumulate the gradient over `batches`, clip it and step; weights stay in fp32 under bf16 autocast.

    Raises `TrainingStopped`, before any weight changes, when the loss or the gradient is
    not a number, and names the batch.
    """
    layers = model.config.num_nextn_predict_layers if mtp_weight else 0
    device = next(model.parameters()).device
    totals = [sum(column) for column in zip(*(counts(batch, layers) for batch in batches), strict=True)]
    sums = [0.0] * (layers + 1)
    optimiser.zero_grad(set_to_none=True)
    for batch in batches:
        with torch.autocast(device.type, torch.bfloat16, enabled=bf16):
            part = losses(model, batch.to(device), mtp=bool(layers))
            loss = part.total(totals[0], totals[1:], mtp_weight)
        if not math.isfinite(loss.item()):
            raise TrainingStopped(f"the loss of {batch.name} is {loss.item()}", "look at that batch, or lower the learning rate")
        loss.backward()
        sums = [so_far + new.item() for so_far, new in zip(sums, [part.trunk, *part.mtp], strict=True)]
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), clip).item()
    if not math.isfinite(norm):
        raise TrainingStopped(f"the gradient of {batches[0].name} is {norm}", "look at that batch, or lower the learning rate")
    for group in optimiser.param_groups:
        group["lr"] = rate
    optimiser.step()
    means = [total / max(count, 1) for total, count in zip(sums, totals, strict=True)]
    return StepResult(means[0], means[1:], norm, totals[0], sum(batch.ids_BT.numel() for batch in batches))
