"""Metrics are told to other programs by their libraries: each step once, also after a crash, and no failure of theirs ends a run."""

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from openmimo.core.errors import InputError
from openmimo.train.trackers import Tracking, numbers

LINES = [{"step": step, "reward": step / 10, "alarm": ""} for step in range(6)]


@pytest.fixture
def trackio(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What a library in trackio's place hears; it is as loud as the real one."""
    heard: list[tuple[Any, ...]] = []
    fake = ModuleType("trackio")

    def init(**asked: Any) -> None:
        print("* a greeting")
        heard.append(("init", asked["name"]))

    fake.init = init  # type: ignore[attr-defined]
    fake.log = lambda values, step: heard.append((step, values))  # type: ignore[attr-defined]
    fake.finish = lambda: heard.append(("finish",))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "trackio", fake)
    return heard


def test_what_was_before_is_made_up_for_and_a_resumed_run_is_the_same(
    trackio: list[tuple[Any, ...]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Tracking("trackio", tmp_path, {}) as tracking:
        tracking.tell(LINES[:3])
        tracking.tell(LINES[3:4])
    with Tracking("trackio", tmp_path, {}) as tracking:
        tracking.tell(LINES)
    steps = [one[0] for one in trackio]
    assert steps == ["init", 0, 1, 2, 3, "finish", "init", 4, 5, "finish"]
    assert trackio[0] == trackio[6]
    assert trackio[2] == (1, {"reward": 0.1})
    assert capsys.readouterr().out == ""  # where data goes


def test_after_a_kill_what_may_be_lost_is_told_again(trackio: list[tuple[Any, ...]], tmp_path: Path) -> None:
    tracking = Tracking("trackio", tmp_path, {})
    for line in LINES[:5]:
        tracking.tell([line])
        if line["step"] in (2, 4):
            tracking.keep()  # what was told before the last one is surely written
    trackio.clear()
    with Tracking("trackio", tmp_path, {}) as tracking:
        tracking.tell(LINES)
    assert [one[0] for one in trackio] == ["init", 3, 4, 5, "finish"]


def test_no_tracker_is_no_file(tmp_path: Path) -> None:
    with Tracking(None, tmp_path, {}) as tracking:
        tracking.tell(LINES)
        tracking.keep()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("where, library", [("trackio", "trackio"), ("wandb", "wandb"), ("tensorboard", "tensorboard")])
def test_a_missing_library_is_named_with_the_command(where: Any, library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("torch.utils.tensorboard")]:
        monkeypatch.delitem(sys.modules, name)

    class Missing:
        def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
            if name == library:
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.delitem(sys.modules, library, raising=False)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    with pytest.raises(InputError, match=f"--log {where} needs {library}") as caught:
        Tracking(where, tmp_path, {})
    assert f"pip install {library}" in caught.value.fix


def test_a_library_that_refuses_is_named_and_one_that_fails_later_is_left(
    trackio: list[tuple[Any, ...]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(values: Any, step: int) -> None:
        raise OSError("no space")

    monkeypatch.setattr(sys.modules["trackio"], "log", full)
    with Tracking("trackio", tmp_path, {}) as tracking:
        tracking.tell(LINES)
        tracking.tell(LINES)
    assert "trackio failed and is told no more: OSError: no space" in capsys.readouterr().err
    assert json.loads((tmp_path / "tracked.json").read_text())["trackio"]["step"] == -1  # all is told when the run is resumed
    monkeypatch.delattr(sys.modules["trackio"], "init")
    with pytest.raises(InputError, match="trackio does not begin: AttributeError"):
        Tracking("trackio", tmp_path, {})


def test_numbers_have_the_names_of_what_they_are_in() -> None:
    line = {"step": 3, "reward": 1, "ok": True, "none": None, "validation": {"avg@4": 0.5}, "mtp_losses": [1.5, 2.5], "alarm": "x"}
    assert dict(numbers(line)) == {"reward": 1.0, "validation/avg@4": 0.5, "mtp_losses/1": 1.5, "mtp_losses/2": 2.5}
