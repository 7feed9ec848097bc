"""What a server has told of an answer so far: the events of a stream, folded into a reply as one that comes whole.

Knows no connection. Read `connection.py` next.
"""

import codecs
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from openmimo.eval.endpoint.form import JSON, first, record


@dataclass
class Told:
    """Of one try: when it began, and what a stream has brought since."""

    began: float | None = None  # of time.monotonic; None before the first try
    parts: dict[str, list[str]] = field(default_factory=dict)  # of "content", "reasoning" and "text"
    reason: str | None = None  # why it ended
    usage: JSON = None
    done: bool = False

    def begin(self) -> None:
        """Forget what an earlier try has told."""
        self.began = time.monotonic()
        self.parts, self.reason, self.usage, self.done = {}, None, None, False

    @property
    def seconds(self) -> float:
        """Since the try began; 0 if there was none."""
        return time.monotonic() - self.began if self.began is not None else 0.0

    def take(self, event: JSON) -> None:
        """Add what an event brings; one of another form brings nothing."""
        event = record(event)
        choice = first(event.get("choices"))
        delta = record(choice.get("delta"))
        self.usage = event.get("usage") or self.usage
        self.reason = choice.get("finish_reason") or self.reason
        reasoning = delta.get("reasoning_content") or delta.get("reasoning")
        for name, piece in (("content", delta.get("content")), ("reasoning", reasoning), ("text", choice.get("text"))):
            if isinstance(piece, str):
                self.parts.setdefault(name, []).append(piece)

    def reply(self) -> dict[str, JSON]:
        """All of it in the form of a reply that comes whole."""
        content, reasoning, text = ("".join(self.parts.get(name, [])) for name in ("content", "reasoning", "text"))
        choice = {"message": {"content": content, "reasoning": reasoning}, "text": text, "finish_reason": self.reason}
        return {"choices": [choice], "usage": self.usage}


class Events:
    """Server-sent events, of which the data is JSON, out of bytes that are cut anywhere."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._rest = ""

    def feed(self, piece: bytes) -> Iterator[JSON]:
        """The events that are whole by now; None is the one that says that no more will come. `ValueError` if one is no JSON."""
        *lines, self._rest = (self._rest + self._decoder.decode(piece)).split("\n")
        for line in lines:
            name, _, data = line.rstrip("\r").partition(":")
            if name == "data":
                yield None if data.strip() == "[DONE]" else json.loads(data)
