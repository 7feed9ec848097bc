"""What the served model is, in the words in which Ollama's clients show it: size, version, family, what it can do.

Knows no HTTP. Everything is read from the model and its files; nothing is computed of the weights.
"""

import hashlib
from datetime import UTC, datetime
from typing import Any

from openmimo.model.config import ModelConfig
from openmimo.serve.served import Served

PRECISIONS = {"torch.float32": "F32", "torch.bfloat16": "BF16", "torch.float16": "F16"}


def stored(served: Served) -> dict[str, Any]:
    """The files: bytes, time of the last change, and a digest that changes with their names, sizes or times."""
    path = served.loaded.path
    files = [path] if path.is_file() else sorted(file for file in path.iterdir() if file.is_file())
    found = [(file.name, stat.st_size, stat.st_mtime_ns) for file in files for stat in [file.stat()]]
    return {
        "modified_at": stamp(max(time for _, _, time in found) / 1e9),
        "size": sum(size for _, size, _ in found),
        "digest": hashlib.sha256(repr(found).encode()).hexdigest(),
    }


def details(served: Served) -> dict[str, Any]:
    """The kind of model, how many weights it has, and in what they are held."""
    loaded = served.loaded
    family = _family(loaded.model.config)
    return {
        "parent_model": "",
        "format": "gguf" if loaded.path.suffix == ".gguf" else "safetensors",
        "family": family,
        "families": [family],
        "parameter_size": _short(loaded.model.config.parameters),
        "quantization_level": PRECISIONS.get(str(loaded.model.lm_head.weight.dtype), ""),
    }


def shown(served: Served, thinks: bool) -> dict[str, Any]:
    """All of it, for a name that reasons or not; `parameters` are what the model's authors recommend."""
    config, family = served.loaded.model.config, _family(served.loaded.model.config)
    return {
        "parameters": "\n".join(f"{name} {value}" for name, value in served.sampling.items()),
        "template": served.loaded.template.source,
        "details": details(served),
        "model_info": {
            "general.architecture": family,
            "general.parameter_count": config.parameters,
            f"{family}.context_length": served.room,
            f"{family}.embedding_length": config.hidden_size,
            f"{family}.block_count": config.num_hidden_layers,
            f"{family}.feed_forward_length": config.intermediate_size,
            f"{family}.attention.head_count": config.num_attention_heads,
            f"{family}.attention.head_count_kv": config.num_key_value_heads,
        },
        "capabilities": ["completion", "tools", *(["thinking"] if thinks else [])],
        "modified_at": stored(served)["modified_at"],
    }


def stamp(seconds: float) -> str:
    """A time in Unix seconds as Ollama writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _family(config: ModelConfig) -> str:
    """The layout with this arithmetic."""
    return "mimo" if config.num_nextn_predict_layers else "qwen2" if config.qkv_bias else "llama"


def _short(parameters: int) -> str:
    for unit, size in (("B", 10**9), ("M", 10**6)):
        if parameters >= size:
            return f"{parameters / size:.1f}{unit}"
    return f"{parameters / 1000:.1f}K"
