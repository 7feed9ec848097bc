"""Recomputing what a written reasoning claims: every `left = right` in it, exactly.

Knows no tasks and no model. It never doubts what it does not understand: a statement with
an unknown, a unit in the wrong place or a remainder is passed over. Read `expression.py`
for the arithmetic.
"""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from openmimo.verify.expression import CURRENCY, NUMBER, SIGNS, Token, number_of, read_tokens, value_of

MARKER = re.compile(r"^\s*(?:[0-9]+\)|[-*•])\s+")  # of a list


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words a statement may directly follow; after any other, such as "twice" or "of", it may be only half of what is meant.
BEFORE = _words("""
    so then thus hence therefore now next first second third finally again also but since because that this is are was were be
    have has had get gets got give gives makes make made find check compute calculate gain gains earn earns earned pay pays paid
    cost costs sell sells sold buy buys bought need needs spend spends spent eat eats ate use uses used contain contains total
    remain remains""")
# Words that may directly follow a result without changing it.
AFTER = _words("carry borrow so which then thus hence therefore since because but as is")
# Words that are no mere unit of the result: they change it, or name a larger unit than the terms may have.
NO_UNITS = _words("""
    remainder rem rest left mod modulo times plus minus over divided of and or to with hundred thousand million billion trillion
    dozen dozens percent per squared cubed pi sqrt root half halves third thirds quarter quarters rounded approximately about
    am pm hour hours day days week weeks month months year years meter meters metre metres km kg kilometers kilometres kilograms
    dollar euro pound liter liters litre litres""")
NUMBER_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
ANSWER = re.compile(rf"(-?)\s*({NUMBER})(?:\s*/\s*({NUMBER}))?\s*(%?)\.?")
MENTIONED = re.compile(rf"(-?)\s*({NUMBER})(?:\s*/\s*({NUMBER}))?")


def check_steps(reasoning: str, answer: str) -> bool | None:
    """Whether the arithmetic of a written reasoning holds and its answer comes from it.

    None if there is no statement to recompute. False if one is wrong and not put right
    later by one with the same left side, or if the answer is a number that the reasoning
    never mentions. Source: ours.
    """
    verdicts: dict[tuple[str, ...], bool] = {}
    for line in reasoning.splitlines():
        verdicts.update(_statements(read_tokens(MARKER.sub("", line))))
    if not verdicts:
        return None
    return all(verdicts.values()) and _is_mentioned(answer, reasoning)


def _statements(tokens: Sequence[Token]) -> Iterator[tuple[tuple[str, ...], bool]]:
    """The left side of every statement in a line that is fully understood, and whether it is true."""
    for place, token in enumerate(tokens):
        if token.kind == "equals":
            left, right = _left_of(tokens, place), _right_of(tokens, place)
            holds = _holds(left, right) if _computes(left) or _computes(right) else None
            if holds is not None:
                yield tuple(side.text for side in left), holds


def _left_of(tokens: Sequence[Token], place: int) -> Sequence[Token]:
    """The expression before an equals sign, or nothing if something unknown may belong to it."""
    start = place
    while start > 0 and tokens[start - 1].is_arithmetic:
        start -= 1
    before = tokens[start - 1] if start else None
    side = tokens[start:place]
    if before is None or before.kind == "equals" or not side:
        return side[_opened(side) :]
    apart = before.end < side[0].start
    if side[0].text == "(" and _opened(side):
        return side[_opened(side) :] if apart else []  # a statement in brackets, not the argument of a function
    if before.kind == "word":
        # "x - 3" must not be read as "-3".
        tight = len(side) > 1 and (side[0].text != "-" or side[0].end == side[1].start)
        return side if apart and tight and before.text.lower() in BEFORE else []
    return side if before.text == ";" or (apart and before.text in (".", ",", ":")) else []


def _opened(side: Sequence[Token]) -> int:
    """1 if the first token opens a bracket that the side does not close, else 0."""
    depth = sum((token.text == "(") - (token.text == ")") for token in side)
    return int(depth == 1 and side[0].text == "(")


