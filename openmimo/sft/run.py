"""Supervised fine-tuning (report 3.1): a base model's folder and tokenised dialogues to a model that answers. Read this first.

Samples are packed whole and only the answers are learnt. Which samples those are is
`rules.py`. Resumes by itself.
"""

import sys
from dataclasses import asdict
from pathlib import Path

import torch

from openmimo.core.log import Progress
from openmimo.core.runs import RunFolder
from openmimo.engine.save import save
from openmimo.model.folder import read_config, read_folder
from openmimo.sft.config import SFTConfig
from openmimo.text.template import ChatTemplate
from openmimo.text.tokenizer import Tokenizer
from openmimo.train.batches import Batches
from openmimo.train.loop import begin, train
from openmimo.train.memory import require_training
from openmimo.train.optimiser import make_optimiser


def run(config: SFTConfig, root: Path = Path("runs")) -> Path:
    """Fine-tune and give the folder of the finished model, bf16 in the default layout, with its tokenizer."""
    settings, stage, source = config.training, config.stage, Path(config.model)
    require_training(read_config(source), settings.device)
    with RunFolder.open(root, "sft", config.name, asdict(config)) as folder:
        tokenizer = Tokenizer.from_folder(source)
        batches = Batches(stage, settings.seed, split_documents=False)
        model = read_folder(source, torch.float32, settings.device)
        batches.need_vocabulary(model.config.vocab_size)
        for domain in batches.domains:
            if domain.left_out:
                print(f"{domain.left_out:,} of {len(domain.shards):,} {domain.name} are longer than a row and left out", file=sys.stderr)

        optimiser = make_optimiser(settings.optimiser, model, stage.schedule.peak, settings.weight_decay)
        place = begin(model, optimiser, settings, folder)
        with Progress("sft", stage.steps) as progress:
            train(model, optimiser, batches, settings, folder, progress, place)

        final = folder.path / "final"
        save(final, model, tokenizer, ChatTemplate.from_folder(source))
    return final
