"""The sizes and switches of a MiMo-like model, and their spelling in a Hugging Face `config.json`.

Imports no torch. The report's values are in section 2.3; the layouts read and written
are `qwen2`, `mimo` and `llama`. Read `mimo.py` next.
"""

from dataclasses import dataclass, replace
from typing import Any

from openmimo.core.errors import ConfigError, InputError

LAYOUTS = ("qwen2", "mimo", "llama")


@dataclass(frozen=True)
class ModelConfig:
    """Everything that decides the shape and the arithmetic of a model.

    Field names are those of Hugging Face. `num_nextn_predict_layers` is the number of
    parallel MTP layers, 0 for none. `ConfigError` names the field that cannot be.
    """

    vocab_size: int
    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    max_position_embeddings: int
    rope_theta: float = 10_000.0
    rms_norm_eps: float = 1e-5
    qkv_bias: bool = True
    tie_word_embeddings: bool = False
    num_nextn_predict_layers: int = 0

    def __post_init__(self) -> None:
        for name in (
            "vocab_size",
            "hidden_size",
            "intermediate_size",
            "num_hidden_layers",
            "num_attention_heads",
            "num_key_value_heads",
            "head_dim",
            "max_position_embeddings",
        ):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise ConfigError(name, f"must be a whole number of at least 1, not {value!r}")
        if self.num_attention_heads % self.num_key_value_heads:
            raise ConfigError(
                "num_key_value_heads",
                f"{self.num_attention_heads} heads cannot share {self.num_key_value_heads} key-value heads evenly",
                "choose a divisor of num_attention_heads",
            )
        if self.head_dim % 2:
            raise ConfigError("head_dim", f"must be even for rotary positions, not {self.head_dim}")
        if not isinstance(self.num_nextn_predict_layers, int) or self.num_nextn_predict_layers < 0:
            raise ConfigError(
                "num_nextn_predict_layers", f"must be a whole number, not {self.num_nextn_predict_layers!r}", "0 means no MTP layers"
            )
        for name in ("rope_theta", "rms_norm_eps"):
            value = getattr(self, name)
            if not isinstance(value, int | float) or not 0 < value < float("inf"):
                raise ConfigError(name, f"must be a number above 0, not {value!r}")

    @property
    def parameters(self) -> int:
        """The number of weights, MTP layers included, a tied head counted once."""
        d, f, h = self.hidden_size, self.intermediate_size, self.head_dim
        q, kv = self.num_attention_heads * h, self.num_key_value_heads * h
        block = d * q + 2 * d * kv + q * d + 3 * d * f + 2 * d + (q + 2 * kv if self.qkv_bias else 0)
        mtp = block + 2 * d * d + 3 * d
        heads = 1 if self.tie_word_embeddings else 2
        return self.num_hidden_layers * block + self.num_nextn_predict_layers * mtp + heads * self.vocab_size * d + d

    def with_(self, **changes: Any) -> "ModelConfig":
        """A copy with some fields changed, checked again."""
        return replace(self, **changes)


def from_hugging_face(values: dict[str, Any]) -> ModelConfig:
    """The config in a parsed `config.json` of type `qwen2`, `mimo` or `llama`.

    Raises `InputError` for another type, for a key that is missing, and for features
    whose arithmetic we do not have, so that nothing is loaded and then silently wrong.
    """
    if not isinstance(values, dict):
        raise InputError("config.json is no JSON object", "take the config.json that belongs to these weights")
    kind = values.get("model_type")
    if kind not in LAYOUTS:
        raise InputError(f"config.json has model_type {kind!r}", f"only {', '.join(LAYOUTS)} can be read")
    rope = _rope(values)
    _refuse_unknown_arithmetic(values, rope)
    heads = _need(values, "num_attention_heads")
    hidden = _need(values, "hidden_size")
    head_dim = values.get("head_dim")
    if not head_dim:
        # What is no whole number here is named by ModelConfig.
        head_dim = hidden // heads if isinstance(hidden, int) and isinstance(heads, int) and heads > 0 else 1
    return ModelConfig(
        vocab_size=_need(values, "vocab_size"),
        hidden_size=hidden,
        intermediate_size=_need(values, "intermediate_size"),
        num_hidden_layers=_need(values, "num_hidden_layers"),
        num_attention_heads=heads,
        num_key_value_heads=values.get("num_key_value_heads") or heads,
        head_dim=head_dim,
        max_position_embeddings=_need(values, "max_position_embeddings"),
        rope_theta=rope.get("rope_theta") or values.get("rope_theta") or 10_000.0,
        rms_norm_eps=_need(values, "rms_norm_eps"),
        qkv_bias=kind != "llama",
        tie_word_embeddings=bool(values.get("tie_word_embeddings", False)),
        num_nextn_predict_layers=values.get("num_nextn_predict_layers") or 0,
    )


