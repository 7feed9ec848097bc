"""What stands between the tags of a tool call, as it comes: a JSON object, in whose strings anything may stand, tags too.

Knows nothing of what is around it. Read `reasoning.py` next, which asks where a call ends.
"""

import json
import re
from typing import Any, Literal

from openmimo.text.special import TOOL_CALL_END

INSIDE = re.compile(r'["\\\x00-\x1f]')  # of a string: its end, an escape, and what JSON has in none
OUTSIDE = re.compile(r'["\\<{}\[\]]')  # and of what is around strings, where no tag can stand
WHITE = re.compile(r"[ \t\n\r]*")
Where = Literal["before", "object", "string", "after", "nowhere"]


class CallBody:
    """Finds the end of a call whose body begins at `start` of a text that grows.

    That is the first closing tag before which the body is a JSON object, which is then
    `call`; or else the first closing tag of all, which is known only once the body can be no
    object any more. What is no JSON is found out at the next `<` outside of its strings at
    the latest: so of several bodies, each begun within the last, no more than two read the
    same text, and the time for all of them is linear.
    """

    def __init__(self, start: int):
        self.call: dict[str, Any] | None = None
        self._start = self._read = self._searched = start
        self._where: Where = "before"
        self._depth = 0

    def end(self, text: str, ended: bool) -> int | None:
        """The place of the closing tag; None while there is none, or a later one may be it. `ended` says that no more will come."""
        while self._step(text):
            pass
        if self._where == "after" and text.startswith(TOOL_CALL_END, self._read):
            self.call = _object(text[self._start : self._read])
            if self.call is not None:
                return self._read
            self._where = "nowhere"
        if self._where != "nowhere" and not ended:
            return None
        place = text.find(TOOL_CALL_END, self._searched)
        self._searched = max(self._searched, len(text) - len(TOOL_CALL_END) + 1)
        return place if place >= 0 else None

    def _step(self, text: str) -> bool:
        """Read on to the next mark; whether there was one."""
        match self._where:
            case "before" | "after":
                self._read = WHITE.match(text, self._read).end()  # type: ignore[union-attr]  # it matches anything
                rest = text[self._read : self._read + len(TOOL_CALL_END)]
                if self._where == "before" and rest:
                    self._where = "object" if rest[0] == "{" else "nowhere"
                elif self._where == "after" and not TOOL_CALL_END.startswith(rest):
                    self._where = "nowhere"
                return self._where == "object"
            case "object" | "string":
                mark = (OUTSIDE if self._where == "object" else INSIDE).search(text, self._read)
                # An escaped mark that has not come yet is passed over, too.
                self._read = mark.end() if mark else max(self._read, len(text))
                if mark:
                    self._pass(mark[0])
                return mark is not None
        return False

    def _pass(self, mark: str) -> None:
        if self._where == "object" and mark in "{}[]":
            self._depth += 1 if mark in "{[" else -1
            if not self._depth:
                self._where = "after"
        elif mark == '"':
            self._where = "string" if self._where == "object" else "object"
        elif self._where == "string" and mark == "\\":
            self._read += 1
        else:
            self._where = "nowhere"


def _object(text: str) -> dict[str, Any] | None:
    """The object that a text is, or None if its JSON is not sound."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
