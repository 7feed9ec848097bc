"""Functions that order, count, compare or compress lists and texts (level 4). Read `function_numbers.py` for the form."""

import random
from collections import Counter
from itertools import groupby, pairwise

from openmimo.tasks.function_lists import LISTS, TEXTS, numbers, phrase
from openmimo.tasks.function_numbers import WORDS, Args, Wanted
from openmimo.tasks.written import difference_lines, sum_lines


def run_lengths(rng: random.Random) -> Wanted:
    s, out, pairs = rng.choice(TEXTS), rng.choice(("out", "runs", "result")), rng.random() < 0.4
    tried = "".join(rng.choice("abc") * rng.randint(1, 3) for _ in range(3))

    def text(count: int = 3) -> str:
        return "".join(rng.choice("abxyz") * rng.randint(1, 4) for _ in range(count))

    def reference(value: str) -> str | list[list[object]]:
        runs = [(letter, len(list(group))) for letter, group in groupby(value)]
        return [[letter, length] for letter, length in runs] if pairs else "".join(f"{letter}{length}" for letter, length in runs)

    body = [
        f"{out} = []",
        f"for c in {s}:",
        f"    if {out} and {out}[-1][0] == c:",
        f"        {out}[-1][1] += 1",
        "    else:",
        f"        {out}.append([c, 1])",
    ]
    return Wanted(
        f"the runs of equal letters in {s} as a list of [letter, length] lists"
        if pairs
        else f"the run-length code of {s}, where each run of equal letters becomes the letter and its length, as in 'a2b1' for 'aab'",
        ("run_lengths", "encode", "compress"),
        (s,),
        [*body, f"return {out}" if pairs else f"return ''.join(c + str(n) for c, n in {out})"],
        reference,
        "Keep a list of runs; a letter like the last one makes that run longer.",
        [("",), ("a",), ("aaaa",), ("abab",), *((text(count),) for count in (2, 4, 5))],
        (tried,),
        [f"The runs are {', '.join(''.join(group) for _, group in groupby(tried))}."],
    )


def most_common(rng: random.Random) -> Wanted:
    s, best, tried = rng.choice(TEXTS), rng.choice(("best", "top", "most")), "".join(rng.choice("abc") for _ in range(5))
    least = rng.random() < 0.3
    word, sign = ("least", "<") if least else ("most", ">")

    def reference(value: str) -> str:
        counts = Counter(value)
        wanted = min(counts.values()) if least else max(counts.values())
        return next(letter for letter in value if counts[letter] == wanted)

    counts = ", ".join(f"{letter} {count}" for letter, count in Counter(tried).items())
    return Wanted(
        f"the letter that occurs {word} often in {s}, which is not empty, and of several such letters the one that comes first",
        (f"{word}_often", "common_letter", "letter_of"),
        (s,),
        [f"{best} = {s}[0]", f"for c in {s}:", f"    if {s}.count(c) {sign} {s}.count({best}):", f"        {best} = c", f"return {best}"],
        reference,
        f"Count each letter; only a {'smaller' if least else 'larger'} count takes the place.",
        [("a",), ("ab",), ("abb",), ("aab",), *(("".join(rng.choice("abcde") for _ in range(9)),) for _ in range(3))],
        (tried,),
        [f"In {tried!r}: {counts}."],
    )


def sorted_by(rng: random.Random) -> Wanted:
    items, k = rng.choice(LISTS), rng.randint(3, 15)
    tried, words = rng.sample(range(10, 60), 4), ["kiwi", "fig", "apple", "pear", "plum", "date", "lemon", "nut", "banana"]
    what, code, key, of_words = rng.choice(
        [
            ("by their last digit, equal ones as they stood", "lambda x: x % 10", lambda x: x % 10, False),
            ("by their last digit, and equal ones by size", "lambda x: (x % 10, x)", lambda x: (x % 10, x), False),
            (f"by their distance from {k}, equal ones as they stood", f"lambda x: abs(x - {k})", lambda x: abs(x - k), False),
            ("with the even ones first, each kind by size", "lambda x: (x % 2, x)", lambda x: (x % 2, x), False),
            ("from the largest to the smallest", "lambda x: -x", lambda x: -x, False),
            ("by length, and words of one length by the alphabet", "lambda w: (len(w), w)", lambda w: (len(w), w), True),
            ("by their last letter, equal ones as they stood", "lambda w: w[-1]", lambda w: w[-1], True),
        ]
    )
    items = rng.choice(("words", "names", "parts")) if of_words else items
    inputs: list[Args] = (
        [([],), *((rng.sample(words, size),) for size in (1, 3, 4, 5, 5))]
        if of_words
        else [([],), ([31, 12, 22],), *((numbers(rng, 4, 7, 0, 60),) for _ in range(3))]
    )
    example = rng.sample(words, 3) if of_words else tried
    return Wanted(
        f"a list of {'the words' if of_words else 'the numbers'} in {items}, sorted {what}",
        ("sort_by", "ordered", "arrange"),
        (items,),
        [f"return sorted({items}, key={code})"],
        lambda values: sorted(values, key=key),
        f"sorted with a key does this: {code}.",
        inputs,
        (example,),
        [f"The keys are {', '.join(str(key(value)) for value in example)}."],
    )


