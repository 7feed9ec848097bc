"""The log-probability of a token: the one function that training and generation both use.

Shapes: any leading dimensions (...), V vocabulary.
"""

import torch
from torch import Tensor


def logprobs(logits_V: Tensor, ids: Tensor) -> Tensor:
    """Natural-log probabilities in fp32 of `ids` (...) under `logits_V` (..., V)."""
    return torch.log_softmax(logits_V.float(), dim=-1).gather(-1, ids[..., None]).squeeze(-1)
