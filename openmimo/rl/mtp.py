"""The MTP layers in RL: frozen as in the report (2.2), or trained on the rollouts apart from the trunk (ours).

The stream they read is cut off from the trunk and only their own weights get a gradient, so the policy's gradient is bit for
bit the same with and without them. Clipping, rate and optimiser are their own. Knows no policy loss. Read `update.py` next.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from openmimo.core.errors import InputError, TrainingStopped
from openmimo.model.mimo import MiMo
from openmimo.train.batches import Batch
from openmimo.train.loss import mtp_losses
from openmimo.train.optimiser import Optimiser, make_optimiser


@dataclass(frozen=True)
class MTPTraining:
    """What trains the MTP layers: an optimiser of their weights alone, its rate, and the norm their gradient is clipped to."""

    optimiser: Optimiser
    rate: float
    clip: float


def optimisers(kind: str, model: MiMo, rate: float, weight_decay: float, mtp: bool) -> tuple[Optimiser, Optimiser | None]:
    """One optimiser for all weights but those of the MTP layers, and with `mtp` another one for these; else they are frozen.

    Raises `InputError` where there are no MTP layers to train.
    """
    if mtp and not mtp_weights(model):
        raise InputError("the model has no MTP layers to train", "leave mtp frozen")
    model.model.mtp_layers.requires_grad_(False)
    trunk = make_optimiser(kind, model, rate, weight_decay)
    if not mtp:
        return trunk, None
    model.model.mtp_layers.requires_grad_(True)
    return trunk, make_optimiser(kind, model.model.mtp_layers, rate, weight_decay)


def mtp_weights(model: MiMo) -> list[nn.Parameter]:
    """The weights of the MTP layers."""
    return list(model.model.mtp_layers.parameters())


def trunk_weights(model: MiMo) -> list[nn.Parameter]:
    """All the others, embedding and output head included."""
    apart = {id(weight) for weight in mtp_weights(model)}
    return [weight for weight in model.parameters() if id(weight) not in apart]


def learn_apart(model: MiMo, hidden_BTD: Tensor, rows: Batch, tokens: Sequence[int]) -> list[float]:
    """Add a batch's part of the MTP loss to the gradient of the MTP layers' weights, and of no other.

    `hidden_BTD` is the trunk's stream over the rows; `tokens` are the places that each layer's mean runs over, in all batches of
    the update. Gives each layer's part of its mean loss, nats. Raises `TrainingStopped` where that is not a number.
    """
    sums, _ = mtp_losses(model, hidden_BTD.detach(), rows, len(tokens))
    parts = [total / max(count, 1) for total, count in zip(sums, tokens, strict=True)]
    loss = torch.stack(parts).mean()
    if not math.isfinite(loss.item()):
        raise TrainingStopped(f"the MTP loss of {rows.name} is {loss.item()}", "look at its answers, or lower mtp_rate")
    # Embedding and head are the trunk's, and are to move for the policy alone.
    loss.backward(inputs=mtp_weights(model))
    return [part.item() for part in parts]
