"""Keys and values in blocks, and where the tokens of a step are among them.

Knows which blocks to read and write, not why (`blocks.py`, `scheduler.py`), and not how a
model attends over them (`forward.py`). Shapes: L layers, P places of the cache, N new
tokens of a step, R requests of a step, B blocks of the one that has most, D hidden, w
numbers of a token's keys.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from openmimo.model.config import ModelConfig

Whole = NDArray[np.int32]


@dataclass(frozen=True)
class Span:
    """Some tokens of one request: its blocks, and which of its places are computed."""

    blocks: Sequence[int]
    start: int
    end: int


@dataclass(frozen=True)
class Layout:
    """Where the tokens of a step are: their requests, positions and places, and the blocks of every request."""

    counts_R: Whole
    ends_R: Whole
    table_RB: Whole
    requests_N: Whole
    positions_N: Whole
    places_N: Whole


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
        """The places and positions of a step over `spans`, whose tokens come one after another."""
        starts_R = np.fromiter((span.start for span in spans), np.int32, len(spans))
        ends_R = np.fromiter((span.end for span in spans), np.int32, len(spans))
        counts_R = ends_R - starts_R
        table_RB = np.zeros((len(spans), -(-int(ends_R.max()) // self.size)), np.int32)
        for row, span in zip(table_RB, spans, strict=True):
            used = span.blocks[: len(row)]
            row[: len(used)] = used
        requests_N = np.repeat(np.arange(len(spans), dtype=np.int32), counts_R)
        firsts_R = np.cumsum(counts_R, dtype=np.int32) - counts_R
        positions_N = np.arange(len(requests_N), dtype=np.int32) + (starts_R - firsts_R)[requests_N]
        places_N = table_RB[requests_N, positions_N // self.size] * self.size + positions_N % self.size
        return Layout(counts_R, ends_R, table_RB, requests_N, positions_N, places_N.astype(np.int32))

    def keep(self, layout: Layout, hidden_ND: Tensor) -> None:
        """Keep the trunk's stream of the tokens of a step, if it is wanted at all."""
        if len(self.stream_PD):
            self.stream_PD[self._index(layout)] = hidden_ND

    def kept(self, layout: Layout) -> Tensor:
        """The trunk's stream of tokens that were computed before, (N, D)."""
        return self.stream_PD[self._index(layout)]

    def _index(self, layout: Layout) -> Tensor:
        return torch.from_numpy(layout.places_N).to(self.device)


def _zeros(shape: tuple[int, ...], dtype: torch.dtype, device: torch.device) -> Tensor:
    """Zeros, because what a mask hides is still multiplied by nought, and nought times NaN is NaN."""
    if device.type != "cpu" or not prod(shape):
        return torch.zeros(shape, dtype=dtype, device=device)
    # torch writes its zeros, numpy asks the system for pages that cost nothing until they are used.
    return torch.from_numpy(np.zeros(prod(shape) * dtype.itemsize, np.uint8)).view(dtype).view(shape)
