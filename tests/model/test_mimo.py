"""The model's own promises: a cache changes nothing, packing leaks nothing, MTP layers are parallel."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from openmimo.model.cache import KVCache
from openmimo.model.config import ModelConfig
from openmimo.model.mimo import MiMo
from tests.model.conftest import SMALL, stirred

Make = Callable[..., MiMo]
MODEL = stirred(SMALL.with_(num_nextn_predict_layers=3))


def pack(lengths: list[int], seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    ids_1T = torch.randint(0, 64, (1, sum(lengths)), generator=generator)
    positions_1T = torch.cat([torch.arange(length) for length in lengths])[None]
    documents_1T = torch.cat([torch.full((length,), number) for number, length in enumerate(lengths)])[None]
    return ids_1T, positions_1T, documents_1T


@torch.inference_mode()
@pytest.mark.parametrize("steps", [[7, 1, 1, 1], [1] * 10, [4, 3, 3]])
def test_cached_equals_uncached(steps: list[int]) -> None:
    ids_BT = torch.randint(0, 64, (2, 10), generator=torch.Generator().manual_seed(1))
    whole = MODEL(ids_BT)
    cache = KVCache(MODEL.config, 2, 10, torch.float32, torch.device("cpu"))
    parts, place = [], 0
    for step in steps:
        parts.append(MODEL(ids_BT[:, place : place + step], cache=cache))
        place += step
    assert torch.allclose(torch.cat(parts, 1), whole, atol=1e-5)


@torch.inference_mode()
@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_packed_equals_separate_for_the_trunk_and_every_mtp_layer(lengths: list[int]) -> None:
    ids_1T, positions_1T, documents_1T = pack(lengths)
    hidden = MODEL.hidden(ids_1T, positions_1T, documents_1T)
    sight = MODEL.sight(ids_1T, positions_1T, documents_1T)
    start = 0
    for length in lengths:
        here = slice(start, start + length)
        alone = MODEL.hidden(ids_1T[:, here])
        assert torch.allclose(hidden[:, here], alone, atol=1e-4)
        for layer in range(3):
            valid = max(length - layer - 1, 0)  # the last places have no token to look at
            packed = MODEL.ahead(layer, hidden, ids_1T, positions_1T, sight)[:, start : start + valid]
            separate = MODEL.ahead(layer, alone, ids_1T[:, here], positions_1T[:, here], MODEL.sight(ids_1T[:, here]))[:, :valid]
            assert torch.allclose(packed, separate, atol=1e-4)
        start += length


CONFIGS = st.builds(
    lambda kv, group, half, layers, bias, tied: ModelConfig(64, 24, 40, layers, kv * group, kv, 2 * half, 64, 5e4, 1e-5, bias, tied),
    kv=st.integers(1, 3),
    group=st.integers(1, 3),
    half=st.integers(1, 6),
    layers=st.integers(1, 3),
    bias=st.booleans(),
    tied=st.booleans(),
)


@torch.inference_mode()
@settings(max_examples=20, deadline=None)
@given(CONFIGS, st.integers(1, 12))
def test_of_any_shape_greedy_answers_are_the_same_with_and_without_cache(config: ModelConfig, prompt: int) -> None:
    model = stirred(config)
    start_1T = torch.randint(0, 64, (1, prompt), generator=torch.Generator().manual_seed(prompt))
    plain_1T, cached_1T, cache = start_1T, start_1T, KVCache(config, 1, prompt + 6, torch.float32, torch.device("cpu"))
    new_1T = start_1T
    for _ in range(6):
        logits_V, cached_V = model(plain_1T)[0, -1], model(new_1T, cache=cache)[0, -1]
        assert torch.allclose(logits_V, cached_V, atol=1e-4)
        new_1T = cached_V.argmax()[None, None]
        plain_1T, cached_1T = torch.cat([plain_1T, logits_V.argmax()[None, None]], 1), torch.cat([cached_1T, new_1T], 1)
    assert torch.equal(plain_1T, cached_1T)


@torch.inference_mode()
def test_changing_one_document_leaves_the_others_bit_equal() -> None:
    ids_1T, positions_1T, documents_1T = pack([5, 6, 4])
    before = MODEL(ids_1T, positions_1T, documents_1T)
    changed = ids_1T.clone()
    changed[0, 5:11] = (changed[0, 5:11] + 7) % 64
    after = MODEL(changed, positions_1T, documents_1T)
    assert torch.equal(before[:, :5], after[:, :5])
    assert torch.equal(before[:, 11:], after[:, 11:])
    assert not torch.allclose(before[:, 5:11], after[:, 5:11], atol=1e-2)


@torch.inference_mode()
def test_mtp_equals_its_definition_written_out_place_by_place() -> None:
    """The naive twin: build each layer's input one place at a time, as report 2.2 and the checkpoints have it."""
    ids_1T = torch.randint(0, 64, (1, 9), generator=torch.Generator().manual_seed(2))
    hidden, positions_1T = MODEL.hidden(ids_1T), torch.arange(9)[None]
    for number, layer in enumerate(MODEL.model.mtp_layers):
        ahead, inputs = number + 1, []
        for place in range(9 - ahead):
            token = MODEL.model.embed_tokens(ids_1T[0, place + ahead])
            token = layer.token_layernorm(token if place else torch.zeros_like(token))
            inputs.append(layer.input_proj(torch.cat([layer.hidden_layernorm(hidden[0, place]), token])))
        x = torch.stack(inputs)[None]
        x = x + layer.self_attn(layer.input_layernorm(x), MODEL.sight(ids_1T[:, : 9 - ahead]))
        x = x + layer.mlp(layer.post_attention_layernorm(x))
        ours = MODEL.ahead(number, hidden, ids_1T, positions_1T, MODEL.sight(ids_1T))[:, : 9 - ahead]
        assert torch.allclose(ours, layer.final_layernorm(x), atol=1e-5)


@torch.inference_mode()
def test_fp32_logits_of_a_bf16_model_are_finer(make_model: Make) -> None:
    model = make_model().bfloat16()
    hidden = model.hidden(torch.arange(12)[None])
    coarse, fine = model.logits(hidden), model.logits(hidden, fp32=True)
    assert (coarse.dtype, fine.dtype) == (torch.bfloat16, torch.float32)
    assert torch.allclose(coarse.float(), fine, atol=0.1)
    assert not torch.equal(coarse.float(), fine)


def test_a_tied_head_is_one_tensor(make_model: Make) -> None:
    model = make_model(tie_word_embeddings=True)
    assert model.lm_head.weight is model.model.embed_tokens.weight


def test_fresh_weights_depend_on_the_seed_alone() -> None:
    first, second, third = MiMo(SMALL), MiMo(SMALL), MiMo(SMALL)
    first.start(1)
    second.start(1)
    third.start(2)
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))
    assert not torch.equal(first.lm_head.weight, third.lm_head.weight)
