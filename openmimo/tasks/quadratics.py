"""Quadratic equations and polynomials: whole roots by factoring, values, discriminants, numbers of roots and vertices.

Knows no roots that are not whole: those the discriminant counts are never computed.
Read `equations.py` for equations of the first degree, and `systems.py` for two unknowns.
"""

import random
import re
from math import isqrt

from openmimo.tasks.answers import same_form
from openmimo.tasks.correction import with_slip
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress
from openmimo.tasks.written import difference_lines, product_lines, quotient_lines, sum_lines

ROOTS = Phrasings(
    "quadratics.roots",
    (
        "Solve {e}. List both solutions.",
        "Find both solutions of {e}.",
        "What are the roots of {e}?",
        "Find all real x with {e}.",
        "List the roots of {e}.",
        "Solve for x and list all solutions: {e}",
        "Which numbers x solve {e}?",
        "Give both roots of {e}.",
        "What are the two solutions of {e}?",
        "Solve the quadratic equation {e}. Give both roots.",
        "Find the roots: {e}",
        "For which two values of x is {e}?",
    ),
    (
        "Two numbers can stand for x in {e}. Which are they?",
        "{e} has two answers. Name them both.",
        "What must x be so that {e} holds? Tell every possibility.",
    ),
)
VALUE = Phrasings(
    "quadratics.value",
    (
        "What is {p} for x = {t}?",
        "Find the value of {p} at x = {t}.",
        "Evaluate {p} for x = {t}.",
        "If x = {t}, what is {p}?",
        "Calculate {p} when x = {t}.",
        "Put x = {t} into {p}. What do you get?",
        "What value has {p} at x = {t}?",
        "Let f(x) = {p}. What is f({t})?",
        "f(x) = {p}. Find f({t}).",
        "Compute {p} at x = {t}.",
        "Work out {p} with x = {t}.",
        "Given x = {t}, find {p}.",
    ),
    (
        "How high is the parabola y = {p} at x = {t}?",
        "The variable x is {t}. How much does {p} come to?",
        "A machine turns x into {p}. It is fed {t}; what comes out?",
    ),
)
DISCRIMINANT = Phrasings(
    "quadratics.discriminant",
    (
        "What is the discriminant of {p}?",
        "Find the discriminant of {p}.",
        "Calculate the discriminant of {p} = 0.",
        "Compute the discriminant of {p}.",
        "Give the discriminant of {p} = 0.",
        "What is b^2 - 4ac for {p}?",
        "Discriminant of {p}",
        "Find b^2 - 4ac for {p} = 0.",
        "Work out the discriminant of the quadratic {p}.",
        "What discriminant does {p} have?",
        "Determine the discriminant of {p}.",
        "The quadratic is {p}. What is its discriminant?",
    ),
    (
        "In the formula for the roots of {p} = 0, what number stands under the square root, before any simplifying?",
        "How large is b squared minus four a c for {p}?",
        "Tell me the number D = b^2 - 4ac that belongs to {p}.",
    ),
)
COUNT = Phrasings(
    "quadratics.count",
    (
        "How many different real solutions has {e}?",
        "How many distinct real roots does {e} have?",
        "What is the number of different real roots of {e}?",
        "Find the number of distinct real solutions of {e}.",
        "For how many real numbers x is {e}?",
        "Does {e} have 0, 1 or 2 different real solutions?",
        "Say how many different real solutions {e} has: 0, 1 or 2.",
        "Use the discriminant: how many distinct real roots has {e}?",
        "Determine the number of different real solutions: {e}",
        "How many distinct real x satisfy {e}?",
        "Number of different real roots of {e}?",
        "Count the distinct real solutions of {e}.",
    ),
    (
        "At how many points does the curve y = {p} meet the x-axis?",
        "Without solving {e}, tell how many different real answers it has.",
        "Is there no real x with {e}, just one, or two? Give the number.",
    ),
)
LOWEST_X = Phrasings(
    "quadratics.lowest_x",
    (
        "For which x is {p} smallest?",
        "At which x does {p} have its minimum?",
        "What x makes {p} as small as possible?",
        "Find the x-coordinate of the vertex of y = {p}.",
        "Where is the minimum of {p}? Give x.",
        "What is the x-coordinate of the vertex of the parabola y = {p}?",
        "For what value of x does {p} take its least value?",
        "Find x so that {p} is minimal.",
        "Which x gives the smallest value of {p}?",
        "Determine the x at which {p} is least.",
        "Give the axis of symmetry of y = {p} as a number x.",
        "Let f(x) = {p}. At which x is f(x) smallest?",
    ),
    (
        "The curve y = {p} has a lowest point. At which x?",
        "Turning x up and down, where does {p} reach its bottom? Give x.",
        "y = {p} is symmetric about a vertical line. Through which x does it go?",
    ),
)
LOWEST = Phrasings(
    "quadratics.lowest",
    (
        "What is the smallest value of {p}?",
        "Find the minimum value of {p}.",
        "What is the least value that {p} takes?",
        "Find the y-coordinate of the vertex of y = {p}.",
        "What is the minimum of {p}?",
        "How small can {p} be for real x?",
        "Calculate the smallest value of {p} over all real x.",
        "Give the minimum value of f(x) = {p}.",
        "Determine the smallest value that {p} can have.",
        "What is the y-coordinate of the vertex of the parabola y = {p}?",
        "Let f(x) = {p}. What is the smallest value of f(x)?",
        "Work out the minimum value of {p}.",
    ),
    (
        "The curve y = {p} has a lowest point. Which y is it at?",
        "Below which value does {p} never fall, though it reaches it?",
        "However I choose x, {p} is at least this number, and sometimes just it. Which number?",
    ),
)

