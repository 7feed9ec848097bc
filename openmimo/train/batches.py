"""Batches of packed rows, drawn from domains by weight in an order that depends only on the seed and the batch's number.

The loader keeps no state: batch `n` is the same however one gets to it, so a run that is
resumed sees exactly what an unbroken one would have seen. A row holds documents of one
domain. Shapes: B rows, T tokens a row.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from openmimo.core.errors import InputError
from openmimo.train.config import Source, Stage
from openmimo.train.packing import Piece, pack, pieces_of
from openmimo.train.shards import Shards

PAD = -1  # the document number of padding
CYCLE = 1000  # rows within which every domain gets its exact share


@dataclass(frozen=True)
class Batch:
    """Packed rows; padding has document -1 and is never learnt."""

    ids_BT: Tensor
    positions_BT: Tensor  # from 0 within each document piece
    documents_BT: Tensor
    learn_BT: Tensor  # True where the token is to be learnt as a target
    name: str  # where it comes from, for messages
    domains: tuple[str, ...] = ()  # of each row; none if nobody asks for losses by domain

    def to(self, device: torch.device) -> "Batch":
        ids_BT, positions_BT, documents_BT, learn_BT = (
            part.to(device, non_blocking=True) for part in (self.ids_BT, self.positions_BT, self.documents_BT, self.learn_BT)
        )
        return replace(self, ids_BT=ids_BT, positions_BT=positions_BT, documents_BT=documents_BT, learn_BT=learn_BT)


class Domain:
    """The packed rows of one source; each epoch shuffles them anew from `key`."""

    def __init__(self, source: Source, row_length: int, key: Sequence[int], split_documents: bool):
        self.name, self.key = source.domain, key
        self.shards = Shards(Path(source.data))
        pieces, self.left_out = pieces_of(self.shards.lengths, row_length, split_documents)
        if not pieces:
            raise InputError(f"no document of {source.data} fits a row of {row_length} tokens", "use longer rows")
        self.rows = pack(pieces, row_length)
        self._order = lru_cache(maxsize=2)(self._shuffled)

    def row(self, number: int) -> list[Piece]:
        """Row `number`, counted from 0 over all epochs."""
        epoch, place = divmod(number, len(self.rows))
        return self.rows[self._order(epoch)[place]]

    def _shuffled(self, epoch: int) -> np.ndarray:
        return np.random.default_rng([*self.key, epoch]).permutation(len(self.rows))


class Batches:
    """`batch(n)` of a stage for n = 0, 1, 2, ...; `number` is the stage's place among others of the same seed."""

    def __init__(self, stage: Stage, seed: int, split_documents: bool, number: int = 0):
        self.stage, self.seed, self.number = stage, seed, number
        wanted = [source for source in stage.sources if source.weight]
        self.domains = [Domain(source, stage.row_length, (seed, number, place), split_documents) for place, source in enumerate(wanted)]
        self.shares = shares([source.weight for source in wanted])
        self._cycle = lru_cache(maxsize=2)(self._drawn)

    def need_vocabulary(self, vocab_size: int) -> None:
        """Raise `InputError` unless the shards of every domain were made for a vocabulary of this size."""
        for domain in self.domains:
            domain.shards.need_vocabulary(vocab_size)

    def batch(self, number: int) -> Batch:
        """Batch `number`, counted from 0."""
        chosen = [self._row(row) for row in range(number * self.stage.rows, (number + 1) * self.stage.rows)]
        domain, pieces = chosen[0]
        name = f"batch {number} of stage {self.stage.name} (first document {pieces[0].document} of {domain.shards.folder})"
        return self._fill(chosen, name)

    def _row(self, number: int) -> tuple[Domain, list[Piece]]:
        cycle, place = divmod(number, CYCLE)
        order, before = self._cycle(cycle)
        domain = order[place]
        return self.domains[domain], self.domains[domain].row(cycle * self.shares[domain] + before[place])

    def _drawn(self, cycle: int) -> tuple[list[int], list[int]]:
        """The domain of each row of a cycle, and how many rows of that domain come before it there."""
        whose = np.repeat(np.arange(len(self.shares)), self.shares)
        # The domains' own shuffles have one number more in their key, so that no two streams are alike.
        order = np.random.default_rng([self.seed, self.number, cycle]).permutation(whose)
        before = np.zeros(CYCLE, np.int64)
        for domain in range(len(self.shares)):
            before[order == domain] = np.arange(self.shares[domain])
        return order.tolist(), before.tolist()

    def _fill(self, rows: list[tuple[Domain, list[Piece]]], name: str) -> Batch:
        shape = (self.stage.rows, self.stage.row_length)
        ids, positions = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        documents, learn = np.full(shape, PAD, np.int64), np.zeros(shape, bool)
        for row, (domain, pieces) in enumerate(rows):
            place = 0
            for number, piece in enumerate(pieces):
                tokens, wanted = domain.shards.document(piece.document)
                here = slice(place, place + piece.length)
                ids[row, here], learn[row, here] = tokens[piece.start : piece.end], wanted[piece.start : piece.end]
                positions[row, here], documents[row, here] = np.arange(piece.length), number
                place += piece.length
        ids_BT, positions_BT, documents_BT, learn_BT = (torch.from_numpy(array) for array in (ids, positions, documents, learn))
        return Batch(ids_BT, positions_BT, documents_BT, learn_BT, name, tuple(domain.name for domain, _ in rows))


def shares(weights: Sequence[float]) -> list[int]:
    """How many of `CYCLE` rows each weight gets, by largest remainder; `InputError` if that is none for one of them."""
    exact = np.array(weights, dtype=np.float64) / sum(weights) * CYCLE
    counts = np.floor(exact).astype(int)
    counts[np.argsort(counts - exact, kind="stable")[: CYCLE - counts.sum()]] += 1
    if not counts.all():
        raise InputError(f"a weight of {min(weights)} is less than one row in {CYCLE}", "give the domain a larger weight, or 0")
    return [int(count) for count in counts]
