"""Number sequences: the next term, a missing term or the n-th term, found by looking at the differences."""

import itertools
import random

from openmimo.tasks.answers import same_number
from openmimo.tasks.correction import with_slip
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress
from openmimo.tasks.written import product_lines, sum_lines

NEXT = Phrasings(
    "sequences.next",
    (
        "What comes next: {s}, ...?",
        "What is the next number: {s}, ?",
        "Continue the sequence {s}, ...",
        "Find the next term: {s}, ...",
        "{s}, ? What is the next number?",
        "What number follows {s}?",
        "Give the next number in the sequence {s}.",
        "Which number comes next in {s}, ...?",
        "Complete the sequence: {s}, __",
        "{s}, ...",
        "Next term of {s}?",
        "What is the next term of the sequence {s}?",
    ),
    ("How does the row {s} go on?", "After {s}, which number would you write?", "I see {s} on a wall. The one after?"),
)
MISSING = Phrasings(
    "sequences.missing",
    (
        "Which number is missing: {s}?",
        "Find the missing number: {s}",
        "Fill in the blank: {s}",
        "What is the missing number in {s}?",
        "What number belongs in the gap: {s}?",
        "One number is missing in {s}. Which?",
        "Complete: {s}",
        "What should replace ? in {s}?",
        "Find the missing term of {s}.",
        "{s}: what is ?",
        "Fill the gap in {s}.",
        "What goes where the ? is: {s}",
    ),
    ("A number got lost in {s}. Bring it back.", "The ? in {s} stands for what?", "Put the right number for ? in {s}."),
)
NTH = Phrasings(
    "sequences.nth",
    (
        "A sequence starts at {a} and goes up by {d} each time. What is term number {n}?",
        "What is the term number {n} of {s}, ...?",
        "Find term {n} of the sequence {s}, ...",
        "The first term is {a} and the common difference is {d}. Find term {n}.",
        "In the sequence {s}, ..., what is term {n}?",
        "What is number {n} in the sequence {s}, ...?",
        "An arithmetic sequence has first term {a} and difference {d}. What is its term {n}?",
        "Give term {n} of {s}, ...",
        "Calculate term {n} of the arithmetic sequence {s}, ...",
        "Starting with {a} and adding {d} every time, what is term {n}?",
        "Term {n} of {s}, ...?",
        "Work out term {n}: {s}, ...",
    ),
    (
        "If I begin with {a} and keep adding {d}, what is the number at place {n}?",
        "Which number stands at place {n} of {s}, ...?",
        "{s}, ... goes on evenly. What is entry {n}?",
    ),
)

