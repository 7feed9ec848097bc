"""Policy-gradient losses over drawn tokens (report 3.3): GRPO with clip-higher, CISPO, GSPO, and how tokens are weighed.

Knows no model and no rows. Tokens that were not drawn (`Finished.forced`) are not among the N; `batch.py` leaves them out.
There is no KL term. Legend: N drawn tokens, G groups, S answers of a group.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from openmimo.rl.config import Aggregation, AlgorithmConfig


@dataclass(frozen=True)
class Loss:
    """A loss to be lowered, and of how many tokens the ratio was too low or too high to count as it was."""

    value: Tensor
    clipped_low: int
    clipped_high: int


def sample_weights(tokens_GS: Sequence[Sequence[int]], aggregation: Aggregation, budget: int) -> list[list[float]]:
    """The weight of each token of an answer in the sum that is the loss, by the drawn tokens of each answer of a mini-batch.

    `token`: the mean over all tokens (DAPO, arXiv 2503.14476). `group`: the mean over the tokens of a group, then over groups
    (report, equation 1). `sample`: the mean over the tokens of an answer, then over answers (GRPO, arXiv 2402.03300).
    `constant`: the sum over `budget` tokens, the most an answer may have, then the mean over answers (Dr. GRPO, arXiv
    2503.20783).
    """
    answers = sum(len(tokens_S) for tokens_S in tokens_GS)
    everything = sum(sum(tokens_S) for tokens_S in tokens_GS)
    weights_GS = []
    for tokens_S in tokens_GS:
        counts = {
            "token": [everything] * len(tokens_S),
            "group": [len(tokens_GS) * sum(tokens_S)] * len(tokens_S),
            "sample": [answers * tokens for tokens in tokens_S],
            "constant": [answers * budget] * len(tokens_S),
        }[aggregation]
        weights_GS.append([1 / max(count, 1) for count in counts])
    return weights_GS


def policy_loss(
    logprobs_N: Tensor, old_N: Tensor, advantages_N: Tensor, weights_N: Tensor, samples_N: Tensor, config: AlgorithmConfig
) -> Loss:
    """The weighted sum of the tokens' losses; those of several calls add up where none parts an answer.

    `logprobs_N` are those of the policy now, with gradient, `old_N` those of the policy that drew, both in nats and of the
    same distribution (`logprob.py`). `samples_N` tells whose token each is. Where both are equal the gradient is that of
    REINFORCE, whatever the loss.
    """
    low, high = 1 - config.clip_low, 1 + config.clip_high
    difference_N = logprobs_N - old_N
    if config.loss == "gspo":
        difference_N = _means(difference_N, samples_N)
    ratio_N = difference_N.exp()
    if config.loss == "cispo":
        # Only the weight is bounded: every token keeps its gradient (MiniMax-M1, arXiv 2506.13585).
        loss_N = -ratio_N.detach().clamp(low, high) * advantages_N * logprobs_N
        too_low_N, too_high_N = ratio_N < low, ratio_N > high
    else:
        # The lesser of both, so a ratio is bounded only where going on would be rewarded.
        loss_N = -torch.minimum(ratio_N * advantages_N, ratio_N.clamp(low, high) * advantages_N)
        too_low_N, too_high_N = (ratio_N < low) & (advantages_N < 0), (ratio_N > high) & (advantages_N > 0)
    return Loss((loss_N * weights_N).sum(), int(too_low_N.sum()), int(too_high_N.sum()))


def _means(values_N: Tensor, samples_N: Tensor) -> Tensor:
    """At each token the mean over its answer: the logarithm of GSPO's sequence ratio (arXiv 2507.18071)."""
    samples, which_N, counts = samples_N.unique(return_inverse=True, return_counts=True)
    sums = values_N.new_zeros(len(samples)).index_add(0, which_N, values_N)
    return (sums / counts)[which_N]
