"""Multi-token prediction: layers that guess one token further ahead than the trunk (report 2.2).

Layer i (from 1) takes the trunk's residual stream at t and the embedding of token t+i,
and predicts token t+i+1 through the trunk's own head. The layers are parallel: none
reads another's output. Shapes as in `mimo.py`.
"""

import torch
from torch import Tensor, nn

from openmimo.model.attention import Cache, Sight
from openmimo.model.block import Block, RMSNorm
from openmimo.model.config import ModelConfig


class MTPLayer(nn.Module):
    """One MTP layer, with the tensor names of the released checkpoints."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        d, eps = config.hidden_size, config.rms_norm_eps
        self.token_layernorm = RMSNorm(d, eps)
        self.hidden_layernorm = RMSNorm(d, eps)
        self.input_proj = nn.Linear(2 * d, d, bias=False)
        block = Block(config)
        # The checkpoints have the block's parts directly under the layer, not in a module of its own.
        self.input_layernorm, self.self_attn = block.input_layernorm, block.self_attn
        self.post_attention_layernorm, self.mlp = block.post_attention_layernorm, block.mlp
        self.final_layernorm = RMSNorm(d, eps)

    def forward(
        self, hidden_BTD: Tensor, token_BTD: Tensor, positions_BT: Tensor, sight: Sight, cache: Cache | None = None, layer: int = 0
    ) -> Tensor:
        """What the head turns into logits for the token after `token_BTD`'s; (B, T, D).

        `hidden_BTD` is the trunk's stream before its final norm. The embedding that goes
        with position 0 is zeroed, as public inference engines do. `layer` is this layer's place in `cache`.
        """
        token_BTD = torch.where((positions_BT == 0)[..., None], torch.zeros_like(token_BTD), token_BTD)
        x_BTD = self.input_proj(torch.cat([self.hidden_layernorm(hidden_BTD), self.token_layernorm(token_BTD)], dim=-1))
        x_BTD = x_BTD + self.self_attn(self.input_layernorm(x_BTD), sight, cache, layer)
        x_BTD = x_BTD + self.mlp(self.post_attention_layernorm(x_BTD))
        return self.final_layernorm(x_BTD)
