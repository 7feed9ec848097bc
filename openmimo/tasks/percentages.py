"""Fractions and percentages: shares of numbers, changes in percent, sums of fractions, fractions as decimals and back."""

import random
from fractions import Fraction
from math import gcd

from openmimo.tasks.answers import same_form
from openmimo.tasks.correction import with_slip
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress
from openmimo.tasks.written import difference_lines, product_lines, quotient_lines, sum_lines

OF = Phrasings(
    "percentages.of",
    (
        "What is {p}% of {n}?",
        "{p}% of {n}",
        "Calculate {p}% of {n}.",
        "Find {p}% of {n}.",
        "Compute {p} percent of {n}.",
        "How much is {p}% of {n}?",
        "What is {p} percent of {n}?",
        "{p} percent of {n}",
        "Work out {p}% of {n}.",
        "What number is {p}% of {n}?",
        "Please calculate {p} percent of {n}.",
        "There are {n} people at a fair and {p}% of them are children. How many is that?",
        "A jar holds {n} grams, of which {p}% is sugar. How much sugar is it?",
        "How many are {p}% of {n}?",
        "Tell me what {p}% of {n} is.",
        "What's {p}% of {n}?",
        "A shop sold {p}% of its {n} lamps. How much is that?",
    ),
    (
        "How much do I get if I take {p}% of {n}?",
        "Of {n}, {p} percent is what number?",
        "I want {p}% from a total of {n}. What is it?",
        "Take {p} percent out of {n}.",
    ),
)
INCREASE = Phrasings(
    "percentages.increase",
    (
        "Increase {n} by {p}%.",
        "What is {n} increased by {p}%?",
        "A price of {n} rises by {p}%. What is the new price?",
        "{n} plus {p}%",
        "Add {p}% to {n}.",
        "A town of {n} people grows by {p}%. How many people live there now?",
        "Rent was {n} and goes up {p}%. What is the rent now?",
        "What do you get when {n} grows by {p} percent?",
        "Raise {n} by {p}%.",
        "My pay of {n} went up by {p}%. What is it now?",
        "Find {n} after an increase of {p}%.",
        "A bill of {n} gets a tip of {p}% on top. What is the total?",
    ),
    (
        "Something costing {n} became {p}% dearer. What does it cost now?",
        "{n} went up by {p} percent; where does it stand?",
        "Let {n} gain {p}%: the result?",
    ),
)
DECREASE = Phrasings(
    "percentages.decrease",
    (
        "Decrease {n} by {p}%.",
        "What is {n} decreased by {p}%?",
        "A coat costs {n} and is {p}% off. What is the sale price?",
        "{n} minus {p}%",
        "Take {p}% off {n}.",
        "A price of {n} falls by {p}%. What is the new price?",
        "What is {n} less {p}%?",
        "Reduce {n} by {p}%.",
        "There is a discount of {p}% on {n}. What do I pay?",
        "A herd of {n} shrinks by {p}%. How large is it now?",
        "What do you get when {n} drops by {p} percent?",
        "Find {n} after a decrease of {p}%.",
    ),
    (
        "With {p}% off, what does a thing marked {n} cost?",
        "{n} lost {p} percent; what is left?",
        "I pay {p}% less than {n}. How much is that?",
    ),
)
WHAT = Phrasings(
    "percentages.what",
    (
        "What percent of {n} is {a}?",
        "{a} is what percent of {n}?",
        "What percentage of {n} is {a}?",
        "Express {a} as a percentage of {n}.",
        "{a} out of {n}, in percent?",
        "How many percent of {n} is {a}?",
        "I got {a} of {n} points. What percent is that?",
        "Which percentage is {a} of {n}?",
        "Write {a} out of {n} as a percent.",
        "{a} of {n} seats are taken. What percent is that?",
        "As a percentage, how much is {a} of {n}?",
        "Find what percent {a} is of {n}.",
    ),
    (
        "Give {a} from {n} in percent.",
        "If {n} is the whole, how many percent are {a}?",
        "Of {n} tries, {a} worked. Success rate in percent?",
    ),
)
SIMPLIFY = Phrasings(
    "percentages.simplify",
    (
        "Simplify {f}.",
        "Simplify the fraction {f}.",
        "Reduce {f} to lowest terms.",
        "What is {f} in lowest terms?",
        "Write {f} in simplest form.",
        "Cancel down {f}.",
        "Reduce the fraction {f}.",
        "What is the simplest form of {f}?",
        "Put {f} in lowest terms.",
        "Simplify: {f}",
        "{f} simplified",
        "Make {f} as simple as possible.",
    ),
    ("Shorten the fraction {f} fully.", "How does {f} look fully reduced?", "Bring {f} to its lowest terms, please."),
)
ADD = Phrasings(
    "percentages.fraction_sum",
    (
        "What is {f} {s} {g}?",
        "{f} {s} {g}",
        "Calculate {f} {s} {g}.",
        "Compute {f} {s} {g}.",
        "Work out {f} {s} {g}.",
        "Find {f} {s} {g}.",
        "Evaluate {f} {s} {g}.",
        "{f} {s} {g} =",
        "How much is {f} {s} {g}?",
        "{f} {s} {g} = ?",
        "Calculate {f} {s} {g} as a fraction.",
        "What's {f} {s} {g}?",
    ),
    ("Give {f} {s} {g} as one fraction.", "I have to do {f} {s} {g}. What comes out?", "Which fraction equals {f} {s} {g}?"),
)
TIMES = Phrasings(
    "percentages.fraction_product",
    (
        "What is {f} times {g}?",
        "{f} times {g}",
        "Calculate {f} times {g}.",
        "Multiply {f} by {g}.",
        "What is the product of {f} and {g}?",
        "Multiply {f} and {g}.",
        "Find {f} times {g}.",
        "Work out {f} times {g}.",
        "How much is {f} times {g}?",
        "Compute {f} times {g}.",
        "What do you get for {f} times {g}?",
        "What is {f} of {g}?",
    ),
    ("Take {f} times {g}: which fraction?", "The product of {f} with {g} is what?", "{f} multiplied with {g}, please."),
)
SHARE = Phrasings(
    "percentages.share",
    (
        "What is {f} of {n}?",
        "{f} of {n}",
        "Find {f} of {n}.",
        "Calculate {f} of {n}.",
        "How much is {f} of {n}?",
        "Work out {f} of {n}.",
        "A class has {n} pupils, and {f} of them walk to school. How many walk?",
        "A road is {n} km long. How long is {f} of it?",
        "Compute {f} of {n}.",
        "What number is {f} of {n}?",
        "{f} of the {n} eggs are brown. How many is that?",
        "Tell me {f} of {n}.",
    ),
    (
        "If I take {f} out of {n}, how much is it?",
        "Give me the amount that is {f} of {n}.",
        "Of {n} apples {f} are red. How many red ones?",
    ),
)
DECIMAL = Phrasings(
    "percentages.decimal",
    (
        "Write {f} as a decimal.",
        "What is {f} as a decimal?",
        "Convert {f} to a decimal.",
        "{f} as a decimal",
        "Express {f} as a decimal number.",
        "Turn {f} into a decimal.",
        "Give {f} as a decimal.",
        "What decimal is {f}?",
        "Change {f} to a decimal.",
        "Find the decimal form of {f}.",
        "What is the decimal for {f}?",
        "Write the fraction {f} as a decimal number.",
    ),
    ("How is {f} written with a decimal point?", "{f} in decimals, please.", "Which decimal number equals {f}?"),
)
FRACTION = Phrasings(
    "percentages.fraction",
    (
        "Write {x} as a fraction.",
        "What is {x} as a fraction?",
        "Convert {x} to a fraction.",
        "{x} as a fraction",
        "Express {x} as a fraction in lowest terms.",
        "Turn {x} into a fraction.",
        "Give {x} as a simplified fraction.",
        "What fraction is {x}?",
        "Change {x} to a fraction.",
        "Find the fraction for {x}.",
        "Which fraction equals {x}?",
        "Write the decimal {x} as a fraction.",
    ),
    ("Show {x} in the form of a fraction.", "{x} written as a ratio of whole numbers?", "What fraction stands for {x}?"),
)

