"""What a mathematical answer is once it is read: a small tree of terms.

Knows neither text (`reader.py` reads it) nor values (`normal.py`, `numeric.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

MAX_LENGTH = 2000  # characters of an answer that is read
MAX_DEPTH = 40  # of nested brackets
MAX_BITS = 1 << 18  # of an exact number, and of anything computed on the way


class Unreadable(Exception):
    """The text is not understood in full; what is half understood has no term."""


class Malformed(Unreadable):
    """No notation means anything by this, and what a more lenient reader makes of it is chance."""


class TooLarge(Exception):
    """What the text means would take too long or too much memory to compute."""


@dataclass(frozen=True)
class Term:
    """A node: `head` says what it is, `args` are its parts.

    Heads: number (`value`, and `places` after the point if it was written as a decimal);
    name; word; + * / ^ neg root ! binom abs ± % deg call base : as operations; list, tuple,
    interval, set, union, minus, matrix as containers (`name` holds an interval's brackets,
    or the columns of a matrix); relation (`name` holds the signs, separated by spaces).
    """

    head: str
    args: tuple["Term", ...] = ()
    name: str = ""
    value: Fraction = Fraction(0)
    places: int | None = None

    def __iter__(self) -> Iterator["Term"]:
        yield self
        for part in self.args:
            yield from part

    @property
    def is_number(self) -> bool:
        """Whether it is a numeral, signed or not."""
        return self.head == "number"

    @property
    def closed(self) -> bool:
        """Whether it is an operation on constants alone, so that it has one value."""
        return all(part.head not in CONTAINERS and part.head != "word" and (part.head != "name" or part.name in CONSTANTS) for part in self)


CONSTANTS = ("pi", "e", "i", "inf")
LISTS = ("list", "tuple", "set")
CONTAINERS = (*LISTS, "interval", "union", "minus", "matrix", "relation")


def number(value: int | Fraction, places: int | None = None) -> Term:
    """A numeral."""
    return Term("number", value=Fraction(value), places=places)


def name(text: str) -> Term:
    """A variable or constant."""
    return Term("name", name=text)


def negative(term: Term) -> Term:
    """The term with its sign turned; a numeral stays a numeral."""
    if term.is_number:
        return Term("number", value=-term.value, places=term.places)
    return Term("neg", (term,))
