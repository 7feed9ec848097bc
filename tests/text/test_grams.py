"""Overlaps of word runs: sixteen in a row and not fifteen, whatever case and marks, and in scripts without spaces, too."""

import re

from hypothesis import given
from hypothesis import strategies as st

from openmimo.text.grams import grams, grams_of, is_clean, runs, words

LONG = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen"


def naive(query: str, questions: list[str]) -> bool:
    """The slow twin of overlap: every 16 words of one against every 16 of the other, place by place."""
    ours, all_theirs = query.lower().split(), [question.lower().split() for question in questions]
    return any(
        ours[a : a + 16] == theirs[b : b + 16] for theirs in all_theirs for a in range(len(ours) - 15) for b in range(len(theirs) - 15)
    )


def test_sixteen_words_in_a_row_are_an_overlap_and_fifteen_are_not() -> None:
    given_words = LONG.split()
    evaluation = grams_of([LONG])
    for first in range(len(given_words)):
        for size in range(1, len(given_words) - first + 1):
            query = " ".join(["other"] * 5 + given_words[first : first + size] + ["words"] * 12)
            assert is_clean(query, evaluation) == (not naive(query, [LONG])) == (size < 16)


def test_case_and_marks_do_not_hide_an_overlap() -> None:
    evaluation = grams_of([LONG])
    assert not is_clean("Well: " + LONG.upper().replace(" ", ", ") + "?", evaluation)
    assert not is_clean(LONG.replace(" ", "_"), evaluation)


def test_a_short_text_overlaps_only_as_a_whole() -> None:
    evaluation = grams_of(["What is 2 + 3?", LONG])
    assert not is_clean("what is 2 + 3", evaluation)
    assert is_clean("What is 2 + 3, please?", evaluation)
    assert is_clean("", evaluation)
    assert grams("?!") == set()


@given(st.text(st.characters(max_codepoint=127)))
def test_words_in_latin_letters_are_those_of_decontaminators(text: str) -> None:
    assert words(text) == re.findall("[a-z0-9]+", text.lower())


def test_other_scripts_have_words_too() -> None:
    assert words("二加二是 2, да нет?") == ["二", "加", "二", "是", "2", "да", "нет"]
    # Of these only the letters and figures of the choices would be left, and they would be one question.
    assert is_clean("二加二是多少? A. 3 B. 4", grams_of(["三加三是什么? A. 3 B. 4"]))
    question = "在平面直角坐标系中点到直线的距离是多少"
    assert not is_clean(f"请问: {question}。", grams_of([question]))


@given(st.lists(st.sampled_from("abc"), max_size=12), st.integers(1, 5))
def test_runs_are_all_there_are_in_their_order(found: list[str], size: int) -> None:
    assert runs(found, size) == (
        [" ".join(found)] if 0 < len(found) < size else [" ".join(found[i : i + size]) for i in range(len(found) - size + 1)]
    )
