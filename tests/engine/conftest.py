"""A tiny random model with a real tokenizer, as a folder and loaded."""

from pathlib import Path

import pytest
import torch

from openmimo.engine.load import Loaded, load
from openmimo.model.config import ModelConfig
from openmimo.model.folder import write_folder
from openmimo.model.mimo import MiMo
from openmimo.text.bpe import train_bpe
from openmimo.text.template import ChatTemplate


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny") / "model"
    tokenizer = train_bpe(["what is one plus two? it is three. 1 2 3"], 300)
    model = MiMo(ModelConfig(tokenizer.vocab_size, 32, 48, 2, 4, 2, 8, 96, num_nextn_predict_layers=1))
    model.start(1)
    write_folder(model, folder, dtype=torch.float32, generation_config={"eos_token_id": sorted(tokenizer.eos_ids)})
    tokenizer.save(folder)
    ChatTemplate().save(folder)
    return folder


@pytest.fixture
def tiny(tiny_folder: Path) -> Loaded:
    return load(str(tiny_folder))
