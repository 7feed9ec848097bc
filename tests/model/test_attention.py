"""Attention in packed rows against its naive twin: all pairs with a mask."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.model.attention import NARROW, STRETCH, Packed, look, packed_mask


def packed(lengths: list[list[int]]) -> torch.Tensor:
    """Document numbers of rows with documents of these lengths; what is left of a row is padding."""
    longest = max(map(sum, lengths))
    rows = [[number for number, length in enumerate(row) for _ in range(length)] for row in lengths]
    return torch.tensor([row + [-1] * (longest - len(row)) for row in rows])


def drawn(documents_BT: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    batch, tokens = documents_BT.shape
    generator = torch.Generator().manual_seed(tokens)
    return tuple(torch.randn(batch, heads, tokens, 8, generator=generator).requires_grad_() for heads in (4, 2, 2))  # type: ignore[return-value]


def hold_equal(documents_BT: torch.Tensor) -> None:
    ours, twins = drawn(documents_BT), drawn(documents_BT)
    seen, twin = Packed(documents_BT).look(*ours), look(*twins, packed_mask(documents_BT, documents_BT))
    torch.testing.assert_close(seen, twin, atol=1e-5, rtol=1e-5)
    weights = torch.randn(seen.shape, generator=torch.Generator().manual_seed(1))
    (seen * weights).sum().backward()
    (twin * weights).sum().backward()
    for one, other in zip(ours, twins, strict=True):
        torch.testing.assert_close(one.grad, other.grad, atol=1e-5, rtol=1e-5)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.lists(st.integers(1, 2 * STRETCH), min_size=1, max_size=5), min_size=1, max_size=3))
def test_stretches_see_what_the_mask_shows(lengths: list[list[int]]) -> None:
    hold_equal(packed(lengths))


@pytest.mark.parametrize("longest", [NARROW - STRETCH, NARROW + STRETCH])
def test_long_documents_too(longest: int) -> None:
    """Those are looked up over whole rows."""
    documents_BT = packed([[longest, 30], [20, longest]])
    assert bool(Packed(documents_BT).stretches) == (longest < NARROW)
    hold_equal(documents_BT)
