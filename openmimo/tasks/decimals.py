"""Decimal numbers: the four operations, rounding, order, and mixed numbers as decimals and back.

Every sum is done without the point, in tenths, hundredths or thousandths, and the point is
set at the end. Plain fractions as decimals are in `percentages.py`. Knows no tokens and no
model. Read `units.py` next, which needs decimals.
"""

import random
import re
from fractions import Fraction
from math import gcd

from openmimo.tasks import arithmetic
from openmimo.tasks.answers import number_of, same_form
from openmimo.tasks.correction import with_slip
from openmimo.tasks.percentages import text
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress
from openmimo.tasks.written import difference_lines, product_lines, quotient_lines, sum_lines

# Decimal sums are put in the words of whole ones; which words are held out is then the same, too.
SUM = Phrasings("decimals.sum", arithmetic.SUM.trained, arithmetic.SUM.held_out)
DIFFERENCE = Phrasings("decimals.difference", arithmetic.DIFFERENCE.trained, arithmetic.DIFFERENCE.held_out)
PRODUCT = Phrasings("decimals.product", arithmetic.PRODUCT.trained, (*arithmetic.GENERAL_HELD, "What does multiplying {a} with {b} give?"))
QUOTIENT = Phrasings(
    "decimals.quotient",
    (
        *arithmetic.GENERAL,
        "What is {a} divided by {b}?",
        "Divide {a} by {b}.",
        "{a} divided by {b}",
        "How much is {a} divided by {b}?",
        "What is {a} ÷ {b}?",
    ),
    (*arithmetic.GENERAL_HELD, "What does dividing {a} by {b} give?"),
)
ROUND = Phrasings(
    "decimals.round",
    (
        "Round {x} to {n}.",
        "What is {x} rounded to {n}?",
        "{x} rounded to {n}",
        "Round the number {x} to {n}.",
        "Give {x} rounded to {n}.",
        "Write {x} rounded to {n}.",
        "Rounded to {n}, what is {x}?",
        "What do you get when you round {x} to {n}?",
        "Please round {x} to {n}.",
        "Round off {x} to {n}.",
        "A scale shows {x} kg. What is that in kg, rounded to {n}?",
        "A race took {x} s. Round this time to {n}.",
    ),
    ("The display says {x}, but I need it to {n}. What do I write?", "To {n}, how much is {x}?", "Shorten {x} to {n} by rounding."),
)
ORDER = Phrasings(
    "decimals.order",
    (
        "Put {s} in order, the smallest first.",
        "Order from smallest to largest: {s}",
        "Sort {s} from smallest to largest.",
        "Write {s} in order of size, starting with the smallest.",
        "Arrange {s} in ascending order.",
        "Put these decimals in order, smallest first: {s}",
        "List {s} from the smallest to the largest.",
        "Order the numbers {s}, smallest first.",
        "Sort in ascending order: {s}",
        "What is {s} in order from smallest to largest?",
        "Place {s} in order from least to greatest.",
        "In which order do {s} come, from smallest to largest?",
    ),
    (
        "Going up the number line, in which order do I meet {s}?",
        "Line up {s} so that each is larger than the one before.",
        "{s}: begin with the least and end with the greatest.",
    ),
)
FROM_MIXED = Phrasings(
    "decimals.from_mixed",
    (
        "Write {m} as a decimal.",
        "What is {m} as a decimal?",
        "Convert the mixed number {m} to a decimal.",
        "{m} as a decimal",
        "Express {m} as a decimal number.",
        "Turn the mixed number {m} into a decimal.",
        "Give {m} as a decimal.",
        "Change {m} to a decimal.",
        "What decimal is the mixed number {m}?",
        "Find the decimal form of {m}.",
        "A board is {m} m long. Write this length in m as a decimal.",
        "Write the mixed number {m} as a decimal number.",
    ),
    (
        "How is {m} written with a decimal point?",
        "My calculator has no fractions. What do I type for {m}?",
        "Which decimal number equals the mixed number {m}?",
    ),
)
TO_MIXED = Phrasings(
    "decimals.to_mixed",
    (
        "Write {x} as a mixed number in lowest terms.",
        "What is {x} as a mixed number in lowest terms?",
        "Convert {x} to a mixed number and simplify it.",
        "{x} as a mixed number in lowest terms",
        "Express {x} as a simplified mixed number.",
        "Turn {x} into a mixed number in lowest terms.",
        "Give {x} as a mixed number, fully simplified.",
        "Change {x} to a mixed number in simplest form.",
        "Which mixed number in lowest terms equals {x}?",
        "Find the mixed number in lowest terms for {x}.",
        "Write the decimal {x} as a simplified mixed number.",
        "A rope is {x} m long. Write this length in m as a mixed number in lowest terms.",
    ),
    (
        "Show {x} as a whole number and a fully reduced fraction.",
        "{x} is a whole number plus which fraction? Give both as a mixed number in lowest terms.",
        "Take the point out of {x}: what is the mixed number in lowest terms?",
    ),
)
ROUNDED = Phrasings(
    "decimals.rounded",
    (
        "Write {f} as a decimal, rounded to {n}.",
        "What is {f} as a decimal, rounded to {n}?",
        "Convert {f} to a decimal and round to {n}.",
        "{f} as a decimal, rounded to {n}",
        "Give {f} as a decimal rounded to {n}.",
        "Express {f} as a decimal; round to {n}.",
        "Turn {f} into a decimal and round it to {n}.",
        "Find {f} as a decimal to {n}, rounded.",
        "Rounded to {n}, what is {f} as a decimal?",
        "What is {f} in decimals, rounded to {n}?",
        "Change {f} to a decimal. Round to {n}.",
        "Work out {f} and round to {n}.",
    ),
    (
        "How much is {f} about, to {n}?",
        "The decimals of {f} never end. What is it, rounded to {n}?",
        "Divide out {f} and keep {n}, rounded.",
    ),
)
PARTS = ("ones", "tenths", "hundredths", "thousandths")
ROUNDINGS = ("a whole number", "1 decimal", "2 decimals", "3 decimals")

