"""Questions about a passage: what is asked, what is right, and which of them belong together."""

from pathlib import Path
from typing import Any

import pytest

from openmimo.eval.benchmarks.catalog import read_items
from openmimo.eval.benchmarks.reading import DROP, DROP_TEXT, RACE_HIGH
from openmimo.eval.item import continuations, with_shots
from openmimo.verify.judge.fields import BadField

FIXTURES = Path(__file__).parent.parent / "fixtures"
ROW = {"passage": "P", "question": "Q?", "query_id": "q"}
NONE = {"number": "", "date": {"day": "", "month": "", "year": ""}, "spans": []}


def test_race_groups_questions_by_their_passage() -> None:
    items = read_items(RACE_HIGH, FIXTURES / "race-high.jsonl")
    assert [(item.id, item.group) for item in items] == [
        ("high9001.txt/1", "high9001.txt"),
        ("high9001.txt/2", "high9001.txt"),
        ("high9002.txt/3", "high9002.txt"),
    ]
    assert items[1].question.endswith("did it for him.\n\nQuestion: Anna helped because Tom _ .\nAnswer:")
    assert [choice for _, choice in continuations(RACE_HIGH, items[1], [])] == [" was ill", " was rich", " was away", " was young"]


def test_race_takes_one_question_a_row() -> None:
    with pytest.raises(BadField, match="question: is missing; the row has article, problems"):
        RACE_HIGH.read({"article": "A", "problems": "[]"}, 1)


def test_drop_takes_the_answers_of_all_who_were_asked() -> None:
    items = read_items(DROP, FIXTURES / "drop.jsonl")
    assert [item.data["answers"] for item in items] == [
        (("21",), ("14",)),
        (("Reds", "Blues"), ("The Reds", "The Blues")),
        (("3 May 1998",),),
        (("Ann Lee",), ("Lee",)),
    ]
    assert [item.gold for item in items] == ["21", "Reds, Blues", "3 May 1998", "Ann Lee"]
    assert [item.level for item in items] == ["number", "spans", "date", "span"]
    assert len({item.group for item in items} - {""}) == 1


@pytest.mark.parametrize(
    ("others", "answers"),
    [
        (None, (("5",),)),
        ({"number": ["5", ""], "spans": [[], ["five"]]}, (("5",), ("five",))),  # without dates
        ([{"number": "", "spans": ["a", "b"]}, {"number": "5"}], (("5",), ("a", "b"))),  # of the original file
    ],
)
def test_checked_answers_come_in_two_forms(others: Any, answers: tuple[tuple[str, ...], ...]) -> None:
    item = DROP.read({**ROW, "answer": {**NONE, "number": "5"}, "validated_answers": others}, 1)
    assert item
    assert item.data["answers"] == answers


def test_a_drop_row_without_an_answer_is_refused() -> None:
    with pytest.raises(BadField, match="answer: is missing"):
        DROP.read({**ROW, "answers_spans": {"spans": ["a"], "types": ["span"]}}, 1)
    with pytest.raises(BadField, match="answer: has neither number nor date nor spans"):
        DROP.read({**ROW, "answer": NONE}, 1)


def test_drop_is_asked_in_a_chat_with_examples_that_end_in_their_answers() -> None:
    items = read_items(DROP, FIXTURES / "drop.jsonl")
    text = with_shots(DROP, items[3], items)
    assert text.startswith("You will be asked to read a passage and answer a question.")
    assert text.count("Think step by step") == text.count("# Your Task") == 1
    assert "Question: Which teams played?\nAnswer: Reds, Blues\n\n---\n" in text
    assert text.index("Answer: 3 May 1998") < text.index("# Your Task") < text.index("Who was the Blues' quarterback?")
    assert (DROP.metric, DROP.shots, DROP.settings.max_tokens) == ("f1", 3, 8192)


def test_a_base_model_goes_on_with_drops_answer() -> None:
    items = read_items(DROP_TEXT, FIXTURES / "drop.jsonl")
    text = with_shots(DROP_TEXT, items[3], items[:1])
    assert "How many points did the Reds score in all?\nAnswer: 21\n\nPassage: The Reds" in text
    assert text.endswith("Question: Who was the Blues' quarterback?\nAnswer:")
