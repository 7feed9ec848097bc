"""Statements decided by going through all cases: parities, signs, remainders, and small numbers tried in order.

A whole number falls in one of a few cases, and what is said of all numbers is settled when
each case is. Knows no other kind of proof. Read `families.py` for all families.
"""

import random
from math import lcm

from openmimo.tasks.answers import same_number, same_set, same_words
from openmimo.tasks.correction import with_slip
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress
from openmimo.tasks.written import product_lines, sum_lines

PARITY = Phrasings(
    "cases.parity",
    (
        "{v} is an {given} whole number. Is {e} even?",
        "If {v} is {given}, is {e} even?",
        "Let {v} be {given}. Is {e} an even number?",
        "Suppose {v} is an {given} number. Is {e} even, yes or no?",
        "For an {given} whole number {v}, is {e} even?",
        "Given that {v} is {given}, decide whether {e} is even. Yes or no?",
        "Is {e} even when {v} is {given}?",
        "The whole number {v} is {given}. Does that make {e} even?",
        "Is {e} always even if {v} is {given}?",
        "Yes or no: {e} is even for {given} {v}.",
        "Say whether {e} is even, knowing that {v} is {given}.",
        "When {v} is {given}, does {e} come out even?",
    ),
    (
        "I have {v} marbles, an {given} number, and then {e} marbles. Can I share those in two equal heaps, yes or no?",
        "{v} is {given}: can {e} be divided by 2 without remainder?",
        "All I know of {v} is that it is {given}. Must {e} be even?",
    ),
)
SIGNS = Phrasings(
    "cases.signs",
    (
        "{given}. Is {e} positive?",
        "If {given}, is {e} positive?",
        "Suppose that {given}. Is {e} positive, yes or no?",
        "Given {given}, decide whether {e} is positive. Yes or no?",
        "Let {given}. Is {e} a positive number?",
        "Is {e} positive when {given}?",
        "{given}. Is {e} greater than 0?",
        "Is {e} > 0 if {given}?",
        "Yes or no: {e} is positive if {given}.",
        "We know that {given}. Does it follow that {e} is positive?",
        "With {given}, is {e} above zero?",
        "Tell me whether {e} is positive, if {given}.",
    ),
    (
        "{given}. Does {e} lie to the right of zero on the number line?",
        "All that is known is {given}. Must {e} be more than 0?",
        "Of some numbers I am told that {given}. Would {e} carry a plus sign?",
    ),
)
ALWAYS = Phrasings(
    "cases.always",
    (
        "Is {e} divisible by {m} for every whole number n?",
        "Is {e} always divisible by {m} when n is a whole number?",
        "For every whole number n, is {e} a multiple of {m}?",
        "Is {e} a multiple of {m} for all whole numbers n?",
        "Does {m} divide {e} for every whole number n?",
        "True for all whole numbers n: {m} divides {e}? Yes or no?",
        "Decide whether {e} is divisible by {m} for each whole number n.",
        "Let n be any whole number. Is {e} divisible by {m}?",
        "Does {m} always divide {e}, whatever whole number n is?",
        "Yes or no: {e} is divisible by {m} for every whole number n.",
        "Show or refute: for all whole numbers n, {m} divides {e}. Answer yes if it holds, else no.",
        "Check if {e} is a multiple of {m} for each whole n.",
    ),
    (
        "Someone claims: take any whole n you like, {e} will leave no remainder on division by {m}. Is the claim right?",
        "Whatever whole number I put for n, can {e} be split into {m} equal whole parts?",
        "Is there no whole n at all for which {e} fails to be a multiple of {m}?",
    ),
)
EVER = Phrasings(
    "cases.ever",
    (
        "Is there a whole number n for which {e} is divisible by {m}?",
        "Can {e} be divisible by {m} for some whole number n?",
        "Is {e} ever divisible by {m} when n is a whole number?",
        "Does a whole number n exist such that {m} divides {e}?",
        "Is there any whole number n such that {e} is a multiple of {m}?",
        "Can {e} ever be a multiple of {m} for a whole number n?",
        "Decide whether {m} divides {e} for some whole number n. Yes or no?",
        "Yes or no: {e} is divisible by {m} for at least one whole number n.",
        "Is some number of the form {e}, with n whole, divisible by {m}?",
        "Does {m} divide {e} for one whole number n or more?",
        "Let n be a whole number. Is it possible that {e} is divisible by {m}?",
        "For at least one whole n, is {e} a multiple of {m}?",
    ),
    (
        "I search for a whole n that makes {e} a multiple of {m}. Can the search succeed?",
        "Among all numbers {e} with a whole n, is one found in the {m} times table?",
        "Could {e} leave remainder 0 on division by {m} if n is chosen well among the whole numbers?",
    ),
)
REMAINDERS = Phrasings(
    "cases.remainders",
    (
        "Which remainders can {e} leave when divided by {m}, if n is a whole number? List them from smallest.",
        "List all remainders that {e} can have on division by {m}, for whole numbers n, in increasing order.",
        "What are the possible remainders of {e} divided by {m}, n being a whole number? Smallest first.",
        "For whole numbers n, find every remainder of {e} on division by {m}. List them in order.",
        "n is a whole number. Which values can {e} mod {m} take? List them from smallest to largest.",
        "Find all possible values of {e} mod {m} for whole n, in ascending order.",
        "Give the list of remainders that {e} can leave for the divisor {m}, n whole, smallest first.",
        "If n runs through the whole numbers, which remainders does {e} leave on division by {m}? List them in order.",
        "Determine all remainders of {e} modulo {m}, for whole n, from the smallest on.",
        "Which remainders are possible when {e} is divided by {m}? n is whole; list them in increasing order.",
        "List in increasing order the remainders of {e} when divided by {m}, where n is any whole number.",
        "Let n be whole. Write down all remainders that {e} may leave when divided by {m}, smallest first.",
    ),
    (
        "I divide {e} by {m} for one whole n after another and note what is left over. Which numbers, in order, will I ever note?",
        "Numbers of the form {e}, n whole, are packed in boxes of {m}. How many can be left over? Name each possibility in order.",
        "On a circle of {m} fields, numbered from 0, I go {e} steps from field 0, with n whole. List the fields I can end on, in order.",
    ),
)
BOTH = Phrasings(
    "cases.both",
    (
        "Is every whole number that is divisible by {a} and by {b} also divisible by {c}?",
        "If a number is divisible by both {a} and {b}, must it be divisible by {c}?",
        "A number is a multiple of {a} and of {b}. Is it always a multiple of {c}?",
        "Is each common multiple of {a} and {b} divisible by {c}?",
        "If {a} divides n and {b} divides n, does {c} always divide n?",
        "Decide: are all numbers divisible by {a} and {b} divisible by {c}? Yes or no?",
        "Yes or no: whatever is divisible by {a} and {b} is divisible by {c}.",
        "Does divisibility by {a} and by {b} imply divisibility by {c}?",
        "Let n be a multiple of both {a} and {b}. Is n surely a multiple of {c}?",
        "Are all common multiples of {a} and {b} multiples of {c}?",
        "Suppose {a} and {b} both divide a number. Does {c} have to divide it?",
        "Can we conclude that {c} divides n if {a} and {b} divide n?",
    ),
    (
        "Some eggs can be packed in rows of {a} and just as well in rows of {b}, with none left. Do rows of {c} then always work too?",
        "I call out something from the {a} times table that is in the {b} times table too. Is it bound to be in the {c} times table?",
        "From {a} and {b} going evenly into a number, is it safe to say that {c} goes evenly into it?",
    ),
)
SMALLEST = Phrasings(
    "cases.smallest",
    (
        "What is the smallest positive whole number n for which {e}?",
        "Find the smallest positive whole number n such that {e}.",
        "What is the least positive integer n with this property: {e}?",
        "For which smallest positive whole number n is it true that {e}?",
        "Find the least positive integer n so that {e}.",
        "Which is the first positive whole number n for which {e}?",
        "Try n = 1, 2, 3, ... What is the first n for which {e}?",
        "Determine the smallest positive integer n such that {e}.",
        "Smallest positive whole number n so that {e}?",
        "How small can a positive whole number n be if {e}?",
        "Give the smallest positive whole number n for which {e}.",
        "What is the first n, counting up from 1, such that {e}?",
    ),
    (
        "I count 1, 2, 3 and so on, calling each number n, and stop as soon as {e}. Where do I stop?",
        "No positive whole number below n will do, but for n it holds that {e}. What is n?",
        "Of all positive whole numbers n for which {e}, name the lowest.",
    ),
)

