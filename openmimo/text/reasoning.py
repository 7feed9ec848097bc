"""A model's turn taken apart as it comes: reasoning, answer, code blocks and tool calls.

Knows text only. Tags may be cut anywhere by the stream; only as much as could still become
a tag is held back.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

from openmimo.text.special import THINK, THINK_END, TOOL_CALL, TOOL_CALL_END

Kind = Literal["reasoning", "answer", "code", "tool_call"]
# The tags each kind of text watches for, and the kind of what follows them.
EXITS: dict[Kind, dict[str, Kind]] = {
    # A second opening tag is dropped: models write one although the prompt already did.
    "reasoning": {THINK_END: "answer", THINK: "reasoning"},
    "answer": {THINK: "reasoning", TOOL_CALL: "tool_call"},
    "code": {},
    "tool_call": {TOOL_CALL_END: "answer"},
}
# Fences stand at the start of a line. The line that opens one names the language; the one
# that closes it has nothing else, and at least as many backticks.
OPENING = re.compile(r"(?:\A|(?<=\n)) {0,3}(`{3,})([^`\n]{0,100})\n")
MAYBE_OPENING = re.compile(r"(?:\A|(?<=\n)) {0,3}(?:`{0,2}|`{3,}[^`\n]{0,100})\Z")
CLOSING = re.compile(r"(?:\A|(?<=\n)) {0,3}(`{3,})[ \t\r]*(?=\n|\Z)")
MAYBE_CLOSING = re.compile(r"(?:\A|(?<=\n)) {0,3}(?:`{0,2}|`{3,}[ \t\r]*)\Z")


@dataclass(frozen=True)
class Piece:
    """Some text of one kind; `language` is what the block's fence names, for code."""

    kind: Kind
    text: str
    language: str = ""


@dataclass(frozen=True)
class Parsed:
    """A whole turn.

    `answer` is all of it but reasoning and tool calls, with its code blocks in it;
    `code_blocks` are their bodies, with the last line end. `complete` says that no
    reasoning, block or call was left open, and that there is an answer or a call.
    """

    reasoning: str
    answer: str
    code_blocks: list[str]
    tool_calls: list[dict[str, Any]]
    complete: bool


class ReasoningParser:
    """Feed text in any portions; the pieces joined by kind are always the same.

    With `starts_in_reasoning` the prompt has already opened the reasoning.
    """

    def __init__(self, starts_in_reasoning: bool = False):
        self._kind: Kind = "reasoning" if starts_in_reasoning else "answer"
        self._held = ""
        self._line_start = True  # whether what is held begins a line
        self._fence, self._language = "", ""
        self._pieces: list[Piece] = []
        self._texts: dict[Kind, list[str]] = {"reasoning": [], "answer": []}
        self._blocks: list[list[str]] = []
        self._calls: list[dict[str, Any]] = []
        self._open = False

    def feed(self, text: str) -> list[Piece]:
        """The pieces that are sure by now."""
        self._held += text
        while self._step(ended=False):
            pass
        return self._given()

    def end(self) -> list[Piece]:
        """The pieces that were held back, at the end of the turn."""
        while self._step(ended=True):
            pass
        self._open = self._kind != "answer"
        if self._kind == "tool_call":  # never closed, so no call
            self._kind, self._held = "answer", TOOL_CALL + self._held
        self._give(len(self._held))
        return self._given()

    def parsed(self) -> Parsed:
        """The whole turn so far; to be asked for after `end`."""
        reasoning, answer = ("".join(self._texts[kind]).strip() for kind in ("reasoning", "answer"))
        complete = not self._open and bool(answer or self._calls)
        return Parsed(reasoning, answer, ["".join(block) for block in self._blocks], list(self._calls), complete)

    def _step(self, ended: bool) -> bool:
        """Move past one tag or fence, or hand out what is sure; whether there may be more."""
        tag = min(((place, tag) for tag in EXITS[self._kind] if (place := self._held.find(tag)) >= 0), default=None)
        fence = self._find_fence(ended)
        sure = len(self._held) if ended else self._decided()
        if fence and (tag is None or fence.start() <= tag[0]):
            self._pass_fence(fence)
        elif tag and tag[0] < sure:
            self._pass_tag(*tag)
        else:
            if self._kind != "tool_call":  # a call is handed out whole
                self._give(sure)
            return False
        return True

    def _find_fence(self, ended: bool) -> re.Match[str] | None:
        if self._kind not in ("answer", "code"):
            return None
        start = 0 if self._line_start else 1
        if self._kind == "answer":
            return OPENING.search(self._held, start)
        closings = (found for found in CLOSING.finditer(self._held, start) if len(found[1]) >= len(self._fence))
        return next((found for found in closings if ended or found.end() < len(self._held)), None)

    def _pass_fence(self, fence: re.Match[str]) -> None:
        self._give(fence.start())
        self._texts["answer"].append(fence[0])
        self._held = self._held[len(fence[0]) :]
        if self._kind == "answer":
            self._kind, self._fence, self._language, self._line_start = "code", fence[1], fence[2].strip(), True
            self._blocks.append([])
        else:
            self._kind, self._fence, self._language, self._line_start = "answer", "", "", False

    def _pass_tag(self, place: int, tag: str) -> None:
        if self._kind == "tool_call":
            self._give_call(self._held[:place])
            self._held = self._held[place:]
        else:
            self._give(place)
            self._line_start = True  # an answer after reasoning is as if on a new line
        self._held = self._held[len(tag) :]
        self._kind = EXITS[self._kind][tag]

    def _give_call(self, body: str) -> None:
        call = _read_call(body)
        if call is None:
            self._take("answer", TOOL_CALL + body + TOOL_CALL_END)
            return
        self._pieces.append(Piece("tool_call", body.strip()))
        self._calls.append(call)
        self._line_start = True

    def _decided(self) -> int:
        """How many characters come before what could be the start of a tag or a fence."""
        tags = tuple(EXITS[self._kind])
        longest = min(max(map(len, tags), default=1) - 1, len(self._held))
        size = next((size for size in range(longest, 0, -1) if any(tag.startswith(self._held[-size:]) for tag in tags)), 0)
        if self._kind in ("answer", "code"):
            pattern = MAYBE_OPENING if self._kind == "answer" else MAYBE_CLOSING
            fence = pattern.search(self._held, 0 if self._line_start else 1)
            size = max(size, len(self._held) - fence.start() if fence else 0)
        return len(self._held) - size

    def _give(self, size: int) -> None:
        """Hand out so many of the held characters."""
        text, self._held = self._held[:size], self._held[size:]
        self._take(self._kind, text)

    def _take(self, kind: Kind, text: str) -> None:
        if not text:
            return
        self._pieces.append(Piece(kind, text, self._language))
        self._line_start = text.endswith("\n")
        if kind == "code":
            self._blocks[-1].append(text)
        self._texts["answer" if kind == "code" else kind].append(text)

    def _given(self) -> list[Piece]:
        pieces, self._pieces = self._pieces, []
        return pieces


def parse(text: str, starts_in_reasoning: bool = False) -> Parsed:
    """Take a whole turn apart."""
    parser = ReasoningParser(starts_in_reasoning)
    parser.feed(text)
    parser.end()
    return parser.parsed()


def _read_call(text: str) -> dict[str, Any] | None:
    """The object a tool call holds, or None if its JSON is not sound."""
    try:
        call = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return call if isinstance(call, dict) else None
