"""What supervised fine-tuning can be asked. Imports no torch; `run.py` does it."""

from dataclasses import dataclass

from openmimo.train.config import TrainingConfig


@dataclass(frozen=True)
class SFTConfig:
    """Fine-tuning of a model folder on dialogues already tokenised, of which only the answers are learnt."""

    name: str  # of the run
    data: str  # a folder of finished token shards with learn flags
    model: str  # the folder to start from, tokenizer included
    training: TrainingConfig
