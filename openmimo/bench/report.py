"""How a benchmark reports: rows with their targets, a table to read, one line of JSON to keep.

Knows no benchmark. A target that is missed stays in the output, as missed.
"""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openmimo.core import processor


@dataclass(frozen=True)
class Row:
    """A measured value; `target` is the least (or, with `at_most`, the most) it should be, None if there is none."""

    name: str
    value: float
    unit: str
    target: float | None = None
    at_most: bool = False

    @property
    def holds(self) -> bool | None:
        """Whether the target is met; None without one."""
        if self.target is None:
            return None
        return self.value <= self.target if self.at_most else self.value >= self.target

    def as_json(self) -> dict[str, Any]:
        """The row as the design's line of JSON has it."""
        return {"name": self.name, "value": self.value, "unit": self.unit, "target": self.target, "holds": self.holds}


def machine() -> dict[str, Any]:
    """What the numbers were measured on."""
    return {"processor": processor.name(), "cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}


def table(rows: Sequence[Row]) -> str:
    """The rows for a reader."""
    marks = {True: "holds", False: "MISSED", None: ""}
    return "\n".join(f"{row.name:34} {row.value:>12,.4g} {row.unit:16} {_wanted(row):12} {marks[row.holds]}".rstrip() for row in rows)


def line(bench: str, rows: Sequence[Row]) -> str:
    """The rows for a program: one line of JSON."""
    return json.dumps({"bench": bench, "machine": machine(), "results": [row.as_json() for row in rows]})


def _wanted(row: Row) -> str:
    return "" if row.target is None else f"{'<=' if row.at_most else '>='} {row.target:g}"