KINDS = {
    1: "of of share simplify decimal",
    2: "of of increase decrease what add simplify share",
    3: "of increase decrease what add times fraction",
    4: "of increase decrease what add times fraction",
}


def text(value: Fraction) -> str:
    """A number as a decimal if it ends within four places, else as a fraction in lowest terms."""
    if value.denominator == 1:
        return str(value.numerator)
    scaled = value * 10_000
    if scaled.denominator == 1:
        whole, rest = divmod(abs(scaled.numerator), 10_000)
        return f"{'-' if value < 0 else ''}{whole}.{rest:04d}".rstrip("0")
    return f"{value.numerator}/{value.denominator}"


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One task of a random kind among those of the level."""
    kind = rng.choice(KINDS[level].split())
    makers = {
        "of": _of,
        "increase": _change,
        "decrease": _change,
        "what": _what,
        "simplify": _simplify,
        "add": _add,
        "times": _times,
        "share": _share,
        "decimal": _decimal,
        "fraction": _fraction,
    }
    lines, answer, phrasings, parts = makers[kind](rng, level, kind)
    question, phrasing = phrasings.put(rng, held_out, **parts)
    return Task("percentages", level, dress(rng, question), "\n".join(with_slip(rng, lines)), answer, phrasing)


Made = tuple[list[str], str, Phrasings, dict[str, object]]


def _percent_and_amount(rng: random.Random, level: int) -> tuple[int, int]:
    percent = rng.choice([5, 10, 15, 20, 25, 30, 40, 50, 60, 75, 80, 90]) if rng.random() < 0.6 / level else rng.randint(1, 99)
    if level == 1:
        return percent, rng.choice([rng.randint(1, 20) * 10, rng.randint(1, 10) * 100, rng.randint(10, 100)])
    return percent, rng.choice([rng.randint(2, 40) * 10, rng.randint(1, 20) * 100, rng.randint(10, 300 * level)])


def _percent_lines(percent: int, amount: int) -> list[str]:
    value = Fraction(percent * amount, 100)
    return [
        f"{percent}% of {amount} = {percent} * {amount} / 100",
        *product_lines(percent, amount),
        f"{percent * amount} / 100 = {text(value)}",
    ]


def _of(rng: random.Random, level: int, kind: str) -> Made:
    percent, amount = _percent_and_amount(rng, level)
    return _percent_lines(percent, amount), text(Fraction(percent * amount, 100)), OF, {"p": percent, "n": amount}


def _change(rng: random.Random, level: int, kind: str) -> Made:
    percent, amount = _percent_and_amount(rng, level)
    if level < 4:
        # Amounts of which the percent comes out whole, so that the sum is one of whole numbers.
        amount = max(1, round(amount / (100 // gcd(100, percent)))) * (100 // gcd(100, percent))
    change = Fraction(percent * amount, 100)
    value, sign = (amount + change, "+") if kind == "increase" else (amount - change, "-")
    if change.denominator == 1:
        last = (sum_lines if sign == "+" else difference_lines)(amount, int(change))
    else:
        last = [f"{amount} {sign} {text(change)} = {text(value)}"]
    return [*_percent_lines(percent, amount), *last], text(value), INCREASE if kind == "increase" else DECREASE, {"p": percent, "n": amount}


def _what(rng: random.Random, level: int, kind: str) -> Made:
    whole = rng.choice(
        [20, 25, 40, 50, 80, 100, 125, 200, 250, 400, 500] if level < 4 else [16, 32, 40, 60, 75, 80, 120, 150, 160, 240, 300, 600]
    )
    options = [part for part in range(1, whole) if (part * 100) % whole == 0 or (level > 2 and (part * 1000) % whole == 0)]
    part = rng.choice(options)
    value = Fraction(part * 100, whole)
    top = part * 100
    lines = [f"{part} / {whole} * 100 = {top} / {whole}"]
    lines += quotient_lines(top, whole) if value.denominator == 1 else [f"{top} / {whole} = {text(value)}"]
    return [*lines, f"That is {text(value)}%."], f"{text(value)}%", WHAT, {"a": part, "n": whole}


def _fraction_in(rng: random.Random, most: int) -> Fraction:
    bottom = rng.randint(2, most)
    return Fraction(rng.choice([top for top in range(1, bottom) if gcd(top, bottom) == 1]), bottom)


def _reduce_lines(top: int, bottom: int) -> list[str]:
    common = gcd(top, bottom)
    if common == 1:
        return []
    reduced = text_fraction(Fraction(top, bottom))
    return [
        f"Both divide by {common}: {top} / {common} = {top // common}, {bottom} / {common} = {bottom // common}",
        f"{top}/{bottom} = {reduced}",
    ]


def text_fraction(value: Fraction) -> str:
    """A number as a fraction in lowest terms, or as a whole number."""
    return str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


def _simplify(rng: random.Random, level: int, kind: str) -> Made:
    value, factor = _fraction_in(rng, 9 if level == 1 else 13), rng.randint(2, 6 if level == 1 else 15)
    top, bottom = value.numerator * factor, value.denominator * factor
    return _reduce_lines(top, bottom), text_fraction(value), SIMPLIFY, {"f": f"{top}/{bottom}"}


def _add(rng: random.Random, level: int, kind: str) -> Made:
    most = {2: 8, 3: 10, 4: 15}[level]
    f, g = _fraction_in(rng, most), _fraction_in(rng, most)
    sign = rng.choice("+-")
    if sign == "-" and f < g:
        f, g = g, f
    if sign == "-" and f == g:
        sign = "+"
    bottom = f.denominator * g.denominator // gcd(f.denominator, g.denominator)
    tops = [one.numerator * (bottom // one.denominator) for one in (f, g)]
    top = tops[0] + tops[1] if sign == "+" else tops[0] - tops[1]
    lines = [
        f"The common denominator is {bottom}.",
        f"{f} = {tops[0]}/{bottom}, {g} = {tops[1]}/{bottom}",
        f"{tops[0]} {sign} {tops[1]} = {top}, so it is {top}/{bottom}",
        *_reduce_lines(top, bottom),
    ]
    return lines, text_fraction(Fraction(top, bottom)), ADD, {"f": str(f), "g": str(g), "s": sign}


def _times(rng: random.Random, level: int, kind: str) -> Made:
    most = {3: 9, 4: 13}[level]
    f, g = _fraction_in(rng, most), _fraction_in(rng, most)
    top, bottom = f.numerator * g.numerator, f.denominator * g.denominator
    lines = [
        f"{f.numerator} * {g.numerator} = {top}, {f.denominator} * {g.denominator} = {bottom}, so it is {top}/{bottom}",
        *_reduce_lines(top, bottom),
    ]
    return lines, text_fraction(f * g), TIMES, {"f": str(f), "g": str(g)}


def _share(rng: random.Random, level: int, kind: str) -> Made:
    value = _fraction_in(rng, 8 if level == 1 else 12)
    each = rng.randint(2, 12 if level == 1 else 40)
    amount = value.denominator * each
    lines = [*quotient_lines(amount, value.denominator), *(product_lines(each, value.numerator) if value.numerator > 1 else [])]
    return lines, str(value * amount), SHARE, {"f": str(value), "n": amount}


def _decimal(rng: random.Random, level: int, kind: str) -> Made:
    bottom = rng.choice([2, 4, 5, 8, 10, 20, 25, 50])
    top = rng.randint(1, bottom * 2)
    if top % bottom == 0:
        top = 1
    scale = 10 if 10 % bottom == 0 else 100 if 100 % bottom == 0 else 1000
    factor = scale // bottom
    value = Fraction(top, bottom)
    lines = [
        f"{bottom} * {factor} = {scale}" if factor > 1 else f"The denominator is {scale}.",
        *product_lines(top, factor),
        f"{top * factor} / {scale} = {text(value)}",
    ]
    return lines, text(value), DECIMAL, {"f": f"{top}/{bottom}"}


def _fraction(rng: random.Random, level: int, kind: str) -> Made:
    scale = rng.choice([10, 100] if level == 3 else [100, 1000])
    top = rng.randint(1, scale * 2)
    if top % scale == 0:
        top += 1
    value = Fraction(top, scale)
    return [f"{text(value)} = {top}/{scale}", *_reduce_lines(top, scale)], text_fraction(value), FRACTION, {"x": text(value)}


FAMILY = Family(
    "percentages",
    "shares and changes in percent, and sums, products and forms of fractions",
    (1, 2, 3, 4),
    make,
    same_form,
    (OF, INCREASE, DECREASE, WHAT, SIMPLIFY, ADD, TIMES, SHARE, DECIMAL, FRACTION),
)
