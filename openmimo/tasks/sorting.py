"""Sorting by hand: bubble, selection and insertion sort part of the way, swaps counted, two lists merged, binary search.

The numbers of a list are all different, so that no step depends on how a tie is broken;
the questions say what one pass is, where books differ. Read `sorting_wording.py` for how
they are put. Knows no other family.
"""

import random

from openmimo.tasks.answers import same_list, same_number
from openmimo.tasks.correction import with_slip
from openmimo.tasks.sorting_wording import BUBBLE, INSERTION, MERGE, PLAIN, PROBES, SELECTION, SWAPS
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress
from openmimo.tasks.written import sum_lines

LARGEST = (0, 20, 50, 99)  # number in a list, by level
Made = tuple[Phrasings, dict[str, object], list[str], str]


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One task of a kind of the level."""
    maker = rng.choice(
        {
            1: (_plain, _bubble, _merge),
            2: (_bubble, _selection, _insertion, _merge, _swaps, _probes),
            3: (_bubble, _selection, _insertion, _merge, _swaps, _probes),
        }[level]
    )
    phrasings, parts, lines, answer = maker(rng, level)
    question, phrasing = phrasings.put(rng, held_out, **parts)
    return Task("sorting", level, dress(rng, question), "\n".join(with_slip(rng, lines)), answer, phrasing)


def _shown(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))


def _unsorted(rng: random.Random, level: int, size: int) -> list[int]:
    """Different numbers that are not in order yet."""
    while True:
        numbers = rng.sample(range(1, LARGEST[level] + 1), size)
        if numbers != sorted(numbers):
            return numbers


def _times(count: int, word: str) -> str:
    return f"{count} {word}" + ("es" if word.endswith("s") else "s") * (count > 1)


def _plain(rng: random.Random, level: int) -> Made:
    """The whole list, always taking the smallest (or the largest) of what is left."""
    left = _unsorted(rng, level, rng.randint(4, 5))
    falling = rng.random() < 0.3
    result = sorted(left, reverse=falling)
    parts: dict[str, object] = {"s": _shown(left), "o": "from largest to smallest" if falling else "from smallest to largest"}
    lines = []
    for number in result:
        lines.append(f"{_shown(left)}: take {number}")
        left = [other for other in left if other != number]
    return PLAIN, parts, [*lines, _shown(result)], _shown(result)


def _bubble(rng: random.Random, level: int) -> Made:
    """Passes in which the larger of two neighbours goes on, and the smaller stays behind."""
    numbers = _unsorted(rng, level, rng.randint(3, 4) if level == 1 else rng.randint(4, 5))
    passes = level if level < 3 else rng.randint(2, 3)
    parts: dict[str, object] = {"s": _shown(numbers), "k": _times(passes, "pass")}
    lines = []
    for number in range(1, passes + 1):
        lines += _pass(numbers)
        lines.append(f"After pass {number}: {_shown(numbers)}")
    return BUBBLE, parts, lines, _shown(numbers)


def _pass(numbers: list[int]) -> list[str]:
    """One pass of bubble sort over the list, in place; gives its comparisons."""
    lines = []
    for place in range(len(numbers) - 1):
        first, second = numbers[place : place + 2]
        lines.append(f"{first} > {second}: swap" if first > second else f"{first} < {second}: keep")
        numbers[place : place + 2] = sorted((first, second))
    return lines


def _selection(rng: random.Random, level: int) -> Made:
    numbers = _unsorted(rng, level, rng.randint(4, 5) if level == 2 else rng.randint(6, 7))
    rounds = rng.randint(2, level + 1)
    parts: dict[str, object] = {"s": _shown(numbers), "k": _times(rounds, "step")}
    lines = []
    for place in range(rounds):
        first, least = numbers[place], min(numbers[place:])
        where = numbers.index(least)
        numbers[place], numbers[where] = least, first
        done = f"swap {first} and {least}" if where != place else "it is in place"
        lines += [f"Smallest left is {least}, {done}.", _shown(numbers)]
    return SELECTION, parts, lines, lines[-1]


def _insertion(rng: random.Random, level: int) -> Made:
    numbers = _unsorted(rng, level, rng.randint(4, 5) if level == 2 else rng.randint(6, 7))
    first = rng.randint(3, len(numbers) - 1)
    parts: dict[str, object] = {"s": _shown(numbers), "k": first}
    lines = []
    for place in range(1, first):
        number = numbers[place]
        larger = [other for other in numbers[:place] if other > number]
        numbers[: place + 1] = sorted(numbers[: place + 1])
        lines += [f"Insert {number}, " + (f"before {larger[0]}." if larger else "it stays."), _shown(numbers)]
    return INSERTION, parts, lines, lines[-1]


def _swaps(rng: random.Random, level: int) -> Made:
    """Each swap of neighbours puts one pair in order, so the pairs out of order are counted."""
    numbers = _unsorted(rng, level, rng.randint(3, 4) if level == 2 else rng.randint(5, 6))
    lines, total = ["Each swap puts one pair in order. Count the smaller numbers behind each."], 0
    for place, number in enumerate(numbers):
        smaller = [other for other in numbers[place + 1 :] if other < number]
        lines.append(f"{number}: {f'{_shown(smaller)} make' if smaller else 'none,'} {len(smaller)}")
        lines += sum_lines(total, len(smaller)) if smaller else []
        total += len(smaller)
    return SWAPS, {"s": _shown(numbers)}, [*lines, str(total)], str(total)


def _merge(rng: random.Random, level: int) -> Made:
    """The smaller of the two first numbers is taken until one list is empty."""
    size = level + 1
    numbers = rng.sample(range(1, LARGEST[level] + 1), 2 * size + rng.randint(0, 1))
    first, second = sorted(numbers[:size]), sorted(numbers[size:])
    parts: dict[str, object] = {"a": _shown(first), "b": _shown(second)}
    lines, merged = [], []
    while first and second:
        one, other = first[0], second[0]
        merged.append((first if one < other else second).pop(0))
        lines.append(f"{one} or {other}: {merged[-1]}")
    lines.append(f"The rest: {_shown(first + second)}")
    merged += first + second
    return MERGE, parts, [*lines, _shown(merged)], _shown(merged)


def _probes(rng: random.Random, level: int) -> Made:
    """Binary search for a number of the list; of two middle numbers the left one is looked at."""
    numbers = sorted(rng.sample(range(1, LARGEST[level] + 1), rng.randint(5, 7) if level == 2 else rng.randint(8, 13)))
    wanted, left, looked, lines = rng.choice(numbers), numbers, list[int](), list[str]()
    while not looked or looked[-1] != wanted:
        middle = left[(len(left) - 1) // 2]
        looked.append(middle)
        if middle == wanted:
            lines.append(f"Of {_shown(left)} the middle is {middle}: found.")
        elif wanted < middle:
            lines.append(f"Of {_shown(left)} the middle is {middle}, {wanted} < {middle}: go left.")
            left = left[: left.index(middle)]
        else:
            lines.append(f"Of {_shown(left)} the middle is {middle}, {wanted} > {middle}: go right.")
            left = left[left.index(middle) + 1 :]
    return PROBES, {"s": _shown(numbers), "x": wanted}, [*lines, _shown(looked)], _shown(looked)


def check(gold: str, answer: str) -> bool:
    """The same numbers in the same order, or the same count."""
    return same_list(gold, answer) or same_number(gold, answer)


FAMILY = Family(
    "sorting",
    "steps of bubble, selection and insertion sort, swaps, merging and binary search",
    (1, 2, 3),
    make,
    check,
    (PLAIN, BUBBLE, SELECTION, INSERTION, SWAPS, MERGE, PROBES),
)
