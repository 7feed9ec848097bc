"""The benchmark of drafts asks nano what it was not trained on, and has a row for each layer and batch."""

import pytest

from openmimo.bench import mtp
from openmimo.engine.load import Loaded, load
from openmimo.engine.request import Request
from openmimo.model.config import ModelConfig
from openmimo.model.mimo import MiMo


@pytest.fixture(scope="module")
def nano() -> Loaded:
    return load("nano")


def test_rounds_ask_new_questions_of_every_kind_always_the_same(nano: Loaded) -> None:
    rounds = mtp.rounds_of(nano, 3)
    assert rounds == mtp.rounds_of(nano, 3)
    assert len({len(requests) for requests in rounds}) == 1
    assert len(rounds[0]) >= 3 * len(mtp.FAMILIES)
    prompts = {tuple(request.prompt) for requests in rounds for request in requests}
    assert len(prompts) == 3 * len(rounds[0])
    assert all(request.stop_ids == nano.stop_ids for requests in rounds for request in requests)


def test_later_layers_are_right_less_often_than_those_before_them() -> None:
    model = MiMo(ModelConfig(12, 16, 24, 1, 2, 1, 8, 128, num_nextn_predict_layers=3))
    model.start(1)
    shares = mtp.acceptance(model.eval(), 3, [Request((first, 3, 5), 60) for first in range(10)])
    assert len(shares) == 3
    assert 1 > shares[0] > 0
    assert list(shares) == sorted(shares, reverse=True)


def test_every_row_is_there(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(mtp, "FAMILIES", ("arithmetic", "percentages"))
    monkeypatch.setattr(mtp, "MOST", 16)
    monkeypatch.setattr(mtp, "QUICK", 3)
    rows = {row.name: row for row in mtp.measure(quick=True)}
    said = capsys.readouterr().err
    layers = load("nano").model.config.num_nextn_predict_layers
    accepted = [f"accept.layer{layer}" for layer in range(1, layers + 1)]
    drafting = ["mtp", *(f"mtp{drafted}" for drafted in range(2, layers + 1))]
    by_batch = [f"b{batch}.{name}" for batch in (1, 4, 16) for name in ["plain", *drafting, *(f"{name}_gain" for name in drafting)]]
    assert list(rows) == accepted + by_batch
    assert {name: row.target for name, row in rows.items() if row.target} == {"accept.layer1": 0.85}
    assert 0.5 < rows["accept.layer1"].value <= 1
    assert rows["b4.mtp_gain"].value == rows["b4.mtp"].value / rows["b4.plain"].value
    assert ("nano has no more" in said) == (layers < 3)
