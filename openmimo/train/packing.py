"""Which documents share a row: best-fit-decreasing packing into rows of one length.

Rows all have the same length, so a training step has one shape and its memory stays flat.
Longer documents are first cut into pieces of a row's length (pre-training), or left out
and counted (SFT, where a sample is never split). Source: best-fit packing, arXiv 2404.10830.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Piece:
    """Tokens `start` to `end` of a document."""

    document: int
    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start


def pieces_of(lengths: np.ndarray, row: int, split: bool) -> tuple[list[Piece], int]:
    """The pieces to pack, and how many documents were left out as too long for a `row`."""
    pieces, left_out = [], 0
    for document, length in enumerate(lengths.tolist()):
        if length > row and not split:
            left_out += 1
            continue
        pieces += [Piece(document, start, min(start + row, length)) for start in range(0, length, row)]
    return pieces, left_out


def pack(pieces: list[Piece], row: int, window: int = 0) -> list[list[Piece]]:
    """Rows of pieces, none over `row` tokens, by best fit with the longest first.

    With a `window` only that many pieces are sorted and packed together, which keeps the
    order of the data roughly as given. A piece goes to the fullest row that still has room.
    """
    rows: list[list[Piece]] = []
    window = window or max(len(pieces), 1)
    for first in range(0, len(pieces), window):
        rows += _best_fit(sorted(pieces[first : first + window], key=lambda piece: -piece.length), row)
    return rows


def _best_fit(pieces: list[Piece], row: int) -> list[list[Piece]]:
    rows: list[list[Piece]] = []
    with_room: list[list[int]] = [[] for _ in range(row + 1)]  # rows by the tokens they have left
    levels = 0  # bit r is set while a row with r tokens left exists, so the best fit is one shift away
    for piece in pieces:
        fitting = levels >> piece.length
        if fitting:
            room = piece.length + (fitting & -fitting).bit_length() - 1
            index = with_room[room].pop()
            if not with_room[room]:
                levels &= ~(1 << room)
            rows[index].append(piece)
        else:
            room, index = row, len(rows)
            rows.append([piece])
        left = room - piece.length
        if left:
            with_room[left].append(index)
            levels |= 1 << left
    return rows
