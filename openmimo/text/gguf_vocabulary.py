"""The tokenizer and chat template inside a GGUF file. Knows no weights.

Only byte-level BPE ("gpt2" in GGUF's words) is read, with the pre-splits named below,
which are facts about published tokenizers. Read `tokenizer.py` next.
"""

from pathlib import Path
from typing import Any

from gguf import GGUFReader
from tokenizers import AddedToken, Regex, decoders, models, pre_tokenizers
from tokenizers import Tokenizer as Engine

from openmimo.core.errors import InputError, WeightsError
from openmimo.text.special import ENDS
from openmimo.text.tokenizer import Tokenizer

CONTROL, USER_DEFINED = 3, 4  # token types of GGUF
CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
REST = r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
# How a text is split before merging, by the name GGUF gives it; None stands for GPT-2's own split, digits apart.
SPLITS = {
    "smollm": None,
    "qwen2": rf"{CONTRACTIONS}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}|{REST}",
    "llama-bpe": rf"{CONTRACTIONS}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}{{1,3}}|{REST}",
}


def tokenizer_from_gguf(path: Path) -> tuple[Tokenizer, str | None]:
    """The tokenizer of a GGUF file, and the chat template's source if it holds one.

    Raises `InputError` for a file that is not there or a kind of tokenizer that is not
    read, and `WeightsError` for a broken file; both name it.
    """
    fields = _read_fields(path)
    kind, split = fields.get("tokenizer.ggml.model"), fields.get("tokenizer.ggml.pre")
    if kind != "gpt2":
        raise InputError(f"{path} has a tokenizer of the kind {kind!r}", "only byte-level BPE is read, which GGUF calls 'gpt2'")
    if split not in SPLITS:
        raise InputError(f"{path} splits text in the way {split!r}", f"only {', '.join(SPLITS)} are read")
    names, merges = fields.get("tokenizer.ggml.tokens"), fields.get("tokenizer.ggml.merges")
    if not names or not merges:
        raise WeightsError(f"{path} has no tokens or no merges", "copy the file again, or take one with its tokenizer in it")
    kinds = fields.get("tokenizer.ggml.token_type") or []
    engine = _engine(path, names, merges, split)
    _add_tokens(engine, names, kinds)
    begin, end, turn_end = (_named(names, fields.get(f"tokenizer.ggml.{which}_token_id")) for which in ("bos", "eos", "eot"))
    template = fields.get("tokenizer.chat_template")
    return Tokenizer(engine, (end, turn_end, *ENDS), begin), template if isinstance(template, str) else None


def _read_fields(path: Path) -> dict[str, Any]:
    """What the file says about its tokenizer, as plain values."""
    if not path.is_file():
        raise InputError(f"{path} is not there", "check the path")
    try:
        reader = GGUFReader(path)
        return {name: field.contents() for name, field in reader.fields.items() if name.startswith("tokenizer.")}
    except Exception as error:  # the library fails in any way on a broken file
        raise WeightsError(f"{path} cannot be read as GGUF: {error}", "copy the file again; it may be cut short") from None


def _engine(path: Path, names: list[str], merges: list[str], split: str) -> Engine:
    """The bare BPE, with its splitting of text."""
    pairs = [(left, right) for left, _, right in (merge.partition(" ") for merge in merges)]
    vocabulary = {name: place for place, name in enumerate(names)}
    try:
        # Llama 3 takes a word that is a token as it is, whether merges lead to it or not.
        engine = Engine(models.BPE(vocab=vocabulary, merges=pairs, ignore_merges=split == "llama-bpe"))
    except Exception as error:  # the library raises bare Exception for merges that do not fit
        raise WeightsError(f"the merges of {path} do not fit its tokens: {error}", "copy the file again") from None
    pattern = SPLITS[split]
    first = pre_tokenizers.Split(Regex(pattern), behavior="isolated") if pattern else pre_tokenizers.Digits(individual_digits=True)
    engine.pre_tokenizer = pre_tokenizers.Sequence([first, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=pattern is None)])
    engine.decoder = decoders.ByteLevel()
    return engine


def _add_tokens(engine: Engine, names: list[str], kinds: list[int]) -> None:
    """Tell the engine which of its tokens are matched whole in a text."""
    for name, kind in zip(names, kinds, strict=False):
        token = AddedToken(name, special=kind == CONTROL, normalized=False)
        if kind == CONTROL:
            engine.add_special_tokens([token])
        elif kind == USER_DEFINED:
            engine.add_tokens([token])


def _named(names: list[str], token: Any) -> str:
    """The text of a token by its id, or nothing."""
    return names[token] if isinstance(token, int) and 0 <= token < len(names) else ""
