"""A whole fine-tuning, tiny: from a base folder to one that answers, learning only what is flagged."""

import json
from pathlib import Path

import pytest
import torch

from openmimo.core.errors import InputError
from openmimo.engine.load import load
from openmimo.engine.session import Session
from openmimo.model.config import ModelConfig
from openmimo.model.folder import write_folder
from openmimo.model.mimo import MiMo
from openmimo.recipes.corpus import make_tokenizer, write_dialogues
from openmimo.sft.config import SFTConfig
from openmimo.sft.run import run
from openmimo.tasks.task import Task
from openmimo.text.template import ChatTemplate
from openmimo.train.config import TrainingConfig
from openmimo.train.schedule import Schedule

TASKS = [Task("toy", 1, f"say {word}", f"The word is {word}.", word, "toy.0") for word in ("red", "blue", "green")] * 40


@pytest.fixture
def config(tmp_path: Path) -> SFTConfig:
    tokenizer = make_tokenizer(tmp_path / "tokenizer", TASKS, 300)
    model = MiMo(ModelConfig(tokenizer.vocab_size, 48, 64, 2, 4, 2, 12, 96, num_nextn_predict_layers=1))
    model.start(0)
    base = tmp_path / "base"
    write_folder(model, base, dtype=torch.float32)
    tokenizer.save(base)
    ChatTemplate().save(base)
    write_dialogues(tmp_path / "data", tokenizer, TASKS, len(TASKS))
    training = TrainingConfig(Schedule(1e-2, 1e-3, 3, 40, 20), rows=8, row_length=64, log_every=1, checkpoint_every=50, compile=False)
    return SFTConfig("toy", str(tmp_path / "data"), str(base), training)


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
    write_dialogues(tmp_path / "otherdata", other, TASKS, len(TASKS))
    with pytest.raises(InputError, match="made for a vocabulary of 2"):
        run(SFTConfig("toy", str(tmp_path / "otherdata"), config.model, config.training), tmp_path / "runs")
