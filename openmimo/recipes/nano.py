"""nano, the model that ships: trained from nothing on two cores, on tasks of our own making.

A function a stage, in the order of the flow: `pretrain`, `mtp`, `sft`, `mtp_again`, `rl`; `DATA` makes
what they read. The form is the report's (2.1 to 2.3, 3.1) and stands beside it in
`mimo_7b.py`; sizes, rates and shares are ours. Read `task_data.py` for the data.

The whole takes 27.0M tokens: 9.6M of pre-training, 15.2M of SFT, and 0.5M and 1.7M of MTP
tuning. The weights that ship were made with it in 105 minutes on two cores that did other work,
too, and are right in 72 % of held-out tasks (docs/nano.md, docs/lab-log.md).
"""

from pathlib import Path
from typing import Any

from openmimo.model.config import ModelConfig
from openmimo.pretrain.config import MTPConfig, PretrainConfig
from openmimo.recipes.task_data import TaskData
from openmimo.rl.config import RLConfig
from openmimo.rl.presets import preset
from openmimo.sft.config import SFTConfig
from openmimo.train.config import Source, Stage, TrainingConfig
from openmimo.train.schedule import Schedule, constant

NAME = "nano"
VOCABULARY = 1024
DATA = TaskData(
    home=Path("runs") / NAME,
    # What is learnt, by domain. This is the one place where a family joins it.
    domains={
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
    },
    tokenizer_tasks=20_000,
    dialogues=125_000,
    document_tokens=115,
)
MODEL = ModelConfig(
    vocab_size=VOCABULARY,
    hidden_size=256,
    intermediate_size=640,
    num_hidden_layers=6,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=64,
    max_position_embeddings=1024,
    # The report makes the context 4 times and the base 64 times as long: the context's growth cubed. Here it doubles.
    rope_theta=80_000.0,
    num_nextn_predict_layers=1,
)
ROWS, ROW, STEP = 4, 512, 4 * 512  # rows, their tokens, and the tokens of a step
LONG_ROWS, LONG_ROW, LONG_STEP = 2, 1024, 2 * 1024  # of stage 3: as many tokens a step, as in the report
DIALOGUE_ROWS, DIALOGUE_STEP = 8, 8 * ROW  # of SFT


def pretrain() -> PretrainConfig:
    """From nothing to a base model in three stages, with the report's shares of the tokens: 75, 17 and 8 % (2.3)."""
    return PretrainConfig(
        name=NAME,
        tokenizer=str(DATA.tokenizer),
        model=MODEL,
        stages=(
            Stage(
                name="all",
                sources=DATA.mixture("all", general=0.30, math=0.48, code=0.22),
                # 3,520 steps in the report's proportions, but for a longer warm-up, which few steps need.
                schedule=Schedule(peak=2.5e-3, final=7.0e-4, warmup=100 * STEP, constant=1900 * STEP, cosine=1520 * STEP),
                rows=ROWS,
                row_length=ROW,
                rope_theta=10_000.0,
                mtp_weight=0.3,
                mtp_weight_late=0.1,
                mtp_late_after=2000 * STEP,  # where the cosine begins, as in the report
            ),
            Stage(
                name="math-and-code",
                sources=DATA.mixture("math-and-code", general=0.30, math=0.48, code=0.22),  # about 70 % (2.1)
                schedule=constant(7.0e-4, 790 * STEP),
                rows=ROWS,
                row_length=ROW,
                rope_theta=10_000.0,
                mtp_weight=0.1,
            ),
            Stage(
                name="reasoning",
                sources=DATA.mixture("reasoning", general=0.27, math=0.43, code=0.20, reasoning=0.10),  # about 10 % (2.1)
                # 295 and 100 steps: the report's 1.5T and 0.5T.
                schedule=Schedule(peak=7.0e-4, final=2.3e-4, warmup=0, constant=295 * LONG_STEP, cosine=100 * LONG_STEP),
                rows=LONG_ROWS,
                row_length=LONG_ROW,
                rope_theta=MODEL.rope_theta,
                mtp_weight=0.1,
            ),
        ),
        training=TrainingConfig(optimiser="muon", checkpoint_every=300, seed=1),
        recipe=NAME,
    )