Made = tuple[Phrasings, dict[str, object], list[str], str]


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One task of a kind of the level; the level sets the number of decimals, too."""
    maker = rng.choice(
        {
            1: (_sum, _sum, _shift, _round, _order),
            2: (_sum, _sum, _shift, _product, _quotient, _round, _from_mixed),
            3: (_sum, _product, _product, _quotient, _order, _to_mixed, _rounded),
        }[level]
    )
    phrasings, parts, lines, answer = maker(rng, level)
    question, phrasing = phrasings.put(rng, held_out, **parts)
    return Task("decimals", level, dress(rng, question), "\n".join(with_slip(rng, lines)), answer, phrasing)


def _number(rng: random.Random, places: int, most: int) -> Fraction:
    """A number below `most` with just so many decimals."""
    return Fraction(10 * rng.randrange(most * 10 ** (places - 1)) + rng.randint(1, 9), 10**places)


def _places(value: Fraction) -> int:
    """How many decimals a number has; only for numbers of at most four."""
    return len(text(value).partition(".")[2])


def _fixed(units: int, places: int) -> str:
    """A number of tenths, hundredths ... with just so many decimals, zeros at the end as well."""
    digits = f"{units:0{places + 1}d}"
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def _without_point(values: list[Fraction], places: int) -> tuple[list[int], str]:
    """Numbers counted in tenths, hundredths ..., and the line that says so."""
    scale = 10**places
    units = [int(value * scale) for value in values]
    shown = ", ".join(f"{text(value)} = {unit}/{scale}" for value, unit in zip(values, units, strict=True))
    return units, shown


def _sum(rng: random.Random, level: int) -> Made:
    most = (10, 30, 200)[level - 1]
    a, b = (_number(rng, 1 if level == 1 else rng.randint(1, level), most) for _ in range(2))
    sign = rng.choice("+-")
    if sign == "-" and a <= b:
        a, b = (b, a) if a < b else (a + 1, b)
    places = max(_places(a), _places(b))
    (left, right), line = _without_point([a, b], places)
    total, value = (left + right, a + b) if sign == "+" else (left - right, a - b)
    sums = (sum_lines if sign == "+" else difference_lines)(left, right)
    lines = [line, *sums, f"{total} / {10**places} = {text(value)}"]
    parts: dict[str, object] = {"e": f"{text(a)} {sign} {text(b)}", "a": text(a), "b": text(b)}
    return SUM if sign == "+" else DIFFERENCE, parts, lines, text(value)


def _shift(rng: random.Random, level: int) -> Made:
    """Times or divided by 10, 100 or 1000."""
    a, factor = _number(rng, rng.randint(1, 2), 10 * level), rng.choice((10, 100) if level == 1 else (10, 100, 1000))
    scale = 10 ** _places(a)
    if factor == 1000 or rng.random() < 0.5:
        top, value = int(a * scale) * factor, a * factor
        lines = [f"{text(a)} = {int(a * scale)}/{scale}", f"{int(a * scale)} * {factor} = {top}", f"{top} / {scale} = {text(value)}"]
        return PRODUCT, {"e": f"{text(a)} * {factor}", "a": text(a), "b": factor}, lines, text(value)
    top, value = int(a * scale), a / factor
    lines = [f"{text(a)} = {top}/{scale}", f"{scale} * {factor} = {scale * factor}", f"{top} / {scale * factor} = {text(value)}"]
    return QUOTIENT, {"e": f"{text(a)} / {factor}", "a": text(a), "b": factor}, lines, text(value)


def _product(rng: random.Random, level: int) -> Made:
    if level == 2:
        a, b = _number(rng, rng.randint(1, 2), 10), Fraction(rng.randint(2, 9))
    else:
        a, b = _number(rng, rng.randint(1, 2), 10), _number(rng, 1, 10)
    places = [_places(a), _places(b)]
    units = [int(value * 10**place) for value, place in zip((a, b), places, strict=True)]
    scale = 10 ** sum(places)
    total = units[0] * units[1]
    count = f"The decimals: {places[0]} + {places[1]} = {sum(places)}"
    lines = [f"Without the point: {units[0]} and {units[1]}.", *product_lines(*units), count, f"{total} / {scale} = {text(a * b)}"]
    return PRODUCT, {"e": f"{text(a)} * {text(b)}", "a": text(a), "b": text(b)}, lines, text(a * b)


def _quotient(rng: random.Random, level: int) -> Made:
    value, b = _number(rng, level - 1, 10), rng.randint(2, 9)
    scale = 10 ** (level - 1)
    a = value * b
    top, result = int(a * scale), int(value * scale)
    lines = [f"{text(a)} = {top}/{scale}", *quotient_lines(top, b), f"{result} / {scale} = {text(value)}"]
    return QUOTIENT, {"e": f"{text(a)} / {b}", "a": text(a), "b": b}, lines, text(value)


def _rounding_lines(units: int, places: int) -> tuple[list[str], str]:
    """From a number with one decimal too many, counted in its last place, to the rounded one; halves go up."""
    kept, last = divmod(units, 10)
    lines = [f"Keep {_fixed(kept, places)}, the next digit is {last}."]
    if last < 5:
        return [*lines, f"{last} is less than 5, so it stays {_fixed(kept, places)}."], _fixed(kept, places)
    lines += [f"{last} is 5 or more, so go up.", *sum_lines(kept, 1)]
    return [*lines, *([f"{kept + 1} / {10**places} = {_fixed(kept + 1, places)}"] if places else [])], _fixed(kept + 1, places)


def _round(rng: random.Random, level: int) -> Made:
    places = rng.randint(0, 1) if level == 1 else rng.randint(1, 3)
    more = 1 if level == 1 else rng.randint(1, 4 - places)
    value = _number(rng, places + more, (20, 100)[level - 1])
    lines, answer = _rounding_lines(int(value * 10 ** (places + 1)), places)
    return ROUND, {"x": text(value), "n": ROUNDINGS[places]}, lines, answer


def _order(rng: random.Random, level: int) -> Made:
    """Two or four numbers close enough together that their length says nothing of their size."""
    base, values = rng.randrange(10 * level), set[Fraction]()
    while len(values) < (2 if level == 1 else 4):
        values.add(base + _number(rng, rng.randint(1, 2 if level == 1 else 3), 1))
    shown = rng.sample(sorted(values), len(values))
    places = max(map(_places, shown))
    units = [int(value * 10**places) for value in shown]
    answer = ", ".join(text(value) for value in sorted(shown))
    lines = [f"In {PARTS[places]}: {', '.join(map(str, units))}", f"In order: {', '.join(map(str, sorted(units)))}", answer]
    return ORDER, {"s": ", ".join(map(text, shown)) if len(shown) > 2 else " and ".join(map(text, shown))}, lines, answer


def _proper(rng: random.Random, bottoms: tuple[int, ...]) -> Fraction:
    """A fraction between 0 and 1 in lowest terms with one of these denominators."""
    bottom = rng.choice(bottoms)
    return Fraction(rng.choice([top for top in range(1, bottom) if gcd(top, bottom) == 1]), bottom)


def _from_mixed(rng: random.Random, level: int) -> Made:
    whole, part = rng.randint(1, 10 * level), _proper(rng, (2, 4, 5, 10, 20, 25, 50))
    top, bottom = part.numerator, part.denominator
    scale = 10 if 10 % bottom == 0 else 100
    factor = scale // bottom
    lines = [
        *([f"{bottom} * {factor} = {scale}", *product_lines(top, factor)] if factor > 1 else []),
        f"{top * factor} / {scale} = {text(part)}",
        f"{whole} + {text(part)} = {text(whole + part)}",
    ]
    return FROM_MIXED, {"m": f"{whole} {part}"}, lines, text(whole + part)


def _to_mixed(rng: random.Random, level: int) -> Made:
    whole, part = rng.randint(1, 10 * level), _number(rng, rng.randint(1, 2), 1)
    scale = 10 ** _places(part)
    top, common = int(part * scale), gcd(int(part * scale), scale)
    lines = [f"{text(whole + part)} = {whole} + {text(part)}", f"{text(part)} = {top}/{scale}"]
    if common > 1:
        lines.append(f"Both divide by {common}: {top} / {common} = {top // common}, {scale} / {common} = {scale // common}")
    answer = f"{whole} {part}"
    return TO_MIXED, {"x": text(whole + part)}, [*lines, f"The mixed number is {answer}."], answer


def _rounded(rng: random.Random, level: int) -> Made:
    value, places = _proper(rng, (3, 6, 7, 9, 11, 12, 13)), rng.randint(1, 3)
    scale = 10 ** (places + 1)
    units = value.numerator * scale // value.denominator
    rounding, answer = _rounding_lines(units, places)
    lines = [f"{value.numerator} * {scale} = {value.numerator * scale}", *quotient_lines(value.numerator * scale, value.denominator)]
    return ROUNDED, {"f": str(value), "n": ROUNDINGS[places]}, [*lines, f"So {_fixed(units, places + 1)} and a bit.", *rounding], answer


def _mixed(answer: str) -> tuple[int, ...] | None:
    """The whole number, top and bottom of a mixed number as written."""
    found = re.fullmatch(r"(\d+)(?:\s+and)?\s+(\d+)\s*/\s*(\d+)\.?", answer.strip())
    return tuple(map(int, found.groups())) if found else None


def _row(answer: str) -> list[Fraction | None]:
    """The numbers of a list, between commas, "and" or `<`."""
    return [number_of(item) for item in re.split(r"\s*(?:<|,(?:\s*and\b)?|\band\b)\s*", answer.strip().strip("[]()"))]


def check(gold: str, answer: str) -> bool:
    """A mixed number in lowest terms, numbers in their order, or one number that is no fraction."""
    if _mixed(gold):
        return _mixed(gold) == _mixed(answer)
    if "," in gold:
        return _row(gold) == _row(answer)
    return same_form(gold, answer)


FAMILY = Family(
    "decimals",
    "sums, products, quotients, rounding and order of decimals, and mixed numbers",
    (1, 2, 3),
    make,
    check,
    (SUM, DIFFERENCE, PRODUCT, QUOTIENT, ROUND, ORDER, FROM_MIXED, TO_MIXED, ROUNDED),
)
