"""A tiny model and tiny shards to train it on."""

from pathlib import Path

import numpy as np
import pytest

from openmimo.model.config import ModelConfig
from openmimo.train.config import Source, Stage
from openmimo.train.schedule import constant
from openmimo.train.shards import ShardWriter


@pytest.fixture
def config() -> ModelConfig:
    return ModelConfig(32, 16, 24, 2, 2, 1, 8, 64, num_nextn_predict_layers=1)


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    """A few hundred documents of counting sequences, which are easy to learn."""
    folder, rng = tmp_path / "shards", np.random.default_rng(0)
    writer = ShardWriter(folder, vocab_size=32, tokens_per_shard=1000)
    for _ in range(300):
        first, length = int(rng.integers(0, 10)), int(rng.integers(3, 20))
        writer.add([(first + place) % 32 for place in range(length)])
    writer.close()
    return folder


@pytest.fixture
def stage(shards: Path) -> Stage:
    """A stage on nothing but those."""
    return Stage("one", (Source("counting", str(shards)),), constant(1e-2, 10_000), rows=4, row_length=32)
