"""MiMo-7B as the report describes it, in the same form as `nano.py`: a function a stage, each value with its section.

It is there to be read, shown and held beside other recipes. This program trains on one device
in fp32, so that it takes 117 GiB of memory for the weights and the optimiser alone, and time
beyond all measure; a smaller one refuses before anything is read. The data is the user's:
shards under `runs/mimo_7b`, a folder a stage and domain.

The report speaks of about 25T tokens (2.1); the stages it gives sum to 23.784T (2.3), and those
stand here. What it is silent about is ours, and says so.
"""

from pathlib import Path

from openmimo.model.config import ModelConfig
from openmimo.pretrain.config import MTPConfig, PretrainConfig
from openmimo.sft.config import SFTConfig
from openmimo.train.config import Source, Stage, TrainingConfig
from openmimo.train.schedule import Schedule, constant

NAME = "mimo_7b"
HOME = Path("runs") / NAME  # where the data lies
B, T = 10**9, 10**12  # tokens

MODEL = ModelConfig(
    vocab_size=151_680,  # the released folders
    hidden_size=4096,  # 2.3
    intermediate_size=11_008,  # 2.3
    num_hidden_layers=36,  # 2.3
    num_attention_heads=32,  # 2.3
    num_key_value_heads=8,  # 2.3
    head_dim=128,  # 2.3
    max_position_embeddings=32_768,  # 2.1, stage 3
    rope_theta=640_000.0,  # 2.1, stage 3
    rms_norm_eps=1e-5,  # the released folders
    qkv_bias=True,  # the released folders
    num_nextn_predict_layers=1,  # 2.2: more gave nothing in training
)
CONTEXT, LONG_CONTEXT = 8_192, 32_768  # 2.1
ROWS, LONG_ROWS = 8, 2  # that go through the model at once: 65,536 tokens (ours)
BATCH, LONG_BATCH, SFT_BATCH = 2_560, 640, 128  # sequences of a step (2.3, 3.1)


def pretrain() -> PretrainConfig:
    """From nothing to MiMo-7B-Base in three stages (2.1, 2.3)."""
    return PretrainConfig(
        name=NAME,
        tokenizer=str(HOME / "tokenizer"),
        model=MODEL,
        stages=(
            Stage(
                name="all",
                # 2.1: everything but synthetic reasoning. Its shares are not told; these are ours.
                sources=_mixture("all", general=0.60, math=0.20, code=0.20),
                schedule=Schedule(peak=1.07e-4, final=3e-5, warmup=84 * B, constant=10_200 * B, cosine=7_500 * B),  # 2.3
                rows=ROWS,
                row_length=CONTEXT,
                accumulate=BATCH // ROWS,
                accumulate_warmup=168 * B,  # 2.3
                rope_theta=10_000.0,  # 2.1
                mtp_weight=0.3,  # 2.3
                mtp_weight_late=0.1,  # 2.3
                mtp_late_after=10_300 * B,  # 2.3
            ),
            Stage(
                name="math-and-code",
                # 2.1: math and code about 70 %. How much of each is ours.
                sources=_mixture("math-and-code", general=0.30, math=0.35, code=0.35),
                schedule=constant(3e-5, 4 * T),  # 2.3
                rows=ROWS,
                row_length=CONTEXT,
                accumulate=BATCH // ROWS,
                rope_theta=10_000.0,  # 2.1
                mtp_weight=0.1,  # 2.3
            ),
            Stage(
                name="reasoning",
                # 2.1: about 10 % synthetic answers to math, code and creative-writing queries, beside stage 2's mixture.
                sources=_mixture("reasoning", general=0.27, math=0.315, code=0.315, reasoning=0.10),
                schedule=Schedule(peak=3e-5, final=1e-5, warmup=0, constant=1_500 * B, cosine=500 * B),  # 2.3
                rows=LONG_ROWS,
                row_length=LONG_CONTEXT,
                accumulate=LONG_BATCH // LONG_ROWS,
                rope_theta=MODEL.rope_theta,  # 2.1
                mtp_weight=0.1,  # 2.3
            ),
        ),
        training=TrainingConfig(weight_decay=0.1, clip=1.0),  # 2.3; betas of 0.9 and 0.95 are in train/optimiser.py
        recipe=NAME,
    )


def mtp() -> MTPConfig:
    """The MTP layer copied to two more, which are tuned with the rest frozen (2.2). Length and rate are ours."""
    return MTPConfig(
        name=f"{NAME}-base",
        model=str(Path("runs") / "pretrain" / NAME / "final"),
        layers=3,  # 2.2
        stage=_tuning(pretrain().stages[-1]),
        training=TrainingConfig(),
        recipe=NAME,
    )


def sft() -> SFTConfig:
    """From the base model to MiMo-7B-SFT (3.1), on samples kept by `sft/rules.py`."""
    return SFTConfig(
        name=NAME,
        model=str(Path("runs") / "mtp" / f"{NAME}-base" / "final"),
        stage=Stage(
            name="sft",
            sources=(Source("dialogues", str(HOME / "dialogues")),),
            # 3.1: 500,000 samples at a constant rate. Their length and how often they are read are not told: one pass
            # over samples of 8,192 tokens is ours.
            schedule=constant(3e-5, 500_000 * 8_192),
            rows=LONG_ROWS,
            row_length=LONG_CONTEXT,  # 3.1: packed
            accumulate=SFT_BATCH // LONG_ROWS,
            mtp_weight=0.1,  # 2.2 says that MTP is trained here; the weight is ours
        ),
        training=TrainingConfig(),
        recipe=NAME,
    )


def mtp_again() -> MTPConfig:
    """The two copies tuned on after SFT has moved the trunk (ours)."""
    return MTPConfig(
        name=NAME,
        model=str(Path("runs") / "sft" / NAME / "final"),
        layers=3,
        stage=_tuning(sft().stage),
        training=TrainingConfig(),
        split_documents=False,
        recipe=NAME,
    )


def _mixture(stage: str, **weights: float) -> tuple[Source, ...]:
    return tuple(Source(domain, str(HOME / "documents" / stage / domain), weight) for domain, weight in weights.items())


def _tuning(like: Stage) -> Stage:
    return Stage(
        name="mtp",
        sources=like.sources,
        schedule=constant(3e-5, 10 * B),
        rows=like.rows,
        row_length=like.row_length,
        accumulate=like.accumulate,
        mtp_layers=3,
        mtp_weight=1.0,
    )