def mtp() -> MTPConfig:
    """The base model's MTP layer copied to two more, which are tuned on the last stage's data (2.2)."""
    return MTPConfig(
        name=f"{NAME}-base",
        model=str(Path("runs") / "pretrain" / NAME / "final"),
        layers=3,
        stage=_tuning(pretrain().stages[-1], 240),
        training=TrainingConfig(optimiser="muon", checkpoint_every=300, seed=3),
        recipe=NAME,
    )


def sft() -> SFTConfig:
    """The same kinds of problems as dialogues, of which only the answers are learnt (3.1)."""
    return SFTConfig(
        name=NAME,
        model=str(Path("runs") / "mtp" / f"{NAME}-base" / "final"),
        stage=Stage(
            name="sft",
            sources=(Source("dialogues", str(DATA.home / "dialogues")),),
            # The report's rate is constant; here most of what is learnt is learnt while it falls. MTP rests, and is tuned afterwards.
            schedule=Schedule(
                peak=1.0e-3, final=3.0e-5, warmup=100 * DIALOGUE_STEP, constant=800 * DIALOGUE_STEP, cosine=2800 * DIALOGUE_STEP
            ),
            rows=DIALOGUE_ROWS,
            row_length=ROW,
            mtp_weight=0.0,
        ),
        training=TrainingConfig(optimiser="muon", checkpoint_every=300, seed=2),
        recipe=NAME,
    )


def mtp_again() -> MTPConfig:
    """All three layers tuned on after SFT has moved the trunk (ours), on the dialogues."""
    return MTPConfig(
        name=NAME,
        model=str(Path("runs") / "sft" / NAME / "final"),
        layers=3,
        stage=_tuning(sft().stage, 400),
        training=TrainingConfig(optimiser="muon", checkpoint_every=300, seed=4),
        first=True,
        split_documents=False,
        recipe=NAME,
    )


def rl(settings: str = "default", /, **changes: Any) -> RLConfig:
    """From the nano that ships on, on the levels of one family that it solves sometimes but not always (3.3), by the `settings` of a preset; fields may be changed, and `problems` of a file take the place of ours.

    One family, because what a step teaches is little beside its noise: in the minutes that two cores have, 27 families at once
    gain next to nothing (docs/lab-log.md). Rates and steps are ours.
    """
    own: dict[str, Any] = {
        "name": NAME,
        "model": NAME,
        "families": ("calendar",),
        "between": (0.1, 0.8),
        "problems_each": 400,
        "groups": 16,
        "group_size": 8,
        "slots": 32,
        "max_tokens": 256,  # these answers have 50 on average
        "optimiser": "muon",  # as in all stages before
        "rate": 1e-4,
        "norm_times": 200.0,  # nano is unsure where it need not be: taking the likeliest token it is right far more often than drawing
        "steps": 100,
        "decay": 25,
        "row_length": 256,  # answers are short, and attention within a row costs its square
        "rows": 16,
        "validate_every": 25,
    }
    if changes.get("tokens"):
        del own["decay"]  # nobody knows which steps will be the last
    if "problems" in changes:
        del own["families"], own["between"]
    return preset(settings, **(own | changes))


def _tuning(like: Stage, steps: int) -> Stage:
    """So many steps, and 10 before them, of the MTP layers alone on the data of another stage; rate and length are ours, the report gives none."""
    step = like.batch_tokens
    return Stage(
        name="mtp",
        sources=like.sources,
        schedule=Schedule(peak=7.0e-4, final=7.0e-5, warmup=10 * step, constant=steps // 3 * step, cosine=(steps - steps // 3) * step),
        rows=like.rows,
        row_length=like.row_length,
        mtp_layers=3,
        mtp_weight=1.0,
    )
