"""Functions of lists and texts to be written (level 3). Read `function_numbers.py` for the form, `function_algorithms.py` and `function_orders.py` for level 4."""

import random
from collections.abc import Callable

from openmimo.tasks.function_numbers import TOTALS, WORDS, Args, Wanted, added
from openmimo.tasks.written import difference_lines, product_lines, sum_lines

LISTS = ("items", "numbers", "values", "nums", "xs", "data", "scores", "prices")
TEXTS = ("s", "text", "word", "line", "name", "phrase")
ITEMS = ("x", "v", "item", "e")
LETTERS = ("c", "ch", "letter")


def numbers(rng: random.Random, least: int = 0, most: int = 7, low: int = -9, high: int = 30) -> list[int]:
    """A short list of whole numbers."""
    return [rng.randint(low, high) for _ in range(rng.randint(least, most))]


def phrase(rng: random.Random, least: int = 2, most: int = 4) -> str:
    """A few words with single spaces between them."""
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(least, most)))


def _lists(rng: random.Random, *more: list[int]) -> list[Args]:
    return [([],), *((items,) for items in more), *((numbers(rng, 3),) for _ in range(3))]


def _condition(rng: random.Random, x: str) -> tuple[str, str, Callable[[int], bool]]:
    """What an item must be, in words, as code and as a function."""
    k, d = rng.randint(2, 15), rng.randint(2, 5)
    return rng.choice(
        [
            (f"greater than {k}", f"{x} > {k}", lambda v: v > k),
            (f"less than {k}", f"{x} < {k}", lambda v: v < k),
            ("even", f"{x} % 2 == 0", lambda v: v % 2 == 0),
            ("odd", f"{x} % 2 == 1", lambda v: v % 2 == 1),
            (f"divisible by {d}", f"{x} % {d} == 0", lambda v: v % d == 0),
            (f"at least {k}", f"{x} >= {k}", lambda v: v >= k),
        ]
    )


def sum_if(rng: random.Random) -> Wanted:
    items, x, total = rng.choice(LISTS), rng.choice(ITEMS), rng.choice(TOTALS)
    is_word, test, holds = _condition(rng, x)
    tried = numbers(rng, 3, 5, 1, 20)
    kept = [v for v in tried if holds(v)]
    loop = [f"{total} = 0", f"for {x} in {items}:", f"    if {test}:", f"        {total} += {x}", f"return {total}"]
    return Wanted(
        rng.choice((f"the sum of those numbers in the list {items} that are {is_word}", f"the sum of all {items} that are {is_word}")),
        ("sum_some", "add_if", "partial_sum"),
        (items,),
        loop if rng.random() < 0.6 else [f"return sum({x} for {x} in {items} if {test})"],
        lambda values: sum(v for v in values if holds(v)),
        f"Add up only what is {is_word}; an empty list gives 0.",
        _lists(rng, [1, 2, 3, 4, 5, 6], [30, 45, 16]),
        (tried,),
        [f"Of {tried}, {kept} fit.", added(kept)],
    )


def count_if(rng: random.Random) -> Wanted:
    items, x, count = rng.choice(LISTS), rng.choice(ITEMS), rng.choice(("count", "found", "hits"))
    is_word, test, holds = _condition(rng, x)
    tried = numbers(rng, 3, 6, 1, 25)
    loop = [f"{count} = 0", f"for {x} in {items}:", f"    if {test}:", f"        {count} += 1", f"return {count}"]
    return Wanted(
        rng.choice((f"how many numbers in the list {items} are {is_word}", f"the number of {items} that are {is_word}")),
        ("count_some", "how_many", "count_if"),
        (items,),
        loop if rng.random() < 0.6 else [f"return len([{x} for {x} in {items} if {test}])"],
        lambda values: sum(1 for v in values if holds(v)),
        f"Count one for each that is {is_word}.",
        _lists(rng, [1, 2, 3, 4, 5, 6], [30, 45, 16]),
        (tried,),
        [f"Of {tried}, {[v for v in tried if holds(v)]} fit."],
    )


