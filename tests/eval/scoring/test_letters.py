"""The letter of a multiple-choice answer: the many ways to say it, and the many texts that do not."""

from string import ascii_uppercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmimo.eval.item import Item
from openmimo.eval.scoring.letters import letter_of, letter_verdict

CITIES = ("Paris", "London", "Berlin", "a dog")

PHRASINGS = [
    "The answer is ({}).",
    "The correct answer is {}.",
    "the answer to this question is {}",
    "Therefore, the best answer would be {}: it fits.",
    "The answer is {}, since the others are wrong.",
    "The answer is option {}.",
    "The correct option is **({})**",
    "ANSWER: {}",
    "Answer: **{}**",
    "**Answer:** {}",
    "**Answer**: ({})",
    "Answer:\n{}",
    "answer: ({})",
    "Final answer - {}",
    "<answer>{}</answer>",
    "The final answer is $\\boxed{{{}}}$.",
    "\\boxed{{\\text{{{}}}}}",
    "\\[\\boxed{{\\mathbf{{({})}}}}\\]",
    "**{}**",
    "**({})**",
    "{}",
    "({})",
    "{}.",
    "{}) text",
    "({}) text",
    "{}. Text",
    "{}: text",
    "{}\n\nThe others are wrong.",
    "It must be {}.",
    "I would choose {}.",
    "So we pick ({}).",
    "Option {} is correct.",
    "{} is the correct answer.",
    "So, {} is correct.",
    "({}) is the best choice.",
    "答案是{}",
    "答案：{}",
    "正确答案为（{}）。",
    "因此选{}。",
    "故选：{}",
    "应选择{}选项",
    "{}项正确。",
]


@given(st.sampled_from(PHRASINGS), st.sampled_from(ascii_uppercase[:10]), st.booleans())
def test_a_letter_is_found_in_many_phrasings(phrasing: str, letter: str, wide: bool) -> None:
    shown = chr(ord(letter) + 0xFEE0) if wide else letter  # as Chinese keyboards have it
    assert letter_of(phrasing.format(shown)) == letter


@given(st.sampled_from(PHRASINGS[:17]), st.sampled_from("ABCD"), st.sampled_from("ABCD"))
def test_the_last_claim_counts(phrasing: str, first: str, last: str) -> None:
    assert letter_of(f"The answer is {first}. But wait, let me look again.\n\n{phrasing.format(last)}") == last


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert letter_of(text, CITIES) in (None, *"ABCD")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A dog is a nice animal.",
        "I think so, but I am not sure.",
        "The answer is A dog.",
        "The answer is I think unclear.",
        "The answer is A or B.",
        "The answer is both A and B.",
        "Answer: A and C",
        "Answer: A, C",
        "Answer: ABC",
        "The answer is I and II only",
        "\\boxed{A} or \\boxed{B}",
        "\\boxed{A, C}",
        "答案是A或B",
        "A) one\nB) two",
        "Both (A) and (B) may be.",
        "The answer is K.",  # there are ten at most
        "The answer isn't C",
        "The answer cannot be C.",
        "选项C错误",
        "Vitamin C is needed.",
        "E. coli is a bacterium.",
        "(E)-2-butene is the product",
        "Statement B is correct, but",
        "Answer: $LETTER",
        "we choose a vertex and go on",
    ],
)
def test_where_no_one_letter_is_claimed_there_is_none(text: str) -> None:
    assert letter_of(text) is None


@pytest.mark.parametrize(
    "text, letter",
    [
        ("The answer is A because it is.", "A"),
        ("I think the answer is I.", "I"),
        ("Option C is incorrect. Option D is correct.", "D"),
        ("The answer is not C. So I pick B.", "B"),
        ("不选C，应选D", "D"),
        ("正确选项是C", "C"),
        ("选项C错误，选项D正确", "D"),
        ("A选项错误，B选项正确", "B"),
        ("So the answer is (B). The others, (A) and (C), fail.", "B"),
        ("Answer: D (not C)", "D"),
        ("A) one\nB) two\nSo it must be B.", "B"),
        ("It is either A or C, so C.", "C"),
        ("A. Paris\nB. London\n\nB", "B"),
        ("(d)", "D"),
    ],
)
def test_what_is_meant_goes_before_what_is_named(text: str, letter: str) -> None:
    assert letter_of(text) == letter


@pytest.mark.parametrize(
    "text, letter",
    [
        ("Paris", "A"),
        ("The correct answer is London, because it is.", "B"),
        ("The answer is a dog.", "D"),
        ("\\boxed{\\text{Berlin}}", "C"),
        ("Answer: B) London", "B"),
        ("Answer: Rome", None),
        ("Answer: Paris or London", None),
        ("The answer is E.", None),  # there are four
    ],
)
def test_a_choice_may_be_named_by_its_text(text: str, letter: str | None) -> None:
    assert letter_of(text, CITIES) == letter


def test_a_text_that_two_choices_share_names_neither() -> None:
    assert letter_of("The answer is 42.", ("42", "42", "43")) is None


def test_the_verdict_says_what_was_found() -> None:
    item = Item("1", "Where?", "B", CITIES)
    right, wrong, none = (letter_verdict(item, text) for text in ("Answer: B", "Answer: C", "Who knows?"))
    assert (right.kind, right.score, right.answer) == ("right", 1.0, "B")
    assert (wrong.kind, wrong.score, wrong.gold, wrong.answer) == ("wrong", 0.0, "B", "C")
    assert (none.kind, none.score, none.answer) == ("wrong", 0.0, "")
    assert none.reason == "no one letter is claimed"


def test_long_texts_take_no_longer_than_they_are() -> None:
    for piece in ("answer", "the answer is ", "\n", "\\boxed{", "**", "A or ", "( "):
        letter_of(piece * 20_000)