def to_hugging_face(config: ModelConfig, layout: str, dtype: str) -> dict[str, Any]:
    """The `config.json` of a model in one of `LAYOUTS`, with weights of `dtype` (such as "bfloat16").

    `qwen2` says `MiMoForCausalLM`: vLLM then loads the MTP layers, and transformers the
    trunk as Qwen2, both without remote code. `mimo` is the layout of the released folders.
    """
    if layout not in LAYOUTS:
        raise InputError(f"there is no layout {layout!r}", f"choose one of {', '.join(LAYOUTS)}")
    if layout == "llama" and (config.qkv_bias or config.num_nextn_predict_layers):
        raise InputError("the llama layout has no q/k/v bias and no MTP layers, and this model does", "write it as qwen2 or mimo")
    values: dict[str, Any] = {
        "architectures": ["LlamaForCausalLM" if layout == "llama" else "MiMoForCausalLM"],
        "model_type": layout,
        "vocab_size": config.vocab_size,
        "hidden_size": config.hidden_size,
        "intermediate_size": config.intermediate_size,
        "num_hidden_layers": config.num_hidden_layers,
        "num_attention_heads": config.num_attention_heads,
        "num_key_value_heads": config.num_key_value_heads,
        "head_dim": config.head_dim,
        "max_position_embeddings": config.max_position_embeddings,
        "rope_theta": config.rope_theta,
        "rms_norm_eps": config.rms_norm_eps,
        "hidden_act": "silu",
        "tie_word_embeddings": config.tie_word_embeddings,
        "attention_dropout": 0.0,
        "use_cache": True,
        "torch_dtype": dtype,
    }
    if layout == "llama":
        values |= {"attention_bias": False, "mlp_bias": False}
    else:
        values |= {"attention_bias": True, "use_sliding_window": False, "num_nextn_predict_layers": config.num_nextn_predict_layers}
    return values


def _need(values: dict[str, Any], key: str) -> Any:
    if values.get(key) is None:
        raise InputError(f"config.json has no {key!r}", "take the config.json that belongs to these weights")
    return values[key]


def _rope(values: dict[str, Any]) -> dict[str, Any]:
    """How positions are turned, under the name that older or newer writers give it."""
    rope = values.get("rope_scaling") or values.get("rope_parameters") or {}
    if not isinstance(rope, dict):
        raise InputError(f"config.json describes rotary positions as {rope!r}", "take the config.json that belongs to these weights")
    return rope


def _refuse_unknown_arithmetic(values: dict[str, Any], rope: dict[str, Any]) -> None:
    kind = rope.get("rope_type") or rope.get("type") or "default"
    if kind != "default":
        raise InputError(f"config.json asks for {kind!r} rotary scaling, which is not built in", "use a model with plain rotary positions")
    if values.get("use_sliding_window"):
        raise InputError("config.json asks for sliding-window attention, which is not built in", "use a model with full attention")
    if values.get("hidden_act", "silu") != "silu":
        raise InputError(f"config.json asks for activation {values['hidden_act']!r}", "only silu (SwiGLU) is built in")
    if values["model_type"] == "llama" and (values.get("attention_bias") or values.get("mlp_bias")):
        raise InputError("config.json asks for Llama with biases, which is not built in", "use a Llama model without biases")
