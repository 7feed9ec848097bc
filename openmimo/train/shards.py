"""Token ids on disk: documents one after the other in flat arrays, read through memory maps.

A folder of shards holds `shard-00000.tokens.npy`, `.learn.npy` (1 where the token is to be
learnt) and `.ends.npy` (where each document ends), and `shards.json`, which is written
last, so a folder without it is unfinished. Knows no text. Read `packing.py` next.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from openmimo.core.errors import InputError
from openmimo.core.files import read_json, write_json

FORMAT = 1


class ShardWriter:
    """Writes documents of token ids; memory use is one shard. Call `close` at the end."""

    def __init__(self, folder: Path, vocab_size: int, tokens_per_shard: int = 16_000_000):
        self.folder, self.vocab_size, self.tokens_per_shard = folder, vocab_size, tokens_per_shard
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "shards.json").unlink(missing_ok=True)
        self.dtype = np.uint16 if vocab_size <= 2**16 else np.uint32
        self.tokens: list[int] = []
        self.learn: list[bool] = []
        self.ends: list[int] = []
        self.shards: list[dict[str, int]] = []

    def add(self, ids: Sequence[int], learn: Sequence[bool] | None = None) -> None:
        """Add one document; without `learn` every token of it is learnt."""
        if not ids:
            return
        if max(ids) >= self.vocab_size or min(ids) < 0:
            raise InputError(
                f"a document has token id {max(ids)}, but the vocabulary has {self.vocab_size}",
                "tokenise with the tokenizer that belongs to the model",
            )
        self.tokens.extend(ids)
        self.learn.extend([True] * len(ids) if learn is None else learn)
        self.ends.append(len(self.tokens))
        if len(self.tokens) >= self.tokens_per_shard:
            self._flush()

    def close(self) -> None:
        """Write what is left, and the manifest that makes the folder whole."""
        if self.ends:
            self._flush()
        manifest = {"format": FORMAT, "vocab_size": self.vocab_size, "shards": self.shards}
        write_json(self.folder / "shards.json", manifest)

    def _flush(self) -> None:
        name = self.folder / f"shard-{len(self.shards):05d}"
        np.save(f"{name}.tokens.npy", np.array(self.tokens, dtype=self.dtype))
        np.save(f"{name}.learn.npy", np.array(self.learn, dtype=bool))
        np.save(f"{name}.ends.npy", np.array(self.ends, dtype=np.int64))
        self.shards.append({"documents": len(self.ends), "tokens": len(self.tokens)})
        self.tokens, self.learn, self.ends = [], [], []


class Shards:
    """A finished folder of shards, as one long list of documents."""

    def __init__(self, folder: Path):
        self.folder = folder
        if not (folder / "shards.json").exists():
            raise InputError(f"{folder} has no finished token shards", "make the data first, or give the folder that has shards.json")
        manifest: dict[str, Any] = read_json(folder / "shards.json")
        if manifest.get("format") != FORMAT:
            raise InputError(
                f"{folder} has shards of format {manifest.get('format')}, and this program reads {FORMAT}", "make the data again"
            )
        self.vocab_size: int = manifest["vocab_size"]
        self._tokens, self._learn, self._starts, lengths = [], [], [], []
        for index in range(len(manifest["shards"])):
            name = folder / f"shard-{index:05d}"
            try:
                self._tokens.append(np.load(f"{name}.tokens.npy", mmap_mode="r"))
                self._learn.append(np.load(f"{name}.learn.npy", mmap_mode="r"))
                ends = np.load(f"{name}.ends.npy")
            except (OSError, ValueError) as error:
                raise InputError(f"{name} is missing or cut short: {error}", "make the data again") from None
            starts = np.concatenate([[0], ends[:-1]])
            self._starts.append(starts)
            lengths.append(ends - starts)
        if not lengths:
            raise InputError(f"{folder} has no documents", "make the data again")
        self.lengths = np.concatenate(lengths)
        self._firsts = np.cumsum([0] + [len(part) for part in lengths])

    def __len__(self) -> int:
        return len(self.lengths)

    def document(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """The token ids and the learn flags of one document."""
        shard = int(np.searchsorted(self._firsts, index, side="right")) - 1
        place = index - int(self._firsts[shard])
        start = int(self._starts[shard][place])
        end = start + int(self.lengths[index])
        return np.asarray(self._tokens[shard][start:end]), np.asarray(self._learn[shard][start:end])

    def need_vocabulary(self, vocab_size: int) -> None:
        """Raise `InputError` unless the shards were made for a vocabulary of this size."""
        if vocab_size != self.vocab_size:
            raise InputError(
                f"{self.folder} was made for a vocabulary of {self.vocab_size}, and the model has {vocab_size}",
                "make the data again with the model's own tokenizer",
            )
