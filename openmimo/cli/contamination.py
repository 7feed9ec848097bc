"""`openmimo contamination`: which questions of benchmarks stand in a training file, counted from either side."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from openmimo.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from openmimo.eval.contamination import Contamination
    from openmimo.eval.item import Benchmark

SHOWN = 5  # hits of a benchmark in the table; --json has more
EVERY = 5.0  # seconds between two lines of progress


def main(
    file: tyro.conf.Positional[Path],
    against: tuple[str, ...],
    column: tuple[str, ...] = (),
    keep_wording: bool = False,
    json_: Annotated[bool, tyro.conf.arg(name="json")] = False,
) -> int:
    """Search a training file for the questions of benchmarks: whatever shares 16 words in a row with one is a hit.

    Items hit are questions that stand in some row, rows hit are rows that have some question. A question without 16
    words in a row of its own is short: it is found only where a text is that and nothing else. Broken rows could not be
    read and were not searched. The exit code is 0 whatever is found.

    Try:
        openmimo contamination train.jsonl --against math-500=math500.jsonl gpqa-diamond=gpqa.jsonl
        openmimo contamination train.parquet --against mmlu=mmlu/ --column question --json

    Args:
        file: Rows of any columns (.jsonl, .json, either as .gz, or .parquet). Every text in a row is searched, however deep.
        against: Benchmarks with the file of their rows, NAME=FILE, as openmimo eval --on takes them; no shots are needed.
        column: Search only these columns of the training file.
        keep_wording: Count also what many questions have in common, such as how to answer, as published counts do.
        json_: Print one JSON object instead of a table.
    """
    from openmimo.eval.benchmarks.catalog import read_items
    from openmimo.eval.contamination import index, questions_of, search

    if not against:
        raise InputError("there is nothing to search for", "add --against NAME=FILE, such as math-500=math500.jsonl")
    # All benchmarks are read before the first search, which may be long, so that what is wrong with one is said at once.
    named = list(map(_named, against))
    questions = [index(questions_of(read_items(benchmark, path)), keep_wording) for benchmark, path in named]
    stream = sys.stderr if json_ else sys.stdout
    results: list[dict[str, object]] = []
    for (benchmark, path), wanted in zip(named, questions, strict=True):
        found = search(wanted, file, column, _said(benchmark.name), EVERY)
        if not results:
            print(f"{'benchmark':24} {'items hit':24} {'rows hit':24} {'short':>6} {'broken':>6}", file=stream)
        _show(benchmark.name, found, stream)
        results.append({"benchmark": benchmark.name, "questions": str(path), **asdict(found)})
    if json_:
        print(json.dumps({"file": str(file), "columns": column, "keep_wording": keep_wording, "results": results}))
    return 0


def _named(text: str) -> "tuple[Benchmark, Path]":
    from openmimo.eval.benchmarks.catalog import find
    from openmimo.eval.hub import rows_path
    from openmimo.eval.suite import name_and_file

    name, path = name_and_file(text)
    benchmark = find(name)
    if benchmark.name in ("own", "own-base"):
        raise InputError(f"{benchmark.name} reads no file: its tasks are made", "name a benchmark whose questions are in a file")
    return benchmark, rows_path(path)


def _said(name: str) -> "Callable[[int, int], None]":
    """How far the search for a benchmark is, a line on stderr."""
    return lambda rows, hit: print(f"{name}: {rows:,} rows searched, {hit:,} hit", file=sys.stderr, flush=True)


def _show(name: str, found: "Contamination", stream: "TextIO") -> None:
    """The line of a benchmark, and below it its first hits: the item, the row's line, and the words that both have."""
    hit = len(found.items_hit)
    items = f"{hit:,} of {found.items:,} ({hit / found.items:.1%})"
    rows = f"{found.rows_hit:,} of {found.rows:,}"
    print(f"{name:24} {items:24} {rows:24} {found.short:6,} {found.broken:6,}", file=stream)
    for one in found.examples[:SHOWN]:
        print(f"  {one.item}, line {one.line}: {one.run}", file=stream)
    if hit > SHOWN:
        print(f"  and {hit - SHOWN:,} more", file=stream)
    stream.flush()