def keep_if(rng: random.Random) -> Wanted:
    items, x = rng.choice(LISTS), rng.choice(ITEMS)
    is_word, test, holds = _condition(rng, x)
    tried, drop = numbers(rng, 3, 6, 1, 25), rng.random() < 0.3
    shown = f"not ({test})" if drop else test
    return Wanted(
        f"a new list without those {items} that are {is_word}"
        if drop
        else f"a list of those {items} that are {is_word}, in the same order",
        ("keep", "select", "pick") if not drop else ("drop", "without", "remove"),
        (items,),
        [f"return [{x} for {x} in {items} if {shown}]"],
        lambda values: [v for v in values if holds(v) is not drop],
        f"Go through {items} and {'leave out' if drop else 'keep'} what is {is_word}.",
        _lists(rng, [1, 2, 3, 4, 5, 6], [30, 45, 16]),
        (tried,),
        [f"Of {tried}, {[v for v in tried if holds(v)]} are {is_word}."],
    )


def change_all(rng: random.Random) -> Wanted:
    items, x, k, c = rng.choice(LISTS), rng.choice(ITEMS), rng.randint(2, 9), rng.randint(1, 12)
    tried = numbers(rng, 2, 4, 1, 9)
    what, code, do, step = rng.choice(
        [
            (f"{k} times each number", f"{x} * {k}", lambda v: v * k, lambda v: product_lines(v, k)),
            (f"each number plus {c}", f"{x} + {c}", lambda v: v + c, lambda v: sum_lines(v, c)),
            ("the square of each number", f"{x} * {x}", lambda v: v * v, lambda v: product_lines(v, v)),
            (f"each number minus {c}", f"{x} - {c}", lambda v: v - c, lambda v: difference_lines(v, c)),
        ]
    )
    return Wanted(
        f"a list with {what} of the list {items}" if "of" in what or "times" in what else f"a list with {what}, for a list {items}",
        ("change_all", "mapped", "transform"),
        (items,),
        [f"return [{code} for {x} in {items}]"],
        lambda values: [do(v) for v in values],
        "Make a new list, one item after the other.",
        _lists(rng, [0], [-3, 3]),
        (tried,),
        ["; ".join(line for v in tried for line in step(v))],
    )


def spread(rng: random.Random) -> Wanted:
    items, tried = rng.choice(LISTS), numbers(rng, 3, 5, 1, 60)
    return Wanted(
        rng.choice(
            (
                f"the largest minus the smallest of {items}, and 0 for an empty list",
                f"the difference between the largest and the smallest number in {items}, or 0 if there are none",
            )
        ),
        ("spread", "span", "width"),
        (items,),
        [f"if not {items}:", "    return 0", f"return max({items}) - min({items})"],
        lambda values: max(values) - min(values) if values else 0,
        "An empty list has no largest number, so ask for it first.",
        _lists(rng, [7], [5, 5], [-3, 8, 1]),
        (tried,),
        difference_lines(max(tried), min(tried)),
    )


def sliced(rng: random.Random) -> Wanted:
    items, k, tried = rng.choice(LISTS), rng.randint(2, 3), numbers(rng, 4, 6, 1, 30)
    what, code, do = rng.choice(
        [
            (
                f"every {'second' if k == 2 else 'third'} item of the list {items}, beginning with the first",
                f"{items}[::{k}]",
                lambda v: v[::k],
            ),
            (f"the list {items} without its first {k} items", f"{items}[{k}:]", lambda v: v[k:]),
            (f"the list {items} without its last {k} items", f"{items}[:-{k}]", lambda v: v[:-k]),
            (f"the last {k} items of the list {items}", f"{items}[-{k}:]", lambda v: v[-k:]),
            (f"the list {items} in reverse order without its first item", f"{items}[:0:-1]", lambda v: v[:0:-1]),
        ]
    )
    return Wanted(
        what,
        ("part", "cut", "take"),
        (items,),
        [f"return {code}"],
        do,
        f"A slice does this: {code}.",
        _lists(rng, [4], [1, 2, 3], [1, 2, 3, 4, 5, 6, 7]),
        (tried,),
        [],
    )


def count_letters(rng: random.Random) -> Wanted:
    s, c, count = rng.choice(TEXTS), rng.choice(LETTERS), rng.choice(("count", "found", "hits"))
    letters, called = rng.choice([("aeiou", "vowels"), (rng.choice("aeotn"), ""), (rng.choice(("ae", "io", "st", "tn")), "")])
    called = called or (f"letters {letters!r}" if len(letters) == 1 else f"letters that are {letters[0]!r} or {letters[1]!r}")
    tried = phrase(rng, 1, 2)
    return Wanted(
        rng.choice((f"how many {called} there are in the text {s}", f"the number of {called} in {s}")),
        ("count_letters", "how_many", "count_in"),
        (s,),
        [f"{count} = 0", f"for {c} in {s}:", f"    if {c} in {letters!r}:", f"        {count} += 1", f"return {count}"],
        lambda text: sum(1 for letter in text if letter in letters),
        "Go through the text letter by letter.",
        [("",), (letters * 2,), ("xyz",), *((phrase(rng),) for _ in range(3))],
        (tried,),
        [f"In {tried!r} these count: {', '.join(letter for letter in tried if letter in letters) or 'none'}."],
    )


