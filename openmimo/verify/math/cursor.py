"""A place in a list of tokens, and how deep in brackets it is. Read `reader.py` for the grammar."""

from collections.abc import Sequence

from openmimo.verify.math.lexer import Token
from openmimo.verify.math.terms import MAX_DEPTH, TooLarge, Unreadable


class Cursor:
    """Walks over tokens from left to right; raises Unreadable where the text ends too soon, TooLarge where it nests too deep."""

    def __init__(self, found: Sequence[Token]):
        self._tokens, self._place, self._depth = list(found), 0, 0

    def _at_end(self) -> bool:
        return self._place >= len(self._tokens)

    def _next(self) -> Token:
        if self._at_end():
            raise Unreadable("the text ends too soon")
        self._place += 1
        return self._tokens[self._place - 1]

    def _peek(self, sign: str) -> bool:
        return not self._at_end() and self._tokens[self._place].text == sign

    def _take(self, *signs: str) -> str:
        if not self._at_end():
            token = self._tokens[self._place]
            if token.text in signs and token.kind in ("sign", "command"):
                self._place += 1
                return token.text
        return ""

    def _take_end(self, kind: str) -> bool:
        if not self._at_end() and self._tokens[self._place] == Token("end", kind):
            self._place += 1
            return True
        return False

    def _need(self, sign: str) -> None:
        if not self._take(sign):
            raise Unreadable(f"{sign!r} is missing")

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TooLarge("nested too deep")
