"""A run that is killed at any moment, and gone on with, selects what an unbroken one does and ends with the same weights, bit for bit."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from openmimo.core.errors import ConfigError, InputError
from openmimo.engine.native.build import NotBuilt, library
from openmimo.rl import run as module
from openmimo.rl.run import run
from tests.rl.toy import toy_model, toy_problems, toy_reward, toy_run

# Ends itself without a chance to clean up, the `times`th time that `where` is called.
KILLED = """
import os, signal, sys
from importlib import import_module
from itertools import count
from pathlib import Path
from tests.rl.toy import toy_run

folder, owner, name, times = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
module, _, kind = owner.partition(":")
owner = getattr(import_module(module), kind) if kind else import_module(module)
plain, calls = getattr(owner, name), count(1)

def killing(*arguments, **named):
    if next(calls) == times:
        os.kill(os.getpid(), signal.SIGKILL)
    return plain(*arguments, **named)

setattr(owner, name, killing)
from openmimo.rl.run import run
run(toy_run(folder, easy_share=0.3, norm_times=20.0, decay=2), folder / "runs")
"""
TIMES = ("seconds", "_per_s", "occupancy", "judge_wait", "waste", "launched", "rollout_tokens")
"""Of the metrics those that timing moves."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    toy_model(tmp_path)
    toy_problems(tmp_path)
    toy_reward(tmp_path)
    return tmp_path


def what_was_selected(run_folder: Path) -> list[Any]:
    lines = [json.loads(line) for line in (run_folder / "samples.jsonl").read_text().splitlines()]
    return [(line["step"], line["name"], line["ids"], line["score"]) for line in lines if line["fate"] == "selected"]


def what_was_measured(run_folder: Path) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in (run_folder / "metrics.jsonl").read_text().splitlines()]
    return [{name: value for name, value in line.items() if not any(one in name for one in TIMES)} for line in lines]


def test_killed_in_a_rollout_in_an_update_and_in_a_checkpoint_it_ends_as_if_it_never_was(folder: Path, tmp_path: Path) -> None:
    final = run(toy_run(folder, easy_share=0.3, norm_times=20.0, decay=2), folder / "unbroken")
    places = [
        ("openmimo.engine.engine:TorchEngine", "step", 25),  # amid the writing
        ("openmimo.rl.run", "update", 4),  # in the fourth: the third is done again
        ("openmimo.rl.state", "write_json", 1),  # in the last checkpoint, whose weights are written
    ]
    for owner, name, times in places:
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(folder), owner, name, str(times)],
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == -signal.SIGKILL, done.stderr
    again = run(toy_run(folder, easy_share=0.3, norm_times=20.0, decay=2), folder / "runs")
    assert what_was_selected(again.parent) == what_was_selected(final.parent)
    states = [json.loads((path.parent / "checkpoints" / "step-4" / "state.json").read_text()) for path in (final, again)]
    assert states[0] == states[1]
    try:
        library()
    except NotBuilt:
        return  # in torch's kernels the last bits of a number depend on what is computed beside it
    assert what_was_measured(again.parent) == what_was_measured(final.parent)
    ours, theirs = (load_file(path / "model.safetensors") for path in (again, final))
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_tokens_end_a_run_where_they_end_an_unbroken_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = [line["tokens"] for line in what_was_measured(run(toy_run(folder), folder / "unbroken").parent)]
    plain = module.update

    def broken(*arguments: Any) -> Any:
        if "step 3" in arguments[1][0].rows.name:
            raise MemoryError
        return plain(*arguments)

    monkeypatch.setattr(module, "update", broken)
    with pytest.raises(MemoryError):
        run(toy_run(folder, tokens=counted[2]), folder / "runs")
    monkeypatch.setattr(module, "update", plain)
    again = run(toy_run(folder, tokens=counted[2]), folder / "runs").parent
    assert [line["tokens"] for line in what_was_measured(again)] == counted[:3]
    state = json.loads((again / "checkpoints" / "step-3" / "state.json").read_text())
    assert (state["step"], state["tokens"]) == (3, counted[2])


def test_ctrl_c_saves_after_the_step_under_way(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = module.update

    def interrupted(*arguments: Any) -> Any:
        signal.raise_signal(signal.SIGINT)
        return plain(*arguments)

    monkeypatch.setattr(module, "update", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(toy_run(folder), folder / "runs")
    (saved,) = (folder / "runs" / "rl" / "toy" / "checkpoints").iterdir()
    assert saved.name == "step-1"
    monkeypatch.setattr(module, "update", plain)
    # What it was started with is what it goes on with.
    with pytest.raises(ConfigError, match="was started with another value") as caught:
        run(toy_run(folder, rate=1e-4), folder / "runs")
    assert caught.value.field == "rate"
    toy_problems(folder, rows=25)
    with pytest.raises(InputError, match="not those that the run began with"):
        run(toy_run(folder), folder / "runs")
