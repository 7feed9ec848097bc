"""Selected answers as packed rows to train on, and a step's groups shared out among its updates.

Rows are those of `train/batches.py`: an answer with its prompt is a document, and documents of a row do not see each other. Or
answers share their prompt: it is a document, and they are others that see it, which is the same to each of them and less work.
Beside each token stands what the loss asks of it. Shapes: B rows, T tokens a row; N are the drawn tokens of
B x T, in the order of the rows. Legend: G groups, S answers of a group.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from openmimo.model.mimo import MiMo
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
    (`logprob.py`), None where that is the policy as it is now. `samples_BT` numbers the answers of the mini-batch. `said_at_BT` is the
    place in its row that says a token of an answer. `after_BT` is the document of its prompt, None where none is shared.
    """

    rows: Batch
    rollout_BT: Tensor
    advantages_BT: Tensor
    weights_BT: Tensor
    samples_BT: Tensor
    said_at_BT: Tensor
    after_BT: Tensor | None = None
    old_BT: Tensor | None = None

    def to(self, device: torch.device) -> "PolicyBatch":
        return replace(
            self,
            rows=self.rows.to(device),
            rollout_BT=self.rollout_BT.to(device),
            advantages_BT=self.advantages_BT.to(device),
            weights_BT=self.weights_BT.to(device),
            samples_BT=self.samples_BT.to(device),
            said_at_BT=self.said_at_BT.to(device),
            after_BT=None if self.after_BT is None else self.after_BT.to(device),
            old_BT=None if self.old_BT is None else self.old_BT.to(device),
        )

    def hidden(self, model: MiMo) -> Tensor:
        """The model's stream over the rows, (B, T, D)."""
        return model.hidden(self.rows.ids_BT, self.rows.positions_BT, self.rows.documents_BT, after_BT=self.after_BT)

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
    groups_GS: Sequence[Sequence[Selected]],
    aggregation: Aggregation,
    budget: int,
    row_length: int,
    rows: int,
    name: str,
    share_prompts: bool = False,
) -> list[PolicyBatch]:
    """The answers of a mini-batch, packed into batches of at most `rows` times `row_length` tokens.

    Answers are never parted: one longer than a row makes all rows as long as itself, and fewer of them a batch. Rows that
    need not be so long are cut to the longest of their batch. `budget` is the most tokens an answer may have, for
    `loss.sample_weights`, and `name` says where the groups come from, for messages. With `share_prompts` answers to one
    prompt that stand in one row have it there once.
    """
    samples = [sample for group in groups_GS for sample in group]
    weights = [
        weight
        for weights_S in sample_weights([[sample.drawn for sample in group] for group in groups_GS], aggregation, budget)
        for weight in weights_S
    ]
    longest = max(row_length, *(sample.length for sample in samples))
    together = max(rows * row_length // longest, 1)
    units = _units(samples, longest) if share_prompts else [[number] for number in range(len(samples))]
    lengths = [len(samples[unit[0]].prompt) + sum(len(samples[number].answer) for number in unit) for unit in units]
    packed = pack([Piece(place, 0, length) for place, length in enumerate(lengths)], longest)
    parts = [packed[first : first + together] for first in range(0, len(packed), together)]
    return [
        _filled([[units[piece.document] for piece in row] for row in part], samples, weights, f"part {number} of {len(parts)} of {name}")
        for number, part in enumerate(parts, 1)
    ]


def _units(samples: Sequence[Selected], row: int) -> list[list[int]]:
    """The numbers of the answers that stand after one prompt: those that follow each other with the same one, while a row has room."""
    units, length = list[list[int]](), 0
    for number, sample in enumerate(samples):
        if units and samples[units[-1][0]].prompt == sample.prompt and length + len(sample.answer) <= row:
            units[-1].append(number)
            length += len(sample.answer)
        else:
            units.append([number])
            length = sample.length
    return units


def _filled(rows: Sequence[Sequence[Sequence[int]]], samples: Sequence[Selected], weights: Sequence[float], name: str) -> PolicyBatch:
    """The rows, each of units: a prompt and the answers to it, by their numbers. One alone is a document with its prompt."""
    lengths = [sum(len(samples[unit[0]].prompt) + sum(len(samples[number].answer) for number in unit) for unit in row) for row in rows]
    shape = (len(rows), max(lengths))
    ids, positions, said_at = (np.zeros(shape, np.int64) for _ in range(3))
    documents, after, numbers = (np.full(shape, PAD, np.int64) for _ in range(3))
    drawn = np.zeros(shape, bool)
    rollout, advantages, shares = (np.zeros(shape, np.float32) for _ in range(3))
    for row, units in enumerate(rows):
        start, document = 0, -1
        for unit in units:
            prompt, before = samples[unit[0]].prompt, document + 1
            here = slice(start, start + len(prompt))
            ids[row, here], positions[row, here], numbers[row, here] = prompt, np.arange(len(prompt)), unit[0]
            documents[row, here] = after[row, here] = document = before
            start = here.stop
            for number in unit:
                sample = samples[number]
                said, document = slice(start, start + len(sample.answer)), document + (len(unit) > 1)
                ids[row, said], positions[row, said] = sample.answer, len(prompt) + np.arange(len(sample.answer))
                documents[row, said], after[row, said], numbers[row, said] = document, before, number
                said_at[row, said] = [here.stop - 1, *range(start, said.stop - 1)][: len(sample.answer)]
                drawn[row, said], rollout[row, said] = True, sample.logprobs
                drawn[row, [start + place for place in sample.forced]] = False
                advantages[row, said], shares[row, said] = sample.advantage, weights[number]
                start = said.stop
    ids_BT, positions_BT, documents_BT, drawn_BT, rollout_BT, advantages_BT, weights_BT, samples_BT, said_at_BT = (
        torch.from_numpy(array) for array in (ids, positions, documents, drawn, rollout, advantages, shares, numbers, said_at)
    )
    shared = any(len(unit) > 1 for units in rows for unit in units)
    return PolicyBatch(
        Batch(ids_BT, positions_BT, documents_BT, drawn_BT, name),
        rollout_BT,
        advantages_BT,
        weights_BT,
        samples_BT,
        said_at_BT,
        torch.from_numpy(after) if shared else None,
    )
