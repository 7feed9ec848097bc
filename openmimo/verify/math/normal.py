"""Exact normal forms: a quotient of two sums of products, over the rationals.

The factors of a product are variables, constants, primes under roots, and whole terms that
are not looked into (sin x), each with a rational exponent. Equal forms mean equal values.
Different forms mean different values only where `plain` says so. Everything is bounded.
"""

import math
from collections.abc import Hashable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from openmimo.verify.math.terms import MAX_BITS, Term, TooLarge, Unreadable

MAX_TERMS = 300
MAX_POWER = 40  # of a sum
MAX_FACTORIAL = 3000
TRIAL = 1000  # primes up to here are split off below roots

Factors = tuple[tuple[Hashable, Fraction], ...]
Sum = dict[Factors, Fraction]
Frozen = tuple[frozenset[tuple[Factors, Fraction]], frozenset[tuple[Factors, Fraction]]]
ONE: Factors = ()


@dataclass(frozen=True, eq=False)
class Form:
    """`over` divided by `under`. `plain`: of names, rationals and roots of primes alone, so that unequal forms are unequal values."""

    over: Sum
    under: Sum
    plain: bool = True

    @property
    def rational(self) -> Fraction | None:
        """The value, if it is a rational number in plain sight."""
        if not self.over:
            return Fraction(0)
        if set(self.over) == {ONE} and set(self.under) == {ONE}:
            return self.over[ONE] / self.under[ONE]
        return None

    def same(self, other: "Form") -> bool:
        """Whether both are the same value, by multiplying out."""
        return _times(self.over, other.under) == _times(other.over, self.under)

    def frozen(self) -> Frozen:
        return frozenset(self.over.items()), frozenset(self.under.items())


@lru_cache(maxsize=4096)
def form(term: Term) -> Form:
    """The normal form of a term; raises Unreadable if it has none here, TooLarge if it would be too large."""
    if term.head == "number":
        return _rational(term.value)
    if term.head == "name":
        if term.name in ("inf", "emptyset"):
            raise Unreadable("no number")
        return Form({((term.name, Fraction(1)),): Fraction(1)}, {ONE: Fraction(1)})
    if term.head in ("+", "*", "/", "neg", "%", "deg"):
        return _arithmetic(term)
    if term.head == "^":
        return _power(form(term.args[0]), term.args[1])
    if term.head == "root":
        return _rooted(term)
    if term.head in ("!", "binom"):
        return _counted(term)
    if term.head == "abs" or term.head == "call":
        return _called(term)
    raise Unreadable(f"{term.head} has no normal form")


def _arithmetic(term: Term) -> Form:
    parts = [form(part) for part in term.args]
    if term.head == "+":
        total = parts[0]
        for part in parts[1:]:
            total = _plus(total, part)
        return total
    if term.head == "*":
        return _product(parts[0], parts[1])
    if term.head == "/":
        return _product(parts[0], _inverse(parts[1]))
    return parts[0] if term.head == "deg" else _product(parts[0], _rational(Fraction(1, 100) if term.head == "%" else Fraction(-1)))


def _rational(value: Fraction) -> Form:
    return Form({ONE: _bounded(value)} if value else {}, {ONE: Fraction(1)})


def _atom(key: Hashable, exponent: Fraction = Fraction(1)) -> Form:
    return Form({((key, exponent),): Fraction(1)}, {ONE: Fraction(1)}, plain=False)


def _plus(one: Form, other: Form) -> Form:
    plain = one.plain and other.plain
    if one.under == other.under:
        return _reduced(_add(one.over, other.over), one.under, plain)
    return _reduced(_add(_times(one.over, other.under), _times(other.over, one.under)), _times(one.under, other.under), plain)


def _product(one: Form, other: Form) -> Form:
    return _reduced(_times(one.over, other.over), _times(one.under, other.under), one.plain and other.plain)


def _inverse(one: Form) -> Form:
    if not one.over:
        raise Unreadable("division by nothing")
    return _reduced(one.under, one.over, one.plain)


def _reduced(over: Sum, under: Sum, plain: bool) -> Form:
    """A divisor of one product goes into the sum above it; one with a single square root is made rational."""
    if not over:
        return Form({}, {ONE: Fraction(1)}, plain)
    if len(under) == 2 and (turned := _conjugate(under)):
        over, under = _times(over, turned), _times(under, turned)
    if len(under) == 1:
        ((factors, value),) = under.items()
        kept, scale = _tidy({key: -exponent for key, exponent in factors})
        return Form(_times(over, {kept: scale / value}), {ONE: Fraction(1)}, plain)
    return Form(over, under, plain)


def _conjugate(under: Sum) -> Sum | None:
    """The sum with its root's sign turned, if it is a sum of two square roots of rationals."""
    (one, first), (other, second) = under.items()
    squared = all(isinstance(key, int) and exponent.denominator == 2 for key, exponent in one + other)
    return {one: first, other: -second} if squared else None


