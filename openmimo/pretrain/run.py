"""Pre-training (report 2.3): from fresh weights and token shards to a base model's folder. Read this first.

Resumes by itself: the same command goes on from the run's last checkpoint, bit for bit.
"""

from dataclasses import asdict
from pathlib import Path

from openmimo.core.log import Progress
from openmimo.core.runs import RunFolder
from openmimo.engine.save import save
from openmimo.model.folder import check_vocabulary
from openmimo.model.mimo import MiMo
from openmimo.pretrain.config import PretrainConfig
from openmimo.text.template import ChatTemplate
from openmimo.text.tokenizer import Tokenizer
from openmimo.train.batches import Batches
from openmimo.train.loop import train
from openmimo.train.optimiser import adamw


def run(config: PretrainConfig, root: Path = Path("runs")) -> Path:
    """Train and give the folder of the finished model, bf16 in the default layout, with its tokenizer."""
    settings = config.training
    with RunFolder.open(root, "pretrain", config.name, asdict(config)) as folder:
        tokenizer = Tokenizer.from_folder(Path(config.tokenizer))
        check_vocabulary(config.model, tokenizer.vocab_size)
        batches = Batches(Path(config.data), settings.rows, settings.row_length, settings.seed, split_documents=True)
        batches.shards.need_vocabulary(config.model.vocab_size)

        model = MiMo(config.model)
        model.start(settings.seed)
        model.to(settings.device)
        optimiser = adamw(model, settings.schedule.peak, settings.weight_decay)
        with Progress("pretrain", settings.schedule.steps) as progress:
            train(model, optimiser, batches, settings, folder, progress)

        final = folder.path / "final"
        save(final, model, tokenizer, ChatTemplate())
    return final
