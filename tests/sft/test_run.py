"""A whole fine-tuning, tiny: from a base folder to one that answers, learning only what is flagged."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from openmimo.core.errors import InputError
from openmimo.engine.load import load
from openmimo.engine.session import Session
from openmimo.model.config import ModelConfig
from openmimo.model.folder import write_folder
from openmimo.model.mimo import MiMo
from openmimo.recipes.corpus import make_tokenizer, reply, write_dialogues
from openmimo.sft.config import SFTConfig
from openmimo.sft.rules import Sample
from openmimo.sft.run import run
from openmimo.tasks.task import Task
from openmimo.text.template import ChatTemplate
from openmimo.text.tokenizer import Tokenizer
from openmimo.train.config import Source, Stage, TrainingConfig
from openmimo.train.schedule import Schedule, constant

TASKS = [Task("toy", 1, f"say {word}", f"The word is {word}.", word, "toy.0") for word in ("red", "blue", "green")] * 40
SAMPLES = [Sample(task.problem, reply(task)) for task in TASKS]
STEP = 8 * 64  # tokens


@pytest.fixture
def config(tmp_path: Path) -> SFTConfig:
    tokenizer = make_tokenizer(tmp_path / "tokenizer", TASKS, 300)
    model = MiMo(ModelConfig(tokenizer.vocab_size, 48, 64, 2, 4, 2, 12, 96, num_nextn_predict_layers=1))
    model.start(0)
    base = tmp_path / "base"
    write_folder(model, base, dtype=torch.float32)
    tokenizer.save(base)
    ChatTemplate().save(base)
    write_dialogues(tmp_path / "data", tokenizer, SAMPLES, len(SAMPLES))
    stage = Stage("sft", (Source("toys", str(tmp_path / "data")),), Schedule(1e-2, 1e-3, 3 * STEP, 40 * STEP, 20 * STEP), 8, 64)
    return SFTConfig("toy", str(base), stage, TrainingConfig(log_every=1, checkpoint_every=50, compile=False))


def test_it_answers_what_it_was_shown(config: SFTConfig, tmp_path: Path) -> None:
    final = run(config, tmp_path / "runs")
    session = Session(load(str(final)))
    for task in TASKS[:3]:
        answer = session.ask(task.problem, max_tokens=40)
        assert (answer.reasoning, answer.answer) == (task.steps, task.answer)
    lines = [json.loads(line) for line in (final.parent / "metrics.jsonl").read_text().splitlines()]
    assert lines[-1]["loss"] < 0.2 < lines[0]["loss"]
    assert lines[0]["learnt_tokens"] < lines[0]["tokens"]


def test_data_of_another_vocabulary_is_refused(config: SFTConfig, tmp_path: Path) -> None:
    other = make_tokenizer(tmp_path / "other", TASKS, 280)
    write_dialogues(tmp_path / "otherdata", other, SAMPLES, len(SAMPLES))
    with pytest.raises(InputError, match="made for a vocabulary of 2"):
        run(replace(config, stage=replace(config.stage, sources=(Source("toys", str(tmp_path / "otherdata")),))), tmp_path / "runs")


def test_the_rate_can_be_constant(config: SFTConfig, tmp_path: Path) -> None:
    final = run(replace(config, stage=replace(config.stage, schedule=constant(3e-5, 5 * STEP))), tmp_path / "runs")
    lines = [json.loads(line) for line in (final.parent / "metrics.jsonl").read_text().splitlines()]
    assert [line["rate"] for line in lines] == [3e-5] * 5


def test_samples_longer_than_a_row_are_left_out_and_that_is_said(
    config: SFTConfig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, long = config.stage.sources[0], Sample("say all", "<think>\n" + "red " * 100 + "\n</think>\nred")
    data = write_dialogues(tmp_path / "long", Tokenizer.from_folder(Path(config.model)), [*SAMPLES, long], len(SAMPLES) + 1)
    stage = replace(config.stage, sources=(replace(source, data=str(data)),), schedule=constant(1e-3, STEP))
    run(replace(config, stage=stage), tmp_path / "runs")
    assert "1 of 121 toys are longer than a row and left out" in capsys.readouterr().err
