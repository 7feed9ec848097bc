"""A whole pre-training, tiny: it finishes, survives kill -9 and Ctrl-C bit for bit, and stops on what is not a number."""

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

import openmimo.pretrain.run as run_module
from openmimo.core.errors import ConfigError, InputError, NotEnoughMemory, TrainingStopped, WeightsError
from openmimo.core.run_log import read_log
from openmimo.core.runs import RunFolder
from openmimo.model.folder import read_folder
from openmimo.model.mimo import MiMo
from openmimo.pretrain.config import PretrainConfig
from openmimo.pretrain.run import run

STEPS = 24  # ten, eight and six

SCRIPT = """
import pickle, sys, time
from pathlib import Path
import openmimo.train.loop as loop
from openmimo.pretrain.run import run
plain = loop.train_step
def slowly(*arguments):
    time.sleep(0.05)  # so that there is time to be killed in
    return plain(*arguments)
loop.train_step = slowly
run(pickle.loads(bytes.fromhex(sys.argv[1])), Path(sys.argv[2]))
"""


def begin(config: PretrainConfig, root: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SCRIPT, pickle.dumps(config).hex(), str(root)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"})


def wait_for(ready: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 120
    while not ready():
        assert process.poll() is None, process.stderr and process.stderr.read()
        assert time.monotonic() < deadline, "the run did not get this far"
        time.sleep(0.002)


def lines_of(run_folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (run_folder / "metrics.jsonl").read_text().splitlines()]


def test_finishes_with_a_folder_that_loads_and_metrics_that_fall(config: PretrainConfig, tmp_path: Path) -> None:
    final = run(config, tmp_path / "runs")
    assert read_folder(final).config == config.model
    lines = lines_of(final.parent)
    assert [line["step"] for line in lines] == list(range(1, STEPS + 1))
    assert config.steps == STEPS
    assert [line["stage"] for line in lines] == ["all"] * 10 + ["sums"] * 8 + ["long"] * 6
    assert [line["mtp_weight"] for line in lines] == [0.3] * 10 + [0.1] * 14
    assert lines[-1]["loss"] < lines[0]["loss"]  # type: ignore[operator]
    assert {domain for line in lines[:18] for domain in line["domain_losses"]} == {"sums", "words"}  # type: ignore[attr-defined]
    assert {domain for line in lines for domain in line["domain_losses"]} == {"sums", "words", "reasoning"}  # type: ignore[attr-defined]
    assert len(list((final.parent / "checkpoints").iterdir())) == config.training.keep
    log = [line.text for line in read_log(final.parent)]
    assert [line for line in log if line.startswith("checkpoint")] == [
        *(f"checkpoint of step {step}, in stage all" for step in (4, 8, 10)),  # the last of a stage is always kept
        *(f"checkpoint of step {step}, in stage sums" for step in (12, 16, 18)),
        *(f"checkpoint of step {step}, in stage long" for step in (20, 24)),
    ]
    with RunFolder.open(tmp_path / "runs", "pretrain", "other", {}) as other:
        assert other.checkpoints() == []


def test_each_stage_turns_positions_by_its_own_base(config: PretrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[float, tuple[int, ...]]] = []
    plain = MiMo.sight

    def watched(self, ids_BT, *arguments):  # type: ignore[no-untyped-def]
        seen.append((self.config.rope_theta, tuple(ids_BT.shape)))
        return plain(self, ids_BT, *arguments)

    monkeypatch.setattr(MiMo, "sight", watched)
    run(config, tmp_path / "runs")
    assert list(dict.fromkeys(seen)) == [(10_000.0, (4, 32)), (10_000.0, (2, 32)), (80_000.0, (2, 64))]


@pytest.mark.parametrize("how, where", [(signal.SIGKILL, 8), (signal.SIGKILL, 10), (signal.SIGKILL, 20), (signal.SIGINT, 12)])
def test_interrupted_and_resumed_equals_unbroken(config: PretrainConfig, tmp_path: Path, how: signal.Signals, where: int) -> None:
    """In the first stage, just at the border to the second, in the third, and politely in the second."""
    unbroken = run(config, tmp_path / "unbroken")
    folder = tmp_path / "broken" / "pretrain" / "tiny"
    process = begin(config, tmp_path / "broken")
    wait_for(lambda: (folder / "checkpoints" / f"step-{where}" / "state.json").exists(), process)
    process.send_signal(how)
    process.wait(timeout=60)
    assert not (folder / "final").exists()
    resumed = run(config, tmp_path / "broken")
    ours, theirs = (load_file(path / "model.safetensors") for path in (resumed, unbroken))
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    losses, unbroken_losses = ([(line["step"], line["domain_losses"]) for line in lines_of(path)] for path in (folder, unbroken.parent))
    assert losses == unbroken_losses


def test_not_a_number_keeps_the_last_good_checkpoint(config: PretrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import openmimo.train.loop as loop

    plain, calls = loop.train_step, []

    def poisoned(model, *arguments):  # type: ignore[no-untyped-def]
        calls.append(1)
        if len(calls) == 7:
            model.lm_head.weight.data[0, 0] = float("nan")
        return plain(model, *arguments)

    monkeypatch.setattr(loop, "train_step", poisoned)
    with pytest.raises(TrainingStopped, match=r"step 7: the loss of batch 6 of stage all .* is nan(.|\n)*last good checkpoint is .*step-4"):
        run(config, tmp_path / "runs")
    monkeypatch.undo()
    assert run(config, tmp_path / "runs").exists()  # and it goes on from there


def test_bad_inputs_are_named(config: PretrainConfig, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="the tokenizer has 270 tokens, and the model's vocabulary has 99"):
        run(replace(config, model=config.model.with_(vocab_size=99)), tmp_path / "a")
    with pytest.raises(InputError, match="made for a vocabulary of 270, and the model has 300"):
        run(replace(config, model=config.model.with_(vocab_size=300)), tmp_path / "b")
    first, *others = config.stages
    gone = replace(config.stages[2], sources=(replace(first.sources[0], data=str(tmp_path)),))
    with pytest.raises(InputError, match="no finished token shards"):  # of the last stage, before the first one's first step
        run(replace(config, stages=(first, gone)), tmp_path / "c")
    assert not (tmp_path / "c" / "pretrain" / "tiny" / "checkpoints").exists()
    with pytest.raises(ConfigError, match=r"stages\.0\.row_length"):
        replace(config, stages=(replace(first, row_length=65), *others))
    with pytest.raises(ConfigError, match=r"model\.rope_theta: is 80000\.0, and the last stage trains with 10000\.0"):
        replace(config, stages=(first,))
    with pytest.raises(ConfigError, match="stages: there are none"):
        replace(config, stages=())
    with pytest.raises(ConfigError, match=r"mtp_layers: stage all trains 2, and the model has 1"):
        run(replace(config, stages=(replace(first, mtp_layers=2), *others)), tmp_path / "d")
    run(config, tmp_path / "runs")
    with pytest.raises(ConfigError, match=r"training\.seed: .* started with another value"):
        run(replace(config, training=replace(config.training, seed=5)), tmp_path / "runs")


def test_too_large_a_model_is_refused_before_anything_is_read(
    config: PretrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "MiMo", None)  # whoever makes a model fails
    huge = replace(config, model=config.model.with_(hidden_size=65_536, num_hidden_layers=200), tokenizer="nowhere")
    with pytest.raises(NotEnoughMemory, match=r"training [\d,]+ weights needs [\d.]+ GiB"):
        run(huge, tmp_path / "runs")
    assert not (tmp_path / "runs").exists()
