"""`openmimo convert`: weights from one form to another, tokenizer and template included."""

from pathlib import Path
from typing import Literal

import tyro

from openmimo.core.errors import InputError


def main(
    source: tyro.conf.Positional[str],
    destination: tyro.conf.Positional[Path],
    layout: Literal["qwen2", "mimo", "llama"] = "qwen2",
    dtype: Literal["bfloat16", "float32", "float16"] = "bfloat16",
    shard_gb: float = 5.0,
) -> int:
    """Write a model as a Hugging Face folder: safetensors, config, tokenizer, chat template.

    The default layout loads in vLLM with its MTP layers and in transformers as a trunk,
    with no remote code. `mimo` is the layout of the released MiMo-7B folders. A model
    without q/k/v bias gets zero biases in both, which changes nothing in what it computes.

    Args:
        source: A model's name, a folder, or a .gguf file.
        destination: The folder to write; it must not hold anything yet.
        layout: How config.json names the architecture.
        dtype: Of the weights written.
        shard_gb: The largest file of weights, in gigabytes (10^9 bytes).
    """
    import torch

    from openmimo.engine.load import load
    from openmimo.engine.save import save

    if destination.exists() and (not destination.is_dir() or any(destination.iterdir())):
        raise InputError(f"{destination} is there already", "name a folder that does not exist yet")
    if shard_gb <= 0:
        raise InputError(f"--shard-gb {shard_gb} leaves no room for weights", "use a number above 0")
    # As stored, so that nothing is rounded twice and memory is the file's size.
    loaded = load(source, dtype=getattr(torch, dtype))
    chosen = getattr(torch, dtype)
    save(destination, loaded.model, loaded.tokenizer, loaded.template, layout, chosen, int(shard_gb * 10**9), loaded.stop_ids)
    print(destination)
    return 0
