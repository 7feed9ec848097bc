"""The accept rules of other judges, for scores that are to be comparable with theirs.

`lcb` is LiveCodeBench's: printed lines are stripped and equal as text or, token by token, as decimal
numbers; a returned tuple counts as the list. `evalplus` is EvalPlus's: equal, or floats of the same
type within an absolute 1e-6 and a relative 1e-7, and some tasks have rules of their own. Both are
for comparison, not for training: they accept what `compare.py` would not, and EvalPlus takes any
answer to one task. An object that says itself that it is equal is not accepted as either.
Facts from LiveCodeBench `lcb_runner/evaluation/testing_util.py` and EvalPlus 0.3.1 `evalplus/eval`.
"""

import math
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

_MODULES = (
    *("string", "re", "datetime", "collections", "heapq", "bisect", "copy", "math", "random", "statistics"),
    *("itertools", "functools", "operator", "io", "sys", "json"),
)
# What LiveCodeBench puts before every program; a later star hides the names of an earlier one.
LCB_PRELUDE = "\n".join(
    [
        *(f"from {name} import *" for name in (*_MODULES, "builtins", "typing")),
        *(f"import {name}" for name in _MODULES),
        "sys.setrecursionlimit(50000)",
        "",
    ]
)
ABSOLUTE, RELATIVE = 1e-6, 1e-7
# MBPP's tasks that EvalPlus compares as sets, and those where only whether there is an answer counts.
_AS_SETS = frozenset(
    (
        "similar_elements",
        "find_char_long",
        "common_in_nested_lists",
        "extract_singly",
        "larg_nnum",
        "intersection_array",
        "find_dissimilar",
        "Diff",
    )
)
IS_THERE = frozenset({"check_str", "text_match_three", "text_starta_endb"})


def same_lcb_output(expected: str, output: str) -> tuple[bool, str]:
    """Whether LiveCodeBench takes what was printed, and why not."""
    due, seen = _stripped(expected), _stripped(output)
    if len(due) != len(seen):
        return False, f"{len(seen)} lines where {len(due)} were due"
    for place, (line, wanted) in enumerate(zip(seen, due, strict=True)):
        if line != wanted and not _same_decimals(line, wanted):
            return False, f"line {place + 1} differs"
    return True, ""


def same_lcb_value(expected: Any, value: Any) -> bool:
    """Whether LiveCodeBench takes what was returned: a tuple is made a list at the top, and no deeper."""
    return bool((list(value) if type(value) is tuple else value) == expected)


def same_evalplus_value(entry: str, args: tuple[Any, ...], expected: Any, value: Any, absolute: float = 0.0) -> bool:
    """Whether EvalPlus takes what was returned; `absolute` is the task's own tolerance, 0 if it has none. May raise as its comparison does."""
    special = _special(entry, args, expected, value, absolute)
    if special is not None:
        return special
    if bool(value == expected):
        return True
    if not absolute and _all_floats(expected):
        absolute = ABSOLUTE
    if not absolute or type(value) is not type(expected):
        return False
    return _close(value, expected, absolute)


def _special(entry: str, args: tuple[Any, ...], expected: Any, value: Any, absolute: float) -> bool | None:
    """The rules of single tasks, which can be read in more than one way; None where the common rule decides."""
    if entry == "find_zero":
        return bool(abs(sum(factor * math.pow(value, power) for power, factor in enumerate(args[0]))) <= absolute)
    if entry == "are_equivalent":
        return True
    if entry in _AS_SETS:
        return bool(set(value) == set(expected))
    if entry in IS_THERE:
        return bool(expected == (value if isinstance(value, bool) else value is not None))
    others: dict[str, Callable[[], bool]] = {
        "sum_div": lambda: bool(value == 0),
        "surface_Area": lambda: bool(abs(value - _surface(*args)) <= absolute),
        "digit_distance_nums": lambda: bool(value == _distance(*args)),
    }
    return True if entry in others and (bool(value == expected) or others[entry]()) else None


def _surface(edge: float, height: float) -> int:
    """The surface of a square pyramid whose height stands on its base."""
    return round(edge**2 + 2 * edge * math.sqrt((edge / 2) ** 2 + height**2))


def _distance(left: int, right: int) -> int:
    """The sum of the differences of digits in the same place."""
    width = max(len(str(left)), len(str(right)))
    return sum(abs(int(one) - int(other)) for one, other in zip(str(left).zfill(width), str(right).zfill(width), strict=True))


def _stripped(text: str) -> list[str]:
    return [line.strip() for line in text.strip().split("\n")]


def _same_decimals(left: str, right: str) -> bool:
    try:
        return [Decimal(token) for token in left.split()] == [Decimal(token) for token in right.split()]
    except InvalidOperation:  # no number, or a signalling NaN
        return False


def _all_floats(value: Any) -> bool:
    return isinstance(value, float) or (isinstance(value, list | tuple) and bool(value) and all(isinstance(item, float) for item in value))


def _close(value: Any, expected: Any, absolute: float) -> bool:
    """Numbers, or sequences of the same shape, near each other; NaN is near nothing."""
    if isinstance(expected, list | tuple):
        return (
            isinstance(value, list | tuple)
            and len(value) == len(expected)
            and all(_close(*pair, absolute) for pair in zip(value, expected, strict=True))
        )
    if not isinstance(value, int | float) or not isinstance(expected, int | float):
        return False
    return value == expected or (math.isfinite(expected) and abs(value - expected) <= absolute + RELATIVE * abs(expected))
