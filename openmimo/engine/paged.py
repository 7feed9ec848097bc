"""Keys and values in blocks, and attention over them for a batch of requests of any lengths.

Knows which blocks to read and write, not why (`blocks.py`, `scheduler.py`). All tokens of
a step are one row of the model; only attention takes them apart, into groups of requests
with equally many new tokens: one gather and one fused attention a group and layer, and
no Python work for single requests. Shapes: L layers, P places of the cache, N new tokens
of a step, R requests of a group, Q new tokens of each, S places they see, H heads, K
key-value heads, G heads that share one of those, h head dimension, D hidden.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import prod

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from openmimo.model.attention import Sight, rotary
from openmimo.model.config import ModelConfig


@dataclass(frozen=True)
class Span:
    """Some tokens of one request: its blocks, and which of its places are computed."""

    blocks: Sequence[int]
    start: int
    end: int


@dataclass(frozen=True)
class Group:
    """Requests of a step with equally many new tokens: `tokens` of the step's row."""

    tokens: slice
    requests: int
    blocks: Tensor  # numbers of the blocks they see, request by request
    mask_R1QS: Tensor


@dataclass(frozen=True)
class Layout:
    """Where the tokens of a step are and what they see. Spans must come sorted by length."""

    places_N: Tensor
    positions_1N: Tensor
    groups: list[Group]


class PagedCache:
    """Room for `blocks` blocks of `size` tokens in `layers` layers, and the trunk's stream of each token if `stream`."""

    def __init__(
        self, config: ModelConfig, layers: int, blocks: int, size: int, dtype: torch.dtype, device: torch.device, stream: bool = False
    ):
        self.config, self.size, self.device = config, size, device
        width = config.num_key_value_heads * config.head_dim
        self.keys_LPw = _zeros((layers, blocks * size, width), dtype, device)
        self.values_LPw = _zeros((layers, blocks * size, width), dtype, device)
        self.stream_PD = _zeros((blocks * size if stream else 0, config.hidden_size), dtype, device)

    def layout(self, spans: Sequence[Span]) -> Layout:
        """The places, positions and masks of a step over `spans`."""
        size, device = self.size, self.device
        groups, places, positions, first = [], [], [], 0
        for count, same in groupby(spans, lambda span: span.end - span.start):
            group = list(same)
            longest = -(-max(span.end for span in group) // size)
            table = [[*span.blocks[:longest], *[0] * (longest - len(span.blocks))] for span in group]
            table_RB = torch.tensor(table, device=device)
            start_R1 = torch.tensor([[span.start] for span in group], device=device)
            positions_RQ = start_R1 + torch.arange(count, device=device)
            blocks_RQ = table_RB.gather(1, positions_RQ // size)
            places.append((blocks_RQ * size + positions_RQ % size).flatten())
            positions.append(positions_RQ.flatten())
            mask_RQS = torch.arange(longest * size, device=device) <= positions_RQ[:, :, None]
            groups.append(Group(slice(first, first + len(group) * count), len(group), table_RB.flatten(), mask_RQS[:, None]))
            first += len(group) * count
        return Layout(torch.cat(places), torch.cat(positions)[None], groups)

    def sight(self, layout: Layout) -> Sight:
        """What the model needs to know of a layout; the masks stay here."""
        return Sight(*rotary(layout.positions_1N, self.config.head_dim, self.config.rope_theta), None)


class PagedView:
    """The cache as the layers of one step see it: a `Cache` of the model."""

    def __init__(self, cache: PagedCache, layout: Layout):
        self.cache, self.layout = cache, layout
        config = cache.config
        self.kv_heads, self.shared, self.head_dim = (
            config.num_key_value_heads,
            config.num_attention_heads // config.num_key_value_heads,
            config.head_dim,
        )
        # Heads that share keys are attended as if they were more queries: nothing is copied for them.
        self.masks = [
            group.mask_R1QS if group.mask_R1QS.shape[2] == 1 else group.mask_R1QS.repeat(1, 1, self.shared, 1) for group in layout.groups
        ]

    def attend(self, layer: int, q_1HNh: Tensor, k_1KNh: Tensor, v_1KNh: Tensor, mask: Tensor | None) -> Tensor:
        """Store a layer's new keys and values and give what its queries see, (1, H, N, h)."""
        keys_Pw, values_Pw = self.cache.keys_LPw[layer], self.cache.values_LPw[layer]
        keys_Pw.index_copy_(0, self.layout.places_N, k_1KNh[0].transpose(0, 1).flatten(1))
        values_Pw.index_copy_(0, self.layout.places_N, v_1KNh[0].transpose(0, 1).flatten(1))
        seen = [
            self._group(group, mask_R1XS, q_1HNh[0, :, group.tokens], keys_Pw, values_Pw)
            for group, mask_R1XS in zip(self.layout.groups, self.masks, strict=True)
        ]
        return torch.cat(seen, dim=1)[None]

    def _group(self, group: Group, mask_R1XS: Tensor, q_HnH: Tensor, keys_Pw: Tensor, values_Pw: Tensor) -> Tensor:
        r, k, g, h = group.requests, self.kv_heads, self.shared, self.head_dim
        q_KGRQh = q_HnH.reshape(k, g, r, -1, h)
        q_RKXh = q_KGRQh.permute(2, 0, 1, 3, 4).reshape(r, k, -1, h)
        y_RKXh = F.scaled_dot_product_attention(
            q_RKXh, self._gathered(group, keys_Pw), self._gathered(group, values_Pw), attn_mask=mask_R1XS
        )
        return y_RKXh.reshape(r, k, g, -1, h).permute(1, 2, 0, 3, 4).reshape(k * g, -1, h)

    def _gathered(self, group: Group, stored_Pw: Tensor) -> Tensor:
        """The keys or values a group sees, (R, K, S, h)."""
        blocks_Bw = stored_Pw.view(-1, self.cache.size * stored_Pw.shape[-1])
        seen_RSKh = blocks_Bw.index_select(0, group.blocks).view(group.requests, -1, self.kv_heads, self.head_dim)
        return seen_RSKh.transpose(1, 2)


def _zeros(shape: tuple[int, ...], dtype: torch.dtype, device: torch.device) -> Tensor:
    """Zeros, because what a mask hides is still multiplied by nought, and nought times NaN is NaN."""
    if device.type != "cpu" or not prod(shape):
        return torch.zeros(shape, dtype=dtype, device=device)
    # torch writes its zeros, numpy asks the system for pages that cost nothing until they are used.
    return torch.from_numpy(np.zeros(prod(shape) * dtype.itemsize, np.uint8)).view(dtype).view(shape)
