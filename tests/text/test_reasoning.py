"""A turn taken apart: any cutting of the stream gives the same, and nothing is lost."""

import json
import time
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.text.reasoning import Parsed, Piece, ReasoningParser, parse

BITS = [
    "<think>",
    "</think>",
    "<tool_call>",
    "</tool_call>",
    "```",
    "````",
    "python",
    "\n",
    " ",
    "`",
    "<",
    "think>",
    "a = 1",
    "é",
    '{"name": "add"}',
    "{",
    "</",
    "<tool",
    "   ```\n",
    "```\n",
    '{"a": "',
    '"}',
    "\\",
]
TURN = st.lists(st.sampled_from(BITS), max_size=25).map("".join)


def _merged(pieces: list[Piece]) -> list[Piece]:
    """Neighbours of the same kind joined; calls are whole already."""
    joined: list[Piece] = []
    for (kind, language), group in groupby(pieces, key=lambda piece: (piece.kind, piece.language)):
        texts = [piece.text for piece in group]
        joined += [Piece(kind, text, language) for text in (texts if kind == "tool_call" else ["".join(texts)])]
    return joined


def _run(portions: list[str], starts: bool = False, formed: bool = False, tidy: bool = False) -> tuple[list[Piece], Parsed]:
    parser = ReasoningParser(starts, formed=formed, tidy=tidy)
    pieces = [piece for portion in portions for piece in parser.feed(portion)]
    return _merged(pieces + parser.end()), parser.parsed()


@settings(max_examples=300, deadline=None)
@given(TURN, st.booleans(), st.booleans(), st.booleans(), st.randoms(use_true_random=False))
def test_any_cutting_gives_the_same(text: str, starts: bool, formed: bool, tidy: bool, rng) -> None:  # type: ignore[no-untyped-def]
    cuts = sorted(rng.choices(range(len(text) + 1), k=rng.randint(0, 12)))
    portions = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    whole = _run([text], starts, formed, tidy)
    assert _run(portions, starts, formed, tidy) == whole == _run(list(text), starts, formed, tidy)
    assert formed or tidy or whole[1] == parse(text, starts)


@settings(max_examples=100, deadline=None)
@given(TURN, st.booleans())
def test_pieces_and_parsed_agree(text: str, starts: bool) -> None:
    pieces, parsed = _run(list(text), starts)
    assert "".join(piece.text for piece in pieces if piece.kind == "reasoning").strip() == parsed.reasoning
    assert [json.loads(piece.text) for piece in pieces if piece.kind == "tool_call"] == parsed.tool_calls
    assert [piece.text for piece in pieces if piece.kind == "code"] == [block for block in parsed.code_blocks if block]


@settings(max_examples=200, deadline=None)
@given(TURN)
def test_with_fences_the_pieces_of_the_answer_are_all_of_it(text: str) -> None:
    parser = ReasoningParser(fences=True)
    pieces = parser.feed(text) + parser.end()
    assert "".join(piece.text for piece in pieces if piece.kind in ("answer", "code")).strip() == parser.parsed().answer


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet=st.characters(exclude_characters="<`"), max_size=60))
def test_text_without_tags_leaves_at_once(text: str) -> None:
    parser, seen = ReasoningParser(), ""
    for place, letter in enumerate(text, 1):
        seen += "".join(piece.text for piece in parser.feed(letter))
        assert text[:place].startswith(seen)
        held = text[len(seen) : place]
        assert held == "" or (held.isspace() and len(held) <= 3)  # spaces that a fence may stand behind
    assert parse(text).answer == text.strip()


def test_reasoning_then_answer() -> None:
    assert parse("<think>\n1 + 1 = 2\n</think>\n\n2\n") == Parsed("1 + 1 = 2", "2", [], [], True)
    assert parse("2") == Parsed("", "2", [], [], True)
    assert parse("") == Parsed("", "", [], [], False)


def test_open_reasoning_is_all_reasoning() -> None:
    assert parse("<think>let me </thin") == Parsed("let me </thin", "", [], [], False)


def test_a_prompt_that_opened_the_reasoning() -> None:
    assert parse("hm\n</think>\n4", starts_in_reasoning=True) == Parsed("hm", "4", [], [], True)
    assert parse("<think>hm\n</think>\n4", starts_in_reasoning=True) == Parsed("hm", "4", [], [], True)
    assert parse("</think>4").answer == "</think>4"  # nobody said so


@pytest.mark.parametrize("text", ["</think>4", "<think>2 + 2</think></think>4", "4</think>", "<think></think>\n\n4\n</think>"])
def test_an_end_of_reasoning_that_is_not_open_is_dropped_by_a_tidy_parser(text: str) -> None:
    assert _run([text], tidy=True)[1].answer == _run(list(text), tidy=True)[1].answer == "4"
    assert _run([f"```\n{text}\n```"], tidy=True)[1].answer == f"```\n{text}\n```", "in code it is code"


