"""Units: metric measures and times turned into each other, taken apart and added, and speeds.

Knows no currencies and no units but those of `STEPS`; times of the day are in
`calendar.py`, distances after whole hours in `word_problems.py`.
Read `decimals.py` for how decimals are worked with.
"""

import random
import re
from fractions import Fraction

from openmimo.tasks.answers import same_form
from openmimo.tasks.correction import with_slip
from openmimo.tasks.percentages import text
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress
from openmimo.tasks.written import product_lines, quotient_lines, remainder_lines, sum_lines

CONVERT = Phrasings(
    "units.convert",
    (
        "Convert {x} to {v}.",
        "What is {x} in {v}?",
        "{x} in {v}",
        "How much is {x} in {v}?",
        "Write {x} in {v}.",
        "Express {x} in {v}.",
        "Change {x} into {v}.",
        "Turn {x} into {v}.",
        "How many {v} are {x}?",
        "How many {v} is {x}?",
        "{x} = ? {v}",
        "Give {x} in {v}.",
        "How many {v} are there in {x}?",
        "{x} is how many {v}?",
    ),
    ("I have {x}. How many {v} is that?", "A label says {x}; what would it say in {v}?", "Measured in {v}, how much are {x}?"),
)
SPLIT = Phrasings(
    "units.split",
    (
        "Write {x} in {u} and {v}.",
        "Convert {x} to {u} and {v}.",
        "What is {x} in {u} and {v}?",
        "{x} in {u} and {v}",
        "Express {x} in {u} and {v}.",
        "Give {x} in {u} and {v}.",
        "Change {x} into {u} and {v}.",
        "How many {u} and {v} are {x}?",
        "Turn {x} into {u} and {v}.",
        "Split {x} into {u} and {v}.",
        "How much is {x} in {u} and {v}?",
        "Rewrite {x} as {u} and {v}.",
    ),
    (
        "Out of {x}, make as many whole {u} as you can; the rest stays in {v}.",
        "My note says {x}. Say it with {u} and {v}.",
        "How would you tell {x} by {u} first and then {v}?",
    ),
)
ADD = Phrasings(
    "units.add",
    (
        "What is {x} plus {y}, in {u} and {v}?",
        "Add {x} and {y}. Give the sum in {u} and {v}.",
        "{x} + {y}, in {u} and {v}",
        "How much are {x} and {y} together, in {u} and {v}?",
        "Find the sum of {x} and {y} in {u} and {v}.",
        "What do {x} and {y} make in total, in {u} and {v}?",
        "Calculate {x} + {y} and answer in {u} and {v}.",
        "Add {y} to {x}; write the result in {u} and {v}.",
        "Work out {x} plus {y} in {u} and {v}.",
        "What is the total of {x} and {y} in {u} and {v}?",
        "In {u} and {v}, what is {x} + {y}?",
        "One part is {x}, the other {y}. What is the total in {u} and {v}?",
    ),
    (
        "After {x} come another {y}. How much is it by then, in {u} and {v}?",
        "Put {x} on top of {y}: how many {u} and {v} is it?",
        "First {x}, then {y}; all in all how many {u} and {v}?",
    ),
)
SPEED = Phrasings(
    "units.speed",
    (
        "A car drives {d} km in {t}. What is its speed in km/h?",
        "A train covers {d} km in {t}. How fast is it in km/h?",
        "What speed in km/h is {d} km in {t}?",
        "A bike goes {d} km in {t}. What is its average speed in km/h?",
        "Find the speed in km/h: {d} km in {t}.",
        "A bus needs {t} for {d} km. What is its average speed in km/h?",
        "If you travel {d} km in {t}, what is your speed in km/h?",
        "A boat sails {d} km in {t}. Give its speed in km/h.",
        "{d} km in {t}: what is the speed in km/h?",
        "How many km/h is {d} km in {t}?",
        "A truck takes {t} to drive {d} km. How fast is that in km/h?",
        "Calculate the average speed in km/h for {d} km in {t}.",
    ),
    (
        "It took us {t} to get {d} km ahead. How many km per hour did we make?",
        "A bird flies {d} km within {t}. Its speed in km/h?",
        "After {t} the van was {d} km away. At how many km/h did it drive?",
    ),
)
DISTANCE = Phrasings(
    "units.distance",
    (
        "How many km does a car drive in {t} at {v} km/h?",
        "A train goes {v} km/h. How many km does it cover in {t}?",
        "How far do you get in {t} at {v} km/h, in km?",
        "A bus drives {t} at {v} km/h. How many km is that?",
        "At {v} km/h, how many km are covered in {t}?",
        "What distance in km does a truck cover in {t} at {v} km/h?",
        "A boat sails at {v} km/h for {t}. How far does it sail, in km?",
        "Find the distance in km: {v} km/h for {t}.",
        "If a tram keeps a speed of {v} km/h, how many km does it go in {t}?",
        "You ride at {v} km/h for {t}. What distance is it in km?",
        "Speed {v} km/h, time {t}: what is the distance in km?",
        "How many km are {t} at {v} km/h?",
    ),
    (
        "We kept to {v} km/h and were there after {t}. How many km is the way?",
        "With {v} km/h on the dial, {t} take me how many km ahead?",
        "A drone flies {t} long at {v} km/h. Its path in km?",
    ),
)
# The larger unit, the smaller, and how many of the smaller make one of the larger.
STEPS = (
    ("km", "m", 1000),
    ("m", "cm", 100),
    ("cm", "mm", 10),
    ("t", "kg", 1000),
    ("kg", "g", 1000),
    ("l", "ml", 1000),
    ("weeks", "days", 7),
    ("days", "h", 24),
    ("h", "min", 60),
    ("min", "s", 60),
)
METRIC = STEPS[:6]
TIMES = STEPS[6:]
CHAINS = (
    (STEPS[0], STEPS[1]),
    (STEPS[1], STEPS[2]),
    (STEPS[3], STEPS[4]),
    (STEPS[6], STEPS[7]),
    (STEPS[7], STEPS[8]),
    (STEPS[8], STEPS[9]),
)
COMPOUND = (STEPS[0], STEPS[1], STEPS[4], STEPS[5], STEPS[7], STEPS[8], STEPS[8], STEPS[9])
WORDS = {
    "km": "kilometres",
    "m": "metres",
    "cm": "centimetres",
    "mm": "millimetres",
    "t": "tonnes",
    "kg": "kilograms",
    "g": "grams",
    "l": "litres",
    "ml": "millilitres",
    "h": "hours",
    "min": "minutes",
    "s": "seconds",
}
SPELLINGS = {
    **{word: unit for unit, word in WORDS.items()},
    **{word.removesuffix("s"): unit for unit, word in WORDS.items()},
    "week": "weeks",
    "day": "days",
}

