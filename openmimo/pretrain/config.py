"""What pre-training can be asked. Imports no torch; `run.py` and `mtp.py` do it."""

from dataclasses import dataclass

from openmimo.core.errors import ConfigError
from openmimo.model.config import ModelConfig
from openmimo.train.config import Stage, TrainingConfig


@dataclass(frozen=True)
class PretrainConfig:
    """A pre-training from nothing, in stages, on token shards."""

    name: str  # of the run
    tokenizer: str  # the folder of the tokenizer the shards were made with
    model: ModelConfig  # as the last stage leaves it
    stages: tuple[Stage, ...]
    training: TrainingConfig
    recipe: str = ""  # whose data is made where it is missing

    def __post_init__(self) -> None:
        if not self.stages:
            raise ConfigError("stages", "there are none", "give at least one")
        for number, stage in enumerate(self.stages):
            if stage.row_length > self.model.max_position_embeddings:
                raise ConfigError(
                    f"stages.{number}.row_length",
                    f"{stage.row_length} is longer than the model's context of {self.model.max_position_embeddings}",
                    "use shorter rows, or a longer max_position_embeddings",
                )
        last = self.stages[-1].rope_theta
        if last is not None and last != self.model.rope_theta:
            raise ConfigError(
                "model.rope_theta",
                f"is {self.model.rope_theta}, and the last stage trains with {last}",
                "give the model the base it is to be used with",
            )

    @property
    def steps(self) -> int:
        """The optimiser steps of all stages."""
        return sum(stage.steps for stage in self.stages)


@dataclass(frozen=True)
class MTPConfig:
    """The first MTP layer of a model folder copied to more, and the copies tuned with the rest frozen (report 2.2)."""

    name: str  # of the run
    model: str  # the folder to start from, tokenizer included
    layers: int  # MTP layers of the finished model, the first one counted
    stage: Stage
    training: TrainingConfig
    first: bool = (
        False  # tune the first layer, too, which the report does not after pre-training; ours, where it rested while the trunk was trained
    )
    split_documents: bool = True  # cut what is longer than a row, as in pre-training, or leave it out, as in SFT
    recipe: str = ""  # whose data is made where it is missing

    def __post_init__(self) -> None:
        if self.layers < 2:
            raise ConfigError("layers", f"must be at least 2, not {self.layers}", "the report has 3: the one trained, and two copies")
        if self.stage.mtp_layers != self.layers:
            raise ConfigError(
                "stage.mtp_layers", f"is {self.stage.mtp_layers}, and the model is to have {self.layers}", "give both the same"
            )
        if not self.stage.mtp_weight:
            raise ConfigError("stage.mtp_weight", "is 0, and nothing else is tuned", "use 1")
