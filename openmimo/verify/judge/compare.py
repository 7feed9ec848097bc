"""Whether an output or a returned value is the one that is due. Runs outside the sandbox, on bytes and on data that `wire.py` made.

| comparison | printed | returned |
|---|---|---|
| exact | the same bytes, but for a newline at the end | equal as Python has it: 1 == 1.0 == True, and a list is no tuple |
| tokens | the same words between white space | as exact, and a tuple equals the list, at every depth |
| float | words equal, or numbers within the tolerance | as tokens, and floats within the tolerance, at every depth |
| unordered | the same lines in any order, as words | as tokens, and the outermost list in any order |

A number is within the tolerance if it is so relatively or absolutely; NaN equals NaN and no number.
"custom" is not decided here: its checker runs in a sandbox of its own. Nothing here raises, and
nothing takes more than time in proportion to its input, whatever a program wrote.
Read `compat.py` for the rules of other judges.
"""

import math
import re
import reprlib
from collections import Counter
from collections.abc import Callable
from typing import Any

from openmimo.verify.judge import compat
from openmimo.verify.judge.problem import CallTest, CodeProblem, StdinTest

_SHOWN = 40
_NUMBER = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,9})?|[+-]?(?:inf|nan)", re.IGNORECASE)
_LONGEST_NUMBER = 2000


def same_output(problem: CodeProblem, test: StdinTest, output: bytes) -> tuple[bool, str]:
    """Whether the program printed what the test expects, and if not, why, in a few words."""
    if problem.compat == "lcb":
        return compat.same_lcb_output(test.output, output.decode("utf-8", "replace"))
    expected = test.output.encode("utf-8", "surrogateescape")
    if problem.comparison == "exact":
        return _exact(expected, output)
    if problem.comparison == "unordered":
        return _same_lines(expected, output)
    due, seen = expected.split(), output.split()
    if len(due) != len(seen):
        return False, f"{len(seen)} words where {len(due)} were due"
    for place, (word, wanted) in enumerate(zip(seen, due, strict=True)):
        if word != wanted and not (problem.comparison == "float" and _near_words(word, wanted, problem.tolerance)):
            return False, f"word {place + 1} is {_text(word)}, not {_text(wanted)}"
    return True, ""


def same_value(problem: CodeProblem, test: CallTest, value: object) -> tuple[bool, str]:
    """Whether the function returned what the test expects, and if not, why, in a few words."""
    try:
        same = _same_by(problem, test, value)
    except (ArithmeticError, TypeError, ValueError, RecursionError):
        # Two kinds of number that Python cannot compare, as a signalling NaN, are not the same.
        same = False
    return same, "" if same else f"{show(value)}, not {show(test.output)}"


def show(value: object) -> str:
    """The start of a value as Python writes it, for a reader; never long, and never slow."""
    return _SHORT.repr(value)


class _Short(reprlib.Repr):
    """As `reprlib`, which writes an int in full before it shortens it."""

    def repr_int(self, value: int, level: int) -> str:
        return super().repr_int(value, level) if value.bit_length() < 1000 else f"<int of {value.bit_length()} bits>"

    def repr_bytes(self, value: bytes, level: int) -> str:
        return repr(value[: self.maxstring])


_SHORT = _Short()
_SHORT.maxlevel, _SHORT.maxstring, _SHORT.maxlong, _SHORT.maxother = 3, _SHOWN, _SHOWN, _SHOWN


def _text(word: bytes) -> str:
    return show(word.decode("utf-8", "replace"))


def _exact(expected: bytes, output: bytes) -> tuple[bool, str]:
    due, seen = _without_newline(expected), _without_newline(output)
    if due == seen:
        return True, ""
    if due.split() == seen.split():
        return False, "only white space differs"
    place = next((place for place, pair in enumerate(zip(due, seen, strict=False)) if pair[0] != pair[1]), min(len(due), len(seen)))
    return False, f"{len(seen)} bytes where {len(due)} were due" if place == min(len(due), len(seen)) else f"byte {place + 1} differs"


