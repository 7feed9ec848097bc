"""The model's weights and a step's layout as the structures of `network.cpp`, and the calls.

The weights are not copied: the compiled step reads them where torch has them, in fp32 or
bf16, so weights that are changed in place are used from the next step on. Only 8-bit
weights are a copy. Every output is computed in one order whatever else is in the batch, so
in this forward a request alone and in any batch gives the same bits. The twin is
`forward.TorchForward`. Shapes: N tokens, M places, D hidden, V vocabulary.
"""

import ctypes
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from openmimo.engine.native.build import library
from openmimo.engine.paged import Layout, PagedCache, Whole
from openmimo.engine.sample import Sampling, bias_of, biased
from openmimo.model.attention import Attention, rotary
from openmimo.model.block import MLP, Block
from openmimo.model.mimo import MiMo
from openmimo.model.mtp import MTPLayer

SLICE = 4096  # rows that are quantised at once
DTYPES = {torch.float32: "fp32", torch.bfloat16: "bf16"}
WISH = np.dtype([*((name, "f4") for name in ("temperature", "top_p", "min_p")), ("top_k", "i4"), ("seed", "i8"), ("position", "i8")])
Pointer, Int = ctypes.c_void_p, ctypes.c_int32


class _Matrix(ctypes.Structure):
    _fields_ = [("weight", Pointer), ("scale", Pointer), ("bias", Pointer), ("rows", Int), ("cols", Int)]


class _Layer(ctypes.Structure):
    _fields_ = [
        ("before", Pointer),
        *((name, _Matrix) for name in "qkvo"),
        ("after", Pointer),
        *((name, _Matrix) for name in ("gate", "up", "down")),
    ]


class _Ahead(ctypes.Structure):
    _fields_ = [("token_norm", Pointer), ("hidden_norm", Pointer), ("input", _Matrix), ("layer", _Layer), ("norm", Pointer)]


class _Net(ctypes.Structure):
    _fields_ = [
        *((name, Int) for name in ("layers", "hidden", "inner", "heads", "kv_heads", "head_dim", "threads")),
        ("eps", ctypes.c_float),
        ("embedding", Pointer),
        ("norm", Pointer),
        ("head", _Matrix),
        ("blocks", ctypes.POINTER(_Layer)),
        ("cosines", Pointer),
        ("sines", Pointer),
    ]


class _Step(ctypes.Structure):
    _fields_ = [
        ("tokens", Int),
        ("block", Int),
        ("blocks_a_request", Int),
        ("layer_size", ctypes.c_int64),
        *((name, Pointer) for name in ("positions", "places", "requests", "table", "keys", "values")),
    ]


def unfit(model: MiMo) -> str:
    """Why the compiled step cannot compute a model; nothing if it can."""
    weights = list(model.parameters())
    dtype = weights[0].dtype
    if any(weight.device.type != "cpu" for weight in weights):
        return "it is not on the CPU"
    if dtype not in DTYPES or any(weight.dtype != dtype for weight in weights):
        return f"its weights are {dtype}, and not all fp32 or all bf16".replace("torch.", "")
    return "" if all(weight.is_contiguous() for weight in weights) else "its weights are not contiguous"


