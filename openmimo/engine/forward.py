"""Who computes the model for a step: the plain torch model here, or C++ on the CPU (`native/network.py`).

All tokens of a step are one row of the model. Knows the paged cache, no requests and no
sampling. Shapes: N new tokens of a step, M places of them, D hidden, V vocabulary; in
the torch attention R requests of a group, Q new tokens of each, S places they see, H
heads, K key-value heads, G heads that share one of those, h head dimension.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from openmimo.core.errors import InputError
from openmimo.engine.config import EngineConfig
from openmimo.engine.native.build import NotBuilt
from openmimo.engine.native.network import NativeForward, unfit
from openmimo.engine.paged import Layout, PagedCache, Whole
from openmimo.engine.sample import Sampling, choose, knobs
from openmimo.model.attention import Sight, rotary
from openmimo.model.logprob import logprobs
from openmimo.model.mimo import MiMo


class Forward(Protocol):
    """The model of a step, whoever computes it."""

    name: str

    def trunk(self, layout: Layout, ids: Sequence[int]) -> Tensor:
        """The stream of N tokens after the last block, (N, D); their keys and values are in the cache then."""
        ...

    def ahead(self, mtp: int, layout: Layout, hidden_ND: Tensor, later: Sequence[int]) -> Tensor:
        """What MTP layer `mtp` says of N places with the trunk's stream there and `later` tokens, (N, D), for `head`."""
        ...

    def logits(self, hidden_MD: Tensor) -> Tensor:
        """(M, V) from the trunk's stream."""
        ...

    def head(self, normed_MD: Tensor) -> Tensor:
        """(M, V) from what `ahead` gives."""
        ...

    def choose(
        self, logits_MV: Tensor, samplings: Sequence[Sampling], positions_M: Whole, allowed_MV: Tensor | None = None
    ) -> tuple[list[int], list[float]]:
        """The tokens for M positions, as `sample.choose`, and their log-probabilities before bias, mask and filters."""
        ...

    def reload(self) -> None:
        """Hear that the model's weights have changed."""
        ...


def forward(model: MiMo, cache: PagedCache, config: EngineConfig) -> Forward:
    """The one that `config` asks for; `InputError` where native kernels are wanted and cannot be had."""
    why = unfit(model)
    if config.kernels == "torch" or (config.kernels == "auto" and why and not config.int8):
        return TorchForward(model, cache)
    if why:
        raise InputError(f"the native kernels cannot compute this model: {why}", "use the kernels torch, without int8")
    try:
        return NativeForward(model, cache, config.int8)
    except NotBuilt:
        if config.kernels == "native" or config.int8:
            raise
        return TorchForward(model, cache)


class TorchForward:
    """The plain model, with attention by groups of requests: the twin of the native one, and what runs on a GPU.

    Only attention takes the row of tokens apart, into groups of requests with equally many
    new tokens: one gather and one fused attention a group and layer, and no Python work
    for single requests.
    """

    name = "torch"

    def __init__(self, model: MiMo, cache: PagedCache):
        self.model, self.cache = model, cache

    def trunk(self, layout: Layout, ids: Sequence[int]) -> Tensor:
        """As `Forward.trunk`."""
        view = PagedView(self.cache, layout)
        return self.model.stream(self._row(ids), view.sight, view)[0]

    def ahead(self, mtp: int, layout: Layout, hidden_ND: Tensor, later: Sequence[int]) -> Tensor:
        """As `Forward.ahead`."""
        view, trunk = PagedView(self.cache, layout), self.model.model
        embedded_1ND, cached = trunk.embed_tokens(self._row(later)), self.model.config.num_hidden_layers + mtp
        return trunk.mtp_layers[mtp](hidden_ND[None], embedded_1ND, view.positions_1N, view.sight, view, cached)[0]

    def logits(self, hidden_MD: Tensor) -> Tensor:
        """As `Forward.logits`."""
        return self.model.logits(hidden_MD)

    def head(self, normed_MD: Tensor) -> Tensor:
        """As `Forward.head`."""
        return self.model.head(normed_MD)

    def choose(
        self, logits_MV: Tensor, samplings: Sequence[Sampling], positions_M: Whole, allowed_MV: Tensor | None = None
    ) -> tuple[list[int], list[float]]:
        """As `Forward.choose`."""
        device = logits_MV.device
        chosen_M = choose(logits_MV, knobs(samplings, device), torch.from_numpy(positions_M).to(device), allowed_MV)
        return chosen_M.tolist(), logprobs(logits_MV, chosen_M).tolist()

    def reload(self) -> None:
        """Nothing was derived from the weights."""

    def _row(self, ids: Sequence[int]) -> Tensor:
        return torch.tensor([ids], device=self.cache.device)