def test_code_blocks_know_their_language_and_stay_in_the_answer() -> None:
    text = "Try:\n```python\nprint('<think>')\n```\nor\n````md\n```\nx\n```\n````\n"
    pieces, parsed = _run([text])
    assert [(piece.kind, piece.language, piece.text) for piece in pieces] == [
        ("answer", "", "Try:\n"),
        ("code", "python", "print('<think>')\n"),
        ("answer", "", "\nor\n"),
        ("code", "md", "```\nx\n```\n"),
        ("answer", "", "\n"),
    ]
    assert parsed == Parsed("", text.strip(), ["print('<think>')\n", "```\nx\n```\n"], [], True)


@pytest.mark.parametrize("text", ["use ``` here", "x = ```1```", "```1 + 1```", "a\n```cut"])
def test_backticks_that_are_no_fence_are_answer(text: str) -> None:
    assert parse(text) == Parsed("", text, [], [], True)


def test_an_open_block_is_not_complete() -> None:
    assert parse("```\nx = 1") == Parsed("", "```\nx = 1", ["x = 1"], [], False)
    assert parse("```\nx = 1\n```").complete


def test_tool_calls_come_whole() -> None:
    call = '{"name": "add", "arguments": {"a": 1}}'
    parser = ReasoningParser()
    assert parser.feed(f"<think>hm</think><tool_call>\n{call}") == [Piece("reasoning", "hm")]
    assert parser.feed("\n</tool_call>") == [Piece("tool_call", call)]
    assert parser.end() == []
    assert parser.parsed() == Parsed("hm", "", [], [json.loads(call)], True)


def test_a_closing_tag_within_the_arguments_ends_no_call() -> None:
    call = '{"name": "say", "arguments": {"text": "a</tool_call>b <think>\\"</tool_call>"}}'
    text = f"Well:\n<tool_call>\n{call}\n</tool_call>\nDone."
    for portions in ([text], list(text)):
        pieces, parsed = _run(portions)
        assert [(piece.kind, piece.text) for piece in pieces] == [("answer", "Well:\n"), ("tool_call", call), ("answer", "\nDone.")]
        assert parsed.tool_calls == [json.loads(call)]


def test_where_no_closing_tag_makes_json_the_first_one_ends_the_call() -> None:
    open_string = '<tool_call>{"a": "</tool_call>\\n<think>hm</think><tool_call>{}</tool_call>'
    for portions in ([open_string], list(open_string)):
        pieces, parsed = _run(portions)
        assert [piece.text for piece in pieces] == ['<tool_call>{"a": "</tool_call>\\n', "hm", "{}"]
        assert parsed.tool_calls == [{}]


FORMED = '{"a": "<think>x</think> <tool_call>{}</tool_call>",\n"b": "\n```py\n```\n"}'


@pytest.mark.parametrize("before, reasoning", [("", ""), ("<think>\nhm\n</think>\n\n", "hm"), ("\n </think>", "")])
def test_an_answer_of_a_form_has_no_tags_and_no_code(before: str, reasoning: str) -> None:
    for portions in ([before + FORMED], list(before + FORMED)):
        pieces, parsed = _run(portions, formed=True, tidy=True)
        assert {piece.kind for piece in pieces} == ({"reasoning", "answer"} if reasoning else {"answer"})
        assert parsed == Parsed(reasoning, FORMED, [], [], True)
    assert _run([f"hm</think>{FORMED}"], starts=True, formed=True, tidy=True)[1] == Parsed("hm", FORMED, [], [], True)


def test_calls_may_stand_before_or_instead_of_an_answer_of_a_form() -> None:
    _, parsed = _run(list(f"<tool_call>{{}}</tool_call>\n<tool_call>{{}}</tool_call>\n{FORMED}"), formed=True)
    assert parsed == Parsed("", FORMED, [], [{}, {}], True)


@pytest.mark.parametrize(
    "opening, again",
    [
        ("", "<think></think>"),
        ("", '<tool_call>{"</tool_call>'),
        ('<tool_call>{"a": "', "</tool_call>"),
        ('<tool_call>{"a": "</tool_call>', "<think></think>"),
        ('<tool_call>{"a": "</tool_call>', '<tool_call>{"a": ["</tool_call>", "'),
        ("<tool_call>now", "<tool_call>"),
        ("```\n", "\n``"),
    ],
)
@pytest.mark.parametrize("portion", [7, 10**9])
def test_time_is_linear_whatever_is_said(opening: str, again: str, portion: int) -> None:
    def seconds(letters: int) -> float:
        text = opening + again * (letters // len(again))
        took = []
        for _ in range(3):
            parser, began = ReasoningParser(fences=True, tidy=True), time.process_time()
            for place in range(0, len(text), portion):
                parser.feed(text[place : place + portion])
            parser.end()
            took.append(time.process_time() - began)
        return min(took)

    # Eight times as much would take 64 times as long if every tag had the rest read again.
    assert seconds(160_000) < 24 * max(seconds(20_000), 0.002)


@pytest.mark.parametrize(
    "text",
    [
        "<tool_call>{broken</tool_call> so",
        "<tool_call>[1]</tool_call>",
        '<tool_call>{"name": "a"}',
        "<tool_call>" + "[" * 9999,
        "<tool_call>" + "[" * 99999 + "</tool_call>",
    ],
)
def test_a_call_that_is_none_is_answer_text(text: str) -> None:
    parsed = parse(text)
    assert (parsed.answer, parsed.tool_calls) == (text, [])
    assert parsed.complete == text.endswith(("so", "</tool_call>"))
