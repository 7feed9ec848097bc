"""Written arithmetic ends in the right result, every statement in it is true, and it stays short."""

import re
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.tasks.written import difference_lines, lowest_terms, product_lines, quotient_lines, remainder_lines, sum_lines

WHOLE = st.integers(-99_999, 99_999)
STATEMENT = re.compile(r"(-?\d+(?: [+*/-] \(?-?\d+\)?)*) = (\(?-?\d+\)?(?: [+*/-] \(?-?\d+\)?)*)")


def value(text: str) -> Fraction:
    """A chain of sums and products of whole numbers, worked out the plain way: products first."""
    total = Fraction(0)
    for sign, term in re.findall(r"(?:^|(?<= )([+-]) )((?:\(?-?\d+\)?)(?: [*/] \(?-?\d+\)?)*)", text):
        first, *rest = term.split(" ")
        product = Fraction(first.strip("()"))
        for operator, factor in zip(rest[::2], rest[1::2], strict=True):
            product = product * int(factor.strip("()")) if operator == "*" else product / int(factor.strip("()"))
        total += -product if sign == "-" else product
    return total


def holds(lines: list[str]) -> bool:
    statements = [found for line in lines for found in STATEMENT.findall(line)]
    return bool(statements) and all(value(left) == value(right) for left, right in statements)


def test_the_twin_itself_is_right() -> None:
    assert value("2 + 3 * 4") == 14
    assert value("-5 - (-300)") == 295
    assert value("7 / 2 - 1") == Fraction(5, 2)
    assert not holds(["2 + 2 = 5"])


@settings(max_examples=200, deadline=None)
@given(WHOLE, WHOLE)
def test_sums_and_differences(a: int, b: int) -> None:
    added, taken = sum_lines(a, b), difference_lines(a, b)
    assert added[-1].endswith(f" = {a + b}")
    assert taken[-1].endswith(f" = {a - b}")
    assert holds(added)
    assert holds(taken)
    assert len("\n".join(added)) < 200


@settings(max_examples=200, deadline=None)
@given(st.integers(-9_999, 9_999), st.integers(-999, 999))
def test_products(a: int, b: int) -> None:
    lines = product_lines(a, b)
    assert lines[-1].endswith(f" = {a * b}")
    assert holds(lines)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 99_999), st.integers(1, 400))
def test_quotients(a: int, b: int) -> None:
    lines = quotient_lines(a, b)
    assert lines[-1] == (f"{a} / {b} = {a // b}" if a % b == 0 else f"{a} = {b} * {a // b} + {a % b}")
    assert holds(lines)


@given(st.integers(0, 9_999), st.integers(2, 99))
@settings(deadline=None)
def test_a_division_with_remainder_ends_in_both(number: int, modulus: int) -> None:
    lines = remainder_lines(number, modulus)
    quotient, remainder = divmod(number, modulus)
    assert lines[-1] == f"{number} = {modulus} * {quotient} + {remainder}"
    assert holds(lines)


@given(st.integers(1, 999), st.integers(1, 999))
@settings(deadline=None)
def test_lowest_terms_are_stated_last(top: int, bottom: int) -> None:
    last = lowest_terms(top, bottom)[-1]
    assert last in (f"{top}/{bottom} = {Fraction(top, bottom)}", f"{top}/{bottom} is in lowest terms.")
    assert last.endswith("terms.") == (Fraction(top, bottom).numerator == top)
