"""Files that are there whole or not at all: write beside, flush to disk, rename over.

Knows nothing of what is in a file. Run folders (`core/runs.py`) and checkpoints
(`train/checkpoint.py`) are built on it.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from openmimo.core.errors import InputError, OpenMimoError


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` so that a reader, or a crash, sees the old file or the new one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(beside, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise OpenMimoError(f"cannot write {path}: {error.strerror or error}", "free some disk space, or choose another folder") from error


def append_line(path: Path, line: str) -> None:
    """Add a line to a file, made if it is not there. Raises `OpenMimoError` if the disk is full."""
    try:
        with open(path, "a", encoding="utf-8", errors="replace") as file:
            file.write(f"{line}\n")
    except OSError as error:
        raise OpenMimoError(f"cannot write {path}: {error.strerror or error}", "free some disk space, or choose another folder") from error


def write_json(path: Path, value: Any) -> None:
    """Write `value` as indented JSON, whole or not at all."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def read_json(path: Path) -> Any:
    """The value in a JSON file; a missing or broken file is an `InputError` that names it."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path} is not there", "check the path, or make the file again") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is not valid JSON: {error}", "it may be cut short; copy or make it again") from None


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A folder to fill that appears under its name only if the block ends well.

    Yields a hidden folder beside `folder`. On any error, Ctrl-C included, it is removed
    and what stood at `folder` before stays as it was.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    try:
        yield beside
        for path in sorted(beside.rglob("*")):
            if path.is_file():
                with open(path, "rb") as file:
                    os.fsync(file.fileno())
        # A folder cannot be renamed over a full one: the old one steps aside first, and only goes when the new one is in place.
        aside = folder.with_name(f".{folder.name}.{os.getpid()}.old")
        if folder.exists():
            os.replace(folder, aside)
        os.replace(beside, folder)
        shutil.rmtree(aside, ignore_errors=True)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
