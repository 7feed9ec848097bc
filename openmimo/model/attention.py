"""Who may look at whom: rotary positions, masks and the attention of one layer.

Knows no weights on disk. Shapes: B batch, T tokens now, S tokens seen so far, D hidden,
H heads, K key-value heads, h head dimension. Read `mimo.py` next.
"""

from typing import NamedTuple, Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from openmimo.model.config import ModelConfig

STRETCH = 64  # queries of packed rows that are looked up together, where documents are short
GRAIN = 32  # keys begin at multiples of it: of sizes that are all alike, memory that was freed is taken again
NARROW = 512  # keys of a stretch up to which this is quicker than the fused kernel over whole rows; their scores are kept


class Sight(NamedTuple):
    """What every layer needs to know of the tokens' places, computed once for all layers."""

    cos_BTh: Tensor
    sin_BTh: Tensor
    mask_B1TS: Tensor | None = None  # True where a query may look; None means plainly causal, or one token that sees all
    packed: "Packed | None" = None  # of whole rows of several documents, in place of the mask


class Cache(Protocol):
    """Where keys and values of earlier tokens are: the plain one is `cache.py`, the paged one `engine/paged.py`."""

    def attend(self, layer: int, q_BHTh: Tensor, k_BKTh: Tensor, v_BKTh: Tensor, mask_B1TS: Tensor | None) -> Tensor:
        """Store a layer's new keys and values and give what its queries see, (B, H, T, h)."""
        ...


def rotary(positions_BT: Tensor, head_dim: int, theta: float) -> tuple[Tensor, Tensor]:
    """Cosines and sines of the rotary positions in fp32, each (B, T, h), halves repeated (the Qwen2 convention)."""
    frequencies_f = 1.0 / theta ** (torch.arange(0, head_dim, 2, device=positions_BT.device, dtype=torch.float32) / head_dim)
    angles_BTf = positions_BT[..., None].float() * frequencies_f
    angles_BTh = torch.cat([angles_BTf, angles_BTf], dim=-1)
    return angles_BTh.cos(), angles_BTh.sin()


def rotate(x_BHTh: Tensor, cos_BTh: Tensor, sin_BTh: Tensor) -> Tensor:
    """Turn queries or keys by their positions."""
    low, high = x_BHTh.chunk(2, dim=-1)
    turned_BHTh = torch.cat([-high, low], dim=-1)
    return x_BHTh * cos_BTh[:, None].to(x_BHTh.dtype) + turned_BHTh * sin_BTh[:, None].to(x_BHTh.dtype)


def packed_mask(documents_BT: Tensor, documents_BS: Tensor) -> Tensor:
    """(B, 1, T, S), True where the query's and the key's documents are the same and the key is not later.

    The T queries are the last T of the S tokens.
    """
    tokens, seen = documents_BT.shape[1], documents_BS.shape[1]
    order_TS = torch.ones(tokens, seen, dtype=torch.bool, device=documents_BT.device).tril(seen - tokens)
    return ((documents_BT[:, :, None] == documents_BS[:, None, :]) & order_TS)[:, None]


