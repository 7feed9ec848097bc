"""The accept rules of other judges, for scores that are to be comparable with theirs.

`lcb` is LiveCodeBench's: printed lines stripped and equal as text or, token by token, as decimal
numbers; a returned tuple counts as the list. `evalplus` is EvalPlus's: equal, or floats within an
absolute 1e-6 and a relative 1e-7, and three tasks with rules of their own. Both are for comparison,
not for training: they accept what `compare.py` would not. Not taken over is what would be a hole
here: an object that says itself that it is equal, and an empty list in place of a number.
Facts from LiveCodeBench `lcb_runner/evaluation/testing_util.py` and EvalPlus 0.3 `evalplus/eval`.
"""

import math
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
# Tasks for which EvalPlus takes a constant beside the value of its own solution, because the task can be read so.
_CONSTANTS = {"are_equivalent": True, "sum_div": 0}


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
    """Whether EvalPlus takes what was returned.

    `entry` and `args` tell the tasks with rules of their own: a constant counts as right for each
    call by itself, where EvalPlus wants it from all calls of a program. `absolute` is the task's
    own tolerance, 0 if it has none; floats have 1e-6 anyway.
    """
    if entry == "find_zero":
        return _is_zero(args, value, absolute or ABSOLUTE)
    if bool(value == expected) or (entry in _CONSTANTS and bool(value == _CONSTANTS[entry])):
        return True
    if not absolute and _all_floats(expected):
        absolute = ABSOLUTE
    return bool(absolute) and _close(value, expected, absolute)


def _stripped(text: str) -> list[str]:
    return [line.strip() for line in text.strip().split("\n")]


def _same_decimals(left: str, right: str) -> bool:
    try:
        return [Decimal(token) for token in left.split()] == [Decimal(token) for token in right.split()]
    except InvalidOperation:  # no number, or a signalling NaN
        return False


def _all_floats(value: Any) -> bool:
    return isinstance(value, float) or (isinstance(value, list | tuple) and all(isinstance(item, float) for item in value))


def _close(value: Any, expected: Any, absolute: float) -> bool:
    """Numbers or equally shaped sequences of numbers, close to each other; NaN is close to NaN, and a number to a list of its like."""
    left, right = _numbers(value), _numbers(expected)
    if left is None or right is None or not (left[0] == right[0] or ((left[0] == () or right[0] == ()) and left[1] and right[1])):
        return False
    count = max(len(left[1]), len(right[1]))
    pairs = zip(left[1] * (1 if left[0] else count), right[1] * (1 if right[0] else count), strict=True)
    return all(_near(*pair, absolute) for pair in pairs)


def _near(left: float, right: float, absolute: float) -> bool:
    if math.isnan(left) or math.isnan(right):
        return math.isnan(left) and math.isnan(right)
    return left == right or (math.isfinite(right) and abs(left - right) <= absolute + RELATIVE * abs(right))


def _numbers(value: Any) -> tuple[tuple[int, ...], list[float]] | None:
    """The shape and the numbers of a regular array; None for anything else."""
    if isinstance(value, list | tuple):
        parts = [_numbers(item) for item in value]
        known = [part for part in parts if part]
        if len(known) < len(parts) or any(part[0] != known[0][0] for part in known):
            return None
        return (len(parts), *(known[0][0] if known else ())), [number for part in known for number in part[1]]
    if not isinstance(value, int | float):
        return None
    try:
        return (), [float(value)]
    except OverflowError:
        return None


def _is_zero(args: tuple[Any, ...], value: Any, absolute: float) -> bool:
    """HumanEval's find_zero, by what it is about: the value is a root of the polynomial."""
    if len(args) != 1 or not isinstance(value, int | float):
        return False
    try:
        return abs(sum(factor * math.pow(value, power) for power, factor in enumerate(args[0]))) <= absolute
    except (OverflowError, ValueError):
        return False
