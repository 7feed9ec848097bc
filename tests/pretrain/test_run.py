"""A whole pre-training, tiny: it finishes, survives kill -9 and Ctrl-C bit for bit, and stops on what is not a number."""

import json
import os
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

from openmimo.core.errors import ConfigError, InputError, TrainingStopped, WeightsError
from openmimo.core.runs import RunFolder
from openmimo.model.config import ModelConfig
from openmimo.model.folder import read_folder
from openmimo.pretrain.config import PretrainConfig
from openmimo.pretrain.run import run
from openmimo.text.bpe import train_bpe
from openmimo.train.config import TrainingConfig
from openmimo.train.schedule import Schedule
from openmimo.train.shards import ShardWriter

STEPS = 24


@pytest.fixture
def config(tmp_path: Path) -> PretrainConfig:
    tokenizer = train_bpe(["one two three 1 2 3"], 270)
    tokenizer.save(tmp_path / "tokenizer")
    writer = ShardWriter(tmp_path / "data", tokenizer.vocab_size)
    for number in range(200):
        writer.add(tokenizer.encode(f"{number} plus {number} is {2 * number}"))
    writer.close()
    return PretrainConfig(
        name="tiny",
        data=str(tmp_path / "data"),
        tokenizer=str(tmp_path / "tokenizer"),
        model=ModelConfig(tokenizer.vocab_size, 16, 24, 1, 2, 1, 8, 32, num_nextn_predict_layers=1),
        training=TrainingConfig(
            Schedule(1e-2, 1e-3, 2, STEPS - 12, 10), rows=4, row_length=32, checkpoint_every=4, log_every=1, compile=False
        ),
    )


SCRIPT = """
import sys, time, json
from pathlib import Path
sys.path.insert(0, {tests!r})
import openmimo.train.loop as loop
from openmimo.pretrain.config import PretrainConfig
from openmimo.pretrain.run import run
from openmimo.model.config import ModelConfig
from openmimo.train.config import TrainingConfig
from openmimo.train.schedule import Schedule
plain = loop.train_step
def slowly(*arguments):
    time.sleep(0.05)  # so that there is time to be killed in
    return plain(*arguments)
loop.train_step = slowly
c = json.loads({config!r})
t = c["training"]
run(PretrainConfig(**(c | {{"model": ModelConfig(**c["model"]), "training": TrainingConfig(**(t | {{"schedule": Schedule(**t["schedule"])}}))}})), Path({root!r}))
"""


def begin(config: PretrainConfig, root: Path) -> subprocess.Popen[str]:
    from dataclasses import asdict

    script = SCRIPT.format(tests=str(Path(__file__).parent), config=json.dumps(asdict(config)), root=str(root))
    return subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"})


def wait_for(ready: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 120
    while not ready():
        assert process.poll() is None, process.stderr and process.stderr.read()
        assert time.monotonic() < deadline, "the run did not get this far"


def test_finishes_with_a_folder_that_loads_and_metrics_that_fall(config: PretrainConfig, tmp_path: Path) -> None:
    final = run(config, tmp_path / "runs")
    model = read_folder(final)
    assert model.config == config.model
    lines = [json.loads(line) for line in (final.parent / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == list(range(1, STEPS + 1))
    assert lines[-1]["loss"] < lines[0]["loss"]
    assert [path.name for path in RunFolder.open(tmp_path / "runs", "pretrain", "other", {}).checkpoints()] == []
    assert len(list((final.parent / "checkpoints").iterdir())) == config.training.keep


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_interrupted_and_resumed_equals_unbroken(config: PretrainConfig, tmp_path: Path, how: signal.Signals) -> None:
    unbroken = run(config, tmp_path / "unbroken")
    folder = tmp_path / "broken" / "pretrain" / "tiny"
    process = begin(config, tmp_path / "broken")
    wait_for(lambda: (folder / "checkpoints" / "step-8" / "state.json").exists(), process)
    process.send_signal(how)
    process.wait(timeout=60)
    assert not (folder / "final").exists()
    resumed = run(config, tmp_path / "broken")
    ours, theirs = (load_file(path / "model.safetensors") for path in (resumed, unbroken))
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    steps = [json.loads(line)["step"] for line in (folder / "metrics.jsonl").read_text().splitlines()]
    assert steps == list(range(1, STEPS + 1))


def test_not_a_number_keeps_the_last_good_checkpoint(config: PretrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import openmimo.train.loop as loop

    plain, calls = loop.train_step, []

    def poisoned(model, *arguments):  # type: ignore[no-untyped-def]
        calls.append(1)
        if len(calls) == 7:
            model.lm_head.weight.data[0, 0] = float("nan")
        return plain(model, *arguments)

    monkeypatch.setattr(loop, "train_step", poisoned)
    with pytest.raises(TrainingStopped, match=r"step 7: the loss of batch 6 .* is nan(.|\n)*last good checkpoint is .*step-4"):
        run(config, tmp_path / "runs")
    monkeypatch.undo()
    assert run(config, tmp_path / "runs").exists()  # and it goes on from there


def test_bad_inputs_are_named(config: PretrainConfig, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="the tokenizer has 270 tokens, and the model's vocabulary has 99"):
        run(replace(config, model=config.model.with_(vocab_size=99)), tmp_path / "a")
    with pytest.raises(InputError, match="made for a vocabulary of 270, and the model has 300"):
        run(replace(config, model=config.model.with_(vocab_size=300)), tmp_path / "b")
    with pytest.raises(InputError, match="no finished token shards"):
        run(replace(config, data=str(tmp_path)), tmp_path / "c")
    with pytest.raises(ConfigError, match=r"training\.row_length"):
        replace(config, training=replace(config.training, row_length=33))
    run(config, tmp_path / "runs")
    with pytest.raises(ConfigError, match=r"training\.seed: .* started with another value"):
        run(replace(config, training=replace(config.training, seed=5)), tmp_path / "runs")
