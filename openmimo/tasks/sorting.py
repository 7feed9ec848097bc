"""Sorting by hand: bubble, selection and insertion sort part of the way, swaps counted, two lists merged, binary search.

The numbers of a list are all different, so that no step depends on how a tie is broken;
the questions say what one pass is, where books differ. Read `sorting_wording.py` for how
they are put.

The steps choose only between two numbers, and name both before they say which: "7 or 4: 4".
Whatever is looked for among more, such as a place or the smallest, is found by a walk over
the list in its order that carries along what came out so far. Knows no other family.
"""

import random

from openmimo.tasks.answers import same_list, same_number
from openmimo.tasks.correction import with_slip
from openmimo.tasks.sorting_wording import BUBBLE, INSERTION, MERGE, PLAIN, PROBES, SELECTION, SWAPS
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress

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
    """The whole list, by putting number after number where it belongs among those before it."""
    numbers = _unsorted(rng, level, rng.randint(4, 5))
    falling = rng.random() < 0.3
    result = sorted(numbers, reverse=falling)
    parts: dict[str, object] = {"s": _shown(numbers), "o": "from largest to smallest" if falling else "from smallest to largest"}
    lines = [f"The {'larger' if falling else 'smaller'} first.", *_inserted(numbers, falling)]
    return PLAIN, parts, lines, _shown(result)


def _inserted(numbers: list[int], falling: bool = False) -> list[str]:
    """The choices of each next number against those in order so far, until it comes first itself, and the order then."""
    done = numbers[:1]
    lines = [_shown(done)]
    for place, number in enumerate(numbers[1:], 2):
        order = sorted([*done, number], reverse=falling)
        first = order[: order.index(number) + 1]
        choices = "; ".join(f"{other} or {number}: {taken}" for other, taken in zip(done, first, strict=False))
        lines += [f"{place}: {choices}", _shown(order)]
        done = order
    return lines


def _bubble(rng: random.Random, level: int) -> Made:
    """Passes in which the smaller of two neighbours stays behind, and the larger goes on."""
    numbers = _unsorted(rng, level, rng.randint(3, 4) if level == 1 else rng.randint(4, 5))
    passes = level if level < 3 else rng.randint(2, 3)
    parts: dict[str, object] = {"s": _shown(numbers), "k": _times(passes, "pass")}
    lines = []
    for number in range(1, passes + 1):
        lines += _pass(numbers)
        lines.append(f"After pass {number}: {_shown(numbers)}")
    return BUBBLE, parts, lines, _shown(numbers)


def _pass(numbers: list[int]) -> list[str]:
    """One pass of bubble sort over the list, in place; gives each two neighbours and their order then: "7, 4: 4, 7"."""
    lines = []
    for place in range(len(numbers) - 1):
        pair = numbers[place : place + 2]
        numbers[place : place + 2] = sorted(pair)
        lines.append(f"{_shown(pair)}: {_shown(sorted(pair))}")
    return lines


def _selection(rng: random.Random, level: int) -> Made:
    """Each step goes over the rest with the smallest so far, "9, 4: 4, 7: 4", and gives the rest with that swapped out of it."""
    numbers = _unsorted(rng, level, rng.randint(4, 5) if level == 2 else rng.randint(6, 7))
    rounds = rng.randint(2, level + 1)
    parts: dict[str, object] = {"s": _shown(numbers), "k": _times(rounds, "step")}
    lines, done, left = [], list[int](), numbers
    for step in range(1, rounds + 1):
        first, least = left[0], min(left)
        walk = [f"{first}", *(f"{number}: {min(left[: place + 1])}" for place, number in enumerate(left) if place)]
        lines.append(f"{step}: {', '.join(walk)}; " + (f"swap {first}, {least}" if first != least else f"{least} stays"))
        done, left = [*done, least], [first if number == least else number for number in left[1:]]
        lines.append(_shown(left))
    result = _shown(done + left)
    return SELECTION, parts, [*lines, result], result


def _insertion(rng: random.Random, level: int) -> Made:
    numbers = _unsorted(rng, level, rng.randint(4, 5) if level == 2 else rng.randint(6, 7))
    first = rng.randint(3, len(numbers) - 1)
    parts: dict[str, object] = {"s": _shown(numbers), "k": first}
    lines = [*_inserted(numbers[:first]), f"The rest: {_shown(numbers[first:])}"]
    result = _shown(sorted(numbers[:first]) + numbers[first:])
    return INSERTION, parts, [*lines, result], result


def _swaps(rng: random.Random, level: int) -> Made:
    """Each swap of neighbours puts one pair in order, so the pairs out of order are counted."""
    numbers = _unsorted(rng, level, rng.randint(3, 4) if level == 2 else rng.randint(5, 6))
    lines, total = ["Count the pairs out of order."], 0
    for place, number in enumerate(numbers[:-1], 1):
        pairs = []
        for other in numbers[place:]:
            total += other < number
            pairs.append(f"{number}, {other}: {'yes' if other < number else 'no'} {total}")
        lines.append("; ".join(pairs))
    return SWAPS, {"s": _shown(numbers)}, [*lines, str(total)], str(total)


def _merge(rng: random.Random, level: int) -> Made:
    """The smaller of the two first numbers is taken until one list is at its end."""
    size = level + 1
    numbers = rng.sample(range(1, LARGEST[level] + 1), 2 * size + rng.randint(0, 1))
    first, second = sorted(numbers[:size]), sorted(numbers[size:])
    parts: dict[str, object] = {"a": _shown(first), "b": _shown(second)}
    lines, merged = [f"{_shown(first)}, end", f"{_shown(second)}, end"], list[int]()
    while first and second:
        both = f"{first[0]} or {second[0]}"
        less = min(first, second)
        merged.append(less.pop(0))
        lines.append(f"{both}: {merged[-1]}, {less[0] if less else 'end'}")
    lines.append(f"The rest: {_shown(first + second)}")
    merged += first + second
    return MERGE, parts, [*lines, _shown(merged)], _shown(merged)


def _probes(rng: random.Random, level: int) -> Made:
    """Binary search for a number of the list, by numbers of places; of two middle numbers the left one is looked at."""
    numbers = sorted(rng.sample(range(1, LARGEST[level] + 1), rng.randint(5, 7) if level == 2 else rng.randint(8, 13)))
    wanted, low, high = rng.choice(numbers), 1, len(numbers)
    lines, looked = [", ".join(f"{place} is {number}" for place, number in enumerate(numbers, 1))], list[int]()
    while not looked or looked[-1] != wanted:
        place = (low + high) // 2
        middle = numbers[place - 1]
        looked.append(middle)
        way = "found" if middle == wanted else "left" if wanted < middle else "right"
        lines.append(f"{low} + {high} = {low + high}, half {place}; {place} is {middle}; {wanted}, {middle}: {way}")
        low, high = (low, place - 1) if way == "left" else (place + 1, high)
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
