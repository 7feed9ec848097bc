"""Writing a model as one thing: weights, config, tokenizer and chat template in a folder. The other way round is `load.py`."""

from pathlib import Path

import torch

from openmimo.core.files import whole_folder
from openmimo.model.folder import write_folder
from openmimo.model.mimo import MiMo
from openmimo.text.template import ChatTemplate
from openmimo.text.tokenizer import Tokenizer


def save(
    folder: Path,
    model: MiMo,
    tokenizer: Tokenizer,
    template: ChatTemplate,
    layout: str = "qwen2",
    dtype: torch.dtype = torch.bfloat16,
    shard_bytes: int = 5 * 10**9,
    stop_ids: frozenset[int] | None = None,
) -> None:
    """Write a folder that `load`, transformers and vLLM read, whole or not at all.

    What ends a turn are `stop_ids`, or the tokenizer's own.
    """
    stops = sorted(tokenizer.eos_ids if stop_ids is None else stop_ids)
    with whole_folder(folder) as beside:
        write_folder(model, beside, layout, dtype, shard_bytes, {"eos_token_id": stops})
        tokenizer.save(beside)
        template.save(beside)
