"""nano, the model that ships: trained from nothing on two cores, on tasks of our own making.

A function a stage, in the order of the flow: `pretrain`, `mtp`, `sft`, `mtp_again`, and beside
each what makes its data. The form is the report's (2.1 to 2.3, 3.1) and stands beside it in
`mimo_7b.py`; sizes, rates and shares are ours. Read `corpus.py` for how a task becomes tokens.

The whole takes 19.3M tokens: 11.9M of pre-training, 6.0M of SFT and twice 0.7M of MTP tuning.
At 4,500 tokens a second of a training step on two cores that is 72 minutes. The optimiser is
Muon, not the report's AdamW: in 100 steps it went where AdamW took 130 (docs/lab-log.md).
"""

import random
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from openmimo.model.config import ModelConfig
from openmimo.pretrain.config import MTPConfig, PretrainConfig
from openmimo.recipes.corpus import make_tokenizer, reasoning, reply, worked, write_documents, write_kept_dialogues
from openmimo.sft.config import SFTConfig
from openmimo.sft.rules import Sample, grams_of, is_clean
from openmimo.tasks.families import BEYOND, draw, family_of
from openmimo.tasks.task import Task
from openmimo.text.tokenizer import Tokenizer
from openmimo.train.config import Source, Stage, TrainingConfig
from openmimo.train.schedule import Schedule, constant

NAME = "nano"
HOME = Path("runs") / NAME  # where the made data lies
VOCABULARY = 1024
# What the next training learns, by domain. This is the one place where a family joins it.
DOMAINS = {
    "general": (
        "word_problems",
        "calendar",
        "units",
        "comparison",
        "tables",
        "logic",
        "sorting",
        "graphs",
    ),
    "math": (
        "arithmetic",
        "percentages",
        "equations",
        "number_theory",
        "sequences",
        "decimals",
        "bases",
        "systems",
        "quadratics",
        "modular",
        "geometry",
        "statistics",
        "counting",
        "probability",
        "sets",
        "cases",
    ),
    "code": ("programs", "functions", "strings"),
}
# Of the shipped weights: a family that joined later is not among them until they are trained again.
FAMILIES = ("arithmetic", "percentages", "equations", "number_theory", "word_problems", "sequences", "calendar", "programs")
BEYOND_SHARE = 0.06  # of general documents, and of dialogues
TOKENIZER_TASKS, DIALOGUES = 20_000, 72_000
DOCUMENT_TOKENS = 90  # fewer than a document has on average over a domain, so that no stage reads its data twice
SHEET = 6  # tasks of a reasoning document, which fill most of the longer context
EVALUATED = 100  # tasks of a family and level that training must not overlap with; `openmimo eval` asks the first of them

MODEL = ModelConfig(
    vocab_size=VOCABULARY,
    hidden_size=256,
    intermediate_size=640,
    num_hidden_layers=6,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=64,
    max_position_embeddings=1024,
    # The report makes the context 4 times and the base 64 times as long: the context's growth cubed. 10,000 * (1024 / 384) ** 3 is 190,000.
    rope_theta=190_000.0,
    num_nextn_predict_layers=1,
)
ROWS, ROW, STEP = 21, 384, 21 * 384  # rows, their tokens, and the tokens of a step
LONG_ROWS, LONG_ROW, LONG_STEP = 8, 1024, 8 * 1024  # of stage 3: about as many tokens a step, as in the report


def pretrain() -> PretrainConfig:
    """From nothing to a base model in three stages, with the report's shares of the tokens: 75, 17 and 8 % (2.3)."""
    return PretrainConfig(
        name=NAME,
        tokenizer=str(HOME / "tokenizer"),
        model=MODEL,
        stages=(
            Stage(
                name="all",
                sources=_mixture("all", general=0.30, math=0.48, code=0.22),
                # 1,100 steps in the report's proportions, but for a longer warm-up, which few steps need.
                schedule=Schedule(peak=2.5e-3, final=7.0e-4, warmup=50 * STEP, constant=590 * STEP, cosine=460 * STEP),
                rows=ROWS,
                row_length=ROW,
                rope_theta=10_000.0,
                mtp_weight=0.3,
                mtp_weight_late=0.1,
                mtp_late_after=640 * STEP,  # where the cosine begins, as in the report
            ),
            Stage(
                name="math-and-code",
                sources=_mixture("math-and-code", general=0.30, math=0.48, code=0.22),  # about 70 % (2.1)
                schedule=constant(7.0e-4, 250 * STEP),
                rows=ROWS,
                row_length=ROW,
                rope_theta=10_000.0,
                mtp_weight=0.1,
            ),
            Stage(
                name="reasoning",
                sources=_mixture("reasoning", general=0.27, math=0.43, code=0.20, reasoning=0.10),  # about 10 % (2.1)
                # 90 and 30 steps: the report's 1.5T and 0.5T.
                schedule=Schedule(peak=7.0e-4, final=2.3e-4, warmup=0, constant=90 * LONG_STEP, cosine=30 * LONG_STEP),
                rows=LONG_ROWS,
                row_length=LONG_ROW,
                rope_theta=MODEL.rope_theta,
                mtp_weight=0.1,
            ),
        ),
        training=TrainingConfig(optimiser="muon", checkpoint_every=100, seed=1),
        recipe=NAME,
    )


