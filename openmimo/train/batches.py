"""Batches of packed rows in an order that depends only on the seed and the step.

The loader keeps no state: batch `n` is the same however one gets to it, so a run that is
resumed sees exactly what an unbroken one would have seen. Shapes: B rows, T tokens a row.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from openmimo.core.errors import InputError
from openmimo.train.packing import Piece, pack, pieces_of
from openmimo.train.shards import Shards

PAD = -1  # the document number of padding


@dataclass(frozen=True)
class Batch:
    """Packed rows; padding has document -1 and is never learnt."""

    ids_BT: Tensor
    positions_BT: Tensor  # from 0 within each document piece
    documents_BT: Tensor
    learn_BT: Tensor  # True where the token is to be learnt as a target
    name: str  # where it comes from, for messages

    def to(self, device: torch.device) -> "Batch":
        ids_BT, positions_BT, documents_BT, learn_BT = (
            part.to(device, non_blocking=True) for part in (self.ids_BT, self.positions_BT, self.documents_BT, self.learn_BT)
        )
        return Batch(ids_BT, positions_BT, documents_BT, learn_BT, self.name)


class Batches:
    """`batch(n)` for n = 0, 1, 2, ...; each epoch packs and shuffles anew from the seed."""

    def __init__(self, folder: Path, rows: int, row_length: int, seed: int, split_documents: bool):
        self.shards = Shards(folder)
        self.rows, self.row_length, self.seed = rows, row_length, seed
        self.pieces, self.left_out = pieces_of(self.shards.lengths, row_length, split_documents)
        if not self.pieces:
            raise InputError(f"no document of {folder} fits a row of {row_length} tokens", "use longer rows")
        self.packed = pack(self.pieces, row_length)
        if len(self.packed) < rows:
            raise InputError(
                f"{folder} fills only {len(self.packed)} rows, and one batch wants {rows}", "use smaller batches, or make more data"
            )
        self.per_epoch = len(self.packed) // rows
        self._order = lru_cache(maxsize=2)(self._shuffled)

    @property
    def fill(self) -> float:
        """The share of places in the rows that hold a token, not padding."""
        return sum(piece.length for piece in self.pieces) / (len(self.packed) * self.row_length)

    def batch(self, number: int) -> Batch:
        """Batch `number`, counted from 0 over all epochs."""
        epoch, place = divmod(number, self.per_epoch)
        order = self._order(epoch)
        chosen = [self.packed[index] for index in order[place * self.rows : (place + 1) * self.rows]]
        first, last = place * self.rows, (place + 1) * self.rows - 1
        return self._fill(
            chosen,
            f"batch {number} (epoch {epoch}, rows {first} to {last} of {self.shards.folder.name}, first document {chosen[0][0].document})",
        )

    def _shuffled(self, epoch: int) -> np.ndarray:
        return np.random.default_rng([self.seed, epoch]).permutation(len(self.packed))

    def _fill(self, rows: list[list[Piece]], name: str) -> Batch:
        shape = (self.rows, self.row_length)
        ids, positions = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        documents, learn = np.full(shape, PAD, np.int64), np.zeros(shape, bool)
        for row, pieces in enumerate(rows):
            place = 0
            for number, piece in enumerate(pieces):
                tokens, wanted = self.shards.document(piece.document)
                here = slice(place, place + piece.length)
                ids[row, here], learn[row, here] = tokens[piece.start : piece.end], wanted[piece.start : piece.end]
                positions[row, here], documents[row, here] = np.arange(piece.length), number
                place += piece.length
        ids_BT, positions_BT, documents_BT, learn_BT = (torch.from_numpy(array) for array in (ids, positions, documents, learn))
        return Batch(ids_BT, positions_BT, documents_BT, learn_BT, name)
