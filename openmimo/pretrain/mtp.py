"""MTP layers for drafting (report 2.2): a model folder's first MTP layer copied to more, and only the copies tuned. Read this first.

Runs after pre-training and again after SFT, which moves the trunk away from under the layers; there they are
tuned on from where they were, the first one too if it rested meanwhile. The rest of the model comes out bit for bit as it went in. Resumes by itself.
"""

from dataclasses import asdict
from pathlib import Path

import torch

from openmimo.core.log import Progress
from openmimo.core.runs import RunFolder
from openmimo.engine.save import save
from openmimo.model.folder import read_config, read_folder
from openmimo.pretrain.config import MTPConfig
from openmimo.text.template import ChatTemplate
from openmimo.text.tokenizer import Tokenizer
from openmimo.train.batches import Batches
from openmimo.train.loop import begin, train
from openmimo.train.memory import require_training
from openmimo.train.mtp import freeze_all_but_mtp, with_copies
from openmimo.train.optimiser import make_optimiser


def run(config: MTPConfig, root: Path = Path("runs")) -> Path:
    """Copy, tune and give the folder of the finished model, bf16 in the default layout, with its tokenizer."""
    settings, stage, source = config.training, config.stage, Path(config.model)
    require_training(read_config(source), settings.device)
    with RunFolder.open(root, "mtp", config.name, asdict(config)) as folder:
        tokenizer = Tokenizer.from_folder(source)
        batches = Batches(stage, settings.seed, config.split_documents)
        model = with_copies(read_folder(source, torch.float32, settings.device), config.layers)
        batches.need_vocabulary(model.config.vocab_size)

        freeze_all_but_mtp(model, config.first)
        optimiser = make_optimiser(settings.optimiser, model, stage.schedule.peak, settings.weight_decay)
        place = begin(model, optimiser, settings, folder)
        with Progress("mtp", stage.steps) as progress:
            train(model, optimiser, batches, settings, folder, progress, place)

        final = folder.path / "final"
        save(final, model, tokenizer, ChatTemplate.from_folder(source))
    return final
