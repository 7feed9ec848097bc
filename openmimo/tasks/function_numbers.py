"""Functions of whole numbers to be written: expressions (level 1), conditions and loops (level 2).

Each kind gives the words, the code, and the same function once more as a plain closure, from
which tests are computed; the text of the code is never run here. Read `functions.py` for what
is made of them, `function_lists.py` for level 3.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from openmimo.tasks.written import difference_lines, product_lines, quotient_lines, sum_lines

Args = tuple[Any, ...]
PARAMETERS = ("n", "x", "a", "b", "k", "m", "num", "number", "value", "size", "amount", "p", "q", "t", "c")
TOTALS = ("total", "result", "acc", "out", "answer")
WORDS = ("cat", "dog", "sun", "tea", "red", "map", "hat", "box", "ice", "pen", "owl", "fox")


@dataclass(frozen=True)
class Wanted:
    """A function to be written.

    `what` ends the sentence "write a function that returns ..."; `names` would suit it.
    `body` holds the lines under the `def`. `reference` does the same in this process.
    `inputs` are the arguments of tests, `tried` those of the example that `worked` works
    by hand, after the `plan`.
    """

    what: str
    names: tuple[str, ...]
    parameters: tuple[str, ...]
    body: list[str]
    reference: Callable[..., Any]
    plan: str
    inputs: list[Args]
    tried: Args
    worked: list[str]


def added(numbers: list[int], start: int = 0) -> str:
    """Small numbers added up one after the other, in one line; a single one needs no sum."""
    total, steps = start, list[str]()
    for number in numbers:
        if total or steps:
            steps.append(f"{total} + {number} = {total + number}")
        total += number
    return "; ".join(steps) or f"The sum is {total}."


def _signed(number: int) -> str:
    return f"({number})" if number < 0 else str(number)


def _whole(rng: random.Random, *more: int, low: int = -30, high: int = 60) -> list[Args]:
    """Arguments for a function of one whole number: those given, and three of any kind."""
    return [(number,) for number in (*more, *(rng.randint(low, high) for _ in range(3)))]


def _pairs(rng: random.Random, *more: tuple[int, int], low: int = -20, high: int = 40) -> list[Args]:
    return [*more, *((rng.randint(low, high), rng.randint(low, high)) for _ in range(3))]


# Level 1: one expression.


def linear(rng: random.Random) -> Wanted:
    n, a, b, plus = rng.choice(PARAMETERS), rng.randint(2, 12), rng.randint(1, 30), rng.random() < 0.6
    sign, word, v = "+" if plus else "-", "plus" if plus else "minus", rng.randint(3, 9)
    what = rng.choice((f"{n} times {a}, {word} {b}", f"{a} times {n} {word} {b}", f"{a} * {n} {sign} {b}"))
    return Wanted(
        what,
        ("scale", "line", "shifted"),
        (n,),
        [f"return {rng.choice((f'{a} * {n}', f'{n} * {a}'))} {sign} {b}"],
        (lambda x: a * x + b) if plus else (lambda x: a * x - b),
        f"Multiply {n} by {a}, then {'add' if plus else 'take away'} {b}.",
        _whole(rng, 0, 1, -2),
        (v,),
        [*product_lines(a, v), *(sum_lines(a * v, b) if plus else difference_lines(a * v, b))],
    )


def power(rng: random.Random) -> Wanted:
    n, c, cube, v = rng.choice(PARAMETERS), rng.randint(1, 20), rng.random() < 0.3, rng.randint(2, 6)
    word, exponent = ("cube", 3) if cube else ("square", 2)
    return Wanted(
        rng.choice((f"the {word} of {n}, plus {c}", f"{c} more than the {word} of {n}", f"the {word} of {n} increased by {c}")),
        (f"{word}_plus", f"more_than_{word}"),
        (n,),
        [f"return {rng.choice((' * '.join([n] * exponent), f'{n} ** {exponent}'))} + {c}"],
        lambda x: x**exponent + c,
        f"Multiply {n} by itself{', and once more' if cube else ''}, then add {c}.",
        _whole(rng, 0, 1, -3, high=20),
        (v,),
        [*product_lines(v, v), *(product_lines(v * v, v) if cube else []), *sum_lines(v**exponent, c)],
    )


def weighted(rng: random.Random) -> Wanted:
    (a, b), p, q = rng.sample(PARAMETERS, 2), rng.randint(2, 9), rng.randint(2, 9)
    v, w = rng.randint(2, 9), rng.randint(2, 9)
    return Wanted(
        rng.choice((f"{p} times {a} plus {q} times {b}", f"the sum of {p} * {a} and {q} * {b}")),
        ("weighted", "mix", "combine"),
        (a, b),
        [f"return {p} * {a} + {q} * {b}"],
        lambda x, y: p * x + q * y,
        f"Add {p} times {a} and {q} times {b}.",
        _pairs(rng, (0, 0), (1, 0), (0, 1)),
        (v, w),
        [*product_lines(p, v), *product_lines(q, w), *sum_lines(p * v, q * w)],
    )


def units(rng: random.Random) -> Wanted:
    big, small, per = rng.choice(
        [("hours", "minutes", 60), ("minutes", "seconds", 60), ("weeks", "days", 7), ("days", "hours", 24), ("years", "months", 12)]
    )
    v, w = rng.randint(2, 9), rng.randint(1, 9)
    return Wanted(
        rng.choice((f"the number of {small} in all", f"how many {small} that is altogether")),
        (f"to_{small}", f"all_{small}"),
        (big, small),
        [f"return {big} * {per} + {small}"],
        lambda x, y: x * per + y,
        f"Each of the {big} has {per} {small}.",
        _pairs(rng, (0, 0), (1, 0), (0, 5), low=1),
        (v, w),
        [*product_lines(v, per), *sum_lines(v * per, w)],
    )


def division(rng: random.Random) -> Wanted:
    n, k, rest = rng.choice(PARAMETERS), rng.randint(2, 12), rng.random() < 0.5
    v = k * rng.randint(2, 9) + rng.randint(1, k - 1)
    what = (
        (f"the remainder when {n} is divided by {k}", f"what is left over when {n} is divided by {k}")
        if rest
        else (f"how many whole times {k} goes into {n}", f"{n} divided by {k}, rounded down")
    )
    return Wanted(
        rng.choice(what),
        ("remainder", "rest") if rest else ("whole_times", "fits"),
        (n,),
        [f"return {n} {'%' if rest else '//'} {k}"],
        (lambda x: x % k) if rest else (lambda x: x // k),
        f"That is {n} {'%' if rest else '//'} {k}.",
        _whole(rng, 0, k, k - 1, low=1, high=200),
        (v,),
        quotient_lines(v, k),
    )


def divisible(rng: random.Random) -> Wanted:
    n, k = rng.choice(PARAMETERS), rng.randint(2, 12)
    v = k * rng.randint(3, 9) + rng.choice((0, 1))
    return Wanted(
        rng.choice((f"True if {n} is divisible by {k}, and False otherwise", f"whether {n} is a multiple of {k}, as True or False")),
        ("divisible", "is_multiple", "check"),
        (n,),
        [f"return {n} % {k} == 0"],
        lambda x: x % k == 0,
        f"The remainder of {n} by {k} must be 0.",
        _whole(rng, 0, k, k + 1, k * rng.randint(2, 20), low=1, high=200),
        (v,),
        [f"{v} = {k} * {v // k} + {v % k}"],
    )


def apart(rng: random.Random) -> Wanted:
    (a, b), v, w = rng.sample(PARAMETERS, 2), rng.randint(2, 15), rng.randint(20, 40)
    return Wanted(
        rng.choice((f"the distance between {a} and {b}, which is never negative", f"how far apart the numbers {a} and {b} are")),
        ("distance", "apart", "gap"),
        (a, b),
        [f"return abs({a} - {b})"],
        lambda x, y: abs(x - y),
        "Take the difference without its sign.",
        _pairs(rng, (0, 0), (3, 8), (8, 3), (-4, 5)),
        (v, w),
        difference_lines(v, w),
    )


def of_two(rng: random.Random) -> Wanted:
    (a, b), c, large = rng.sample(PARAMETERS, 2), rng.randint(2, 9), rng.random() < 0.5
    v, w = rng.randint(2, 15), rng.randint(16, 30)
    name, word, pick = ("max", rng.choice(("larger", "bigger")), max) if large else ("min", "smaller", min)
    return Wanted(
        rng.choice((f"the {word} of {a} and {b}, plus {c}", f"{c} more than the {word} of {a} and {b}")),
        (f"{word}_plus", "pick", "choose"),
        (a, b),
        [f"return {name}({a}, {b}) + {c}"],
        lambda x, y: pick(x, y) + c,
        f"Find the {word} one and add {c}.",
        _pairs(rng, (0, 0), (2, 9), (9, 2), (-5, -7)),
        (v, w),
        [f"The {word} is {pick(v, w)}.", *sum_lines(pick(v, w), c)],
    )


def text(rng: random.Random) -> Wanted:
    s, k, word = rng.choice(("s", "text", "word", "name")), rng.randint(2, 4), rng.choice(WORDS)
    v = rng.choice([other for other in WORDS if other != word])
    what, code, do, plan = rng.choice(
        [
            (f"{s} repeated {k} times", f"{s} * {k}", lambda x: x * k, f"A text times {k} is repeated {k} times."),
            (f"{s} followed by {word!r}", f"{s} + {word!r}", lambda x: x + word, f"Put {word!r} after {s}."),
            (f"{word!r} followed by {s}", f"{word!r} + {s}", lambda x: word + x, f"Put {word!r} before {s}."),
            (f"{k} times the length of {s}", f"{k} * len({s})", lambda x: k * len(x), f"Count its letters and multiply by {k}."),
            (f"the first {k} letters of {s}", f"{s}[:{k}]", lambda x: x[:k], f"Cut it after {k} letters."),
            (f"{s} backwards, and then {word!r}", f"{s}[::-1] + {word!r}", lambda x: x[::-1] + word, f"Turn it round, then add {word!r}."),
        ]
    )
    inputs: list[Args] = [("",), ("a",), *((other,) for other in rng.sample(WORDS, 2)), (word + v,)]
    return Wanted(what, ("change", "make_text", "build"), (s,), [f"return {code}"], do, plan, inputs, (v,), [])


# Level 2: conditions and loops.


def by_parity(rng: random.Random) -> Wanted:
    n, k, c, v = rng.choice(PARAMETERS), rng.randint(2, 6), rng.randint(1, 20), rng.randint(4, 20)
    return Wanted(
        rng.choice((f"{k} times {n} if {n} is even, and {n} plus {c} if it is odd", f"{n} * {k} for even {n} and {n} + {c} for odd {n}")),
        ("by_parity", "even_or_odd", "step"),
        (n,),
        [f"if {n} % 2 == 0:", f"    return {n} * {k}", f"return {n} + {c}"],
        lambda x: x * k if x % 2 == 0 else x + c,
        f"Even numbers leave no remainder by 2; for the others, add {c}.",
        _whole(rng, 0, 1, 2, -3),
        (v,),
        [f"{v} is {'odd' if v % 2 else 'even'}.", *(sum_lines(v, c) if v % 2 else product_lines(v, k))],
    )


def sized(rng: random.Random) -> Wanted:
    n, low, v = rng.choice(PARAMETERS), rng.randint(5, 30), rng.randint(1, 60)
    high = low + rng.randint(5, 30)
    first, second, third = rng.choice((("low", "middle", "high"), ("small", "medium", "large"), ("cold", "mild", "hot")))

    def reference(x: int) -> str:
        return first if x < low else second if x < high else third

    return Wanted(
        f"{first!r} if {n} is less than {low}, {second!r} if it is less than {high}, and {third!r} otherwise",
        ("label", "grade", "size_of"),
        (n,),
        [f"if {n} < {low}:", f"    return {first!r}", f"if {n} < {high}:", f"    return {second!r}", f"return {third!r}"],
        reference,
        "Ask for the smaller bound first.",
        [(low - 1,), (low,), (high - 1,), (high,), (rng.randint(-9, 0),), (rng.randint(high + 1, 200),)],
        (v,),
        [f"{v} is {'less' if v < bound else 'not less'} than {bound}." for bound in ([low] if v < low else [low, high])],
    )


def clamped(rng: random.Random) -> Wanted:
    n, low = rng.choice(PARAMETERS), rng.randint(-9, 20)
    high, v = low + rng.randint(5, 40), rng.randint(-20, 80)
    which = f"{v} is less than {low}." if v < low else f"{v} is more than {high}." if v > high else f"{v} lies between {low} and {high}."
    return Wanted(
        rng.choice((f"{n}, but never less than {low} and never more than {high}", f"{n} kept between {low} and {high}")),
        ("clamp", "limit", "keep_within"),
        (n,),
        [f"if {n} < {low}:", f"    return {low}", f"if {n} > {high}:", f"    return {high}", f"return {n}"],
        lambda x: min(max(x, low), high),
        "Outside the bounds the bound itself is returned.",
        [(low - 1,), (low,), (high,), (high + rng.randint(1, 50),), (rng.randint(low, high),)],
        (v,),
        [which],
    )


def sum_up_to(rng: random.Random) -> Wanted:
    n, k, v = rng.choice(PARAMETERS), rng.randint(2, 5), rng.randint(4, 6)
    total, i = rng.choice(TOTALS), rng.choice("ij")
    kinds: list[tuple[str, str, str, Callable[[int], bool], Callable[[int], int]]] = [
        (f"the whole numbers from 1 to {n}", "", i, lambda x: True, lambda x: x),
        (f"the squares of the numbers from 1 to {n}", "", f"{i} * {i}", lambda x: True, lambda x: x * x),
        (f"the multiples of {k} from 1 to {n}", f"{i} % {k} == 0", i, lambda x: x % k == 0, lambda x: x),
        (f"the odd numbers from 1 to {n}", f"{i} % 2 == 1", i, lambda x: x % 2 == 1, lambda x: x),
        (f"{k} times each number from 1 to {n}", "", f"{k} * {i}", lambda x: True, lambda x: k * x),
    ]
    of, test, term, keep, value = rng.choice(kinds)
    v = v * k if test.endswith("== 0") else v
    step = [f"    {total} += {term}"] if not test else [f"    if {test}:", f"        {total} += {term}"]
    return Wanted(
        f"the sum of {of}",
        ("sum_up", "add_all", "sum_to"),
        (n,),
        [f"{total} = 0", f"for {i} in range(1, {n} + 1):", *step, f"return {total}"],
        lambda x: sum(value(y) for y in range(1, x + 1) if keep(y)),
        f"Go from 1 to {n} and add up {'what fits' if test else 'every term'}; the range must end at {n} + 1.",
        _whole(rng, 0, 1, k, 10, low=11, high=60),
        (v,),
        [added([value(y) for y in range(1, v + 1) if keep(y)])],
    )


def count_between(rng: random.Random) -> Wanted:
    (a, b), k = rng.sample(PARAMETERS, 2), rng.randint(2, 9)
    count, i, low = rng.choice(("count", "found", "hits")), rng.choice("ij"), rng.randint(1, 9)
    high = low + rng.randint(k, 3 * k)
    hits = [x for x in range(low, high + 1) if x % k == 0]
    return Wanted(
        rng.choice(
            (
                f"how many whole numbers from {a} to {b}, both included, are divisible by {k}",
                f"the number of multiples of {k} from {a} to {b} inclusive",
            )
        ),
        ("count_multiples", "how_many", "multiples"),
        (a, b),
        [f"{count} = 0", f"for {i} in range({a}, {b} + 1):", f"    if {i} % {k} == 0:", f"        {count} += 1", f"return {count}"],
        lambda x, y: sum(1 for z in range(x, y + 1) if z % k == 0),
        f"Go from {a} to {b} and count what leaves no remainder by {k}.",
        [(1, k), (k, k), (1, k - 1), (5, 4), (rng.randint(0, 9), rng.randint(20, 80)), (rng.randint(-20, -1), rng.randint(1, 20))],
        (low, high),
        [f"Divisible are {', '.join(map(str, hits))}."],
    )


def product_up_to(rng: random.Random) -> Wanted:
    n, result, i, odd, v = rng.choice(PARAMETERS), rng.choice(TOTALS), rng.choice("ij"), rng.random() < 0.4, rng.randint(3, 5)
    v = v if not odd else rng.choice((5, 6, 7))
    start = 1 if odd else 2
    factors = list(range(1, v + 1, 2) if odd else range(1, v + 1))
    lines, product = [], factors[0]
    for factor in factors[1:]:
        lines += product_lines(product, factor)
        product *= factor

    def reference(x: int) -> int:
        result = 1
        for y in range(1, x + 1, 2 if odd else 1):
            result *= y
        return result

    return Wanted(
        f"the product of {'the odd numbers' if odd else 'all whole numbers'} from 1 to {n}, which is 1 if {n} is 0",
        ("product_to", "multiply_all", "factorial") if not odd else ("odd_product", "product_to"),
        (n,),
        [f"{result} = 1", f"for {i} in range({start}, {n} + 1{', 2' if odd else ''}):", f"    {result} *= {i}", f"return {result}"],
        reference,
        f"Start with 1 and multiply by each number up to {n}.",
        [(0,), (1,), (2,), (3,), (rng.randint(5, 9),), (rng.randint(10, 15),)],
        (v,),
        ["; ".join(lines)],
    )


def halvings(rng: random.Random) -> Wanted:
    n, k, count = rng.choice(PARAMETERS), rng.randint(2, 4), rng.choice(("count", "steps", "times"))
    v = rng.randint(k * k, k**4)
    chain, rest = [], v
    while rest >= k:
        chain.append(f"{rest} // {k} is {rest // k}")
        rest //= k

    def reference(x: int) -> int:
        return 0 if x < k else 1 + reference(x // k)

    return Wanted(
        rng.choice(
            (
                f"how often {n} can be divided by {k}, rounding down, until it is less than {k}",
                f"how many times {n} must be divided by {k}, rounded down each time, to fall below {k}",
            )
        ),
        ("divisions", "how_often", "shrink"),
        (n,),
        [f"{count} = 0", f"while {n} >= {k}:", f"    {n} //= {k}", f"    {count} += 1", f"return {count}"],
        reference,
        f"Divide as long as {n} is at least {k}, and count.",
        [(1,), (k - 1,), (k,), (k * k - 1,), (k * k,), (rng.randint(50, 500),), (rng.randint(1000, 9999),)],
        (v,),
        ["; ".join(chain) + "."],
    )


def priced(rng: random.Random) -> Wanted:
    n, most, full = rng.choice(PARAMETERS), rng.randint(3, 12), rng.randint(5, 15)
    less, v = rng.randint(2, full - 1), most + rng.randint(1, 9)
    thing = rng.choice(("tickets", "books", "boxes", "lessons", "rides"))
    return Wanted(
        f"the price of {n} {thing} if the first {most} cost {full} each and all further ones {less} each",
        ("price", "cost", "to_pay"),
        (n,),
        [f"if {n} <= {most}:", f"    return {n} * {full}", f"return {most} * {full} + ({n} - {most}) * {less}"],
        lambda x: min(x, most) * full + max(x - most, 0) * less,
        f"Up to {most} it is {full} each; beyond that only what is over costs {less}.",
        [(0,), (1,), (most,), (most + 1,), (rng.randint(most + 2, 60),), (rng.randint(61, 200),)],
        (v,),
        [
            *product_lines(most, full),
            *difference_lines(v, most),
            *product_lines(v - most, less),
            *sum_lines(most * full, (v - most) * less),
        ],
    )


def divisor_words(rng: random.Random) -> Wanted:
    n, (a, b) = rng.choice(PARAMETERS), rng.choice(((2, 3), (3, 5), (2, 5), (3, 4), (4, 5), (2, 7), (3, 7)))
    first, second, none = rng.choice(
        (("fizz", "buzz", "none"), ("ping", "pong", "miss"), ("tick", "tock", "quiet"), ("red", "blue", "grey"))
    )
    v = rng.choice((a * b, a * b * 2, a * (b + 1), b * (a + 2), a * b + 1))

    def reference(x: int) -> str:
        return (first * (x % a == 0) + second * (x % b == 0)) or none

    return Wanted(
        f"{first!r} if {n} is divisible by {a}, {second!r} if by {b}, {first + second!r} if by both, and {none!r} if by neither",
        ("words", "say", "call_out"),
        (n,),
        [
            f"if {n} % {a} == 0 and {n} % {b} == 0:",
            f"    return {first + second!r}",
            f"if {n} % {a} == 0:",
            f"    return {first!r}",
            f"if {n} % {b} == 0:",
            f"    return {second!r}",
            f"return {none!r}",
        ],
        reference,
        "The case of both must come first.",
        [(a * b,), (a,), (b,), (1,), (rng.randint(1, 100),), (rng.randint(1, 100),)],
        (v,),
        [f"{v} = {a} * {v // a} + {v % a}", f"{v} = {b} * {v // b} + {v % b}"],
    )


def of_three(rng: random.Random) -> Wanted:
    (a, b, c), large = rng.sample(PARAMETERS, 3), rng.random() < 0.5
    word, sign, pick = ("largest", ">", max) if large else ("smallest", "<", min)
    result = rng.choice(TOTALS)
    v = tuple(rng.sample(range(1, 40), 3))
    return Wanted(
        rng.choice((f"the {word} of {a}, {b} and {c}", f"whichever of {a}, {b} and {c} is the {word}")),
        (word, f"{word}_of_three", "pick"),
        (a, b, c),
        [
            f"{result} = {a}",
            f"if {b} {sign} {result}:",
            f"    {result} = {b}",
            f"if {c} {sign} {result}:",
            f"    {result} = {c}",
            f"return {result}",
        ],
        lambda x, y, z: pick(x, y, z),
        f"Keep the {word} so far and compare the others with it.",
        [(1, 2, 3), (3, 2, 1), (2, 3, 1), (2, 1, 3), (5, 5, 5), (-4, -9, -2), tuple(rng.randint(-50, 50) for _ in range(3))],
        v,
        [f"Start with {v[0]}; after {v[1]} it is {pick(v[:2])}; after {v[2]} it is {pick(v)}."],
    )


EXPRESSIONS = (linear, power, weighted, units, division, divisible, apart, of_two, text)
CONDITIONS_AND_LOOPS = (by_parity, sized, clamped, sum_up_to, count_between, product_up_to, halvings, priced, divisor_words, of_three)
