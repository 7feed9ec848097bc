"""MMLU and its successors, to the letter."""

import json
from pathlib import Path

import pytest

from openmimo.eval.benchmarks.catalog import read_items
from openmimo.eval.benchmarks.mmlu import MMLU, MMLU_PRO, MMLU_PRO_TEXT, MMLU_REDUX, MMLU_REDUX_CHAT
from openmimo.eval.item import with_shots
from openmimo.verify.judge.fields import BadField

FIXTURES = Path(__file__).parent.parent / "fixtures"


def test_mmlu_is_asked_in_the_words_of_its_authors_with_shots_of_the_subject() -> None:
    items = read_items(MMLU, FIXTURES / "mmlu.jsonl")
    assert with_shots(MMLU, items[2], items[:2]) == (
        "The following are multiple choice questions (with answers) about elementary mathematics.\n\n"
        "Which of these is a prime number?\nA. 21\nB. 23\nC. 25\nD. 27\nAnswer: B\n\n"
        "How many sides has a hexagon?\nA. five\nB. six\nC. seven\nD. eight\nAnswer: B\n\n"
        "What is 7 times 8?\nA. 54\nB. 55\nC. 56\nD. 63\nAnswer:"
    )
    assert items[2].choices == (" A", " B", " C", " D")
    assert [item.gold for item in items] == ["1", "1", "2", "3", "0"]
    assert [item.id for item in items] == [
        "elementary_mathematics/1",
        "elementary_mathematics/2",
        "elementary_mathematics/3",
        "astronomy/4",
        "astronomy/5",
    ]


def test_the_other_spellings_of_mmlu_are_read_alike() -> None:
    row = {"question": "Why?", "choices": ["w", "x", "y", "z"], "answer": 2, "subject": "logic"}
    columns = {"A": "w", "B": "x", "C": "y", "D": "z"}
    spelled = [
        {"Question": "Why?", **columns, "Answer": "C", "Subject": "logic"},
        {"input": "Why?", **columns, "target": "C", "file": "logic"},
    ]
    assert all(MMLU.read(other, 1) == MMLU.read(row, 1) for other in spelled)


def test_a_row_without_a_subject_says_nothing_about_one() -> None:
    item = MMLU.read({"question": "Why?", "choices": ["w", "x"], "answer": 0}, 3)
    assert item
    assert with_shots(MMLU, item, []).startswith("The following are multiple choice questions (with answers).\n\nWhy?")


def test_redux_leaves_out_what_is_marked_as_wrong() -> None:
    for benchmark in (MMLU_REDUX, MMLU_REDUX_CHAT):
        items = read_items(benchmark, FIXTURES / "mmlu-redux.jsonl")
        assert [item.id for item in items] == [f"high_school_biology/{line}" for line in (1, 3, 4)]
    plain = json.loads((FIXTURES / "mmlu.jsonl").read_text().splitlines()[0])
    with pytest.raises(BadField, match="error_type: is missing; the row has question, subject, choices, answer"):
        MMLU_REDUX.read(plain, 1)


def test_pro_is_asked_for_one_of_its_letters() -> None:
    first, second, _ = read_items(MMLU_PRO, FIXTURES / "mmlu-pro.jsonl")
    assert "LETTER is one of ABCDE." in first.question
    assert "LETTER is one of ABCDEFGHIJ." in second.question
    assert (first.id, first.gold, first.topic, MMLU_PRO.settings.max_tokens) == ("7001", "D", "physics", 8192)


def test_pro_goes_on_from_worked_solutions() -> None:
    items = read_items(MMLU_PRO_TEXT, FIXTURES / "mmlu-pro.jsonl")
    text = with_shots(MMLU_PRO_TEXT, items[1], [items[0], items[2]])
    assert 'about physics. Think step by step and then finish your answer with "the answer is (X)"' in text
    assert "Answer: Let's think step by step. 40 minutes are 2/3 of an hour, and 60 / (2/3) = 90. The answer is (D).\n\n" in text
    assert "D. 80 %\nAnswer: Let's think step by step. The answer is (B).\n\n" in text  # a row without steps
    assert text.endswith("J. farad\nAnswer: Let's think step by step.")
