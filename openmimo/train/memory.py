"""What a training needs of memory, refused before anything is read or made. Read `core/memory.py` for what there is."""

from openmimo.core.memory import require
from openmimo.model.config import ModelConfig

BYTES = 16  # of a weight: itself, its gradient, and AdamW's two moments, all in fp32


def require_training(config: ModelConfig, device: str) -> None:
    """Raise `NotEnoughMemory` where the weights and what the optimiser keeps of them do not fit; activations come on top.

    Only the CPU's memory is looked at; on another device the first allocation says it.
    """
    if device == "cpu":
        require(config.parameters * BYTES, f"training {config.parameters:,} weights")
