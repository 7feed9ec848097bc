"""One decoder block: norm, attention, norm, SwiGLU, each added to the stream (report 2.3). Shapes as in `mimo.py`."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from openmimo.model.attention import Attention, Cache, Sight
from openmimo.model.config import ModelConfig


class RMSNorm(nn.Module):
    """Root-mean-square norm, computed in fp32 whatever the stream's type is."""

    def __init__(self, size: int, eps: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, x_BTD: Tensor) -> Tensor:
        wide_BTD = x_BTD.float()
        wide_BTD = wide_BTD * torch.rsqrt(wide_BTD.pow(2).mean(-1, keepdim=True) + self.eps)
        return self.weight * wide_BTD.to(x_BTD.dtype)


class MLP(nn.Module):
    """SwiGLU."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.gate_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.up_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.down_proj = nn.Linear(config.intermediate_size, config.hidden_size, bias=False)

    def forward(self, x_BTD: Tensor) -> Tensor:
        return self.down_proj(F.silu(self.gate_proj(x_BTD)) * self.up_proj(x_BTD))


class Block(nn.Module):
    """One layer of the trunk."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.input_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.self_attn = Attention(config)
        self.post_attention_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.mlp = MLP(config)

    def forward(self, x_BTD: Tensor, sight: Sight, cache: Cache | None = None, layer: int = 0) -> Tensor:
        x_BTD = x_BTD + self.self_attn(self.input_layernorm(x_BTD), sight, cache, layer)
        return x_BTD + self.mlp(self.post_attention_layernorm(x_BTD))