def mtp() -> MTPConfig:
    """The base model's MTP layer copied to two more, which are tuned on the last stage's data (2.2)."""
    return MTPConfig(
        name=f"{NAME}-base",
        model=str(Path("runs") / "pretrain" / NAME / "final"),
        layers=3,
        stage=_tuning(pretrain().stages[-1]),
        training=TrainingConfig(optimiser="muon", checkpoint_every=100, seed=3),
        recipe=NAME,
    )


def sft() -> SFTConfig:
    """The same kinds of problems as dialogues, of which only the answers are learnt (3.1)."""
    return SFTConfig(
        name=NAME,
        model=str(Path("runs") / "mtp" / f"{NAME}-base" / "final"),
        stage=Stage(
            name="sft",
            sources=(Source("dialogues", str(HOME / "dialogues")),),
            # The report's rate is constant, and `constant(3e-4, 740 * STEP)` would be that; the one that falls was measured on the first nano only.
            schedule=Schedule(peak=1.0e-3, final=5.0e-5, warmup=30 * STEP, constant=260 * STEP, cosine=450 * STEP),
            rows=ROWS,
            row_length=ROW,
            mtp_weight=0.1,
        ),
        training=TrainingConfig(optimiser="muon", checkpoint_every=100, seed=2),
        recipe=NAME,
    )


def mtp_again() -> MTPConfig:
    """The two copies tuned on after SFT has moved the trunk (ours), on the dialogues."""
    return MTPConfig(
        name=NAME,
        model=str(Path("runs") / "sft" / NAME / "final"),
        layers=3,
        stage=_tuning(sft().stage),
        training=TrainingConfig(optimiser="muon", checkpoint_every=100, seed=4),
        split_documents=False,
        recipe=NAME,
    )


def tasks(seed: int, count: int, families: Sequence[str] = FAMILIES, beyond: float = BEYOND_SHARE) -> Iterator[Task]:
    """The stream of training tasks, a share of them `beyond` all families; only phrasings that are not held out."""
    rng = random.Random(seed)
    for _ in range(count):
        if rng.random() < beyond:
            yield BEYOND.make(rng, rng.choice(BEYOND.levels), False)
        else:
            yield draw(rng, families=families)


def evaluation_questions() -> Iterator[str]:
    """What `openmimo eval` asks of every family that is learnt, in both kinds of phrasings."""
    from openmimo.eval.heldout import heldout_tasks  # brings torch, and showing a recipe needs none

    for family in map(family_of, (*_families(), BEYOND.name)):
        for level in family.levels:
            for held_out in (False, True):
                yield from (task.problem for task in heldout_tasks(family, level, EVALUATED, held_out))


def documents(domain: str, seed: int, count: int, evaluation: frozenset[str]) -> Iterator[str]:
    """The texts of a domain, none of them with a question that shares a run of words with `evaluation`."""
    if domain == "reasoning":
        clean = (task for task in tasks(seed, count * SHEET, _families(), 0.0) if is_clean(task.problem, evaluation))
        while sheet := list(islice(clean, SHEET)):
            yield reasoning(sheet)
    else:
        for task in tasks(seed, count, DOMAINS[domain], BEYOND_SHARE if domain == "general" else 0.0):
            if is_clean(task.problem, evaluation):
                yield worked(task)


def make_documents(config: PretrainConfig) -> None:
    """Train the tokenizer and write the shards of every stage and domain, unless they are there."""
    tokenizer = make_tokenizer(Path(config.tokenizer), tasks(11, TOKENIZER_TASKS, _families()), config.model.vocab_size)
    evaluation = grams_of(evaluation_questions())
    for number, stage in enumerate(config.stages):
        total = sum(source.weight for source in stage.sources)
        for place, source in enumerate(stage.sources):
            length = DOCUMENT_TOKENS * (SHEET if source.domain == "reasoning" else 1)
            count = int(stage.schedule.tokens * source.weight / total / length)
            seed = 1000 + 10 * number + place
            write_documents(Path(source.data), tokenizer, documents(source.domain, seed, count, evaluation), count)


def make_dialogues(config: SFTConfig) -> None:
    """Write the fine-tuning shards with the base model's tokenizer, unless they are there, by the rules of SFT (3.1)."""
    samples = (Sample(task.problem, reply(task)) for task in tasks(13, DIALOGUES, _families()))
    tokenizer = Tokenizer.from_folder(Path(config.model))
    (source,) = config.stage.sources
    write_kept_dialogues(Path(source.data), tokenizer, samples, DIALOGUES, evaluation_questions(), config.against)


def _families() -> list[str]:
    return [family for families in DOMAINS.values() for family in families]


def _mixture(stage: str, **weights: float) -> tuple[Source, ...]:
    """Every stage has documents of its own: a task is as quickly made as read again."""
    return tuple(Source(domain, str(HOME / "documents" / stage / domain), weight) for domain, weight in weights.items())


def _tuning(like: Stage) -> Stage:
    """90 steps or so of the MTP layers alone on the data of another stage; rate and length are ours, the report gives none."""
    return Stage(
        name="mtp",
        sources=like.sources,
        schedule=Schedule(peak=7.0e-4, final=7.0e-5, warmup=5 * STEP, constant=30 * STEP, cosine=55 * STEP),
        rows=like.rows,
        row_length=like.row_length,
        mtp_layers=3,
        mtp_weight=1.0,
    )
