"""Hugging Face folders: reading a model tensor by tensor into place, and writing one shard by shard.

Everything that can be wrong is found from the headers before a weight is loaded. Knows no
tokenizer. `gguf.py` reads the other kind of file.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from openmimo.core.errors import OpenMimoError, WeightsError
from openmimo.core.files import read_json, whole_folder, write_json
from openmimo.core.memory import require
from openmimo.model.config import ModelConfig, from_hugging_face, to_hugging_face
from openmimo.model.mimo import MiMo

SINGLE, INDEX = "model.safetensors", "model.safetensors.index.json"
NAMED = 8  # tensors named in a message before it says how many more


def read_config(folder: Path) -> ModelConfig:
    """The config of a model folder."""
    return from_hugging_face(read_json(folder / "config.json"))


def check_vocabulary(config: ModelConfig, tokenizer_size: int) -> None:
    """Raise `WeightsError` if the tokenizer has ids that the model has no embedding for."""
    if tokenizer_size > config.vocab_size:
        raise WeightsError(
            f"the tokenizer has {tokenizer_size} tokens, and the model's vocabulary has {config.vocab_size}",
            "use the tokenizer that belongs to the weights",
        )


def weights_bytes(config: ModelConfig, dtype: torch.dtype) -> int:
    """What the weights take in memory."""
    return config.parameters * dtype.itemsize


def read_folder(folder: Path, dtype: torch.dtype | None = None, device: str | torch.device = "cpu") -> MiMo:
    """Load a model; without a `dtype`, in that of its first tensor.

    Raises `InputError` for a config that cannot be read, `WeightsError` naming the file or
    the tensors for weights that are broken or do not fit it, `NotEnoughMemory` before
    loading. Peak memory is the model and one tensor.
    """
    config = read_config(folder)
    headers = {path: read_header(path) for path in shard_paths(folder)}
    model = empty(config)
    expected = parameter_shapes(model)
    found = {name: tuple(entry["shape"]) for header in headers.values() for name, entry in header.items()}
    found = {name: shape for name, shape in found.items() if not _is_known_extra(name, config)}
    check_tensors(folder, expected, found)
    stored = next(entry["dtype"] for header in headers.values() for entry in header.values())
    dtype = dtype or {"BF16": torch.bfloat16, "F16": torch.float16}.get(stored, torch.float32)
    if torch.device(device).type == "cpu":
        require(weights_bytes(config, dtype), f"{folder} in {dtype}".replace("torch.", ""))
    for path in headers:
        with safe_open(path, framework="pt", device=str(device)) as file:
            for name in file.keys():  # noqa: SIM118 - not a dict
                if name in expected:
                    place(model, name, file.get_tensor(name).to(dtype))
    return finish(model)


def write_folder(
    model: MiMo,
    folder: Path,
    layout: str = "qwen2",
    dtype: torch.dtype = torch.bfloat16,
    shard_bytes: int = 5 * 10**9,
    generation_config: dict[str, Any] | None = None,
) -> None:
    """Write a model so that the folder is there whole or not at all.

    `qwen2` and `mimo` cannot say that there is no q/k/v bias, so a model without one gets
    zero biases in them. Raises `OpenMimoError` when the disk is full.
    """
    config = model.config
    values = to_hugging_face(config, layout, str(dtype).removeprefix("torch."))
    shards = list(_split(_tensors(model, layout, dtype), shard_bytes))
    try:
        with whole_folder(folder) as beside:
            write_json(beside / "config.json", values)
            write_json(beside / "generation_config.json", generation_config or {})
            names = (
                [SINGLE]
                if len(shards) == 1
                else [f"model-{number:05d}-of-{len(shards):05d}.safetensors" for number in range(1, len(shards) + 1)]
            )
            for name, shard in zip(names, shards, strict=True):
                save_file({tensor: _stored(model, tensor, dtype) for tensor, _ in shard}, beside / name, metadata={"format": "pt"})
                # The library makes files only their owner can read; a model's files are as readable as any other.
                shutil.copymode(beside / "config.json", beside / name)
            if len(shards) > 1:
                weight_map = {tensor: name for name, shard in zip(names, shards, strict=True) for tensor, _ in shard}
                write_json(
                    beside / INDEX,
                    {"metadata": {"total_size": sum(size for shard in shards for _, size in shard)}, "weight_map": weight_map},
                )
    except (OSError, SafetensorError) as error:
        raise OpenMimoError(f"{folder} could not be written: {error}", "free some disk space, or choose another folder") from error


def shard_paths(folder: Path) -> list[Path]:
    """The weight files of a folder; `WeightsError` names one that is missing."""
    if (folder / INDEX).exists():
        index = read_json(folder / INDEX)
        if not isinstance(index.get("weight_map"), dict):
            raise WeightsError(f"{folder / INDEX} has no weight_map", "copy it again from where the model came from")
        paths = [folder / name for name in sorted(set(index["weight_map"].values()))]
    else:
        paths = [folder / SINGLE]
    for path in paths:
        if not path.exists():
            raise WeightsError(f"{path} is missing", "copy the whole model folder")
    return paths


def read_header(path: Path) -> dict[str, Any]:
    """Names, types and shapes in a safetensors file; `WeightsError` if it is cut short or broken."""
    size = path.stat().st_size
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or 8 + length > size:
            raise WeightsError(
                f"{path} is cut short or no safetensors file: its header needs {8 + length} bytes, and it has {size}", "copy the file again"
            )
        try:
            header: dict[str, Any] = json.loads(file.read(length))
        except (json.JSONDecodeError, UnicodeDecodeError):
            raise WeightsError(f"{path} is no safetensors file: its header is not JSON", "copy the file again") from None
    header.pop("__metadata__", None)
    needed = 8 + length + max((entry["data_offsets"][1] for entry in header.values()), default=0)
    if needed != size:
        raise WeightsError(
            f"{path} is {'cut short' if size < needed else 'too long'}: it should have {needed} bytes and has {size}", "copy the file again"
        )
    return header


def check_tensors(where: Path, expected: dict[str, tuple[int, ...]], found: dict[str, tuple[int, ...]]) -> None:
    """Raise `WeightsError` naming tensors that are missing, unknown, or of another shape than the config's."""
    problems = []
    for what, names in (("missing", expected.keys() - found.keys()), ("unknown", found.keys() - expected.keys())):
        if names:
            problems.append(f"{len(names)} {what}: {_some(sorted(names))}")
    wrong = [
        f"{name} is {list(found[name])}, not {list(shape)}" for name, shape in expected.items() if name in found and found[name] != shape
    ]
    if wrong:
        problems.append(f"{len(wrong)} of another shape: {_some(wrong)}")
    if problems:
        raise WeightsError(
            f"the tensors in {where} do not fit its config; " + "; ".join(problems), "use the config and the weights of the same model"
        )


