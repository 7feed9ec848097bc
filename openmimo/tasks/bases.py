"""Numbers in other bases: into one, out of one, from binary to hexadecimal and back, and binary sums.

Out of a base a number is a sum over its places, from the right; into one it is a chain of
divisions whose remainders are read from the last to the first. Knows no fractions and no
negative numbers. Read `modular.py` next, which is about remainders alone.
"""

import random
from collections.abc import Callable
from itertools import zip_longest

from openmimo.tasks.answers import same_words
from openmimo.tasks.correction import with_slip
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress
from openmimo.tasks.written import product_lines, remainder_lines, sum_lines

INTO = Phrasings(
    "bases.into",
    (
        "Write {n} in {b}.",
        "Convert {n} to {b}.",
        "Convert the decimal number {n} to {b}.",
        "What is {n} in {b}?",
        "Express the decimal number {n} in {b}.",
        "Turn {n} into {b}.",
        "How is {n} written in {b}?",
        "Give the decimal number {n} in {b}.",
        "Change {n} from decimal to {b}.",
        "From decimal to {b}: {n}",
        "What does the decimal number {n} look like in {b}?",
        "Find the {b} form of {n}.",
    ),
    (
        "I count {n} things in decimal. How would I write that in {b}?",
        "Which {b} digits stand for the decimal number {n}?",
        "Re-write {n}, a decimal number, as one in {b}.",
    ),
)
OUT = Phrasings(
    "bases.out",
    (
        "What is the {b} number {n} in decimal?",
        "Convert the {b} number {n} to decimal.",
        "Convert {n} from {b} to decimal.",
        "Write the {b} number {n} in decimal.",
        "{n} is a {b} number. What is it in decimal?",
        "What is the decimal value of the {b} number {n}?",
        "Turn the {b} number {n} into a decimal number.",
        "From {b} to decimal: {n}",
        "Find the decimal value of {n} in {b}.",
        "Which decimal number does {n} stand for in {b}?",
        "Express the {b} number {n} in decimal.",
        "Change {n} from {b} to decimal.",
    ),
    (
        "A note in {b} says {n}. How much is that in our usual numbers?",
        "Read {n} as {b}: what does it come to in decimal?",
        "In decimal, how much is {n} if its digits are {b}?",
    ),
)
TO_HEX = Phrasings(
    "bases.to_hex",
    (
        "Write the binary number {n} in hexadecimal.",
        "Convert the binary number {n} to hexadecimal.",
        "What is the binary number {n} in hexadecimal?",
        "Convert {n} from binary to hexadecimal.",
        "From binary to hex: {n}",
        "Turn the binary number {n} into hex.",
        "Express binary {n} in hexadecimal.",
        "{n} is binary. What is it in hexadecimal?",
        "Give the hexadecimal form of the binary number {n}.",
        "Change binary {n} to hex.",
        "What is binary {n} in base 16?",
        "Convert {n} from base 2 to base 16.",
    ),
    (
        "These bits are {n}. Which hexadecimal digits say the same?",
        "Shorten the bits {n} to hex digits.",
        "How does the bit pattern {n} read as a hexadecimal number?",
    ),
)
FROM_HEX = Phrasings(
    "bases.from_hex",
    (
        "Write the hexadecimal number {n} in binary.",
        "Convert the hexadecimal number {n} to binary.",
        "What is the hexadecimal number {n} in binary?",
        "Convert {n} from hexadecimal to binary.",
        "From hex to binary: {n}",
        "Turn the hex number {n} into binary.",
        "Express hexadecimal {n} in binary.",
        "{n} is hexadecimal. What is it in binary?",
        "Give the binary form of the hexadecimal number {n}.",
        "Change hex {n} to binary.",
        "What is hexadecimal {n} in base 2?",
        "Convert {n} from base 16 to base 2.",
    ),
    (
        "Which bits make up the hex number {n}?",
        "Spell out the hex digits of {n} as bits.",
        "A colour code holds the hex value {n}. Show its bits.",
    ),
)
ADD = Phrasings(
    "bases.add",
    (
        "Add the binary numbers {a} and {b}. Answer in binary.",
        "What is the binary sum of the binary numbers {a} and {b}?",
        "Both numbers are binary: {a} + {b}. Give the sum in binary.",
        "What is the sum of the base 2 numbers {a} and {b}, in base 2?",
        "Add binary {b} to binary {a} and answer in binary.",
        "Work out binary {a} plus binary {b}, in binary.",
        "Find {a} + {b}, where all numbers are binary.",
        "Calculate {a} + {b}; both are in base 2, and so is the answer.",
        "Do this binary addition: {a} + {b}",
        "{a} and {b} are binary numbers. What is their sum in binary?",
        "Binary addition: {a} plus {b}",
        "Add {a} and {b}, both binary, and give the result in binary.",
    ),
    (
        "Two bit patterns, {a} and {b}, are added. Which bits come out?",
        "A computer that knows only 0 and 1 adds the bits {a} and {b}. What does it get, in binary?",
        "Base 2 all the way: the number {a}, raised by {b}, becomes what?",
    ),
)
NAMES = {2: ("binary", "binary", "base 2"), 16: ("hexadecimal", "hexadecimal", "base 16")}
DIGITS = "0123456789ABCDEF"

