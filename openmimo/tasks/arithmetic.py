"""Multi-digit arithmetic: sums, differences, products, quotients and short expressions, written out by columns."""

import random
from fractions import Fraction

from openmimo.tasks.answers import either, same_form, same_parts
from openmimo.tasks.correction import with_slip
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress
from openmimo.tasks.written import difference_lines, product_lines, quotient_lines, sum_lines

GENERAL = (
    "What is {e}?",
    "Calculate {e}.",
    "Compute {e}.",
    "{e}",
    "{e} =",
    "{e} = ?",
    "Work out {e}.",
    "How much is {e}?",
    "Find {e}.",
    "Evaluate {e}.",
    "What does {e} equal?",
    "What's {e}?",
    "Tell me the value of {e}.",
    "Please calculate {e}.",
    "Solve {e}.",
    "Give me {e}.",
)
GENERAL_HELD = ("I need the result of {e}.", "Could you do {e} for me?", "What do I get for {e}?", "{e} makes how much?")

SUM = Phrasings(
    "arithmetic.sum",
    (
        *GENERAL,
        "What is {a} plus {b}?",
        "Add {a} and {b}.",
        "What is the sum of {a} and {b}?",
        "Add {b} to {a}.",
        "What do you get if you add {a} and {b}?",
        "{a} plus {b}",
        "Find the sum of {a} and {b}.",
        "How much is {a} plus {b}?",
        "What is the total of {a} and {b}?",
        "{a} and {b} together are how much?",
    ),
    (*GENERAL_HELD, "If I put {a} and {b} together, what do I have?", "Sum up {a} and {b}."),
)
DIFFERENCE = Phrasings(
    "arithmetic.difference",
    (
        *GENERAL,
        "What is {a} minus {b}?",
        "Subtract {b} from {a}.",
        "What is the difference of {a} and {b}?",
        "Take {b} away from {a}.",
        "{a} minus {b}",
        "How much is {a} minus {b}?",
        "What is {a} less {b}?",
        "What is left if you take {b} from {a}?",
        "Find {a} minus {b}.",
    ),
    (*GENERAL_HELD, "Starting at {a}, go down by {b}: where am I?", "What remains of {a} after subtracting {b}?"),
)
PRODUCT = Phrasings(
    "arithmetic.product",
    (
        *GENERAL,
        "What is {a} times {b}?",
        "Multiply {a} by {b}.",
        "What is the product of {a} and {b}?",
        "{a} times {b}",
        "How much is {a} times {b}?",
        "Multiply {a} and {b}.",
        "What is {a} x {b}?",
        "{a} x {b}",
        "What is {a} multiplied by {b}?",
        "Find the product of {a} and {b}.",
    ),
    (*GENERAL_HELD, "Take {a} exactly {b} times; what is it?", "What does multiplying {a} with {b} give?"),
)
QUOTIENT = Phrasings(
    "arithmetic.quotient",
    (
        *GENERAL,
        "What is {a} divided by {b}?",
        "Divide {a} by {b}.",
        "{a} divided by {b}",
        "How much is {a} divided by {b}?",
        "What is {a} over {b}?",
        "How many times does {b} go into {a}?",
        "What is the quotient of {a} and {b}?",
        "What is {a} ÷ {b}?",
    ),
    (*GENERAL_HELD, "Split {a} into {b} equal parts; how big is one?", "What does dividing {a} by {b} give?"),
)
REMAINDER = Phrasings(
    "arithmetic.remainder",
    (
        "Divide {a} by {b} with remainder.",
        "What is {a} divided by {b}, with remainder?",
        "Find the quotient and remainder of {a} divided by {b}.",
        "What are quotient and remainder when {a} is divided by {b}?",
        "{a} divided by {b} with remainder",
        "Give quotient and remainder for {a} / {b}.",
        "How many times does {b} go into {a}, and what is left over?",
        "Do the division {a} / {b} and state the remainder.",
        "Calculate {a} / {b} with remainder.",
        "Work out {a} / {b}; give the remainder as well.",
        "What is {a} / {b} with remainder?",
        "Quotient and remainder of {a} by {b}?",
    ),
    (
        "Share {a} among {b} and tell me what each gets and what is left.",
        "Long division with remainder: {a} by {b}.",
        "What do {a} / {b} and its remainder come to?",
    ),
)
EXPRESSION = Phrasings(
    "arithmetic.expression",
    (*GENERAL, "Simplify {e}.", "What is the value of {e}?", "Work this out: {e}"),
    (*GENERAL_HELD, "Which number is {e}?"),
)

SIZES = {1: (2, 10), 2: (3, 10), 3: (4, 100), 4: (5, 1000)}  # digits of sums; factors stay under these


