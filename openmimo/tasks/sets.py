"""Small sets of numbers: union, intersection, difference, Venn counting with two sets, and how many subsets there are.

Elements are gone through one by one, in the order in which they are written; a set has no
order, so none is asked for. Whether one is in the other set is found by walking along that set. Knows no other family. Read `task.py` for the form.
"""

import random

from openmimo.tasks.answers import same_number, same_set
from openmimo.tasks.correction import with_slip
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress
from openmimo.tasks.written import difference_lines, sum_lines

UNION = Phrasings(
    "sets.union",
    (
        "What is the union of {a} and {b}?",
        "Find the union of {a} and {b}.",
        "A = {a}, B = {b}. What is A ∪ B?",
        "Which numbers are in {a} or in {b}, or in both?",
        "Give {a} ∪ {b}.",
        "Unite the sets {a} and {b}.",
        "Let A = {a} and B = {b}. Find the union of A and B.",
        "What is {a} union {b}?",
        "List the elements of the union of {a} and {b}.",
        "Form the union of the sets {a} and {b}.",
        "If A is {a} and B is {b}, what is A ∪ B?",
        "Write down every number that is in at least one of {a} and {b}.",
    ),
    (
        "Put {a} and {b} together into one set. What is in it?",
        "Someone pours {a} and {b} into one bag and removes doubles. Which numbers are left?",
        "{a} joined with {b}, as one set?",
    ),
)
INTERSECTION = Phrasings(
    "sets.intersection",
    (
        "What is the intersection of {a} and {b}?",
        "Find the intersection of {a} and {b}.",
        "A = {a}, B = {b}. What is A ∩ B?",
        "Which numbers are in both {a} and {b}?",
        "Give {a} ∩ {b}.",
        "What do the sets {a} and {b} have in common?",
        "Let A = {a} and B = {b}. Find the intersection of A and B.",
        "Which elements do {a} and {b} share?",
        "List the elements of the intersection of {a} and {b}.",
        "Form the intersection of the sets {a} and {b}.",
        "If A is {a} and B is {b}, what is A ∩ B?",
        "Write down every number that {a} and {b} both contain.",
    ),
    (
        "Where do {a} and {b} overlap?",
        "Keep of {a} only what also occurs in {b}. What stays?",
        "I compare {a} with {b}. Which numbers turn up twice?",
    ),
)
DIFFERENCE = Phrasings(
    "sets.difference",
    (
        "Which elements of {a} are not in {b}?",
        "What is the set difference {a} minus {b}?",
        "A = {a}, B = {b}. What is A \\ B?",
        "Which numbers are in {a} but not in {b}?",
        "Give {a} \\ {b}.",
        "Remove the elements of {b} from {a}. What is left?",
        "Let A = {a} and B = {b}. Find the set difference A \\ B.",
        "Take away from {a} all that is in {b}.",
        "List the elements of {a} that {b} does not have.",
        "Form the set difference {a} \\ {b}.",
        "If A is {a} and B is {b}, which elements are in A only?",
        "Write down every number of {a} that is missing in {b}.",
    ),
    (
        "Cross out in {a} whatever occurs in {b}. Which numbers survive?",
        "What does {a} have that {b} lacks?",
        "{a} without the members of {b}?",
    ),
)
THREE = Phrasings(
    "sets.three",
    (
        "A = {a}, B = {b}, C = {c}. What is {e}?",
        "Let A = {a}, B = {b} and C = {c}. Find {e}.",
        "Find {e} for A = {a}, B = {b}, C = {c}.",
        "What is {e} if A = {a}, B = {b} and C = {c}?",
        "Given A = {a}, B = {b}, C = {c}, what is {e}?",
        "The sets are A = {a}, B = {b}, C = {c}. Give {e}.",
        "Work out {e} with A = {a}, B = {b} and C = {c}.",
        "Determine {e}: A = {a}, B = {b}, C = {c}",
        "If A is {a}, B is {b} and C is {c}, what is {e}?",
        "List the elements of {e}, where A = {a}, B = {b} and C = {c}.",
    ),
    (
        "Three sets: A is {a}, B is {b}, C is {c}. Which numbers are in {e}?",
        "What remains of A = {a}, B = {b}, C = {c} when I form {e}?",
        "Write out {e}. Here A is {a}, B is {b} and C is {c}.",
    ),
)
EITHER = Phrasings(
    "sets.either",
    (
        "{a} {g} {x}, {b} {y}, and {c} of these do both. How many do at least one of the two?",
        "In a group {a} {g} {x}, {b} {y} and {c} do both. How many {g} do one of these or both?",
        "{a} {g} {x} and {b} {y}. {c} {g} do both. How many {g} do at least one of these?",
        "Of some {g}, {a} {x}, {b} {y} and {c} do both. How many {x} or {y} or do both?",
        "How many {g} {x} or {y} or do both, if {a} {x}, {b} {y} and {c} do both?",
        "{c} {g} {x} and also {y}. In all, {a} {x} and {b} {y}. How many do at least one?",
        "Among the {g}, {a} {x} and {b} {y}; {c} do both. How many different {g} are that?",
        "A list has {a} {g} who {x}, and another has {b} {g} who {y}. {c} are on both lists. How many {g} are on the lists?",
        "{a} {g} {x}. {b} {g} {y}. {c} {g} do both. Count the {g} who do at least one.",
        "If {a} {g} {x}, {b} {y} and {c} do both, how many do at least one of the two?",
    ),
    (
        "We counted {a} {g} who {x} and {b} who {y}, but {c} were counted twice. How many {g} is that really?",
        "Everyone here does something: {a} {x}, {b} {y}, {c} of them both. How many {g} are here?",
        "Draw two circles, {a} {g} who {x} and {b} who {y}, with {c} in the overlap. How many {g} are inside?",
    ),
)
OVERLAP = Phrasings(
    "sets.overlap",
    (
        "Of {n} {g}, {a} {x}, {b} {y} and {c} do neither. How many do both?",
        "There are {n} {g}. {a} {x}, {b} {y}, {c} do neither of the two. How many do both?",
        "In a group of {n} {g}, {a} {x}, {b} {y} and {c} do neither. How many do both?",
        "{n} {g} were asked. {a} {x}, {b} {y} and {c} do neither. How many do both?",
        "Out of {n} {g}, {a} {x} and {b} {y}, while {c} do neither. Find how many do both.",
        "How many of {n} {g} do both, if {a} {x}, {b} {y} and {c} do neither?",
        "{a} of {n} {g} {x}, {b} {y}, and {c} do neither. How many do both things?",
        "Among {n} {g}, {c} neither {x} nor {y}. {a} {x} and {b} {y}. How many do both?",
        "A survey of {n} {g}: {a} {x}, {b} {y}, {c} do neither. How many do both?",
        "We know {n} {g}: {a} {x}, {b} {y}, and {c} do neither one nor the other. How many do both?",
    ),
    (
        "{n} {g} are in the room. {c} do nothing of it, {a} {x} and {b} {y}. How many must be doing the two at once?",
        "Two circles in a box of {n} {g}: {a} {x}, {b} {y}, and {c} lie outside. How big is the overlap?",
        "Leave out the {c} of {n} {g} who do none of it. {a} {x}, {b} {y}. Who is counted twice, how many?",
    ),
)
SUBSETS = Phrasings(
    "sets.subsets",
    (
        "How many subsets does {a} have?",
        "How many subsets does the set {a} have?",
        "Count the subsets of {a}.",
        "Find the number of subsets of {a}.",
        "What is the number of all subsets of {a}?",
        "A = {a}. How many subsets does A have?",
        "How many sets are subsets of {a}?",
        "Number of subsets of {a}?",
        "How many elements does the power set of {a} have?",
        "Give the number of subsets of the set {a}.",
        "What is the size of the power set of {a}?",
        "How many different subsets can be formed from {a}?",
    ),
    (
        "In how many ways can I choose some, all or none of the numbers in {a}?",
        "Each number of {a} may stay or go. How many sets can result?",
        "Somebody writes down every subset of {a}. How many are written?",
    ),
)
GROUPS = ("children", "students", "guests", "neighbours", "people", "pupils", "players", "visitors")
DOINGS = (
    ("play football", "play tennis"),
    ("drink tea", "drink coffee"),
    ("have a dog", "have a cat"),
    ("speak French", "speak Spanish"),
    ("like apples", "like pears"),
    ("ride a bike", "take the bus"),
    ("sing", "dance"),
    ("swim", "run"),
    ("read books", "watch films"),
    ("cook", "bake"),
    ("play chess", "play cards"),
    ("paint", "play the piano"),
)

