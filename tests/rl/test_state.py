"""A checkpoint of a run brings back all of it, and one that does not belong is named."""

import json
from pathlib import Path

import pytest
import torch

from openmimo.core.errors import InputError, TrainingStopped, WeightsError
from openmimo.rl import state as module
from openmimo.rl.easy_pool import Pools
from openmimo.rl.state import FORMAT, State, load, save
from openmimo.train.optimiser import adamw
from tests.rl.tiny import tiny_model


def seen(digest: str = "abc") -> State:
    state = State(Pools(9, seed=1), digest)
    state.predictor.learn("one", [1.0, 0.0], [3, 4])
    state.pools.end_step(4, {2: 1.0})
    state.waiting, state.step, state.tokens = [5, 7], 6, 1234
    return state


def test_all_of_it_comes_back(tmp_path: Path) -> None:
    model, state = tiny_model(), seen()
    save(tmp_path / "step-6", model, adamw(model, 1e-3), state)
    other, again = tiny_model(seed=2), State(Pools(9, seed=1), "abc")
    load(tmp_path / "step-6", other, adamw(other, 1e-3), again)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), other.parameters(), strict=True))
    assert (again.step, again.waiting, again.tokens) == (6, [5, 7], 1234)
    assert again.pools.state() == state.pools.state()
    assert [again.pools.draw(number) for number in range(9)] == [state.pools.draw(number) for number in range(9)]
    assert again.predictor.state() == state.predictor.state()


def test_what_does_not_belong_is_named(tmp_path: Path) -> None:
    model = tiny_model()
    save(tmp_path / "step-6", model, adamw(model, 1e-3), seen())
    with pytest.raises(InputError, match="not those that the run began with"):
        load(tmp_path / "step-6", model, adamw(model, 1e-3), seen("other"))
    (tmp_path / "step-6" / "state.json").write_text(json.dumps({"format": 9}))
    with pytest.raises(WeightsError, match=f"format 9, and this program reads {FORMAT}"):
        load(tmp_path / "step-6", model, adamw(model, 1e-3), seen())


def test_a_disk_that_is_full_at_the_last_file_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, value: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "write_json", full)
    model = tiny_model()
    with pytest.raises(TrainingStopped, match=r"step 6 could not be written.*No space left"):
        save(tmp_path / "step-6", model, adamw(model, 1e-3), seen())
    assert list(tmp_path.iterdir()) == []
