"""Mean, median, mode and range of short lists, weighted means, and the value that makes a mean what it should be.

The steps walk a list in the order in which it stands, with what is known so far at every
number of it: its place, the list in order, how often the number came up, or the least and
the greatest. Knows no variance and no charts. Read `comparison.py` next.
"""

import random
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from openmimo.tasks.answers import same_number
from openmimo.tasks.correction import with_slip
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress
from openmimo.tasks.written import difference_lines, product_lines, quotient_lines, sum_lines

MEAN = Phrasings(
    "statistics.mean",
    (
        "What is the mean of {s}?",
        "Find the mean of {s}.",
        "Calculate the average of {s}.",
        "What is the average of {s}?",
        "Compute the mean: {s}",
        "The scores are {s}. What is the average score?",
        "Find the average of the numbers {s}.",
        "What is the arithmetic mean of {s}?",
        "Mean of {s}?",
        "Work out the mean of these numbers: {s}.",
        "The heights of some plants are {s} cm. What is the mean height in cm?",
        "Give the average of {s}.",
    ),
    (
        "If {s} were all made equal without changing their total, what would each be?",
        "On the last days I walked {s} km. How many km is that a day on average?",
        "Some jars hold {s} litres. I pour them together and fill all of them evenly. How many litres are in each now?",
    ),
)
MEDIAN = Phrasings(
    "statistics.median",
    (
        "What is the median of {s}?",
        "Find the median of {s}.",
        "Calculate the median: {s}",
        "Median of {s}?",
        "The scores are {s}. What is the median score?",
        "Give the median of the numbers {s}.",
        "What is the median of the list {s}?",
        "Work out the median of {s}.",
        "Determine the median of these numbers: {s}.",
        "The prices are {s} dollars. What is the median price in dollars?",
        "Which number is the median of {s}?",
        "Compute the median of the data {s}.",
    ),
    (
        "Sort {s} and tell me the middle value, or the mean of the two middle ones.",
        "With {s} written by size, where is their middle? If two are in the middle, take half way between.",
        "Plants of {s} cm stand in a row by height. How tall, in cm, is the middle one, or the mean of the middle two?",
    ),
)
MODE = Phrasings(
    "statistics.mode",
    (
        "What is the mode of {s}?",
        "Find the mode of {s}.",
        "Which number is the mode of {s}?",
        "Mode of {s}?",
        "The scores are {s}. What is the mode?",
        "Give the mode of the numbers {s}.",
        "What is the mode of the list {s}?",
        "Which value occurs most often in {s}?",
        "Determine the mode of these numbers: {s}.",
        "Which number appears most often: {s}?",
        "Work out the mode of {s}.",
        "What is the most frequent number in {s}?",
    ),
    (
        "In the row {s}, which number do I see more than any other?",
        "Shoes of the sizes {s} were sold. Which size sold best?",
        "Votes came in for {s}. Which number won the most votes?",
    ),
)
RANGE = Phrasings(
    "statistics.range",
    (
        "What is the range of {s}?",
        "Find the range of {s}.",
        "Calculate the range of the numbers {s}.",
        "Range of {s}, as one number?",
        "The scores are {s}. What is their range?",
        "Give the range of the data {s}.",
        "What is the difference of the largest and the smallest of {s}?",
        "Work out the range of {s}.",
        "How large is the range of {s}?",
        "Compute the range: {s}",
        "Determine the range of the list {s}.",
        "By how much is the largest of {s} greater than the smallest?",
    ),
    (
        "Over a week I measured {s} degrees. How many degrees lie between the warmest and the coldest day?",
        "How far apart are the two extremes of {s}?",
        "From the lowest to the highest of {s}, how much is it?",
    ),
)
TARGET = Phrasings(
    "statistics.target",
    (
        "The mean of {s} and x is {m}. What is x?",
        "Which number must be added to the list {s} so that the mean is {m}?",
        "The scores so far are {s}. What must the next score be for an average of {m}?",
        "The average of {s} and one more number is {m}. Find that number.",
        "What value of x makes the mean of {s}, x equal to {m}?",
        "Find x if the average of {s} and x is {m}.",
        "The numbers {s} and a missing one have the mean {m}. What is the missing one?",
        "To bring the mean of {s} to {m} with one more value, what must this value be?",
        "One number was lost from a list with mean {m}. The others are {s}. Which number was lost?",
        "With {s} and one other number the mean is {m}. What is the other number?",
        "If {s} and y have the average {m}, what is y?",
        "Determine the number that, together with {s}, has the mean {m}.",
    ),
    (
        "I have scored {s} and want to stand at {m} on average after one more game. How many points do I need in it?",
        "One parcel in a stack has no label, the rest weigh {s} kg. All of them weigh {m} kg on average. How many kg does it weigh?",
        "Somebody joins people aged {s}, and now the average age is {m}. How old is the newcomer?",
    ),
)
WEIGHTED = Phrasings(
    "statistics.weighted",
    (
        "{a} items cost {x} dollars each and {b} cost {y} dollars each. What is the mean price in dollars?",
        "The value {x} occurs {a} times and the value {y} occurs {b} times. What is the mean?",
        "What is the weighted mean of {x} with weight {a} and {y} with weight {b}?",
        "Find the mean of {x} taken {a} times and {y} taken {b} times.",
        "In a group {a} people are {x} years old and {b} are {y} years old. What is the average age?",
        "{a} boxes weigh {x} kg each and {b} boxes weigh {y} kg each. What is the average weight in kg?",
        "A list has {a} times the number {x} and {b} times the number {y}. What is its mean?",
        "{a} pupils scored {x} points and {b} pupils scored {y} points. Find the average score.",
        "Calculate the weighted average: {x} with weight {a}, {y} with weight {b}.",
        "On {a} days {p} read {x} pages a day and on {b} days {y} pages a day. How many pages a day is that on average?",
        "{a} plants are {x} cm high and {b} plants are {y} cm high. What is the mean height in cm?",
        "One class of {a} has a mean score of {x}, another of {b} a mean of {y}. What is the mean of both together?",
    ),
    (
        "A farmer mixes {a} sacks at {x} dollars and {b} sacks at {y} dollars. What does a sack of the mixture cost in dollars?",
        "For {a} hours {p} earned {x} dollars an hour, then for {b} hours {y} dollars an hour. What is the average wage an hour?",
        "Let {x} count {a} times and {y} count {b} times: which average comes out?",
    ),
)

