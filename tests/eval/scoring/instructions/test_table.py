"""Each of the 25 kinds of instructions by answers that keep it and answers that do not, and rows that cannot be."""

import builtins
from typing import Any

import pytest

from openmimo.core.errors import InputError
from openmimo.eval.scoring.instructions.table import KINDS, checks_of
from openmimo.verify.judge.fields import BadField

EXAMPLES: list[tuple[str, dict[str, Any], list[str], list[str]]] = [
    # kind, parameters, answers that keep it, answers that do not
    ("change_case:capital_word_frequency", {"capital_frequency": 2, "capital_relation": "at least"}, ["NASA and ESA", "I say A", "CANNOT", "I'LL", "X,Y"], ["NASA", "TOP-10", "AND/OR", "Nasa Esa"]),
    ("change_case:capital_word_frequency", {"capital_frequency": 2, "capital_relation": "less than"}, ["NASA", "none"], ["NASA ESA"]),
    ("change_case:english_capital", {}, ["IT IS A FINE DAY.", "WE ALL WALK HOME AND THE RAIN GOES ON."], ["IT IS A FINE DAy.", "12", "WIR GEHEN NACH HAUSE UND ES REGNET IMMER NOCH."]),
    ("change_case:english_lowercase", {}, ["it is a fine day and we will walk home."], ["It is a fine day and we will walk home.", "es ist ein schöner tag und wir gehen heim."]),
    ("combination:repeat_prompt", {"prompt_to_repeat": "Say hi."}, ["Say hi. Hi!", "  SAY HI."], ["Hi! Say hi.", "Say hi"]),
    ("combination:two_responses", {}, ["one******two", "one ****** two ******"], ["one", "one******one", "a******b******c", "a******\n******b"]),
    ("detectable_content:number_placeholders", {"num_placeholders": 2}, ["[name] of [town]", "[a] [b] [c]"], ["[name]", "[a\nb] [c]"]),
    ("detectable_content:postscript", {"postscript_marker": "P.S."}, ["P.S. hi", "bye p. s. hi"], ["PS hi", "P.S"]),
    ("detectable_content:postscript", {"postscript_marker": "P.P.S"}, ["P.P.S hi", "p. p. s. hi"], ["P.S. hi"]),
    ("detectable_content:postscript", {"postscript_marker": "N.B."}, ["n.b. this"], ["no big thing"]),
    ("detectable_format:constrained_response", {}, ["My answer is yes.", "Well: My answer is maybe."], ["my answer is yes.", "My answer is yes", "Yes."]),
    ("detectable_format:json_format", {}, ['{"a": 1}', '```json\n{"a": 1}\n```', "[1]"], ["{'a': 1}", 'Here: {"a": 1}', "[" * 100_000]),
    ("detectable_format:multiple_sections", {"section_spliter": "Day", "num_sections": 2}, ["Day 1 a Day 2 b", "Day1\nDay22"], ["Day 1", "DAY 1 DAY 2", "Day one Day two"]),
    ("detectable_format:number_bullet_lists", {"num_bullets": 2}, ["* a\n* b", "- a\n  * b"], ["* a", "* a\n* b\n- c", "** a\n** b"]),
    ("detectable_format:number_highlighted_sections", {"num_highlights": 2}, ["*a* and **b**", "*a* *b* *c*"], ["*a*", "** ** *b*", "*a\nb* *c*"]),
    ("detectable_format:title", {}, ["<<A poem>>\ntext"], ["<A poem>", "<< >>", "<<a\nb>>"]),
    ("keywords:existence", {"keywords": ["sea", "well-known"]}, ["A well-known SEA", "seaside, well-known"], ["sea", ""]),
    ("keywords:forbidden_words", {"forbidden_words": ["sea", "C++"]}, ["seaside C+", "nothing"], ["The Sea.", "I like C++."]),
    ("keywords:frequency", {"keyword": "sea", "frequency": 2, "relation": "at least"}, ["Sea and seaside"], ["sea"]),
    ("keywords:frequency", {"keyword": "sea", "frequency": 2, "relation": "less than"}, ["sea"], ["sea sea"]),
    ("keywords:letter_frequency", {"letter": "E", "let_frequency": 3, "let_relation": "at least"}, ["Every eel"], ["An eel"]),
    ("keywords:letter_frequency", {"letter": "!", "let_frequency": 2, "let_relation": "less than"}, ["Hi!"], ["Hi!!"]),
    ("language:response_language", {"language": "de"}, ["Wir gehen heute Abend ins Kino, weil es regnet.", "12"], ["We are going to the cinema tonight because it rains."]),
    ("language:response_language", {"language": "hi"}, ["आज मौसम बहुत अच्छा है और हम घूमने जा रहे हैं।"], ["It is fine weather today and we go for a walk."]),
    ("length_constraints:nth_paragraph_first_word", {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "Then"}, ["First.\n\nthen, more", "First.\n\n'Then' more"], ["Then.\n\nFirst", "a\n\nthen\n\nb", "Then"]),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 2}, ["a\n***\nb", "a *** b ***"], ["a", "a***b***c", "a******b"]),
    ("length_constraints:number_sentences", {"num_sentences": 2, "relation": "at least"}, ["One. Two!", "Is it? Yes", "He left.\nShe came."], ["One", "Dr. Mills of the U.S. came", "a line\nand another\n\nand a third"]),
    ("length_constraints:number_sentences", {"num_sentences": 2, "relation": "less than"}, ["Dr. Mills came at 10 a.m. today."], ["One. Two."]),
    ("length_constraints:number_words", {"num_words": 3, "relation": "at least"}, ["one two three", "it's me"], ["one two", "!!! ???"]),
    ("length_constraints:number_words", {"num_words": 3.0, "relation": "less than"}, ["one two"], ["one two three"]),
    ("punctuation:no_comma", {}, ["none here; or there"], ["one, here"]),
    ("startend:end_checker", {"end_phrase": "Any other questions?"}, ["Hi. any other questions?", '"Hi. Any other questions?"'], ["Any other questions? No.", "Hi."]),
    ("startend:quotation", {}, ['"all of it"', ' "a" and "b"\n'], ['"', '"half', "“curly”", 'Sure: "it"']),
]  # fmt: skip


