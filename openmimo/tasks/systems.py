"""Systems of two linear equations with whole solutions, as letters, riddles and bills, solved by elimination.

Knows no system without a solution or with many. Read `equations.py` for one unknown, and
`quadratics.py` next.
"""

import random
import re
from math import lcm

from openmimo.tasks.answers import same_form
from openmimo.tasks.correction import with_slip
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.word_problems import GOODS
from openmimo.tasks.wording import dress
from openmimo.tasks.written import difference_lines, product_lines, quotient_lines, sum_lines

FORM = "in the form {x} = _, {y} = _"
BOTH = Phrasings(
    "systems.both",
    (
        f"Solve {{e}} and {{f}}. Answer {FORM}.",
        f"Solve the system {{e}}, {{f}}. Give the solution {FORM}.",
        f"{{e}} and {{f}}. What are {{x}} and {{y}}? Answer {FORM}.",
        f"Find {{x}} and {{y}} if {{e}} and {{f}}. Answer {FORM}.",
        f"Solve the system of equations {{e}} and {{f}}, {FORM}.",
        f"If {{e}} and {{f}}, what are {{x}} and {{y}}, {FORM}?",
        f"Solve for {{x}} and {{y}}, {FORM}: {{e}}, {{f}}",
        f"Which {{x}} and {{y}} satisfy both {{e}} and {{f}}? Write them {FORM}.",
        f"Determine {{x}} and {{y}} {FORM}: {{e}} and {{f}}",
        f"Given {{e}} and {{f}}, find {{x}} and {{y}} {FORM}.",
        f"{{e}}; {{f}}. Solve for both unknowns, {FORM}.",
        f"What is the solution of {{e}}, {{f}}, {FORM}?",
    ),
    (
        f"Two equations, {{e}} and {{f}}, hold at once. Tell me both unknowns {FORM}.",
        f"I need numbers that fit {{e}} as well as {{f}}. Put them {FORM}.",
        f"Where do the lines {{e}} and {{f}} meet? Answer {FORM}.",
    ),
)
ONE = Phrasings(
    "systems.one",
    (
        "If {e} and {f}, what is {x}?",
        "Find {x} if {e} and {f}.",
        "{e} and {f}. What is {x}?",
        "Given {e} and {f}, find {x}.",
        "What is {x} if {e} and {f}?",
        "Solve {e}, {f} for {x}.",
        "What is the value of {x} when {e} and {f}?",
        "Determine {x} from {e} and {f}.",
        "Find the value of {x}: {e}, {f}",
        "The equations {e} and {f} both hold. What is {x}?",
        "From {e} and {f}, work out {x}.",
        "Calculate {x}, given that {e} and {f}.",
    ),
    (
        "Only {x} matters to me: {e}, and also {f}. How big is it?",
        "Suppose {e}. Suppose also {f}. Which number must {x} be?",
        "Get {x} out of the pair {e}, {f}.",
    ),
)
SUM_AND_DIFFERENCE = Phrasings(
    "systems.sum_and_difference",
    (
        "The sum of two numbers is {s} and their difference is {d}. What is the {w} number?",
        "Two numbers add up to {s} and differ by {d}. What is the {w} one?",
        "Two numbers have the sum {s} and the difference {d}. Find the {w} number.",
        "Find the {w} of two numbers whose sum is {s} and whose difference is {d}.",
        "Two numbers make {s} together. One is {d} more than the other. What is the {w} one?",
        "One number is {d} more than another, and their sum is {s}. What is the {w} number?",
        "The sum of two numbers is {s}. One of them is {d} larger than the other. Find the {w} one.",
        "Two numbers differ by {d}. Their sum is {s}. Which is the {w} number?",
        "If two numbers add to {s} and one is {d} less than the other, what is the {w} one?",
        "Anna and Ben have {s} cards together; one has {d} more than the other. How many cards is the {w} share?",
        "A board of {s} cm is cut in two parts, one {d} cm longer than the other. How many cm is the part of {w} length?",
        "Two boxes weigh {s} kg together and one is {d} kg heavier. How many kg is the {w} weight?",
    ),
    (
        "I split {s} into two parts that are {d} apart. How big is the {w} part?",
        "Together two shelves hold {s} books, and between them is a gap of {d}. What is the {w} count?",
        "Think of a pair with total {s} and distance {d}: name the {w} member.",
    ),
)
TIMES = Phrasings(
    "systems.times",
    (
        "One number is {k} times another. Their sum is {s}. What is the {w} number?",
        "The sum of two numbers is {s}, and one is {k} times the other. Find the {w} number.",
        "Two numbers add up to {s}. One of them is {k} times as large as the other. What is the {w} one?",
        "Find the {w} of two numbers if one is {k} times the other and they make {s} together.",
        "A number and {k} times that number make {s}. Of the two, what is the {w} one?",
        "Two numbers have the sum {s}; the larger is {k} times the smaller. What is the {w} number?",
        "The larger of two numbers is {k} times the smaller. Together they are {s}. Find the {w} one.",
        "If x is {k} times y and x + y = {s}, what is the {w} of x and y?",
        "Two jars hold {s} beads in all, one {k} times as many as the other. How many beads does the jar with the {w} number hold?",
        "A tower and a house are {s} m high together; the tower is {k} times as high. How many m is the {w} height?",
        "A rope of {s} m is cut so that one part is {k} times as long as the other. How many m is the {w} length?",
        "Two bags weigh {s} kg together, and one weighs {k} times as much as the other. How many kg is the {w} weight?",
    ),
    (
        "Share {s} between two so that one gets {k} times what the other gets. How big is the {w} share?",
        "{s} is the total of a pair whose ratio is {k} to 1. The {w} of the pair?",
        "One tower has {k} times the bricks of its neighbour, and there are {s} bricks. What is the {w} count?",
    ),
)
PRICES = Phrasings(
    "systems.prices",
    (
        "{p} cost {c} dollars. {q} cost {f} dollars. How many dollars does one {g} cost?",
        "If {p} cost {c} dollars and {q} cost {f} dollars, what is the price of one {g} in dollars?",
        "{p} cost {c} dollars together, and {q} cost {f} dollars. Find the price of a {g} in dollars.",
        "A shop sells {p} for {c} dollars and {q} for {f} dollars. How many dollars is one {g}?",
        "Anna pays {c} dollars for {p}. Ben pays {f} dollars for {q}. What does one {g} cost in dollars?",
        "For {p} you pay {c} dollars, and {f} dollars for {q}. How much is a {g} in dollars?",
        "The price of {p} is {c} dollars. The price of {q} is {f} dollars. What is the price of one {g} in dollars?",
        "{p} come to {c} dollars and {q} come to {f} dollars. What is one {g} in dollars?",
        "We bought {p} for {c} dollars, then {q} for {f} dollars. How many dollars did each {g} cost?",
        "One bill is {c} dollars for {p}; another is {f} dollars for {q}. How much does one {g} cost in dollars?",
    ),
    (
        "Two baskets: {p} for {c} dollars, {q} for {f} dollars. What would a {g} alone cost, in dollars?",
        "Yesterday I paid {c} dollars for {p}, today {f} dollars for {q}. From that, tell the price of a {g} in dollars.",
        "The till shows {c} dollars for {p}; for {q} it shows {f} dollars. One {g} is how many dollars?",
    ),
)
LETTERS = (("x", "y"), ("x", "y"), ("x", "y"), ("a", "b"), ("p", "q"), ("m", "n"))

