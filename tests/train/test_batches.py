"""Batches depend on the seed and the step alone, cover an epoch once, and mark padding."""

from collections import Counter
from pathlib import Path

import pytest
import torch

from openmimo.core.errors import InputError
from openmimo.train.batches import PAD, Batches


def test_a_batch_is_the_same_however_one_gets_there(shards: Path) -> None:
    walked = Batches(shards, 4, 32, seed=3, split_documents=True)
    for number in range(walked.per_epoch + 3):
        batch = walked.batch(number)
    jumped = Batches(shards, 4, 32, seed=3, split_documents=True).batch(walked.per_epoch + 2)
    assert torch.equal(batch.ids_BT, jumped.ids_BT)
    assert torch.equal(batch.documents_BT, jumped.documents_BT)


def test_an_epoch_covers_every_document_at_most_once_and_epochs_differ(shards: Path) -> None:
    batches = Batches(shards, 4, 32, seed=3, split_documents=True)
    starts = Counter(
        int(start)
        for number in range(batches.per_epoch)
        for start in batches.batch(number).ids_BT[(batches.batch(number).positions_BT == 0) & (batches.batch(number).documents_BT != PAD)]
    )
    true_starts = Counter(int(batches.shards.document(index)[0][0]) for index in range(len(batches.shards)))
    assert sum(starts.values()) >= 0.9 * len(batches.shards)
    assert all(starts[value] <= true_starts[value] for value in starts)
    assert not torch.equal(batches.batch(0).ids_BT, batches.batch(batches.per_epoch).ids_BT)


def test_positions_restart_and_padding_is_never_learnt(shards: Path) -> None:
    batch = Batches(shards, 4, 32, seed=0, split_documents=True).batch(0)
    padding = batch.documents_BT == PAD
    assert not batch.learn_BT[padding].any()
    same = batch.documents_BT[:, 1:] == batch.documents_BT[:, :-1]
    steps = batch.positions_BT[:, 1:] - batch.positions_BT[:, :-1]
    assert (steps[same & ~padding[:, 1:]] == 1).all()
    assert (batch.positions_BT[:, 1:][~same] == 0).all()


def test_too_little_data_is_said(shards: Path) -> None:
    with pytest.raises(InputError, match="one batch wants 10000"):
        Batches(shards, 10_000, 32, seed=0, split_documents=True)
    with pytest.raises(InputError, match="fits a row of 2 tokens"):
        Batches(shards, 1, 2, seed=0, split_documents=False)