PEOPLE = ("Anna", "Ben", "Emma", "Hugo", "Kim", "Nora", "Omar", "Sara", "Tom", "Zoe")

Made = tuple[Phrasings, dict[str, object], list[str], Fraction]


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One list or pair of groups of a kind of the level; at level 3 a mean need not be whole."""
    kinds = {
        1: (_mean, _median, _mode, _range),
        2: (_mean, _median, _mode, _range, _target),
        3: (_mean, _mean, _median, _target, _target, _weighted, _weighted),
    }
    phrasings, parts, lines, value = rng.choice(kinds[level])(rng, level)
    question, phrasing = phrasings.put(rng, held_out, **parts)
    return Task("statistics", level, dress(rng, question), "\n".join(with_slip(rng, lines)), _text(value), phrasing)


def _text(value: Fraction) -> str:
    """A number as it is written in decimals; its last decimal is the third at most."""
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.3f}".rstrip("0")


def _shown(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


def _values(rng: random.Random, level: int, count: int) -> list[int]:
    return [rng.randint(1, (15, 60, 99)[level - 1]) for _ in range(count)]


def _numbered(numbers: Sequence[int]) -> str:
    """Numbers with their places, so that one is found, and all are counted, by its place."""
    return ", ".join(f"{place}: {number}" for place, number in enumerate(numbers, 1))


def _inserted(numbers: Sequence[int]) -> str:
    """Every number, and the list in order once it is put in."""
    return "; ".join(f"{number}: {_shown(sorted(numbers[: place + 1]))}" for place, number in enumerate(numbers))


def _total(numbers: Sequence[int]) -> list[str]:
    """Lines that add up the numbers, one after the other."""
    lines, total = [], numbers[0]
    for number in numbers[1:]:
        lines += sum_lines(total, number)
        total += number
    return lines


def _divided(total: int, count: int) -> list[str]:
    """Lines for `total / count`, with the remainder turned into decimals."""
    rest = total % count
    if rest == 0:
        return quotient_lines(total, count)
    return [
        *quotient_lines(total, count),
        _decimals(rest, count),
        f"{rest} / {count} = {_text(Fraction(rest, count))}",
        f"{total} / {count} = {_text(Fraction(total, count))}",
    ]


def _decimals(rest: int, count: int) -> str:
    """The long division behind the decimals of `rest / count`, which end."""
    parts = list[str]()
    while rest:
        parts.append(f"{rest * 10} = {count} * {rest * 10 // count} + {rest * 10 % count}")
        rest = rest * 10 % count
    return "; ".join(parts)


def _mean(rng: random.Random, level: int) -> Made:
    count = rng.choice(((3, 4), (4, 5), (4, 5))[level - 1])
    numbers = _values(rng, level, count)
    if level < 3:  # the last number makes the mean whole
        numbers[-1] += -sum(numbers) % count
    lines = [_numbered(numbers), *_total(numbers), f"There are {count} numbers.", *_divided(sum(numbers), count)]
    return MEAN, {"s": _shown(numbers)}, lines, Fraction(sum(numbers), count)


def _median(rng: random.Random, level: int) -> Made:
    count = (rng.choice((3, 5)), rng.choice((5, 6, 7)), rng.choice((6, 8, 9)))[level - 1]
    numbers = _values(rng, level, count)
    ordered, half = sorted(numbers), count // 2
    lines = [_inserted(numbers[:-1]), f"{numbers[-1]}, in order: {_numbered(ordered)}", f"There are {count} numbers."]
    if count % 2:
        return MEDIAN, {"s": _shown(numbers)}, [*lines, f"Number {half + 1} is the middle: {ordered[half]}"], Fraction(ordered[half])
    left, right = ordered[half - 1], ordered[half]
    lines += [f"Numbers {half} and {half + 1} are the middle: {left}, {right}", *sum_lines(left, right), *_divided(left + right, 2)]
    return MEDIAN, {"s": _shown(numbers)}, lines, Fraction(left + right, 2)


def _mode(rng: random.Random, level: int) -> Made:
    most = rng.choice((2, 3) if level == 1 else (3, 4))
    others = rng.sample(range(1, 10 if level == 1 else 40), rng.randint(3, 4) if level == 1 else rng.randint(4, 5))
    mode = others.pop()
    numbers = [mode] * most + [number for number in others for _ in range(rng.randint(1, most - 1))]
    rng.shuffle(numbers)
    return MODE, {"s": _shown(numbers)}, ["How often each has occurred:", _counted(numbers), f"Most often: {mode}"], Fraction(mode)


def _counted(numbers: Sequence[int]) -> str:
    """Every number with how often it has come up by then, marked where that is more than any did before."""
    parts, counts = list[str](), Counter[int]()
    for number in numbers:
        most = max(counts.values(), default=1)
        counts[number] += 1
        parts.append(f"{number}: {counts[number]}{' is more' if counts[number] > most else ''}")
    return "; ".join(parts)


def _range(rng: random.Random, level: int) -> Made:
    numbers = [rng.randint(1, (30, 400)[level - 1]) for _ in range(rng.randint(4, 5) + level - 1)]
    low, high = min(numbers), max(numbers)
    so_far = "; ".join(f"{number}: {min(numbers[:place])} to {max(numbers[:place])}" for place, number in enumerate(numbers, 1))
    return RANGE, {"s": _shown(numbers)}, [so_far, f"Largest {high}, smallest {low}.", *difference_lines(high, low)], Fraction(high - low)


def _target(rng: random.Random, level: int) -> Made:
    count = rng.randint(3, 4) if level == 2 else rng.randint(4, 5)
    numbers = _values(rng, level, count - 1)
    known = sum(numbers)
    mean = known // count + rng.randint(1, 10 * level)  # large enough for the missing value to be positive
    lines = [
        f"{_numbered(numbers)}, {count}: it",
        f"With it there are {count} numbers.",
        *product_lines(mean, count),
        *_total(numbers),
        *difference_lines(mean * count, known),
    ]
    return TARGET, {"s": _shown(numbers), "m": mean}, lines, Fraction(mean * count - known)


def _weighted(rng: random.Random, level: int) -> Made:
    a, b = rng.choice([(a, b) for a in range(2, 17) for b in range(2, 17) if a != b and a + b in (5, 8, 10, 20)])
    x, y = rng.sample(range(2, 45), 2)
    total = a * x + b * y
    lines = [
        *product_lines(max(a, x), min(a, x)),
        *product_lines(max(b, y), min(b, y)),
        *sum_lines(a * x, b * y),
        *sum_lines(a, b),
        *_divided(total, a + b),
    ]
    return WEIGHTED, {"a": a, "b": b, "x": x, "y": y, "p": rng.choice(PEOPLE)}, lines, Fraction(total, a + b)


FAMILY = Family(
    "statistics",
    "mean, median, mode, range, weighted mean, and the value that makes a mean",
    (1, 2, 3),
    make,
    same_number,
    (MEAN, MEDIAN, MODE, RANGE, TARGET, WEIGHTED),
)