Made = tuple[Phrasings, dict[str, object], list[str], str]


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One task of a kind of the level; the level sets the size of roots and factors, too."""
    maker = rng.choice(
        {
            1: (_factored, _square, _value),
            2: (_roots, _roots, _without_constant, _value, _discriminant),
            3: (_roots, _roots, _value, _discriminant, _count, _lowest_x, _lowest),
        }[level]
    )
    phrasings, parts, lines, answer = maker(rng, level)
    question, phrasing = phrasings.put(rng, held_out, **parts)
    return Task("quadratics", level, dress(rng, question), "\n".join(with_slip(rng, lines)), answer, phrasing)


def polynomial(a: int, b: int, c: int) -> str:
    """The usual spelling of `a x^2 + b x + c`, for `a` from 1 on."""
    shown = "x^2" if a == 1 else f"{a}x^2"
    if b:
        shown += f" {'+' if b > 0 else '-'} {'' if abs(b) == 1 else abs(b)}x"
    return shown + (f" {'+' if c > 0 else '-'} {abs(c)}" if c else "")


def _factor(root: int) -> str:
    """The linear factor with this root."""
    return "x" if root == 0 else f"(x {'-' if root > 0 else '+'} {abs(root)})"


def _both(p: int, q: int) -> tuple[list[str], str]:
    """The last steps from a product that is 0 to its roots, and the answer; two different roots."""
    small, large = sorted((p, q))
    return [f"{_factor(p)}{_factor(q)} = 0", f"x = {small} or x = {large}"], f"{small}, {large}"


def _two(rng: random.Random, least: int, most: int) -> tuple[int, int]:
    """Two different roots, neither 0 nor each other's opposite."""
    while True:
        p, q = rng.randint(least, most), rng.randint(least, most)
        if p * q and abs(p) != abs(q):
            return p, q


def _factored(rng: random.Random, level: int) -> Made:
    p, q = _two(rng, -12, 12)
    lines, answer = _both(p, q)
    zeros = [f"x {'-' if root > 0 else '+'} {abs(root)} = 0, so x = {root}" for root in (p, q)]
    return ROOTS, {"e": lines[0]}, ["One factor is 0.", *zeros, *lines[1:]], answer


