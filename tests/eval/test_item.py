"""Questions after their worked examples, and what a likelihood compares."""

from dataclasses import replace

import pytest

from openmimo.eval.item import Benchmark, Item, continuations, likeliest, with_shots

ITEM = Item("q", "Q: 2+2\nA:", "1", (" three", " four"), topic="sums")
SHOTS = [Item(f"s{place}", f"Q: {place}", "0", (" x", " y"), topic="sums" if place % 2 else "words") for place in range(6)]
BENCHMARK = Benchmark(
    name="some",
    title="Some",
    about="",
    form="likelihood",
    read=lambda row, place: ITEM,
    prompt="ours",
    shots=2,
    shown=lambda item: item.question + item.choices[int(item.gold)],
    intro=lambda item: f"Of {item.topic}.",
)


def test_a_question_follows_its_introduction_and_shots_of_its_own_topic() -> None:
    assert with_shots(BENCHMARK, ITEM, SHOTS) == "Of sums.\n\nQ: 1 x\n\nQ: 3 x\n\nQ: 2+2\nA:"


def test_too_few_of_the_topic_are_no_reason_to_have_fewer_shots() -> None:
    text = with_shots(replace(BENCHMARK, shots=4), ITEM, SHOTS)
    assert text == "Of sums.\n\nQ: 0 x\n\nQ: 1 x\n\nQ: 2 x\n\nQ: 3 x\n\nQ: 2+2\nA:"


def test_a_question_is_no_shot_of_its_own() -> None:
    assert "four" not in with_shots(BENCHMARK, ITEM, [ITEM, *SHOTS])


def test_without_shots_the_question_is_asked_alone() -> None:
    assert with_shots(replace(BENCHMARK, shots=0, intro=None), ITEM, SHOTS) == ITEM.question


def test_stems_stand_between_the_question_and_the_choices() -> None:
    plain = replace(BENCHMARK, shots=0, intro=None)
    assert continuations(plain, ITEM, []) == [("Q: 2+2\nA:", " three"), ("Q: 2+2\nA:", " four")]
    stemmed = replace(ITEM, question="the ", stems=("cat", "dog"), choices=(" ran", " ran"))
    assert continuations(plain, stemmed, []) == [("the cat", " ran"), ("the dog", " ran")]


@pytest.mark.parametrize(
    ("logprobs", "summed", "per_character"), [([-4.0, -3.0], "1", "1"), ([-2.0, -1.9], "1", "0"), ([-1.0, -1.0], "0", "1")]
)
def test_the_likeliest_choice_is_by_sum_or_by_character(logprobs: list[float], summed: str, per_character: str) -> None:
    item = replace(ITEM, choices=(" 12345", " 123") if logprobs[0] == -2.0 else (" 123", " 12345"))
    assert likeliest(BENCHMARK, item, logprobs) == summed
    assert likeliest(replace(BENCHMARK, per_character=True), item, logprobs) == per_character


def test_the_first_of_equals_is_taken() -> None:
    item = replace(ITEM, choices=(" ab", " cd", " efgh"))
    assert likeliest(replace(BENCHMARK, per_character=True), item, [-2.0, -2.0, -4.0]) == "0"


def test_the_space_before_a_choice_is_not_counted() -> None:
    item = replace(ITEM, choices=(" a", " abc"))
    assert likeliest(replace(BENCHMARK, per_character=True), item, [-1.0, -2.5]) == "1"  # -1 and -0.83; with the space -0.5 and -0.63
