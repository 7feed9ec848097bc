"""Drafts are switched on where they save time, and only there."""

from collections.abc import Sequence

import pytest

from openmimo.engine import probe
from openmimo.engine.config import EngineConfig
from openmimo.engine.request import Request
from openmimo.model.config import ModelConfig
from openmimo.model.mimo import MiMo

MODEL = MiMo(ModelConfig(20, 8, 8, 1, 2, 1, 4, 48, num_nextn_predict_layers=2))
ASKED = [Request([1, 2], 4), Request([3], 4)]


@pytest.mark.parametrize(
    "one, two, draft",
    [(0.5, 0.7, ("mtp", 1)), (0.5, 0.4, ("mtp", 2)), (0.97, 1.1, ("off", 1)), (2.0, 3.0, ("off", 1))],
)
def test_the_quickest_way_is_taken_if_it_saves_enough(
    one: float, two: float, draft: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def timed(_: MiMo, config: EngineConfig, requests: Sequence[Request]) -> float:
        assert requests is ASKED
        return 1.0 if config.draft == "off" else (one, two)[config.drafted - 1]

    monkeypatch.setattr(probe, "seconds", timed)
    chosen = probe.probed(MODEL, EngineConfig(rows=7), ASKED)
    assert (chosen.draft, chosen.drafted, chosen.rows) == (*draft, 7)


def test_the_trial_runs_every_way_to_its_end() -> None:
    assert 0 < probe.seconds(MODEL, EngineConfig(draft="mtp", drafted=2), ASKED) < 60
    assert probe.probed(MODEL, EngineConfig(), ASKED).rows == EngineConfig().rows
