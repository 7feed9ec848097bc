"""Text to token ids and back, from a `tokenizer.json`. Knows no chat and no model.

Byte-level BPE as Qwen2, Llama 3 and our own models have it. Read `bpe.py` for training
one, `template.py` for conversations.
"""

import json
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer as Engine

from openmimo.core.errors import InputError, WeightsError
from openmimo.core.files import read_json, write_json, write_text
from openmimo.text.special import END_OF_TEXT, ENDS, SPECIAL


def byte_letters() -> dict[str, int]:
    """The byte each letter of the byte-level alphabet stands for (GPT-2's: printable bytes are themselves)."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in plain]
    return {chr(byte): byte for byte in plain} | {chr(256 + place): byte for place, byte in enumerate(others)}


class Tokenizer:
    """A tokenizer and the ids of its special tokens.

    `ends` are the names of tokens that end a turn, the model's own first; `bos` is the
    name of the token its chat template may start with. Names without an id are ignored.
    """

    def __init__(self, engine: Engine, ends: tuple[str, ...] = ENDS, bos: str = ""):
        self.engine = engine
        self.ends = tuple(end for end in dict.fromkeys(ends) if engine.token_to_id(end) is not None)
        self.bos = bos if bos and engine.token_to_id(bos) is not None else ""

    @classmethod
    def from_folder(cls, folder: Path) -> "Tokenizer":
        """The tokenizer of a model folder; errors name the file that is missing or broken."""
        path = folder / "tokenizer.json"
        if not path.exists():
            raise InputError(f"{folder} has no tokenizer.json", "copy the tokenizer that belongs to the weights into the folder")
        try:
            engine = Engine.from_file(str(path))
        except Exception as error:  # the library raises bare Exception for every kind of broken file
            raise WeightsError(f"{path} cannot be read: {error}", "copy the file again; it may be cut short") from None
        if "ByteLevel" not in _kinds(json.loads(engine.to_str())["decoder"]):
            raise InputError(f"{path} is not a byte-level tokenizer", "use a model with one, such as MiMo, Qwen2 or Llama 3")
        settings = read_json(folder / "tokenizer_config.json") if (folder / "tokenizer_config.json").exists() else {}
        if not isinstance(settings, dict):
            raise InputError(f"{folder / 'tokenizer_config.json'} is not a JSON object", "copy the file again")
        return cls(engine, (_name(settings.get("eos_token")), *ENDS), _name(settings.get("bos_token")))

    def encode(self, text: str, special: bool = False) -> list[int]:
        """The ids of a text. Without `special`, text that looks like a special token stays plain text.

        Lone surrogates, which are no characters, become U+FFFD.
        """
        if not text.isascii():
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return (self.engine if special else self._plain).encode(text, add_special_tokens=False).ids

    def decode(self, ids: Iterable[int], skip_special: bool = False) -> str:
        """The text of ids; bytes that are no UTF-8 become U+FFFD."""
        kept = (token for token in ids if not (skip_special and token in self.special_ids))
        return b"".join(map(self.token_bytes, kept)).decode("utf-8", "replace")

    @cached_property
    def vocab_size(self) -> int:
        """The largest id plus one."""
        return max(self.engine.get_vocab(with_added_tokens=True).values(), default=-1) + 1

    @cached_property
    def special_names(self) -> frozenset[str]:
        """The texts of special tokens: those the file declares so, and ours by name (Qwen2 has `<think>` as a plain added token)."""
        added = self.engine.get_added_tokens_decoder().values()
        return frozenset(token.content for token in added if token.special or token.content in SPECIAL)

    @cached_property
    def special_ids(self) -> frozenset[int]:
        """The ids of special tokens."""
        return frozenset(token for name in self.special_names if (token := self.id_of(name)) is not None)

    @cached_property
    def eos_ids(self) -> frozenset[int]:
        """The ids that end a model's turn."""
        return frozenset(token for end in self.ends if (token := self.id_of(end)) is not None)

    def id_of(self, token: str) -> int | None:
        """The id of a token by its name, or None."""
        return self.engine.token_to_id(token)

    def token_bytes(self, token: int) -> bytes:
        """The bytes a token stands for; none for an id that has no token."""
        return self._bytes[token] if 0 <= token < len(self._bytes) else b""

    def save(self, folder: Path) -> None:
        """Write `tokenizer.json` and a `tokenizer_config.json` that transformers reads without our code."""
        folder.mkdir(parents=True, exist_ok=True)
        write_text(folder / "tokenizer.json", self.engine.to_str(pretty=True))
        end = self.ends[0] if self.ends else None
        write_json(
            folder / "tokenizer_config.json",
            {
                "tokenizer_class": "PreTrainedTokenizerFast",
                "bos_token": self.bos or None,
                "eos_token": end,
                "pad_token": END_OF_TEXT if self.id_of(END_OF_TEXT) is not None else end,
                "clean_up_tokenization_spaces": False,
            },
        )

    @cached_property
    def _plain(self) -> Engine:
        """The same tokenizer for text in which nothing is special."""
        form = json.loads(self.engine.to_str())
        for added in form["added_tokens"]:
            added["special"] = added["content"] in self.special_names
        engine = Engine.from_str(json.dumps(form))
        engine.encode_special_tokens = True
        return engine

    @cached_property
    def _bytes(self) -> list[bytes]:
        letters, added = byte_letters(), self.engine.get_added_tokens_decoder()
        table = [b""] * self.vocab_size
        for text, token in self.engine.get_vocab(with_added_tokens=True).items():
            byte_level = token not in added and all(letter in letters for letter in text)
            table[token] = bytes(letters[letter] for letter in text) if byte_level else text.encode()
        return table


def _name(declared: Any) -> str:
    """The text of a token in a config, which is a string, an object with its `content`, or missing."""
    name = declared.get("content") if isinstance(declared, dict) else declared
    return name if isinstance(name, str) else ""


def _kinds(part: dict[str, Any] | None) -> list[str]:
    """The types of a part of a `tokenizer.json`, those within a sequence included."""
    return [] if part is None else [part["type"], *(kind for inner in part.get("decoders", []) for kind in _kinds(inner))]
