"""What pre-training can be asked. Imports no torch; `run.py` does it."""

from dataclasses import dataclass

from openmimo.core.errors import ConfigError
from openmimo.model.config import ModelConfig
from openmimo.train.config import TrainingConfig


@dataclass(frozen=True)
class PretrainConfig:
    """A pre-training from nothing on token shards."""

    name: str  # of the run
    data: str  # a folder of finished token shards
    tokenizer: str  # the folder of the tokenizer the shards were made with
    model: ModelConfig
    training: TrainingConfig

    def __post_init__(self) -> None:
        if self.training.row_length > self.model.max_position_embeddings:
            raise ConfigError(
                "training.row_length",
                f"{self.training.row_length} is longer than the model's context of {self.model.max_position_embeddings}",
                "use shorter rows, or a longer max_position_embeddings",
            )
