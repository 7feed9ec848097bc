"""Reading GGUF files of the Llama and Qwen2 architectures, quantised or not, tensor by tensor into fp32 or bf16.

The `gguf` package knows the formats; what is ours is the mapping and the check that
nothing is missing. llama.cpp stores the q and k rows of Llama models permuted, for its own
way of turning pairs; here they are put back. Knows no tokenizer (`text/gguf_vocabulary.py`).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gguf import GGUFReader
from gguf.quants import dequantize

from openmimo.core.errors import InputError, WeightsError
from openmimo.core.memory import require
from openmimo.model.config import ModelConfig
from openmimo.model.folder import check_tensors, empty, finish, parameter_shapes, place, weights_bytes
from openmimo.model.mimo import MiMo

OUTSIDE = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
INSIDE = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
# By what each rotary frequency is divided. llama.cpp writes the scaling of Llama 3.1 as this tensor and says so nowhere else.
ROPE_FACTORS = "rope_freqs.weight"


def open_gguf(path: Path) -> GGUFReader:
    """The reader of a file; `WeightsError` if it is cut short or no GGUF file."""
    try:
        return GGUFReader(path)
    except FileNotFoundError:
        raise InputError(f"{path} is not there", "check the path") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}", "check the path") from None
    except (ValueError, IndexError, KeyError, OverflowError, UnicodeDecodeError) as error:
        raise WeightsError(f"{path} is cut short or no GGUF file: {error}", "copy the file again") from None


def read_gguf_config(path: Path) -> ModelConfig:
    """The config of a GGUF file, from its metadata."""
    return _config(path, open_gguf(path))


def read_gguf(path: Path, dtype: torch.dtype | Callable[[ModelConfig], torch.dtype] = torch.float32) -> MiMo:
    """Load a GGUF file, in a type that may depend on what is in it.

    Raises `InputError` for an architecture that is not built in, `WeightsError` for a
    broken file or tensors that do not fit, `NotEnoughMemory` before loading.
    """
    reader = open_gguf(path)
    config = _config(path, reader)
    dtype = dtype if isinstance(dtype, torch.dtype) else dtype(config)
    model = empty(config)
    tensors = {_name(path, tensor.name): tensor for tensor in reader.tensors if tensor.name != ROPE_FACTORS}
    found = {name: tuple(int(size) for size in reversed(tensor.shape)) for name, tensor in tensors.items()}
    check_tensors(path, parameter_shapes(model), found)
    require(weights_bytes(config, dtype), f"{path} in {dtype}".replace("torch.", ""))
    permuted = _value(reader, "general.architecture") == "llama"
    for name, tensor in tensors.items():
        weight = _plain(path, tensor).reshape(found[name])
        if permuted and ".q_proj." in name:
            weight = unpermute(weight, config.num_attention_heads)
        if permuted and ".k_proj." in name:
            weight = unpermute(weight, config.num_key_value_heads)
        place(model, name, weight.to(dtype))
    return finish(model)


def unpermute(weight: torch.Tensor, heads: int) -> torch.Tensor:
    """Rows of q or k from llama.cpp's order (pairs side by side) to the halves of Hugging Face; (heads * h, D), or a bias (heads * h)."""
    return weight.view(heads, weight.shape[0] // heads // 2, 2, -1).transpose(1, 2).reshape(weight.shape)


def _config(path: Path, reader: GGUFReader) -> ModelConfig:
    kind = _value(reader, "general.architecture")
    if kind not in ("llama", "qwen2"):
        raise InputError(f"{path} has the architecture {kind!r}", "only llama and qwen2 files can be read")

    def need(key: str, default: Any = None) -> Any:
        value = _value(reader, f"{kind}.{key}")
        if value is None and default is None:
            raise InputError(f"{path} has no {kind}.{key} in its metadata", "take a complete GGUF file")
        value = default if value is None else value
        if not isinstance(value, int | float):
            raise InputError(
                f"{path} has {kind}.{key} = {value!r}, which is not one number", "only models whose layers are all alike can be read"
            )
        return value

    scaling = _value(reader, f"{kind}.rope.scaling.type")
    if scaling not in (None, "none"):
        raise InputError(f"{path} asks for {scaling!r} rotary scaling, which is not built in", "use a model with plain rotary positions")
    if kind == "llama" and _value(reader, "llama.expert_count"):
        raise InputError(f"{path} is a mixture of experts", "only dense models can be read")
    names = {tensor.name: tensor for tensor in reader.tensors}
    if "token_embd.weight" not in names:
        raise WeightsError(f"{path} has no token_embd.weight", "take a complete GGUF file")
    if ROPE_FACTORS in names and (_plain(path, names[ROPE_FACTORS]) != 1).any():
        raise InputError(f"{path} scales its rotary positions ({ROPE_FACTORS})", "use a model with plain rotary positions")
    hidden, heads = int(need("embedding_length")), int(need("attention.head_count"))
    head_dim = int(need("attention.key_length", hidden // max(heads, 1)))
    if (turned := int(need("rope.dimension_count", head_dim))) != head_dim:
        raise InputError(f"{path} turns only {turned} of {head_dim} dimensions by position", "use a model with plain rotary positions")
    return ModelConfig(
        vocab_size=int(names["token_embd.weight"].shape[1]),
        hidden_size=hidden,
        intermediate_size=int(need("feed_forward_length")),
        num_hidden_layers=int(need("block_count")),
        num_attention_heads=heads,
        num_key_value_heads=int(need("attention.head_count_kv", heads)),
        head_dim=head_dim,
        max_position_embeddings=int(need("context_length")),
        rope_theta=float(need("rope.freq_base", 10_000.0)),
        rms_norm_eps=float(f"{need('attention.layer_norm_rms_epsilon'):.7g}"),  # stored in fp32, meant in decimal
        qkv_bias="blk.0.attn_q.bias" in names,
        tie_word_embeddings="output.weight" not in names,
    )


def _plain(path: Path, tensor: Any) -> torch.Tensor:
    """One tensor in fp32, without its shape."""
    try:
        values = dequantize(tensor.data, tensor.tensor_type)
    except NotImplementedError:
        raise WeightsError(
            f"{path} stores {tensor.name} as {tensor.tensor_type.name}, which is not read", "use another quantisation"
        ) from None
    # Plain fp32 is a view of the file, which nothing may write to; what was dequantised is ours already.
    return torch.from_numpy(np.require(values, requirements=["W"]))


def _value(reader: GGUFReader, key: str) -> Any:
    field = reader.get_field(key)
    return None if field is None else field.contents()


def _name(path: Path, name: str) -> str:
    """Our name of a GGUF tensor."""
    stem, _, leaf = name.rpartition(".")
    if stem in OUTSIDE:
        return f"{OUTSIDE[stem]}.{leaf}"
    parts = stem.split(".")
    if len(parts) == 3 and parts[0] == "blk" and parts[2] in INSIDE:
        return f"model.layers.{parts[1]}.{INSIDE[parts[2]]}.{leaf}"
    raise WeightsError(f"{path} has the unknown tensor {name}", "only plain llama and qwen2 files can be read")