def _add(one: Sum, other: Sum) -> Sum:
    total = dict(one)
    for factors, value in other.items():
        if new := total.get(factors, Fraction(0)) + value:
            total[factors] = _bounded(new)
        else:
            total.pop(factors, None)
    return total


def _times(one: Sum, other: Sum) -> Sum:
    if len(one) * len(other) > MAX_TERMS * 10:
        raise TooLarge("too many terms")
    total: Sum = {}
    for factors, value in one.items():
        for more, by in other.items():
            product, scale = _joined(factors, more)
            new = total.get(product, Fraction(0)) + _bounded(value * by) * scale
            if new:
                total[product] = _bounded(new)
            else:
                total.pop(product, None)
    if len(total) > MAX_TERMS:
        raise TooLarge("too many terms")
    return total


def _joined(one: Factors, other: Factors) -> tuple[Factors, Fraction]:
    """The product of two products of factors, and the rational number that comes out of it."""
    if not one or not other:
        return one or other, Fraction(1)
    exponents = dict(one)
    for key, exponent in other:
        exponents[key] = exponents.get(key, Fraction(0)) + exponent
    return _tidy(exponents)


def _tidy(exponents: dict[Hashable, Fraction]) -> tuple[Factors, Fraction]:
    scale, kept = Fraction(1), []
    for key, exponent in exponents.items():
        if isinstance(key, int):  # a prime: whole powers of it are rational
            whole = math.floor(exponent)
            if abs(whole) * key.bit_length() > MAX_BITS:
                raise TooLarge("a power too large")
            scale *= Fraction(key) ** whole
            exponent -= whole
        elif key == "i" and exponent.denominator == 1:
            turns = int(exponent) % 4
            scale *= -1 if turns >= 2 else 1
            exponent = Fraction(turns % 2)
        if exponent:
            kept.append((key, exponent))
    return tuple(sorted(kept, key=_order)), scale


@lru_cache(maxsize=8192)
def _name_order(key: Hashable) -> str:
    return repr(key)


def _order(item: tuple[Hashable, Fraction]) -> str:
    return _name_order(item[0])


def _power(base: Form, exponent: Term) -> Form:
    power = form(exponent)
    if (value := power.rational) is None:
        return _symbolic_power(base, power)
    if value.denominator == 1:
        return _whole_power(base, int(value))
    return _fractional_power(base, value)


def _whole_power(base: Form, power: int) -> Form:
    if power < 0:
        return _whole_power(_inverse(base), -power)
    if power == 0 and not base.over:
        raise Unreadable("0^0")
    if len(base.over) <= 1 and len(base.under) == 1:
        return _single_power(base, power)
    if power > MAX_POWER:
        raise TooLarge("a sum to a high power")
    result = _rational(Fraction(1))
    for _ in range(power):
        result = _product(result, base)
    return replace(result, plain=base.plain)


def _single_power(base: Form, power: int) -> Form:
    if not base.over:
        return base
    ((factors, value),) = base.over.items()
    if max(value.numerator.bit_length(), value.denominator.bit_length()) * power > MAX_BITS and abs(value) != 1:
        raise TooLarge("a power too large")
    kept, scale = _tidy({key: exponent * power for key, exponent in factors})
    return Form({kept: _bounded(value**power * scale)}, {ONE: Fraction(1)}, base.plain)


def _fractional_power(base: Form, power: Fraction) -> Form:
    """A single product of positive things to a rational power; what cannot be split stays whole."""
    if not base.over:
        if power < 0:
            raise Unreadable("division by nothing")
        return base
    if len(base.over) == 1 and len(base.under) == 1:
        ((factors, value),) = base.over.items()
        value /= base.under[ONE] if set(base.under) == {ONE} else Fraction(1)
        if value > 0 and set(base.under) == {ONE}:
            root = _number_power(value, power)
            simple = [(key, exponent) for key, exponent in factors if isinstance(key, int) or key in ("e", "pi") or exponent == 1]
            if len(simple) == len(factors) and (len(factors) <= 1 or all(isinstance(k, int) or k in ("e", "pi") for k, _ in factors)):
                kept, scale = _tidy({key: exponent * power for key, exponent in factors})
                return _product(root, Form({kept: scale}, {ONE: Fraction(1)}, all(key != "i" for key, _ in kept)))
            return _product(root, _atom(("whole", frozenset({(factors, Fraction(1))}), frozenset({(ONE, Fraction(1))})), power))
    return _atom(("whole", *base.frozen()), power)


def _number_power(value: Fraction, power: Fraction) -> Form:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > 4096:
        raise TooLarge("a root of a long number")
    exponents: dict[Hashable, Fraction] = {}
    for number, sign in ((value.numerator, 1), (value.denominator, -1)):
        for prime, count in primes(number).items():
            exponents[prime] = exponents.get(prime, Fraction(0)) + sign * count * power
    kept, scale = _tidy(exponents)
    # Roots of different primes are independent; a factor that is left may be composite.
    return Form({kept: _bounded(scale)}, {ONE: Fraction(1)}, plain=all(isinstance(key, int) and key < TRIAL**2 for key, _ in kept))


