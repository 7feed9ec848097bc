"""nano, the model that ships: trained from nothing on two cores, on tasks of our own making.

A function a stage, in the order of the flow: `corpus`, `tokenizer`, `pretrain`, `dialogues`,
`sft`. Sizes, rates and shares are ours, chosen so that the whole takes about 80 minutes on
two cores; the shape of the schedules and the optimiser are the report's (2.3, 3.1).
"""

import random
from collections.abc import Iterator
from pathlib import Path

from openmimo.model.config import ModelConfig
from openmimo.pretrain.config import PretrainConfig
from openmimo.recipes.corpus import make_tokenizer, write_dialogues, write_documents
from openmimo.sft.config import SFTConfig
from openmimo.tasks.families import BEYOND, draw
from openmimo.tasks.task import Task
from openmimo.text.tokenizer import Tokenizer
from openmimo.train.config import TrainingConfig
from openmimo.train.schedule import Schedule

HOME = Path("runs") / "nano"  # where the made data lies
VOCABULARY = 1024
ROW = 384
TOKENIZER_TASKS, DOCUMENTS, DIALOGUES = 20_000, 200_000, 72_000
# Of the shipped weights: a family that joined later is not among them until they are trained again.
FAMILIES = ("arithmetic", "percentages", "equations", "number_theory", "word_problems", "sequences", "calendar", "programs")
BEYOND_SHARE = 0.06  # of the tasks, in both stages

MODEL = ModelConfig(
    vocab_size=VOCABULARY,
    hidden_size=256,
    intermediate_size=640,
    num_hidden_layers=6,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=64,
    max_position_embeddings=1024,
    rope_theta=10_000.0,
    num_nextn_predict_layers=1,
)


def tasks(seed: int, count: int) -> Iterator[Task]:
    """The stream of training tasks; only phrasings that are not held out."""
    rng = random.Random(seed)
    for _ in range(count):
        if rng.random() < BEYOND_SHARE:
            yield BEYOND.make(rng, rng.choice(BEYOND.levels), False)
        else:
            yield draw(rng, families=FAMILIES)


def pretrain() -> PretrainConfig:
    """Stage 1: next-token and one-further prediction on problems with their written solutions."""
    return PretrainConfig(
        name="nano",
        data=str(HOME / "documents"),
        tokenizer=str(HOME / "tokenizer"),
        model=MODEL,
        training=TrainingConfig(
            schedule=Schedule(peak=2.5e-3, final=1.0e-3, warmup=100, constant=900, cosine=500),
            rows=21,
            row_length=ROW,
            mtp_weight=0.3,
            mtp_weight_late=0.1,
            mtp_late_from=0.7,
            checkpoint_every=200,
            seed=1,
        ),
    )


def sft() -> SFTConfig:
    """Stage 2: the same kinds of problems as dialogues, of which only the answers are learnt."""
    return SFTConfig(
        name="nano",
        data=str(HOME / "dialogues"),
        model=str(Path("runs") / "pretrain" / "nano" / "final"),
        training=TrainingConfig(
            schedule=Schedule(peak=1.0e-3, final=5.0e-5, warmup=30, constant=270, cosine=500),
            rows=21,
            row_length=ROW,
            mtp_weight=0.1,
            mtp_weight_late=0.1,
            checkpoint_every=200,
            seed=2,
        ),
    )


def make_documents(config: PretrainConfig) -> None:
    """Train the tokenizer and write the pre-training shards, unless they are there."""
    tokenizer = make_tokenizer(Path(config.tokenizer), tasks(11, TOKENIZER_TASKS), config.model.vocab_size)
    write_documents(Path(config.data), tokenizer, tasks(12, DOCUMENTS), DOCUMENTS)


def make_dialogues(config: SFTConfig) -> None:
    """Write the fine-tuning shards with the base model's tokenizer, unless they are there."""
    write_dialogues(Path(config.data), Tokenizer.from_folder(Path(config.model)), tasks(13, DIALOGUES), DIALOGUES)
