"""The value of a term to 60 digits, in decimal arithmetic: thread-safe, and not afraid of 9^(9^9).

Used to tell values apart, never to say that they are equal. What has no real value, or
loses too many digits on the way, has none here. Read `normal.py` for exact forms.
"""

import decimal
import hashlib
import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from openmimo.verify.math.terms import Term, TooLarge, Unreadable

DIGITS = 60
SURE = Decimal(10) ** -25  # values this far apart, relative to their size, are different
WORST = Decimal(10) ** -30  # what cancels below this, relative to its parts, has lost too much
MAX_FACTORIAL = 3000
MAX_EXPONENT = 10**15  # of ten, in a value

PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534")
TRAPS = [decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow]
CONTEXT = decimal.Context(prec=DIGITS, Emax=MAX_EXPONENT, Emin=-MAX_EXPONENT, traps=TRAPS)
POINTS = 3


class NoValue(Exception):
    """The term has no real value that can be trusted."""


def differ(one: Term, other: Term, points: int = POINTS) -> bool:
    """Whether the terms are surely different: at one of some points their values are far apart."""
    for point in range(points):
        first, second = value(one, point), value(other, point)
        if first is not None and second is not None and apart(first, second):
            return True
    return False


def apart(one: Decimal, other: Decimal, share: Decimal = SURE) -> bool:
    """Whether two values differ by more than a share of their size."""
    with decimal.localcontext(CONTEXT):
        return abs(one - other) > share * max(abs(one), abs(other))


def value(term: Term, point: int = 0) -> Decimal | None:
    """The value with 60 digits, where variables stand for numbers that depend on their names and the point; None if there is none."""
    with decimal.localcontext(CONTEXT):
        try:
            return _value(term, point)
        except (NoValue, Unreadable, TooLarge, decimal.DecimalException, RecursionError):
            return None


def decimal_of(fraction: Fraction) -> Decimal:
    """A fraction to 60 digits."""
    with decimal.localcontext(CONTEXT):
        return Decimal(fraction.numerator) / Decimal(fraction.denominator)


def _value(term: Term, point: int) -> Decimal:
    if term.head == "number":
        return Decimal(term.value.numerator) / Decimal(term.value.denominator)
    if term.head == "name":
        return _named(term.name, point)
    if term.head == "call" and term.name in FUNCTIONS and len(term.args) == 1:
        return FUNCTIONS[term.name](_value(term.args[0], point))
    if term.head == "root":
        return _root(_value(term.args[0], point), _value(term.args[1], point))
    work = OPERATIONS.get(term.head)
    if work is None:
        raise NoValue
    return work([_value(part, point) for part in term.args])


def _named(name: str, point: int) -> Decimal:
    if name == "pi":
        return +PI
    if name == "e":
        return Decimal(1).exp()
    if name in ("i", "inf", "emptyset"):
        raise NoValue
    digest = hashlib.sha256(f"{name} {point}".encode()).digest()
    return Decimal(int.from_bytes(digest[:6], "big")) / Decimal(1 << 47) + Decimal("0.31")


def _sum(parts: list[Decimal]) -> Decimal:
    total = sum(parts, Decimal(0))
    if total and abs(total) < WORST * max(map(abs, parts)):
        raise NoValue
    # A sum of nothing may be exact (1 - 1) or rounding: only exact zeros are told apart by other means.
    if not total and any(part != part.to_integral_value() for part in parts if abs(part) < 10**50):
        raise NoValue
    return total


def _power(parts: list[Decimal]) -> Decimal:
    base, exponent = parts
    if exponent == exponent.to_integral_value():
        if abs(exponent) > MAX_EXPONENT:
            raise NoValue
        return base**exponent
    if base <= 0:
        raise NoValue
    return base**exponent


def _root(inside: Decimal, degree: Decimal) -> Decimal:
    if degree == 2:
        return inside.sqrt()
    if inside < 0 and degree % 2 == 1:
        return -((-inside) ** (1 / degree))
    if inside < 0 or degree <= 0:
        raise NoValue
    return inside ** (1 / degree) if inside else inside


def _factorial(parts: list[Decimal]) -> Decimal:
    if parts[0] != parts[0].to_integral_value() or not 0 <= parts[0] <= MAX_FACTORIAL:
        raise NoValue
    return Decimal(math.factorial(int(parts[0])))


def _binomial(parts: list[Decimal]) -> Decimal:
    if any(part != part.to_integral_value() for part in parts) or not 0 <= parts[1] <= parts[0] <= MAX_FACTORIAL:
        raise NoValue
    return Decimal(math.comb(int(parts[0]), int(parts[1])))


def _sine(angle: Decimal) -> Decimal:
    if abs(angle) > 10**6:
        raise NoValue
    angle = angle.remainder_near(2 * PI)
    total = power = angle
    for step in range(1, 60):
        power *= -angle * angle / ((2 * step) * (2 * step + 1))
        total += power
    return _trusted(total)


def _cosine(angle: Decimal) -> Decimal:
    return _sine(angle + PI / 2)


def _trusted(found: Decimal) -> Decimal:
    """A result near nothing is rounding."""
    if abs(found) < WORST:
        raise NoValue
    return found


def _arctangent(tangent: Decimal) -> Decimal:
    if abs(tangent) > 1:
        return (PI if tangent > 0 else -PI) / 2 - _arctangent(1 / tangent)
    halvings = 4
    for _ in range(halvings):
        tangent = tangent / (1 + (1 + tangent * tangent).sqrt())
    total = power = tangent
    for step in range(1, 60):
        power *= -tangent * tangent
        total += power / (2 * step + 1)
    return total * 2**halvings


def _arcsine(sine: Decimal) -> Decimal:
    if abs(sine) > 1:
        raise NoValue
    return PI / 2 * (1 if sine > 0 else -1) if abs(sine) == 1 else _arctangent(sine / (1 - sine * sine).sqrt())


def _logarithm(inside: Decimal) -> Decimal:
    if inside <= 0 or abs(inside - 1) < WORST:
        raise NoValue
    return inside.ln()


OPERATIONS: dict[str, Callable[[list[Decimal]], Decimal]] = {
    "+": _sum,
    "*": lambda parts: parts[0] * parts[1],
    "/": lambda parts: parts[0] / parts[1],
    "neg": lambda parts: -parts[0],
    "^": _power,
    "%": lambda parts: parts[0] / 100,
    "deg": lambda parts: parts[0],
    "abs": lambda parts: abs(parts[0]),
    "!": _factorial,
    "binom": _binomial,
}
FUNCTIONS: dict[str, Callable[[Decimal], Decimal]] = {
    "sin": _sine,
    "cos": _cosine,
    "tan": lambda angle: _sine(angle) / _cosine(angle),
    "cot": lambda angle: _cosine(angle) / _sine(angle),
    "sec": lambda angle: 1 / _cosine(angle),
    "csc": lambda angle: 1 / _sine(angle),
    "arctan": _arctangent,
    "arcsin": _arcsine,
    "arccos": lambda cosine: PI / 2 - _arcsine(cosine),
    "ln": _logarithm,
}
