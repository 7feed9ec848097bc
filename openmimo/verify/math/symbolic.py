"""The layer with sympy: it runs in a worker that can be killed, and nowhere else.

Under `reward` terms that we have read in full become sympy expressions and are compared at
several points, relative to their size, to more digits than their parts could hide. What we
cannot read goes to math-verify's parser, which must have read it to the end. Under `eval`
math-verify itself decides, with its default settings. No text goes to `sympify`.
"""

import logging
import math
from collections.abc import Callable
from typing import Any

from openmimo.verify.math.compare import Comparison, Hedged
from openmimo.verify.math.lexer import plain
from openmimo.verify.math.reader import read
from openmimo.verify.math.scalar import Verdict3, same_value
from openmimo.verify.math.terms import Term, TooLarge, Unreadable

DIGITS = 60
MOST_DIGITS = 1500  # beyond which two values are not told apart
POINTS = ((3, 7), (11, 5), (-2, 3), (17, 2), (-13, 4))
LEAST_POINTS = 3


def serve(policy: str) -> Callable[[Any], Any]:
    """The function of a worker for a policy: from {"gold", "answer"} to {"same": bool, "reason": str}."""
    logging.disable(logging.ERROR)  # math-verify warns of what it does not parse
    import math_verify  # noqa: F401  (here, so that the time it takes is not the first request's)

    return _reward if policy == "reward" else _like_math_verify


def _like_math_verify(request: Any) -> Any:
    from math_verify import parse, verify

    gold = parse(request["gold"], parsing_timeout=None)
    answer = parse(request["answer"], parsing_timeout=None)
    same = bool(verify(gold, answer, timeout_seconds=None))
    return {"same": same, "reason": "math-verify says the same" if same else "math-verify says they differ"}


def _reward(request: Any) -> Any:
    try:
        gold, answer = read(request["gold"]).term, read(request["answer"]).term
        found = Comparison(_same_with_sympy).same(gold, answer)
    except Hedged as error:
        return {"same": False, "reason": str(error)}
    except (Unreadable, TooLarge):
        found = None
    if found is None:
        found = _parsed_the_same(request["gold"], request["answer"])
    if found is None:
        return {"same": False, "reason": "it could not be shown that they are the same"}
    return {"same": found, "reason": "the same by sympy" if found else "different by sympy"}


def _same_with_sympy(gold: Term, answer: Term) -> Verdict3:
    if (decided := same_value(gold, answer)) is not None:
        return decided
    digits = DIGITS + _hidden_digits(gold) + _hidden_digits(answer)
    if digits > MOST_DIGITS:
        return None
    try:
        return _equal_at_points(expression(gold), expression(answer), digits)
    except (Unreadable, TypeError, ValueError, ArithmeticError):
        return None


def _hidden_digits(term: Term) -> int:
    """How many digits down a part of a term may hide: 1 + 10^-500 is not 1."""
    total = 0.0
    for part in term:
        if part.is_number:
            total += (part.value.numerator.bit_length() + part.value.denominator.bit_length()) * 0.31
        elif part.head == "^" and part.args[1].closed and part.args[0].is_number:
            size = math.log10(max(abs(part.args[0].value.numerator), part.args[0].value.denominator) + 1)
            exponents = [abs(inner.value) for inner in part.args[1] if inner.is_number]
            total += size * float(min(math.prod(exponents, start=1), 10**9))
        elif part.head in ("!", "binom"):
            total += 500
    return int(2 * total)


