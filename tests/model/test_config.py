"""A config says what cannot be, goes to `config.json` and comes back the same."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.core.errors import ConfigError, InputError
from openmimo.model.config import ModelConfig, from_hugging_face, to_hugging_face
from openmimo.model.mimo import MiMo

MIMO_7B = ModelConfig(151_680, 4096, 11_008, 36, 32, 8, 128, 32_768, rope_theta=640_000.0, num_nextn_predict_layers=1)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3), st.integers(1, 3), st.booleans(), st.booleans(), st.integers(0, 3), st.sampled_from(["qwen2", "mimo"]))
def test_round_trip_and_the_count_of_parameters(kv: int, group: int, bias: bool, tied: bool, mtp: int, layout: str) -> None:
    config = ModelConfig(50, 24, 40, 2, kv * group, kv, 8, 64, 5e5, 1e-6, bias, tied, mtp)
    assert from_hugging_face(to_hugging_face(config, layout, "bfloat16")) == replace(config, qkv_bias=True)
    assert config.parameters == sum(weight.numel() for weight in MiMo(config).parameters())


def test_the_released_sizes() -> None:
    values = to_hugging_face(MIMO_7B, "mimo", "bfloat16")
    assert values["model_type"] == "mimo"
    assert values["architectures"] == ["MiMoForCausalLM"]
    assert 7.6e9 < MIMO_7B.parameters < 7.9e9  # the report calls it 7B; the embeddings and the MTP layer are counted here


def test_rope_base_of_newer_writers_is_read() -> None:
    values = to_hugging_face(MIMO_7B, "qwen2", "bfloat16")
    del values["rope_theta"]
    values["rope_parameters"] = {"rope_theta": 640_000.0, "rope_type": "default"}
    assert from_hugging_face(values) == MIMO_7B


@pytest.mark.parametrize(
    "key",
    [
        "vocab_size",
        "hidden_size",
        "intermediate_size",
        "num_hidden_layers",
        "num_attention_heads",
        "max_position_embeddings",
        "rms_norm_eps",
    ],
)
def test_a_missing_key_is_named(key: str) -> None:
    values = to_hugging_face(MIMO_7B, "qwen2", "bfloat16")
    del values[key]
    with pytest.raises(InputError, match=f"config.json has no '{key}'"):
        from_hugging_face(values)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"model_type": "gpt2"}, "model_type 'gpt2'"),
        ({"rope_scaling": {"rope_type": "yarn"}}, "'yarn' rotary scaling"),
        ({"use_sliding_window": True}, "sliding-window"),
        ({"hidden_act": "gelu"}, "activation 'gelu'"),
        ({"rope_parameters": {"rope_type": "llama3", "rope_theta": 1e4}}, "'llama3' rotary scaling"),
        ({"model_type": "llama", "attention_bias": True}, "Llama with biases"),
    ],
)
def test_arithmetic_that_is_not_built_in_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        from_hugging_face(to_hugging_face(MIMO_7B, "qwen2", "bfloat16") | change)


@pytest.mark.parametrize(
    "change, field",
    [
        ({"num_key_value_heads": 5}, "num_key_value_heads"),
        ({"head_dim": 7}, "head_dim"),
        ({"vocab_size": 0}, "vocab_size"),
        ({"num_nextn_predict_layers": -1}, "num_nextn_predict_layers"),
        ({"rms_norm_eps": 0.0}, "rms_norm_eps"),
        ({"rope_theta": float("nan")}, "rope_theta"),
    ],
)
def test_sizes_that_cannot_be_are_refused(change: dict[str, float], field: str) -> None:
    with pytest.raises(ConfigError, match=field):
        MIMO_7B.with_(**change)


JSON = st.none() | st.booleans() | st.integers(-2, 5000) | st.floats() | st.text(max_size=3) | st.lists(st.integers(), max_size=2)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([*to_hugging_face(MIMO_7B, "qwen2", "bfloat16"), "rope_scaling", "rope_parameters"]), JSON, st.booleans())
def test_any_value_of_the_wrong_kind_is_an_error_for_the_user(key: str, value: object, with_head_dim: bool) -> None:
    values = to_hugging_face(MIMO_7B, "qwen2", "bfloat16") | {key: value}
    if not with_head_dim:
        del values["head_dim"]
    try:
        config = from_hugging_face(values)
    except InputError:
        return
    assert from_hugging_face(to_hugging_face(config, "qwen2", "bfloat16")) == config


def test_a_config_that_is_no_object() -> None:
    with pytest.raises(InputError, match="no JSON object"):
        from_hugging_face([])  # type: ignore[arg-type]


def test_llama_has_no_place_for_bias_or_mtp() -> None:
    with pytest.raises(InputError, match="llama layout"):
        to_hugging_face(MIMO_7B, "llama", "bfloat16")
    with pytest.raises(InputError, match="no layout 'x'"):
        to_hugging_face(MIMO_7B, "x", "bfloat16")
