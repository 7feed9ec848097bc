"""Texts are read in full or not at all, and nothing that is read is computed without bounds."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.verify.math.gold import gold_of
from openmimo.verify.math.normal import form
from openmimo.verify.math.numeric import value
from openmimo.verify.math.reader import read
from openmimo.verify.math.terms import TooLarge, Unreadable

SAME = [
    (r"\frac{1}{1+\sqrt2}", r"\sqrt{2}-1"),
    (r"\dfrac12", "1/2"),
    (r"\frac{1}{\sqrt{10}}", "sqrt(10)/10"),
    (r"2\frac{1}{3}", "7/3"),
    (r"0.\overline{3}", r"\frac13"),
    ("4^{n+1}", "4*2^{2n}"),
    ("(x+1)^2", "x^2+2x+1"),
    (r"\frac{1}{x-1}+\frac{1}{x+1}", r"\frac{2x}{x^2-1}"),
    (r"\sqrt[3]{-8}", "-2"),
    (r"\sqrt{-4}", "2i"),
    (r"\ln 8", r"3\ln(2)"),
    (r"\log_2 8", "3"),
    (r"\binom{5}{2}", "10"),
    ("5!", "120"),
    (r"|-3|", "3"),
    (r"\left(\frac{1}{2}\right)^{-2}", "4"),
    ("i^2", "-1"),
    ("exp(2)", "e^2"),
    (r"\sqrt{12x}", r"2\sqrt{3x}"),
    ("2³", "8"),
    ("√2·√8", "4"),
    ("12,345,678", "12345678"),
    (r"32{,}349", "32349"),
    ("1.5e3", "1500"),
    ("2e-5", "0.00002"),
    ("5 3/4", "23/4"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_value_in_two_spellings(one: str, other: str) -> None:
    assert form(read(one).term).same(form(read(other).term))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"4\sqrt(2)", "4"),
        ("1/2004!", "1/2006!"),
        ("1/2^{99}", "1/2^{98}"),
        (r"1-1/\mathrm{e}", r"1+1/\mathrm{e}"),
        ("x^2", "|x|^2"),
        ("2^{n+1}", "2^n+1"),
        (r"\sqrt{2}+\sqrt{3}", r"\sqrt{5}"),
    ],
)
def test_different_values_have_different_forms(one: str, other: str) -> None:
    assert not form(read(one).term).same(form(read(other).term))


@pytest.mark.parametrize(
    "text",
    [
        "1+",
        "(1",
        "1)",
        r"\frac{1}",
        "3 is 4",
        r"\unknown{3}",
        "1..2",
        "x^",
        r"\begin{pmatrix}1&2\\3\end{pmatrix}",
        "__import__('os')",
        "5 not",
        "a.b",
    ],
)
def test_half_a_text_is_not_read(text: str) -> None:
    with pytest.raises(Unreadable):
        read(text)


@pytest.mark.parametrize(
    "text", ["9^{9^{9^9}}", "100000000!", r"\binom{10^9}{7}", "(x+y+z+w)^{200}", "2^{10^9}", "(" * 300 + "1" + ")" * 300, "7" * 5000]
)
def test_what_is_too_large_is_told_at_once(text: str) -> None:
    started = time.perf_counter()
    with pytest.raises(TooLarge):
        form(read(text).term)
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        (r"15\mbox{ cm}^2", "cm ^ 2"),
        ("3 apples", "apples"),
        ("5 m", "m"),
        ("$7", "$"),
        ("542/3 seconds", "seconds"),
        (r"90\text{ square units}", "square units"),
    ],
)
def test_units_are_passed_over(text: str, unit: str) -> None:
    assert read(text).unit == unit


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("42", "integer"),
        (r"\frac{1}{3}", "rational"),
        ("0.25", "decimal"),
        (r"28\%", "percent"),
        ("x^2+1", "expression"),
        (r"\{1,2\}", "set"),
        ("[0,1)", "interval"),
        (r"(-\infty,1)\cup(2,3]", "interval"),
        ("(1,2)", "tuple"),
        ("y=2x", "equation"),
        (r"\begin{pmatrix}1\\2\end{pmatrix}", "matrix"),
        (r"\text{Evelyn}", "text"),
        ("no solution", "text"),
        ("(B)", "choice"),
        (r"\text{(C)}", "choice"),
        ("9" * 5000, "large"),
    ],
)
def test_the_kind_of_a_gold_answer(text: str, kind: str) -> None:
    assert gold_of(text).kind == kind


@settings(deadline=None, derandomize=True, max_examples=400)
@given(
    st.lists(
        st.sampled_from(
            [
                "\\frac",
                "\\sqrt",
                "{",
                "}",
                "(",
                ")",
                "[",
                "^",
                "_",
                "1",
                "23",
                "x",
                "e",
                "+",
                "-",
                "/",
                "!",
                "|",
                ",",
                "=",
                "\\pm",
                "%",
                " ",
                "pi",
            ]
        )
    ).map("".join)
)
def test_no_text_breaks_the_reader_or_what_computes_with_it(text: str) -> None:
    try:
        term = read(text).term
        value(term)
        form(term)
    except (Unreadable, TooLarge):
        return