Made = tuple[Phrasings, dict[str, object], list[str], str]


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One task of a kind of the level; whole numbers at level 1, one step of conversion up to level 2."""
    maker = rng.choice(
        {
            1: (_down, _down, _up, _compound),
            2: (_down, _up, _compound, _split, _speed),
            3: (_chain, _split, _add, _speed, _distance, _metres_a_second),
        }[level]
    )
    phrasings, parts, lines, answer = maker(rng, level)
    question, phrasing = phrasings.put(rng, held_out, **parts)
    return Task("units", level, dress(rng, question), "\n".join(with_slip(rng, lines)), answer, phrasing)


def _names(rng: random.Random, *units: str) -> list[str]:
    """The units as they are put in the question: all by their signs, or all by their words."""
    return [WORDS.get(unit, unit) for unit in units] if rng.random() < 0.3 else list(units)


def _of(count: object, name: str) -> str:
    """An amount, with the unit in the singular where there is one of it."""
    return f"{count} {name.removesuffix('s') if str(count) == '1' and len(name) > 2 else name}"


def _equals(big: str, small: str, factor: int) -> str:
    return f"{_of(1, big)} = {factor} {small}"


def _down(rng: random.Random, level: int) -> Made:
    """From the larger unit to the smaller; of level 2 on with a decimal, which only metric units have."""
    big, small, factor = rng.choice(STEPS if level == 1 else METRIC)
    u, v = _names(rng, big, small)
    if level == 1:
        count = rng.randint(2, 20 if factor < 100 else 60)
        return CONVERT, {"x": f"{count} {u}", "v": v}, [_equals(big, small, factor), *product_lines(count, factor)], str(count * factor)
    scale = 10 if factor == 10 else rng.choice((10, 100))
    top = rng.randrange(2 * scale) * 10 + rng.randint(1, 9)  # no 0 at the end
    amount, value = text(Fraction(top, scale)), text(Fraction(top * factor, scale))
    lines = [
        _equals(big, small, factor),
        f"{amount} = {top}/{scale}",
        f"{top} * {factor} = {top * factor}",
        f"{top * factor} / {scale} = {value}",
    ]
    return CONVERT, {"x": f"{amount} {u}", "v": v}, lines, value


def _up(rng: random.Random, level: int) -> Made:
    """From the smaller unit to the larger; of level 2 on with decimals in the result."""
    big, small, factor = rng.choice(STEPS if level == 1 else METRIC)
    u, v = _names(rng, big, small)
    if level == 1:
        count = rng.randint(2, 12 if factor < 100 else 60)
        lines = [_equals(big, small, factor)]
        lines += [f"{count * factor} / {factor} = {count}"] if factor in (10, 100, 1000) else quotient_lines(count * factor, factor)
        return CONVERT, {"x": f"{count * factor} {v}", "v": u}, lines, str(count)
    count = rng.randint(2, 9 * factor)
    count += count % factor == 0
    value = text(Fraction(count, factor))
    return CONVERT, {"x": f"{count} {v}", "v": u}, [_equals(big, small, factor), f"{count} / {factor} = {value}"], value


def _parts(rng: random.Random, level: int) -> tuple[str, str, int, int, int]:
    """Two units, their factor, and an amount of each."""
    big, small, factor = rng.choice((STEPS[8], STEPS[9], STEPS[1]) if level == 1 else COMPOUND)
    return big, small, factor, rng.randint(1, (5, 9, 20)[level - 1]), rng.randint(1, factor - 1)


def _compound(rng: random.Random, level: int) -> Made:
    big, small, factor, count, rest = _parts(rng, level)
    u, v = _names(rng, big, small)
    lines = [_equals(big, small, factor), *product_lines(count, factor), *sum_lines(count * factor, rest)]
    shown = f"{_of(count, u)}{rng.choice((' ', ' ', ' and '))}{_of(rest, v)}"
    return CONVERT, {"x": shown, "v": v}, lines, str(count * factor + rest)


def _split(rng: random.Random, level: int) -> Made:
    big, small, factor, count, rest = _parts(rng, level)
    u, v = _names(rng, big, small)
    total, answer = count * factor + rest, f"{_of(count, big)} {_of(rest, small)}"
    lines = [_equals(big, small, factor), *_taken_apart(total, factor), answer]
    return SPLIT, {"x": f"{total} {v}", "u": u, "v": v}, lines, answer


def _taken_apart(total: int, factor: int) -> list[str]:
    """How many times the factor goes into the total, and the rest: read off the digits where the units are metric."""
    if factor in (100, 1000):
        return [f"{total} = {factor} * {total // factor} + {total % factor}"]
    return remainder_lines(total, factor)


def _chain(rng: random.Random, level: int) -> Made:
    """Two steps of conversion, one after the other."""
    (big, middle, first), (_, small, second) = rng.choice(CHAINS)
    u, v = _names(rng, big, small)
    count = rng.randint(2, 20)
    lines = [_equals(big, middle, first), *product_lines(count, first), _equals(middle, small, second)]
    lines += product_lines(count * first, second)
    return CONVERT, {"x": f"{count} {u}", "v": v}, lines, str(count * first * second)


def _add(rng: random.Random, level: int) -> Made:
    big, small, factor, count, rest = _parts(rng, level)
    more, other = rng.randint(1, 12), rng.randint(1, factor - 1)
    if rest + other == factor:  # an answer with a part of 0 could be told without it
        other += 1 if other == 1 else -1
    u, v = _names(rng, big, small)
    lines, bigs, smalls = [*sum_lines(rest, other), *sum_lines(count, more)], count + more, rest + other
    if smalls >= factor:
        lines += [_equals(big, small, factor), *_taken_apart(smalls, factor), *sum_lines(bigs, 1)]
        bigs, smalls = bigs + 1, smalls - factor
    answer = f"{_of(bigs, big)} {_of(smalls, small)}"
    x, y = f"{_of(count, u)} {_of(rest, v)}", f"{_of(more, u)} {_of(other, v)}"
    return ADD, {"x": x, "y": y, "u": u, "v": v}, [*lines, answer], answer


def _minutes(rng: random.Random) -> int:
    """A part of an hour of which a whole number makes one hour."""
    return rng.choice((5, 6, 10, 12, 15, 20, 30))


def _speed(rng: random.Random, level: int) -> Made:
    if level == 2:
        hours, speed = rng.randint(2, 9), rng.randint(8, 120)
        return SPEED, {"d": speed * hours, "t": f"{hours} h"}, quotient_lines(speed * hours, hours), str(speed)
    minutes, distance = _minutes(rng), rng.randint(1, 25)
    times = 60 // minutes
    lines = ["1 h = 60 min", f"60 / {minutes} = {times}", *product_lines(distance, times)]
    return SPEED, {"d": distance, "t": f"{minutes} {rng.choice(('min', 'min', 'minutes'))}"}, lines, str(distance * times)


def _distance(rng: random.Random, level: int) -> Made:
    minutes, distance = _minutes(rng), rng.randint(2, 20)
    times = 60 // minutes
    speed, shown = distance * times, f"{minutes} {rng.choice(('min', 'min', 'minutes'))}"
    return DISTANCE, {"v": speed, "t": shown}, ["1 h = 60 min", f"60 / {minutes} = {times}", *quotient_lines(speed, times)], str(distance)


def _metres_a_second(rng: random.Random, level: int) -> Made:
    """Between km/h and m/s, by way of the 3600 seconds of an hour."""
    if rng.random() < 0.5:
        speed = rng.randint(2, 60)
        value = text(Fraction(speed * 36, 10))
        lines = [
            "1 h = 3600 s, 1 km = 1000 m",
            *product_lines(speed, 36),
            f"{speed} * 3600 = {speed * 3600}",
            f"{speed * 3600} / 1000 = {value}",
        ]
        return CONVERT, {"x": f"{speed} m/s", "v": "km/h"}, lines, value
    speed = 18 * rng.randint(1, 25)
    lines = ["1 h = 3600 s, 1 km = 1000 m", f"{speed} * 1000 = {speed * 1000}", f"{speed * 1000} / 3600 = {speed * 10} / 36"]
    return CONVERT, {"x": f"{speed} km/h", "v": "m/s"}, [*lines, *quotient_lines(speed * 10, 36)], str(speed * 5 // 18)


def _amounts(answer: str) -> list[tuple[int, str]] | None:
    """The two amounts of `2 h 35 min`, `2 hours and 35 minutes` or `2h35min`, each with the sign of its unit."""
    found = re.fullmatch(r"(\d+)\s*([a-z]+)[\s,]*(?:and\s+)?(\d+)\s*([a-z]+)\.?", answer.casefold().strip())
    return [(int(found[place]), SPELLINGS.get(found[place + 1], found[place + 1])) for place in (1, 3)] if found else None


def check(gold: str, answer: str) -> bool:
    """Two amounts with their units, signs or words, or a bare number that is no fraction."""
    return _amounts(gold) == _amounts(answer) if _amounts(gold) else same_form(gold, answer)


FAMILY = Family(
    "units",
    "metric units and times turned into each other, added and taken apart, and speeds",
    (1, 2, 3),
    make,
    check,
    (CONVERT, SPLIT, ADD, SPEED, DISTANCE),
)