def _square(rng: random.Random, level: int) -> Made:
    root = rng.randint(2, 20)
    factor = rng.choice((1, 1, 2, 3))
    right = root * root * factor
    left = "x^2" if factor == 1 else f"{factor}x^2"
    equation = f"{left} = {right}" if rng.random() < 0.5 else f"{left} - {right} = 0"
    lines = [f"{left} = {right}"]
    if factor > 1:
        lines += [*quotient_lines(right, factor), f"x^2 = {root * root}"]
    answer = f"-{root}, {root}"
    return ROOTS, {"e": equation}, [*lines, *product_lines(root, root), f"x = -{root} or x = {root}"], answer


def _without_constant(rng: random.Random, level: int) -> Made:
    root, factor = rng.choice((-1, 1)) * rng.randint(2, 15), rng.randint(1, 5)
    lines, answer = _both(0, root)
    head = [f"Take x out: x({factor if factor > 1 else ''}x {'-' if root > 0 else '+'} {abs(root * factor)}) = 0"]
    if factor > 1:
        head += [*quotient_lines(abs(root * factor), factor)]
    return ROOTS, {"e": f"{polynomial(factor, -root * factor, 0)} = 0"}, [*head, *lines], answer


def _roots(rng: random.Random, level: int) -> Made:
    """Two whole roots, found as two numbers with a known product and sum."""
    p, q = _two(rng, *((-7, 7) if level == 2 else (-12, 12)))
    factor = 1 if level == 2 else rng.choice((1, 2, 3, 4, 5))
    b, c = -(p + q), p * q
    lines = []
    if factor > 1:
        lines += [f"Divide by {factor}: {polynomial(1, b, c)} = 0"]
    search, one, other = _pairs(b, c)
    last, answer = _both(-one, -other)
    lines += [f"Two numbers with product {c} and sum {b}:", *search, *last]
    return ROOTS, {"e": f"{polynomial(factor, factor * b, factor * c)} = 0"}, lines, answer


def _pairs(total: int, product: int) -> tuple[list[str], int, int]:
    """The search through the divisors of a product for the two numbers with this sum, and the numbers; there must be such."""
    size, lines, low, high = abs(product), [f"Their signs are {'equal' if product > 0 else 'different'}."], 0, 0
    for low in (low for low in range(1, isqrt(size) + 1) if size % low == 0):
        high = size // low
        found = low + high if product > 0 else high - low
        shown = f"{low} + {high} = {found}" if product > 0 else f"{high} - {low} = {found}"
        lines.append(f"{low} * {high} = {size}; {shown}, {'yes' if found == abs(total) else 'no'}")
        if found == abs(total):
            break
    # The larger of the two has the sign of the sum.
    larger = high if total > 0 else -high
    smaller = low if (total > 0) == (product > 0) else -low
    return [*lines, f"The numbers are {smaller} and {larger}."], smaller, larger


def _numbers(rng: random.Random, level: int) -> tuple[int, int, int]:
    """The factors of a polynomial."""
    most = (5, 8, 12)[level - 1]
    signs = (1,) if level == 1 else (1, -1)
    a = 1 if level == 1 else rng.randint(1, 2 + level)
    return a, rng.choice(signs) * rng.randint(1, most), rng.choice(signs) * rng.randint(1, most)


def _in_brackets(number: int) -> str:
    return f"({number})" if number < 0 else str(number)


def _value_lines(a: int, b: int, c: int, x: int) -> tuple[list[str], int]:
    """The value at a point, one operation a line."""
    square = x * x
    lines = [f"{_in_brackets(x)}^2 = {square}", *(product_lines(a, square) if a > 1 else [])]
    total = a * square
    for more, made in ((b * x, product_lines(b, x) if abs(b) > 1 else []), (c, [])):
        if more:
            lines += [*made, *sum_lines(total, more)]
            total += more
    return lines, total


def _value(rng: random.Random, level: int) -> Made:
    a, b, c = _numbers(rng, level)
    x = rng.randint(1, 10) if level == 1 else rng.choice([x for x in range(-6 if level == 2 else -12, 13) if x])
    lines, value = _value_lines(a, b, c, x)
    return VALUE, {"p": polynomial(a, b, c), "t": x}, lines, str(value)


