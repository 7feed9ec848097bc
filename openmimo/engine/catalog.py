"""Which models this machine has: the shipped ones, and those added to the cache folder.

Knows folders and names, not weights; imports no torch. The cache is
`$OPENMIMO_CACHE`, or `openmimo` in the user's cache folder.
"""

import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from openmimo.core.errors import InputError

SHIPPED = Path(__file__).parent.parent / "models"


@dataclass(frozen=True)
class Entry:
    """A model of this machine; `size` in bytes on disk."""

    name: str
    path: Path
    size: int
    shipped: bool


def cache_folder() -> Path:
    """Where added models live; not made by asking."""
    if chosen := os.environ.get("OPENMIMO_CACHE"):
        return Path(chosen)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "openmimo"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "openmimo"


def entries() -> list[Entry]:
    """Every model there is, the shipped ones first."""
    places = [(SHIPPED, True), (cache_folder() / "models", False)]
    return [
        Entry(path.name, path, sum(file.stat().st_size for file in path.rglob("*") if file.is_file()), shipped)
        for place, shipped in places
        if place.is_dir()
        for path in sorted(place.iterdir())
        if (path / "config.json").exists()
    ]


def find(name: str) -> Path:
    """The folder or GGUF file that `name` stands for; `InputError` says what there is otherwise."""
    known = {entry.name: entry.path for entry in reversed(entries())}
    if name in known:
        return known[name]
    path = Path(name).expanduser()
    if path.suffix == ".gguf" and path.is_file():
        return path
    if path.is_dir():
        if not (path / "config.json").exists():
            raise InputError(
                f"{path} has no config.json, so it is no model folder", "give a folder in the Hugging Face layout, or a .gguf file"
            )
        return path
    if path.suffix == ".gguf":
        raise InputError(f"{path} is not there", "check the path")
    if re.fullmatch(r"[\w.-]+/[\w.-]+", name):
        raise InputError(
            f"{name} is not here, and models are not fetched from a hub",
            f"fetch it with a hub's own tool, then: openmimo models add NAME FOLDER ({name})",
        )
    raise InputError(
        f"there is no model {name!r}; there are: {', '.join(sorted(known)) or 'none'}", "give one of these names, a folder, or a .gguf file"
    )


def place_for(name: str) -> Path:
    """The cache folder a new model of this name goes to; `InputError` if the name will not do or is taken."""
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name):
        raise InputError(f"{name!r} cannot be a model's name", "use letters, digits, dots, dashes and underscores")
    if taken := next((entry for entry in entries() if entry.name == name), None):
        raise InputError(f"there is already a model {name!r} at {taken.path}", "choose another name, or remove that one first")
    return cache_folder() / "models" / name


def remove(name: str) -> Entry:
    """Delete a model from the cache and say what it was; shipped ones stay."""
    entry = next((entry for entry in entries() if entry.name == name), None)
    if entry is None:
        raise InputError(f"there is no model {name!r} to remove", "see `openmimo models list`")
    if entry.shipped:
        raise InputError(f"{name!r} ships with the package", "it goes when the package is uninstalled")
    shutil.rmtree(entry.path)
    return entry
