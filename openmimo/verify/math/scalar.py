"""Whether two single values are the same: True, False, or None where this file cannot be sure.

Exact first; a decimal stands for what it was rounded from, as far as its digits say. Knows
no lists and no equations; `compare.py` does.
"""

import decimal
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from openmimo.verify.math.normal import Form, form
from openmimo.verify.math.numeric import apart, decimal_of, differ, value
from openmimo.verify.math.terms import Term, TooLarge, Unreadable, name, number

Verdict3 = bool | None
Oracle = Callable[[Term, Term], Verdict3]

GOLD_DIGITS = 3  # a decimal gold with fewer significant digits stands for itself alone
ANSWER_DIGITS = 5  # a decimal answer with fewer is not enough for a gold that is no decimal
FLOAT_PLACES = 6  # to which math-verify rounds
SURE_DIFFERENCE = Fraction(1, 10**5)  # differences that math-verify sees


def same_value(gold: Term, answer: Term) -> Verdict3:
    """By the policy `reward`."""
    gold, answer = _without_degrees(gold, answer)
    if gold == answer:
        return True
    if any(part.head == "base" for term in (gold, answer) for part in term):
        return False  # the digits were asked for in that base
    if "%" in (gold.head, answer.head) and _percent(gold, answer):
        return True
    if (decided := _by_decimals(gold, answer)) is not None:
        return decided
    return _by_form(gold, answer)


def same_as_math_verify(gold: Term, answer: Term) -> Verdict3:
    """By the policy `eval`: only what math-verify surely decides the same way."""
    if gold == answer and gold.head != "word":
        return True
    one, other = _form(gold), _form(answer)
    if one is None or other is None:
        return None
    if "%" in (gold.head, answer.head) and _percent(gold, answer):
        return True
    first, second = one.rational, other.rational
    if first is not None and second is not None:
        if _has_places(gold) or _has_places(answer):
            return round(first, FLOAT_PLACES) == round(second, FLOAT_PLACES)
        return True if first == second else (False if abs(first - second) > SURE_DIFFERENCE else None)
    if one.plain and other.plain and not (_has_places(gold) or _has_places(answer)):
        return one.same(other)
    if one.same(other):
        return True
    return False if _far_apart(gold, answer) else None


def _far_apart(gold: Term, answer: Term) -> bool:
    """Whether both are constants without decimals that differ by more than math-verify overlooks."""
    if not (gold.closed and answer.closed) or _has_places(gold) or _has_places(answer):
        return False
    first, second = value(gold), value(answer)
    if first is None or second is None:
        return False
    with decimal.localcontext(decimal.Context(prec=60)):
        return abs(first - second) > decimal_of(SURE_DIFFERENCE)


def _has_places(term: Term) -> bool:
    return any(part.places is not None for part in term)


def _without_degrees(gold: Term, answer: Term) -> tuple[Term, Term]:
    """Degrees are numbers; against radians they are converted."""
    degrees = [any(part.head == "deg" for part in term) for term in (gold, answer)]
    radians = [any(part == name("pi") for part in term) for term in (gold, answer)]
    gold, answer = (_plain_degrees(term) for term in (gold, answer))
    half_turn = Term("/", (name("pi"), number(180)))
    if degrees == [True, False] and radians == [False, True]:
        return Term("*", (gold, half_turn)), answer
    if degrees == [False, True] and radians == [True, False]:
        return gold, Term("*", (answer, half_turn))
    return gold, answer


def _plain_degrees(term: Term) -> Term:
    return term.args[0] if term.head == "deg" else term


def _percent(gold: Term, answer: Term) -> bool:
    """28% is 28 where the other side leaves the sign out; 0.28% is not 0.28."""
    one = gold.args[0] if gold.head == "%" else gold
    other = answer.args[0] if answer.head == "%" else answer
    return one.is_number and other.is_number and one.value == other.value and (abs(one.value) >= 1 or gold.head == answer.head)


def _by_decimals(gold: Term, answer: Term) -> Verdict3:
    """What follows from how many digits a decimal has; None if there is none, or more must be known."""
    if gold.head == answer.head == "%":
        gold, answer = gold.args[0], answer.args[0]
    if gold.is_number and answer.is_number:
        if gold.value == answer.value:
            return True
        finer = gold.places is not None and answer.places is not None and answer.places > gold.places
        return finer and _digits(gold) >= GOLD_DIGITS and _within_half(gold, answer.value)
    if gold.is_number and gold.places is not None:
        return _stands_for(gold, answer, GOLD_DIGITS - 1)
    if answer.is_number and answer.places is not None:
        return _stands_for(answer, gold, ANSWER_DIGITS)
    return None


def _stands_for(rounded: Term, exact: Term, digits: int) -> Verdict3:
    """Whether a decimal is what an exact value is, or, if that has no end, rounds to."""
    known = _form(exact)
    if known is not None and (whole := known.rational) is not None:
        if whole == rounded.value:
            return True
        return not _ends(whole) and not _has_places(exact) and _digits(rounded) >= digits and _within_half(rounded, whole)
    if not exact.closed or (found := value(exact)) is None:
        return None if not exact.closed else _far(exact, rounded)
    if not apart(found, decimal_of(rounded.value)):
        return None  # the same, as far as numbers can tell: cos 60° is 0.5
    with decimal.localcontext(decimal.Context(prec=60)):
        half = Decimal(5) / Decimal(10) ** ((rounded.places or 0) + 1)
        return _digits(rounded) >= digits and abs(found - decimal_of(rounded.value)) <= half


def _far(exact: Term, rounded: Term) -> Verdict3:
    return False if differ(exact, rounded) else None


def _digits(term: Term) -> int:
    """Significant digits, as written."""
    scaled = abs(term.value) * 10 ** (term.places or 0)
    return len(str(int(scaled))) if scaled < 10**60 else 60


def _within_half(rounded: Term, exact: Fraction) -> bool:
    return abs(rounded.value - exact) <= Fraction(1, 2 * 10 ** (rounded.places or 0))


def _ends(value: Fraction) -> bool:
    """Whether a fraction has finitely many decimals."""
    under = value.denominator
    if under.bit_length() > 4096:
        return True
    for prime in (2, 5):
        while under % prime == 0:
            under //= prime
    return under == 1


def _by_form(gold: Term, answer: Term) -> Verdict3:
    if differ(gold, answer, points=1):  # quicker than multiplying out
        return False
    one, other = _form(gold), _form(answer)
    if one is not None and other is not None:
        try:
            if one.same(other):
                return True
        except TooLarge:
            return False if differ(gold, answer) else None
        if (one.rational is not None and other.rational is not None) or (one.plain and other.plain):
            return False
    return False if differ(gold, answer) else None


def _form(term: Term) -> Form | None:
    try:
        return form(term)
    except (Unreadable, TooLarge):
        return None


def close(one: Term, other: Term) -> bool:
    """Whether an approximation can be meant: within one per cent."""
    first, second = value(one), value(other)
    return first is None or second is None or not apart(first, second, Decimal("0.01"))
