"""TriviaQA and NaturalQuestions: the question mark, the accepted answers and the layout."""

from pathlib import Path
from typing import Any

import pytest

from openmimo.eval.benchmarks.catalog import read_items
from openmimo.eval.benchmarks.trivia import NATURAL_QUESTIONS, TRIVIAQA
from openmimo.eval.item import with_shots
from openmimo.verify.judge.fields import BadField

FIXTURES = Path(__file__).parent.parent / "fixtures"


def test_triviaqa_has_one_question_mark_and_every_alias() -> None:
    items = read_items(TRIVIAQA, FIXTURES / "triviaqa.jsonl")
    assert [item.question for item in items] == [
        "Question: Which river flows through Paris?\nAnswer:",
        "Question: How many legs has a spider?\nAnswer:",
        "Question: Name the largest ocean?\nAnswer:",
    ]
    assert items[0].data["aliases"] == ("The Seine", "Seine", "River Seine", "seine", "river seine")
    assert with_shots(TRIVIAQA, items[1], items[:1]) == f"{items[0].question} The Seine\n\n{items[1].question}"


def test_naturalquestions_begin_with_what_is_wanted() -> None:
    items = read_items(NATURAL_QUESTIONS, FIXTURES / "naturalquestions.jsonl")
    assert with_shots(NATURAL_QUESTIONS, items[2], items[:1]) == (
        "Answer these questions:\n\nQ: who wrote the play hamlet?\nA: William Shakespeare\n\nQ: what colour do you get from blue and yellow?\nA:"
    )
    assert [item.id for item in items] == ["1", "2", "3"]


@pytest.mark.parametrize("answer", [[], {}, {"value": ""}, [3], ""])
def test_an_answer_without_words_is_refused(answer: Any) -> None:
    with pytest.raises(BadField, match="answer: holds no text"):
        TRIVIAQA.read({"question": "Why?", "answer": answer}, 1)


def test_base_models_are_greedy_and_stop_at_the_end_of_the_line() -> None:
    for benchmark in (TRIVIAQA, NATURAL_QUESTIONS):
        assert (benchmark.settings.temperature, benchmark.settings.stop, benchmark.shots) == (0.0, ("\n",), 5)