def _equal_at_points(gold: Any, answer: Any, digits: int) -> Verdict3:
    """Whether two expressions have the same value wherever both have one; None if there are too few such places."""
    import sympy

    symbols = sorted(gold.free_symbols | answer.free_symbols, key=str)
    seen = 0
    for shift in range(len(POINTS)):
        values = {symbol: sympy.Rational(*POINTS[(shift + place) % len(POINTS)]) + place for place, symbol in enumerate(symbols)}
        one, other = gold.subs(values).evalf(digits), answer.subs(values).evalf(digits)
        if not (one.is_number and other.is_number and one.is_finite and other.is_finite):
            continue
        size = max(abs(one), abs(other))
        if abs(one - other) > size * sympy.Float(10, digits) ** (DIGITS // 2 - digits):
            return False
        seen += 1
        if not symbols:
            return True
    return True if seen >= LEAST_POINTS else None


def expression(term: Term) -> Any:
    """The sympy expression of a term; raises Unreadable for what is no single value."""
    import sympy

    if term.head == "number":
        return sympy.Rational(term.value.numerator, term.value.denominator)
    if term.head == "name":
        constants = {"pi": sympy.pi, "e": sympy.E, "i": sympy.I}
        if term.name in ("inf", "emptyset"):
            raise Unreadable("no number")
        return constants.get(term.name) or sympy.Symbol(term.name, real=True)
    if term.head not in ("+", "*", "/", "neg", "^", "root", "%", "deg", "abs", "!", "binom", "call"):
        raise Unreadable(f"{term.head} is no single value")
    parts = [expression(part) for part in term.args]
    if term.head == "root":
        return sympy.real_root(*parts) if parts[0].is_negative and parts[1] % 2 == 1 else sympy.root(*parts)
    if term.head == "call":
        return _call(term.name, parts)
    work: dict[str, Callable[..., Any]] = {
        "+": sympy.Add,
        "*": sympy.Mul,
        "/": lambda over, under: over / under,
        "neg": lambda inside: -inside,
        "^": sympy.Pow,
        "%": lambda inside: inside / 100,
        "deg": lambda inside: inside,
        "abs": sympy.Abs,
        "!": sympy.factorial,
        "binom": sympy.binomial,
    }
    return work[term.head](*parts)


def _call(function: str, parts: list[Any]) -> Any:
    import sympy

    known = {
        "ln": "log", "log": "log", "sin": "sin", "cos": "cos", "tan": "tan", "cot": "cot", "sec": "sec", "csc": "csc", "arcsin": "asin",
        "arccos": "acos", "arctan": "atan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "floor": "floor", "ceil": "ceiling",
        "max": "Max", "min": "Min", "gcd": "gcd", "lcm": "lcm",
    }  # fmt: skip
    if function in ("f", "g"):
        return sympy.Function(function)(*parts)
    if function not in known:
        raise Unreadable(f"the function {function}")
    return getattr(sympy, known[function])(*parts)


def _parsed_the_same(gold: str, answer: str) -> Verdict3:
    """By math-verify's parser and comparison; None if either text was not read to its end."""
    from math_verify import verify

    one, other = _parse_all(gold), _parse_all(answer)
    if one is None or other is None:
        return None
    if getattr(one, "is_number", False) and getattr(other, "is_number", False):
        return _equal_at_points(one.doit(), other.doit(), 2 * DIGITS)
    return bool(verify(one, other, timeout_seconds=None, allow_set_relation_comp=True))


def _parse_all(text: str) -> Any:
    """The sympy object of a LaTeX text that math-verify's grammar covers in full, or None."""
    from antlr4 import CommonTokenStream, InputStream
    from antlr4.Token import Token
    from latex2sympy2_extended import latex2sympy
    from latex2sympy2_extended.antlr_parser import PSLexer, PSParser

    cleaned = plain(text)
    lexer = PSLexer(InputStream(cleaned))
    parser = PSParser(CommonTokenStream(lexer))
    for part in (lexer, parser):
        part.removeErrorListeners()
    parser.math()
    if parser.getNumberOfSyntaxErrors() or parser.getCurrentToken().type != Token.EOF:
        return None
    try:
        return latex2sympy(cleaned, is_real=True, convert_degrees=False, normalization_config=None)
    except Exception:  # its grammar raises bare Exception for what it does not understand
        return None
