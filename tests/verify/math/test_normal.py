"""Normal forms against arithmetic by other means: equal forms are equal values, plain unequal ones are not."""

import math
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.verify.math.normal import form
from openmimo.verify.math.numeric import apart, differ, value
from openmimo.verify.math.reader import read
from openmimo.verify.math.terms import TooLarge, Unreadable

leaves = st.integers(1, 12).map(str) | st.sampled_from(
    ["x", "y", r"\pi", r"\sqrt{2}", r"\sqrt{3}", r"\sqrt{6}", r"\sqrt[3]{4}", "e", r"\ln 6"]
)


def _joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return (
        st.tuples(parts, st.sampled_from("+-*"), parts).map(lambda p: f"({p[0]}{p[1]}{p[2]})")
        | st.tuples(parts, parts).map(lambda p: rf"\frac{{{p[0]}}}{{{p[1]}}}")
        | st.tuples(parts, st.integers(-2, 3)).map(lambda p: f"({p[0]})^{{{p[1]}}}")
        | parts.map(lambda p: rf"\sqrt{{{p}}}")
    )


texts = st.recursive(leaves, _joined, max_leaves=7)


@settings(deadline=None, derandomize=True, max_examples=600)
@given(texts, texts)
def test_forms_agree_with_values(one: str, other: str) -> None:
    first, second = read(one).term, read(other).term
    try:
        same = form(first).same(form(second))
        plain = form(first).plain and form(second).plain
    except (Unreadable, TooLarge):
        return
    if same:
        assert not differ(first, second)
    elif plain and (low := value(first)) is not None and (high := value(second)) is not None:
        assert apart(low, high, Decimal(10) ** -40)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(texts)
def test_a_term_equals_itself_rewritten(text: str) -> None:
    term = read(text).term
    try:
        own = form(term)
        assert own.same(form(read(f"(({text})*2+1-1)/2").term))
    except (Unreadable, TooLarge):
        return


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\sin(1)", math.sin(1)),
        (r"\cos(100)", math.cos(100)),
        (r"\tan(0.3)", math.tan(0.3)),
        (r"\arctan(5)", math.atan(5)),
        (r"\arcsin(0.4)", math.asin(0.4)),
        (r"\arccos(-0.4)", math.acos(-0.4)),
        (r"\ln(10)", math.log(10)),
        ("2^{0.5}", math.sqrt(2)),
        (r"\sqrt[3]{-27}", -3.0),
        ("e^{-1}", math.exp(-1)),
        (r"\binom{7}{3}", 35.0),
    ],
)
def test_values_agree_with_floats(text: str, expected: float) -> None:
    found = value(read(text).term)
    assert found is not None
    assert math.isclose(float(found), expected, rel_tol=1e-14)


@pytest.mark.parametrize("text", [r"\sin(\pi)", r"\sqrt{-2}", "1/0", "x-x+0.5-0.5", r"\ln(0)", "9^{9^{9^9}}", "i", r"\infty"])
def test_no_value_where_none_can_be_trusted(text: str) -> None:
    assert value(read(text).term) is None


def test_huge_and_tiny_values_are_told_apart() -> None:
    assert differ(read("9^{9^9}").term, read("9^{9^9+1}").term)
    assert differ(read("1/2004!").term, read("1/2006!").term)
    assert not differ(read(r"\sqrt{2}\sqrt{3}").term, read(r"\sqrt{6}").term)
