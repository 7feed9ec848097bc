"""Pre-training (report 2.1, 2.3): from fresh weights and token shards, stage by stage, to a base model's folder. Read this first.

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
from openmimo.train.loop import begin, train
from openmimo.train.memory import require_training
from openmimo.train.optimiser import make_optimiser


def run(config: PretrainConfig, root: Path = Path("runs")) -> Path:
    """Train and give the folder of the finished model, bf16 in the default layout, with its tokenizer."""
    settings = config.training
    require_training(config.model, settings.device)
    with RunFolder.open(root, "pretrain", config.name, asdict(config)) as folder:
        tokenizer = Tokenizer.from_folder(Path(config.tokenizer))
        check_vocabulary(config.model, tokenizer.vocab_size)
        # The data of all stages is opened first: what is missing is to be known before the first step, not days later.
        mixtures = [Batches(stage, settings.seed, split_documents=True, number=number) for number, stage in enumerate(config.stages)]
        for batches in mixtures:
            batches.need_vocabulary(config.model.vocab_size)

        model = MiMo(config.model)
        model.start(settings.seed)
        model.to(settings.device)
        optimiser = make_optimiser(settings.optimiser, model, config.stages[0].schedule.peak, settings.weight_decay)
        place = begin(model, optimiser, settings, folder)
        with Progress("pretrain", config.steps) as progress:
            for stage, batches in zip(config.stages, mixtures, strict=True):
                model.config = config.model.with_(rope_theta=stage.rope_theta or config.model.rope_theta)
                place = train(model, optimiser, batches, settings, folder, progress, place)

        final = folder.path / "final"
        save(final, model, tokenizer, ChatTemplate())
    return final
