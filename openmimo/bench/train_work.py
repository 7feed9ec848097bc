"""What the benchmark of training gives every side to do, what that costs in FLOPs, and what the machine can do of them.

Random tokens, because the speed of a step does not depend on what is said. Knows no model under way and no peer. Shapes:
B rows, T tokens a row. Read `train.py` next.
"""

import math
import time

import numpy as np
import torch
from torch import Tensor

from openmimo.model.config import ModelConfig
from openmimo.train.batches import Batch

SHORTEST = 16  # tokens of a document, unless the end of its row cuts it
SQUARES = (512, 1024, 2048)  # sizes of the matrices that the machine's own rate is measured with
REPEATS = 4


def packed(seed: int, rows: int, length: int, vocabulary: int) -> Batch:
    """Rows full of documents of 16 tokens to a row's length, of random token ids below `vocabulary`.

    Lengths are spread evenly in their logarithm. There is no padding, which one side might skip and another not.
    """
    rng = np.random.default_rng([seed, rows, length])
    positions = np.zeros((rows, length), np.int64)
    for row in range(rows):
        place = 0
        while place < length:
            drawn = math.exp(rng.uniform(math.log(SHORTEST), math.log(length)))
            end = min(place + round(drawn), length)
            positions[row, place:end] = np.arange(end - place)
            place = end
    return batch_of(torch.from_numpy(rng.integers(0, vocabulary, (rows, length))), torch.from_numpy(positions))


def batch_of(ids_BT: Tensor, positions_BT: Tensor) -> Batch:
    """A batch without padding, all of it to be learnt; a document begins wherever the position is 0."""
    documents_BT = (positions_BT == 0).cumsum(1) - 1
    return Batch(ids_BT, positions_BT, documents_BT, torch.ones_like(ids_BT, dtype=torch.bool), "bench")


def flops(config: ModelConfig, positions_BT: Tensor) -> int:
    """The FLOPs of a training step of the trunk, forward and backward, as a model needs them.

    6 a weight and token without the embedding, which is looked up (the head multiplies, tied or not), and 12 a layer,
    dimension of the heads and pair of tokens that see each other. What is computed twice to save memory counts once.
    """
    trunk = config.with_(num_nextn_predict_layers=0)
    looked_up = 0 if config.tie_word_embeddings else config.vocab_size * config.hidden_size
    pairs = int((positions_BT + 1).sum())  # a token sees itself and those before it in its document
    attention = 12 * config.num_hidden_layers * config.num_attention_heads * config.head_dim * pairs
    return 6 * (trunk.parameters - looked_up) * positions_BT.numel() + attention


def matmul_rate() -> float:
    """The bf16 FLOPs a second of the quickest product of two square matrices, on torch's threads, measured now."""
    best = 0.0
    for size in SQUARES:
        one, other = (torch.randn(size, size).to(torch.bfloat16) for _ in range(2))
        for _ in range(REPEATS):
            started = time.perf_counter()
            torch.mm(one, other)
            best = max(best, 2 * size**3 / (time.perf_counter() - started))
    return best
