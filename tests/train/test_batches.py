"""Batches depend on the seed and their number alone, keep to the weights, cover an epoch once, and mark padding."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from openmimo.core.errors import InputError
from openmimo.train.batches import CYCLE, PAD, Batches, shares
from openmimo.train.config import Source, Stage
from openmimo.train.shards import ShardWriter


@pytest.fixture
def mixed(stage: Stage, tmp_path: Path) -> Stage:
    """Three domains whose tokens tell them apart: 1, 2 and 3."""
    sources = []
    for token, (domain, weight) in enumerate({"ones": 6.0, "twos": 3.0, "threes": 1.0}.items(), 1):
        writer = ShardWriter(tmp_path / domain, vocab_size=32)
        for length in range(1, 60):
            writer.add([token] * (length % 30 + 1))
        writer.close()
        sources.append(Source(domain, str(tmp_path / domain), weight))
    return replace(stage, sources=tuple(sources))


def test_a_batch_is_the_same_however_one_gets_there(mixed: Stage) -> None:
    walked = Batches(mixed, 3, split_documents=True)
    last = CYCLE // mixed.rows + 7  # in the second cycle, and in a later epoch
    for number in range(last + 1):
        batch = walked.batch(number)
    jumped = Batches(mixed, 3, split_documents=True).batch(last)
    assert torch.equal(batch.ids_BT, jumped.ids_BT)
    assert torch.equal(batch.documents_BT, jumped.documents_BT)
    assert batch.domains == jumped.domains
    another = Batches(mixed, 3, split_documents=True, number=1).batch(last)
    assert not torch.equal(batch.ids_BT, another.ids_BT)


def test_domains_come_by_their_weights_and_rows_are_of_one(mixed: Stage) -> None:
    batches, seen = Batches(mixed, 0, split_documents=True), Counter[str]()
    for number in range(2 * CYCLE // mixed.rows):
        batch = batches.batch(number)
        seen.update(batch.domains)
        for row, domain in enumerate(batch.domains):
            assert set(batch.ids_BT[row][batch.documents_BT[row] != PAD].tolist()) == {("ones", "twos", "threes").index(domain) + 1}
    assert seen == {"ones": 1200, "twos": 600, "threes": 200}


def test_shares_are_whole_rows_that_sum_to_a_cycle() -> None:
    assert shares([1, 1, 1]) == [334, 333, 333]
    assert shares([0.27, 0.405, 0.225, 0.1]) == [270, 405, 225, 100]
    with pytest.raises(InputError, match="less than one row in 1000"):
        shares([1.0, 0.0001])


def test_an_epoch_covers_every_row_of_a_domain_once_and_epochs_differ(mixed: Stage) -> None:
    for domain in Batches(mixed, 3, split_documents=True).domains:
        rows = len(domain.rows)
        first, second = ([domain.row(epoch * rows + place) for place in range(rows)] for epoch in (0, 1))
        assert sorted(map(repr, first)) == sorted(map(repr, second)) == sorted(map(repr, domain.rows))
        assert first != second


def test_a_domain_goes_on_where_its_last_row_was(mixed: Stage) -> None:
    """Over a whole epoch of a domain, drawn in between others, each of its documents is read once."""
    batches = Batches(mixed, 1, split_documents=True)
    (ones, *_) = batches.domains
    drawn = [batches._row(number) for number in range(CYCLE)]
    rows = [pieces for domain, pieces in drawn if domain is ones][: len(ones.rows)]
    documents = sorted(piece.document for row in rows for piece in row)
    assert documents == list(range(len(ones.shards)))


def test_a_domain_without_weight_is_not_even_opened(mixed: Stage) -> None:
    left = replace(mixed, sources=(*mixed.sources[:1], replace(mixed.sources[1], weight=0.0, data="nowhere")))
    assert set(Batches(left, 0, split_documents=True).batch(0).domains) == {"ones"}


def test_positions_restart_and_padding_is_never_learnt(stage: Stage) -> None:
    batch = Batches(stage, 0, split_documents=True).batch(0)
    padding = batch.documents_BT == PAD
    assert not batch.learn_BT[padding].any()
    same = batch.documents_BT[:, 1:] == batch.documents_BT[:, :-1]
    steps = batch.positions_BT[:, 1:] - batch.positions_BT[:, :-1]
    assert (steps[same & ~padding[:, 1:]] == 1).all()
    assert (batch.positions_BT[:, 1:][~same] == 0).all()


def test_rows_too_short_for_any_sample_are_said(stage: Stage) -> None:
    with pytest.raises(InputError, match="fits a row of 2 tokens"):
        Batches(replace(stage, row_length=2), 0, split_documents=False)