def second(rng: random.Random) -> Wanted:
    items, found, large = rng.choice(LISTS), rng.choice(("found", "kinds", "order")), rng.random() < 0.6
    word, tried = ("largest", numbers(rng, 4, 5, 1, 20)) if large else ("smallest", numbers(rng, 4, 5, 1, 20))

    def reference(values: list[int]) -> int | None:
        distinct = sorted(set(values), reverse=large)
        return distinct[1] if len(distinct) > 1 else None

    return Wanted(
        f"the second {word} of the different numbers in {items}, or None if there are fewer than two",
        (f"second_{word}", "second", "runner_up"),
        (items,),
        [f"{found} = sorted(set({items}))", f"if len({found}) < 2:", "    return None", f"return {found}[{-2 if large else 1}]"],
        reference,
        "Put each number once into a sorted list.",
        [([],), ([4],), ([5, 5],), ([1, 2],), ([3, 1, 3, 2],), *((numbers(rng, 4),) for _ in range(2))],
        (tried,),
        [f"The different numbers are {', '.join(map(str, sorted(set(tried))))}."],
    )


def anagram(rng: random.Random) -> Wanted:
    a, b = rng.sample(TEXTS, 2)
    word = rng.choice(WORDS)
    mixed = "".join(rng.sample(word, len(word)))
    other = rng.choice([choice for choice in WORDS if sorted(choice) != sorted(word)])
    tried = rng.choice(((word, mixed), (word, other)))
    return Wanted(
        rng.choice(
            (
                f"True if {a} and {b} have the same letters, each as often, and False otherwise",
                f"whether {a} is an anagram of {b}, as True or False",
            )
        ),
        ("is_anagram", "same_letters", "anagram"),
        (a, b),
        [f"return sorted({a}) == sorted({b})"],
        lambda x, y: sorted(x) == sorted(y),
        "Sorted letters are the same for both.",
        [("", ""), ("ab", "ba"), ("aab", "abb"), ("a", "aa"), (word, mixed), (word, other), ("listen", "silent")],
        tried,
        [f"Sorted they are {''.join(sorted(tried[0]))} and {''.join(sorted(tried[1]))}."],
    )


def rotated(rng: random.Random) -> Wanted:
    items, k, left = rng.choice(LISTS), rng.choice(("k", "steps", "by")), rng.random() < 0.5
    tried, turn = rng.sample(range(1, 30), 4), rng.randint(5, 7)
    at = turn % 4 if left else 4 - turn % 4
    split = f"{k} % len({items})" if left else f"len({items}) - {k} % len({items})"

    def reference(values: list[int], by: int) -> list[int]:
        for _ in range(by if values else 0):
            values = [*values[1:], values[0]] if left else [values[-1], *values[:-1]]
        return values

    return Wanted(
        f"the list {items} moved {k} places to the {'left' if left else 'right'}, where what falls off comes in at the other end",
        ("rotate", "turn", "shift"),
        (items, k),
        [f"if not {items}:", "    return []", f"i = {split}", f"return {items}[i:] + {items}[:i]"],
        reference,
        f"{k} may be larger than the list, so take the remainder by its length.",
        [([], 2), ([1], 5), ([1, 2, 3], 0), ([1, 2, 3], 1), ([1, 2, 3, 4], 6), (numbers(rng, 4), rng.randint(1, 9))],
        (tried, turn),
        [f"{turn} = 4 * {turn // 4} + {turn % 4}", f"Cut at {at}: {tried[at:]} and {tried[:at]}."],
    )


