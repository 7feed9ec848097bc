"""What one answer says, as every dialect knows it: thoughts, content and tool calls. Knows no HTTP.

Read `turn.py` before, which gives the pieces, and `routes/` next, which put it in the words of each dialect.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from openmimo.serve.tools import Tools
from openmimo.serve.turn import Done, Reason, Said
from openmimo.text.reasoning import Piece
from openmimo.text.special import TOOL_CALL, TOOL_CALL_END

Words = Literal["thoughts", "content"]


@dataclass(frozen=True)
class Part:
    """Something that was said: some text, or the whole of call `number` in the form of chat completions."""

    kind: Literal["thoughts", "content", "call"]
    text: str = ""
    number: int = 0
    call: dict[str, Any] = field(default_factory=dict)


class Speech:
    """One answer as it grows, without the white space around its thoughts and its content.

    White space is held back until more follows, so that what is told bit by bit is in the
    end what is told at once. So is content that may turn out to be a call without its tags.
    With `plain` everything is content, told as it is.
    """

    def __init__(self, tools: Tools, plain: bool = False):
        self._tools, self._plain = tools, plain
        self._words: dict[Words, list[str]] = {"thoughts": [], "content": []}
        self._held: dict[Words, str] = {"thoughts": "", "content": ""}
        self.calls: list[dict[str, Any]] = []
        self.reason: Reason | None = None  # why the answer ended, once it has

    @property
    def thoughts(self) -> str:
        """The reasoning so far."""
        return "".join(self._words["thoughts"])

    @property
    def content(self) -> str:
        """The answer so far, without reasoning and calls."""
        return "".join(self._words["content"])

    def take(self, one: Said | Done) -> list[Part]:
        """Add what has come; the same as parts."""
        if isinstance(one, Said):
            return self._hear(one.pieces)
        last = self._end()
        # What reads like a call is none if no tool has its name; and a call may have come without its tags.
        self.reason = one.reason if one.reason == "length" else "tool_calls" if self.calls else "stop"
        return last

    def _hear(self, pieces: Sequence[Piece]) -> list[Part]:
        return [part for piece in pieces if (part := self._part(piece))]

    def _part(self, piece: Piece) -> Part | None:
        if piece.kind == "reasoning":
            return self._say("thoughts", piece.text)
        if piece.kind != "tool_call":
            return self._say("content", piece.text)
        call = self._tools.call(piece.text)
        return self._call(call) if call else self._say("content", f"{TOOL_CALL}{piece.text}{TOOL_CALL_END}")

    def _say(self, kind: Words, text: str) -> Part | None:
        text = self._held[kind] + text
        kept = text if self._plain else text.rstrip()
        first = not self._words[kind]
        if kind == "content" and first and not self.calls and self._tools.may_be_bare(kept):
            kept = ""
        self._held[kind] = text[len(kept) :]
        return self._tell(kind, kept if self._plain or not first else kept.lstrip())

    def _end(self) -> list[Part]:
        """What was held back: a call, or content that looked like one; white space is dropped."""
        held, self._held["content"] = self._held["content"].strip(), ""
        if not held:
            return []
        call = self._tools.bare_call(held)
        last = self._call(call) if call else self._tell("content", held)
        return [last] if last else []

    def _call(self, call: dict[str, Any]) -> Part:
        self.calls.append(call)
        return Part("call", number=len(self.calls) - 1, call=call)

    def _tell(self, kind: Words, text: str) -> Part | None:
        if not text:
            return None
        self._words[kind].append(text)
        return Part(kind, text)