def empty(config: ModelConfig) -> MiMo:
    """A model without weights, to be filled by `place`."""
    with torch.device("meta"):
        return MiMo(config)


def parameter_shapes(model: MiMo) -> dict[str, tuple[int, ...]]:
    """The tensors a model is stored as; a tied head is not stored."""
    return {name: tuple(weight.shape) for name, weight in model.named_parameters()}


def place(model: MiMo, name: str, weight: Tensor) -> None:
    """Put one tensor where it belongs."""
    owner, _, leaf = name.rpartition(".")
    setattr(model.get_submodule(owner), leaf, nn.Parameter(weight))


def finish(model: MiMo) -> MiMo:
    """Tie the head once all tensors are in place."""
    if model.config.tie_word_embeddings:
        model.lm_head.weight = model.model.embed_tokens.weight
    return model


def _is_known_extra(name: str, config: ModelConfig) -> bool:
    """Tensors that folders may hold though nothing is lost without them: a tied head's copy, rotary tables of old writers."""
    return (name == "lm_head.weight" and config.tie_word_embeddings) or name.endswith("rotary_emb.inv_freq")


def _some(items: list[str]) -> str:
    more = f" and {len(items) - NAMED} more" if len(items) > NAMED else ""
    return ", ".join(items[:NAMED]) + more


def _tensors(model: MiMo, layout: str, dtype: torch.dtype) -> Iterator[tuple[str, int]]:
    """Names and sizes in bytes of what is to be written."""
    for name, weight in model.named_parameters():
        yield name, weight.numel() * dtype.itemsize
        if layout != "llama" and not model.config.qkv_bias and name.endswith(("q_proj.weight", "k_proj.weight", "v_proj.weight")):
            yield name.removesuffix("weight") + "bias", weight.shape[0] * dtype.itemsize


def _stored(model: MiMo, name: str, dtype: torch.dtype) -> Tensor:
    owner, _, leaf = name.rpartition(".")
    weight: Tensor | None = getattr(model.get_submodule(owner), leaf)
    if weight is None:
        beside: Tensor = model.get_parameter(f"{owner}.weight")
        return torch.zeros(beside.shape[0], dtype=dtype)
    return weight.detach().to("cpu", dtype).contiguous()


def _split(tensors: Iterator[tuple[str, int]], shard_bytes: int) -> Iterator[list[tuple[str, int]]]:
    """Tensors in order, as many in a shard as fit, at least one."""
    shard: list[tuple[str, int]] = []
    for tensor in tensors:
        if shard and sum(size for _, size in shard) + tensor[1] > shard_bytes:
            yield shard
            shard = []
        shard.append(tensor)
    yield shard
