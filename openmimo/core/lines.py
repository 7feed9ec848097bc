"""A file of JSON lines that grows while a work goes on, and is read again when it is resumed.

Knows nothing of what a line holds. A line that a killed process left half written is dropped.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from openmimo.core.errors import InputError, OpenMimoError
from openmimo.core.files import write_text


class Lines:
    """The file, open for appending within a `with` block; every line is on its way to the disk when `append` returns."""

    def __init__(self, path: Path):
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_bytes() if path.exists() else b""
        whole = text[: text.rfind(b"\n") + 1]
        if whole != text:
            write_text(path, whole.decode("utf-8", "replace"))
        self._file = open(path, "a", encoding="utf-8")  # noqa: SIM115 - closed with the block

    def __enter__(self) -> "Lines":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    def append(self, line: Mapping[str, Any]) -> None:
        """Add a line. Raises `OpenMimoError` where the disk is full; what was there before stays."""
        try:
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._file.flush()
        except OSError as error:
            raise OpenMimoError(f"cannot write {self.path}: {error.strerror or error}", "free some disk space and run again") from error


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a file that `Lines` wrote, without a half line at its end; none of a file that is not there. `InputError` names a broken line."""
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8", errors="replace")
    found = []
    for number, line in enumerate(text[: text.rfind("\n") + 1].split("\n")[:-1], 1):
        try:
            value = json.loads(line)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise InputError(f"{path}:{number}: no JSON object", "delete that line; what it held is done again")
        found.append(value)
    return found