def remove_letters(rng: random.Random) -> Wanted:
    s, c = rng.choice(TEXTS), rng.choice(LETTERS)
    letters, called = rng.choice([("aeiou", "vowels"), (" ", "spaces"), (x := rng.choice("aeotn"), f"letters {x!r}")])
    tried = phrase(rng, 2, 2)
    return Wanted(
        rng.choice((f"the text {s} without its {called}", f"{s} with all {called} taken out")),
        ("without", "strip_out", "remove"),
        (s,),
        [f"return ''.join({c} for {c} in {s} if {c} not in {letters!r})"],
        lambda text: "".join(letter for letter in text if letter not in letters),
        "Keep the other letters and join them.",
        [("",), (letters * 3,), ("xyz",), *((phrase(rng),) for _ in range(3))],
        (tried,),
        [],
    )


def palindrome(rng: random.Random) -> Wanted:
    s, word, spaces = rng.choice(TEXTS), rng.choice(WORDS), rng.random() < 0.4
    tried, bare = rng.choice((word + word[::-1], word)), rng.choice(TOTALS)
    more = ("never odd or even" if spaces else "level", word + word[1::-1], word)
    return Wanted(
        f"True if {s} reads the same backwards{', spaces left aside' if spaces else ''}, and False otherwise",
        ("is_palindrome", "same_backwards", "mirrored"),
        (s,),
        [f"{bare} = {s}.replace(' ', '')", f"return {bare} == {bare}[::-1]"] if spaces else [f"return {s} == {s}[::-1]"],
        lambda text: (t := text.replace(" ", "") if spaces else text) == t[::-1],
        f"{'Take the spaces out, then compare' if spaces else 'Compare'} with the reverse.",
        [("",), ("a",), ("ab",), *((text,) for text in more)],
        (tried,),
        [f"The reverse of {tried!r} is {tried[::-1]!r}."],
    )


def of_words(rng: random.Random) -> Wanted:
    s, w, k, tried = rng.choice(TEXTS), rng.choice(("w", "part", "piece")), rng.randint(2, 4), phrase(rng, 2, 3)
    what, code, do, plan = rng.choice(
        [
            (
                f"the first letters of the words of {s}, joined",
                f"''.join({w}[0] for {w} in {s}.split())",
                lambda t: "".join(p[0] for p in t.split()),
                "Take letter 0 of each word.",
            ),
            (
                f"the words of {s} in reverse order, with single spaces",
                f"' '.join({s}.split()[::-1])",
                lambda t: " ".join(t.split()[::-1]),
                "Split, reverse, join again.",
            ),
            (
                f"how many words of {s} have more than {k} letters",
                f"len([{w} for {w} in {s}.split() if len({w}) > {k}])",
                lambda t: len([p for p in t.split() if len(p) > k]),
                "Split at the spaces and look at the lengths.",
            ),
            (
                f"the words of {s} joined by '-'",
                f"'-'.join({s}.split())",
                lambda t: "-".join(t.split()),
                "Split at the spaces, join with '-'.",
            ),
            (
                f"a list with the length of each word of {s}",
                f"[len({w}) for {w} in {s}.split()]",
                lambda t: [len(p) for p in t.split()],
                "Split at the spaces, then count letters.",
            ),
            (
                f"the text {s} with each word turned round, in the same order",
                f"' '.join({w}[::-1] for {w} in {s}.split())",
                lambda t: " ".join(p[::-1] for p in t.split()),
                "Split, turn each word, join again.",
            ),
        ]
    )
    inputs: list[Args] = [("",), ("a",), ("i see a table",), *((phrase(rng),) for _ in range(3))]
    return Wanted(
        what, ("of_words", "in_words", "by_word"), (s,), [f"return {code}"], do, plan, inputs, (tried,), [f"The words are {tried.split()}."]
    )


