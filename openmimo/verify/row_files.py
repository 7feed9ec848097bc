"""The rows of a file of problems: JSON Lines, one JSON list or object, either compressed by gzip, or a table in parquet.

Knows nothing of what a row holds; read `problems.py` next for that. Parquet needs pyarrow, which the
extra `data` brings: most people have no such file.
"""

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openmimo.core.errors import InputError

_BATCH = 1000  # rows of a table that are Python objects at a time


@dataclass(frozen=True)
class Broken:
    """A row that cannot be read: its line, what is wrong with it, and the fix."""

    line: int
    problem: str
    fix: str


def rows_of(path: Path) -> Iterator[tuple[int, Any]]:
    """Each row with its line, in a list or table its place from 1; a line that is no JSON is `Broken`. InputError is for the file as a whole."""
    if not path.exists():
        raise InputError(f"there is no file {path}", "give the path of a .jsonl, .json or .parquet file")
    if path.name.endswith(".parquet"):
        return _table(path)
    return _whole(path) if path.name.removesuffix(".gz").endswith(".json") else _lines(path)


def _whole(path: Path) -> Iterator[tuple[int, Any]]:
    try:
        found = json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is no JSON: {error}", "give one list or object, or name a file of JSON Lines .jsonl") from None
    yield from enumerate(found if isinstance(found, list) else [found], 1)


def _lines(path: Path) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(_text(path).split("\n"), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as error:
                yield number, Broken(number, f"no JSON: {error}", "write one JSON object a line")


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
        return (gzip.decompress(data) if path.name.endswith(".gz") else data).decode("utf-8")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}", "give a file of JSON Lines in UTF-8, or one compressed by gzip") from None


def _table(path: Path) -> Iterator[tuple[int, Any]]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise InputError(f"{path} is a table in parquet, and pyarrow is not installed", "run: pip install 'openmimo[data]'") from None
    try:
        with pyarrow.parquet.ParquetFile(path) as table:
            rows = (row for batch in table.iter_batches(_BATCH) for row in batch.to_pylist())
            for place, row in enumerate(rows, 1):
                # Every row of a table has every column; where there is nothing in one, the row does not have the field.
                yield place, {name: value for name, value in row.items() if value is not None}
    except (OSError, pyarrow.ArrowException) as error:
        raise InputError(f"{path} cannot be read: {error}", "give a table in parquet, or name a file of JSON Lines .jsonl") from None