Made = tuple[list[int], list[str], int]  # terms shown, steps, the next term


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One sequence of a kind of the level; what is asked for depends on the kind."""
    kind = rng.choice(
        {
            1: ("even", "even", "ratio"),
            2: ("even", "ratio", "nth", "missing"),
            3: ("second", "alternate", "nth", "missing", "sums"),
            4: ("second", "alternate", "nth", "sums", "ratio"),
        }[level]
    )
    if kind == "nth":
        return _nth(rng, level, held_out)
    if kind == "missing":
        return _missing(rng, level, held_out)
    terms, lines, answer = {"even": _even, "ratio": _ratio, "second": _second, "alternate": _alternate, "sums": _sums}[kind](rng, level)
    question, phrasing = NEXT.put(rng, held_out, s=", ".join(map(str, terms)))
    return Task("sequences", level, dress(rng, question), "\n".join(with_slip(rng, lines)), str(answer), phrasing)


def _differences(terms: list[int]) -> str:
    return "; ".join(f"{b} - {a} = {b - a}" if a >= 0 else f"{b} - ({a}) = {b - a}" for a, b in itertools.pairwise(terms))


def _even(rng: random.Random, level: int) -> Made:
    step = rng.randint(1, 5 + 10 * level) * (1 if rng.random() < 0.75 else -1)
    first = rng.randint(0, 30 * level) if step > 0 else rng.randint(5 * -step, 5 * -step + 50)
    terms = [first + step * place for place in range(rng.randint(4, 5))]
    return terms, [_differences(terms), f"The difference is always {step}.", *_plus(terms[-1], step)], terms[-1] + step


def _plus(term: int, step: int) -> list[str]:
    return sum_lines(term, step) if step >= 0 else [f"{term} - {-step} = {term + step}"]


def _ratio(rng: random.Random, level: int) -> Made:
    ratio, first = rng.choice([2, 3] if level < 3 else [2, 3, 4, 5]), rng.randint(1, 6 + 2 * level)
    terms = [first * ratio**place for place in range(4 if ratio > 2 else 5)]
    lines = [
        "; ".join(f"{b} / {a} = {ratio}" for a, b in itertools.pairwise(terms)),
        f"The ratio is always {ratio}.",
        *product_lines(terms[-1], ratio),
    ]
    return terms, lines, terms[-1] * ratio


def _second(rng: random.Random, level: int) -> Made:
    first, step, more = rng.randint(0, 15), rng.randint(1, 4 * level), rng.randint(1, 2 * level)
    terms = [first]
    for place in range(4):
        terms.append(terms[-1] + step + more * place)
    last = terms[-1] - terms[-2]
    lines = [_differences(terms), f"The differences grow by {more}: {last} + {more} = {last + more}", *sum_lines(terms[-1], last + more)]
    return terms, lines, terms[-1] + last + more


def _alternate(rng: random.Random, level: int) -> Made:
    up, down, first = rng.randint(3, 10 * level), rng.randint(1, 2 * level), rng.randint(1, 30)
    terms = [first]
    for place in range(rng.choice((4, 5))):
        terms.append(terms[-1] + (up if place % 2 == 0 else -down))
    rises = len(terms) % 2 == 1
    lines = [_differences(terms), f"It goes up by {up}, then down by {down}. Next is {'up' if rises else 'down'}."]
    step = up if rises else -down
    return terms, [*lines, *_plus(terms[-1], step)], terms[-1] + step


def _sums(rng: random.Random, level: int) -> Made:
    terms = [rng.randint(1, 3 * level), rng.randint(1, 4 * level)]
    while len(terms) < 6:
        terms.append(terms[-1] + terms[-2])
    shown = "; ".join(f"{a} + {b} = {a + b}" for a, b in itertools.pairwise(terms))
    return terms, [shown, "Each term is the sum of the two before.", *sum_lines(terms[-2], terms[-1])], terms[-2] + terms[-1]


def _nth(rng: random.Random, level: int, held_out: bool) -> Task:
    step, first, place = rng.randint(2, 4 * level), rng.randint(1, 10 * level), rng.randint(6, 12 * level)
    terms = [first + step * number for number in range(4)]
    lines = [
        f"The first term is {first}, the difference is {step}.",
        f"{place} - 1 = {place - 1}",
        *product_lines(place - 1, step),
        *sum_lines(first, (place - 1) * step),
    ]
    question, phrasing = NTH.put(rng, held_out, a=first, d=step, n=place, s=", ".join(map(str, terms)))
    return Task("sequences", level, dress(rng, question), "\n".join(with_slip(rng, lines)), str(first + step * (place - 1)), phrasing)


def _missing(rng: random.Random, level: int, held_out: bool) -> Task:
    step, first = rng.randint(2, 8 * level), rng.randint(1, 20 * level)
    terms = [first + step * number for number in range(6)]
    gap = rng.randint(2, 4)
    known = [(a, b) for number, (a, b) in enumerate(itertools.pairwise(terms)) if gap not in (number, number + 1)]
    lines = ["; ".join(f"{b} - {a} = {b - a}" for a, b in known), f"The difference is always {step}.", *sum_lines(terms[gap - 1], step)]
    shown = ", ".join("?" if number == gap else str(term) for number, term in enumerate(terms))
    question, phrasing = MISSING.put(rng, held_out, s=shown)
    return Task("sequences", level, dress(rng, question), "\n".join(with_slip(rng, lines)), str(terms[gap]), phrasing)


FAMILY = Family(
    "sequences", "the next, a missing or the n-th term of a number sequence", (1, 2, 3, 4), make, same_number, (NEXT, MISSING, NTH)
)