def _number(rng: random.Random, digits: int) -> int:
    """A number of up to so many digits, most often of just so many."""
    chosen = digits if rng.random() < 0.75 else rng.randint(1, digits)
    return rng.randint(10 ** (chosen - 1), 10**chosen - 1)


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One task of a random kind among those of the level."""
    kinds = {
        1: (_sum, _difference, _product, _sum, _difference),
        2: (_sum, _difference, _product, _quotient),
        3: (_sum, _difference, _product, _quotient, _remainder, _expression),
        4: (_sum, _difference, _product, _remainder, _expression),
    }
    return rng.choice(kinds[level])(rng, level, held_out)


def _task(
    rng: random.Random, level: int, phrasings: Phrasings, held_out: bool, lines: list[str], answer: str, expression: str, **parts: int
) -> Task:
    if rng.random() < 0.15:
        expression = expression.replace(" ", "")
    question, phrasing = phrasings.put(rng, held_out, e=expression, **parts)
    return Task("arithmetic", level, dress(rng, question), "\n".join(with_slip(rng, lines)), answer, phrasing)


def _sum(rng: random.Random, level: int, held_out: bool) -> Task:
    a, b = _number(rng, SIZES[level][0]), _number(rng, SIZES[level][0])
    lines = sum_lines(a, b)
    if rng.random() < 0.15:
        lines += ["Check:", *difference_lines(a + b, b)]
    return _task(rng, level, SUM, held_out, lines, str(a + b), f"{a} + {b}", a=a, b=b)


def _difference(rng: random.Random, level: int, held_out: bool) -> Task:
    a, b = _number(rng, SIZES[level][0]), _number(rng, SIZES[level][0])
    if a < b and rng.random() < 0.8:
        a, b = b, a
    lines = difference_lines(a, b)
    if a >= b and rng.random() < 0.15:
        lines += ["Check:", *sum_lines(a - b, b)]
    return _task(rng, level, DIFFERENCE, held_out, lines, str(a - b), f"{a} - {b}", a=a, b=b)


def _product(rng: random.Random, level: int, held_out: bool) -> Task:
    digits = {1: ((1, 1), (2, 1)), 2: ((2, 1), (3, 1)), 3: ((2, 2), (3, 1), (4, 1)), 4: ((3, 2), (2, 2), (4, 1))}[level]
    left, right = rng.choice(digits)
    a, b = rng.randint(10 ** (left - 1) + 1, 10**left - 1), rng.randint(2 if right == 1 else 10, 10**right - 1)
    if level == 1 and left == 2:
        a = rng.randint(10, 12)
    if rng.random() < 0.5:
        a, b = b, a
    sign = "×" if rng.random() < 0.2 else "*"
    return _task(rng, level, PRODUCT, held_out, product_lines(a, b), str(a * b), f"{a} {sign} {b}", a=a, b=b)


def _quotient(rng: random.Random, level: int, held_out: bool) -> Task:
    b = rng.randint(2, 9) if level == 2 else rng.randint(2, 25)
    quotient = rng.randint(3, 99) if level == 2 else rng.randint(20, 400)
    a = b * quotient
    lines = quotient_lines(a, b)
    if rng.random() < 0.15:
        lines += ["Check:", *product_lines(quotient, b)]
    sign = "÷" if rng.random() < 0.2 else "/"
    return _task(rng, level, QUOTIENT, held_out, lines, str(quotient), f"{a} {sign} {b}", a=a, b=b)


def _remainder(rng: random.Random, level: int, held_out: bool) -> Task:
    b = rng.randint(2, 12) if level == 3 else rng.randint(3, 40)
    a = b * rng.randint(5, 120 if level == 3 else 300) + rng.randint(1, b - 1)
    answer = f"{a // b} remainder {a % b}"
    return _task(rng, level, REMAINDER, held_out, [*quotient_lines(a, b), f"The answer is {answer}."], answer, f"{a} / {b}", a=a, b=b)


def _expression(rng: random.Random, level: int, held_out: bool) -> Task:
    """Two or three operations with precedence or brackets; the steps replace one operation at a time."""
    small, big = (lambda: rng.randint(2, 12)), (lambda: rng.randint(2, 60 if level == 3 else 200))
    a, b, c, d = big(), small(), small(), big()
    shapes: list[tuple[str, list[tuple[str, int, int]]]] = [
        (f"{a} + {b} * {c}", [("*", b, c), ("+", a, b * c)]),
        (f"{b} * {c} - {a}", [("*", b, c), ("-", b * c, a)]),
        (f"({a} + {d}) * {c}", [("+", a, d), ("*", a + d, c)]),
        (f"({a} - {b}) * {c}", [("-", a, b), ("*", a - b, c)]),
        (f"{a} - {b} * {c}", [("*", b, c), ("-", a, b * c)]),
        (f"{a} - {b} + {d}", [("-", a, b), ("+", a - b, d)]),
    ]
    if level == 4:
        shapes = [
            (f"{b} * {c} + {a} - {d}", [("*", b, c), ("+", b * c, a), ("-", b * c + a, d)]),
            (f"({a} + {b}) * {c} - {d}", [("+", a, b), ("*", a + b, c), ("-", (a + b) * c, d)]),
            (f"{a} + {b} * ({c} + {d})", [("+", c, d), ("*", b, c + d), ("+", a, b * (c + d))]),
            (f"{b} * {c} + {d} * {c}", [("*", b, c), ("*", d, c), ("+", b * c, d * c)]),
        ]
    expression, operations = rng.choice(shapes)
    write = {"+": sum_lines, "-": difference_lines, "*": product_lines}
    lines = [line for sign, left, right in operations for line in write[sign](left, right)]
    sign, left, right = operations[-1]
    value = {"+": left + right, "-": left - right, "*": left * right}[sign]
    lines.append(f"{expression} = {value}")
    return _task(rng, level, EXPRESSION, held_out, lines, str(Fraction(value)), expression)


FAMILY = Family(
    "arithmetic",
    "sums, differences, products, quotients and short expressions of whole numbers",
    (1, 2, 3, 4),
    make,
    either(same_form, same_parts),
    (SUM, DIFFERENCE, PRODUCT, QUOTIENT, REMAINDER, EXPRESSION),
)
