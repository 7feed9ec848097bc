"""Numbers in other bases: into one, out of one, from binary to hexadecimal and back, and binary sums.

Out of a base a number is read from its first digit to its last: times the base, plus the
digit, each with what is left of the number; into one it is a chain of divisions, each of
which puts its remainder in front. Digits from the right are never found by counting: they
are named first. Knows no fractions and no negative numbers. Read `modular.py` next, which is about remainders alone.
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
LARGE = "ABCDEFG"  # the names of bits

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


def _into(rng: random.Random, level: int) -> Made:
    base, number, name = _drawn(rng, level)
    lines, rest, written = list[str](), number, ""
    while rest:
        value = rest % base
        written = DIGITS[value] + written
        letter = f"{value} is {DIGITS[value]}; " if value > 9 else ""
        *before, whole = remainder_lines(rest, base)
        lines += [*before, f"{whole}; {letter}written {written}"]
        rest //= base
    return INTO, {"n": number, "b": name}, [*lines, f"It is {written}"], written


def _out(rng: random.Random, level: int) -> Made:
    base, number, name = _drawn(rng, level)
    shown, lines, total = digits_in(number, base), list[str](), 0
    for place, digit in enumerate(shown):
        value, rest = DIGITS.index(digit), shown[place + 1 :]
        lines.append((f"{digit} is {value}" if value > 9 else digit) + (f", left {rest}" if rest else ", last"))
        if place:
            lines += sum_lines(total, total) if base == 2 else product_lines(total, base)
            lines += sum_lines(total * base, value) if value else []
        total = total * base + value
    return OUT, {"n": shown, "b": name}, [*lines, f"It is {number}."], str(number)


def _bits(value: int) -> str:
    """Four bits of one hexadecimal digit."""
    return f"{value:04b}"


def _to_hex(rng: random.Random, level: int) -> Made:
    number = rng.randint(17, 255) if level == 2 else rng.randint(256, 4095)
    values = [DIGITS.index(digit) for digit in digits_in(number, 16)]
    shown, answer = digits_in(number, 2), digits_in(number, 16)
    count, zeros = len(shown), "0" * (-len(shown) % 4)
    lines = [", ".join(f"{place}: {bit}" for place, bit in enumerate(shown, 1))]
    lines += [f"{count} digits, and {len(zeros)} more in front: {zeros}{shown}"] if zeros else [f"{count} digits"]
    lines.append(f"In fours: {' '.join(map(_bits, values))}")
    for value in values:
        parts = [str(8 >> place) for place, bit in enumerate(_bits(value)) if bit == "1"]
        sums = f": {' + '.join(parts)} = {value}" if len(parts) > 1 else f" is {value}"
        lines.append(f"{_bits(value)}{sums}" + (f", that is {DIGITS[value]}" if value > 9 else ""))
    return TO_HEX, {"n": shown}, [*lines, f"Together: {answer}"], answer


def _from_hex(rng: random.Random, level: int) -> Made:
    number = rng.randint(17, 255) if level == 2 else rng.randint(256, 4095)
    shown, answer = digits_in(number, 16), digits_in(number, 2)
    lines, apart = list[str](), list[str]()
    for digit in shown:
        value = DIGITS.index(digit)
        apart.append(_bits(value))
        parts = [str(8 >> place) for place, bit in enumerate(_bits(value)) if bit == "1"]
        head = f"{digit} is {value}" if value > 9 else digit
        sums = f"{value} = {' + '.join(parts)}, " if len(parts) > 1 else ""
        lines.append(f"{head}: {sums}bits {_bits(value)}" + (f", in all {' '.join(apart)}" if apart[1:] else ""))
    joined = "".join(apart)
    dropped = [f"Without zeros in front: {answer}"] if joined != answer else []
    return FROM_HEX, {"n": shown}, [*lines, f"Together: {joined}", *dropped], answer


def _add(rng: random.Random, level: int) -> Made:
    a, b = rng.randint(4, 127), rng.randint(4, 127)
    tops, bottoms = (dict(zip(letters, digits_in(number, 2), strict=False)) for letters, number in ((LARGE, a), (LARGE.lower(), b)))
    lines, carry, written = [_named(tops), _named(bottoms)], 0, ""
    for names in zip_longest(reversed(tops), reversed(bottoms)):
        column = [bits[name] for name, bits in zip(names, (tops, bottoms), strict=True) if name] + (["1"] if carry else [])
        total = sum(map(int, column))
        shown = f"{' + '.join(column)} = {total}" if len(column) > 1 else f"{total}"
        carry, written = total // 2, f"{total % 2}{written}"
        lines.append(f"{' '.join(filter(None, names))}: {shown}, write {total % 2}{' carry 1' if carry else ''}: {written}")
    answer = digits_in(a + b, 2)
    lines += [f"The last carry: write 1: {answer}"] if carry else []
    return ADD, {"a": digits_in(a, 2), "b": digits_in(b, 2)}, [*lines, f"It is {answer}"], answer


def _named(bits: dict[str, str]) -> str:
    """A binary number, and each of its bits under a letter."""
    return f"{''.join(bits.values())}: {', '.join(f'{name} {bit}' for name, bit in bits.items())}"


FAMILY = Family(
    "bases",
    "numbers between decimal, binary, hexadecimal and other bases, and binary sums",
    (1, 2, 3),
    make,
    same_words,
    (INTO, OUT, TO_HEX, FROM_HEX, ADD),
)
