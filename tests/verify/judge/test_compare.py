"""Comparison of outputs and values: what counts as the same, and that nothing a program writes makes it raise or take long."""

import time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.verify.judge.compare import same_output, same_value, show
from openmimo.verify.judge.problem import CallTest, CodeProblem, Comparison, StdinTest
from openmimo.verify.judge.wire import Opaque

COMPARISONS: tuple[Comparison, ...] = ("exact", "tokens", "float", "unordered")


def printed(comparison: Comparison, expected: str, output: str | bytes, tolerance: float = 1e-6) -> bool:
    problem = CodeProblem("", "", (), comparison=comparison, tolerance=tolerance)
    return same_output(problem, StdinTest("", expected), output.encode() if isinstance(output, str) else output)[0]


def returned(comparison: Comparison, expected: Any, value: Any, tolerance: float = 1e-6) -> bool:
    problem = CodeProblem("", "", (), "f", comparison=comparison, tolerance=tolerance)
    return same_value(problem, CallTest((), expected), value)[0]


@pytest.mark.parametrize(
    "comparison, expected, output, same",
    [
        ("exact", "1 2\n", "1 2", True),
        ("exact", "1 2", "1 2\r\n", True),
        ("exact", "1 2", "1 2\n\n", False),
        ("exact", "1 2", "1  2", False),
        ("exact", "1 2", "1 2 ", False),
        ("exact", "", "\n", True),
        ("tokens", "1 2\n3", " 1\t2 3\r\n\n", True),
        ("tokens", "1 2", "12", False),
        ("tokens", "1 2", "1 2 3", False),
        ("tokens", "1 2", "1", False),
        ("tokens", "1.0", "1", False),
        ("tokens", "Yes", "yes", False),
        ("tokens", "", "", True),
        ("tokens", "é", "é", True),
        ("float", "0.5", "0.5000004", True),
        ("float", "0.5", "0.500004", False),
        ("float", "1e9", "1000000100", True),
        ("float", "1e9", "1000010000", False),
        ("float", "0", "-0.0000009", True),
        ("float", "0", "1e-5", False),
        ("float", "x 1", "x 1.0", True),
        ("float", "x 1", "y 1", False),
        ("float", "nan", "NaN", True),
        ("float", "1", "nan", False),
        ("float", "nan", "1", False),
        ("float", "inf", "inf", True),
        ("float", "inf", "1e999", True),
        ("float", "inf", "-inf", False),
        ("float", "1", "inf", False),
        ("float", "1000", "1_000", False),
        ("float", "10", "0xa", False),
        ("float", "1", "1" + "0" * 5000, False),
        ("unordered", "a b\nc", "c\na  b\n", True),
        ("unordered", "a\na\nb", "a\nb\nb", False),
        ("unordered", "a b", "b a", False),
        ("unordered", "a", "a\na", False),
    ],
)
def test_printed(comparison: Comparison, expected: str, output: str, same: bool) -> None:
    assert printed(comparison, expected, output) is same


@pytest.mark.parametrize(
    "comparison, expected, value, same",
    [
        ("exact", 1, 1, True),
        ("exact", 1, 1.0, True),
        ("exact", True, 1, True),
        ("exact", [1], (1,), False),
        ("exact", (1,), (1,), True),
        ("exact", 1, "1", False),
        ("exact", 0.1 + 0.2, 0.3, False),
        ("exact", {1, 2}, {2, 1}, True),
        ("exact", Fraction(1, 2), 0.5, True),
        ("exact", None, None, True),
        ("exact", None, Opaque("NoneType"), False),
        ("exact", [Opaque("x")], [Opaque("x")], False),
        ("exact", float("nan"), float("nan"), False),
        ("tokens", [1, [2]], (1, (2,)), True),
        ("tokens", {"a": [1]}, {"a": (1,)}, True),
        ("tokens", {"a": [1]}, {"b": (1,)}, False),
        ("tokens", [1, 2], [2, 1], False),
        ("tokens", [1, 2], {1, 2}, False),
        ("tokens", [], "", False),
        ("tokens", "a", b"a", False),
        ("tokens", 1, Decimal("sNaN"), False),
        ("float", 0.5, 0.5000004, True),
        ("float", [0.5, [1.5]], (0.5, [1.5000000001]), True),
        ("float", 2, 2.0000001, True),
        ("float", 2, 3, False),
        ("float", 10**20, 10**20 + 1, False),
        ("float", float("nan"), float("nan"), True),
        ("float", 1.0, float("nan"), False),
        ("float", float("inf"), float("inf"), True),
        ("float", float("inf"), 1e308, False),
        ("float", 1.0, 10**400, False),
        ("float", 1.0, "1.0", False),
        ("float", 1.0, True, True),
        ("float", {"a": 0.5}, {"a": 0.5000001}, True),
        ("unordered", [3, 1, 1], (1, 3, 1), True),
        ("unordered", [3, 1, 1], [1, 3, 3], False),
        ("unordered", [[1, 2], [3, 4]], [(3, 4), (1, 2)], True),
        ("unordered", [[1, 2]], [[2, 1]], False),
        ("unordered", [{"a": 1}, {2}], [{2}, {"a": 1}], True),
        ("unordered", [1], {1}, False),
        ("unordered", [1], 1, False),
        ("unordered", 5, 5, True),
    ],
)
def test_returned(comparison: Comparison, expected: Any, value: Any, same: bool) -> None:
    assert returned(comparison, expected, value) is same


