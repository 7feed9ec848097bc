"""The keys and values of the tokens seen so far, for generation one token after another.

A plain contiguous cache of fixed length: the naive one. Shapes: L layers, B batch,
S the most tokens it can hold, T tokens now, H heads, K key-value heads, h head dimension.
"""

import torch
from torch import Tensor

from openmimo.model.attention import look
from openmimo.model.config import ModelConfig


class KVCache:
    """Room for `length` tokens a row; rows are filled side by side.

    `documents_BS` marks which document each token belongs to, so that padding on the left
    is a document of its own that nobody looks at.
    """

    def __init__(self, config: ModelConfig, batch: int, length: int, dtype: torch.dtype, device: torch.device):
        shape = (config.num_hidden_layers, batch, config.num_key_value_heads, length, config.head_dim)
        self.keys_LBKSh = torch.zeros(shape, dtype=dtype, device=device)
        self.values_LBKSh = torch.zeros(shape, dtype=dtype, device=device)
        self.documents_BS = torch.zeros(batch, length, dtype=torch.long, device=device)
        self.length = 0

    def attend(self, layer: int, q_BHTh: Tensor, k_BKTh: Tensor, v_BKTh: Tensor, mask_B1TS: Tensor | None) -> Tensor:
        """Store a layer's new keys and values and give what its queries see of all there are."""
        return look(q_BHTh, *self.append(layer, k_BKTh, v_BKTh), mask_B1TS)

    def append(self, layer: int, k_BKTh: Tensor, v_BKTh: Tensor) -> tuple[Tensor, Tensor]:
        """Store a layer's new keys and values and give back all there are, (B, K, S, h) each."""
        end = self.length + k_BKTh.shape[2]
        self.keys_LBKSh[layer, :, :, self.length : end] = k_BKTh
        self.values_LBKSh[layer, :, :, self.length : end] = v_BKTh
        return self.keys_LBKSh[layer, :, :, :end], self.values_LBKSh[layer, :, :, :end]

    def add_documents(self, documents_BT: Tensor) -> Tensor:
        """Note the documents of the tokens about to be appended; gives all so far, (B, S)."""
        end = self.length + documents_BT.shape[1]
        self.documents_BS[:, self.length : end] = documents_BT
        return self.documents_BS[:, :end]

    def advance(self, tokens: int) -> None:
        """Count `tokens` as stored, once every layer has appended them."""
        self.length += tokens
