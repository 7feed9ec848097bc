"""All benchmarks by name, and the reading of their rows from files.

Where a benchmark is measured in two ways, the second has the form after its name: drop is asked in a
chat, drop-text is gone on with by a base model, and both read the same rows. Knows no model. Read
`../item.py` first, then `mmlu.py` for what a benchmark looks like.
"""

import difflib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from openmimo.core.errors import InputError
from openmimo.eval.benchmarks import (
    agieval,
    bbh,
    chinese,
    code,
    commonsense,
    cruxeval,
    evalplus,
    gpqa,
    ifeval,
    livecodebench,
    mathematics,
    mmlu,
    own,
    reading,
    ruler,
    trivia,
    words,
)
from openmimo.eval.item import Benchmark, Item
from openmimo.verify.judge.fields import BadField
from openmimo.verify.row_files import Broken, rows_of

ENDINGS = (".jsonl", ".json", ".jsonl.gz", ".json.gz", ".parquet")

MODULES: tuple[ModuleType, ...] = (
    mathematics,
    words,
    code,
    evalplus,
    livecodebench,
    cruxeval,
    gpqa,
    mmlu,
    chinese,
    commonsense,
    reading,
    ruler,
    trivia,
    bbh,
    agieval,
    ifeval,
    own,
)

BENCHMARKS: dict[str, Benchmark] = {benchmark.name: benchmark for module in MODULES for benchmark in module.BENCHMARKS}


def find(name: str) -> Benchmark:
    """The benchmark of a name, in any case; InputError names those that are spelled alike, or else all."""
    key = name.strip().casefold()
    if key in BENCHMARKS:
        return BENCHMARKS[key]
    close = difflib.get_close_matches(key, BENCHMARKS, n=3)
    raise InputError(
        f"there is no benchmark {name!r}", f"did you mean {' or '.join(close)}?" if close else f"one of: {', '.join(BENCHMARKS)}"
    )


def read_items(benchmark: Benchmark, path: Path, limit: int | None = None) -> list[Item]:
    """The questions of a file, or of a folder's files in the order of their names: all, or the first `limit`, and then no row after them is read.

    Raises InputError that names file, line and column of a row that cannot be read, or whose id
    an earlier one has, and where there is no question at all.
    """
    if limit is not None and limit < 1:
        raise InputError(f"a limit of {limit} leaves no questions", "give 1 or more")
    items: dict[str, Item] = {}
    for file, line, row in _rows(path):
        try:
            item = benchmark.read(row, line)
        except BadField as error:
            raise InputError(f"{file}:{line}: {error}", error.fix or benchmark.about) from None
        if item is None:
            continue
        if item.id in items:
            raise InputError(f"{file}:{line}: a second question with the id {item.id!r}", "give each row an id of its own, or remove one")
        items[item.id] = item
        if len(items) == limit:
            break
    if not items:
        raise InputError(f"{path} holds no questions of {benchmark.title}", benchmark.about)
    return list(items.values())


def _rows(path: Path) -> Iterator[tuple[Path, int, dict[str, Any]]]:
    """Each row with its file and line; rows of a folder's files have the name of their file, too."""
    for file in _files(path):
        for line, row in rows_of(file):
            if isinstance(row, Broken):
                raise InputError(f"{file}:{line}: {row.problem}", row.fix)
            if not isinstance(row, dict):
                raise InputError(f"{file}:{line}: a row must be an object, not {type(row).__name__}", "write one {...} a line")
            yield file, line, {"file": file.name.split(".")[0], **row} if path.is_dir() else row


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.iterdir() if file.name.endswith(ENDINGS))
    if not files:
        raise InputError(f"{path} has no file of rows", f"put one there for each subject, named after it, ending in {', '.join(ENDINGS)}")
    return files