class NativeForward:
    """The compiled step over one model and one cache; raises `NotBuilt` where it cannot be had."""

    name = "native"

    def __init__(self, model: MiMo, cache: PagedCache, int8: bool = False):
        self.model, self.cache, self.int8 = model, cache, int8
        self.dtype = model.lm_head.weight.dtype
        self._library, self._kept = library(), list[Tensor | ctypes.Array[_Layer]]()
        config = model.config
        self._quantised: dict[nn.Linear, tuple[Tensor, Tensor]] = {}
        half = config.head_dim // 2
        turns = rotary(torch.arange(config.max_position_embeddings)[None], config.head_dim, config.rope_theta)
        cosines, sines = (self._keep(turn[0, :, :half].contiguous()) for turn in turns)
        blocks = (_Layer * config.num_hidden_layers)(*map(self._layer, model.model.layers))
        self._kept.append(blocks)
        self._aheads = [self._ahead(mtp) for mtp in model.model.mtp_layers]
        net = _Net(
            *(config.num_hidden_layers, config.hidden_size, config.intermediate_size),
            *(config.num_attention_heads, config.num_key_value_heads, config.head_dim, torch.get_num_threads()),
            config.rms_norm_eps,
            self._keep(model.model.embed_tokens.weight),
            self._keep(model.model.norm.weight),
            self._matrix(model.lm_head),
            blocks,
            cosines,
            sines,
        )
        self._network = Pointer(self._call("open", Pointer)(ctypes.byref(net)))
        self._trunk, self._ahead_of, self._logits = self._call("trunk"), self._call("ahead"), self._call("logits")
        self._choose = self._call("choose")

    def __del__(self) -> None:
        if network := getattr(self, "_network", None):
            self._call("close")(network)

    def trunk(self, layout: Layout, ids: Sequence[int]) -> Tensor:
        """As `Forward.trunk`."""
        hidden_ND = torch.empty(len(ids), self.model.config.hidden_size, dtype=self.dtype)
        ids_N = np.array(ids, np.int64)
        self._trunk(self._network, ctypes.byref(self._step(layout)), Pointer(ids_N.ctypes.data), Pointer(hidden_ND.data_ptr()))
        return hidden_ND

    def ahead(self, mtp: int, layout: Layout, hidden_ND: Tensor, later: Sequence[int]) -> Tensor:
        """As `Forward.ahead`."""
        hidden_ND = hidden_ND.contiguous()
        ahead_ND, later_N = torch.empty_like(hidden_ND), np.array(later, np.int64)
        self._ahead_of(
            *(self._network, ctypes.byref(self._aheads[mtp]), ctypes.byref(self._step(layout))),
            self.model.config.num_hidden_layers + mtp,
            *(Pointer(hidden_ND.data_ptr()), Pointer(later_N.ctypes.data), Pointer(ahead_ND.data_ptr())),
        )
        return ahead_ND

    def logits(self, hidden_MD: Tensor) -> Tensor:
        """As `Forward.logits`, in fp32."""
        return self._head(hidden_MD, normed=False)

    def head(self, normed_MD: Tensor) -> Tensor:
        """As `Forward.head`, in fp32."""
        return self._head(normed_MD, normed=True)

    def choose(
        self, logits_MV: Tensor, samplings: Sequence[Sampling], positions_M: Whole, allowed_MV: Tensor | None = None
    ) -> tuple[list[int], list[float]]:
        """As `Forward.choose`."""
        wishes_M = np.array(
            [
                (one.temperature, one.top_p, one.min_p, one.top_k, one.seed % 2**63, position)
                for one, position in zip(samplings, positions_M.tolist(), strict=True)
            ],
            WISH,
        )
        biased_MV = biased(logits_MV, bias_of(samplings, logits_MV.device), allowed_MV)
        ids_M, logprobs_M = np.empty(len(samplings), np.int64), np.empty(len(samplings), np.float32)
        self._choose(
            *(self._network, Pointer(logits_MV.data_ptr()), Pointer(biased_MV.data_ptr()), len(samplings)),
            *(Pointer(array.ctypes.data) for array in (wishes_M, ids_M, logprobs_M)),
        )
        return ids_M.tolist(), logprobs_M.tolist()

    def reload(self) -> None:
        """Make the 8-bit copies again."""
        for linear, (weight, scale) in self._quantised.items():
            for kept, new in zip((weight, scale), quantised(linear.weight), strict=True):
                kept.copy_(new)

    def _head(self, rows_MD: Tensor, normed: bool) -> Tensor:
        rows_MD = rows_MD.contiguous()
        logits_MV = torch.empty(len(rows_MD), self.model.config.vocab_size)
        self._logits(self._network, Pointer(rows_MD.data_ptr()), len(rows_MD), int(normed), Pointer(logits_MV.data_ptr()))
        return logits_MV

    def _step(self, layout: Layout) -> _Step:
        cache = self.cache
        arrays = (layout.positions_N, layout.places_N, layout.requests_N, layout.table_RB)
        return _Step(
            *(len(layout.positions_N), cache.size, layout.table_RB.shape[1], cache.keys_LPw[0].numel()),
            *(array.ctypes.data for array in arrays),
            *(cache.keys_LPw.data_ptr(), cache.values_LPw.data_ptr()),
        )

    def _layer(self, block: nn.Module) -> _Layer:
        assert isinstance(block, Block | MTPLayer)
        return _Layer(
            self._keep(block.input_layernorm.weight),
            *self._attention(block.self_attn),
            self._keep(block.post_attention_layernorm.weight),
            *self._mlp(block.mlp),
        )

    def _attention(self, attention: Attention) -> list[_Matrix]:
        return [self._matrix(linear) for linear in (attention.q_proj, attention.k_proj, attention.v_proj, attention.o_proj)]

    def _mlp(self, mlp: MLP) -> list[_Matrix]:
        return [self._matrix(linear) for linear in (mlp.gate_proj, mlp.up_proj, mlp.down_proj)]

    def _ahead(self, mtp: nn.Module) -> _Ahead:
        assert isinstance(mtp, MTPLayer)
        norms = (self._keep(norm.weight) for norm in (mtp.token_layernorm, mtp.hidden_layernorm))
        return _Ahead(*norms, self._matrix(mtp.input_proj), self._layer(mtp), self._keep(mtp.final_layernorm.weight))

    def _matrix(self, linear: nn.Linear) -> _Matrix:
        bias = None if linear.bias is None else self._keep(linear.bias)
        rows, cols = linear.weight.shape
        if not self.int8:
            return _Matrix(self._keep(linear.weight), None, bias, rows, cols)
        weight, scale = self._quantised[linear] = quantised(linear.weight)
        return _Matrix(weight.data_ptr(), scale.data_ptr(), bias, rows, cols)

    def _keep(self, tensor: Tensor) -> int:
        """The address of a tensor that must outlive the network."""
        self._kept.append(tensor)
        return tensor.data_ptr()

    def _call(self, name: str, gives: type | None = None) -> "ctypes._NamedFuncPointer":
        call = self._library[f"{name}_{DTYPES[self.dtype]}"]
        call.restype = gives
        return call


@torch.no_grad()
def quantised(weight_ND: Tensor) -> tuple[Tensor, Tensor]:
    """A matrix in 8 bits, and the fp32 scale of each row: the largest of a row becomes 127 (ours, the usual symmetric scheme)."""
    scale_N = (weight_ND.abs().amax(1).float() / 127).clamp_(min=torch.finfo(torch.float32).tiny)
    kept_ND = torch.empty(weight_ND.shape, dtype=torch.int8)
    # In slices, because a vocabulary's matrix in fp32 would not fit beside the rest.
    for part in torch.arange(len(weight_ND)).split(SLICE):
        kept_ND[part] = (weight_ND[part] / scale_N[part, None]).round_().to(torch.int8)
    return kept_ND, scale_N
