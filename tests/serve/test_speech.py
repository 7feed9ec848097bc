"""An answer as thoughts, content and calls: however it comes, the same is told."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.serve.speech import Part, Speech
from openmimo.serve.tools import Tools
from openmimo.serve.turn import Counts, Done, Reason, Said
from openmimo.text.reasoning import ReasoningParser

TOOLS = Tools.of([{"type": "function", "function": {"name": "add", "parameters": {"type": "object"}}}])
BITS = [
    "<think>",
    "</think>",
    "<tool_call>",
    "</tool_call>",
    "\n",
    "  ",
    "```py\n",
    "\n```\n",
    "a",
    "{",
    '{"name": "add", "arguments": {}}',
    "é",
]


def heard(text: str, cuts: list[int], tools: Tools = TOOLS, reason: Reason = "stop") -> tuple[Speech, list[Part]]:
    """What is told of a turn that comes in these portions."""
    parser, speech, parts, place = ReasoningParser(fences=True, tidy=True), Speech(tools), list[Part](), 0
    for size in [*cuts, len(text)]:
        parts += speech.take(Said(0, parser.feed(text[place : place + size]), []))
        place += size
    parts += speech.take(Said(0, parser.end(), []))
    return speech, parts + speech.take(Done(0, reason, Counts(1, 1, 0, 0)))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(BITS), max_size=20).map("".join), st.lists(st.integers(1, 6), max_size=30))
def test_a_stream_tells_what_the_whole_says(text: str, cuts: list[int]) -> None:
    speech, parts = heard(text, cuts)
    for kind, whole in (("thoughts", speech.thoughts), ("content", speech.content)):
        assert "".join(part.text for part in parts if part.kind == kind) == whole == whole.strip()
    assert [part.call for part in parts if part.kind == "call"] == speech.calls
    assert all(part.text or part.call for part in parts)
    at_once, _ = heard(text, [])
    assert (at_once.thoughts, at_once.content) == (speech.thoughts, speech.content)
    assert [call["function"] for call in at_once.calls] == [call["function"] for call in speech.calls]


def test_content_keeps_its_code_blocks_as_they_were_written() -> None:
    text = "So:\n````python\nprint('```')\n````\nand\n```\n\n```\nthat is it."
    assert heard(f"<think>\nhm\n</think>\n{text}", [])[0].content == text


def test_calls_end_an_answer_as_such_unless_it_was_cut_off() -> None:
    called = '<tool_call>{"name": "add", "arguments": {"a": 1}}</tool_call>'
    speech, (part,) = heard(called, [])
    assert (part.kind, part.number, part.call["function"]) == ("call", 0, {"name": "add", "arguments": '{"a": 1}'})
    assert speech.reason == "tool_calls"
    assert heard(called, [], reason="length")[0].reason == "length"


def test_what_reads_like_a_call_of_no_tool_is_content() -> None:
    text = '<tool_call>{"name": "subtract", "arguments": {}}</tool_call>'
    speech, _ = heard(text, [], reason="tool_calls")
    assert (speech.content, speech.calls, speech.reason) == (text, [], "stop")


def test_a_call_without_its_tags_is_held_back_until_it_is_known_for_one() -> None:
    speech, parts = heard('\n{"name": "add", "arguments": {}}\n', [3] * 20)
    assert [part.kind for part in parts] == ["call"]
    assert (speech.content, speech.reason) == ("", "tool_calls")
    speech, parts = heard('{"sum": 3}', [3] * 20)
    assert [part.text for part in parts] == ['{"sum": 3}']
    _, parts = heard('{"sum": 3}', [3] * 20, Tools())
    assert len(parts) > 1


def test_where_the_answer_has_a_form_it_is_no_call_without_tags() -> None:
    speech, parts = heard('{"name": "add", "arguments": {}}', [3] * 20, replace(TOOLS, bare=False))
    assert (speech.content, speech.calls, speech.reason) == ('{"name": "add", "arguments": {}}', [], "stop")
    assert len(parts) > 1, "and it is told as it comes"


def test_a_stray_end_of_reasoning_is_never_told() -> None:
    for text in ("</think>\n42", "<think>hm</think>42</think>", "4</think>2"):
        assert [heard(text, cuts)[0].content for cuts in ([], [1] * 30)] == ["42", "42"]
