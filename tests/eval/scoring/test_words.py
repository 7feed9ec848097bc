"""Answers in words: the published forms by example, F1 by its laws, spans by DROP's rules, and BBH's sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmimo.eval.item import Item
from openmimo.eval.scoring.words import (
    alias_verdict,
    bbh_answer,
    bbh_verdict,
    drop_form,
    drop_scores,
    drop_verdict,
    same_spans,
    spans_f1,
    squad_form,
    token_f1,
    trivia_form,
    trivia_verdict,
)


def test_forms_differ_as_the_evaluators_do() -> None:
    assert squad_form("The U.S.'s  hip-hop, an Art") == "uss hiphop art"
    assert trivia_form("The U.S.'s  hip-hop, an Art") == "u s s hip hop art"
    assert drop_form("The U.S.'s  hip-hop, 3,000 or 5 yards.") == "uss hip hop 3000.0 or 5.0 yards"


@given(st.text("abc the.-,'", max_size=30), st.text("abc the.-,'", max_size=30))
def test_f1_is_the_same_both_ways_and_between_0_and_1(one: str, other: str) -> None:
    assert token_f1(one, other) == token_f1(other, one)
    assert 0 <= token_f1(one, other) <= 1


@given(st.text())
def test_equal_texts_have_f1_1(text: str) -> None:
    assert token_f1(text, text) == 1
    assert spans_f1([text], [text]) == 1
    assert same_spans([text], [text])


@given(st.lists(st.text("ab 12", max_size=8), min_size=1, max_size=4), st.lists(st.text("ab 12", max_size=8), min_size=1, max_size=4))
def test_an_exact_match_has_the_best_f1(gold: list[str], said: list[str]) -> None:
    f1 = spans_f1(gold, said)
    assert 0 <= f1 <= 1
    if len(set(map(drop_form, gold))) == len(gold) and same_spans(gold, said):
        assert f1 == 1


def test_f1_counts_a_word_as_often_as_both_have_it() -> None:
    assert token_f1("Ada Lovelace", "Lovelace") == pytest.approx(2 / 3)
    assert token_f1("la la la", "la") == pytest.approx(0.5)
    assert token_f1("one", "two") == 0
    assert token_f1("the", "") == 1  # neither has a token
    assert token_f1("", "one") == 0


@pytest.mark.parametrize(
    "gold, said, f1",
    [
        (["10"], ["10"], 1),
        (["10"], ["10.0"], 1),
        (["10"], ["10 yards"], 0.67),
        (["10 yards"], ["11 yards"], 0),  # a number in the gold answer must be there
        (["ten yards"], ["eleven yards"], 0.5),
        (["Ravens", "Steelers"], ["Steelers", "Ravens"], 1),
        (["Ravens", "Steelers"], ["Steelers"], 0.5),
        (["Ravens"], ["Ravens", "Steelers"], 0.5),
        (["Baltimore Ravens", "Steelers"], ["the Ravens", "Steelers"], 0.83),
    ],
)
def test_spans_are_scored_as_in_drop(gold: list[str], said: list[str], f1: float) -> None:
    assert spans_f1(gold, said) == f1


@pytest.mark.parametrize(
    "said", ["Ravens, Steelers and Bears", "Ravens; Steelers; Bears", "Ravens and Bears, Steelers", "Steelers\nBears\nRavens"]
)
def test_a_list_in_a_text_is_taken_apart(said: str) -> None:
    assert drop_scores([("Ravens", "Steelers", "Bears")], said) == (True, 1.0)


def test_a_list_is_taken_apart_only_where_the_gold_answer_is_one() -> None:
    exact, f1 = drop_scores([("Smith and Sons",)], "Smith and Sons")
    assert (exact, f1) == (True, 1.0)
    assert drop_scores([("Smith",)], "Smith, Jones")[1] == 0.67


def test_the_annotator_who_suits_best_counts() -> None:
    item = Item("1", "How many?", "3", data={"answers": (("3",), ("three yards",), ("Ravens", "Bears"))})
    assert drop_verdict(item, "three yards").score == 1
    assert drop_verdict(item, "Bears and Ravens").score == 1
    partly = drop_verdict(item, "I think.\n**Answer:** three feet")
    assert (partly.kind, partly.score, partly.answer) == ("partial", 0.5, "three feet")
    assert drop_verdict(item, "Answer: \\boxed{\\text{3}}").kind == "right"
    wrong = drop_verdict(item, "")
    assert (wrong.kind, wrong.score) == ("wrong", 0.0)


def test_any_alias_is_right() -> None:
    item = Item("1", "Who?", "Hip-Hop", data={"aliases": ("Hip-Hop", "The Rap")})
    assert alias_verdict(item, " hiphop.").ok
    assert not alias_verdict(item, "hip hop").ok
    assert trivia_verdict(item, "hip hop").ok
    assert trivia_verdict(item, "rap").ok
    wrong = trivia_verdict(item, "rap music")
    assert (wrong.kind, wrong.score, wrong.reason) == ("wrong", 0.0, "none of 2 accepted answers; token F1 0.67")


@pytest.mark.parametrize(
    "gold, answer, right",
    [
        ("(B)", "First, this. So the answer is (B).", True),
        ("(B)", "So the answer is B.", True),
        ("(B)", "So the answer is (B) 01/02/1990.", True),
        ("(B)", "So the answer is (C).", False),
        ("(A)", "So the answer is a dog.", False),
        ("(B)", "If so, the answer is (A). It is not. So the answer is (B).\nQ: more", True),
        ("Yes", "So the answer is yes.", True),
        ("No", "So the answer is Yes.", False),
        ("valid", "So the answer is invalid.", False),
        ("-15", "So the answer is -15.", True),
        ("1000", "So the answer is 1,000.", True),
        ("12", "So the answer is 1, 2.", False),
        ("3.5", "So the answer is 3.5.", True),
        ("] > )", "So the answer is ]>).", True),
        ("] > )", "So the answer is ] ) >.", False),
        ("apple bear cat", "So the answer is apple, bear, cat.", True),
        ("apple bear cat", "So the answer is apple cat bear.", False),
        ("True", "The answer is: **True**", True),
        ("True", "It is $\\boxed{\\text{True}}$", True),
        ("True", "True", True),
        ("True", "Let us see.\nTrue", False),
    ],
)
def test_what_follows_the_answer_is_counts_in_bbh(gold: str, answer: str, right: bool) -> None:
    assert bbh_verdict(Item("1", "?", gold), answer).ok == right


def test_the_verdict_of_bbh_says_what_was_read() -> None:
    assert bbh_answer("So the answer is (B). And more.") == "(B)"
    wrong = bbh_verdict(Item("1", "?", "(A)"), "It goes on\nand on")
    assert (wrong.score, wrong.answer, wrong.reason) == (0.0, "", 'no "the answer is"')