def running(rng: random.Random) -> Wanted:
    items, x, total, out = rng.choice(LISTS), rng.choice(ITEMS), "total", rng.choice(("out", "sums", "result"))
    product, tried = rng.random() < 0.3, numbers(rng, 3, 4, 1, 6)
    sign, start, partial, lines = ("*" if product else "+"), int(product), [tried[0]], []
    for v in tried[1:]:
        lines += product_lines(partial[-1], v) if product else sum_lines(partial[-1], v)
        partial.append(partial[-1] * v if product else partial[-1] + v)

    def reference(values: list[int]) -> list[int]:
        so_far, given = start, []
        for value in values:
            so_far = so_far * value if product else so_far + value
            given.append(so_far)
        return given

    return Wanted(
        f"the list of running {'products' if product else 'totals'} of {items}: each item is the {'product' if product else 'sum'} of all numbers up to there",
        ("running", "so_far", "accumulate"),
        (items,),
        [
            f"{total} = {start}",
            f"{out} = []",
            f"for {x} in {items}:",
            f"    {total} {sign}= {x}",
            f"    {out}.append({total})",
            f"return {out}",
        ],
        reference,
        f"Keep one {total} and note it after each number.",
        [([],), ([5],), ([2, 0, 3],), *((numbers(rng, 3, 5, -3, 9),) for _ in range(3))],
        (tried,),
        [f"First {tried[0]}.", "; ".join(lines)],
    )


def paired(rng: random.Random) -> Wanted:
    (a, b), total = rng.sample(LISTS, 2), rng.choice(TOTALS)
    v, w = [rng.randint(1, 6) for _ in range(2)], [rng.randint(1, 6) for _ in range(2)]
    dot = rng.random() < 0.5
    inputs: list[Args] = [([], []), ([2], [3])]
    for size in (2, 3, 4):
        inputs.append(([rng.randint(-5, 9) for _ in range(size)], [rng.randint(-5, 9) for _ in range(size)]))
    if dot:
        return Wanted(
            f"the sum of the products of {a} and {b}, item by item; both lists are equally long",
            ("dot", "sum_products", "inner"),
            (a, b),
            [f"{total} = 0", f"for i in range(len({a})):", f"    {total} += {a}[i] * {b}[i]", f"return {total}"],
            lambda x, y: sum(p * q for p, q in zip(x, y, strict=True)),
            "Multiply items at the same place and add up.",
            inputs,
            (v, w),
            [*product_lines(v[0], w[0]), *product_lines(v[1], w[1]), *sum_lines(v[0] * w[0], v[1] * w[1])],
        )
    return Wanted(
        f"a list of the sums of {a} and {b}, item by item; both lists are equally long",
        ("add_lists", "sums", "pair_sums"),
        (a, b),
        [f"return [x + y for x, y in zip({a}, {b})]"],
        lambda x, y: [p + q for p, q in zip(x, y, strict=True)],
        "Add items at the same place.",
        inputs,
        (v, w),
        ["; ".join([*sum_lines(v[0], w[0]), *sum_lines(v[1], w[1])])],
    )


def place_of(rng: random.Random) -> Wanted:
    items, x, none = rng.choice(LISTS), rng.choice(("wanted", "target", "goal")), rng.choice((-1, -1, None))
    tried = rng.sample(range(1, 30), 4)
    at, last = rng.randrange(4), rng.random() < 0.3
    span = f"range(len({items}) - 1, -1, -1)" if last else f"range(len({items}))"
    inputs: list[Args] = [([], 3), ([3], 3), ([1, 2, 1], 1), ([4, 5, 6], 7)]
    for _ in range(2):
        values = numbers(rng, 3)
        inputs.append((values, rng.choice(values)))

    def reference(values: list[int], value: int) -> int | None:
        places = [place for place, item in enumerate(values) if item == value]
        return places[-1 if last else 0] if places else none

    return Wanted(
        f"the index of the {'last' if last else 'first'} {x} in {items}, or {none} if it is not there",
        ("place_of", "find", "where"),
        (items, x),
        [f"for i in {span}:", f"    if {items}[i] == {x}:", "        return i", f"return {none}"],
        reference,
        f"Go through the places {'from the end' if last else 'in order'}; the first hit counts.",
        inputs,
        (tried, tried[at]),
        [f"{tried[at]} stands at index {at}."],
    )


LISTS_AND_TEXTS = (
    sum_if,
    count_if,
    keep_if,
    change_all,
    spread,
    sliced,
    count_letters,
    remove_letters,
    palindrome,
    of_words,
    running,
    paired,
    place_of,
)
