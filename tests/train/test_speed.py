"""Compiled blocks say what plain ones do, and are compiled once, however many there are."""

import pytest
import torch
from torch._dynamo.utils import counters

from openmimo.model.attention import Packed
from openmimo.model.config import ModelConfig
from openmimo.model.mimo import MiMo
from openmimo.train.speed import compile_layers

LAYERS = 12  # more than torch compiles one function anew for


def test_all_blocks_share_what_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Packed, "look", Packed.look)  # to have it back afterwards
    model = MiMo(ModelConfig(64, 32, 48, LAYERS, 2, 1, 16, 128))
    model.start(1)
    ids_BT = torch.randint(64, (2, 128), generator=torch.Generator().manual_seed(0))
    positions_BT = (torch.arange(128) % 64).repeat(2, 1)
    documents_BT = (torch.arange(128) // 64).repeat(2, 1)
    plain_BTD = model.hidden(ids_BT, positions_BT, documents_BT)
    assert compile_layers(model)
    counters.clear()
    compiled_BTD = model.hidden(ids_BT, positions_BT, documents_BT)
    torch.testing.assert_close(compiled_BTD, plain_BTD)
    assert 0 < counters["frames"]["total"] < LAYERS
