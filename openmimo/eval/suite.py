"""What an evaluation is made of: benchmarks with their items, worked examples and settings, from the words of the command line.

Knows no model but its count of tokens, for RULER. Read `run.py` next.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from openmimo.core.errors import ConfigError, InputError
from openmimo.eval.benchmarks.catalog import find, read_items
from openmimo.eval.benchmarks.own import OWN, OWN_BASE, own_items
from openmimo.eval.benchmarks.ruler import ruler_items
from openmimo.eval.hub import rows_path
from openmimo.eval.item import Benchmark, Item, Settings

RULER_LENGTH, RULER_COUNT = 4096, 20


@dataclass(frozen=True)
class Part:
    """A benchmark ready to be put to a model; `given` is what its items were made of, as the run's config keeps it."""

    name: str  # of its folder
    benchmark: Benchmark
    items: Sequence[Item]
    settings: Settings
    given: Mapping[str, object]
    shots: Sequence[Item] = ()


@dataclass(frozen=True)
class Wanted:
    """What the command line says of all parts; None leaves a benchmark's own settings."""

    limit: int | None = None
    repeats: int | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None

    def settings(self, benchmark: Benchmark) -> Settings:
        """The benchmark's settings with what is wanted otherwise. Raises `ConfigError` for a value that cannot be."""
        for name in ("limit", "repeats", "max_tokens"):
            if (value := getattr(self, name)) is not None and value < 1:
                raise ConfigError(name, f"must be at least 1, not {value}")
        if self.temperature is not None and self.temperature < 0:
            raise ConfigError("temperature", f"cannot be negative, but is {self.temperature}", "use 0 for greedy")
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise ConfigError("top_p", f"{self.top_p} is not a share", "use a number above 0 and up to 1")
        named = {name: getattr(self, name) for name in ("repeats", "max_tokens", "temperature", "top_p")}
        return replace(benchmark.settings, **{name: value for name, value in named.items() if value is not None})


def own(
    families: Sequence[str],
    count: int,
    wanted: Wanted | None = None,
    held_out_phrasings: bool = False,
    base: bool = False,
    levels: Sequence[int] | None = None,
) -> Part:
    """Our own tasks; of `levels` only, if any are named."""
    wanted, benchmark = wanted or Wanted(), OWN_BASE if base else OWN
    items = own_items(families, count, held_out_phrasings, levels, base)[: wanted.limit]
    name = f"{benchmark.name}-held-out" if held_out_phrasings else benchmark.name
    given = {"families": list(families), "count": count, "held_out_phrasings": held_out_phrasings, "levels": levels}
    return Part(name, benchmark, items, wanted.settings(benchmark), given)


def ruler(length: int, count: int, wanted: Wanted, tokens: Callable[[str], int], name: str = "ruler") -> Part:
    """RULER, or ruler-chat, at a context of `length` tokens."""
    benchmark = find(name)
    items = ruler_items(length, count, 0, tokens, "chat" if benchmark.form == "chat" else "text")[: wanted.limit]
    return Part(f"{name}-{length}", benchmark, items, wanted.settings(benchmark), {"length": length, "count": count})


def of_files(named: Sequence[str], shots: Sequence[str], wanted: Wanted) -> list[Part]:
    """A part for each NAME=FILE, in their order; FILE may be of a hub (`hub.py`). Raises InputError that names what is wrong with which."""
    examples = dict(map(name_and_file, shots))
    parts: list[Part] = []
    for name, path in map(name_and_file, named):
        benchmark = find(name)
        if any(part.name == benchmark.name for part in parts):
            raise InputError(f"{benchmark.name} is there twice", "give its rows as one file, or a folder of files")
        if benchmark.name in ("own", "own-base"):
            raise InputError(f"{benchmark.name} reads no file", "leave --on out: without it, our own tasks are asked")
        if benchmark.shots and name not in examples:
            raise InputError(
                f"{name} needs {benchmark.shots} worked example{'s' if benchmark.shots > 1 else ''}",
                f"give a file of rows that are not asked: --shots {name}=FILE",
            )
        shown = read_items(benchmark, rows_path(examples[name])) if name in examples else []
        given = {"rows": path, "shots": examples.get(name, ""), "limit": wanted.limit}
        parts.append(
            Part(benchmark.name, benchmark, read_items(benchmark, rows_path(path), wanted.limit), wanted.settings(benchmark), given, shown)
        )
    if unused := examples.keys() - {name for name, _ in map(name_and_file, named)}:
        raise InputError(f"there are shots for {', '.join(sorted(unused))}, and no rows", "add --on NAME=FILE, or leave the shots out")
    return parts


def name_and_file(text: str) -> tuple[str, str]:
    """Both of NAME=FILE. Raises InputError that says how to write it, or which names there are."""
    name, _, path = text.partition("=")
    if not path:
        find(name)  # which names all, where it is none
        raise InputError(f"{text!r} names no file of rows", f"write {name}=FILE")
    return name, path
