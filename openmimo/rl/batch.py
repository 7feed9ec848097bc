"""Selected answers as packed rows to train on, and a step's groups shared out among its updates.

Rows are those of `train/batches.py`: an answer with its prompt is a document, and documents of a row do not see each other.
Beside each token stands what the loss asks of it. Knows no model. Shapes: B rows, T tokens a row; N are the drawn tokens of
B x T, in the order of the rows. Legend: G groups, S answers of a group.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from openmimo.rl.config import Aggregation
from openmimo.rl.loss import sample_weights
from openmimo.train.batches import PAD, Batch
from openmimo.train.packing import Piece, pack

T = TypeVar("T")


@dataclass(frozen=True)
class Selected:
    """A selected answer. `logprobs` are the engine's, of each token of the answer; `forced` the places in it that were not drawn."""

    prompt: Sequence[int]
    answer: Sequence[int]
    logprobs: Sequence[float]
    advantage: float
    forced: Sequence[int] = ()

    def __post_init__(self) -> None:
        assert self.prompt, "nothing predicts the first token of an answer without a prompt"
        assert len(self.logprobs) == len(self.answer), "an answer has a log-probability for each of its tokens"

    @property
    def length(self) -> int:
        """The tokens of prompt and answer."""
        return len(self.prompt) + len(self.answer)

    @property
    def drawn(self) -> int:
        """The tokens that were drawn, which are those to learn from."""
        return len(self.answer) - len(set(self.forced))


@dataclass(frozen=True)
class PolicyBatch:
    """Packed rows with what the loss asks of each token; `rows.learn_BT` is True where a token was drawn.

    `rollout_BT` are the engine's log-probabilities, the model's own. `old_BT` are those of the policy that drew
    (`logprob.py`), None where that is the policy as it is now. `samples_BT` numbers the answers of the mini-batch.
    """

    rows: Batch
    rollout_BT: Tensor
    advantages_BT: Tensor
    weights_BT: Tensor
    samples_BT: Tensor
    old_BT: Tensor | None = None

    def to(self, device: torch.device) -> "PolicyBatch":
        return replace(
            self,
            rows=self.rows.to(device),
            rollout_BT=self.rollout_BT.to(device),
            advantages_BT=self.advantages_BT.to(device),
            weights_BT=self.weights_BT.to(device),
            samples_BT=self.samples_BT.to(device),
            old_BT=None if self.old_BT is None else self.old_BT.to(device),
        )

    def drawn(self, values_BT: Tensor) -> Tensor:
        """The values that stand beside drawn tokens, (N,)."""
        return values_BT[self.rows.learn_BT]


def mini_batches(groups: Sequence[T], updates: int, seed: int, step: int) -> list[list[T]]:
    """A step's groups shared out among its updates, whole and in an order that depends on seed and step alone.

    Shares differ by one group at most; a single update has the groups as they come.
    """
    assert 1 <= updates <= len(groups), "every update has a group"
    if updates == 1:
        return [list(groups)]
    order = np.random.default_rng([seed, step]).permutation(len(groups))
    return [[groups[place] for place in part] for part in np.array_split(order, updates)]


def pack_groups(
    groups_GS: Sequence[Sequence[Selected]], aggregation: Aggregation, budget: int, row_length: int, rows: int, name: str
) -> list[PolicyBatch]:
    """The answers of a mini-batch, packed into batches of at most `rows` times `row_length` tokens.

    Answers are never parted: one longer than a row makes all rows as long as itself, and fewer of them a batch. Rows that
    need not be so long are cut to the longest of their batch. `budget` is the most tokens an answer may have, for
    `loss.sample_weights`, and `name` says where the groups come from, for messages.
    """
    samples = [sample for group in groups_GS for sample in group]
    weights = [
        weight
        for weights_S in sample_weights([[sample.drawn for sample in group] for group in groups_GS], aggregation, budget)
        for weight in weights_S
    ]
    longest = max(sample.length for sample in samples)
    together = max(rows * row_length // max(longest, row_length), 1)
    packed = pack([Piece(number, 0, sample.length) for number, sample in enumerate(samples)], max(longest, row_length))
    parts = [packed[first : first + together] for first in range(0, len(packed), together)]
    return [_filled(part, samples, weights, f"part {number} of {len(parts)} of {name}") for number, part in enumerate(parts, 1)]


def _filled(packed: Sequence[Sequence[Piece]], samples: Sequence[Selected], weights: Sequence[float], name: str) -> PolicyBatch:
    shape = (len(packed), max(sum(piece.length for piece in row) for row in packed))
    ids, positions, numbers = np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.full(shape, PAD, np.int64)
    documents, drawn = np.full(shape, PAD, np.int64), np.zeros(shape, bool)
    rollout, advantages, shares = (np.zeros(shape, np.float32) for _ in range(3))
    for row, pieces in enumerate(packed):
        start = 0
        for document, piece in enumerate(pieces):
            sample = samples[piece.document]
            here = slice(start, start + sample.length)
            said = slice(start + len(sample.prompt), here.stop)
            ids[row, here] = [*sample.prompt, *sample.answer]
            positions[row, here], documents[row, here], numbers[row, here] = np.arange(sample.length), document, piece.document
            drawn[row, said], rollout[row, said] = True, sample.logprobs
            drawn[row, [said.start + place for place in sample.forced]] = False
            advantages[row, said], shares[row, said] = sample.advantage, weights[piece.document]
            start = here.stop
    ids_BT, positions_BT, documents_BT, drawn_BT, rollout_BT, advantages_BT, weights_BT, samples_BT = (
        torch.from_numpy(array) for array in (ids, positions, documents, drawn, rollout, advantages, shares, numbers)
    )
    return PolicyBatch(Batch(ids_BT, positions_BT, documents_BT, drawn_BT, name), rollout_BT, advantages_BT, weights_BT, samples_BT)