LETTERS = "nkmxyp"

Made = tuple[Phrasings, dict[str, object], list[str], str]


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One statement of a kind of the level; harder ones have more cases or longer expressions."""
    kinds = {
        1: (_parity, _signs, _smallest_power),
        2: (_parity, _signs, _always, _ever, _both, _smallest_power),
        3: (_always, _ever, _remainders, _both, _smallest_common),
    }
    phrasings, parts, lines, answer = rng.choice(kinds[level])(rng, level)
    question, phrasing = phrasings.put(rng, held_out, **parts)
    return Task("cases", level, dress(rng, question), "\n".join(with_slip(rng, lines)), answer, phrasing)


def _even(number: int) -> str:
    return "odd" if number % 2 else "even"


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


def _parity(rng: random.Random, level: int) -> Made:
    """`a n + c`, at level 2 `b n^2 + a n + c`, with n known to be even or odd."""
    variable, given = rng.choice(LETTERS), rng.randint(0, 1)
    a, b, c = rng.randint(2, 30), rng.randint(2, 30), rng.randint(1, 60)
    terms = [(a, variable)] if level == 1 else [(b, f"{variable}^2"), (a, variable)]
    lines, total = [], 0
    for place, (factor, power) in enumerate(terms):
        own = factor * given
        lines.append(f"{factor} is {_even(factor)}, {power} is {_even(given)}: {factor}{power} is {_even(own)}.")
        if place:
            lines.append(f"{_even(total)} plus {_even(own)} is {_even(total + own)}.")
        total += own
    lines.append(f"{c} is {_even(c)}: {_even(total)} plus {_even(c)} is {_even(total + c)}.")
    expression = " + ".join([*(f"{factor}{power}" for factor, power in terms), str(c)])
    answer = _yes((total + c) % 2 == 0)
    return PARITY, {"v": variable, "given": _even(given), "e": expression}, [*lines, answer], answer


def _signs(rng: random.Random, level: int) -> Made:
    """A product of two or three numbers, at level 2 of three or four with powers, whose signs are known."""
    letters = sorted(rng.sample("abcdkmnpqrsuvwxyz", rng.randint(2, 3) if level == 1 else rng.randint(3, 4)))
    signs = {letter: rng.choice((-1, 1)) for letter in letters}
    powers = {letter: 1 if level == 1 else rng.randint(1, 3) for letter in letters}
    factors = [letter if powers[letter] == 1 else f"{letter}^{powers[letter]}" for letter in letters]
    lines, total = [], 1
    for place, (letter, factor) in enumerate(zip(letters, factors, strict=True)):
        own = signs[letter] ** powers[letter]
        lines.append(f"{factor} is {_sign(own)}" + (f": {_sign(total)} times {_sign(own)} is {_sign(total * own)}" if place else ""))
        total *= own
    given = ", ".join(f"{letter} {'>' if signs[letter] > 0 else '<'} 0" for letter in letters[:-1])
    last = f"{letters[-1]} {'>' if signs[letters[-1]] > 0 else '<'} 0"
    answer = _yes(total > 0)
    return SIGNS, {"given": f"{given} and {last}", "e": " * ".join(factors)}, [*lines, answer], answer


def _sign(number: int) -> str:
    return "positive" if number > 0 else "negative"


def _polynomial(power: int, a: int, b: int) -> str:
    """`n^power + a n + b`, terms with 0 left out."""
    linear = f" + {a}n" if a > 1 else " + n" if a else ""
    return f"n^{power}{linear}" + (f" + {b}" if b else "")


def _value_lines(power: int, a: int, b: int, n: int) -> tuple[list[str], int]:
    """Lines that compute `n^power + a n + b` for a small n, on one line, and the value."""
    lines, total = [], n
    for _ in range(power - 1):
        lines += product_lines(total, n)
        total *= n
    if a > 1:
        lines += product_lines(a, n)
    if a:
        lines, total = [*lines, *sum_lines(total, a * n)], total + a * n
    if b:
        lines, total = [*lines, *sum_lines(total, b)], total + b
    return lines, total


def _case(power: int, a: int, b: int, n: int, m: int) -> tuple[str, int]:
    """The line of the case that n leaves remainder `n` on division by m, and the remainder of the value."""
    lines, total = _value_lines(power, a, b, n)
    return f"Remainder {n}: {'; '.join(lines)}; {total} = {m} * {total // m} + {total % m}", total % m


def _always(rng: random.Random, level: int) -> Made:
    m = 2 if level == 2 else rng.choice((2, 3, 3))
    power = 3 if m == 3 else 2
    a, b = rng.randint(1, 9 if level == 2 else 15), rng.randint(0, 12 if level == 2 else 30)
    if rng.random() < 0.3:  # the ones that hold: n^2 + n for 2 and n^3 + 2n for 3, plus multiples
        a, b = a - a % m + m - 1, b - b % m
    lines, holds = [f"Cases by the remainder of n by {m}."], True
    for n in range(m):
        line, rest = _case(power, a, b, n, m)
        lines.append(line)
        if rest:
            holds = False
            break
    lines.append("All cases hold: yes" if holds else "This case fails: no")
    return ALWAYS, {"e": _polynomial(power, a, b), "m": m}, lines, _yes(holds)


def _ever(rng: random.Random, level: int) -> Made:
    m = rng.choice((3, 4) if level == 2 else (4, 5))
    a, b = rng.randint(0, 4 if level == 2 else 9), rng.randint(1, 20 if level == 2 else 40)
    lines, holds = [f"Cases by the remainder of n by {m}."], False
    for n in range(m):
        line, rest = _case(2, a, b, n, m)
        lines.append(line)
        if rest == 0:
            holds = True
            break
    lines.append("This case works: yes" if holds else "No case works: no")
    return EVER, {"e": _polynomial(2, a, b), "m": m}, lines, _yes(holds)


def _remainders(rng: random.Random, level: int) -> Made:
    m, b = rng.choice((3, 4, 5)), rng.randint(0, 30)
    cases = [_case(2, 0, b, n, m) for n in range(m)]
    answer = ", ".join(map(str, sorted({rest for _, rest in cases})))
    lines = [f"Cases by the remainder of n by {m}.", *(line for line, _ in cases), f"In order: {answer}"]
    return REMAINDERS, {"e": _polynomial(2, 0, b), "m": m}, lines, answer


def _both(rng: random.Random, level: int) -> Made:
    a, b = rng.sample(range(2, 13 if level == 2 else 31), 2)
    least = lcm(a, b)
    while max(a, b) * 8 < least:
        a, b = rng.sample(range(2, 13 if level == 2 else 31), 2)
        least = lcm(a, b)
    divisors = [c for c in range(2, least + 1) if least % c == 0 and c not in (a, b)]
    c = rng.choice(divisors) if divisors and rng.random() < 0.5 else rng.choice([c for c in range(2, a * b + 1) if c not in (a, b)])
    lines = []
    for times in range(1, least // max(a, b) + 1):
        number = max(a, b) * times
        rest = number % min(a, b)
        lines.append(f"{number} = {min(a, b)} * {number // min(a, b)}" + (f" + {rest}" if rest else ""))
    rest = least % c
    lines += [f"The smallest in both is {least}; all are its multiples.", f"{least} = {c} * {least // c}" + (f" + {rest}" if rest else "")]
    return BOTH, {"a": a, "b": b, "c": c}, [*lines, _yes(rest == 0)], _yes(rest == 0)


def _smallest_power(rng: random.Random, level: int) -> Made:
    """The first n for which a growing expression passes a limit, tried from 1."""
    kind = rng.choice(("square", "times") if level == 1 else ("square", "power", "cube"))
    factor = rng.randint(3, 12) if kind == "times" else rng.randint(2, 3)
    limit = {"square": 50 if level == 1 else 80, "times": factor * 7, "power": 150, "cube": 300}[kind]
    limit = rng.randint(5, limit)
    lines, n, value = [], 0, 0
    while value <= limit:
        n += 1
        value, shown = {
            "square": (n * n, [f"{n} * {n} = {n * n}"]),
            "times": (factor * n, [f"{factor} * {n} = {factor * n}"]),
            "power": (factor**n, [f"{factor}^{n} = {factor**n}"] if n == 1 else product_lines(value, factor)),
            "cube": (n**3, [*product_lines(n, n), *product_lines(n * n, n)]),
        }[kind]
        lines.append(f"n is {n}: " + "; ".join(shown))
    named = {"square": "n * n", "times": f"{factor} * n", "power": f"{factor}^n", "cube": "n * n * n"}[kind]
    return SMALLEST, {"e": f"{named} is greater than {limit}"}, [*lines, f"{value} > {limit}: {n}"], str(n)


def _smallest_common(rng: random.Random, level: int) -> Made:
    """The first multiple of one number that leaves a given remainder for another."""
    a, m = rng.randint(3, 20), rng.randint(3, 9)
    rest = a * rng.randint(1, m) % m
    lines, n = [], 0
    while n == 0 or n % m != rest:
        n += a
        lines.append(f"{n} = {m} * {n // m}" + (f" + {n % m}" if n % m else ""))
    told = f"n is divisible by {a} and leaves remainder {rest} when divided by {m}"
    return SMALLEST, {"e": told}, [f"Multiples of {a} by {m}:", *lines, f"Remainder {rest}: {n}"], str(n)


def check(gold: str, answer: str) -> bool:
    """Yes or no as a word, remainders in any order, or a number."""
    if gold in ("yes", "no"):
        return same_words(gold, answer)
    return same_set(gold, answer) if "," in gold else same_number(gold, answer)


FAMILY = Family(
    "cases",
    "statements decided case by case: parity, signs, remainders, divisibility, and the smallest number with a property",
    (1, 2, 3),
    make,
    check,
    (PARITY, SIGNS, ALWAYS, EVER, REMAINDERS, BOTH, SMALLEST),
)
