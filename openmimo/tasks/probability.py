"""Chances as fractions in lowest terms: numbers drawn, dice, coins, balls with and without putting back, and complements.

Every outcome is equally likely, so a chance is the favourable ones over all. Knows no
decimals and no percentages: the questions ask for a fraction. Read `geometry.py` next.
"""

import random
from collections.abc import Callable
from fractions import Fraction
from math import comb, gcd

from openmimo.tasks.answers import same_form
from openmimo.tasks.correction import with_slip
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress
from openmimo.tasks.written import difference_lines, lowest_terms, product_lines, quotient_lines, sum_lines

NUMBER = Phrasings(
    "probability.number",
    (
        "Cards are numbered from 1 to {n} and one is drawn. What is the probability of {event}, as a fraction?",
        "A fair die with faces 1 to {n} is rolled. As a fraction, what is the probability of {event}?",
        "One of the whole numbers from 1 to {n} is picked at random. Give the probability of {event} as a fraction.",
        "A spinner has {n} equal parts, numbered 1 to {n}. What is the probability of {event}? Give a fraction in lowest terms.",
        "Tickets are numbered 1 to {n}. What fraction is the probability of drawing {event}?",
        "Find the probability of {event} when a number from 1 to {n} is chosen at random, as a simplified fraction.",
        "A wheel with the numbers 1 to {n} is spun, all equally likely. What is the chance of {event}, as a fraction?",
        "From the numbers 1 to {n}, one is drawn. What is the probability that it is {event}? Answer with a fraction.",
        "If I draw one of {n} cards numbered from 1, what is the probability of {event}? Write it as a fraction.",
        "What is the chance to draw {event} from cards with the numbers 1 to {n}, as a reduced fraction?",
        "Balls numbered 1 to {n} are in a bag. What is the probability that a ball shows {event}, as a fraction?",
        "A number is drawn from 1 to {n}. Probability of {event}, as a fraction?",
    ),
    (
        "Behind {n} doors, numbered from 1, I open one by chance. How likely is {event}? Say it as a fraction.",
        "A computer names a random whole number, at least 1 and at most {n}. With what probability, as a fraction, is it {event}?",
        "I hope for {event} when one of the lots 1 to {n} is drawn. What fraction tells my chance?",
    ),
)
DRAW = Phrasings(
    "probability.draw",
    (
        "A bag holds {balls}. One is drawn at random. What is the probability that it is {event}, as a fraction?",
        "There are {balls} in a box. You take one without looking. As a fraction, what is the probability that it is {event}?",
        "An urn contains {balls}. What is the probability that a random one is {event}? Give a fraction in lowest terms.",
        "One marble is drawn from a bag with {balls}. Find the probability that it is {event}, as a fraction.",
        "A jar has {balls}. What is the chance that one picked at random is {event}, as a simplified fraction?",
        "From {balls} one is picked at random. What fraction is the probability that it is {event}?",
        "You draw one from {balls}. What is the probability that it is {event}? Answer with a fraction.",
        "In a drawer are {balls}. One is taken at random. Give the probability that it is {event} as a fraction.",
        "If a bag has {balls}, what is the probability, as a fraction, that one drawn is {event}?",
        "Find the chance that a marble drawn from {balls} is {event}, as a reduced fraction.",
        "{balls} are in a bag. One is drawn. Probability that it is {event}, as a fraction?",
        "A basket contains {balls}; one falls out. What is the probability that it is {event}? Write a fraction.",
    ),
    (
        "With eyes closed I reach into a sack of {balls}. How likely is it, as a fraction, that mine is {event}?",
        "{balls} lie mixed in a tin. What fraction says how probable it is that the first one out is {event}?",
        "A child grabs one out of {balls}. Which fraction is the chance that the catch is {event}?",
    ),
)
DICE = Phrasings(
    "probability.dice",
    (
        "Two fair dice are rolled. What is the probability that {event}, as a fraction?",
        "You roll two dice. As a fraction, what is the probability that {event}?",
        "What is the probability that {event} when two dice are rolled? Give a fraction in lowest terms.",
        "Find the probability that {event} with two fair dice, as a fraction.",
        "Two dice are thrown. What is the chance that {event}, as a simplified fraction?",
        "A red and a blue die are rolled. Give the probability that {event} as a fraction.",
        "Roll two ordinary dice. What fraction is the probability that {event}?",
        "If two dice are thrown, how likely is it that {event}? Answer with a fraction.",
        "A die is rolled twice. What is the probability that {event}, as a fraction?",
        "Two six-sided dice: probability that {event}, as a fraction?",
        "What is the chance that {event} for two dice, as a reduced fraction?",
        "With two fair dice, what is the probability that {event}? Write a fraction.",
    ),
    (
        "In a board game I throw a pair of dice. Which fraction is my chance that {event}?",
        "I win if {event} on two dice. As a fraction, how probable is a win?",
        "A pair of dice tumbles over the table. How likely is it, as a fraction, that {event}?",
    ),
)
COINS = Phrasings(
    "probability.coins",
    (
        "{n} fair coins are tossed. What is the probability of {event}, as a fraction?",
        "You toss a fair coin {n} times. As a fraction, what is the probability of {event}?",
        "What is the probability of {event} in {n} tosses of a fair coin? Give a fraction in lowest terms.",
        "Find the probability of {event} when a fair coin is tossed {n} times, as a fraction.",
        "A fair coin is flipped {n} times. What is the chance of {event}, as a simplified fraction?",
        "{n} coins are flipped. Give the probability of {event} as a fraction.",
        "Flip {n} fair coins. What fraction is the probability of {event}?",
        "If {n} coins are thrown, how likely is {event}? Answer with a fraction.",
        "With {n} fair coins, what is the probability of {event}? Write a fraction.",
        "{n} tosses of a fair coin: probability of {event}, as a fraction?",
        "What is the chance of {event} with {n} fair coins, as a reduced fraction?",
        "A coin is thrown {n} times in a row. What is the probability of {event}, as a fraction?",
    ),
    (
        "Somebody throws {n} coins into the air and looks where they land. How likely, as a fraction, is {event}?",
        "I bet on {event} for {n} flips of an honest coin. Which fraction is my chance?",
        "An honest coin is flipped {n} times over. Say as a fraction how probable {event} is.",
    ),
)
TWICE = Phrasings(
    "probability.twice",
    (
        "A bag holds {balls}. One is drawn, {back}, and a second is drawn. What is the probability of {event}, as a fraction?",
        "From {balls} one is taken, {back}, and then another. As a fraction, what is the probability of {event}?",
        "An urn contains {balls}. You draw one, {back}, and draw again. Find the probability of {event} as a fraction.",
        "There are {balls} in a box. One is drawn, {back}, then one more. What is the chance of {event}, as a simplified fraction?",
        "Two are drawn one after the other from {balls}; the first is {back}. Give the probability of {event} as a fraction.",
        "A jar has {balls}. One is picked, {back}, then a second one. What fraction is the probability of {event}?",
        "You draw twice from {balls}, and the first is {back}. What is the probability of {event}? Give a fraction in lowest terms.",
        "Draw two from {balls}, where the first is {back}. Probability of {event}, as a fraction?",
        "What is the probability of {event} in two draws from {balls}, if the first is {back}? Answer with a fraction.",
        "In a bag are {balls}. A first one is drawn and {back}, then a second. How likely is {event}, as a fraction?",
        "Two draws are made from {balls}. The first is {back}. What is the chance of {event}, as a reduced fraction?",
        "Find the probability of {event} for two draws from {balls}, the first {back}, as a fraction.",
    ),
    (
        "I reach twice into a sack of {balls}; what I took first is {back}. Which fraction is the chance of {event}?",
        "{balls} are mixed in a tin, two are pulled out in turn, and the first is {back}. As a fraction, how probable is {event}?",
        "Ben pulls one from {balls}; it is {back}; then Ben pulls one more. Say as a fraction how likely {event} is.",
    ),
)
COMPLEMENT = Phrasings(
    "probability.complement",
    (
        "The probability of {event} is {p}. What is the probability of no {event}, as a fraction?",
        "{event} has a probability of {p}. How likely is no {event}, as a fraction?",
        "If the probability of {event} is {p}, what is the probability that there is no {event}? Give a fraction.",
        "The chance of {event} is {p}. Find the chance of no {event} as a fraction.",
        "With probability {p} there is {event}. What fraction is the probability that there is none?",
        "Given that {event} has probability {p}, what is the probability of no {event}? Answer with a fraction.",
        "There is {event} with a chance of {p}. As a fraction, what is the chance of no {event}?",
        "What is the probability of no {event} if {event} has probability {p}? Write a fraction.",
        "A chance of {p} is given for {event}. What is the chance of no {event}, as a fraction in lowest terms?",
        "P({event}) = {p}. What is P(no {event}), as a fraction?",
        "How probable is no {event}, as a fraction, if {event} is probable with {p}?",
        "Find the probability that there is no {event}, as a fraction, when that of {event} is {p}.",
    ),
    (
        "They say the odds for {event} stand at a probability of {p}. Which fraction is left for no {event}?",
        "I fear {event}, whose probability is {p}. With what probability, as a fraction, am I spared?",
        "{p} is how probable {event} is. And the opposite, as a fraction?",
    ),
)
TRIES = Phrasings(
    "probability.tries",
    (
        "A shot hits with probability {p}. What is the probability of at least one hit in {k} independent shots, as a fraction?",
        "Each of {k} independent tries works with probability {p}. As a fraction, what is the probability that at least one works?",
        "A lamp fails with probability {p}. Of {k} independent lamps, what is the probability that at least one fails, as a fraction?",
        "With a chance of {p} each time, what is the probability of at least one win in {k} independent games? Give a fraction.",
        "{k} seeds sprout independently with probability {p} each. Find the probability that at least one sprouts, as a fraction.",
        "You win a game with probability {p}. You play {k} independent games. What is the chance of at least one win, as a fraction?",
        "An event has probability {p}. In {k} independent tries, what fraction is the probability that it happens at least once?",
        "What is the probability of at least one success in {k} independent trials with success probability {p}, as a fraction?",
        "A bus is late with probability {p}. On {k} independent days, how likely is at least one late bus? Answer with a fraction.",
        "In {k} independent tries, each with probability {p}, what is the probability of one success or more, as a fraction?",
        "Find the chance of at least one hit in {k} independent shots with hit probability {p}, as a reduced fraction.",
        "{k} independent tests each pass with probability {p}. What is the probability that not all fail, as a fraction?",
    ),
    (
        "I try {k} times, each try apart from the others, and each goes well with probability {p}. Which fraction tells how likely I get there at all?",
        "A door opens with probability {p} per push. Say as a fraction how probable it is to be open after {k} independent pushes.",
        "{k} friends each come with probability {p}, each deciding alone. With what probability, as a fraction, does anybody come?",
    ),
)