def _discriminant_lines(a: int, b: int, c: int) -> tuple[list[str], int]:
    """The number under the root of the formula, one operation a line."""
    long = product_lines(abs(b), abs(b)) if abs(b) > 12 else []
    lines = [f"a = {a}, b = {b}, c = {c}", *long, f"{_in_brackets(b)}^2 = {b * b}", *product_lines(4, a), *product_lines(4 * a, c)]
    return [*lines, *difference_lines(b * b, 4 * a * c)], b * b - 4 * a * c


def _discriminant(rng: random.Random, level: int) -> Made:
    a, b, c = _numbers(rng, level)
    lines, value = _discriminant_lines(a, b, c)
    return DISCRIMINANT, {"p": polynomial(a, b, c)}, [*lines, f"The discriminant is {value}."], str(value)


def _count(rng: random.Random, level: int) -> Made:
    """Equations with no, one or two real roots, each about as often."""
    wanted = rng.choice((-1, 0, 1))
    while True:
        a, b, c = _numbers(rng, level)
        if wanted == 0:
            a, root = rng.randint(1, 3), rng.choice([root for root in range(-4, 5) if root])
            b, c = -2 * a * root, a * root * root
        lines, value = _discriminant_lines(a, b, c)
        if (value > 0) - (value < 0) == wanted:
            break
    answer = str(wanted + 1)
    said = ("negative", "0", "positive")[wanted + 1]
    last = f"The discriminant is {said}: {answer} real solution{'' if answer == '1' else 's'}."
    return COUNT, {"e": f"{polynomial(a, b, c)} = 0", "p": polynomial(a, b, c)}, [*lines, last], answer


def _vertex(rng: random.Random) -> tuple[int, int, int, int, list[str]]:
    """The factors of a polynomial with a lowest point at a whole x, that x, and the steps to it."""
    a, x, c = rng.randint(1, 3), rng.choice([x for x in range(-5, 6) if x]), rng.randint(-20, 20)
    b = -2 * a * x
    lines = [f"a = {a}, b = {b}", "The vertex is at x = -b / (2a).", f"2 * {a} = {2 * a}", f"x = {-b} / {2 * a} = {x}"]
    return a, b, c, x, lines


def _lowest_x(rng: random.Random, level: int) -> Made:
    a, b, c, x, lines = _vertex(rng)
    return LOWEST_X, {"p": polynomial(a, b, c)}, lines, str(x)


def _lowest(rng: random.Random, level: int) -> Made:
    a, b, c, x, lines = _vertex(rng)
    more, value = _value_lines(a, b, c, x)
    return LOWEST, {"p": polynomial(a, b, c)}, [*lines, *more, f"The smallest value is {value}."], str(value)


def _solutions(answer: str) -> set[int] | None:
    """The whole numbers of `x = 2 or x = -3`, `2, -3`, `x1 = 2 and x2 = -3`, or `±3`; None if it is anything else."""
    bare = re.sub(r"\bx(?:_?[12])?\s*=\s*", "", answer.casefold().strip().rstrip(".").strip("{}[]()"))
    bare = re.sub(r"(?:±|\+/?-)\s*(\d+)", r"-\1, \1", bare)
    items = re.split(r"\s*(?:[,;](?:\s*(?:and|or)\b)?|\band\b|\bor\b)\s*", bare)
    return {int(item) for item in items} if all(re.fullmatch(r"-?\d{1,12}", item) for item in items) else None


def check(gold: str, answer: str) -> bool:
    """Two solutions in any order, or one number."""
    if "," in gold:
        return _solutions(gold) == _solutions(answer)
    return same_form(gold, answer)


FAMILY = Family(
    "quadratics",
    "quadratic equations with whole roots, values, discriminants and vertices",
    (1, 2, 3),
    make,
    check,
    (ROOTS, VALUE, DISCRIMINANT, COUNT, LOWEST_X, LOWEST),
)
