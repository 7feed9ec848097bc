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
STORED = {"F64": torch.float32, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}  # what can be read, and as what


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
    """Load a model; without a `dtype`, in that of its first tensor (`STORED`).

    Raises `InputError` for a config that cannot be read, `WeightsError` naming the file or
    the tensors for weights that are broken or do not fit it, `NotEnoughMemory` before
    loading. Peak memory is the model and one tensor.
    """
    config = read_config(folder)
    headers = {
        path: {name: entry for name, entry in read_header(path).items() if not _is_known_extra(name, config)}
        for path in shard_paths(folder)
    }
    _check_index(folder, headers, config)
    model = empty(config)
    expected = parameter_shapes(model)
    entries = {name: entry for header in headers.values() for name, entry in header.items()}
    check_tensors(folder, expected, {name: tuple(entry["shape"]) for name, entry in entries.items()})
    _check_types(folder, entries)
    dtype = dtype or STORED[next(iter(entries.values()))["dtype"]]
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
    names = sorted(set(_weight_map(folder).values())) if (folder / INDEX).exists() else [SINGLE]
    for name in names:
        if not (folder / name).is_file():
            raise WeightsError(f"{folder / name} is missing", "copy the whole model folder")
    return [folder / name for name in names]


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
            header: dict[str, Any] = {name: entry for name, entry in json.loads(file.read(length)).items() if name != "__metadata__"}
            needed = 8 + length + max((int(entry["data_offsets"][1]) for entry in header.values()), default=0)
        except ValueError:
            raise WeightsError(f"{path} is no safetensors file: its header is not JSON", "copy the file again") from None
        except (AttributeError, TypeError, LookupError):
            raise WeightsError(f"{path} is no safetensors file: its header does not list tensors", "copy the file again") from None
    if needed != size:
        raise WeightsError(
            f"{path} is {'cut short' if size < needed else 'too long'}: it should have {needed} bytes and has {size}", "copy the file again"
        )
    try:
        # The library reads the header alone here; it knows every rule of the format.
        with safe_open(path, framework="pt"):
            return header
    except SafetensorError as error:
        raise WeightsError(f"{path} is no sound safetensors file: {error}", "copy the file again") from None


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


def _weight_map(folder: Path) -> dict[str, str]:
    """Which file of a sharded folder holds which tensor, as its index says."""
    index = read_json(folder / INDEX)
    weight_map = index.get("weight_map") if isinstance(index, dict) else None
    if not isinstance(weight_map, dict):
        raise WeightsError(f"{folder / INDEX} has no weight_map", "copy it again from where the model came from")
    for name in weight_map.values():
        if not isinstance(name, str) or Path(name).name != name:
            raise WeightsError(
                f"{folder / INDEX} names {name!r}, which is no file of this folder", "copy it again from where the model came from"
            )
    return weight_map


def _check_index(folder: Path, headers: dict[Path, dict[str, Any]], config: ModelConfig) -> None:
    """Raise `WeightsError` naming tensors that the index and the shards do not place in the same file."""
    if not (folder / INDEX).exists():
        return
    said = {item for item in _weight_map(folder).items() if not _is_known_extra(item[0], config)}
    held = {(name, path.name) for path, header in headers.items() for name in header}
    if said != held:
        names = sorted({name for name, _ in said ^ held})
        raise WeightsError(
            f"{folder / INDEX} and the shards disagree about {len(names)} tensors: {_some(names)}",
            "copy the whole folder again; it may hold files of two models",
        )


def _check_types(folder: Path, entries: dict[str, dict[str, Any]]) -> None:
    """Raise `WeightsError` naming tensors stored as integers or in 8 bits, whose scales we would not know."""
    wrong = [f"{name} is {entry['dtype']}" for name, entry in entries.items() if entry["dtype"] not in STORED]
    if wrong:
        raise WeightsError(f"{len(wrong)} tensors in {folder} are quantised: {_some(wrong)}", f"use weights in {', '.join(STORED)}")


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
