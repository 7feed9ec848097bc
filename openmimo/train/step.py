"""One optimiser step over one or more batches, and the guard that stops a training gone wrong."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from openmimo.core.errors import TrainingStopped
from openmimo.model.mimo import MiMo
from openmimo.train.batches import Batch
from openmimo.train.loss import counts, losses
from openmimo.train.optimiser import Optimiser


@dataclass(frozen=True)
class StepResult:
    """What a step did: losses in nats a token, the gradient's norm before clipping, tokens learnt and tokens seen."""

    loss: float
    domain_losses: dict[str, float]  # of the domains that had rows in the step
    mtp_losses: list[float]
    grad_norm: float
    learnt: int
    tokens: int


def train_step(
    model: MiMo,
    batches: Sequence[Batch],
    optimiser: Optimiser,
    rate: float,
    mtp_weight: float,
    clip: float,
    bf16: bool,
    mtp_layers: int = 1,
) -> StepResult:
    """Accumulate the gradient over `batches`, clip it and step; weights stay in fp32 under bf16 autocast.

    Raises `TrainingStopped`, before any weight changes, when the loss or the gradient is
    not a number, and names the batch.
    """
    layers = mtp_layers if mtp_weight else 0
    device = next(model.parameters()).device
    totals = [sum(column) for column in zip(*(counts(batch, layers) for batch in batches), strict=True)]
    by_domain: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])  # summed loss, and tokens
    trunk, ahead = 0.0, [0.0] * layers
    optimiser.zero_grad()
    for batch in batches:
        with torch.autocast(device.type, torch.bfloat16, enabled=bf16):
            part = losses(model, batch.to(device), layers)
            loss = part.total(totals[0], totals[1:], mtp_weight)
        if not math.isfinite(loss.item()):
            raise TrainingStopped(f"the loss of {batch.name} is {loss.item()}", "look at that batch, or lower the learning rate")
        loss.backward()
        ahead = [so_far + new.item() for so_far, new in zip(ahead, part.mtp, strict=True)]
        trunk += part.trunk_B.sum().item()
        for domain, summed, tokens in zip(batch.domains, part.trunk_B.tolist(), part.tokens_B.tolist(), strict=bool(batch.domains)):
            by_domain[domain][0] += summed
            by_domain[domain][1] += tokens
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), clip).item()
    if not math.isfinite(norm):
        raise TrainingStopped(f"the gradient of {batches[0].name} is {norm}", "look at that batch, or lower the learning rate")
    optimiser.step(rate)
    return StepResult(
        loss=trunk / max(totals[0], 1),
        domain_losses={domain: summed / max(tokens, 1) for domain, (summed, tokens) in sorted(by_domain.items())},
        mtp_losses=[total / max(count, 1) for total, count in zip(ahead, totals[1:], strict=True)],
        grad_norm=norm,
        learnt=totals[0],
        tokens=sum(batch.ids_BT.numel() for batch in batches),
    )
