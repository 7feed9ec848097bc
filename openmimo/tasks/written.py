"""Arithmetic written out as at school: columns with carries, partial products, long division.

Every family writes its sums through here, so a small model meets one way of doing each,
not eight. Each function gives lines of text in which every `left = right` is true, which
is what `verify/steps.py` recomputes. Source: ours.
"""

from fractions import Fraction
from math import gcd

DIRECT_SUM = 100  # below this a sum or difference is one step, as in one's head
DIRECT_PRODUCT = 12  # the multiplication table


def _digits(number: int) -> list[int]:
    """The decimal digits of a non-negative integer, units first."""
    return [int(digit) for digit in reversed(str(number))]


def sum_lines(a: int, b: int) -> list[str]:
    """`a + b` for integers of any sign, by columns when they are long."""
    if a < 0 or b < 0:
        return _signed_sum(a, b)
    if (a < DIRECT_SUM and b < DIRECT_SUM) or a == 0 or b == 0:
        return [f"{a} + {b} = {a + b}"]
    columns, carry = [], 0
    tops, bottoms = _digits(a), _digits(b)
    for place in range(max(len(tops), len(bottoms))):
        column = [row[place] for row in (tops, bottoms) if place < len(row)] + ([carry] if carry else [])
        total = sum(column)
        shown = " + ".join(map(str, column)) + f" = {total}" if len(column) > 1 else f"{total}"
        columns.append(_with(shown, "carry", carry := total // 10))
    return ["; ".join(columns), f"{a} + {b} = {a + b}"]


def difference_lines(a: int, b: int) -> list[str]:
    """`a - b` for integers of any sign, by columns with borrowing when they are long."""
    if b < 0:
        return [f"{a} - ({b}) = {a} + {-b}", *sum_lines(a, -b)]
    if a < 0:
        return [*sum_lines(-a, b), f"{a} - {b} = {a - b}"]
    if a < b:
        return [*difference_lines(b, a), f"{a} - {b} = {a - b}"]
    if a < DIRECT_SUM or b == 0:
        return [f"{a} - {b} = {a - b}"]
    columns, borrowed = [], 0
    tops, bottoms = _digits(a), _digits(b)
    for place, top in enumerate(tops):
        bottom = (bottoms[place] if place < len(bottoms) else 0) + borrowed
        borrowed = int(top < bottom)
        top += 10 * borrowed
        columns.append(_with(f"{top} - {bottom} = {top - bottom}" if bottom else f"{top}", "borrow", borrowed))
    return ["; ".join(columns), f"{a} - {b} = {a - b}"]


def _with(column: str, word: str, amount: int) -> str:
    """A column with what it hands to the next one, if anything."""
    return f"{column} {word} {amount}" if amount else column


def _signed_sum(a: int, b: int) -> list[str]:
    if a < 0 and b < 0:
        return [*sum_lines(-a, -b), f"{a} + ({b}) = {a + b}"]
    if b < 0:
        return [f"{a} + ({b}) = {a} - {-b}", *difference_lines(a, -b)]
    return [f"{a} + {b} = {b} - {-a}", *difference_lines(b, -a)]


def product_lines(a: int, b: int) -> list[str]:
    """`a * b` for integers, by places of the shorter factor and then of the longer."""
    if a < 0 or b < 0:
        left, right = (f"({n})" if n < 0 and place else f"{n}" for place, n in enumerate((a, b)))
        return [*product_lines(abs(a), abs(b)), f"{left} * {right} = {a * b}"]
    if _is_direct_product(a, b):
        return [f"{a} * {b} = {a * b}"]
    longer, shorter = (a, b) if len(str(a).rstrip("0")) >= len(str(b).rstrip("0")) else (b, a)
    parts = [digit * 10**place for place, digit in enumerate(_digits(shorter)) if digit]
    lines: list[str] = []
    for part in reversed(parts):
        lines += _row(longer, part)
    lines += _running_sum([longer * part for part in reversed(parts)])
    return lines if lines[-1] == f"{a} * {b} = {a * b}" else [*lines, f"{a} * {b} = {a * b}"]


def _is_direct_product(a: int, b: int) -> bool:
    """Whether a product is read off the table, zeros at the end left aside."""
    if a in (0, 1) or b in (0, 1) or (a <= DIRECT_PRODUCT and b <= DIRECT_PRODUCT):
        return True
    bare = [int(str(n).rstrip("0")) for n in (a, b)]
    return (bare[0] < 10 and bare[1] < 10) or 1 in bare


def _row(longer: int, part: int) -> list[str]:
    """One row of a long product: `longer` times one digit with its zeros, column by column."""
    whole = f"{longer} * {part} = {longer * part}"
    if _is_direct_product(longer, part):
        return [whole]
    digit, columns, carry = int(str(part)[0]), [], 0
    places = _digits(int(str(longer).rstrip("0")))
    for place, top in enumerate(places):
        total = top * digit + carry
        shown = f"{top} * {digit} + {carry} = {total}" if carry else f"{top} * {digit} = {total}"
        carry = total // 10 if place + 1 < len(places) else 0
        columns.append(_with(shown, "carry", carry))
    return ["; ".join(columns), whole]


def _running_sum(numbers: list[int]) -> list[str]:
    """Lines that add numbers one after the other."""
    lines, total = [], numbers[0]
    for number in numbers[1:]:
        lines += sum_lines(total, number)
        total += number
    return lines


def quotient_lines(a: int, b: int) -> list[str]:
    """`a / b` with remainder by long division; `a >= 0`, `b > 0`.

    Ends with `a = b * quotient + remainder`, or `a / b = quotient` when it goes evenly.
    """
    quotient, rest = divmod(a, b)
    if not (a < b or (b <= DIRECT_PRODUCT and quotient <= DIRECT_PRODUCT)):
        brought, held, started = [], 0, False
        for digit in str(a):
            held = held * 10 + int(digit)
            started = started or held >= b
            if started:
                brought.append(f"{held} = {b} * {held // b} + {held % b}")
                held %= b
        head = ["; ".join(brought)]
    else:
        head = []
    return [*head, f"{a} / {b} = {quotient}" if rest == 0 else f"{a} = {b} * {quotient} + {rest}"]


def remainder_lines(number: int, modulus: int) -> list[str]:
    """A division with remainder, ending in `number = modulus * quotient + remainder`; long only where one could not do it in one's head."""
    whole = f"{number} = {modulus} * {number // modulus} + {number % modulus}"
    if number // modulus <= DIRECT_PRODUCT or (modulus == 2 and number < DIRECT_SUM):
        return [whole]
    return [*quotient_lines(number, modulus)[:-1], whole]


def lowest_terms(top: int, bottom: int) -> list[str]:
    """Lines that bring `top/bottom`, both positive, to lowest terms; the last states the fraction as it is then."""
    common = gcd(top, bottom)
    if common == 1:
        return [f"{top}/{bottom} is in lowest terms."]
    shared = [*quotient_lines(top, common), *quotient_lines(bottom, common)]
    return [f"Both divide by {common}.", *shared, f"{top}/{bottom} = {Fraction(top, bottom)}"]