def look(q_BHTh: Tensor, k_BKSh: Tensor, v_BKSh: Tensor, mask_B1TS: Tensor | None) -> Tensor:
    """What the queries see, (B, H, T, h); without a mask they are plainly causal, or one token that sees all."""
    heads, kv_heads = q_BHTh.shape[1], k_BKSh.shape[1]
    if kv_heads != heads:
        # On the CPU only equal head counts reach the fused kernel.
        k_BKSh, v_BKSh = _repeated(k_BKSh, heads // kv_heads), _repeated(v_BKSh, heads // kv_heads)
    causal = mask_B1TS is None and q_BHTh.shape[2] > 1
    return F.scaled_dot_product_attention(q_BHTh, k_BKSh, v_BKSh, attn_mask=mask_B1TS, is_causal=causal)


def _repeated(x_BKSh: Tensor, times: int) -> Tensor:
    """Every key-value head as often as there are query heads that share it, (B, H, S, h)."""
    return x_BKSh.repeat_interleave(times, dim=1) if times > 1 else x_BKSh


class Packed:
    """Attention within the documents of whole packed rows.

    Where documents are far shorter than rows most pairs may not see each other. On the CPU the
    queries are then taken in stretches, each with the keys from the earliest document on that
    one of its queries is in. The naive twin is `look` with `packed_mask`.
    """

    def __init__(self, documents_BT: Tensor, after_BT: Tensor | None = None):
        """Of rows whose tokens belong to these documents; the tokens of a document stand together.

        `after_BT` is for each token a document before its own that it sees, too, as an answer sees its prompt, or else its own.
        """
        self.mask_B1TT = packed_mask(documents_BT, documents_BT)
        if after_BT is not None:
            self.mask_B1TT |= packed_mask(after_BT, documents_BT)
        self.stretches: list[tuple[slice, slice, Tensor]] = []  # places of queries and of keys, and what is added to their scores
        if documents_BT.device.type != "cpu":
            return
        for first in range(0, documents_BT.shape[1], STRETCH):
            here = slice(first, first + STRETCH)
            seen_S = self.mask_B1TT[:, :, here].flatten(0, 2).any(0).nonzero()
            keys = slice(int(seen_S[0]) // GRAIN * GRAIN, int(seen_S[-1]) + 1)
            hidden_B1TS = torch.zeros(()).masked_fill(~self.mask_B1TT[:, :, here, keys], float("-inf"))
            self.stretches.append((here, keys, hidden_B1TS))
        if any(hidden_B1TS.shape[-1] > NARROW for _, _, hidden_B1TS in self.stretches):
            self.stretches = []

    def look(self, q_BHTh: Tensor, k_BKTh: Tensor, v_BKTh: Tensor) -> Tensor:
        """As the function `look`, for all queries of the rows."""
        if not self.stretches:
            return look(q_BHTh, k_BKTh, v_BKTh, self.mask_B1TT)
        shared = q_BHTh.shape[1] // k_BKTh.shape[1]
        q_BHTh, k_BHTh, v_BHTh = q_BHTh * q_BHTh.shape[-1] ** -0.5, _repeated(k_BKTh, shared), _repeated(v_BKTh, shared)
        parts = []
        for here, keys, hidden_B1TS in self.stretches:
            scores_BHTS = q_BHTh[:, :, here] @ k_BHTh[:, :, keys].transpose(-1, -2) + hidden_B1TS
            parts.append(scores_BHTS.softmax(-1, dtype=torch.float32).to(v_BHTh.dtype) @ v_BHTh[:, :, keys])
        return torch.cat(parts, dim=2)


class Attention(nn.Module):
    """Grouped-query attention with rotary positions; bias on q, k, v or nowhere (report 2.3)."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.heads, self.kv_heads, self.head_dim = config.num_attention_heads, config.num_key_value_heads, config.head_dim
        d, bias = config.hidden_size, config.qkv_bias
        self.q_proj = nn.Linear(d, self.heads * self.head_dim, bias=bias)
        self.k_proj = nn.Linear(d, self.kv_heads * self.head_dim, bias=bias)
        self.v_proj = nn.Linear(d, self.kv_heads * self.head_dim, bias=bias)
        self.o_proj = nn.Linear(self.heads * self.head_dim, d, bias=False)

    def forward(self, x_BTD: Tensor, sight: Sight, cache: Cache | None = None, layer: int = 0) -> Tensor:
        batch, tokens, _ = x_BTD.shape
        q_BHTh = self.q_proj(x_BTD).view(batch, tokens, self.heads, self.head_dim).transpose(1, 2)
        k_BKTh = self.k_proj(x_BTD).view(batch, tokens, self.kv_heads, self.head_dim).transpose(1, 2)
        v_BKTh = self.v_proj(x_BTD).view(batch, tokens, self.kv_heads, self.head_dim).transpose(1, 2)
        q_BHTh = rotate(q_BHTh, sight.cos_BTh, sight.sin_BTh)
        k_BKTh = rotate(k_BKTh, sight.cos_BTh, sight.sin_BTh)
        if sight.packed is not None:
            y_BHTh = sight.packed.look(q_BHTh, k_BKTh, v_BKTh)
        elif cache is None:
            y_BHTh = look(q_BHTh, k_BKTh, v_BKTh, sight.mask_B1TS)
        else:
            y_BHTh = cache.attend(layer, q_BHTh, k_BKTh, v_BKTh, sight.mask_B1TS)
        return self.o_proj(y_BHTh.transpose(1, 2).reshape(batch, tokens, -1))
