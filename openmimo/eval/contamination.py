"""Which questions of a benchmark stand in a training file: runs of 16 words that both share, counted from either side.

Any file of rows will do, as `verify/row_files.py` reads them, and any text in a row counts,
however deep. Knows no benchmark's format and prints nothing. What a word and a run are is in `text/grams.py`.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from openmimo.core.errors import InputError
from openmimo.eval.item import Item
from openmimo.text.grams import GRAM, runs, words
from openmimo.verify.problems import fields_of
from openmimo.verify.row_files import Broken, rows_of

EXAMPLES = 20
# What is said with every question, such as how to give the answer, is no question. It is told by its frequency (ours):
WORDING = 8  # words in a row that stand ...
LEAST, SHARE = 10, 0.1  # ... in so many items, and in this share of them


@dataclass(frozen=True)
class Questions:
    """The questions of a benchmark, to be searched for: which `items` each run of words is of.

    `short` are those without 16 words in a row of their own: only a text that is nothing else
    is known to be one of them.
    """

    owners: Mapping[str, tuple[str, ...]]
    items: int
    short: tuple[str, ...]


@dataclass(frozen=True)
class Hit:
    """A run of words of an item that stands in a row; `line` as `row_files` counts."""

    item: str
    line: int
    run: str


@dataclass(frozen=True)
class Contamination:
    """What a training file has of a benchmark.

    Of `rows`, `rows_hit` have a run of some item, and of all `items` those in `items_hit` have
    one in some row. `examples` are the first hits, one of each item. `broken` rows could not be
    read and were not searched, so they are clean of nothing.
    """

    rows: int
    rows_hit: int
    items: int
    items_hit: tuple[str, ...]
    short: int
    broken: int
    examples: tuple[Hit, ...]


def questions_of(items: Iterable[Item]) -> dict[str, str]:
    """What is to be searched for, by item: the bare problem where there is a task, or else the question with its wording."""
    return {item.id: item.task.problem if item.task else item.question for item in items}


def index(texts: Mapping[str, str], keep_wording: bool = False) -> Questions:
    """The runs of 16 words of each item's text, without the wording that a tenth of the items (and ten at least) have in common.

    With `keep_wording` nothing is left out, as in published counts. An item without 16 words in
    a row of its own is one run of all that it has.
    """
    found = {item: words(text) for item, text in texts.items()}
    frequent = Counter(run for each in found.values() for run in set(runs(each, WORDING)))
    wording = {run for run, count in frequent.items() if count >= max(LEAST, SHARE * len(found)) and not keep_wording}
    owners: dict[str, dict[str, None]] = {}
    short = []
    for item, each in found.items():
        pieces = _own(each, wording)
        long = [piece for piece in pieces if len(piece) >= GRAM]
        if not long:
            short.append(item)
        for run in chain.from_iterable(map(runs, long or [list(chain.from_iterable(pieces))])):
            owners.setdefault(run, {})[item] = None
    return Questions({run: tuple(items) for run, items in owners.items()}, len(found), tuple(short))


def search(
    questions: Questions,
    path: Path,
    columns: Sequence[str] = (),
    shown: Callable[[int, int], None] = lambda rows, hit: None,
    every: float = 2.0,
) -> Contamination:
    """Search the rows of a file (.jsonl, .json, either as .gz, or .parquet), one at a time, for runs of the questions.

    Only the texts in these `columns`, if any are named. `shown` gets the rows done and those
    hit every so many seconds. Raises InputError for a file that cannot be read, or that has no text where it is looked for.
    """
    rows = rows_hit = broken = texts = 0
    hits: dict[str, Hit] = {}
    has, due = "", time.monotonic() + every
    for line, row in rows_of(path):
        rows += 1
        if isinstance(row, Broken):
            broken += 1
            continue
        has = has or (fields_of(row) if isinstance(row, dict) else "the rows have no columns")
        found = [runs(words(text)) for text in _texts(row, columns)]
        texts += len(found)
        hit = False
        for run in chain.from_iterable(found):
            for item in questions.owners.get(run, ()):
                hit = True
                hits.setdefault(item, Hit(item, line, run))
        rows_hit += hit
        if time.monotonic() >= due:
            shown(rows, rows_hit)
            due = time.monotonic() + every
    if not texts:
        where = f"in {', '.join(columns)}" if columns else "in any row"
        raise InputError(f"{path} has no text {where}: {has or 'it has no row that can be read'}", "name columns that hold text")
    return Contamination(rows, rows_hit, questions.items, tuple(hits), len(questions.short), broken, tuple(hits.values())[:EXAMPLES])


def _own(found: Sequence[str], wording: set[str]) -> list[list[str]]:
    """What is left of a text's words, in pieces, where runs of the common wording are cut out."""
    common = [False] * len(found)
    for start, run in enumerate(runs(found, WORDING)):
        if run in wording:
            common[start : start + WORDING] = [True] * len(found[start : start + WORDING])
    pieces = groupby(zip(found, common, strict=True), key=lambda pair: pair[1])
    return [[word for word, _ in piece] for cut, piece in pieces if not cut]


def _texts(value: Any, columns: Sequence[str] = ()) -> Iterator[str]:
    """Every text in a value, however deep; of a row only what is in these columns, if any are named."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if not columns or name in columns:
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
