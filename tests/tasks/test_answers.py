"""Answers are right in any usual form, and in no other."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.tasks.answers import number_of, same_factors, same_form, same_list, same_number, same_parts, same_set, same_words


@pytest.mark.parametrize(
    "gold, answer",
    [
        ("12", "12."),
        ("12", " +12 "),
        ("0.75", "3/4"),
        ("-7.5", "-15/2"),
        ("1200", "1,200"),
        ("5", "x = 5"),
        ("40%", "40"),
        ("18", "$18.00"),
    ],
)
def test_the_same_number(gold: str, answer: str) -> None:
    assert same_number(gold, answer)


@pytest.mark.parametrize(
    "gold, answer",
    [
        ("12", "13"),
        ("12", ""),
        ("12", "12 or 13"),
        ("12", "1 2"),
        ("12", "twelve"),
        ("3/4", "0.74"),
        ("12", "12,00"),
        ("12", "12%"),
        ("5", "3/0"),
        ("12", "1" * 60),
        ("12", "__import__('os')"),
    ],
)
def test_another_number_or_none(gold: str, answer: str) -> None:
    assert not same_number(gold, answer)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_nothing_breaks_the_checks(gold: str, answer: str) -> None:
    for check in (same_number, same_form, same_list, same_set, same_parts, same_factors, same_words):
        assert check(gold, answer) in (True, False)


@settings(max_examples=100, deadline=None)
@given(st.fractions(-(10**9), 10**9, max_denominator=500))
def test_every_fraction_is_read_back(value: object) -> None:
    assert number_of(str(value)) == value


def test_lists_parts_factors_words() -> None:
    assert same_list("1, 2, 4", "[1,2,4]")
    assert same_list("1, 2, 4", "1, 2 and 4.")
    assert not same_list("1, 2, 4", "1, 4, 2")
    assert not same_list("1, 2, 4", "1, 2")
    assert same_parts("14 remainder 2", "14 R 2")
    assert same_parts("14 remainder 2", "14 with a remainder of 2")
    assert not same_parts("14 remainder 2", "14")
    assert same_factors("2^3 * 5", "5 * 2 * 2 * 2")
    assert same_factors("2^3 * 5", "2^2 x 2 x 5")
    assert not same_factors("2^3 * 5", "8 * 5")
    assert not same_factors("2^3 * 5", "40")
    assert same_words("Yes", "yes.")
    assert not same_words("yes", "no")


@pytest.mark.parametrize("gold, answer", [("3/4", "3/4."), ("-3/4", "-3 / 4"), ("0.75", "0.750"), ("1200", "1,200"), ("1/2", "x = 1/2")])
def test_the_same_form(gold: str, answer: str) -> None:
    assert same_form(gold, answer)


@pytest.mark.parametrize(
    "gold, answer", [("3/4", "12/16"), ("3/4", "0.75"), ("0.75", "3/4"), ("15", "300/20"), ("3/4", "-3/4"), ("12", "12%")]
)
def test_another_form_of_the_same_number(gold: str, answer: str) -> None:
    assert not same_form(gold, answer)


def test_sets() -> None:
    assert same_set("1, 7", "7 and 1")
    assert not same_set("1, 7", "1, 7, 7")
    assert not same_set("1, 7", "1")