NUMBERS = st.integers() | st.floats() | st.booleans() | st.none() | st.text(max_size=3)
VALUES = st.recursive(
    NUMBERS,
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None, derandomize=True)
@given(VALUES, VALUES, st.sampled_from(COMPARISONS))
def test_values_are_the_same_as_themselves_and_in_both_directions(value: Any, other: Any, comparison: Comparison) -> None:
    if comparison == "float" or "nan" not in repr(value):
        assert returned(comparison, value, value)
    if comparison == "unordered" and isinstance(value, list):
        assert returned(comparison, value, value[::-1]) or "nan" in repr(value)
    if comparison != "float":  # a tolerance is relative to the expected side
        assert returned(comparison, value, other) is returned(comparison, other, value) or isinstance(value, list | tuple) != isinstance(
            other, list | tuple
        )


@settings(deadline=None, derandomize=True)
@given(st.binary(max_size=40), st.text(max_size=20), st.sampled_from(COMPARISONS), st.sampled_from(["", "lcb"]))
def test_no_output_makes_it_raise(output: bytes, expected: str, comparison: Comparison, compat: Any) -> None:
    problem = CodeProblem("", "", (), comparison=comparison, compat=compat)
    same, why = same_output(problem, StdinTest("", expected), output)
    assert same is (why == "")


@settings(deadline=None, derandomize=True)
@given(st.lists(st.text("01.e-", min_size=1, max_size=6), max_size=5), st.sampled_from(COMPARISONS))
def test_an_output_is_the_same_as_itself(words: list[str], comparison: Comparison) -> None:
    assert printed(comparison, " ".join(words), " ".join(words) + "\n")


@settings(deadline=None, derandomize=True)
@given(st.floats(-1e6, 1e6), st.floats(-0.5, 0.5))
def test_the_tolerance_is_relative_or_absolute(expected: float, part: float) -> None:
    near, far = expected + part * 1e-3 * max(1, abs(expected)), expected + 2e-3 * max(1, abs(expected))
    assert returned("float", expected, near, 1e-3)
    assert not returned("float", expected, far, 1e-3)


@pytest.mark.parametrize("comparison", COMPARISONS)
def test_huge_outputs_take_time_in_proportion(comparison: Comparison) -> None:
    started = time.process_time()
    assert not printed(comparison, "1 2 3\n" * 10, b"1 " * 2_000_000)
    assert not printed(comparison, "5", b"9" * 4_000_000)
    assert not printed(comparison, "5", b"\n" * 4_000_000 + b"6")
    assert not returned(comparison, [1] * 100_000, [1] * 99_999 + [2])
    assert not returned(comparison, list(range(1000)), [place * (2**61 - 1) for place in range(1000)])
    assert not returned(comparison, 5, 1 << 30_000_000)
    assert time.process_time() - started < 8


def test_why_is_short_whatever_was_written() -> None:
    for value in (
        1 << 30_000_000,
        "x" * 10**6,
        b"x" * 10**6,
        [[[1] * 100] * 100] * 100,
        {"a" * 1000: ["b" * 1000] * 1000},
        {*range(10**5)},
        Opaque("x" * 10**4),
    ):
        assert len(show(value)) < 1000
        problem = CodeProblem("", "", (), "f")
        assert len(same_value(problem, CallTest((), "due"), value)[1]) < 2000
    assert same_output(CodeProblem("", "", ()), StdinTest("", "4 9"), b"4 8") == (False, "word 2 is '8', not '9'")
    assert len(same_output(CodeProblem("", "", ()), StdinTest("", "4"), b"8" * 10**6)[1]) < 200
