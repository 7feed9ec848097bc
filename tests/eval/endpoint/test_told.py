"""A stream is the same however it is cut, and what has another form brings nothing and breaks nothing."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.eval.endpoint.told import Events, Told

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["choices", "delta", "content", "text", "usage", "finish_reason"]), inner)
    ),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(alphabet='a 你😀"\\\n', max_size=5), max_size=5), st.sampled_from(["\n", "\r\n"]), st.data())
def test_events_are_the_same_however_the_bytes_are_cut(texts: list[str], end: str, data: st.DataObject) -> None:
    lines = [": still here", *(f"data: {json.dumps(text, ensure_ascii=False)}" for text in texts), "data:[DONE]"]
    stream = "".join(f"{line}{end}{end}" for line in lines).encode()
    events, got = Events(), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        got += list(events.feed(stream[:size]))
        stream = stream[size:]
    assert got == [*texts, None]


@settings(max_examples=100, deadline=None)
@given(ANY)
def test_an_event_of_any_form_is_taken(event: Any) -> None:
    told = Told()
    told.take(event)
    assert isinstance(told.reply()["choices"][0]["text"], str)


def test_a_new_try_forgets_the_last() -> None:
    told = Told()
    assert told.seconds == 0.0
    told.begin()
    told.take({"choices": [{"text": "old", "finish_reason": "stop"}], "usage": {"prompt_tokens": 1}})
    told.begin()
    told.take({"choices": [{"text": "new"}]})
    assert told.reply() == {
        "choices": [{"message": {"content": "", "reasoning": ""}, "text": "new", "finish_reason": None}],
        "usage": None,
    }
