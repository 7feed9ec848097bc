"""Functions of numbers that take an algorithm of two steps or more (level 4). Read `function_numbers.py` for the form."""

import random
from math import gcd, isqrt

from openmimo.tasks.function_numbers import PARAMETERS, TOTALS, Wanted, added
from openmimo.tasks.written import product_lines, sum_lines


def _is_prime(n: int) -> bool:
    return n > 1 and all(n % d for d in range(2, isqrt(n) + 1))


def common_divisor(rng: random.Random) -> Wanted:
    (a, b), multiple = rng.sample(PARAMETERS, 2), rng.random() < 0.4
    common = rng.randint(2, 9)
    v, w = common * rng.randint(5, 9), common * rng.randint(2, 4)
    lines, x, y = [], v, w
    while y:
        lines.append(f"{x} = {y} * {x // y} + {x % y}")
        x, y = y, x % y
    lines.append(f"The gcd is {x}.")
    if multiple:
        lines += [f"{v} / {x} = {v // x}", *product_lines(v // x, w)]
    p, q = ("x", "y") if not {"x", "y"} & {a, b} else ("u", "v")
    euclid = [f"{p}, {q} = {a}, {b}", f"while {q}:", f"    {p}, {q} = {q}, {p} % {q}"]
    return Wanted(
        f"the least common multiple of {a} and {b}"
        if multiple
        else rng.choice((f"the greatest common divisor of {a} and {b}", f"the largest number that divides both {a} and {b}")),
        ("common_multiple", "lcm") if multiple else ("common_divisor", "gcd", "largest_divisor"),
        (a, b),
        [*euclid, f"return {a} // {p} * {b}" if multiple else f"return {p}"],
        (lambda m, n: m // gcd(m, n) * n) if multiple else gcd,
        f"Euclid: replace the pair by the second and the remainder until that is 0{'; then divide and multiply' if multiple else ''}.",
        [(1, 1), (7, 7), (4, 6), (5, 9), *((c * rng.randint(1, 20), c * rng.randint(1, 20)) for c in (2, 6, 15))],
        (v, w),
        lines,
    )


def prime(rng: random.Random) -> Wanted:
    n, d = rng.choice(PARAMETERS), rng.choice("dij")
    v = rng.choice([x for x in range(11, 60) if x % 2])
    lines = []
    for divisor in range(2, isqrt(v) + 1):
        lines.append(f"{v} = {divisor} * {v // divisor} + {v % divisor}")
        if v % divisor == 0:
            break
    return Wanted(
        rng.choice((f"True if {n} is a prime number and False if not", f"whether {n} is prime, as True or False")),
        ("is_prime", "prime", "check_prime"),
        (n,),
        [
            f"if {n} < 2:",
            "    return False",
            f"for {d} in range(2, int({n} ** 0.5) + 1):",
            f"    if {n} % {d} == 0:",
            "        return False",
            "return True",
        ],
        _is_prime,
        "Numbers under 2 are not prime; try divisors up to the root.",
        [(0,), (1,), (2,), (4,), (9,), (rng.choice((13, 17, 29, 97, 101)),), (rng.randint(30, 400),), (rng.choice((49, 121, 169)),)],
        (v,),
        ["; ".join(lines)],
    )


def primes_under(rng: random.Random) -> Wanted:
    n, how = rng.choice(PARAMETERS), rng.choice(("list", "count", "sum"))
    v, found = rng.randint(8, 16), rng.choice(("primes", "found"))
    primes = [x for x in range(v + 1) if _is_prime(x)]
    ending = {"list": found, "count": f"len({found})", "sum": f"sum({found})"}[how]
    what = {
        "list": f"the list of all primes up to {n}",
        "count": f"how many primes there are up to {n}",
        "sum": f"the sum of all primes up to {n}",
    }[how]

    def reference(x: int) -> list[int] | int:
        primes = [y for y in range(x + 1) if _is_prime(y)]
        return primes if how == "list" else len(primes) if how == "count" else sum(primes)

    return Wanted(
        f"{what}, {n} included",
        (f"prime_{how}", "primes_to", "up_to"),
        (n,),
        [
            f"{found} = []",
            f"for i in range(2, {n} + 1):",
            f"    if all(i % d for d in {found}):",
            f"        {found}.append(i)",
            f"return {ending}",
        ],
        reference,
        "A number is prime if no smaller prime divides it.",
        [(0,), (1,), (2,), (3,), (10,), (rng.randint(20, 60),), (rng.choice((11, 23, 47)),)],
        (v,),
        [f"Primes are {', '.join(map(str, primes))}.", *([added(primes)] if how == "sum" else [])],
    )


def digits(rng: random.Random) -> Wanted:
    n, total, product = rng.choice(PARAMETERS), rng.choice(TOTALS), rng.random() < 0.3
    v = rng.randint(102, 9876)
    shown, lines, so_far = [int(digit) for digit in reversed(str(v))], [], 0
    so_far = shown[0]
    for digit in shown[1:]:
        lines += product_lines(so_far, digit) if product else sum_lines(so_far, digit)
        so_far = so_far * digit if product else so_far + digit

    def reference(x: int) -> int:
        result = int(product)
        for digit in str(x):
            result = result * int(digit) if product else result + int(digit)
        return result

    start, sign = (1, "*") if product else (0, "+")
    low = 1 if product else 0
    return Wanted(
        f"the {'product' if product else 'sum'} of the decimal digits of {n}, a whole number of at least {low}",
        ("digit_product", "times_digits") if product else ("digit_sum", "cross_sum", "add_digits"),
        (n,),
        [f"{total} = {start}", f"while {n} > 0:", f"    {total} {sign}= {n} % 10", f"    {n} //= 10", f"return {total}"],
        reference,
        f"{n} % 10 is the last digit; {n} // 10 drops it.",
        [(low,), (9,), (10,), (rng.randint(11, 99),), (rng.randint(100, 999),), (rng.randint(10**6, 10**9),)],
        (v,),
        [f"The digits from the end are {', '.join(map(str, shown))}.", "; ".join(lines)],
    )


def in_base(rng: random.Random) -> Wanted:
    n, base, out = rng.choice(PARAMETERS), rng.choice((2, 2, 3, 5, 8)), rng.choice(("out", "shown", "result"))
    v, rest, lines = rng.randint(5, 30), 0, []
    rest = v
    while rest:
        lines.append(f"{rest} = {base} * {rest // base} + {rest % base}")
        rest //= base

    def reference(x: int) -> str:
        return str(x) if x < base else reference(x // base) + str(x % base)

    return Wanted(
        f"the whole number {n} of at least 0 written in base {base}, as a string"
        if base > 2 or rng.random() < 0.5
        else f"the binary digits of the whole number {n} as a string, '0' for 0",
        ("to_base", "in_base", "digits_of") if base > 2 else ("to_binary", "binary"),
        (n,),
        [
            f"if {n} == 0:",
            "    return '0'",
            f"{out} = ''",
            f"while {n} > 0:",
            f"    {out} = str({n} % {base}) + {out}",
            f"    {n} //= {base}",
            f"return {out}",
        ],
        reference,
        f"Divide by {base} again and again; the remainders are the digits from the end.",
        [(0,), (1,), (base,), (base * base - 1,), (rng.randint(10, 99),), (rng.randint(100, 5000),)],
        (v,),
        ["; ".join(lines)],
    )


def recurrence(rng: random.Random) -> Wanted:
    n, (x, y) = rng.choice(PARAMETERS), rng.choice((("u", "w"), ("first", "then"), ("last", "new")))
    start, follow, k, v = rng.randint(0, 4), rng.randint(1, 5), rng.choice((1, 1, 2, 3)), rng.randint(3, 4)
    terms, lines = [start, follow], []
    for _ in range(v - 1):
        lines += [*(product_lines(k, terms[-2]) if k > 1 else []), *sum_lines(terms[-1], k * terms[-2])]
        terms.append(terms[-1] + k * terms[-2])

    def reference(place: int) -> int:
        a, b = start, follow
        for _ in range(place):
            a, b = b, b + k * a
        return a

    older = f"{k} times the one before it" if k > 1 else "the one before it"
    return Wanted(
        f"term {n} of the sequence whose term 0 is {start}, whose term 1 is {follow}, and where each further one is the last term plus {older}",
        ("term", "sequence", "nth"),
        (n,),
        [
            f"{x}, {y} = {start}, {follow}",
            f"for _ in range({n}):",
            f"    {x}, {y} = {y}, {y} + {f'{k} * ' if k > 1 else ''}{x}",
            f"return {x}",
        ],
        reference,
        "Keep two terms and move on by one, so many times.",
        [(0,), (1,), (2,), (3,), (rng.randint(5, 9),), (rng.randint(10, 25),)],
        (v,),
        ["; ".join(lines)],
    )


def collatz(rng: random.Random) -> Wanted:
    n, count, highest = rng.choice(PARAMETERS), rng.choice(("steps", "count")), rng.random() < 0.3
    v, chain = rng.choice((3, 5, 6, 10, 12, 13)), []
    x = v
    while x != 1:
        x = x // 2 if x % 2 == 0 else 3 * x + 1
        chain.append(x)

    def reference(start: int) -> int:
        seen = [start]
        while seen[-1] != 1:
            seen.append(seen[-1] // 2 if seen[-1] % 2 == 0 else 3 * seen[-1] + 1)
        return max(seen) if highest else len(seen) - 1

    note = [f"    {count} = max({count}, {n})"] if highest else [f"    {count} += 1"]
    return Wanted(
        f"{'the highest number met' if highest else 'how many steps it takes'} from {n} to 1, where an even number is halved and an odd one becomes 3 times itself plus 1",
        ("collatz", "way_to_one", "steps_to_one"),
        (n,),
        [
            f"{count} = {n if highest else 0}",
            f"while {n} != 1:",
            f"    {n} = {n} // 2 if {n} % 2 == 0 else 3 * {n} + 1",
            *note,
            f"return {count}",
        ],
        reference,
        f"Go on until 1 is reached and keep the {'highest' if highest else 'count'}.",
        [(1,), (2,), (3,), (7,), (rng.randint(8, 40),), (rng.choice((27, 31, 41)),)],
        (v,),
        [f"From {v}: {', '.join(map(str, chain))}."],
    )


def divisors(rng: random.Random) -> Wanted:
    n, proper, v = rng.choice(PARAMETERS), rng.random() < 0.5, rng.choice((6, 8, 10, 12, 14, 15, 18, 20, 28))
    how = rng.choice(("list", "sum", "count"))
    found = [d for d in range(1, v + (not proper)) if v % d == 0]
    of = f"divisors of {n}, {n} itself {'not ' if proper else ''}included"
    what = {"list": f"the list of the {of}, in order", "sum": f"the sum of the {of}", "count": f"the number of {of}"}[how]
    listed = f"[d for d in range(1, {n}{'' if proper else ' + 1'}) if {n} % d == 0]"

    def reference(x: int) -> list[int] | int:
        divisors = [d for d in range(1, x + (not proper)) if x % d == 0]
        return divisors if how == "list" else sum(divisors) if how == "sum" else len(divisors)

    return Wanted(
        what,
        (f"divisor_{how}", "divisors", "of_divisors"),
        (n,),
        [f"return {listed}"] if how == "list" else [f"found = {listed}", f"return {'sum' if how == 'sum' else 'len'}(found)"],
        reference,
        f"Try every d {'below' if proper else 'up to'} {n}.",
        [(1,), (2,), (7,), (16,), (28,), (rng.randint(20, 60),), (rng.randint(61, 300),)],
        (v,),
        [f"Divisors are {', '.join(map(str, found))}.", *([added(found)] if how == "sum" else [])],
    )


NUMBER_ALGORITHMS = (common_divisor, prime, primes_under, digits, in_base, recurrence, collatz, divisors)
