"""The MiMo model: a Qwen2-shaped trunk and parallel multi-token-prediction layers (report 2.2, 2.3).

One model and one arithmetic for training and generation. Module names are the tensor
names of the released checkpoints. Knows no tokens' meaning, no loss and no files;
`folder.py` reads and writes it. Shapes: B batch, T tokens, S tokens seen so far, D hidden,
V vocabulary.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from openmimo.model.attention import Cache, Packed, Sight, packed_mask, rotary
from openmimo.model.block import Block, RMSNorm
from openmimo.model.cache import KVCache
from openmimo.model.config import ModelConfig
from openmimo.model.mtp import MTPLayer


class Trunk(nn.Module):
    """Embedding, blocks, final norm, and the MTP layers beside them."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(Block(config) for _ in range(config.num_hidden_layers))
        self.norm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.mtp_layers = nn.ModuleList(MTPLayer(config) for _ in range(config.num_nextn_predict_layers))


class MiMo(nn.Module):
    """The whole model. `model(ids_BT)` gives logits; training and speculation use the parts."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.config = config
        self.model = Trunk(config)
        self.lm_head = nn.Linear(config.hidden_size, config.vocab_size, bias=False)
        if config.tie_word_embeddings:
            self.lm_head.weight = self.model.embed_tokens.weight

    def forward(
        self, ids_BT: Tensor, positions_BT: Tensor | None = None, documents_BT: Tensor | None = None, cache: KVCache | None = None
    ) -> Tensor:
        """Logits (B, T, V) of the next token at each place; see `hidden` for the arguments."""
        return self.logits(self.hidden(ids_BT, positions_BT, documents_BT, cache))

    def hidden(
        self,
        ids_BT: Tensor,
        positions_BT: Tensor | None = None,
        documents_BT: Tensor | None = None,
        cache: KVCache | None = None,
        after_BT: Tensor | None = None,
    ) -> Tensor:
        """The residual stream after the last block and before the final norm, (B, T, D).

        `positions_BT` count from 0 within each document; without them they run on from the
        cache. `documents_BT` says which document each token of a packed row belongs to;
        without it a row is one document. Nothing is seen across documents, but what
        `after_BT` says (`attention.Packed`).
        """
        sight = self.sight(ids_BT, positions_BT, documents_BT, cache, after_BT)
        x_BTD = self.stream(ids_BT, sight, cache)
        if cache is not None:
            cache.advance(ids_BT.shape[1])
        return x_BTD

    def stream(self, ids_BT: Tensor, sight: Sight, cache: Cache | None = None) -> Tensor:
        """As `hidden`, for a caller that brings the places and masks itself."""
        x_BTD = self.model.embed_tokens(ids_BT)
        for layer, block in enumerate(self.model.layers):
            # Its number only where it is wanted: compiled blocks are one function as long as they are called alike.
            x_BTD = block(x_BTD, sight) if cache is None else block(x_BTD, sight, cache, layer)
        return x_BTD

    def logits(self, hidden_BTD: Tensor, fp32: bool = False) -> Tensor:
        """Logits (B, T, V) from the stream that `hidden` gives; `fp32` does the last product in full precision."""
        return self.head(self.model.norm(hidden_BTD), fp32)

    def head(self, normed_BTD: Tensor, fp32: bool = False) -> Tensor:
        """The output head alone, shared by the trunk and the MTP layers."""
        if fp32:
            return F.linear(normed_BTD.float(), self.lm_head.weight.float())
        return self.lm_head(normed_BTD)

    def ahead(self, layer: int, hidden_BTD: Tensor, ids_BT: Tensor, positions_BT: Tensor, sight: Sight) -> Tensor:
        """What MTP layer `layer` (from 0) says at each t of a whole row; (B, T, D), already normed, for `head`.

        Place t predicts token t + layer + 2. The last `layer + 1` places of a row have no
        token to look at and mean nothing; the loss leaves them out.
        """
        shift = layer + 1
        later_BT = F.pad(ids_BT, (0, shift))[:, shift:]
        return self.model.mtp_layers[layer](hidden_BTD, self.model.embed_tokens(later_BT), positions_BT, sight)

    def sight(
        self,
        ids_BT: Tensor,
        positions_BT: Tensor | None = None,
        documents_BT: Tensor | None = None,
        cache: KVCache | None = None,
        after_BT: Tensor | None = None,
    ) -> Sight:
        """Rotary positions and mask of a forward pass, shared by all layers."""
        batch, tokens = ids_BT.shape
        seen = cache.length if cache is not None else 0
        if positions_BT is None:
            positions_BT = torch.arange(seen, seen + tokens, device=ids_BT.device).expand(batch, tokens)
        cos_BTh, sin_BTh = rotary(positions_BT, self.config.head_dim, self.config.rope_theta)
        if documents_BT is None and (seen == 0 or tokens == 1):
            return Sight(cos_BTh, sin_BTh)
        documents_BT = torch.zeros_like(ids_BT) if documents_BT is None else documents_BT
        if cache is None:
            return Sight(cos_BTh, sin_BTh, packed=Packed(documents_BT, after_BT))
        return Sight(cos_BTh, sin_BTh, packed_mask(documents_BT, cache.add_documents(documents_BT)))

    def start(self, seed: int) -> None:
        """Fresh weights for training from nothing: normal, smaller for what is added to the stream (report silent; ours)."""
        generator = torch.Generator().manual_seed(seed)
        spread = 0.02 if self.config.hidden_size >= 1024 else 0.02 * (1024 / self.config.hidden_size) ** 0.5
        into_stream = spread / (2 * self.config.num_hidden_layers) ** 0.5
        with torch.no_grad():
            for name, weight in self.named_parameters():
                if name.endswith("norm.weight"):
                    weight.fill_(1.0)
                elif name.endswith(".bias"):
                    weight.zero_()
                else:
                    weight.normal_(
                        0.0, into_stream if name.endswith(("o_proj.weight", "down_proj.weight")) else spread, generator=generator
                    )
