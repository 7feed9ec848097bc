"""How much memory it takes to answer: the weights of a model and the cache of an engine, in bytes, before anything is loaded.

Knows sizes, no tensors and no machine; `core/memory.py` knows what a machine has, and
`openmimo show` prints both. `tests/engine/test_seven_b.py` holds the prediction to what
is measured.
"""

from dataclasses import dataclass

import torch
from torch import nn

from openmimo.engine.config import EngineConfig
from openmimo.model.config import ModelConfig
from openmimo.model.folder import empty, weights_bytes

SHARE = 4  # the cache takes at most one part in so many of the free memory


@dataclass(frozen=True)
class Memory:
    """Bytes of the `weights` once all have been used, 8-bit copies counted in, and of the `cache` once it holds `cache_tokens` tokens."""

    weights: int
    cache: int
    cache_tokens: int


def predicted(model: ModelConfig, engine: EngineConfig, dtype: torch.dtype, free: int | None = None) -> Memory:
    """What a model held in `dtype` takes with an engine of this config, without the working memory of a step.

    `free` bytes are there before the model is loaded: they bound a cache whose size the
    engine is to choose; None where it cannot be told.
    """
    weights = weights_bytes(model, dtype) + (_int8_bytes(model) if engine.int8 else 0)
    blocks = cache_blocks(model, engine, dtype, None if free is None else max(free - weights, 0))
    tokens = blocks * engine.block
    return Memory(weights, tokens * token_bytes(model, engine, dtype), tokens)


def cache_blocks(model: ModelConfig, engine: EngineConfig, dtype: torch.dtype, free: int | None) -> int:
    """How many blocks the cache gets where `free` bytes are left beside the weights, None where it cannot be told."""
    if engine.cache_tokens:
        return engine.cache_tokens // engine.block
    wanted = engine.rows * model.max_position_embeddings
    if free is not None:
        # One request must find room, however long.
        wanted = min(wanted, max(free // SHARE // token_bytes(model, engine, dtype), model.max_position_embeddings))
    return -(-wanted // engine.block)


def token_bytes(model: ModelConfig, engine: EngineConfig, dtype: torch.dtype) -> int:
    """What one token takes in the cache: keys and values of every layer and, for MTP drafts, the trunk's stream."""
    numbers = 2 * cached_layers(model, engine) * model.num_key_value_heads * model.head_dim
    if engine.draft == "mtp":
        numbers += model.hidden_size
    return numbers * dtype.itemsize


def cached_layers(model: ModelConfig, engine: EngineConfig) -> int:
    """The layers of the trunk, and the MTP layers that draft."""
    return model.num_hidden_layers + (engine.drafted if engine.draft == "mtp" else 0)


def _int8_bytes(model: ModelConfig) -> int:
    """An 8-bit copy of every linear weight, with the fp32 scale of each row."""
    linears = [module.weight for module in empty(model).modules() if isinstance(module, nn.Linear)]
    return sum(weight.numel() + 4 * len(weight) for weight in linears)