Equation = tuple[int, int, int]  # a, b, c of ax + by = c
Made = tuple[Phrasings, dict[str, object], list[str], str]


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One system of a kind of the level: ready to be added, with equal factors, or of any kind."""
    maker = rng.choice(
        {1: (_letters, _sum_and_difference, _times), 2: (_letters, _letters, _sum_and_difference, _times, _prices), 3: (_letters, _prices)}[
            level
        ]
    )
    phrasings, parts, lines, answer = maker(rng, level)
    question, phrasing = phrasings.put(rng, held_out, **parts)
    return Task("systems", level, dress(rng, question), "\n".join(with_slip(rng, lines)), answer, phrasing)


def _term(factor: int, letter: str) -> str:
    """A factor from 1 or -1 on with its letter."""
    return {1: letter, -1: f"-{letter}"}.get(factor, f"{factor}{letter}")


def _shown(equation: Equation, letters: tuple[str, str]) -> str:
    a, b, c = equation
    return f"{_term(a, letters[0])} {'+' if b > 0 else '-'} {_term(abs(b), letters[1])} = {c}"


def _divided(top: int, bottom: int, letter: str) -> list[str]:
    """From `bottom * letter = top` to the value of the letter."""
    if bottom == 1:
        return []
    long = quotient_lines(abs(top), abs(bottom)) if abs(top) > 144 and abs(bottom) > 1 else []
    return [*long, f"{letter} = {top} / {bottom if bottom > 0 else f'({bottom})'} = {top // bottom}"]


def _multiplied(equation: Equation, factor: int, name: str, letters: tuple[str, str]) -> tuple[Equation, list[str]]:
    """An equation times a factor from 1 on, and how it is done."""
    if factor == 1:
        return equation, []
    a, b, c = (factor * number for number in equation)
    factors = "; ".join(f"{number} * {factor} = {number * factor}" for number in equation[:2])
    return (a, b, c), [f"{name} times {factor}:", factors, *product_lines(equation[2], factor), _shown((a, b, c), letters)]


def _eliminated(first: Equation, second: Equation, letters: tuple[str, str]) -> tuple[list[str], list[str], int, int]:
    """The steps to the first letter and then those to the second, and both values; the first has positive factors.

    The second letter goes; the sum or difference is taken so that the first keeps one.
    """
    x, y = letters
    common = lcm(first[1], second[1])
    one, lines = _multiplied(first, common // abs(first[1]), "First", letters)
    two, more = _multiplied(second, common // abs(second[1]), "Second", letters)
    lines += more
    if one[1] == -two[1]:
        left, right = one[0] + two[0], one[2] + two[2]
        lines += ["Add:", f"{one[0]} + {two[0]} = {left}", *sum_lines(one[2], two[2])]
    else:
        (high, low), order = ((one, two), "First minus second:") if one[0] > two[0] else ((two, one), "Second minus first:")
        left, right = high[0] - low[0], high[2] - low[2]
        lines += [order, f"{high[0]} - {low[0]} = {left}", *difference_lines(high[2], low[2])]
    lines += [f"{_term(left, x)} = {right}", *_divided(right, left, x)]
    value = right // left
    a, b, c = first
    rest = c - a * value
    then = [f"Put {x} into the first:", *(product_lines(a, value) if a > 1 else [])]
    then += [*difference_lines(c, a * value), f"{_term(b, y)} = {rest}", *_divided(rest, b, y)]
    return lines, then, value, rest // b


def _drawn(rng: random.Random, level: int, x: int, y: int, negative: bool) -> tuple[Equation, Equation]:
    """Two independent equations with this solution; at level 2 the second letter has factors of one size."""
    most = 1 if level == 1 else 4
    while True:
        a, d = rng.randint(1, most), rng.randint(1, most)
        b = rng.randint(1, most)
        e = b if level < 3 else rng.randint(1, most)
        if negative and (level == 1 or rng.random() < 0.5):
            b, e = rng.choice(((b, -e), (-b, e)))
        first, second = (a, b, a * x + b * y), (d, e, d * x + e * y)
        # At level 3 something has to be multiplied first; for the steps to stay short, the right sides are then not negative.
        if a * e != b * d and (level < 3 or (abs(b) != abs(e) and min(first[2], second[2]) >= 0)):
            return first, second


def _letters(rng: random.Random, level: int) -> Made:
    letters = rng.choice(LETTERS)
    most = (20, 12, 9)[level - 1]
    first, second = _drawn(rng, level, rng.randint(1, most), rng.randint(1 if level < 3 else -3, most), negative=True)
    lines, then, x, y = _eliminated(first, second, letters)
    parts: dict[str, object] = {"e": _shown(first, letters), "f": _shown(second, letters), "x": letters[0], "y": letters[1]}
    if rng.random() < 0.5:
        letter, value, more = rng.choice(((letters[0], x, []), (letters[1], y, then)))
        return ONE, {**parts, "x": letter}, [*lines, *more, f"So {letter} is {value}."], str(value)
    answer = f"{letters[0]} = {x}, {letters[1]} = {y}"
    return BOTH, parts, [*lines, *then, answer], answer


def _sum_and_difference(rng: random.Random, level: int) -> Made:
    small, gap = rng.randint(2, 30 if level == 1 else 150), rng.randint(2, 20 if level == 1 else 90)
    large, word = small + gap, rng.choice(("larger", "smaller"))
    total = small + large
    lines = [f"x + y = {total}, x - y = {gap}", "Add:", *sum_lines(total, gap), f"2x = {2 * large}"]
    lines += _divided(2 * large, 2, "x")
    lines += difference_lines(total, large) if word == "smaller" else []
    answer = large if word == "larger" else small
    return SUM_AND_DIFFERENCE, {"s": total, "d": gap, "w": word}, [*lines, f"The {word} is {answer}."], str(answer)


def _times(rng: random.Random, level: int) -> Made:
    times, small = rng.randint(2, 5 if level == 1 else 9), rng.randint(3, 20 if level == 1 else 60)
    word = rng.choice(("larger", "smaller"))
    total, answer = (times + 1) * small, small if word == "smaller" else times * small
    lines = [f"x = {times}y, x + y = {total}", f"{times} + 1 = {times + 1}", f"{times + 1}y = {total}", *_divided(total, times + 1, "y")]
    lines += product_lines(times, small) if word == "larger" else []
    return TIMES, {"s": total, "k": times, "w": word}, [*lines, f"The {word} is {answer}."], str(answer)


def _counted(count: int, good: str) -> str:
    return f"{count} {good}{'s' if count > 1 else ''}"


def _prices(rng: random.Random, level: int) -> Made:
    goods = rng.sample(GOODS, 2)
    prices = [rng.randint(1, 20 if level == 2 else 9) for _ in goods]  # small where there is much to be done
    first, second = _drawn(rng, level, prices[0], prices[1], negative=False)
    letters = ("x", "y")
    lines, then, x, y = _eliminated(first, second, letters)
    good, price, more = rng.choice(((goods[0], x, []), (goods[1], y, then)))
    head = [f"x for a {goods[0]}, y for a {goods[1]}:", f"{_shown(first, letters)}, {_shown(second, letters)}"]
    p, q = (f"{_counted(a, goods[0])} and {_counted(b, goods[1])}" for a, b, _ in (first, second))
    parts: dict[str, object] = {"p": p, "c": first[2], "q": q, "f": second[2], "g": good}
    return PRICES, parts, [*head, *lines, *more, f"A {good} costs {price}."], str(price)


def _solution(answer: str) -> dict[str, int] | None:
    """The values of `x = 2, y = 3`, `y=3 and x=2` or `x = 2; y = 3` by their letters."""
    value = r"([a-z])\s*=\s*(-?\d+)"
    found = re.fullmatch(rf"{value}(?:\s*[,;]\s*(?:and\s+)?|\s+(?:and\s+)?){value}\.?", answer.casefold().strip())
    return {found[1]: int(found[2]), found[3]: int(found[4])} if found else None


def check(gold: str, answer: str) -> bool:
    """Both values with their letters, in any order, or one number."""
    if "," in gold:
        return _solution(gold) == _solution(answer)
    return same_form(gold, answer)


FAMILY = Family(
    "systems",
    "two linear equations with two unknowns, also as riddles and bills",
    (1, 2, 3),
    make,
    check,
    (BOTH, ONE, SUM_AND_DIFFERENCE, TIMES, PRICES),
)