def _without_newline(text: bytes) -> bytes:
    return text.removesuffix(b"\n").removesuffix(b"\r")


def _same_lines(expected: bytes, output: bytes) -> tuple[bool, str]:
    due, seen = ([b" ".join(words) for line in text.splitlines() if (words := line.split())] for text in (expected, output))
    if len(due) != len(seen):
        return False, f"{len(seen)} lines where {len(due)} were due"
    return (True, "") if Counter(due) == Counter(seen) else (False, "a line is not among those that were due")


def _near_words(word: bytes, wanted: bytes, tolerance: float) -> bool:
    if max(len(word), len(wanted)) > _LONGEST_NUMBER or not (_NUMBER.fullmatch(word) and _NUMBER.fullmatch(wanted)):
        return False
    return _near(float(word), float(wanted), tolerance)


def _near(value: float, expected: float, tolerance: float) -> bool:
    if math.isnan(value) or math.isnan(expected):
        return math.isnan(value) and math.isnan(expected)
    if value == expected:
        return True
    if math.isinf(value) or math.isinf(expected):
        return False
    return abs(value - expected) <= max(tolerance, tolerance * abs(expected))


def _same_by(problem: CodeProblem, test: CallTest, value: object) -> bool:
    if problem.compat == "lcb":
        return compat.same_lcb_value(test.output, value)
    if problem.compat == "evalplus":
        absolute = problem.tolerance if problem.comparison == "float" else 0.0
        return compat.same_evalplus_value(problem.entry, test.args, test.output, value, absolute)
    if problem.comparison == "exact":
        return bool(value == test.output)
    if problem.comparison == "float":
        return _alike(value, test.output, lambda left, right: _near_numbers(left, right, problem.tolerance))
    if problem.comparison == "unordered" and isinstance(test.output, list | tuple):
        return isinstance(value, list | tuple) and _same_members(value, test.output)
    return _alike(value, test.output, lambda left, right: bool(left == right))


def _alike(value: Any, expected: Any, leaf: Callable[[Any, Any], bool]) -> bool:
    """Equal in shape, with a tuple as good as a list, and with leaves that `leaf` finds equal."""
    if isinstance(expected, list | tuple):
        return (
            isinstance(value, list | tuple)
            and len(value) == len(expected)
            and all(_alike(*pair, leaf) for pair in zip(value, expected, strict=True))
        )
    if isinstance(expected, dict):
        return (
            isinstance(value, dict) and value.keys() == expected.keys() and all(_alike(value[key], expected[key], leaf) for key in expected)
        )
    return leaf(value, expected)


def _near_numbers(value: Any, expected: Any, tolerance: float) -> bool:
    """Floats by the tolerance; two whole numbers are exact, and so is all else."""
    kinds = {type(value), type(expected)}
    if float not in kinds or not kinds <= {int, float}:
        return bool(value == expected)
    try:
        return _near(float(value), float(expected), tolerance)
    except OverflowError:
        return False


def _same_members(value: Any, expected: Any) -> bool:
    """The same members, each as often. The table is of the expected ones: those of a program could be chosen to make it slow."""
    if len(value) != len(expected):
        return False
    left = Counter(map(_frozen, expected))
    for item in map(_frozen, value):
        if left.get(item, 0) == 0:
            return False
        left[item] -= 1
    return True


def _frozen(value: Any) -> Any:
    """A value as one that can be counted; equal values give equal ones, and a tuple gives what the list does."""
    if isinstance(value, list | tuple):
        return ("list", *map(_frozen, value))
    if isinstance(value, dict):
        return ("dict", frozenset((_frozen(key), _frozen(item)) for key, item in value.items()))
    return ("set", frozenset(value)) if isinstance(value, set) else value
