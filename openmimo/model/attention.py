"""Who may look at whom: rotary positions, masks and the attention of one layer.

Knows no weights on disk. Shapes: B batch, T tokens now, S tokens seen so far, D hidden,
H heads, K key-value heads, h head dimension. Read `mimo.py` next.
"""

from typing import NamedTuple, Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from openmimo.model.config import ModelConfig


class Sight(NamedTuple):
    """What every layer needs to know of the tokens' places, computed once for all layers."""

    cos_BTh: Tensor
    sin_BTh: Tensor
    mask_B1TS: Tensor | None  # True where a query may look; None means plainly causal, or one token that sees all


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
        k_BKSh = k_BKSh.repeat_interleave(heads // kv_heads, dim=1)
        v_BKSh = v_BKSh.repeat_interleave(heads // kv_heads, dim=1)
    causal = mask_B1TS is None and q_BHTh.shape[2] > 1
    return F.scaled_dot_product_attention(q_BHTh, k_BKSh, v_BKSh, attn_mask=mask_B1TS, is_causal=causal)


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
        if cache is None:
            y_BHTh = look(q_BHTh, k_BKTh, v_BKTh, sight.mask_B1TS)
        else:
            y_BHTh = cache.attend(layer, q_BHTh, k_BKTh, v_BKTh, sight.mask_B1TS)
        return self.o_proj(y_BHTh.transpose(1, 2).reshape(batch, tokens, -1))
