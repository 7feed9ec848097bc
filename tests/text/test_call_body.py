"""Where a call ends, against trying every closing tag."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.text.call_body import CallBody
from openmimo.text.special import TOOL_CALL_END

BITS = [TOOL_CALL_END, "</tool", '{"a": ', "{", "}", "[", "]", '"', '"b"', ", ", ": ", "\\", "\\\\", "\n", " ", "1", "<", "x", "é", "\t"]


def ended_by(text: str) -> tuple[int | None, object]:
    """The first closing tag behind a JSON object, or else the first of all; and the object."""
    places = [place for place in range(len(text)) if text.startswith(TOOL_CALL_END, place)]
    for place in places:
        try:
            found = json.loads(text[:place])
        except ValueError:
            continue
        if isinstance(found, dict):
            return place, found
    return (places[0] if places else None), None


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(BITS), max_size=16).map("".join), st.sampled_from(["", '{"a": "', "{", '{"a": [{"b": "']))
def test_it_is_the_first_tag_behind_an_object_or_else_the_first(text: str, opening: str) -> None:
    text = opening + text
    body = CallBody(0)
    assert (body.end(text, ended=True), body.call) == ended_by(text)
    grown, found = CallBody(7), None
    for size in range(len(text) + 1):
        found = grown.end("<before" + text[:size], ended=False)
        if found is not None:
            # What is known early stays so, whatever comes.
            assert (found - 7, grown.call) == ended_by(text)
            break
    else:
        place, call = ended_by(text)
        found = grown.end("<before" + text, ended=True)
        assert (None if found is None else found - 7, grown.call) == (place, call) == (place, None)


def test_what_is_no_object_ends_at_once() -> None:
    for text in ("now()</tool_call>", '["</tool_call>', "{now}: <b></tool_call>", '{"a": "\n</tool_call>', '{"a": 1} {</tool_call>'):
        assert CallBody(0).end(text, ended=False) == text.index(TOOL_CALL_END)
    assert CallBody(0).end('{"a": "</tool_call>', ended=False) is None
