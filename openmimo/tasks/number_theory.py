"""Greatest common divisors, least common multiples, primes, factors, divisors and remainders."""

import random
from math import gcd, isqrt

from openmimo.tasks.answers import either, same_factors, same_form, same_set, same_words
from openmimo.tasks.correction import with_slip
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress
from openmimo.tasks.written import product_lines, quotient_lines

GCD = Phrasings(
    "number_theory.gcd",
    (
        "What is the greatest common divisor of {a} and {b}?",
        "Find the gcd of {a} and {b}.",
        "gcd({a}, {b})",
        "What is gcd({a}, {b})?",
        "Calculate the GCD of {a} and {b}.",
        "What is the greatest common factor of {a} and {b}?",
        "Find the highest common factor of {a} and {b}.",
        "What is the largest number that divides both {a} and {b}?",
        "Compute gcd({a}, {b}).",
        "GCD of {a} and {b}",
        "What is the gcd of {a} and {b}?",
        "Give the greatest common divisor of {a} and {b}.",
    ),
    (
        "Which is the biggest integer dividing {a} as well as {b}?",
        "How large is the common divisor of {a} and {b} at most?",
        "Use Euclid on {a} and {b}: what is the gcd?",
    ),
)
LCM = Phrasings(
    "number_theory.lcm",
    (
        "What is the least common multiple of {a} and {b}?",
        "Find the lcm of {a} and {b}.",
        "lcm({a}, {b})",
        "What is lcm({a}, {b})?",
        "Calculate the LCM of {a} and {b}.",
        "What is the lowest common multiple of {a} and {b}?",
        "What is the smallest number that both {a} and {b} divide?",
        "Compute lcm({a}, {b}).",
        "LCM of {a} and {b}",
        "Find the smallest common multiple of {a} and {b}.",
        "What is the lcm of {a} and {b}?",
        "Give the least common multiple of {a} and {b}.",
    ),
    (
        "Which is the first number in the tables of both {a} and {b}?",
        "One bus comes every {a} minutes, another every {b}. After how many minutes do they meet again?",
        "How small can a number divisible by {a} and by {b} be?",
    ),
)
PRIME = Phrasings(
    "number_theory.prime",
    (
        "Is {n} prime?",
        "Is {n} a prime number?",
        "Is {n} a prime?",
        "Tell me if {n} is prime.",
        "Prime or not: {n}?",
        "Is the number {n} prime?",
        "Check whether {n} is prime.",
        "Does {n} have no divisors but 1 and itself?",
        "{n}: is it prime?",
        "Decide whether {n} is a prime number.",
        "Can you say if {n} is a prime?",
        "Is {n} prime, yes or no?",
    ),
    ("Would you call {n} a prime?", "I wonder whether {n} is a prime number. Is it?", "Does {n} belong to the primes?"),
)
FACTORS = Phrasings(
    "number_theory.factors",
    (
        "Factorise {n}.",
        "What is the prime factorization of {n}?",
        "Write {n} as a product of primes.",
        "Find the prime factors of {n}.",
        "Factor {n} into primes.",
        "Prime factorization of {n}",
        "Give the prime factorisation of {n}.",
        "Break {n} into prime factors.",
        "What are the prime factors of {n}?",
        "Factor {n}.",
        "Decompose {n} into primes.",
        "Express {n} as a product of prime numbers.",
    ),
    ("Which primes multiply to {n}?", "Take {n} apart into its primes.", "Show {n} as primes multiplied together."),
)
DIVISORS = Phrasings(
    "number_theory.divisors",
    (
        "List all divisors of {n}.",
        "What are the divisors of {n}?",
        "Find all factors of {n}.",
        "Which numbers divide {n}?",
        "List the factors of {n}.",
        "Give all divisors of {n}.",
        "Divisors of {n}",
        "What numbers go evenly into {n}?",
        "Name all the divisors of {n}.",
        "Write down every factor of {n}.",
        "Find the divisors of {n}.",
        "All factors of {n}?",
    ),
    (
        "By which whole numbers can {n} be divided evenly?",
        "Show me each divisor that {n} has.",
        "What divides {n} without remainder? List them.",
    ),
)
MODULO = Phrasings(
    "number_theory.modulo",
    (
        "What is {a} mod {b}?",
        "{a} mod {b}",
        "What is the remainder when {a} is divided by {b}?",
        "Find the remainder of {a} divided by {b}.",
        "Calculate {a} mod {b}.",
        "What remains when {a} is divided by {b}?",
        "Compute {a} modulo {b}.",
        "What is {a} modulo {b}?",
        "Give the remainder of {a} / {b}.",
        "What is {a} % {b}?",
        "{a} divided by {b} leaves what remainder?",
        "Find {a} mod {b}.",
    ),
    ("After taking {b} from {a} as often as possible, what is left?", "{a} in the modulus {b}?", "Which remainder does {a} leave for {b}?"),
)


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One task of a random kind; the level sets the sizes."""
    phrasings, parts, lines, answer = rng.choice((_gcd, _lcm, _prime, _factors, _divisors, _modulo))(rng, level)
    question, phrasing = phrasings.put(rng, held_out, **parts)
    return Task("number_theory", level, dress(rng, question), "\n".join(with_slip(rng, lines)), answer, phrasing)


Made = tuple[Phrasings, dict[str, object], list[str], str]


def _pair(rng: random.Random, level: int) -> tuple[int, int]:
    common, most = rng.randint(1, (6, 12, 20, 30)[level - 1]), (8, 12, 20, 30)[level - 1]
    a, b = rng.randint(1, most), rng.randint(1, most)
    return common * (a if a != b else a + 1), common * b


def _euclid(a: int, b: int) -> list[str]:
    a, b = max(a, b), min(a, b)
    lines = []
    while b:
        lines.append(f"{a} = {b} * {a // b} + {a % b}")
        a, b = b, a % b
    return [*lines, f"The gcd is {a}."]


def _gcd(rng: random.Random, level: int) -> Made:
    a, b = _pair(rng, level)
    return GCD, {"a": a, "b": b}, _euclid(a, b), str(gcd(a, b))


def _lcm(rng: random.Random, level: int) -> Made:
    a, b = _pair(rng, level)
    common = gcd(a, b)
    lines = [*_euclid(a, b), f"{a} / {common} = {a // common}", *product_lines(a // common, b)]
    return LCM, {"a": a, "b": b}, lines, str(a // common * b)


def _least_factor(n: int) -> int:
    return next((p for p in range(2, isqrt(n) + 1) if n % p == 0), n)


def _prime(rng: random.Random, level: int) -> Made:
    most = (40, 120, 250, 400)[level - 1]
    n = rng.randint(2, most)
    if rng.random() < 0.5:
        primes = [p for p in range(2, most) if _least_factor(p) == p]
        n = rng.choice(primes)
    if n < 4:
        return PRIME, {"n": n}, [f"{n} is prime."], "yes"
    lines = [f"Try primes up to {isqrt(n)}."]
    for p in (p for p in range(2, isqrt(n) + 1) if _least_factor(p) == p):
        lines.append(f"{n} = {p} * {n // p}" + (f" + {n % p}" if n % p else ""))
        if n % p == 0:
            return PRIME, {"n": n}, [*lines, f"{p} divides {n}, so it is not prime."], "no"
    return PRIME, {"n": n}, [*lines, f"None divides {n}, so it is prime."], "yes"


def _factors(rng: random.Random, level: int) -> Made:
    most = (30, 100, 300, 900)[level - 1]
    n = rng.randint(4, most)
    for _ in range(6):  # numbers with small factors make better exercises, and shorter steps
        if max(_split(n)) <= 31:
            break
        n = rng.randint(4, most)
    lines, rest = [], n
    for p in _split(n)[:-1]:
        lines.append(f"{rest} = {p} * {rest // p}")
        rest //= p
    lines.append(f"{rest} is prime.")
    parts = _split(n)
    answer = " * ".join(f"{p}^{parts.count(p)}" if parts.count(p) > 1 else str(p) for p in dict.fromkeys(parts))
    return FACTORS, {"n": n}, [*lines, f"{n} = {answer}"], answer


def _split(n: int) -> list[int]:
    parts = []
    while n > 1:
        parts.append(_least_factor(n))
        n //= parts[-1]
    return parts


def _divisors(rng: random.Random, level: int) -> Made:
    n = rng.randint(4, (24, 50, 90, 150)[level - 1])
    pairs = [(d, n // d) for d in range(1, isqrt(n) + 1) if n % d == 0]
    lines = [", ".join(f"{d} * {e} = {n}" for d, e in pairs)]
    divisors = sorted({number for pair in pairs for number in pair})
    return DIVISORS, {"n": n}, lines, ", ".join(map(str, divisors))


def _modulo(rng: random.Random, level: int) -> Made:
    b = rng.randint(2, (9, 12, 20, 40)[level - 1])
    a = rng.randint(b, (60, 200, 1500, 5000)[level - 1])
    lines = quotient_lines(a, b)
    return MODULO, {"a": a, "b": b}, [*lines, f"The remainder is {a % b}."], str(a % b)


def check(gold: str, answer: str) -> bool:
    """Numbers, yes or no, a product of primes, or a list in any order, each in its own exact way."""
    if gold in ("yes", "no"):
        return same_words(gold, answer)
    if "," in gold:
        return same_set(gold, answer)
    return either(same_form, same_factors)(gold, answer)


FAMILY = Family(
    "number_theory",
    "gcd, lcm, primes, prime factors, divisors and remainders",
    (1, 2, 3, 4),
    make,
    check,
    (GCD, LCM, PRIME, FACTORS, DIVISORS, MODULO),
)
