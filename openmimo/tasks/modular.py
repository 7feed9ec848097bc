"""Modular arithmetic: remainders of sums, products and powers, inverses, congruences and clocks.

Every number is brought below the modulus as soon as it is above; a quick power is made of
squares. The remainder of one plain number is in `number_theory.py`. Knows no modulus that
is large, and asks for no inverse that does not exist. Read `bases.py` for what remainders
are good for.
"""

import random
from math import gcd

from openmimo.tasks.answers import same_form
from openmimo.tasks.correction import with_slip
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress
from openmimo.tasks.written import difference_lines, product_lines, quotient_lines, remainder_lines, sum_lines

REMAINDER = Phrasings(
    "modular.remainder",
    (
        "What is ({e}) mod {m}?",
        "({e}) mod {m}",
        "Calculate ({e}) mod {m}.",
        "Find the remainder of {e} when divided by {m}.",
        "What is the remainder when {e} is divided by {m}?",
        "Compute ({e}) modulo {m}.",
        "What remainder does {e} leave when divided by {m}?",
        "Work out ({e}) mod {m}.",
        "If you divide {e} by {m}, what is the remainder?",
        "Reduce {e} modulo {m}.",
        "Find ({e}) mod {m}.",
        "Give the remainder of ({e}) / {m}.",
    ),
    (
        "Modulo {m}, what is {e}?",
        "{e} things are packed in boxes of {m}. How many do not fill a box?",
        "Counting in circles of {m}, where does {e} end, if a full circle is 0?",
    ),
)
POWER = Phrasings(
    "modular.power",
    (
        "What is {a}^{n} mod {m}?",
        "{a}^{n} mod {m}",
        "Calculate {a}^{n} mod {m}.",
        "Find the remainder of {a}^{n} when divided by {m}.",
        "What is the remainder when {a}^{n} is divided by {m}?",
        "Compute {a}^{n} modulo {m}.",
        "What remainder does {a}^{n} leave when divided by {m}?",
        "Work out {a}^{n} mod {m}.",
        "What is {a} to the power of {n}, modulo {m}?",
        "Reduce {a}^{n} modulo {m}.",
        "Find {a}^{n} mod {m}.",
        "Give the remainder of {a}^{n} / {m}.",
    ),
    (
        "Modulo {m}, how much is {a}^{n}?",
        "Multiply {n} factors {a} together. What is left over after dividing by {m}?",
        "Raise {a} to the power {n} and keep only the rest for {m}. Which rest?",
    ),
)
LAST_DIGIT = Phrasings(
    "modular.last_digit",
    (
        "What is the last digit of {a}^{n}?",
        "Find the last digit of {a}^{n}.",
        "Which digit does {a}^{n} end in?",
        "What is the units digit of {a}^{n}?",
        "Find the ones digit of {a}^{n}.",
        "Last digit of {a}^{n}",
        "Give the last digit of {a}^{n}.",
        "With which digit does {a}^{n} end?",
        "What is the final digit of {a} to the power of {n}?",
        "Determine the units digit of {a}^{n}.",
        "Calculate the last digit of {a}^{n}.",
        "In which digit does the number {a}^{n} end?",
    ),
    (
        "Written out in full, {a}^{n} has which digit at its very end?",
        "Somebody writes out {a}^{n}. What is the digit written last?",
        "Of {a}^{n} only the ones place interests me. What stands there?",
    ),
)
NEGATIVE = Phrasings(
    "modular.negative",
    (
        "What is -{a} mod {m}, as a number from 0 to {k}?",
        "Find the number from 0 to {k} that -{a} is congruent to modulo {m}.",
        "Calculate -{a} mod {m}. Answer with a number from 0 to {k}.",
        "Which of the numbers 0 to {k} is -{a} modulo {m}?",
        "Reduce -{a} modulo {m} to a number from 0 to {k}.",
        "What is the least non-negative residue of -{a} modulo {m}?",
        "Compute -{a} modulo {m}, between 0 and {k}.",
        "Give -{a} mod {m} as a non-negative number below {m}.",
        "-{a} mod {m}, from 0 to {k}",
        "Work out the non-negative remainder of -{a} modulo {m}.",
        "Find -{a} mod {m} in the range 0 to {k}.",
        "Which number from 0 to {k} has the same remainder as -{a} modulo {m}?",
    ),
    (
        "Add {m} to -{a} until it is no longer negative. Which number do you reach first?",
        "On a circle numbered 0 to {k}, I go {a} steps back from 0. Where am I?",
        "Of the numbers 0 to {k}, which one differs from -{a} by a multiple of {m}?",
    ),
)
CLOCK = Phrasings(
    "modular.clock",
    (
        "A 12-hour clock shows {h}. Which hour does it show {n} hours {w}?",
        "It is {h} o'clock on a 12-hour clock. What hour does the clock show {n} hours {w}?",
        "The hour hand of a 12-hour clock is at {h}. Where is it {n} hours {w}?",
        "On a 12-hour clock it is {h}. What does the clock show {n} hours {w}?",
        "A wall clock with hours 1 to 12 shows {h}. What hour does it show {n} hours {w}?",
        "Clock arithmetic with 12 hours: start at {h} and go {n} hours {w}. Which hour is it?",
        "A 12-hour clock reads {h}. What does it read {n} hours {w}?",
        "The clock in the hall, with 12 hours, shows {h}. Which hour is shown {n} hours {w}?",
        "At {h} o'clock somebody looks at a 12-hour clock. Which hour is on it {n} hours {w}?",
        "Which hour does a 12-hour clock show {n} hours {w}, if it shows {h} now?",
        "If a 12-hour clock shows {h}, what hour does it show {n} hours {w}?",
        "What hour is it on a 12-hour clock {n} hours {w} than {h} o'clock?",
    ),
    (
        "My old watch has only the hours 1 to 12. It says {h}; {n} hours {w}, what does it say?",
        "Turn the hour hand of a 12-hour clock from {h} to where it is {n} hours {w}. Where does it point?",
        "The church tower strikes {h}. {n} hours {w}, how many strokes from 1 to 12 does it give?",
    ),
)
INVERSE = Phrasings(
    "modular.inverse",
    (
        "What is the inverse of {a} modulo {m}?",
        "Find the inverse of {a} mod {m}.",
        "Find the modular inverse of {a} modulo {m}, from 1 to {k}.",
        "Which x from 1 to {k} has {a}x ≡ 1 (mod {m})?",
        "Calculate the inverse of {a} mod {m}, as a number from 1 to {k}.",
        "What is {a}^-1 mod {m}?",
        "Give the multiplicative inverse of {a} modulo {m}.",
        "Determine the inverse of {a} modulo {m}.",
        "Inverse of {a} mod {m}",
        "Compute the multiplicative inverse of {a} mod {m}, from 1 to {k}.",
        "What number from 1 to {k} is the inverse of {a} modulo {m}?",
        "Modulo {m}, what is the inverse of {a}?",
    ),
    (
        "By which number from 1 to {k} must I multiply {a} to have the remainder 1 for {m}?",
        "{a} times what leaves 1 when divided by {m}? Give the number from 1 to {k}.",
        "Undo a multiplication by {a} in arithmetic mod {m}: which factor from 1 to {k} does it?",
    ),
)
CONGRUENCE = Phrasings(
    "modular.congruence",
    (
        "Solve {e} (mod {m}) for x from 0 to {k}.",
        "Find x from 0 to {k} with {e} (mod {m}).",
        "What is the smallest non-negative x with {e} (mod {m})?",
        "Solve the congruence {e} (mod {m}). Give x from 0 to {k}.",
        "{e} (mod {m}). Which x from 0 to {k} is it?",
        "Which x between 0 and {k} satisfies {e} (mod {m})?",
        "Find the least non-negative solution of {e} (mod {m}).",
        "If {e} (mod {m}), what is x, from 0 to {k}?",
        "Determine x from 0 to {k}: {e} (mod {m})",
        "Solve for x, with x from 0 to {k}: {e} (mod {m})",
        "Give the number x from 0 to {k} for which {e} (mod {m}).",
        "What x from 0 to {k} makes {e} (mod {m}) true?",
    ),
    (
        "In arithmetic mod {m}, where the numbers are 0 to {k}, {e}. How much is x?",
        "Try the numbers 0 to {k}: which of them can be x in {e} (mod {m})?",
        "A secret x below {m}, not negative, obeys {e} (mod {m}). The secret?",
    ),
)

