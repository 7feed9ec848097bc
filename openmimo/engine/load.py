"""A model as one thing: weights, tokenizer, chat template and the tokens that end an answer.

A model is named the same way everywhere: a shipped one (`nano`), one added to the cache
(`openmimo models`), a folder, or a GGUF file. Read `session.py` next.
"""

from dataclasses import dataclass
from pathlib import Path

import torch

from openmimo.core.errors import InputError, WeightsError
from openmimo.core.files import read_json
from openmimo.core.processor import multiplies_bf16
from openmimo.engine.catalog import find
from openmimo.engine.native.build import NotBuilt, library
from openmimo.model.config import ModelConfig
from openmimo.model.folder import STORED, check_vocabulary, read_config, read_folder, read_header, shard_paths
from openmimo.model.gguf import read_gguf
from openmimo.model.mimo import MiMo
from openmimo.text.gguf_vocabulary import tokenizer_from_gguf
from openmimo.text.template import CHATML, ChatTemplate
from openmimo.text.tokenizer import Tokenizer

TINY = 20_000_000  # up to this many weights fp32 costs next to nothing
SMALL = 300_000_000  # up to this many fp32 costs little memory, and is quickest where bf16 is not


@dataclass(frozen=True)
class Loaded:
    """What it takes to answer; `name` is what it was asked for by."""

    name: str
    path: Path
    model: MiMo
    tokenizer: Tokenizer
    template: ChatTemplate
    stop_ids: frozenset[int]


def load(name: str, device: str = "cpu", dtype: torch.dtype | None = None) -> Loaded:
    """Load a model by name, folder or GGUF file.

    Without a `dtype` it is held as `held_in` says.
    Raises `InputError` for a name nobody knows, `WeightsError` for broken files and
    `NotEnoughMemory` before loading what would not fit.
    """
    path = find(name)
    if path.suffix == ".gguf":
        tokenizer, source = tokenizer_from_gguf(path)
        model = read_gguf(path, dtype or (lambda config: held_in(path, config, device))).to(device)
        template = ChatTemplate(source or CHATML)
        stop_ids = tokenizer.eos_ids
    else:
        tokenizer = Tokenizer.from_folder(path)
        config = read_config(path)
        check_vocabulary(config, tokenizer.vocab_size)
        model = read_folder(path, dtype or held_in(path, config, device), device)
        template = ChatTemplate.from_folder(path)
        stop_ids = tokenizer.eos_ids | _declared_stops(path)
    check_vocabulary(model.config, tokenizer.vocab_size)
    if not stop_ids:
        raise InputError(f"{path} does not say which token ends an answer", "add eos_token_id to generation_config.json")
    return Loaded(name, path, model.eval(), tokenizer, template, frozenset(stop_ids))


def held_in(path: Path, config: ModelConfig, device: str = "cpu") -> torch.dtype:
    """The type in which a folder or GGUF file is held if no other is asked for; `WeightsError` for one that is refused.

    A tiny model in fp32, so that it says the same on every machine. A small one in fp32,
    too, unless bf16 is quicker, which takes a processor with the instructions and our
    kernels. A larger one as it is stored, and in bf16 from a GGUF file.
    """
    if config.parameters <= TINY or (config.parameters <= SMALL and device == "cpu" and not _quick_in_bf16()):
        return torch.float32
    if path.suffix == ".gguf":
        return torch.bfloat16
    stored = next(iter(read_header(shard_paths(path)[0]).values()))["dtype"]
    if stored not in STORED:
        raise WeightsError(f"the weights in {path} are quantised: {stored}", f"use weights in {', '.join(STORED)}")
    return torch.bfloat16 if config.parameters <= SMALL else STORED[stored]


def _quick_in_bf16() -> bool:
    try:
        return multiplies_bf16() and bool(library())
    except NotBuilt:
        return False


def _declared_stops(folder: Path) -> frozenset[int]:
    """The `eos_token_id` of `generation_config.json`, one or several, if it is there."""
    path = folder / "generation_config.json"
    declared = read_json(path).get("eos_token_id") if path.exists() else None
    return frozenset([declared] if isinstance(declared, int) else declared or [])
