"""What the model says of the drawn tokens of a batch: their log-probabilities and how open the choice was.

Logits are made in chunks of places that are recomputed in the backward pass, as in `train/loss.py`, and only where a token was
drawn. Shapes: B rows, T tokens, D hidden, N drawn tokens, V vocabulary.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from openmimo.engine.sample import Sampling
from openmimo.model.logprob import logprobs
from openmimo.model.mimo import MiMo
from openmimo.rl.batch import PolicyBatch
from openmimo.rl.logprob import is_plain, sampling_logprobs
from openmimo.rl.metrics import entropies
from openmimo.train.loss import CHUNK


@dataclass(frozen=True)
class Scores:
    """Of N drawn tokens: log-probabilities as they are drawn, with gradient; the model's own, and its entropy before each, without."""

    logprobs_N: Tensor
    own_N: Tensor
    entropies_N: Tensor


def scores(model: MiMo, hidden_BTD: Tensor, batch: PolicyBatch, sampling: Sampling, fp32: bool) -> Scores:
    """Score the drawn tokens of a batch from the trunk's stream over its rows; `fp32` does the product with the head in full precision."""
    row_N = batch.rows.learn_BT.nonzero(as_tuple=True)[0]
    hidden_ND, ids_N = model.model.norm(hidden_BTD[row_N, batch.drawn(batch.said_at_BT)]), batch.drawn(batch.rows.ids_BT)
    parts = [
        checkpoint(_chunk, model, hidden_CD, ids_C, sampling, fp32, use_reentrant=False)
        for hidden_CD, ids_C in zip(hidden_ND.split(CHUNK), ids_N.split(CHUNK), strict=True)
    ]
    return Scores(*(torch.cat(column) for column in zip(*parts, strict=True)))


def _chunk(model: MiMo, hidden_ND: Tensor, ids_N: Tensor, sampling: Sampling, fp32: bool) -> tuple[Tensor, Tensor, Tensor]:
    if fp32:
        with torch.autocast(hidden_ND.device.type, enabled=False):  # which would take it back to bf16
            logits_NV = model.head(hidden_ND, fp32=True)
    else:
        logits_NV = model.head(hidden_ND)
    logprobs_N = sampling_logprobs(logits_NV, ids_N, sampling)
    with torch.no_grad():  # last, so that the backward pass need not do it again
        own_N = logprobs_N.detach() if is_plain(sampling) else logprobs(logits_NV, ids_N)
        return logprobs_N, own_N, entropies(logits_NV)