Made = tuple[Phrasings, dict[str, object], list[str], str]


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One task of a kind of the level; the level sets the bases and the size of the numbers."""
    makers: dict[int, tuple[Callable[[random.Random, int], Made], ...]] = {
        1: (_into, _out),
        2: (_into, _out, _to_hex, _from_hex),
        3: (_into, _out, _to_hex, _from_hex, _add),
    }
    phrasings, parts, lines, answer = rng.choice(makers[level])(rng, level)
    question, phrasing = phrasings.put(rng, held_out, **parts)
    return Task("bases", level, dress(rng, question), "\n".join(with_slip(rng, lines)), answer, phrasing)


def digits_in(number: int, base: int) -> str:
    """A non-negative integer in a base from 2 to 16."""
    head, last = divmod(number, base)
    return (digits_in(head, base) if head else "") + DIGITS[last]


def _drawn(rng: random.Random, level: int) -> tuple[int, int, str]:
    """A base, a number of at least two digits in it, and a name of the base."""
    base = rng.choice({1: (2, 2, 3, 5), 2: (2, 2, 3, 4, 5, 8, 16), 3: (2, 2, 3, 5, 6, 7, 8, 9, 16, 16)}[level])
    most = 250 if base == 16 and level == 2 else {1: 31, 2: 100, 3: 255 if base < 4 else 800}[level]
    return base, rng.randint(base, most), rng.choice(NAMES.get(base, (f"base {base}",)))


def _letters(values: list[int]) -> list[str]:
    """The line that says which letters stand for digits above 9, if there are any."""
    high = [value for value in dict.fromkeys(values) if value > 9]
    return [", ".join(f"{DIGITS[value]} is {value}" for value in high)] if high else []


def _into(rng: random.Random, level: int) -> Made:
    base, number, name = _drawn(rng, level)
    lines, remainders, rest = list[str](), list[int](), number
    while rest:
        lines += remainder_lines(rest, base)
        remainders.append(rest % base)
        rest //= base
    answer = digits_in(number, base)
    lines += [f"The remainders: {', '.join(map(str, remainders))}", *_letters(remainders), f"From the last to the first: {answer}"]
    return INTO, {"n": number, "b": name}, lines, answer


def _out(rng: random.Random, level: int) -> Made:
    base, number, name = _drawn(rng, level)
    values, shown = [DIGITS.index(digit) for digit in reversed(digits_in(number, base))], digits_in(number, base)
    lines, total, place = _letters(values), 0, 1
    for position, value in enumerate(values):
        if position > 1 and base > 2:  # the powers of 2 are known by heart, and so is the square of 16
            lines += [f"16 * 16 = {place}"] if base == 16 else product_lines(place // base, base)
        lines += product_lines(value, place)
        if position:
            lines += sum_lines(total, value * place) if value else []
        total, place = total + value * place, place * base
    return OUT, {"n": shown, "b": name}, [*lines, f"It is {number}."], str(number)


def _bits(value: int) -> str:
    """Four bits of one hexadecimal digit."""
    return f"{value:04b}"


def _to_hex(rng: random.Random, level: int) -> Made:
    number = rng.randint(17, 255) if level == 2 else rng.randint(256, 4095)
    values = [DIGITS.index(digit) for digit in digits_in(number, 16)]
    shown, answer = digits_in(number, 2), digits_in(number, 16)
    lines = [f"In fours from the right: {' '.join(map(_bits, values))}"]
    for value in values:
        parts = [str(8 >> place) for place, bit in enumerate(_bits(value)) if bit == "1"]
        sums = f": {' + '.join(parts)} = {value}" if len(parts) > 1 else f" is {value}"
        lines.append(f"{_bits(value)}{sums}" + (f", that is {DIGITS[value]}" if value > 9 else ""))
    return TO_HEX, {"n": shown}, [*lines, f"Together: {answer}"], answer


def _from_hex(rng: random.Random, level: int) -> Made:
    number = rng.randint(17, 255) if level == 2 else rng.randint(256, 4095)
    shown, answer = digits_in(number, 16), digits_in(number, 2)
    lines = []
    for digit in shown:
        value = DIGITS.index(digit)
        parts = [str(8 >> place) for place, bit in enumerate(_bits(value)) if bit == "1"]
        head = f"{digit} is {value}" if value > 9 else digit
        lines.append(f"{head}: {value} = {' + '.join(parts)}, bits {_bits(value)}" if len(parts) > 1 else f"{head}: bits {_bits(value)}")
    joined = "".join(_bits(DIGITS.index(digit)) for digit in shown)
    dropped = [f"Without zeros in front: {answer}"] if joined != answer else []
    return FROM_HEX, {"n": shown}, [*lines, f"Together: {joined}", *dropped], answer


def _add(rng: random.Random, level: int) -> Made:
    a, b = rng.randint(4, 127), rng.randint(4, 127)
    lines, carry = [], 0
    for bits in zip_longest(reversed(digits_in(a, 2)), reversed(digits_in(b, 2))):
        column = [int(bit) for bit in bits if bit is not None] + ([carry] if carry else [])
        total, carry = sum(column), sum(column) // 2
        shown = f"{' + '.join(map(str, column))} = {total}" if len(column) > 1 else f"{total}"
        lines.append(f"{shown}, write {total % 2}" + (" carry 1" if carry else ""))
    lines += ["The last carry: write 1"] if carry else []
    answer = digits_in(a + b, 2)
    return ADD, {"a": digits_in(a, 2), "b": digits_in(b, 2)}, [*lines, f"From the last to the first: {answer}"], answer


FAMILY = Family(
    "bases",
    "numbers between decimal, binary, hexadecimal and other bases, and binary sums",
    (1, 2, 3),
    make,
    same_words,
    (INTO, OUT, TO_HEX, FROM_HEX, ADD),
)
