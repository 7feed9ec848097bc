"""A pre-training in three stages that takes seconds."""

from pathlib import Path

import pytest

from openmimo.model.config import ModelConfig
from openmimo.pretrain.config import PretrainConfig
from openmimo.text.bpe import train_bpe
from openmimo.train.config import Source, Stage, TrainingConfig
from openmimo.train.schedule import Schedule, constant
from openmimo.train.shards import ShardWriter

STEP = 4 * 32  # tokens


@pytest.fixture
def config(tmp_path: Path) -> PretrainConfig:
    """Ten steps, eight, and six of longer rows with another RoPE base; two domains in changing shares, and a third one late."""
    tokenizer = train_bpe(["one two three 1 2 3"], 270)
    tokenizer.save(tmp_path / "tokenizer")
    texts = {"sums": "{0} plus {0} is {1}", "words": "one two three {0} one two three", "reasoning": "{0} and {0} are {1}, so {1} it is"}
    for domain, text in texts.items():
        writer = ShardWriter(tmp_path / domain, tokenizer.vocab_size)
        for number in range(100):
            writer.add(tokenizer.encode(text.format(number, 2 * number)))
        writer.close()

    def mixture(**weights: float) -> tuple[Source, ...]:
        return tuple(Source(domain, str(tmp_path / domain), weight) for domain, weight in weights.items())

    return PretrainConfig(
        name="tiny",
        tokenizer=str(tmp_path / "tokenizer"),
        model=ModelConfig(tokenizer.vocab_size, 16, 24, 1, 2, 1, 8, 64, rope_theta=80_000.0, num_nextn_predict_layers=1),
        stages=(
            Stage("all", mixture(sums=0.5, words=0.5), Schedule(1e-2, 5e-3, 2 * STEP, 4 * STEP, 4 * STEP), 4, 32, rope_theta=10_000.0),
            Stage("sums", mixture(sums=0.7, words=0.3), constant(5e-3, 8 * STEP), 2, 32, accumulate=2, rope_theta=10_000.0, mtp_weight=0.1),
            Stage(
                "long", mixture(sums=0.6, words=0.3, reasoning=0.1), constant(1e-3, 6 * STEP), 2, 64, rope_theta=80_000.0, mtp_weight=0.1
            ),
        ),
        training=TrainingConfig(checkpoint_every=4, log_every=1, compile=False),
    )
