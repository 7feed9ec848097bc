"""Options listed, asked for and compared."""

from openmimo.eval.benchmarks.choice import asked, choice_verdict, lettered, letters, with_choice
from openmimo.eval.item import Item


def test_options_are_listed_behind_their_letters() -> None:
    assert lettered(["x", "y"]) == "A. x\nB. y"
    assert lettered(["x"], "({letter}) {option}") == "(A) x"
    assert letters(3) == (" A", " B", " C")


def test_a_chat_is_asked_for_one_of_as_many_letters_as_there_are_options() -> None:
    message = asked("Why?", ["x", "y", "z"])
    assert "LETTER is one of ABC." in message
    assert message.endswith("before answering.\n\nWhy?\n\nA) x\nB) y\nC) z")


def test_a_worked_example_ends_in_its_right_choice() -> None:
    assert with_choice(Item("q", "Why?\nA:", "1", (" x", " y"))) == "Why?\nA: y"
    assert with_choice(Item("q", "the ", "1", (" ran", " ran"), stems=("cat", "dog"))) == "the dog ran"


def test_a_verdict_shows_both_choices_in_words() -> None:
    item = Item("q", "Why?\nA:", "1", (" x", " y"))
    right, wrong = choice_verdict(item, "1"), choice_verdict(item, "0")
    assert (right.kind, right.score, right.gold, right.answer) == ("right", 1.0, "y", "y")
    assert (wrong.kind, wrong.score, wrong.gold, wrong.answer) == ("wrong", 0.0, "y", "x")
    blank = choice_verdict(Item("q", "the ", "0", (" ran", " ran"), stems=("cat", "dog")), "1")
    assert (blank.gold, blank.answer) == ("cat", "dog")