Made = tuple[Phrasings, dict[str, object], list[str], str]


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One task of a kind of the level; the level sets the size of numbers and moduli, too."""
    maker = rng.choice(
        {
            1: (_remainder, _remainder, _clock),
            2: (_remainder, _power, _negative, _clock, _shifted),
            3: (_remainder, _power, _power, _last_digit, _inverse, _scaled),
        }[level]
    )
    phrasings, parts, lines, answer = maker(rng, level)
    question, phrasing = phrasings.put(rng, held_out, **parts)
    return Task("modular", level, dress(rng, question), "\n".join(with_slip(rng, lines)), answer, phrasing)


def _reduced(number: int, modulus: int) -> list[str]:
    """A division with remainder, or nothing for what is below the modulus already."""
    return remainder_lines(number, modulus) if number >= modulus else []


def _remainder(rng: random.Random, level: int) -> Made:
    modulus, most = rng.randint(3, (9, 12, 30)[level - 1]), (25, 80, 300)[level - 1]
    numbers = [rng.randint(2, most) for _ in range(2 if level < 3 else 3)]
    signs = [rng.choice("+*") for _ in numbers[1:]] if level > 1 else [rng.choice("+++*")]
    if signs == ["+", "*"]:
        signs = ["*", "+"]  # from left to right, without a look at precedence
    lines = [line for number in numbers for line in _reduced(number, modulus)]
    expression, value = str(numbers[0]), numbers[0] % modulus
    for sign, number in zip(signs, numbers[1:], strict=True):
        rest = number % modulus
        lines += (sum_lines if sign == "+" else product_lines)(value, rest)
        value = value + rest if sign == "+" else value * rest
        lines += _reduced(value, modulus)
        value %= modulus
        expression += f" {sign} {number}"
    return REMAINDER, {"e": expression, "m": modulus}, [*lines, f"The remainder is {value}."], str(value)


def _power_lines(base: int, exponent: int, modulus: int) -> tuple[list[str], int]:
    """A power by repeated squaring: the squares that make up the exponent, multiplied one after the other."""
    lines, square, place = _reduced(base, modulus), base % modulus, 1
    lines.append(f"{base}^1 is {square}.")
    squares = {1: square}
    while 2 * place <= exponent:
        lines += [*product_lines(square, square), *_reduced(square * square, modulus)]
        square, place = square * square % modulus, 2 * place
        squares[place] = square
        lines.append(f"{base}^{place} is {square}.")
    parts = [place for place in reversed(squares) if exponent & place]
    lines += [f"{exponent} = {' + '.join(map(str, parts))}"] if len(parts) > 1 else []
    value = squares[parts[0]]
    for part in parts[1:]:
        lines += [*product_lines(value, squares[part]), *_reduced(value * squares[part], modulus)]
        value = value * squares[part] % modulus
    return lines, value


def _power(rng: random.Random, level: int) -> Made:
    modulus = rng.randint(3, 9 if level == 2 else 13)
    base = rng.choice([base for base in range(2, 10 if level == 2 else 16) if base % modulus > 1])
    exponent = rng.randint(3, 7) if level == 2 else rng.randint(8, 20)
    lines, value = _power_lines(base, exponent, modulus)
    return POWER, {"a": base, "n": exponent, "m": modulus}, [*lines, f"The remainder is {value}."], str(value)


def _last_digit(rng: random.Random, level: int) -> Made:
    # All powers of what ends in 0 or 1 end so, too.
    base, exponent = rng.choice([base for base in range(2, 100) if base % 10 > 1]), rng.randint(8, 40)
    lines, value = _power_lines(base, exponent, 10)
    return LAST_DIGIT, {"a": base, "n": exponent}, [*lines, f"The last digit is {value}."], str(value)


def _negative(rng: random.Random, level: int) -> Made:
    modulus = rng.randint(3, 15)
    number = rng.randint(2, 99)
    rest = number % modulus
    lines = [*_reduced(number, modulus), f"The remainder of {number} is {rest}."]
    lines += [f"{modulus} - {rest} = {modulus - rest}"] if rest else [f"Then the remainder of -{number} is 0, too."]
    value = -number % modulus
    return NEGATIVE, {"a": number, "m": modulus, "k": modulus - 1}, lines, str(value)


def _clock(rng: random.Random, level: int) -> Made:
    hour, hours = rng.randint(1, 12), rng.randint(2, 60 if level == 1 else 200)
    later = level == 1 or rng.random() < 0.3
    word, lines = "later" if later else "earlier", _reduced(hours, 12)
    rest = hours % 12
    lines += [f"So {rest} hour{'' if rest == 1 else 's'} {word}."]
    lines += sum_lines(hour, rest) if later else difference_lines(hour, rest)
    at = hour + rest if later else hour - rest
    if at > 12:
        lines.append(f"{at} - 12 = {at - 12}")
    elif at < 1:
        lines += sum_lines(at, 12)
    answer = (at - 1) % 12 + 1
    return CLOCK, {"h": hour, "n": hours, "w": word}, [*lines, f"The clock shows {answer}."], str(answer)


def _multiple_lines(factor: int, right: int, modulus: int) -> tuple[list[str], int]:
    """The x of `factor * x = right` modulo something coprime: add the modulus until the factor divides."""
    lines, number = list[str](), right
    while number % factor:
        lines += [*_reduced(number, factor), *sum_lines(number, modulus)]
        number += modulus
    return [*lines, *quotient_lines(number, factor)], number // factor


def _coprime(rng: random.Random) -> tuple[int, int]:
    """A factor and a larger modulus with no common divisor; small, for the factor is the most there is to try."""
    while True:
        factor, modulus = rng.randint(2, 7), rng.randint(5, 19)
        if factor < modulus and gcd(factor, modulus) == 1:
            return factor, modulus


def _inverse(rng: random.Random, level: int) -> Made:
    factor, modulus = _coprime(rng)
    lines, value = _multiple_lines(factor, 1, modulus)
    head = f"Add {modulus} to 1 until {factor} divides."
    return INVERSE, {"a": factor, "m": modulus, "k": modulus - 1}, [head, *lines, f"The inverse is {value}."], str(value)


def _shifted(rng: random.Random, level: int) -> Made:
    """`x + a = b` modulo something."""
    modulus = rng.randint(5, 20)
    added, right = rng.randint(1, 30), rng.randrange(modulus)
    rest = added % modulus
    lines = [*_reduced(added, modulus), *difference_lines(right, rest)]
    lines += sum_lines(right - rest, modulus) if right < rest else []
    value = (right - added) % modulus
    parts: dict[str, object] = {"e": f"x + {added} ≡ {right}", "m": modulus, "k": modulus - 1}
    return CONGRUENCE, parts, [*lines, f"So x is {value}."], str(value)


def _scaled(rng: random.Random, level: int) -> Made:
    """`a x = b` or `a x + c = b` modulo something coprime to `a`."""
    factor, modulus = _coprime(rng)
    right, added = rng.randrange(2, modulus), rng.choice((0, 0, rng.randint(1, 20)))
    lines, rest = list[str](), right
    if added:
        small = added % modulus
        lines += [*_reduced(added, modulus), *difference_lines(right, small)]
        lines += sum_lines(right - small, modulus) if right < small else []
        rest = (right - small) % modulus
        lines.append(f"So {factor}x is {rest} modulo {modulus}.")
    head = f"Add {modulus} to {rest} until {factor} divides."
    more, value = _multiple_lines(factor, rest, modulus)
    shown = f"{factor}x + {added}" if added else f"{factor}x"
    parts: dict[str, object] = {"e": f"{shown} ≡ {right}", "m": modulus, "k": modulus - 1}
    return CONGRUENCE, parts, [*lines, head, *more, f"So x is {value}."], str(value)


def check(gold: str, answer: str) -> bool:
    """The same whole number, an hour also with "o'clock"."""
    return same_form(gold, answer.strip().removesuffix(".").removesuffix("o'clock"))


FAMILY = Family(
    "modular",
    "remainders of sums, products and powers, inverses, congruences and clocks",
    (1, 2, 3),
    make,
    check,
    (REMAINDER, POWER, LAST_DIGIT, NEGATIVE, CLOCK, INVERSE, CONGRUENCE),
)
