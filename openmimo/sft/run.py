"""Supervised fine-tuning (report 3.1): a base model's folder and tokenised dialogues to a model that answers. Read this first.

Samples are packed whole and only the answers are learnt. Resumes by itself.
"""

from dataclasses import asdict
from pathlib import Path

import torch

from openmimo.core.log import Progress
from openmimo.core.runs import RunFolder
from openmimo.engine.save import save
from openmimo.model.folder import read_folder
from openmimo.sft.config import SFTConfig
from openmimo.text.template import ChatTemplate
from openmimo.text.tokenizer import Tokenizer
from openmimo.train.batches import Batches
from openmimo.train.loop import train
from openmimo.train.optimiser import adamw


def run(config: SFTConfig, root: Path = Path("runs")) -> Path:
    """Fine-tune and give the folder of the finished model, bf16 in the default layout, with its tokenizer."""
    settings, source = config.training, Path(config.model)
    with RunFolder.open(root, "sft", config.name, asdict(config)) as folder:
        tokenizer = Tokenizer.from_folder(source)
        batches = Batches(Path(config.data), settings.rows, settings.row_length, settings.seed, split_documents=False)
        model = read_folder(source, torch.float32, settings.device)
        batches.shards.need_vocabulary(model.config.vocab_size)

        optimiser = adamw(model, settings.schedule.peak, settings.weight_decay)
        with Progress("sft", settings.schedule.steps) as progress:
            train(model, optimiser, batches, settings, folder, progress)

        final = folder.path / "final"
        save(final, model, tokenizer, ChatTemplate.from_folder(source))
    return final
