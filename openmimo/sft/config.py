"""What supervised fine-tuning can be asked. Imports no torch; `run.py` does it."""

from dataclasses import dataclass

from openmimo.train.config import Stage, TrainingConfig


@dataclass(frozen=True)
class SFTConfig:
    """Fine-tuning of a model folder on dialogues already tokenised, of which only the answers are learnt."""

    name: str  # of the run
    model: str  # the folder to start from, tokenizer included
    stage: Stage  # its sources are token shards with learn flags
    training: TrainingConfig
    against: tuple[str, ...] = ()  # .jsonl files of questions that no training query may overlap with (rules.py)
    recipe: str = ""  # whose data is made where it is missing
