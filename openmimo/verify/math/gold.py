"""What kind of thing a gold answer is, found out once and kept.

Knows how to tell kinds apart; `compare.py` knows what follows from them.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from openmimo.verify.math.extract import extract_gold
from openmimo.verify.math.lexer import FONTS
from openmimo.verify.math.reader import Reading, read
from openmimo.verify.math.terms import Term, TooLarge, Unreadable

Kind = Literal[
    "integer", "rational", "decimal", "percent", "expression", "set", "interval", "tuple", "equation", "matrix", "text", "choice", "large"
]
CHOICE = re.compile(rf"\s*(?:{FONTS}\s*\{{)?\s*\(?\s*([A-J])\s*\)?\s*[.)]?\s*\}}?\s*[.]?\s*")
LABELLED = re.compile(rf"\s*(?:{FONTS}\s*\{{)?\s*(?:\(([A-J])\)|([A-J])\s*[).:]|([A-J])\s*\}})")
LABELS = re.compile(r"\(([A-J])\)|\b([A-J])\b")
KINDS: dict[str, Kind] = {
    "set": "set",
    "union": "interval",
    "minus": "set",
    "interval": "interval",
    "tuple": "tuple",
    "list": "set",
    "relation": "equation",
    "matrix": "matrix",
    "%": "percent",
    "word": "text",
}


@dataclass(frozen=True)
class Gold:
    """A gold answer: its text without box and dollars, its kind, and its reading if it is mathematics that we read in full."""

    text: str
    kind: Kind
    reading: Reading | None


@lru_cache(maxsize=16384)
def gold_of(text: str) -> Gold:
    """The gold answer in a text."""
    bare = extract_gold(text)
    if choice_of(bare):
        return Gold(bare, "choice", None)
    try:
        reading = read(bare)
    except Unreadable:
        return Gold(bare, "text" if looks_like_text(bare) else "expression", None)
    except TooLarge:
        return Gold(bare, "large", None)
    return Gold(bare, kind_of(reading.term), reading)


def kind_of(term: Term) -> Kind:
    """The kind of a term."""
    if term.head in KINDS:
        return KINDS[term.head]
    if term.is_number:
        if term.places is not None:
            return "decimal"
        return "integer" if term.value.denominator == 1 else "rational"
    if term.head == "/" and all(part.is_number and part.places is None for part in term.args):
        return "rational"
    return "expression"


def choice_of(text: str) -> str:
    """The letter of a bare choice such as (B), or "" if there is none or another is named, too."""
    found = CHOICE.fullmatch(text)
    return found[1] if found else ""


def labelled_choice(text: str) -> str:
    """The letter before a choice that is written out, such as `B) 42`, or "" if there is none or another is named, too."""
    found = LABELLED.match(text)
    letter = next((letter for letter in found.groups() if letter), "") if found else ""
    others = {one or other for one, other in LABELS.findall(text)} - {letter}
    return "" if others else letter


def looks_like_text(text: str) -> bool:
    """Whether it is words rather than mathematics."""
    words = re.sub(r"\\[a-zA-Z]+", " ", text)
    return re.search(r"[A-Za-z]{4}", words) is not None or not re.search(r"[\d=+^\\]", text)


def tight(text: str) -> str:
    """The text as it is compared when it is compared as text: no font, case, blanks or end mark."""
    text = re.sub(FONTS, "", text)
    text = re.sub(r"\\(?:left|right|displaystyle|quad|qquad|[ ,;:!])", "", text)
    text = re.sub(r"\\[dt]frac", r"\\frac", text)
    text = re.sub(r"[\s{}$~]+", "", text).casefold()
    return text.strip(".,;:*\"'`")
