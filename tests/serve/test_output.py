"""The events of a response: whatever is said, they tell items that open, grow and close in order, and in the end the same items."""

import json
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.engine.load import Loaded
from openmimo.serve.output import Event, Output
from openmimo.serve.tools import Tools
from openmimo.serve.turn import Counts, Done, Said
from openmimo.text.reasoning import Piece

TOOLS = Tools.of([{"type": "function", "function": {"name": "add"}}])
PIECES = st.lists(
    st.one_of(
        st.builds(Piece, st.sampled_from(["reasoning", "answer", "code"]), st.text(alphabet="a \n{", min_size=1, max_size=4)),
        st.just(Piece("tool_call", '{"name": "add", "arguments": {"a": 1}}')),
    ),
    max_size=12,
)
GROWING = {"reasoning": "reasoning_text", "message": "output_text"}


def retold(events: list[Event]) -> list[dict]:
    """The items that the events tell of, built from their deltas alone."""
    items: list[dict] = []
    for event in events:
        kind = event["type"].removeprefix("response.")
        if kind == "output_item.added":
            assert event["output_index"] == len(items)
            items.append({**event["item"], "content": []} if event["item"]["type"] in GROWING else dict(event["item"]))
            assert items[-1]["status"] == "in_progress"
            continue
        item = items[event["output_index"]]
        assert event["output_index"] == len(items) - 1, "an item is told of after the next has begun"
        if kind == "content_part.added":
            item["content"].append(dict(event["part"]))
        elif kind.endswith("text.delta"):
            assert kind == f"{GROWING[item['type']]}.delta"
            item["content"][0]["text"] += event["delta"]
        elif kind.endswith("text.done"):
            assert item["content"][0]["text"] == event["text"] != ""
        elif kind == "content_part.done":
            assert item["content"][0]["text"] == event["part"]["text"]
        elif kind == "function_call_arguments.delta":
            item["arguments"] += event["delta"]
        elif kind == "function_call_arguments.done":
            assert item["arguments"] == event["arguments"]
        else:
            assert kind == "output_item.done"
            assert {**item, "status": event["item"]["status"]} == event["item"]
            item["status"] = event["item"]["status"]
    return items


@settings(max_examples=200, deadline=None)
@given(PIECES, st.sampled_from(["stop", "length"]))
def test_events_tell_the_items(nano: Loaded, pieces: list[Piece], reason: str) -> None:
    output = Output(TOOLS, nano.tokenizer)
    events = [event for piece in pieces for event in output.take(Said(0, [piece], []))]
    events += output.take(Done(0, reason, Counts(1, 1, 0, 0)))  # type: ignore[arg-type]
    assert retold(events) == output.items
    statuses = [item["status"] for item in output.items]
    assert set(statuses[:-1]) <= {"completed"}
    if reason == "stop":
        assert set(statuses) <= {"completed"}
    kinds = [item["type"] for item in output.items]
    assert all(one != other or one == "function_call" for one, other in pairwise(kinds))


def test_a_call_comes_whole_and_in_its_place(nano: Loaded) -> None:
    output = Output(TOOLS, nano.tokenizer)
    said = [Piece("answer", "Let me see.\n"), Piece("tool_call", '{"name": "add", "arguments": {"a": 1}}'), Piece("answer", "\nDone.")]
    output.take(Said(0, said, []))
    output.take(Done(0, "stop", Counts(1, 1, 0, 0)))
    assert [item["type"] for item in output.items] == ["message", "function_call", "message"]
    assert [output.items[place]["content"][0]["text"] for place in (0, 2)] == ["Let me see.", "Done."]
    assert json.loads(output.items[1]["arguments"]) == {"a": 1}
