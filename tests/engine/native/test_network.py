"""The compiled step against the plain model, and against itself: alone and in a batch it gives the same bits."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.forward import TorchForward
from openmimo.engine.native.network import NativeForward, quantised, unfit
from openmimo.engine.paged import PagedCache, Span
from openmimo.engine.request import Request
from openmimo.model.block import RMSNorm
from openmimo.model.config import ModelConfig
from openmimo.model.mimo import MiMo

VOCABULARY = 40


def model_of(
    hidden: int, inner: int, kv_heads: int, shared: int, half: int, bias: bool, dtype: torch.dtype = torch.float32, seed: int = 1
) -> MiMo:
    config = ModelConfig(
        VOCABULARY, hidden, inner, 2, kv_heads * shared, kv_heads, 2 * half, 200, qkv_bias=bias, num_nextn_predict_layers=1
    )
    model = MiMo(config)
    model.start(seed)
    with torch.no_grad():
        generator = torch.Generator().manual_seed(seed)
        for name, weight in model.named_parameters():
            if name.endswith((".bias", "norm.weight")):
                weight.add_(torch.randn(weight.shape, generator=generator) * 0.1)
    return model.to(dtype).eval()


def cache_of(model: MiMo, block: int) -> PagedCache:
    return PagedCache(model.config, 3, 512 // block, block, model.lm_head.weight.dtype, torch.device("cpu"))


def spans_of(counts: list[tuple[int, int]], block: int) -> list[Span]:
    """Requests with `before` tokens in the cache and `new` ones now, on blocks that lie apart and out of order."""
    free, spans = list(range(512 // block))[::-1], []
    for before, new in counts:
        blocks = [free.pop(len(free) // 2) for _ in range(-(-(before + new) // block))]
        spans.append(Span(blocks, before, before + new))
    return spans


def said(forward: TorchForward | NativeForward, cache: PagedCache, spans: list[Span]) -> list[Tensor]:
    """Everything a forward can say of some requests: logits, and those of the MTP layer; first the tokens before, then the new ones."""
    for span in spans:
        if span.start:
            before = Span(span.blocks, 0, span.start)
            hidden_ND = forward.trunk(cache.layout([before]), tokens(span, 0, span.start))
            forward.ahead(0, cache.layout([before]), hidden_ND, tokens(span, 1, span.start + 1))
    layout = cache.layout(spans)
    hidden_ND = forward.trunk(layout, [token for span in spans for token in tokens(span, span.start, span.end)])
    later = [token for span in spans for token in tokens(span, span.start + 1, span.end + 1)]
    return [forward.logits(hidden_ND), forward.head(forward.ahead(0, layout, hidden_ND, later))]


def tokens(span: Span, start: int, end: int) -> list[int]:
    return [(7 * place + 11 * span.blocks[0]) % VOCABULARY for place in range(start, end)]


def near(ours: Tensor, plain: Tensor) -> bool:
    # Against fp64 ours is the nearer of the two as a rule; a norm of something small can make much of either's rounding.
    return bool((ours - plain).abs().max() <= 1e-4 * (1 + plain.abs().max()))


shapes = st.tuples(
    st.integers(4, 70), st.integers(1, 70), st.integers(1, 3), st.integers(1, 5), st.integers(1, 40), st.booleans(), st.integers(0, 99)
)
batches = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 25)), min_size=1, max_size=7)


@settings(max_examples=60, deadline=None)
@given(shapes, batches, st.sampled_from([4, 5, 16, 32]))
@torch.inference_mode()
def test_it_computes_what_the_plain_model_computes(
    shape: tuple[int, int, int, int, int, bool, int], counts: list[tuple[int, int]], block: int
) -> None:
    model = model_of(*shape[:6], seed=shape[6])
    spans = spans_of(counts, block)[:7]
    spans = sorted(spans, key=lambda span: span.end - span.start)
    caches = cache_of(model, block), cache_of(model, block)
    for ours, plain in zip(
        said(NativeForward(model, caches[0]), caches[0], spans), said(TorchForward(model, caches[1]), caches[1], spans), strict=True
    ):
        assert near(ours, plain)
    assert near(caches[0].keys_LPw, caches[1].keys_LPw)
    assert near(caches[0].values_LPw, caches[1].values_LPw)


@torch.inference_mode()
def test_it_is_no_further_from_fp64_than_the_plain_model(monkeypatch: pytest.MonkeyPatch) -> None:
    shape, spans = (64, 96, 2, 2, 16, True), spans_of([(0, 4), (9, 5)], 4)
    model, double = model_of(*shape), model_of(*shape).double()
    caches = cache_of(model, 4), cache_of(model, 4), cache_of(double, 4)
    ours, plain = said(NativeForward(model, caches[0]), caches[0], spans), said(TorchForward(model, caches[1]), caches[1], spans)
    monkeypatch.setattr(RMSNorm, "forward", lambda self, x: self.weight * x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps))
    exact = said(TorchForward(double, caches[2]), caches[2], spans)
    for place in range(2):
        assert (ours[place] - exact[place]).abs().max() <= (plain[place] - exact[place]).abs().max()


@torch.inference_mode()
def test_in_bf16_it_is_as_near_to_fp32_as_the_plain_model() -> None:
    wide = model_of(64, 96, 2, 2, 16, True)
    model = model_of(64, 96, 2, 2, 16, True, torch.bfloat16)
    spans = spans_of([(5, 1), (30, 1), (0, 17)], 16)
    caches = [cache_of(each, 16) for each in (wide, model, model)]
    exact = said(TorchForward(wide, caches[0]), caches[0], spans)[0]
    ours = said(NativeForward(model, caches[1]), caches[1], spans)[0]
    plain = said(TorchForward(model, caches[2]), caches[2], spans)[0]
    assert (ours - exact).abs().mean() < 1.2 * (plain - exact).abs().mean()


@settings(max_examples=40, deadline=None)
@given(shapes, batches, st.sampled_from([torch.float32, torch.bfloat16]), st.booleans())
@torch.inference_mode()
def test_alone_and_in_a_batch_it_gives_the_same_bits(
    shape: tuple[int, int, int, int, int, bool, int], counts: list[tuple[int, int]], dtype: torch.dtype, int8: bool
) -> None:
    model, spans = model_of(*shape[:6], dtype=dtype, seed=shape[6]), spans_of(counts, 16)
    cache = cache_of(model, 16)
    forward = NativeForward(model, cache, int8)
    together = said(forward, cache, spans)
    alone = [said(forward, cache, [span]) for span in spans]
    for place in range(2):
        assert torch.equal(together[place], torch.cat([each[place] for each in alone]))


@torch.inference_mode()
def test_prompts_in_parts_and_more_threads_give_the_same_bits() -> None:
    model, threads = model_of(64, 96, 2, 2, 16, True), torch.get_num_threads()
    found = []
    try:
        for count in (1, 2, 3):
            torch.set_num_threads(count)
            cache = cache_of(model, 16)
            forward = NativeForward(model, cache)
            for before in (0, 13):
                found.append(said(forward, cache, [Span([3, 1, 2], before, 33)])[0][-1])
    finally:
        torch.set_num_threads(threads)
    assert all(torch.equal(found[0], other) for other in found)


@torch.inference_mode()
def test_8_bits_are_the_product_of_what_the_8_bits_say() -> None:
    model = model_of(64, 96, 2, 2, 16, True)
    cache, spans = cache_of(model, 16), spans_of([(5, 1), (30, 1), (0, 17)], 16)
    eighth = said(NativeForward(model, cache, int8=True), cache, spans)
    exact = said(NativeForward(model, cache), cache, spans)
    for module in model.modules():
        if isinstance(module, torch.nn.Linear):
            weight, scale = quantised(module.weight)
            assert weight.abs().amax(1).eq(127).all()
            module.weight.copy_(weight * scale[:, None])
    for got, plain, before in zip(eighth, said(NativeForward(model, cache), cache, spans), exact, strict=True):
        assert near(got, plain)
        assert 0 < (got - before).abs().max() < 0.1 * before.abs().max()


def test_a_row_of_zeros_stays_zeros_in_8_bits() -> None:
    weight, scale = quantised(torch.zeros(2, 8))
    assert not weight.any()
    assert scale.isfinite().all()


def test_new_weights_are_used_in_every_type() -> None:
    model, other = model_of(32, 48, 1, 2, 8, True), model_of(32, 48, 1, 2, 8, True, seed=2)
    for int8 in (False, True):
        engine = TorchEngine(model, EngineConfig(cache_tokens=256, kernels="native", int8=int8))
        engine.load_weights(other.state_dict())
        fresh = TorchEngine(other, EngineConfig(cache_tokens=256, kernels="native", int8=int8))
        for each in (engine, fresh):
            each.submit(Request([1, 2, 3], 20, prompt_logprobs=True))
        samples = [next(each.finished()) for each in (engine, fresh)]
        assert samples[0].ids == samples[1].ids
        assert samples[0].logprobs == samples[1].logprobs
        assert samples[0].prompt_logprobs == samples[1].prompt_logprobs


def test_what_does_not_fit_is_named() -> None:
    model = model_of(8, 8, 1, 1, 2, False)
    assert unfit(model) == ""
    assert "float16" in unfit(model_of(8, 8, 1, 1, 2, False, torch.float16))
    model.lm_head.weight.data = model.lm_head.weight.data.t().contiguous().t()
    assert "contiguous" in unfit(model)
    assert "CPU" in unfit(MiMo(model.config).to("meta"))