@pytest.mark.parametrize("kind, given, kept, broken", EXAMPLES)
def test_a_kind_lets_pass_what_keeps_it_and_nothing_else(kind: str, given: dict[str, Any], kept: list[str], broken: list[str]) -> None:
    (check,) = checks_of([kind], [{**given, "num_words_of_another_kind": None}])
    assert [text for text in kept if not check(text)] == []
    assert [text for text in broken if check(text)] == []


def test_every_kind_has_an_example() -> None:
    assert {kind for kind, *_ in EXAMPLES} == set(KINDS)
    assert len(KINDS) == 25


@pytest.mark.parametrize(
    "names, kwargs, field",
    [
        (["keywords:presence"], [{}], "instruction_id_list[0]"),
        (["punctuation:no_comma", "length_constraints:number_words"], [{}, {"relation": "at least"}], "kwargs[1].num_words"),
        (["length_constraints:number_words"], [{"num_words": 2.5, "relation": "at least"}], "kwargs[0].num_words"),
        (["length_constraints:number_words"], [{"num_words": True, "relation": "at least"}], "kwargs[0].num_words"),
        (["length_constraints:number_words"], [{"num_words": float("nan"), "relation": "at least"}], "kwargs[0].num_words"),
        (["length_constraints:number_words"], [{"num_words": 2, "relation": "around"}], "kwargs[0].relation"),
        (["length_constraints:nth_paragraph_first_word"], [{"num_paragraphs": 2, "nth_paragraph": 3, "first_word": "a"}], "kwargs[0].nth_paragraph"),
        (["keywords:existence"], [{"keywords": "sea"}], "kwargs[0].keywords"),
        (["keywords:letter_frequency"], [{"letter": "ab", "let_frequency": 1, "let_relation": "at least"}], "kwargs[0].letter"),
        (["startend:end_checker"], [{"end_phrase": " "}], "kwargs[0].end_phrase"),
        (["punctuation:no_comma"], [], "kwargs"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_names_its_column(names: list[str], kwargs: list[dict[str, Any]], field: str) -> None:
    with pytest.raises(BadField) as caught:
        checks_of(names, kwargs)
    assert caught.value.field == field
    assert caught.value.fix


@pytest.mark.parametrize(
    "kind, given",
    [
        ("language:response_language", {"language": "de"}),
        ("change_case:english_capital", {}),
        ("length_constraints:number_sentences", {"num_sentences": 2, "relation": "at least"}),
    ],
)
def test_a_missing_package_is_named_before_anything_is_asked(monkeypatch: pytest.MonkeyPatch, kind: str, given: dict[str, Any]) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name in ("langdetect", "punkt"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match="not installed") as caught:
        checks_of([kind], [given])
    assert "openmimo[eval]" in str(caught.value.fix)
