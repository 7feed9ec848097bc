"""One optimiser step of RL over a mini-batch of groups: the gradient, the guard, the clipping. Read this after `loss.py`.

Knows neither rewards nor how answers came about. A step of RL is `mini_batches` and `pack_groups` (batch.py), `with_old` once,
and an `update` for each mini-batch. Shapes: B rows, T tokens, N drawn tokens.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from openmimo.core.errors import InputError, TrainingStopped
from openmimo.engine.sample import Sampling
from openmimo.model.mimo import MiMo
from openmimo.rl.batch import PolicyBatch
from openmimo.rl.config import AlgorithmConfig
from openmimo.rl.logprob import is_plain
from openmimo.rl.loss import policy_loss
from openmimo.rl.metrics import Mismatch, mismatch
from openmimo.rl.mtp import MTPTraining, learn_apart, mtp_weights, trunk_weights
from openmimo.rl.score import scores
from openmimo.train.loss import counts
from openmimo.train.optimiser import Optimiser


@dataclass(frozen=True)
class Gradient:
    """What was seen while the gradient was made; losses and entropy in nats a token, clipped shares of the `tokens` that were drawn.

    `mismatch` is the engine's model against the trainer's as it is now, so in later updates of a step it has the policy's own
    movement in it, too.
    """

    loss: float
    tokens: int
    clipped_low: float
    clipped_high: float
    entropy: float
    mismatch: Mismatch
    mtp_losses: list[float]


@dataclass(frozen=True)
class UpdateResult:
    """What an update did, with the gradients' norms before clipping; `mtp_norm` is None where the MTP layers are frozen."""

    gradient: Gradient
    norm: float
    mtp_norm: float | None


def with_old(
    model: MiMo, mini_batches: Sequence[Sequence[PolicyBatch]], algorithm: AlgorithmConfig, sampling: Sampling, bf16: bool
) -> list[list[PolicyBatch]]:
    """A step's mini-batches with the log-probabilities of the policy that drew; to be called before its first update.

    `rollout`: those the engine wrote, for which `sampling` has to be plain, or `InputError` is raised. `trainer`: the model's
    as it is now, by one forward pass; a single update needs none, for its own are still the same.
    """
    if algorithm.old_logprobs == "rollout":
        if not is_plain(sampling):
            raise InputError(
                "the engine wrote the model's own log-probabilities, and the answers were drawn from others",
                "use old_logprobs trainer, or draw with temperature 1 and no filter",
            )
        return [[replace(batch, old_BT=batch.rollout_BT) for batch in batches] for batches in mini_batches]
    if len(mini_batches) == 1:
        return [list(batches) for batches in mini_batches]
    return [[replace(batch, old_BT=_old(model, batch, algorithm, sampling, bf16)) for batch in batches] for batches in mini_batches]


def update(
    model: MiMo,
    batches: Sequence[PolicyBatch],
    optimiser: Optimiser,
    rate: float,
    algorithm: AlgorithmConfig,
    sampling: Sampling,
    clip: float,
    bf16: bool,
    mtp: MTPTraining | None = None,
) -> UpdateResult:
    """One step of the optimiser over the batches of a mini-batch; weights stay in fp32 under bf16 autocast.

    Without `mtp` the MTP layers rest; with it `optimiser` must not have their weights (`mtp.optimisers`). Raises
    `TrainingStopped`, before any weight changes, when a loss or a gradient is not a number, and names the batch.
    """
    optimiser.zero_grad()
    if mtp:
        mtp.optimiser.zero_grad()
    seen = gradient(model, batches, algorithm, sampling, bf16, mtp is not None)
    norm = torch.nn.utils.clip_grad_norm_(trunk_weights(model), clip).item()
    mtp_norm = torch.nn.utils.clip_grad_norm_(mtp_weights(model), mtp.clip).item() if mtp else None
    for whose, found in (("policy", norm), ("MTP layers", mtp_norm)):
        if found is not None and not math.isfinite(found):
            raise TrainingStopped(
                f"the gradient of the {whose} over {batches[0].rows.name} is {found}", "look at its answers, or lower the learning rate"
            )
    optimiser.step(rate)
    if mtp:
        mtp.optimiser.step(mtp.rate)
    return UpdateResult(seen, norm, mtp_norm)


def gradient(
    model: MiMo, batches: Sequence[PolicyBatch], algorithm: AlgorithmConfig, sampling: Sampling, bf16: bool, mtp: bool
) -> Gradient:
    """Add the gradient of a mini-batch to the weights', with `mtp` that of the MTP layers, too; `TrainingStopped` as `update`."""
    device = next(model.parameters()).device
    layers = model.config.num_nextn_predict_layers if mtp else 0
    tokens = [sum(column) for column in zip(*(counts(batch.rows, layers)[1:] for batch in batches), strict=True)]
    losses, ahead = [], [0.0] * layers
    engine, own, entropies = [], [], []
    for batch in batches:
        batch = batch.to(device)
        with torch.autocast(device.type, torch.bfloat16, enabled=bf16):
            hidden_BTD = batch.hidden(model)
            said = scores(model, hidden_BTD, batch, sampling, algorithm.fp32_logits)
        old_N = said.logprobs_N.detach() if batch.old_BT is None else batch.drawn(batch.old_BT)
        advantages_N, weights_N, samples_N = batch.drawn(batch.advantages_BT), batch.drawn(batch.weights_BT), batch.drawn(batch.samples_BT)
        part = policy_loss(said.logprobs_N, old_N, advantages_N, weights_N, samples_N, algorithm)
        if not math.isfinite(part.value.item()):
            raise TrainingStopped(f"the loss of {batch.rows.name} is {part.value.item()}", "look at its answers, or lower the rate")
        part.value.backward()
        losses.append(replace(part, value=part.value.detach()))
        engine.append(batch.drawn(batch.rollout_BT))
        own.append(said.own_N)
        entropies.append(said.entropies_N)
        if layers:
            with torch.autocast(device.type, torch.bfloat16, enabled=bf16):
                parts = learn_apart(model, hidden_BTD, batch.rows, tokens)
            ahead = [so_far + more for so_far, more in zip(ahead, parts, strict=True)]
    entropies_N = torch.cat(entropies)
    drawn = max(len(entropies_N), 1)
    return Gradient(
        loss=sum(part.value.item() for part in losses),
        tokens=len(entropies_N),
        clipped_low=sum(part.clipped_low for part in losses) / drawn,
        clipped_high=sum(part.clipped_high for part in losses) / drawn,
        entropy=entropies_N.sum().item() / drawn,
        mismatch=mismatch(torch.cat(engine), torch.cat(own)),
        mtp_losses=ahead,
    )


@torch.no_grad()
def _old(model: MiMo, batch: PolicyBatch, algorithm: AlgorithmConfig, sampling: Sampling, bf16: bool) -> Tensor:
    """The sampling log-probabilities of a batch's drawn tokens at their places, (B, T), 0 elsewhere."""
    batch = batch.to(next(model.parameters()).device)
    with torch.autocast(batch.rows.ids_BT.device.type, torch.bfloat16, enabled=bf16):
        hidden_BTD = batch.hidden(model)
        told = scores(model, hidden_BTD, batch, sampling, algorithm.fp32_logits)
    return torch.zeros_like(batch.rollout_BT).masked_scatter(batch.rows.learn_BT, told.logprobs_N)
