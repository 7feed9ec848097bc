"""The packed, chunked loss equals a plain loss over documents one by one, for the trunk and for MTP."""

from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

import openmimo.train.loss as loss_module
from openmimo.model.config import ModelConfig
from openmimo.model.mimo import MiMo
from openmimo.train.batches import Batches
from openmimo.train.config import Stage
from openmimo.train.loss import losses


def naive(model: MiMo, batches: Batches, number: int) -> tuple[float, list[float], int, list[int]]:
    """Every document of the batch by itself, every place by itself, logits whole."""
    batch, layers = batches.batch(number), model.config.num_nextn_predict_layers
    sums, tokens = [0.0] * (layers + 1), [0] * (layers + 1)
    for row in range(batch.ids_BT.shape[0]):
        for document in batch.documents_BT[row].unique().tolist():
            here = batch.documents_BT[row] == document
            ids_1T, learn_T = batch.ids_BT[row][here][None], batch.learn_BT[row][here]
            if document < 0:
                continue
            hidden = model.hidden(ids_1T)
            places = torch.arange(ids_1T.shape[1])[None]
            stages = [model.logits(hidden)] + [
                model.head(model.ahead(layer, hidden, ids_1T, places, model.sight(ids_1T))) for layer in range(layers)
            ]
            for stage, logits in enumerate(stages):
                for place in range(ids_1T.shape[1] - stage - 1):
                    if learn_T[place + stage + 1]:
                        sums[stage] += F.cross_entropy(logits[0, place], ids_1T[0, place + stage + 1]).item()
                        tokens[stage] += 1
    return sums[0], sums[1:], tokens[0], tokens[1:]


@pytest.mark.parametrize("layers", [0, 1, 3])
def test_equals_the_naive_twin(stage: Stage, config: ModelConfig, layers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loss_module, "CHUNK", 37)  # so that there are several chunks, the last one ragged
    model = MiMo(config.with_(num_nextn_predict_layers=layers))
    model.start(0)
    batches = Batches(replace(stage, rows=3), 0, split_documents=True)
    with torch.no_grad():
        ours = losses(model, batches.batch(0), layers)
        trunk, mtp, tokens, mtp_tokens = naive(model, batches, 0)
    assert (int(ours.tokens_B.sum()), ours.mtp_tokens) == (tokens, mtp_tokens)
    assert ours.trunk_B.sum().item() == pytest.approx(trunk, rel=1e-5)
    assert [part.item() for part in ours.mtp] == pytest.approx(mtp, rel=1e-5)


def test_learn_flags_choose_the_targets(stage: Stage, config: ModelConfig) -> None:
    batch = Batches(replace(stage, rows=3), 0, split_documents=True).batch(0)
    batch.learn_BT[:, ::2] = False
    model = MiMo(config)
    model.start(0)
    part = losses(model, batch, 1)
    assert int(part.tokens_B.sum()) == int((batch.learn_BT & (batch.positions_BT >= 1)).sum())
    assert part.mtp_tokens == [int((batch.learn_BT & (batch.positions_BT >= 2)).sum())]


def test_accumulated_gradient_equals_one_big_batch(stage: Stage, config: ModelConfig) -> None:
    model = MiMo(config)
    model.start(0)
    big = Batches(stage, 0, split_documents=True).batch(0)
    halves = [
        type(big)(big.ids_BT[part], big.positions_BT[part], big.documents_BT[part], big.learn_BT[part], "half")
        for part in (slice(0, 2), slice(2, 4))
    ]
    gradients = []
    for group in ([big], halves):
        model.zero_grad()
        totals = [sum(column) for column in zip(*(loss_module.counts(batch, 1) for batch in group), strict=True)]
        for batch in group:
            losses(model, batch, 1).total(totals[0], totals[1:], 0.3).backward()
        gradients.append([weight.grad.clone() for weight in model.parameters() if weight.grad is not None])
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(*gradients, strict=True))


def test_rows_have_losses_of_their_own(stage: Stage, config: ModelConfig) -> None:
    model = MiMo(config)
    model.start(0)
    batch = Batches(stage, 0, split_documents=True).batch(0)
    together = losses(model, batch, 1)
    for row in range(stage.rows):
        part = slice(row, row + 1)
        alone = type(batch)(batch.ids_BT[part], batch.positions_BT[part], batch.documents_BT[part], batch.learn_BT[part], "row")
        found = losses(model, alone, 1)
        assert found.trunk_B.item() == pytest.approx(together.trunk_B[row].item(), rel=1e-5)
        assert int(found.tokens_B) == int(together.tokens_B[row])
