"""Which is larger, what goes in which order, and about how much: fractions, decimals, powers and products side by side.

Two numbers are written side by side before a sign is put between them, and are then told
apart digit by digit. Knows rounding only of whole numbers, and never to a half way between.
Read `cases.py` next.
"""

import random
import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import lcm

from openmimo.tasks.answers import either, same_form, same_words
from openmimo.tasks.correction import with_slip
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress
from openmimo.tasks.written import difference_lines, product_lines, quotient_lines, sum_lines

LARGER = Phrasings(
    "comparison.larger",
    (
        "Which is larger, {x} or {y}?",
        "Which is greater: {x} or {y}?",
        "What is larger, {x} or {y}?",
        "{x} or {y}: which is larger?",
        "Compare {x} and {y}. Which is larger?",
        "Which of {x} and {y} is greater?",
        "Tell me which is larger: {x} or {y}.",
        "Name the larger of {x} and {y}.",
        "Which one is bigger, {x} or {y}?",
        "Find the larger one of {x} and {y}.",
        "Of {x} and {y}, which is greater?",
        "Is {x} or {y} the larger one?",
    ),
    (
        "You may hold up {x} or {y}, and the higher one wins. Which do you hold up?",
        "Put {x} and {y} on a number line. Which one stands further right?",
        "Between {x} and {y}, pick the one that is worth more.",
    ),
)
SIGN = Phrasings(
    "comparison.sign",
    (
        "Which sign goes between {x} and {y}: <, > or =?",
        "Put <, > or = between {x} and {y}.",
        "Compare {x} with {y}. Answer <, > or =.",
        "{x} ? {y} Replace ? with <, > or =.",
        "Choose <, > or = for {x} and {y}, in this order.",
        "Fill in <, > or =: {x} _ {y}",
        "Which of <, > and = belongs between {x} and {y}?",
        "{x} and {y}: write <, > or = for the sign between them.",
        "Is it <, > or = between {x} and {y}?",
        "What sign makes {x} _ {y} true: <, > or =?",
        "Decide whether <, > or = stands between {x} and {y}.",
        "Find the right sign, <, > or =, to go from {x} to {y}.",
    ),
    (
        "On the left of a balance is {x}, on the right {y}. Which of <, > and = describes it?",
        "A pupil left out the sign in {x} ... {y}. Was it <, > or =?",
        "Give me <, > or = to tell how {x} relates to {y}.",
    ),
)
ORDER = Phrasings(
    "comparison.order",
    (
        "Order from smallest to largest: {s}.",
        "Put {s} in order, smallest first.",
        "Sort {s} from smallest to largest.",
        "Arrange {s} in increasing order.",
        "Write {s} in ascending order.",
        "List {s} from the smallest to the largest.",
        "What is the increasing order of {s}?",
        "Order these numbers, the smallest first: {s}.",
        "Bring {s} into ascending order.",
        "In which order are {s}, from smallest to largest?",
        "Rank {s}, beginning with the smallest.",
        "Starting with the smallest, order {s}.",
    ),
    (
        "On a number line, in what order do I meet {s} when I go to the right?",
        "Three jugs hold {s} litres. List the amounts from the least full to the fullest.",
        "Let {s} line up so that each one is larger than the one before.",
    ),
)
ROUND = Phrasings(
    "comparison.round",
    (
        "Round {n} to the nearest {unit}.",
        "What is {n} rounded to the nearest {unit}?",
        "What is {n} to the nearest {unit}?",
        "Give {n} to the nearest {unit}.",
        "Find {n} rounded to the nearest {unit}.",
        "To the nearest {unit}, what is {n}?",
        "Write {n} rounded to the nearest {unit}.",
        "Rounded to the nearest {unit}, what does {n} become?",
        "Please round the number {n} to the nearest {unit}.",
        "{n} to the nearest {unit}?",
        "Tell me {n} correct to the nearest {unit}.",
        "{n} people came. How many is that to the nearest {unit}?",
    ),
    (
        "Which full {unit} is closest to {n}?",
        "A paper wants only full {unit}s. What number does it print in place of {n}?",
        "I say {n} roughly, going up or down to a whole {unit}. Which number do I say?",
    ),
)
MORE = Phrasings(
    "comparison.more",
    (
        "Is {x} more than {n}? Answer yes or no.",
        "Is {x} greater than {n}? Yes or no?",
        "Is {x} larger than {n}?",
        "Does {x} exceed {n}?",
        "Is {x} above {n}?",
        "Yes or no: {x} is more than {n}.",
        "Check whether {x} is more than {n}, yes or no.",
        "Do you get more than {n} from {x}?",
        "Is the value of {x} greater than {n}?",
        "Decide if {x} is larger than {n}. Answer yes or no.",
        "Tell me, yes or no, whether {x} is greater than {n}.",
        "Is it true that {x} is more than {n}?",
    ),
    (
        "I have {n} dollars, and the bill is {x} dollars. Is the bill higher than what I have, yes or no?",
        "A hall has {n} seats and {x} people come. Must anybody stand, yes or no?",
        "Would a counter that shows {x} have passed {n} already?",
    ),
)
ESTIMATE = Phrasings(
    "comparison.estimate",
    (
        "Estimate {x} by rounding each number to the nearest {unit}.",
        "Round each number to the nearest {unit} to estimate {x}.",
        "What is {x} about, with each number rounded to the nearest {unit}?",
        "Give an estimate of {x}: round each number to the nearest {unit} first.",
        "Estimate {x}. Round each number to the nearest {unit} first.",
        "First round each number to the nearest {unit}, then work out {x}.",
        "Find an estimate for {x} using numbers rounded to the nearest {unit}.",
        "Rounding each number to the nearest {unit}, what is your estimate for {x}?",
        "About how much is {x}, if each number is rounded to the nearest {unit} first?",
        "Use rounding to the nearest {unit} on each number to estimate {x}.",
        "Replace the numbers in {x} by the nearest {unit} and calculate.",
        "Work out {x} roughly, with each number rounded to the nearest {unit}.",
    ),
    (
        "In a shop I think of {x}, but with each number taken as the nearest full {unit}. What do I come to?",
        "If {x} is done with the closest {unit} in place of each number, what comes out?",
        "Make the numbers of {x} round, each to its nearest {unit}, and tell me the result.",
    ),
)
CLOSEST = Phrasings(
    "comparison.closest",
    (
        "Which of {s} is closest to {n}?",
        "Which number is closest to {n}: {s}?",
        "Which of the numbers {s} is nearest to {n}?",
        "Find the number among {s} that is closest to {n}.",
        "Closest to {n}: {s}?",
        "Of {s}, which is nearest to {n}?",
        "Among {s}, which number has the smallest distance to {n}?",
        "Pick the one of {s} that is closest to {n}.",
        "The target is {n}. Which of {s} is nearest?",
        "Which of {s} differs least from {n}?",
        "Tell me which of {s} comes closest to {n}.",
        "Name the number of {s} that lies nearest to {n}.",
    ),
    (
        "There are {n} beans in a jar. The guesses are {s}. Which guess wins?",
        "I stand at kilometre {n} of a road with inns at the kilometres {s}. At which kilometre is the inn I reach soonest?",
        "A tool of size {n} is missing, but {s} are there. Which size fits best in its place?",
    ),
)

