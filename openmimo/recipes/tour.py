"""The whole recipe in minutes: nano's stages in small, on three families, for `openmimo tour`.

The same functions as in `nano.py`, for a model of 2M parameters. `scale` shortens every
stage in proportion; below 1 there is nothing to be expected of the model.
"""

from dataclasses import dataclass
from pathlib import Path

from openmimo.model.config import ModelConfig
from openmimo.pretrain.config import MTPConfig, PretrainConfig
from openmimo.recipes.task_data import TaskData
from openmimo.sft.config import SFTConfig
from openmimo.train.config import Source, Stage, TrainingConfig
from openmimo.train.schedule import Schedule, constant

NAME = "tour"
MODEL = ModelConfig(
    vocab_size=512,
    hidden_size=192,
    intermediate_size=512,
    num_hidden_layers=4,
    num_attention_heads=3,
    num_key_value_heads=1,
    head_dim=64,
    max_position_embeddings=512,
    rope_theta=80_000.0,  # twice the context's growth, cubed: see nano.py
    num_nextn_predict_layers=1,
)
ROWS, ROW, LONG_ROWS, LONG_ROW = 16, 256, 8, 512
STEP = ROWS * ROW


@dataclass(frozen=True)
class Tour:
    """The recipe with its runs and data below `root`; `scale` is a share of the steps."""

    root: Path = Path("runs") / NAME
    scale: float = 1.0

    @property
    def data(self) -> TaskData:
        """Sums and differences, sequences and the calendar, at the two easiest levels."""
        return TaskData(
            home=self.root / "data",
            domains={"general": ("calendar",), "math": ("arithmetic", "sequences")},
            tokenizer_tasks=max(300, round(5_000 * self.scale)),
            dialogues=max(400, round(20_000 * self.scale)),
            document_tokens=45,
            levels=(1, 2),
        )

    def pretrain(self) -> PretrainConfig:
        """As nano's: all, then more mathematics, then sheets of reasoning in a longer context."""
        return PretrainConfig(
            name=NAME,
            tokenizer=str(self.data.tokenizer),
            model=MODEL,
            stages=(
                Stage(
                    name="all",
                    sources=self.data.mixture("all", general=0.5, math=0.5),
                    schedule=Schedule(
                        peak=4.0e-3, final=1.0e-3, warmup=self._tokens(20), constant=self._tokens(120), cosine=self._tokens(100)
                    ),
                    rows=ROWS,
                    row_length=ROW,
                    rope_theta=10_000.0,
                    mtp_weight=0.3,
                    mtp_late_after=self._tokens(140),
                ),
                Stage(
                    name="math",
                    sources=self.data.mixture("math", general=0.3, math=0.7),
                    schedule=constant(1.0e-3, self._tokens(50)),
                    rows=ROWS,
                    row_length=ROW,
                    rope_theta=10_000.0,
                    mtp_weight=0.1,
                ),
                Stage(
                    name="reasoning",
                    sources=self.data.mixture("reasoning", general=0.3, math=0.6, reasoning=0.1),
                    schedule=Schedule(peak=1.0e-3, final=3.0e-4, warmup=0, constant=self._tokens(20), cosine=self._tokens(10)),
                    rows=LONG_ROWS,
                    row_length=LONG_ROW,
                    rope_theta=MODEL.rope_theta,
                    mtp_weight=0.1,
                ),
            ),
            training=self._training(1),
            recipe=NAME,
        )

    def mtp(self) -> MTPConfig:
        """The MTP layer copied twice, and the copies tuned."""
        return MTPConfig(
            name=f"{NAME}-base",
            model=str(self.root / "pretrain" / NAME / "final"),
            layers=3,
            stage=self._tuning(self.pretrain().stages[-1]),
            training=self._training(3),
            recipe=NAME,
        )

    def sft(self) -> SFTConfig:
        """Dialogues, of which the answers are learnt."""
        return SFTConfig(
            name=NAME,
            model=str(self.root / "mtp" / f"{NAME}-base" / "final"),
            stage=Stage(
                name="sft",
                sources=(Source("dialogues", str(self.data.home / "dialogues")),),
                schedule=Schedule(peak=1.5e-3, final=1.0e-4, warmup=self._tokens(10), constant=self._tokens(150), cosine=self._tokens(240)),
                rows=ROWS,
                row_length=ROW,
                mtp_weight=0.1,
            ),
            training=self._training(2),
            recipe=NAME,
        )

    def mtp_again(self) -> MTPConfig:
        """The copies tuned on after SFT."""
        return MTPConfig(
            name=NAME,
            model=str(self.root / "sft" / NAME / "final"),
            layers=3,
            stage=self._tuning(self.sft().stage),
            training=self._training(4),
            split_documents=False,
            recipe=NAME,
        )

    def _tokens(self, steps: int) -> int:
        return max(1, round(steps * self.scale)) * STEP

    def _training(self, seed: int) -> TrainingConfig:
        return TrainingConfig(optimiser="muon", checkpoint_every=50, log_every=5, seed=seed)

    def _tuning(self, like: Stage) -> Stage:
        return Stage(
            name="mtp",
            sources=like.sources,
            schedule=Schedule(peak=1.0e-3, final=1.0e-4, warmup=0, constant=self._tokens(10), cosine=self._tokens(20)),
            rows=like.rows,
            row_length=like.row_length,
            mtp_layers=3,
            mtp_weight=1.0,
        )