@lru_cache(maxsize=4096)
def primes(number: int) -> dict[int, int]:
    """The prime factors up to a bound, and what is left as one factor more, as a root if it is a square or cube."""
    found: dict[int, int] = {}
    for prime in range(2, TRIAL):
        if prime * prime > number:
            break
        while number % prime == 0:
            found[prime] = found.get(prime, 0) + 1
            number //= prime
    if number > 1:
        root = math.isqrt(number)
        rest, count = (root, 2) if root * root == number else (number, 1)
        found[rest] = found.get(rest, 0) + count
    return found


def _symbolic_power(base: Form, power: Form) -> Form:
    """b^(n+2) is b^n b^2, for a base that is a positive number, e or a name."""
    if len(base.over) != 1 or set(base.under) != {ONE} or set(power.under) != {ONE}:
        return _atom(("power", *base.frozen(), *power.frozen()))
    ((factors, value),) = base.over.items()
    value /= base.under[ONE]
    keys: list[tuple[Hashable, Fraction]] = [*factors]
    if value <= 0 or (factors and (value != 1 or len(factors) > 1)) or max(value.numerator, value.denominator).bit_length() > 256:
        return _atom(("power", *base.frozen(), *power.frozen()))
    for number, sign in ((value.numerator, 1), (value.denominator, -1)):
        keys += [(prime, Fraction(sign * count)) for prime, count in primes(number).items()]
    result = _rational(Fraction(1))
    for monomial, times in power.over.items():
        for key, exponent in keys:
            amount = exponent * times / power.under[ONE]
            if monomial == ONE:
                kept, scale = _tidy({key: amount})
                result = _product(result, Form({kept: scale}, {ONE: Fraction(1)}, plain=False))
            else:
                result = _product(result, _atom(("to", key, monomial), amount))
    return replace(result, plain=False)


def _rooted(term: Term) -> Form:
    degree = form(term.args[1]).rational
    if degree is None or degree.denominator != 1 or not 2 <= degree <= 64:
        raise Unreadable("a root of an odd degree")
    inside = form(term.args[0])
    value = inside.rational
    if value is not None and value < 0:
        if degree == 2:
            return _product(
                Form({(("i", Fraction(1)),): Fraction(1)}, {ONE: Fraction(1)}), _fractional_power(_rational(-value), Fraction(1, 2))
            )
        if degree % 2 == 1:
            return _product(_rational(Fraction(-1)), _fractional_power(_rational(-value), 1 / degree))
        raise Unreadable("an even root of a negative number")
    return _fractional_power(inside, 1 / degree)


def _counted(term: Term) -> Form:
    values = [form(part).rational for part in term.args]
    whole = [int(value) for value in values if value is not None and value.denominator == 1]
    if len(whole) < len(values):
        return _atom((term.head, *(form(part).frozen() for part in term.args)))
    if term.head == "!":
        if not 0 <= whole[0] <= MAX_FACTORIAL:
            raise TooLarge("a factorial too large")
        return _rational(Fraction(math.factorial(whole[0])))
    if not 0 <= whole[1] <= whole[0] <= MAX_FACTORIAL:
        raise TooLarge("a binomial too large")
    return _rational(Fraction(math.comb(whole[0], whole[1])))


def _called(term: Term) -> Form:
    inside = [form(part) for part in term.args]
    value = inside[0].rational if len(inside) == 1 else None
    if term.head == "abs" and value is not None:
        return _rational(abs(value))
    if term.name == "ln" and value is not None and value > 0 and value.numerator.bit_length() + value.denominator.bit_length() < 4096:
        total = _rational(Fraction(0))
        for number, sign in ((value.numerator, 1), (value.denominator, -1)):
            for prime, count in primes(number).items():
                total = _plus(total, _product(_rational(Fraction(sign * count)), _atom(("ln", prime))))
        return total
    if term.name == "ln" and inside[0].over.keys() == {(("e", Fraction(1)),)} and inside[0].rational is None and inside[0].same(_atom("e")):
        return _rational(Fraction(1))
    if term.name in ("gcd", "lcm", "max", "min"):
        return _chosen(term.name, inside)
    return _atom((term.head, term.name, *(part.frozen() for part in inside)))


def _chosen(function: str, inside: list[Form]) -> Form:
    values = [part.rational for part in inside]
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        raise Unreadable(f"{function} of what has no value")
    if function in ("max", "min"):
        return _rational(max(known) if function == "max" else min(known))
    if any(value.denominator != 1 for value in known):
        raise Unreadable(f"{function} of fractions")
    whole = [int(value) for value in known]
    return _rational(Fraction(math.gcd(*whole) if function == "gcd" else math.lcm(*whole)))


def _bounded(value: Fraction) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise TooLarge("a number too long")
    return value