def neighbours(rng: random.Random) -> Wanted:
    items, gap = rng.choice(LISTS), rng.random() < 0.5
    tried = numbers(rng, 3, 4, 1, 20)
    pairs = list(pairwise(tried))
    term = f"abs({items}[i] - {items}[i + 1])" if gap else f"{items}[i] + {items}[i + 1]"
    lines = [line for x, y in pairs for line in (difference_lines(max(x, y), min(x, y)) if gap else sum_lines(x, y))]
    return Wanted(
        f"the largest {'difference between' if gap else 'sum of'} two neighbours in {items}, or None if there are fewer than two numbers",
        ("largest_gap", "jump") if gap else ("best_pair", "top_sum"),
        (items,),
        [f"if len({items}) < 2:", "    return None", f"return max({term} for i in range(len({items}) - 1))"],
        lambda values: max((abs(x - y) if gap else x + y for x, y in pairwise(values)), default=None),
        "Look at each number with the one after it.",
        [([],), ([5],), ([2, 9],), ([-4, -6, -1],), *((numbers(rng, 4),) for _ in range(3))],
        (tried,),
        ["; ".join(lines)],
    )


def unique(rng: random.Random) -> Wanted:
    items, out, doubled = rng.choice(LISTS), rng.choice(("out", "seen", "result")), rng.random() < 0.4
    tried = [rng.randint(1, 5) for _ in range(5)]
    test = f"{items}.count(x) > 1 and x not in {out}" if doubled else f"x not in {out}"
    lists = [[rng.randint(0, 6) for _ in range(size)] for size in (5, 7, 8)]

    def reference(values: list[int]) -> list[int]:
        return [x for x, count in Counter(values).items() if count > 1 or not doubled]

    return Wanted(
        f"a list of the numbers that stand in {items} more than once, each of them once, as they first come"
        if doubled
        else rng.choice(
            (
                f"the list {items} without repetitions, in the order of first appearance",
                f"each number of {items} once, as they first come, in a list",
            )
        ),
        ("doubles", "repeated") if doubled else ("unique", "each_once", "distinct"),
        (items,),
        [f"{out} = []", f"for x in {items}:", f"    if {test}:", f"        {out}.append(x)", f"return {out}"],
        reference,
        f"Put a number into a new list if it is not there yet{' and stands in the old one twice' if doubled else ''}.",
        [([],), ([1],), ([2, 2, 2],), ([3, 1, 3, 2, 1],), *((values,) for values in lists)],
        (tried,),
        [f"The different ones are {', '.join(map(str, dict.fromkeys(tried)))}."],
    )


def shared(rng: random.Random) -> Wanted:
    a, b = rng.sample(LISTS, 2)
    how, code, plan = rng.choice(
        (
            ("in both", f"set({a}) & set({b})", "The common part of both sets, sorted."),
            ("in at least one of", f"set({a}) | set({b})", "Both sets together, sorted."),
            ("in only one of", f"set({a}) ^ set({b})", "What only one of the sets has, sorted."),
        )
    )
    v, w = sorted(rng.sample(range(1, 9), 3)), sorted(rng.sample(range(1, 9), 4))
    inputs: list[Args] = [([], []), ([1], []), ([2, 2], [2]), ([3, 1, 2], [2, 3, 4])]
    inputs += [([rng.randint(0, 8) for _ in range(5)], [rng.randint(0, 8) for _ in range(6)]) for _ in range(2)]

    def reference(x: list[int], y: list[int]) -> list[int]:
        return sorted(
            value for value in {*x, *y} if (value in x) + (value in y) in {"in both": (2,), "in only one of": (1,)}.get(how, (1, 2))
        )

    return Wanted(
        f"a sorted list, without repetitions, of the numbers that are {how} {a} and {b}",
        ("shared", "together", "compare"),
        (a, b),
        [f"return sorted({code})"],
        reference,
        plan,
        inputs,
        (v, w),
        [f"Both have {', '.join(map(str, sorted({*v} & {*w}))) or 'nothing in common'}."],
    )


def longest(rng: random.Random) -> Wanted:
    s, tried, short = rng.choice(TEXTS), phrase(rng, 3, 3), rng.random() < 0.3
    words = ["a", "go", "tree", "house", "garden", "cat", "moon", "on"]
    word = "shortest" if short else "longest"
    pick = min if short else max
    return Wanted(
        f"the {word} word of the text {s}, the first of several, or '' if there are no words",
        (f"{word}_word", f"{word}", "word_of"),
        (s,),
        [f"words = {s}.split()", "if not words:", "    return ''", f"return {'min' if short else 'max'}(words, key=len)"],
        lambda text: pick(text.split(), key=len, default=""),
        f"Split at the spaces; {'min' if short else 'max'} with key=len takes the first of equals.",
        [("",), ("a",), ("go on",), ("a tree house",), *((" ".join(rng.sample(words, 4)),) for _ in range(3))],
        (tried,),
        [f"The lengths are {', '.join(str(len(part)) for part in tried.split())}."],
    )


LIST_ALGORITHMS = (run_lengths, most_common, sorted_by, second, anagram, rotated, neighbours, unique, shared, longest)
