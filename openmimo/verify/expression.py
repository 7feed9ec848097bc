"""Written arithmetic as exact fractions: a small lexer and a recursive-descent parser, no `eval`.

Knows numbers, `+ - * / ^`, brackets and per cent. What it does not understand fully, or
what would be too large, has no value. Read `steps.py` for what is checked with it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

MAX_DIGITS = 30  # of a number
MAX_LENGTH = 200  # of an expression, in characters
MAX_POWER = 64
MAX_BITS = 20_000  # of anything computed on the way
MAX_DEPTH = 30

# 1,200 or 1200 or 1.5 or .5
NUMBER = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?(?![0-9]|,[0-9])|[0-9]+(?:\.[0-9]+)?|\.[0-9]+"
LEXEMES = re.compile(
    rf"(?P<number>{NUMBER})|(?P<share>%\s*of\b)|(?P<word>[^\W\d]\w*)|(?P<sign>\*\*|[-+*/^()%])|(?P<equals>=)|(?P<other>\S)"
)
SIGNS = str.maketrans({"\u00d7": "*", "\u00b7": "*", "\u22c5": "*", "\u2219": "*", "\u00f7": "/", "\u2212": "-"})  # of print
CURRENCY = re.compile(r"[$€£]")
EMPHASIS = re.compile(r"(?<![\d)])\*\*|\*\*(?![\d(-])")  # Markdown's, as against a power


@dataclass(frozen=True)
class Token:
    """A piece of a line; `kind` is number, sign, share ("% of"), word, equals or other."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def is_arithmetic(self) -> bool:
        return self.kind in ("number", "sign", "share")


def read_tokens(line: str) -> list[Token]:
    """The tokens of a line, with signs in one spelling; an `x` between numbers is a product."""
    plain = EMPHASIS.sub("", CURRENCY.sub("", line.translate(SIGNS)))
    tokens = [_token(found) for found in LEXEMES.finditer(plain)]
    for place in range(1, len(tokens) - 1):
        before, token, after = tokens[place - 1 : place + 2]
        apart = before.end < token.start and token.end < after.start
        between = (before.kind == "number" or before.text == ")") and (after.kind == "number" or after.text == "(")
        if token.text in ("x", "X") and apart and between:
            tokens[place] = Token("sign", "*", token.start, token.end)
    return tokens


def _token(found: re.Match[str]) -> Token:
    kind, text = str(found.lastgroup), found[0]
    text = {"share": "% of", "number": text.replace(",", "")}.get(kind, "^" if text == "**" else text)
    return Token(kind, text, found.start(), found.end())


def number_of(text: str) -> Fraction | None:
    """The value of a number without its commas, or None if it is too long."""
    return Fraction(text) if sum(letter.isdigit() for letter in text) <= MAX_DIGITS else None


def value_of(tokens: Sequence[Token], percent: Fraction = Fraction(1, 100)) -> Fraction | None:
    """The value of an expression, or None if it is not one or too large; `percent` is what a `%` alone stands for."""
    if not tokens or tokens[-1].end - tokens[0].start > MAX_LENGTH:
        return None
    reader = _Reader(tokens, percent)
    try:
        value = reader.sum(0)
    except _NotUnderstood:
        return None
    return value if reader.place == len(tokens) else None


class _NotUnderstood(Exception):
    """The text is no expression, or one that is too large."""


class _Reader:
    """Reads tokens from left to right: a sum of products of signed powers."""

    def __init__(self, tokens: Sequence[Token], percent: Fraction):
        self._tokens, self._percent, self.place = tokens, percent, 0

    def sum(self, depth: int) -> Fraction:
        value = self._product(depth)
        while sign := self._take("+", "-"):
            term = self._product(depth)
            value = _bounded(value + term if sign == "+" else value - term)
        return value

    def _product(self, depth: int) -> Fraction:
        value = self._signed(depth)
        while sign := self._take("*", "/", "% of"):
            factor = self._signed(depth)
            if sign == "/" and factor == 0:
                raise _NotUnderstood
            value = _bounded(value / factor if sign == "/" else value * factor / (1 if sign == "*" else 100))
        return value

    def _signed(self, depth: int) -> Fraction:
        if self._take("-"):
            return -self._signed(_deeper(depth))
        return self._power(depth)

    def _power(self, depth: int) -> Fraction:
        base = self._single(depth)
        if not self._take("^"):
            return base
        power = self._signed(_deeper(depth))
        size = max(base.numerator.bit_length(), base.denominator.bit_length())
        if power.denominator != 1 or abs(power) > MAX_POWER or size * abs(power) > MAX_BITS or (base == 0 and power <= 0):
            raise _NotUnderstood
        return base ** int(power)

    def _single(self, depth: int) -> Fraction:
        if self._take("("):
            value = self.sum(_deeper(depth))
            if not self._take(")"):
                raise _NotUnderstood
        else:
            token = self._tokens[self.place] if self.place < len(self._tokens) else None
            number = number_of(token.text) if token and token.kind == "number" else None
            if number is None:
                raise _NotUnderstood
            self.place += 1
            value = number
        return value * self._percent if self._take("%") else value

    def _take(self, *signs: str) -> str:
        """The next token's text, passed over, if it is one of these; else nothing."""
        if self.place < len(self._tokens) and self._tokens[self.place].text in signs:
            self.place += 1
            return self._tokens[self.place - 1].text
        return ""


def _bounded(value: Fraction) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise _NotUnderstood
    return value


def _deeper(depth: int) -> int:
    if depth >= MAX_DEPTH:
        raise _NotUnderstood
    return depth + 1
