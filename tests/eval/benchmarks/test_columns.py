"""Columns under their published names, and what is said of a row that lacks one."""

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.eval.benchmarks.columns import digest, id_of, options_of, place_of, subject_of, text_of
from openmimo.verify.judge.fields import BadField


def test_a_text_is_of_the_first_column_that_is_there() -> None:
    assert text_of({"Question": "why", "input": "no"}, "question", "Question", "input") == "why"
    assert text_of({"A": 21}, "A") == "21"


@pytest.mark.parametrize("value", ["", "  ", ["a"], True, 1.5, {}])
def test_what_is_no_text_is_named_with_its_column(value: Any) -> None:
    with pytest.raises(BadField, match=r"question: must be text, not"):
        text_of({"question": value}, "question")


def test_a_missing_column_is_named_with_what_the_row_has() -> None:
    with pytest.raises(BadField, match=r"question: is missing; the row has prompt, target") as caught:
        text_of({"prompt": "a", "target": "b", "other": None}, "question", "input")
    assert caught.value.fix == "give 'question' or 'input' a text"


def test_options_are_a_list_or_a_column_for_each_letter() -> None:
    assert options_of({"options": ["a", 2]}) == ("a", "2")
    assert options_of({"A": "x", "B": "y", "C": "z", "answer": "A"}) == ("x", "y", "z")
    with pytest.raises(BadField, match="choices: is missing; the row has A, C"):
        options_of({"A": "x", "C": "z"})
    with pytest.raises(BadField, match=r"choices\[1\]: must be text"):
        options_of({"choices": ["a", None]})
    for found in (["one"], "ab", ["x"] * 27):
        with pytest.raises(BadField, match="must be a list of 2 to 26 options"):
            options_of({"choices": found})


@pytest.mark.parametrize(("value", "place"), [(0, 0), (3, 3), ("3", 3), ("B", 1), ("b", 1), (" D ", 3)])
def test_the_right_place_is_a_letter_or_a_number(value: Any, place: int) -> None:
    assert place_of({"answer": value}, 4) == place


def test_numbers_may_count_from_one() -> None:
    assert [place_of({"answer": value}, 2, "answer", first=1) for value in ("1", 2)] == [0, 1]
    with pytest.raises(BadField, match="there are 2 options"):
        place_of({"answer": "0"}, 2, "answer", first=1)


@pytest.mark.parametrize("value", [4, "E", "4", -2, "AB", True, 1.0, ["A"], "²", "é"])
def test_a_place_that_is_none_of_the_options_is_named(value: Any) -> None:
    with pytest.raises(BadField, match=r"answer: is .*, and there are 4 options") as caught:
        place_of({"answer": value}, 4)
    assert "from A to D" in caught.value.fix


@pytest.mark.parametrize("row", [{}, {"answer": ""}, {"label": -1}, {"answer": None}])
def test_a_hidden_answer_is_missing(row: dict[str, Any]) -> None:
    with pytest.raises(BadField, match="answer: is missing") as caught:
        place_of(row, 4)
    assert "validation" in caught.value.fix


@settings(derandomize=True, deadline=None)
@given(st.one_of(st.none(), st.integers(), st.text(), st.floats(), st.lists(st.text())), st.integers(2, 26))
def test_a_place_is_within_the_options_or_refused(value: Any, count: int) -> None:
    with contextlib.suppress(BadField):
        assert 0 <= place_of({"answer": value}, count) < count


def test_the_subject_is_of_a_column_before_the_files_name() -> None:
    assert subject_of({"subject": "logic", "file": "test"}) == "logic"
    assert subject_of({"subject": "", "file": "logic"}) == "logic"
    assert subject_of({"question": "a"}) == ""


def test_an_id_is_the_rows_own_or_its_place() -> None:
    assert id_of({"id": 0}, 7, "x", "key", "id") == "0"
    assert id_of({"id": ""}, 7, "x", "id") == "x/7"
    assert id_of({}, 7, "") == "7"


def test_a_digest_is_the_same_always() -> None:
    assert digest("a passage") == "6221239270e7"
    assert digest("a") != digest("b")
