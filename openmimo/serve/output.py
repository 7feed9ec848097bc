"""The output of a response as a list of items, and the events that tell how it grows. Knows no HTTP.

Thoughts are an item of reasoning with their text in full, the content a message, and each
call an item of its own, in the order in which they were said. Read `routes/responses.py` next.
"""

import secrets
from typing import Any, Literal

from openmimo.serve.speech import Part, Speech
from openmimo.serve.spelling import spelled
from openmimo.serve.tools import Tools
from openmimo.serve.turn import Done, Said
from openmimo.text.tokenizer import Tokenizer

Event = dict[str, Any]
Status = Literal["in_progress", "completed", "incomplete"]


class Output:
    """The items so far. What `take` gives are the events since, without their numbers."""

    def __init__(self, tools: Tools, tokenizer: Tokenizer):
        self.items: list[dict[str, Any]] = []
        self._speech, self._tokenizer = Speech(tools), tokenizer
        self._growing: _Growing | None = None
        self._logprobs: list[dict[str, Any]] = []  # of tokens whose text is not told yet

    def take(self, one: Said | Done) -> list[Event]:
        """Add what has come."""
        if isinstance(one, Said):
            self._logprobs += [spelled(token, self._tokenizer) for token in one.tokens]
        events = [event for part in self._speech.take(one) for event in self._part(part)]
        if isinstance(one, Done):
            events += self._close("incomplete" if one.reason == "length" else "completed")
        return events

    def _part(self, part: Part) -> list[Event]:
        if part.kind == "call":
            closed = self._close("completed")
            self._logprobs = []  # a call's are told nowhere
            return [*closed, *self._call(part.call)]
        if self._growing and self._growing.kind == part.kind:
            return [self._growing.grow(part.text, self._spelled(part))]
        closed = self._close("completed")
        self._growing = _Growing(part.kind, len(self.items))
        opened = self._growing.open()
        return [*closed, *opened, self._growing.grow(part.text.lstrip(), self._spelled(part))]

    def _spelled(self, part: Part) -> list[dict[str, Any]]:
        """The log-probabilities of the content that a part adds."""
        if part.kind == "thoughts":
            return []
        fresh, self._logprobs = self._logprobs, []
        return fresh

    def _close(self, status: Status) -> list[Event]:
        if self._growing is None:
            return []
        grown, self._growing = self._growing, None
        self.items.append(grown.item(status))
        return grown.close(status)

    def _call(self, call: dict[str, Any]) -> list[Event]:
        """A call, which comes whole."""
        function = call["function"]
        item = {"id": _id("fc"), "type": "function_call", "status": "completed", "call_id": call["id"], **function}
        place = {"item_id": item["id"], "output_index": len(self.items)}
        self.items.append(item)
        blank = {**item, "status": "in_progress", "arguments": ""}
        return [
            {"type": "response.output_item.added", "output_index": place["output_index"], "item": blank},
            {"type": "response.function_call_arguments.delta", **place, "delta": function["arguments"]},
            {"type": "response.function_call_arguments.done", **place, "name": function["name"], "arguments": function["arguments"]},
            {"type": "response.output_item.done", "output_index": place["output_index"], "item": item},
        ]


class _Growing:
    """An item of text that is still said: reasoning or a message, with one part."""

    def __init__(self, kind: Literal["thoughts", "content"], index: int):
        self.kind, self._index = kind, index
        self._id = _id("rs" if kind == "thoughts" else "msg")
        self._type = "reasoning_text" if kind == "thoughts" else "output_text"
        self._words: list[str] = []
        self._logprobs: list[dict[str, Any]] = []

    def item(self, status: Status) -> dict[str, Any]:
        """The whole of it."""
        return self._with([self._part("".join(self._words), self._logprobs)], status)

    def open(self) -> list[Event]:
        """The events with which it begins."""
        return [
            {"type": "response.output_item.added", "output_index": self._index, "item": self._with([], "in_progress")},
            {"type": "response.content_part.added", **self._place, "part": self._part("", [])},
        ]

    def grow(self, text: str, logprobs: list[dict[str, Any]]) -> Event:
        """Add some text; the event that tells it."""
        self._words.append(text)
        self._logprobs += logprobs
        return {"type": f"response.{self._type}.delta", **self._place, "delta": text, **self._told(logprobs)}

    def close(self, status: Status) -> list[Event]:
        """The events with which it ends."""
        text = "".join(self._words)
        return [
            {"type": f"response.{self._type}.done", **self._place, "text": text, **self._told(self._logprobs)},
            {"type": "response.content_part.done", **self._place, "part": self._part(text, self._logprobs)},
            {"type": "response.output_item.done", "output_index": self._index, "item": self.item(status)},
        ]

    @property
    def _place(self) -> dict[str, Any]:
        return {"item_id": self._id, "output_index": self._index, "content_index": 0}

    def _told(self, logprobs: list[dict[str, Any]]) -> dict[str, Any]:
        return {"logprobs": logprobs} if self.kind == "content" else {}

    def _part(self, text: str, logprobs: list[dict[str, Any]]) -> dict[str, Any]:
        part = {"type": self._type, "text": text}
        return {**part, "annotations": [], "logprobs": logprobs} if self.kind == "content" else part

    def _with(self, content: list[dict[str, Any]], status: Status) -> dict[str, Any]:
        if self.kind == "thoughts":
            return {"id": self._id, "type": "reasoning", "status": status, "summary": [], "content": content}
        return {"id": self._id, "type": "message", "status": status, "role": "assistant", "content": content}


def _id(kind: str) -> str:
    return f"{kind}_{secrets.token_hex(24)}"
