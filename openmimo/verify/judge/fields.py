"""Reading the fields of a row of a file, so that a row that cannot be read names its field and the fix.

Knows no format. `formats.py` reads rows with it, and `problems.py` adds file and line to what is wrong.
"""

import json
from collections.abc import Mapping
from typing import Any

Row = Mapping[str, Any]


class BadField(ValueError):
    """A field of a row that cannot be; `field` is its path, e.g. `tests[2].output`."""

    def __init__(self, field: str, problem: str, fix: str = ""):
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem
        self.fix = fix


def text(row: Row, name: str, default: str | None = None, at: str = "") -> str:
    """A field that holds text; `default` if it is not there or null."""
    value = row.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise BadField(at + name, "is missing" if value is None else f"must be text, not {_said(value)}", f"give {name!r} a text")
    return value


def first_text(row: Row, *names: str) -> str:
    """The first of several fields that holds text; empty without one."""
    return next((row[name] for name in names if isinstance(row.get(name), str)), "")


def items(row: Row, name: str, at: str = "") -> list[Any]:
    """A field that holds a list which is not empty."""
    value = row.get(name)
    if not isinstance(value, list) or not value:
        said = "is missing" if value is None else "is empty" if value == [] else f"must be a list, not {_said(value)}"
        raise BadField(at + name, said, f"give {name!r} a list with at least one member")
    return value


def number(row: Row, name: str, default: float | None, at: str = "") -> float | None:
    """A field that holds a positive number; `default` if it is not there or null."""
    value = row.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise BadField(at + name, f"must be a positive number, not {_said(value)}", f"give {name!r} a positive number, or leave it out")
    return value


def mapping(value: Any, at: str) -> dict[str, Any]:
    """A value that is an object."""
    if not isinstance(value, dict):
        raise BadField(at, f"must be an object, not {_said(value)}", "write it as {...}")
    return value


def parsed(value: Any, at: str) -> Any:
    """A value that may be written as JSON in a text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as error:
        raise BadField(at, f"is no JSON: {error}", "write it as JSON") from None


def _said(value: Any) -> str:
    return json.dumps(value, default=str)[:40]  # a table holds dates and bytes, too
