"""A model's turn taken apart as it comes: reasoning, answer, code blocks and tool calls.

Knows text only. Tags may be cut anywhere by the stream; only as much as could still become
a tag is held back. Where a call ends is found in `call_body.py`.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from openmimo.text.call_body import CallBody
from openmimo.text.special import THINK, THINK_END, TOOL_CALL, TOOL_CALL_END

Kind = Literal["reasoning", "answer", "code", "tool_call"]
# The tags that text of a kind is watched for, and the kind of what follows them.
EXITS: dict[Kind, dict[str, Kind]] = {
    # A second opening tag is dropped: models write one although the prompt already did.
    "reasoning": {THINK_END: "answer", THINK: "reasoning"},
    # The end of what nothing has opened is dropped only for a parser that is `tidy`.
    "answer": {THINK: "reasoning", THINK_END: "answer", TOOL_CALL: "tool_call"},
    "code": {},
}
# Fences stand at the start of a line. The line that opens one names the language; the one
# that closes it has nothing else, and at least as many backticks.
OPENING = r" {0,3}(?P<fence>`{3,})(?P<language>[^`\n]{0,100})\n"
MAYBE_OPENING = r" {0,3}(?:`{0,2}|`{3,}[^`\n]{0,100})\Z"
CLOSING = r" {0,3}(?P<fence>`{%d,})[ \t\r]*(?=\n%s)"
MAYBE_CLOSING = r" {0,3}(?:`{0,2}|`{3,}[ \t\r]*)\Z"
NEVER = "(?!)"


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

    With `starts_in_reasoning` the prompt has already opened the reasoning. With `fences` the
    lines around code blocks are pieces of the answer, which thus loses nothing. With `formed`
    the answer is held to a form, such as JSON: a tag may stand before it, and once it has
    begun there are none, and no code blocks. With `tidy` the end of reasoning that is not
    open is dropped; else it is a part of the answer, which may speak of it.
    """

    def __init__(self, starts_in_reasoning: bool = False, fences: bool = False, formed: bool = False, tidy: bool = False):
        self._tells_fences, self._formed, self._tidy = fences, formed, tidy
        self._kind: Kind = "reasoning" if starts_in_reasoning else "answer"
        self._held, self._at = "", 0  # what was told of what is held ends here
        self._line_start = True  # whether a line begins here
        self._begun = False  # whether an answer of a form has
        self._body = CallBody(0)
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
        if self._kind != "tool_call":  # which knows its places
            self._held, self._at = self._held[self._at :], 0
        return self._given()

    def end(self) -> list[Piece]:
        """The pieces that were held back, at the end of the turn."""
        while self._step(ended=True):
            pass
        self._open = self._kind != "answer"
        if self._kind == "tool_call":  # never closed, so no call
            self._take("answer", TOOL_CALL + self._held[self._at :])
        return self._given()

    def parsed(self) -> Parsed:
        """The whole turn so far; to be asked for after `end`."""
        reasoning, answer = ("".join(self._texts[kind]).strip() for kind in ("reasoning", "answer"))
        complete = not self._open and bool(answer or self._calls)
        return Parsed(reasoning, answer, ["".join(block) for block in self._blocks], list(self._calls), complete)

    def _step(self, ended: bool) -> bool:
        """Move past one tag, fence or call, or hand out what is sure; whether there may be more."""
        if self._kind == "tool_call":
            return self._pass_call(ended)
        found = self._find(ended)
        self._give(found.start() if found else len(self._held))
        if found is None or found.lastgroup == "maybe":
            return False
        if found.lastgroup == "text":
            self._begun = True
        elif found.lastgroup == "tag":
            self._pass_tag(found)
        else:
            self._pass_fence(found)
        return True

    def _find(self, ended: bool) -> re.Match[str] | None:
        """What comes next: a tag, a fence, or what may become one."""
        if self._formed and self._kind == "answer":
            return None if self._begun else _watch("answer", ended, self._tidy, formed=True)[1].search(self._held, self._at)
        here, onward = _watch(self._kind, ended, self._tidy, len(self._fence))
        first = here.match(self._held, self._at) if self._line_start else None
        return first or onward.search(self._held, self._at)

    def _pass_fence(self, fence: re.Match[str]) -> None:
        self._at = fence.end()
        self._texts["answer"].append(fence[0])
        if self._tells_fences:
            self._pieces.append(Piece("answer", fence[0]))
        if self._kind == "answer":
            self._kind, self._fence, self._language, self._line_start = "code", fence["fence"], fence["language"].strip(), True
            self._blocks.append([])
        else:
            self._kind, self._fence, self._language, self._line_start = "answer", "", "", False

    def _pass_tag(self, tag: re.Match[str]) -> None:
        self._at = tag.end()
        self._line_start = True  # an answer after reasoning is as if on a new line
        self._kind = EXITS[self._kind][tag[0]]
        if self._kind == "tool_call":
            self._body = CallBody(self._at)

    def _pass_call(self, ended: bool) -> bool:
        """Hand out a call, which comes whole; whether it has ended."""
        place = self._body.end(self._held, ended)
        if place is None:
            return False
        body, call = self._held[self._at : place], self._body.call
        self._at, self._kind, self._line_start = place + len(TOOL_CALL_END), "answer", True
        if call is None:
            self._take("answer", TOOL_CALL + body + TOOL_CALL_END)
        else:
            self._pieces.append(Piece("tool_call", body.strip()))
            self._calls.append(call)
        return True

    def _give(self, place: int) -> None:
        """Hand out what is held up to a place."""
        text, self._at = self._held[self._at : place], place
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


@lru_cache(maxsize=64)
def _watch(kind: Kind, ended: bool, tidy: bool, backticks: int = 0, formed: bool = False) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What text of a kind is searched for: right here where a line begins, and from any place on.

    The group that matches last says what was found: `tag`, `fence` or `language`, or `maybe`
    for what more text may make one, which there is none of once the turn has `ended`. Before
    an answer of a form it is a tag, or the first of the answer's own `text`.
    """
    tags = [tag for tag in EXITS[kind] if tidy or (kind, tag) != ("answer", THINK_END)]
    whole = "|".join(map(re.escape, tags)) or NEVER
    cut = "|".join(re.escape(tag[:size]) for tag in tags for size in range(1, len(tag))) or NEVER
    line, maybe = NEVER, NEVER
    if kind == "code":
        line, maybe = CLOSING % (backticks, r"|\Z" if ended else ""), MAYBE_CLOSING
    elif kind == "answer" and not formed:
        line, maybe = OPENING, MAYBE_OPENING
    here, onward = line, rf"(?P<tag>{whole})|(?<=\n){line}"
    if not ended:
        here = rf"{line}|(?P<maybe>{maybe})"
        onward = rf"{onward}|(?P<maybe>(?:{cut})\Z|(?<=\n){maybe})"
    return re.compile(here), re.compile(rf"{onward}|(?P<text>\S)" if formed else onward)


def parse(text: str, starts_in_reasoning: bool = False) -> Parsed:
    """Take a whole turn apart."""
    parser = ReasoningParser(starts_in_reasoning)
    parser.feed(text)
    parser.end()
    return parser.parsed()