WANTED = {"∩": "yes", "\\": "no"}  # which elements of the one set stay: those in the other, or those that are not

Made = tuple[Phrasings, dict[str, object], list[str], str]


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One task of a kind of the level."""
    maker = rng.choice(
        {
            1: (_union, _intersection, _difference, _subsets),
            2: (_union, _intersection, _difference, _either, _subsets),
            3: (_three, _three, _either, _overlap, _subsets),
        }[level]
    )
    phrasings, parts, lines, answer = maker(rng, level)
    question, phrasing = phrasings.put(rng, held_out, **parts)
    return Task("sets", level, dress(rng, question), "\n".join(with_slip(rng, lines)), answer, phrasing)


def _written(numbers: list[int]) -> str:
    return "{" + ", ".join(map(str, numbers)) + "}"


def _two(rng: random.Random, level: int) -> tuple[list[int], list[int]]:
    """Two sets that share some numbers and not all; sizes and numbers grow with the level."""
    most, least, size = {1: (9, 2, 4), 2: (40, 4, 6), 3: (20, 3, 5)}[level]
    numbers = rng.sample(range(1, most + 1), 2 * size)
    one, other = rng.randint(least, size), rng.randint(least, size)
    shared = rng.randint(1, min(one, other) - 1)
    first, second = numbers[:one], numbers[one - shared : one - shared + other]
    rng.shuffle(first)
    rng.shuffle(second)
    return (sorted(first), sorted(second)) if rng.random() < 0.6 else (first, second)


def _spaced(numbers: list[int]) -> str:
    return " ".join(map(str, numbers))


def _sought(item: int, other: list[int]) -> str:
    """Whether an item is in a set, found by telling the set up to where the item stands in it."""
    found = item in other
    return f"{item}: {_spaced(other[: other.index(item) + 1] if found else other)} {'yes' if found else 'no'}"


def _join(first: list[int], second: list[int]) -> tuple[list[str], list[int]]:
    """The union of two sets, begun with all of the first, which was just told, and its steps."""
    union = [*first, *(number for number in second if number not in first)]
    return [f"{_sought(number, first)}{'' if number in first else ', new'}" for number in second], union


def _keep(first: list[int], second: list[int], inside: bool) -> tuple[list[str], list[int]]:
    """The elements of a set that are (`inside`) or are not in the second, and the steps: after each that is kept, all kept so far."""
    lines, kept = [], list[int]()
    for number in first:
        if stays := (number in second) == inside:
            kept.append(number)
        lines.append(_sought(number, second) + (f", keep {_spaced(kept)}" if stays else ""))
    return lines, kept


def _union(rng: random.Random, level: int) -> Made:
    return _pair(rng, level, UNION, "∪")


def _intersection(rng: random.Random, level: int) -> Made:
    return _pair(rng, level, INTERSECTION, "∩")


def _difference(rng: random.Random, level: int) -> Made:
    return _pair(rng, level, DIFFERENCE, "\\")


def _pair(rng: random.Random, level: int, phrasings: Phrasings, sign: str) -> Made:
    first, second = _two(rng, level)
    lines, result = _operate(sign, first, second)
    told = f"First: {_spaced(first)}" if sign == "∪" else f"Second: {_spaced(second)}"
    wanted = [] if sign == "∪" else [f"Keep {WANTED[sign]}"]
    answer = _written(result)
    return phrasings, {"a": _written(first), "b": _written(second)}, [told, *wanted, *lines, answer], answer


def _three(rng: random.Random, level: int) -> Made:
    """An operation on the result of another one; drawn again until no result is empty."""
    while True:
        first, second = _two(rng, level)
        third = rng.sample(range(1, 21), rng.randint(3, 5))
        inner, outer = rng.choice("∪∩\\"), rng.choice("∪∩\\")
        lines, middle = _operate(inner, first, second)
        more, result = _operate(outer, middle, third)
        if middle and result:
            break
    parts: dict[str, object] = {"a": _written(first), "b": _written(second), "c": _written(third), "e": f"(A {inner} B) {outer} C"}
    begin = [f"A: {_spaced(first)}"] if inner == "∪" else [f"B: {_spaced(second)}", f"A {inner} B: keep {WANTED[inner]}"]
    then = [] if outer == "∪" else [f"C: {_spaced(third)}", f"{outer} C: keep {WANTED[outer]}"]
    lines = [*begin, *lines, f"This: {_spaced(middle)}", *then, *more, _written(result)]
    return THREE, parts, lines, _written(result)


def _operate(sign: str, first: list[int], second: list[int]) -> tuple[list[str], list[int]]:
    return _join(first, second) if sign == "∪" else _keep(first, second, inside=sign == "∩")


def _counts(rng: random.Random, level: int) -> tuple[int, int, int, dict[str, object]]:
    """How many do the one, the other, and both; and the words of the question that name them."""
    most = 20 if level == 2 else 90
    both = rng.randint(2, most // 2)
    one, other = both + rng.randint(1, most), both + rng.randint(1, most)
    doings = rng.choice(DOINGS)
    return one, other, both, {"a": one, "b": other, "c": both, "g": rng.choice(GROUPS), "x": doings[0], "y": doings[1]}


def _either(rng: random.Random, level: int) -> Made:
    one, other, both, parts = _counts(rng, level)
    lines = [f"{_told(parts)}; both {both}", *sum_lines(one, other), *difference_lines(one + other, both)]
    return EITHER, parts, lines, str(one + other - both)


def _told(parts: dict[str, object]) -> str:
    """How many do the one and how many the other, each number after its name; those who do both are in both numbers."""
    return f"{parts['x']} {parts['a']}; {parts['y']} {parts['b']}"


def _overlap(rng: random.Random, level: int) -> Made:
    one, other, both, parts = _counts(rng, level)
    some, none = one + other - both, rng.randint(1, 60)
    lines = [f"all {some + none}; neither {none}", *difference_lines(some + none, none), _told(parts)]
    lines += [*sum_lines(one, other), *difference_lines(one + other, some)]
    return OVERLAP, {**parts, "n": some + none, "c": none}, lines, str(both)


def _subsets(rng: random.Random, level: int) -> Made:
    size = rng.randint(*((2, 3), (3, 5), (5, 8))[level - 1])
    numbers = sorted(rng.sample(range(1, 10 * level), size))
    lines, count = ["none: 1"], 1
    for number in numbers:
        *columns, doubled = sum_lines(count, count)
        lines += [f"With {number}", *columns, doubled] if columns else [f"With {number}: {doubled}"]
        count *= 2
    return SUBSETS, {"a": _written(numbers)}, lines, str(count)


def check(gold: str, answer: str) -> bool:
    """The same set in any order, with or without braces, or the same count."""
    return same_set(gold, answer) if gold.startswith("{") else same_number(gold, answer)


FAMILY = Family(
    "sets",
    "union, intersection and difference of small sets, Venn counting and subsets",
    (1, 2, 3),
    make,
    check,
    (UNION, INTERSECTION, DIFFERENCE, THREE, EITHER, OVERLAP, SUBSETS),
)