@dataclass(frozen=True)
class Group:
    """Requests of a step with equally many new tokens: `tokens` of the step's row."""

    tokens: slice
    requests: int
    blocks: Tensor  # numbers of the blocks they see, request by request
    mask_R1XS: Tensor  # X is Q, or G * Q where that is not 1


class PagedView:
    """The cache as the torch layers of one step see it: a `Cache` of the model. Requests must come sorted by their new tokens."""

    def __init__(self, cache: PagedCache, layout: Layout):
        self.cache, config = cache, cache.config
        self.kv_heads, self.head_dim = config.num_key_value_heads, config.head_dim
        self.shared = config.num_attention_heads // config.num_key_value_heads
        self.positions_1N = torch.from_numpy(layout.positions_N).to(cache.device)[None]
        self.places_N = torch.from_numpy(layout.places_N).to(cache.device, torch.long)
        self.sight = Sight(*rotary(self.positions_1N, config.head_dim, config.rope_theta))
        self.groups = self._groups(layout)

    def attend(self, layer: int, q_1HNh: Tensor, k_1KNh: Tensor, v_1KNh: Tensor, mask: Tensor | None) -> Tensor:
        """Store a layer's new keys and values and give what its queries see, (1, H, N, h)."""
        keys_Pw, values_Pw = self.cache.keys_LPw[layer], self.cache.values_LPw[layer]
        keys_Pw.index_copy_(0, self.places_N, k_1KNh[0].transpose(0, 1).flatten(1))
        values_Pw.index_copy_(0, self.places_N, v_1KNh[0].transpose(0, 1).flatten(1))
        return torch.cat([self._attended(group, q_1HNh[0, :, group.tokens], keys_Pw, values_Pw) for group in self.groups], dim=1)[None]

    def _groups(self, layout: Layout) -> list[Group]:
        size, device = self.cache.size, self.cache.device
        groups, request, token = [], 0, 0
        for count, same in groupby(layout.counts_R.tolist()):
            requests = len(list(same))
            rows, tokens = slice(request, request + requests), slice(token, token + requests * count)
            seen = -(-int(layout.ends_R[rows].max()) // size)
            blocks = torch.from_numpy(layout.table_RB[rows, :seen].flatten()).to(device)
            positions_RQ = self.positions_1N[0, tokens].view(requests, count)
            mask_R1QS = (torch.arange(seen * size, device=device) <= positions_RQ[:, :, None])[:, None]
            # Heads that share keys are attended as if they were more queries: nothing is copied for them.
            groups.append(Group(tokens, requests, blocks, mask_R1QS if count == 1 else mask_R1QS.repeat(1, 1, self.shared, 1)))
            request, token = rows.stop, tokens.stop
        return groups

    def _attended(self, group: Group, q_HnH: Tensor, keys_Pw: Tensor, values_Pw: Tensor) -> Tensor:
        r, k, g, h = group.requests, self.kv_heads, self.shared, self.head_dim
        q_KGRQh = q_HnH.reshape(k, g, r, -1, h)
        q_RKXh = q_KGRQh.permute(2, 0, 1, 3, 4).reshape(r, k, -1, h)
        y_RKXh = F.scaled_dot_product_attention(
            q_RKXh, self._gathered(group, keys_Pw), self._gathered(group, values_Pw), attn_mask=group.mask_R1XS
        )
        return y_RKXh.reshape(r, k, g, -1, h).permute(1, 2, 0, 3, 4).reshape(k * g, -1, h)

    def _gathered(self, group: Group, stored_Pw: Tensor) -> Tensor:
        """The keys or values a group sees, (R, K, S, h)."""
        blocks_Bw = stored_Pw.view(-1, self.cache.size * stored_Pw.shape[-1])
        seen_RSKh = blocks_Bw.index_select(0, group.blocks).view(group.requests, -1, self.kv_heads, self.head_dim)
        return seen_RSKh.transpose(1, 2)
