"""Packing puts every token in exactly one row, never over length, and about as tightly as can be."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.train.packing import Piece, pack, pieces_of


def naive_best_fit(pieces: list[Piece], row: int) -> list[list[Piece]]:
    """The slow twin: look at every row for the fullest that still has room."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: -piece.length):
        fitting = [r for r in rows if sum(p.length for p in r) + piece.length <= row]
        if fitting:
            max(fitting, key=lambda r: sum(p.length for p in r)).append(piece)
        else:
            rows.append([piece])
    return rows


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 90), min_size=1, max_size=60), st.integers(8, 64))
def test_every_token_is_packed_once(lengths: list[int], row: int) -> None:
    pieces, left_out = pieces_of(np.array(lengths), row, split=True)
    rows = pack(pieces, row)
    assert left_out == 0
    assert all(sum(piece.length for piece in r) <= row for r in rows)
    seen = sorted((piece.document, place) for r in rows for piece in r for place in range(piece.start, piece.end))
    assert seen == [(document, place) for document, length in enumerate(lengths) for place in range(length)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=60))
def test_as_tight_as_the_naive_twin(lengths: list[int]) -> None:
    pieces, _ = pieces_of(np.array(lengths), 40, split=True)
    ours, naive = pack(pieces, 40), naive_best_fit(pieces, 40)
    assert sorted(sum(p.length for p in r) for r in ours) == sorted(sum(p.length for p in r) for r in naive)


def test_samples_are_never_split_but_left_out_and_counted() -> None:
    pieces, left_out = pieces_of(np.array([5, 11, 10]), 10, split=False)
    assert left_out == 1
    assert [(piece.document, piece.start, piece.end) for piece in pieces] == [(0, 0, 5), (2, 0, 10)]


def test_a_window_keeps_far_pieces_apart() -> None:
    pieces, _ = pieces_of(np.array([3] * 8), 6, split=True)
    rows = pack(pieces, 6, window=4)
    assert all(abs(a.document - b.document) < 4 for r in rows for a in r for b in r)
