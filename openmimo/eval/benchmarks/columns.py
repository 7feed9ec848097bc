"""Reading the columns of a row, under whichever of their published names: question, options, the right answer, the subject.

A row that cannot be read is a `BadField`, which names the column and what the row has instead.
Knows no benchmark. Read `mmlu.py` next for the plainest that is built on it.
"""

import hashlib
import json
from string import ascii_uppercase
from typing import Any

from openmimo.eval.item import Row
from openmimo.verify.judge.fields import BadField
from openmimo.verify.problems import fields_of

QUESTION = ("question", "Question", "input")
OPTIONS = ("choices", "options")
ANSWER = ("answer", "Answer", "label", "target", "answer_index")
SUBJECT = ("subject", "Subject", "category", "task")


def missing(row: Row, name: str, fix: str) -> BadField:
    """That a column is not there, and what the row has instead."""
    own = {column: value for column, value in row.items() if column != "file"}  # which the reader of a folder adds
    return BadField(name, f"is missing; {fields_of(own)}", fix)


def text_of(row: Row, *names: str) -> str:
    """The text of the first of several columns that is there; BadField where there is none, or it holds something else."""
    name = next((name for name in names if row.get(name) is not None), None)
    if name is None:
        raise missing(row, names[0], f"give {_either(names)} a text")
    return _text(row[name], name)


def options_of(row: Row, *names: str) -> tuple[str, ...]:
    """The options to choose from, of 2 to 26: a list in one of the columns, or one column for each letter from A on; BadField else."""
    name = next((name for name in names or OPTIONS if row.get(name) is not None), None)
    if name is None:
        letters = [letter for letter in ascii_uppercase if row.get(letter) is not None]
        if letters[:2] != ["A", "B"]:
            raise missing(row, (names or OPTIONS)[0], f"give {_either(names or OPTIONS)} a list of texts, or columns A, B and so on")
        return tuple(_text(row[letter], letter) for letter in letters)
    found = row[name]
    if not isinstance(found, list) or not 2 <= len(found) <= len(ascii_uppercase):
        raise BadField(name, f"must be a list of 2 to 26 options, not {_said(found)}", f"give {name!r} a list of texts")
    return tuple(_text(option, f"{name}[{place}]") for place, option in enumerate(found))


def place_of(row: Row, count: int, *names: str, first: int = 0) -> int:
    """The place of the right option, from 0: of a letter, or of a number that counts from `first`; BadField where it is none of the `count`."""
    names = names or ANSWER
    name = next((name for name in names if row.get(name) not in (None, "", -1)), None)
    if name is None:
        raise missing(row, names[0], "take a split whose answers are published, such as validation; a hidden answer is empty or -1")
    value = row[name]
    place = -1
    if isinstance(value, int) and not isinstance(value, bool):
        place = value - first
    elif isinstance(value, str) and value.strip().isdecimal():
        place = int(value) - first
    elif isinstance(value, str) and len(value.strip()) == 1:
        place = ascii_uppercase.find(value.strip().upper())
    if not 0 <= place < count:
        last = ascii_uppercase[count - 1]
        raise BadField(
            name, f"is {_said(value)}, and there are {count} options", f"give a letter from A to {last}, or a number from {first}"
        )
    return place


def subject_of(row: Row, *names: str) -> str:
    """The subject, of one of the columns or the name of the row's file; empty where neither says."""
    return next((str(row[name]) for name in (*(names or SUBJECT), "file") if row.get(name)), "")


def id_of(row: Row, place: int, prefix: str, *names: str) -> str:
    """The row's own id, of the first column that has one, or else its place in its file after the prefix."""
    own = next((row[name] for name in names if isinstance(row.get(name), str | int) and row[name] != ""), None)
    return str(own) if own is not None else f"{prefix}/{place}" if prefix else str(place)


def digest(text: str) -> str:
    """A short name for a long text, such as a passage that questions share: the same always, and no other text's."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _text(value: Any, name: str) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)  # a table may have made a number of an option that is one
    if not isinstance(value, str) or not value.strip():
        raise BadField(name, f"must be text, not {_said(value)}", f"give {name!r} a text")
    return value


def _either(names: tuple[str, ...]) -> str:
    return " or ".join(map(repr, names))


def _said(value: Any) -> str:
    return json.dumps(value, default=str, ensure_ascii=False)[:40]
