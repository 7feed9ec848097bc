"""Strict and loose following, the verdict, and the four accuracies."""

from hypothesis import given
from hypothesis import strategies as st

from openmimo.eval.item import Item
from openmimo.eval.scoring.instructions.score import Accuracies, Following, accuracies, following, ifeval_verdict, variants


def item(**kinds: dict[str, object]) -> Item:
    groups = {
        "number_words": "length_constraints",
        "no_comma": "punctuation",
        "quotation": "startend",
        "json_format": "detectable_format",
        "title": "detectable_format",
    }
    names = [f"{groups[name]}:{name}" for name in kinds]
    return Item("1", "Write.", "", data={"instruction_id_list": names, "kwargs": list(kinds.values())})


ALL = item(number_words={"num_words": 3, "relation": "at least"}, no_comma={}, quotation={}, json_format={}, title={})


@given(st.text(st.sampled_from('ab ,"*\n<>[]1'), max_size=40))
def test_what_is_followed_strictly_is_followed_loosely(text: str) -> None:
    found = following(ALL, text)
    assert all(loose >= strict for strict, loose in zip(found.strict, found.loose, strict=True))


@given(st.text())
def test_variants_are_seven(text: str) -> None:
    assert len(variants(text)) == 7


def test_variants_lack_lines_and_stars() -> None:
    assert variants("Sure:\n*a*\nBye") == ["*a*\nBye", "Sure:\n*a*", "*a*", "Sure:\na\nBye", "a\nBye", "Sure:\na", "a"]


def test_a_preface_or_stars_break_an_instruction_only_strictly() -> None:
    quoted = item(quotation={})
    assert following(quoted, 'Sure:\n"all of it"') == Following((False,), (True,))
    assert following(quoted, '*"all of it"*\nBye') == Following((False,), (True,))
    assert following(quoted, 'Well, "all of it"') == Following((False,), (False,))


def test_a_blank_answer_follows_nothing() -> None:
    assert following(item(no_comma={}), " \n") == Following((False,), (False,))


def test_the_verdict_is_that_of_the_whole_prompt_and_names_what_is_broken() -> None:
    asked = item(no_comma={}, quotation={})
    assert ifeval_verdict(asked, '"so it is"').kind == "right"
    wrong = ifeval_verdict(asked, 'Sure\n"so it is"')
    assert (wrong.kind, wrong.score, wrong.gold, wrong.answer) == ("wrong", 0.0, "all of 2", "1 of 2")
    assert wrong.reason == "not followed: startend:quotation (loosely followed)"


def test_accuracies_are_over_prompts_and_over_instructions() -> None:
    found = [Following((True, True, False), (True, True, True)), Following((True,), (True,)), Following((False, False), (False, True))]
    assert accuracies(found) == Accuracies(prompt_strict=1 / 3, instruction_strict=3 / 6, prompt_loose=2 / 3, instruction_loose=5 / 6)