UNITS = {10: "ten", 100: "hundred", 1000: "thousand"}

Made = tuple[Phrasings, dict[str, object], list[str], str]


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One comparison of a kind of the level; things to be told apart are never equal, but for the sign "="."""
    kinds = {
        1: (_fractions, _sign, _round, _more, _closest),
        2: (_fractions, _sign, _round, _more, _closest, _powers, _decimals, _estimate),
        3: (_fractions, _sign, _more, _powers, _order, _fraction_or_decimal, _estimate),
    }
    phrasings, parts, lines, answer = rng.choice(kinds[level])(rng, level)
    question, phrasing = phrasings.put(rng, held_out, **parts)
    return Task("comparison", level, dress(rng, question), "\n".join(with_slip(rng, lines)), answer, phrasing)


def _mark(left: Fraction | int, right: Fraction | int) -> str:
    return "<" if left < right else ">" if left > right else "="


def told_apart(one: str | int, other: str | int) -> str:
    """Two numbers, then how long they are if that differs, else their digits up to the first that differ; ends in their sign.

    Decimals must have the same number of places. Both stand there before the sign, which a small model cannot foresee.
    """
    left, right = str(one), str(other)
    if len(left) != len(right):
        return f"{left}, {right}: {len(left)} {_mark(len(left), len(right))} {len(right)} long"
    pairs = [(int(a), int(b)) for a, b in zip(left, right, strict=True) if a != "."]
    differing = next((place for place, (a, b) in enumerate(pairs) if a != b), len(pairs) - 1)
    return f"{left}, {right}: " + ", ".join(f"{a} {_mark(a, b)} {b}" for a, b in pairs[: differing + 1])


def compared(one: str | int, other: str | int) -> str:
    """Two numbers told apart, and the sign that therefore goes between them."""
    whole = f"{one} {_mark(Fraction(one), Fraction(other))} {other}"
    apart = told_apart(one, other)
    return apart if apart.endswith(f": {whole}") else f"{apart}, so {whole}"


def _multiplied(a: int, b: int) -> list[str]:
    """Lines of a product, led by what is to be multiplied where they are several."""
    lines = product_lines(a, b)
    return lines if len(lines) == 1 else [f"{a} * {b}:", *lines]


def _larger(x: str, y: str, lines: list[str], left: Fraction | int, right: Fraction | int) -> Made:
    """The question for the larger of two, the values of which have been compared: their sign goes between the two."""
    larger = x if left > right else y
    return LARGER, {"x": x, "y": y}, [*lines, f"{x} {_mark(left, right)} {y}", f"Larger: {larger}"], larger


def _fraction(rng: random.Random, most: int) -> Fraction:
    """A fraction between 0 and 1, in lowest terms."""
    bottom = rng.randint(2, most)
    return Fraction(rng.randint(1, bottom - 1), bottom)


def _two_fractions(rng: random.Random, most: int) -> tuple[Fraction, Fraction]:
    """Two different fractions that are near enough to need a calculation."""
    left, right = _fraction(rng, most), _fraction(rng, most)
    while left == right or abs(left - right) > Fraction(1, 3):
        left, right = _fraction(rng, most), _fraction(rng, most)
    return left, right


def _fractions(rng: random.Random, level: int) -> Made:
    left, right = _two_fractions(rng, (12, 20, 40)[level - 1])
    crossed = left.numerator * right.denominator, right.numerator * left.denominator
    lines = [f"{left}, {right}: {left.numerator} * {right.denominator} and {right.numerator} * {left.denominator}"]
    lines += [*_multiplied(left.numerator, right.denominator), *_multiplied(right.numerator, left.denominator)]
    return _larger(str(left), str(right), [*lines, compared(*crossed)], left, right)


def _powers(rng: random.Random, level: int) -> Made:
    most = 300 if level == 2 else 1000
    powers = [(base, power) for base in range(2, 20) for power in range(2, 9) if base**power <= most and (base < 10 or power == 2)]
    (a, m), (b, n) = rng.sample(powers, 2)
    while a**m == b**n or max(a**m, b**n) > 4 * min(a**m, b**n):
        (a, m), (b, n) = rng.sample(powers, 2)
    lines = [*_power(a, m), *_power(b, n), compared(a**m, b**n)]
    return _larger(f"{a}^{m}", f"{b}^{n}", lines, a**m, b**n)


def _power(base: int, power: int) -> list[str]:
    """The powers one after the other, each with its name, so that none is forgotten and none done twice."""
    return [line for done in range(1, power) for line in (*product_lines(base**done, base), f"{base}^{done + 1} = {base ** (done + 1)}")]


def _sign(rng: random.Random, level: int) -> Made:
    """Two sums at level 1, else two products; in some cases equal."""
    most = (20, 15, 40)[level - 1]
    a, b = rng.randint(2, most), rng.randint(2, most)
    if level == 1:
        c = rng.randint(1, a + b - 1)
        d = max(1, a + b - c + rng.choice((-3, -2, -1, 0, 0, 1, 2, 3)))
        left, right, write, sign = a + b, c + d, sum_lines, "+"
    else:
        c, d = max(1, a + rng.choice((-3, -2, -1, 1, 2, 3))), max(1, b + rng.randint(-3, 3))
        if rng.random() < 0.25:  # the same product, split in another way if there is one
            splits = [(p, a * b // p) for p in range(2, 2 * most) if p != a and a * b % p == 0 and a * b // p <= 2 * most]
            c, d = rng.choice(splits or [(b, a)])
        left, right, write, sign = a * b, c * d, _multiplied, "*"
    lines = [*write(a, b), *write(c, d), compared(left, right)]
    return SIGN, {"x": f"{a} {sign} {b}", "y": f"{c} {sign} {d}"}, lines, _mark(left, right)


def _decimal(units: int, places: int) -> str:
    """`units` of the last of so many places, with no zero at the end."""
    return f"{units // 10**places}.{units % 10**places:0{places}d}".rstrip("0").rstrip(".")


def _padded(texts: Sequence[str], places: int) -> list[str]:
    """Decimals of different lengths, written with the same number of places and compared."""
    shown = [f"{Decimal(text):.{places}f}" for text in texts]
    return ["; ".join(f"{text} is {padded}" for text, padded in zip(texts, shown, strict=True)), compared(*shown)]


def _decimals(rng: random.Random, level: int) -> Made:
    """Two decimals of different lengths, so that the longer one is not always the larger."""
    tenths, hundredths = rng.randint(1, 9), rng.choice([number for number in range(1, 100) if number % 10])
    whole = rng.randint(0, 20)
    units = [whole * 100 + 10 * tenths, whole * 100 + hundredths]
    rng.shuffle(units)
    x, y = (_decimal(number, 2) for number in units)
    return _larger(x, y, _padded((x, y), 2), *units)


def _order(rng: random.Random, level: int) -> Made:
    values = [_fraction(rng, 12) for _ in range(3)]
    while len(set(values)) < 3 or lcm(*(value.denominator for value in values)) > 120:
        values = [_fraction(rng, 12) for _ in range(3)]
    lines, ordered = [], list[Fraction]()
    for value in values:
        place = 0
        while place < len(ordered):
            lines.append(_crossed(value, ordered[place]))
            if value < ordered[place]:
                break
            place += 1
        ordered.insert(place, value)
        lines.append(f"In order: {', '.join(map(str, ordered))}")
    return ORDER, {"s": ", ".join(map(str, values))}, lines, lines[-1].removeprefix("In order: ")


def _crossed(one: Fraction, other: Fraction) -> str:
    """Two fractions compared in one line by products of the multiplication table."""
    left, right = one.numerator * other.denominator, other.numerator * one.denominator
    products = f"{one.numerator} * {other.denominator} = {left}; {other.numerator} * {one.denominator} = {right}"
    return f"{one}, {other}: {products}; {compared(left, right)}, so {one} {_mark(one, other)} {other}"


def _fraction_or_decimal(rng: random.Random, level: int) -> Made:
    bottom = rng.choice((4, 5, 8, 20, 25, 40))
    value = Fraction(rng.randint(1, bottom - 1), bottom)
    exact = int(value * 1000)
    near = max(1, exact // 10 + rng.choice((-6, -4, -3, -2, -1, 1, 2, 3, 4, 6)))
    other = _decimal(near, 2)
    lines = [*product_lines(value.numerator, 1000), *quotient_lines(value.numerator * 1000, value.denominator)]
    shown, decimals = (str(value), other), (_decimal(exact, 3), other)
    if rng.random() >= 0.5:
        shown, decimals = shown[::-1], decimals[::-1]
    lines += [f"{value} = {_decimal(exact, 3)}", *_padded(decimals, 3)]
    return _larger(*shown, lines, Fraction(shown[0]), Fraction(shown[1]))


def _rounded(number: int, unit: int) -> int:
    return (number + unit // 2) // unit * unit


def _round_lines(number: int, unit: int) -> list[str]:
    """Lines that find the nearest multiple of `unit`: the number is split, and what is over is held against half the unit."""
    whole, over = divmod(number, unit)
    lines = [f"{number} = {whole} * {unit} + {over}", compared(over, unit // 2) + (": up" if over > unit // 2 else ": down")]
    if over > unit // 2:
        lines += sum_lines(whole, 1)
        whole += 1
    return [*lines, f"{whole} * {unit} = {whole * unit}"]


def _unrounded(rng: random.Random, least: int, most: int, unit: int) -> int:
    """A number that is no multiple of half the unit, so that the nearest multiple is never in doubt."""
    number = rng.randint(least, most)
    return number if number % (unit // 2) else number + 1


def _round(rng: random.Random, level: int) -> Made:
    unit = 10 if level == 1 else rng.choice((100, 1000))
    number = _unrounded(rng, unit, 100 * unit if unit < 1000 else 60 * unit, unit)
    return ROUND, {"n": number, "unit": UNITS[unit]}, _round_lines(number, unit), str(_rounded(number, unit))


def _more(rng: random.Random, level: int) -> Made:
    a, b = rng.randint(3, (12, 60, 90)[level - 1]), rng.randint(3, (9, 12, 60)[level - 1])
    product = a * b
    near = max(1, product // (8 * level))
    limit = max(1, product + rng.choice([-1, 1]) * rng.randint(0, near))
    lines = [*_multiplied(a, b), compared(product, limit)]
    answer = "yes" if product > limit else "no"
    return MORE, {"x": f"{a} * {b}", "n": limit}, [*lines, answer], answer


def _estimate(rng: random.Random, level: int) -> Made:
    unit = 10 if level == 2 else 100
    a, b = _unrounded(rng, unit, 10 * unit, unit), _unrounded(rng, unit, 10 * unit, unit)
    near = _rounded(a, unit), _rounded(b, unit)
    sign, write, value = rng.choice((("+", sum_lines, sum(near)), ("*", _multiplied, near[0] * near[1])))
    lines = [*_round_lines(a, unit), *_round_lines(b, unit), *write(*near)]
    return ESTIMATE, {"x": f"{a} {sign} {b}", "unit": UNITS[unit]}, lines, str(value)


def _closest(rng: random.Random, level: int) -> Made:
    most = 12 if level == 1 else 60
    number = rng.randint(most + 5, 80 if level == 1 else 900)
    gaps = rng.sample(range(1, most + 1), 3)
    near = [number + gap * rng.choice((-1, 1)) for gap in gaps]
    lines, best = [], near[0]
    for each, gap in zip(near, gaps, strict=True):
        lines += [compared(each, number), *difference_lines(max(each, number), min(each, number))]
        if each != near[0]:
            lines.append(compared(gap, abs(best - number)))
            best = each if gap < abs(best - number) else best
        lines.append(f"{abs(best - number)} away, closest: {best}")
    return CLOSEST, {"s": ", ".join(map(str, near)), "n": number}, lines, str(best)


def same_row(gold: str, answer: str) -> bool:
    """Whether two rows of numbers agree, each in its form, with or without brackets, `<` between them and "and"."""
    rows = [re.split(r"\s*[,<]\s*", re.sub(r",?\s*\band\b", ",", text.strip().rstrip(".").strip("[]() "))) for text in (gold, answer)]
    return len(rows[0]) == len(rows[1]) > 1 and all(map(same_form, *rows))


def same_power(gold: str, answer: str) -> bool:
    """Whether two answers are the same power, as it stands, whatever the spaces and the sign for it."""
    return "^" in gold and gold == answer.strip().rstrip(".").replace(" ", "").replace("**", "^")


FAMILY = Family(
    "comparison",
    "the larger of two, the sign between them, the order of three, rounding, estimates, and the closest number",
    (1, 2, 3),
    make,
    either(same_form, same_row, same_power, same_words),
    (LARGER, SIGN, ORDER, ROUND, MORE, ESTIMATE, CLOSEST),
)
