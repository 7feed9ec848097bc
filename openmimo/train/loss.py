"""The loss of a batch: next-token for the trunk, and one token further for each MTP layer (report 2.2).

Logits are made in chunks that are recomputed in the backward pass, so the vocabulary
never costs memory times the whole batch. Shapes: B rows, T tokens, D hidden, N places
that count, V vocabulary.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from openmimo.model.logprob import logprobs
from openmimo.model.mimo import MiMo
from openmimo.train.batches import PAD, Batch

CHUNK = 4096  # places whose logits are in memory at a time


@dataclass(frozen=True)
class Losses:
    """Sums over the places of each row that count, so that several batches add up to one step."""

    trunk_B: Tensor  # sums of the next-token losses, nats
    tokens_B: Tensor  # places the trunk's sums run over
    mtp: list[Tensor]  # for each MTP layer, the sum of its losses over all rows
    mtp_tokens: list[int]

    def total(self, tokens: int, mtp_tokens: list[int], mtp_weight: float) -> Tensor:
        """The step's loss share of this batch: means over the step's `tokens`, MTP layers averaged and weighted."""
        loss = self.trunk_B.sum() / max(tokens, 1)
        if self.mtp and mtp_weight:
            ahead = [part / max(count, 1) for part, count in zip(self.mtp, mtp_tokens, strict=True)]
            loss = loss + mtp_weight * torch.stack(ahead).mean()
        return loss


def targets(batch: Batch, ahead: int) -> tuple[Tensor, Tensor]:
    """Token ids `ahead` places on, (B, T - ahead), and where they are to be learnt: in the same document, flagged."""
    ids, documents, learn = batch.ids_BT, batch.documents_BT, batch.learn_BT
    same = (documents[:, :-ahead] == documents[:, ahead:]) & (documents[:, ahead:] != PAD)
    return ids[:, ahead:], same & learn[:, ahead:]


def counts(batch: Batch, mtp_layers: int) -> list[int]:
    """How many places count for the trunk and for each MTP layer."""
    return [int(targets(batch, ahead)[1].sum()) for ahead in range(1, mtp_layers + 2)]


def losses(model: MiMo, batch: Batch, mtp_layers: int) -> Losses:
    """Forward pass of a batch through the trunk and the first `mtp_layers` MTP layers."""
    hidden_BTD = model.hidden(batch.ids_BT, batch.positions_BT, batch.documents_BT)
    trunk_B, tokens_B = _summed(model, model.model.norm(hidden_BTD), batch, 1)
    return Losses(trunk_B, tokens_B, *mtp_losses(model, hidden_BTD, batch, mtp_layers))


def mtp_losses(model: MiMo, hidden_BTD: Tensor, batch: Batch, layers: int) -> tuple[list[Tensor], list[int]]:
    """For each of the first `layers` MTP layers the sum of its losses over the batch, and of how many places, from the trunk's stream."""
    sight = model.sight(batch.ids_BT, batch.positions_BT, batch.documents_BT) if layers else None
    sums, tokens = [], []
    for layer in range(layers):
        assert sight is not None
        ahead_BTD = model.ahead(layer, hidden_BTD, batch.ids_BT, batch.positions_BT, sight)
        part_B, count_B = _summed(model, ahead_BTD, batch, layer + 2)
        sums.append(part_B.sum())
        tokens.append(int(count_B.sum()))
    return sums, tokens


def _summed(model: MiMo, normed_BTD: Tensor, batch: Batch, ahead: int) -> tuple[Tensor, Tensor]:
    """Minus the summed log-probability of the tokens `ahead` places on, and how many those are, for each row."""
    target_BT, wanted_BT = targets(batch, ahead)
    hidden_ND = normed_BTD[:, :-ahead].reshape(-1, normed_BTD.shape[-1])
    target_N, wanted_N = target_BT.reshape(-1), wanted_BT.reshape(-1)
    parts = []
    for first in range(0, len(target_N), CHUNK):
        chunk = slice(first, first + CHUNK)
        parts.append(checkpoint(_chunk, model, hidden_ND[chunk], target_N[chunk], wanted_N[chunk], use_reentrant=False))
    return torch.cat(parts).view(target_BT.shape).sum(1), wanted_BT.sum(1)


def _chunk(model: MiMo, hidden_ND: Tensor, target_N: Tensor, wanted_N: Tensor) -> Tensor:
    # Places that do not count are multiplied by zero, not cut out: every chunk keeps one shape.
    return -(logprobs(model.head(hidden_ND), target_N) * wanted_N)
