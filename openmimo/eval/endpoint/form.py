"""JSON of which nothing is sure, looked into without a fall: what has another form than it should is empty.

Knows no reply's meaning; `told.py`, `speech.py` and `likelihood.py` do.
"""

from typing import Any

JSON = Any


def record(value: JSON) -> dict[str, JSON]:
    """The object that a value is."""
    return value if isinstance(value, dict) else {}


def rows(value: JSON) -> list[JSON]:
    """The list that a value is."""
    return value if isinstance(value, list) else []


def first(value: JSON) -> dict[str, JSON]:
    """The first object of the list that a value is."""
    return record(next(iter(rows(value)), None))
