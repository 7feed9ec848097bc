"""The compiled choice of a token is that of `sample.choose`: the same filters and the same draws."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.engine.forward import Forward, TorchForward
from openmimo.engine.native.network import NativeForward
from openmimo.engine.paged import PagedCache
from openmimo.engine.sample import Sampling
from openmimo.model.config import ModelConfig
from openmimo.model.mimo import MiMo


def forwards(vocabulary: int) -> tuple[Forward, Forward]:
    model = MiMo(ModelConfig(vocabulary, 4, 4, 1, 1, 1, 4, 8))
    cache = PagedCache(model.config, 1, 1, 4, torch.float32, torch.device("cpu"))
    return NativeForward(model, cache), TorchForward(model, cache)


samplings = st.builds(
    Sampling,
    st.sampled_from([0.0, 0.1, 0.6, 1.0, 3.0]),
    st.sampled_from([1.0, 0.999, 0.95, 0.5, 0.01]),
    st.integers(0, 2**40),
    st.sampled_from([0, 1, 3, 40, 10**6]),
    st.sampled_from([0.0, 0.01, 0.5, 1.0]),
    st.lists(st.tuples(st.integers(0, 6), st.sampled_from([-100.0, -1.0, 5.0])), max_size=2).map(tuple),
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([7, 16, 33, 5000]),
    st.lists(samplings, min_size=1, max_size=6),
    st.integers(0, 10**6),
    st.sampled_from([0.1, 3.0, 12.0]),
)
@torch.inference_mode()
def test_it_is_what_the_plain_one_chooses(vocabulary: int, rows: list[Sampling], seed: int, spread: float) -> None:
    generator = torch.Generator().manual_seed(seed)
    logits_MV = torch.randn(len(rows), vocabulary, generator=generator) * spread
    allowed_MV = torch.rand(len(rows), vocabulary, generator=generator) < 0.8 if seed % 3 == 0 else None
    if allowed_MV is not None:
        allowed_MV[:, 1] = True
    positions_M = torch.arange(seed % 1000, seed % 1000 + len(rows), dtype=torch.int32).numpy()
    ours, plain = (each.choose(logits_MV, rows, positions_M, allowed_MV) for each in forwards(vocabulary))
    assert ours[0] == plain[0]
    torch.testing.assert_close(torch.tensor(ours[1]), torch.tensor(plain[1]), rtol=1e-5, atol=1e-5)


@torch.inference_mode()
def test_it_draws_as_often_as_the_shares_say() -> None:
    """Chi-square over five tokens at temperature 1, and over the three that top_p leaves."""
    shares_V, draws = torch.tensor([0.4, 0.3, 0.2, 0.07, 0.03]), 20_000
    native, _ = forwards(5)
    logits_MV, positions_M = shares_V.log().expand(draws, -1).contiguous(), torch.arange(draws, dtype=torch.int32).numpy()
    for top_p, left in ((1.0, 5), (0.85, 3)):
        ids, _ = native.choose(logits_MV, [Sampling(1.0, top_p)] * draws, positions_M)
        counts_V = torch.bincount(torch.tensor(ids), minlength=5)
        expected_V = shares_V[:left] / shares_V[:left].sum() * draws
        assert counts_V[left:].sum() == 0
        assert ((counts_V[:left] - expected_V) ** 2 / expected_V).sum() < 18.5  # p = 0.001 at 4 degrees of freedom
