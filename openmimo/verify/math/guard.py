"""What is too large to hand to sympy: powers, factorials, sums over long ranges, deep nesting, long texts.

Looks at the text and at the term, and computes nothing that is not bounded itself.
"""

import re

from openmimo.verify.math.normal import form
from openmimo.verify.math.reader import read
from openmimo.verify.math.terms import CONTAINERS, MAX_DEPTH, MAX_LENGTH, Term, TooLarge, Unreadable

MAX_NUMERAL = 1000  # digits in a row
MAX_EXPONENT = 4000  # that is written as a power itself
RANGES = re.compile(r"\\(?:sum|prod|int|iint|binom|gcd|lcm|lim|det)(?![a-zA-Z])|\b(?:gcd|lcm|binom)\b")
LONG = re.compile(r"\d{5}|10\s*\^")
POWER = re.compile(r"\^\s*\{?\s*-?\s*\d{5}")
TOWER = re.compile(r"\^\s*\{?\s*(\d{1,4})\s*\^\s*\{?\s*(\d{1,4})(\s*\^)?")
FACTORIAL = re.compile(r"(?:\d{4}|\))\s*\}?\s*!|!\s*!")


def too_large(text: str) -> str:
    """Why a text must not go to sympy, or "" if it may."""
    if len(text) > MAX_LENGTH:
        return f"longer than {MAX_LENGTH} characters"
    if re.search(rf"\d{{{MAX_NUMERAL}}}", text):
        return f"a number of more than {MAX_NUMERAL} digits"
    if _depth(text) > MAX_DEPTH:
        return f"brackets nested deeper than {MAX_DEPTH}"
    try:
        return _term_too_large(read(text).term)
    except TooLarge as error:
        return str(error)
    except Unreadable:
        return _text_too_large(text)


def _term_too_large(term: Term) -> str:
    if term.head in CONTAINERS:
        return next((why for part in term.args if (why := _term_too_large(part))), "")
    try:
        form(term)
    except TooLarge as error:
        return str(error)
    except Unreadable:
        return next((why for part in term.args if (why := _term_too_large(part))), "")
    return ""


def too_large_for_math_verify(text: str) -> str:
    """Why math-verify would not end with a text in time, or "" if it may; by the look of the text alone."""
    if len(text) > MAX_LENGTH:
        return ""  # a whole solution, of which it takes a part
    return "brackets nested too deep" if _depth(text) > MAX_DEPTH else _text_too_large(text)


def _text_too_large(text: str) -> str:
    towers = (int(low) ** int(high) > MAX_EXPONENT or rest for low, high, rest in TOWER.findall(text))
    if POWER.search(text) or any(towers):
        return "a power too large"
    if FACTORIAL.search(text):
        return "a factorial too large"
    if RANGES.search(text) and LONG.search(text):
        return "a range too long"
    return ""


def _depth(text: str) -> int:
    depth = most = 0
    for letter in text:
        depth += (letter in "([{") - (letter in ")]}")
        most = max(most, depth)
    return most