def _right_of(tokens: Sequence[Token], place: int) -> Sequence[Token]:
    """The expression after an equals sign, or nothing if something unknown may belong to it."""
    end, depth = place + 1, 0
    while end < len(tokens) and tokens[end].is_arithmetic:
        depth += (tokens[end].text == "(") - (tokens[end].text == ")")
        if depth < 0:
            return tokens[place + 1 : end]  # what closes here was opened before the statement
        end += 1
    side = tokens[place + 1 : end]
    if end == len(tokens) or not side or tokens[end].kind == "equals":
        return side
    after = tokens[end]
    if after.kind == "word":
        apart, word = side[-1].end < after.start, after.text.lower()
        return side if apart and (word in AFTER or (_ends_phrase(tokens, end + 1) and len(word) > 1 and word not in NO_UNITS)) else []
    return side if _ends_phrase(tokens, end) else []


def _ends_phrase(tokens: Sequence[Token], place: int) -> bool:
    """Whether a line ends here, or a mark stands here that ends a phrase and no decimal, time or ellipsis."""
    if place == len(tokens):
        return True
    mark = tokens[place]
    return mark.text in (".", ",", ";", ":", "!") and (mark.text == ";" or place + 1 == len(tokens) or mark.end < tokens[place + 1].start)


def _computes(side: Sequence[Token]) -> bool:
    """Whether there is anything to compute: an operation, not only a number with a sign."""
    return any(token.text in ("+", "-", "*", "/", "^", "%", "% of") for token in side[1:])


def _holds(left: Sequence[Token], right: Sequence[Token]) -> bool | None:
    """Whether two sides are equal, or None if one is not understood."""
    one, other = value_of(left), value_of(right)
    if one is None or other is None:
        return None
    # "46 / 200 * 100 = 23%" means the number of per cents, "23 / 100 = 23%" the share.
    counted = value_of(left, Fraction(1)) == value_of(right, Fraction(1))
    return one == other or counted or _is_rounded(left, one, right, other) or _is_rounded(right, other, left, one)


def _is_rounded(quotient: Sequence[Token], exact: Fraction, number: Sequence[Token], shown: Fraction) -> bool:
    """Whether a number is a quotient rounded, up or down, to the decimals it is written with."""
    decimals = len(number[-1].text.partition(".")[2])
    if not decimals or len(number) > 2 or not any(token.text == "/" for token in quotient):
        return False
    return exact * 10**decimals % 1 != 0 and abs(exact - shown) < Fraction(1, 10**decimals)


def _is_mentioned(answer: str, reasoning: str) -> bool:
    """Whether a number given as the answer occurs in the reasoning; True for any answer that is not just a number."""
    found = ANSWER.fullmatch(_plain(answer).strip())
    wanted = _value(found[2], found[3]) if found else None
    if found is None or wanted is None:
        return True
    wanted = -wanted if found[1] else wanted
    text = _plain(reasoning)
    mentioned = {Fraction(value) for value, word in enumerate(NUMBER_WORDS) if re.search(rf"\b{word}\b", text, re.IGNORECASE)}
    for mention in MENTIONED.finditer(text):
        values = {_value(mention[2]), _value(mention[2], mention[3]), _value(mention[3]), *map(_value, mention[2].split(","))} - {None}
        mentioned.update(value * sign for value in values if value is not None for sign in ((1, -1) if mention[1] else (1,)))
    return wanted in mentioned or (found[4] == "%" and wanted / 100 in mentioned)


def _plain(text: str) -> str:
    """The text with one spelling of minus and no currency."""
    return CURRENCY.sub("", text.translate(SIGNS))


def _value(above: str | None, below: str | None = None) -> Fraction | None:
    """The value of a number or fraction as matched; None if it is missing, too long or divided by zero."""
    top = number_of(above.replace(",", "")) if above else None
    if below is None or top is None:
        return top
    bottom = number_of(below.replace(",", ""))
    return top / bottom if bottom else None
