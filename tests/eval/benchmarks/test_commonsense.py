"""Which text is the likeliest to go on with: the contexts and continuations of ARC, HellaSwag, PIQA and WinoGrande, to the letter."""

from pathlib import Path
from typing import Any

import pytest

from openmimo.eval.benchmarks.catalog import read_items
from openmimo.eval.benchmarks.commonsense import ARC_CHALLENGE, ARC_EASY, HELLASWAG, PIQA, WINOGRANDE
from openmimo.eval.item import Benchmark, continuations, with_shots
from openmimo.verify.judge.fields import BadField

FIXTURES = Path(__file__).parent.parent / "fixtures"


def test_arc_compares_the_choices_texts_whatever_their_labels() -> None:
    items = read_items(ARC_EASY, FIXTURES / "arc-easy.jsonl")
    assert [(item.id, item.gold) for item in items] == [("Made_1", "1"), ("Made_2", "0"), ("Made_3", "2")]
    assert continuations(ARC_EASY, items[1], []) == [
        ("Question: What do we see with?\nAnswer:", f" {part}") for part in ("eyes", "ears", "hands")
    ]
    assert items[2].question == "Question: Which season comes after winter?\nAnswer:"  # of the original file, where the question has a stem
    assert with_shots(ARC_CHALLENGE, items[1], items[:1]).startswith(
        "Question: Which of these melts in the sun first?\nAnswer: an ice cube\n\n"
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"choices": {"text": ["a", "b"], "label": ["A"]}}, r"choices.label: must be a list of 2 labels"),
        ({"choices": ["a", "b"]}, "choices: is missing"),
        ({"choices": {"text": ["a", " "], "label": ["A", "B"]}}, r"text\[1\]: must be text"),
        ({"answerKey": "E"}, "answerKey: is 'E'"),
        ({"question": {"stem": "Why?"}}, "choices: is missing"),
    ],
)
def test_arc_names_what_is_wrong_with_a_row(change: dict[str, Any], said: str) -> None:
    row = {"question": "Why?", "choices": {"text": ["a", "b"], "label": ["A", "B"]}, "answerKey": "B", **change}
    with pytest.raises(BadField, match=said):
        ARC_EASY.read(row, 1)


def test_hellaswag_is_cleaned_of_its_brackets() -> None:
    first, second, third = read_items(HELLASWAG, FIXTURES / "hellaswag.jsonl")
    assert first.question == "Baking bread: A woman kneads dough on a table. She"
    assert second.question == "Home and Garden: How to water a cactus. Wait until the soil is dry. Put a finger in the soil."
    assert second.choices[1:] == (" If it is dry, give a little water.", " If it is dry, move house.", " Sell the finger.. Buy a hat.")
    assert third.choices[2] == " take the oars and row away."


def test_a_hellaswag_ending_that_is_only_brackets_is_refused() -> None:
    row = {"activity_label": "a", "ctx_a": "b", "ctx_b": "", "endings": ["c", "[step]"], "label": "0"}
    with pytest.raises(BadField, match="endings: has one that is empty"):
        HELLASWAG.read(row, 1)
    with pytest.raises(BadField, match="label: is missing"):
        HELLASWAG.read({**row, "endings": ["c", "d"], "label": ""}, 1)


def test_piqa_compares_whole_solutions() -> None:
    items = read_items(PIQA, FIXTURES / "piqa.jsonl")
    assert items[0].question == "Question: To keep a door open,\nAnswer:"
    assert items[0].choices == (" put a wedge under it.", " put a cloud under it.")
    assert [item.gold for item in items] == ["0", "1", "0"]


def test_winogrande_puts_each_name_into_the_context_and_compares_the_rest() -> None:
    items = read_items(WINOGRANDE, FIXTURES / "winogrande.jsonl")
    before = "The box did not fit in the car because the "
    assert continuations(WINOGRANDE, items[0], []) == [(before + "box", " was too small."), (before + "car", " was too small.")]
    assert continuations(WINOGRANDE, items[2], [])[0][1].startswith("'s garden had weeds")
    text = with_shots(WINOGRANDE, items[1], [items[0]])
    assert text == f"{before}car was too small.\n\n{before}"
    assert [item.gold for item in items] == ["1", "0", "0"]
    with pytest.raises(BadField, match="sentence: has no blank"):
        WINOGRANDE.read({"sentence": "no blank", "option1": "a", "option2": "b", "answer": "1"}, 1)


@pytest.mark.parametrize(("benchmark", "shots"), [(ARC_EASY, 25), (ARC_CHALLENGE, 25), (HELLASWAG, 10), (PIQA, 0), (WINOGRANDE, 5)])
def test_shots_are_those_of_the_reports_table(benchmark: Benchmark, shots: int) -> None:
    assert benchmark.shots == shots
    assert benchmark.per_character == (benchmark is not WINOGRANDE)