COLOURS = ("red", "blue", "green", "yellow", "white", "black")
EVENTS = ("rain", "snow", "fog", "wind", "frost", "hail", "thunder", "ice", "drizzle", "mist")

Made = tuple[Phrasings, dict[str, object], list[str], Fraction]


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One chance of a kind of the level, never 0 or 1."""
    kinds = {
        1: (_number, _draw, _complement),
        2: (_number, _draw, _dice, _coins, _twice),
        3: (_dice, _coins, _twice, _twice, _tries),
    }
    phrasings, parts, lines, value = rng.choice(kinds[level])(rng, level)
    question, phrasing = phrasings.put(rng, held_out, **parts)
    question = question[0].upper() + question[1:]
    return Task("probability", level, dress(rng, question), "\n".join(with_slip(rng, lines)), str(value), phrasing)


def _number(rng: random.Random, level: int) -> Made:
    n = rng.randint(6, 12 if level == 1 else 30)
    k = rng.randint(2, 5)
    named: list[tuple[str, Callable[[int], bool]]] = [
        ("an even number", lambda number: number % 2 == 0),
        ("an odd number", lambda number: number % 2 == 1),
        (f"a multiple of {k + 1}", lambda number: number % (k + 1) == 0),
        (f"a number greater than {n - k}", lambda number: number > n - k),
        (f"a number less than {k + 1}", lambda number: number <= k),
        ("a prime number", lambda number: number > 1 and all(number % d for d in range(2, number))),
        ("a square number", lambda number: number in (1, 4, 9, 16, 25)),
    ]
    event, holds = rng.choice(named)
    good = [number for number in range(1, n + 1) if holds(number)]
    lines = [f"Favourable: {', '.join(map(str, good))}.", f"That is {len(good)} of {n}.", *lowest_terms(len(good), n)]
    return NUMBER, {"n": n, "event": event}, lines, Fraction(len(good), n)


def _balls(counts: list[int], colours: list[str]) -> str:
    named = [f"{count} {colour}" for count, colour in zip(counts, colours, strict=True)]
    return ", ".join(named[:-1]) + f" and {named[-1]} marbles"


def _total(counts: list[int]) -> list[str]:
    """Lines that add up all the marbles."""
    lines, total = [], counts[0]
    for count in counts[1:]:
        lines += sum_lines(total, count)
        total += count
    return lines


def _draw(rng: random.Random, level: int) -> Made:
    counts = [rng.randint(2, 8 * level) for _ in range(level + 1)]
    colours = rng.sample(COLOURS, len(counts))
    total, good, lines = sum(counts), counts[0], _total(counts)
    event = colours[0]
    if rng.random() < 0.4:
        event, good = f"not {event}", total - good
        lines += [f"Not {colours[0]}:", *difference_lines(total, counts[0])]
    lines += [f"That is {good} of {total}.", *lowest_terms(good, total)]
    return DRAW, {"balls": _balls(counts, colours), "event": event}, lines, Fraction(good, total)


def _dice(rng: random.Random, level: int) -> Made:
    total, gap = rng.randint(3, 11), rng.randint(0, 4)
    most, least = rng.randint(3, 5), rng.randint(9, 11)
    product = rng.choice((4, 5, 6, 8, 10, 12, 15, 18, 20, 24, 30))
    sums: list[tuple[str, Callable[[int, int], bool]]] = [
        (f"the sum is {total}", lambda a, b: a + b == total),
        (f"the numbers differ by {gap}" if gap else "both show the same number", lambda a, b: abs(a - b) == gap),
    ]
    harder: list[tuple[str, Callable[[int, int], bool]]] = [
        (f"the sum is at least {least}", lambda a, b: a + b >= least),
        (f"the sum is at most {most}", lambda a, b: a + b <= most),
        (f"the product is {product}", lambda a, b: a * b == product),
        (f"the larger number is {most}", lambda a, b: max(a, b) == most),
    ]
    event, holds = rng.choice(sums if level == 2 else harder)
    counts = {a: [b for b in range(1, 7) if holds(a, b)] for a in range(1, 7)}
    lines = [f"First {a}: second {', '.join(map(str, seconds))}." for a, seconds in counts.items() if seconds]
    good = sum(map(len, counts.values()))
    return DICE, {"event": event}, [*lines, f"That is {good} in all.", "6 * 6 = 36", *lowest_terms(good, 36)], Fraction(good, 36)


def _coins(rng: random.Random, level: int) -> Made:
    n = rng.randint(2, 3) if level == 2 else rng.randint(4, 6)
    side, outcomes = rng.choice(("heads", "tails")), 2**n
    lines = [f"{2**power} * 2 = {2 ** (power + 1)}" for power in range(1, n)]
    if rng.random() < 0.35:
        other = "tails" if side == "heads" else "heads"
        lines += [f"Only all {other} has no {side}.", *difference_lines(outcomes, 1), *lowest_terms(outcomes - 1, outcomes)]
        return COINS, {"n": n, "event": f"at least one {side[:-1]}"}, lines, Fraction(outcomes - 1, outcomes)
    k = rng.randint(0, n)
    rest = min(k, n - k)
    good = comb(n, k)
    ways = {
        0: ["Only 1 way."],
        1: [f"The one that differs has {n} places."],
        2: [*product_lines(n, n - 1), *quotient_lines(n * (n - 1), 2)],
    }.get(rest)
    # Three of six: the ordered choices over the orders of three.
    ways = ways or ["6 * 5 = 30", "30 * 4 = 120", "3 * 2 = 6", *quotient_lines(120, 6)]
    event = f"exactly {k} {side if k != 1 else side[:-1]}" if k else f"no {side}"
    return COINS, {"n": n, "event": event}, [*lines, *ways, *lowest_terms(good, outcomes)], Fraction(good, outcomes)


def _twice(rng: random.Random, level: int) -> Made:
    """Two draws; both of one colour, or at level 3 also one of each."""
    counts = [rng.randint(2, 3 + 2 * level) for _ in range(2)]
    colours = rng.sample(COLOURS, 2)
    keeps = rng.random() < 0.5
    a, b, total = counts[0], counts[1], sum(counts)
    left = total if keeps else total - 1
    lines = [*_total(counts), f"The second time there are {left}.", *product_lines(total, left)]
    if level == 3 and rng.random() < 0.6:
        good, event = 2 * a * b, f"one {colours[0]} and one {colours[1]} in any order"
        lines += [*product_lines(a, b), "Two orders:", *product_lines(2, a * b)]
    else:
        again = a if keeps else a - 1
        good, event = a * again, f"two {colours[0]} ones"
        lines += [f"{colours[0]}: {a}, then {again}", *product_lines(a, again)]
    back = "put back" if keeps else "not put back"
    return (
        TWICE,
        {"balls": _balls(counts, colours), "back": back, "event": event},
        [*lines, *lowest_terms(good, total * left)],
        Fraction(good, total * left),
    )


def _complement(rng: random.Random, level: int) -> Made:
    bottom = rng.randint(3, 40)
    top = rng.choice([top for top in range(1, bottom) if gcd(top, bottom) == 1])
    lines = [f"The whole is {bottom}/{bottom}.", *difference_lines(bottom, top), f"1 - {top}/{bottom} = {bottom - top}/{bottom}"]
    return COMPLEMENT, {"event": rng.choice(EVENTS), "p": f"{top}/{bottom}"}, lines, Fraction(bottom - top, bottom)


def _tries(rng: random.Random, level: int) -> Made:
    k = rng.choice((2, 2, 3))
    bottom = rng.randint(2, 12 if k == 2 else 7)
    top = rng.choice([top for top in range(1, bottom) if gcd(top, bottom) == 1])
    miss = bottom - top
    lines = [*difference_lines(bottom, top), f"No success once: {miss}/{bottom}"]
    above, below = miss, bottom
    for _ in range(k - 1):
        lines += [*product_lines(above, miss), *product_lines(below, bottom)]
        above, below = above * miss, below * bottom
    lines += [f"No success in {k}: {above}/{below}", *difference_lines(below, above), *lowest_terms(below - above, below)]
    return TRIES, {"k": k, "p": f"{top}/{bottom}"}, lines, Fraction(below - above, below)


FAMILY = Family(
    "probability",
    "chances as fractions: numbers, marbles, dice, coins, complements, at least one success",
    (1, 2, 3),
    make,
    same_form,
    (NUMBER, DRAW, DICE, COINS, TWICE, COMPLEMENT, TRIES),
)
