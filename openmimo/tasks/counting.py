"""Counting without listing: choices, codes, orders, selections, handshakes, letters and multiples.

Knows nothing of chances: what is counted here is divided in `probability.py`, which is the one to read next.
"""

import random
from collections import Counter
from collections.abc import Sequence
from math import comb, factorial, perm

from openmimo.tasks.answers import same_number
from openmimo.tasks.correction import with_slip
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress
from openmimo.tasks.written import difference_lines, product_lines, quotient_lines

CHOICES = Phrasings(
    "counting.choices",
    (
        "There are {things}. In how many ways can you take one of each?",
        "How many ways are there to choose one of each from {things}?",
        "You have {things} and pick one of each. How many combinations are there?",
        "From {things} one of each is chosen. How many possibilities are there?",
        "How many different sets with one of each can be made from {things}?",
        "A shop offers {things}. How many ways are there to buy one of each?",
        "{things}: how many combinations of one of each?",
        "One of each is to be picked from {things}. How many choices are there in all?",
        "Choose one of each: {things}. How many ways?",
        "Count the ways to select one of each from {things}.",
        "If there are {things}, how many selections with one of each are possible?",
        "Find the number of combinations when one of each is taken from {things}.",
    ),
    (
        "On a table lie {things}. Each day I take one of each. For how many days can I do it differently?",
        "With {things} at hand, how many times can you combine one of each without repeating yourself?",
        "Sam owns {things} and always uses one of each. How many different looks does that give?",
    ),
)
CODES = Phrasings(
    "counting.codes",
    (
        "How many codes with {k} symbols can be made from {n} symbols if symbols may repeat?",
        "A lock has {k} wheels with {n} symbols on each. How many codes are there?",
        "How many different codes does a lock with {k} wheels of {n} positions have?",
        "There are {n} symbols. How many words of length {k} can be written with them, repeats allowed?",
        "A password has {k} places, each with one of {n} symbols. How many passwords are there?",
        "Repeats allowed, how many sequences of length {k} are there over {n} symbols?",
        "{k} flags are hung in a row, each in one of {n} colours. How many ways are there if colours may repeat?",
        "Each of {k} lamps can be in one of {n} colours. How many patterns are there?",
        "A test has {k} questions with {n} choices each. In how many ways can it be filled in, one choice per question?",
        "Count the codes of length {k} over an alphabet of {n} letters, with repeats.",
        "For each of {k} rooms one of {n} paints is chosen. How many plans are there if paints may repeat?",
        "In how many ways can {k} different cards be put into {n} different boxes?",
    ),
    (
        "A game board has {k} different fields and every field takes one of {n} tiles, the same tile as often as you like. How many boards?",
        "A dial is turned {k} times, each time to one of {n} marks. How many results can be noted down, order counting?",
        "Every one of {k} children names one of {n} fruits. How many lists of answers could there be?",
    ),
)
ORDERS = Phrasings(
    "counting.orders",
    (
        "In how many ways can {n} different {t} be put in a row?",
        "How many orders are there for {n} different {t}?",
        "In how many different orders can {n} {t} stand in a line, all of them different?",
        "How many ways are there to arrange {n} different {t} in a line?",
        "Count the arrangements of {n} different {t} in a row.",
        "{n} different {t} are placed side by side. How many arrangements are there?",
        "Find the number of orders of {n} different {t}.",
        "How many permutations do {n} different {t} have?",
        "{n} different {t} are lined up from left to right. In how many ways can it be done?",
        "How many ways can {n} different {t} be ordered?",
        "All of {n} different {t} go one after the other. How many orders are possible?",
        "What is the number of ways to line up {n} different {t}?",
    ),
    (
        "{n} {t}, no two alike, get the places 1 to {n}. How many ways to do that?",
        "I reorder my {n} different {t} every day. After how many days have I seen every order once?",
        "How often can a row of {n} different {t} be rearranged, the first order counted too?",
    ),
)
PLACES = Phrasings(
    "counting.places",
    (
        "From {n} people a {roles} are chosen. In how many ways can it be done, if nobody gets two roles?",
        "In how many ways can {n} people fill the roles {roles}, one person each?",
        "A club of {n} people elects a {roles}, all different people. How many outcomes are there?",
        "How many ways are there to choose a {roles} from {n} people, each a different person?",
        "There are {n} people. A {roles} are picked, no person twice. How many ways?",
        "A team of {n} needs a {roles}; they must be different people. How many choices are there?",
        "Pick a {roles} among {n} people so that nobody has two roles. How many possibilities?",
        "{n} people stand for election as {roles}. How many results are possible if all roles go to different people?",
        "Find the number of ways to name a {roles} out of {n} people, all different.",
        "How many ways are there to fill {roles} from a group of {n}, with no person in two roles?",
        "Out of {n} people, a {roles} are to be named, different people each. Count the ways.",
        "A class of {n} chooses a {roles}, no one twice. In how many ways?",
    ),
    (
        "{n} people are there and each role goes to another person: {roles}. How many ways to hand them out?",
        "The roles {roles} must not fall on one person twice. How many ways if {n} people are free?",
        "With {n} people around, how differently can the posts of {roles} be held, one post a person at most?",
    ),
)
SELECTIONS = Phrasings(
    "counting.selections",
    (
        "In how many ways can {k} of {n} {t} be chosen, if the order does not matter?",
        "How many ways are there to choose {k} out of {n} different {t}, in any order?",
        "{k} of {n} different {t} are picked. How many selections are there if order does not count?",
        "How many groups of {k} can be formed from {n} different {t}?",
        "How many sets of {k} {t} can be taken from {n} different {t}?",
        "Choose {k} from {n} different {t}. How many choices are there, order aside?",
        "Find the number of ways to select {k} of {n} different {t}.",
        "From {n} different {t} you may take {k}. How many different selections are possible?",
        "How many combinations of {k} out of {n} different {t} are there?",
        "Count the ways to pick {k} {t} out of {n} different ones, order not counting.",
        "There are {n} different {t}. In how many ways can you take {k} of them?",
        "What is the number of groups of {k} among {n} different {t}?",
    ),
    (
        "My bag has room for {k} of my {n} different {t}. How many ways are there to pack it?",
        "{k} {t} may come along and {n} different ones would like to. How many ways to decide?",
        "Out of {n} different {t}, how many handfuls of {k} are there?",
    ),
)
HANDSHAKES = Phrasings(
    "counting.handshakes",
    (
        "{n} {w} all shake hands with each other once. How many handshakes are there?",
        "At a party {n} {w} each shake hands with all the others. How many handshakes is that?",
        "{n} {w} meet and every two of them shake hands once. How many handshakes are there?",
        "How many handshakes are there if {n} {w} each shake hands with everyone else once?",
        "{n} {w} play every other once. How many games are played?",
        "In a tournament of {n} {w} every two meet in one match. How many matches are there?",
        "How many pairs can be formed from {n} {w}?",
        "Every two of {n} {w} have one phone call. How many calls are made?",
        "How many games are needed so that each of {n} {w} plays each other one once?",
        "{n} {w} clink glasses, every pair once. How often does it clink?",
        "Each of {n} {w} greets every other once with a hug. How many hugs are there?",
        "If every two among {n} {w} shake hands once, how many handshakes does that make?",
    ),
    (
        "Between any two of {n} {w} a string is stretched. How many strings is that?",
        "When {n} {w} say goodbye, each pair shakes hands one time. The number of handshakes?",
        "Every couple of {n} {w} takes one photo together. How many photos are taken?",
    ),
)
LETTERS = Phrasings(
    "counting.letters",
    (
        'How many different arrangements do the letters of "{word}" have?',
        'In how many ways can the letters of "{word}" be arranged?',
        'How many different words, with or without meaning, use all letters of "{word}"?',
        'Count the arrangements of the letters of the word "{word}".',
        'Find the number of different orders of the letters in "{word}".',
        'How many anagrams does "{word}" have, meaningful or not, itself counted?',
        'The letters of "{word}" are put in a row. How many different rows are there?',
        'How many different strings can be made from all the letters of "{word}"?',
        'In how many different ways can you order the letters of "{word}"?',
        'What is the number of arrangements of the letters in "{word}"?',
        'All letters of "{word}" are used once each. How many different strings can be written?',
        'How many distinct permutations of "{word}" are there?',
    ),
    (
        'I shuffle tiles that spell "{word}". How many different spellings can come out?',
        'Rearranging "{word}" letter by letter, how many different results exist, the word itself among them?',
        'Let the letters of "{word}" change places. How many strings can appear in all?',
    ),
)
MULTIPLES = Phrasings(
    "counting.multiples",
    (
        "How many multiples of {m} are there from {a} to {b}?",
        "How many numbers from {a} to {b} are divisible by {m}?",
        "Count the multiples of {m} from {a} to {b}.",
        "How many whole numbers from {a} to {b} can be divided by {m} evenly?",
        "Of the numbers from {a} to {b}, how many are multiples of {m}?",
        "Find how many numbers from {a} to {b} are divisible by {m}.",
        "From {a} to {b}, how many numbers are in the {m} times table?",
        "Tell me how many multiples of {m} lie from {a} to {b}.",
        "How many of the numbers from {a} to {b} have {m} as a divisor?",
        "What is the number of multiples of {m} from {a} to {b}?",
        "How many numbers divisible by {m} are there from {a} to {b}?",
        "Going from {a} to {b}, how many multiples of {m} are there?",
    ),
    (
        "I count aloud from {a} to {b} and clap at each multiple of {m}. How often do I clap?",
        "A list holds all numbers from {a} to {b}. How many of them does {m} divide?",
        "Houses are numbered from {a} to {b}; those divisible by {m} are blue. How many blue houses are there?",
    ),
)
SETS = (
    ("shirts", "hats", "scarves", "belts"),
    ("soups", "main dishes", "desserts", "drinks"),
    ("pens", "notebooks", "rulers", "erasers"),
    ("cups", "plates", "spoons", "bowls"),
    ("sofas", "lamps", "rugs", "tables"),
    ("cakes", "toppings", "candles", "boxes"),
)
THINGS = ("books", "cards", "flags", "pictures", "plants", "songs", "stamps", "toys", "cups", "photos", "balls", "shells")
GROUPS = ("people", "friends", "guests", "players", "neighbours", "teams", "children")
ROLES = ("leader", "secretary", "treasurer", "speaker")
WORDS = {
    2: (
        "cat",
        "sun",
        "egg",
        "bee",
        "tree",
        "door",
        "moon",
        "noon",
        "book",
        "milk",
        "foot",
        "root",
        "lamp",
        "eye",
        "pool",
        "seed",
        "dad",
        "week",
    ),
    3: (
        "apple",
        "hello",
        "level",
        "eggs",
        "radar",
        "banana",
        "letter",
        "coffee",
        "pepper",
        "green",
        "sheep",
        "books",
        "happy",
        "tomato",
        "silly",
        "queen",
        "mummy",
        "roof",
        "grass",
        "cocoa",
        "berry",
        "street",
        "little",
        "carrot",
        "papaya",
        "summer",
        "butter",
        "muffin",
    ),
}

Made = tuple[Phrasings, dict[str, object], list[str], int]


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One task of a kind of the level; the level sets the sizes and how many factors there are."""
    kinds = {
        1: (_choices, _choices, _orders, _multiples, _multiples),
        2: (_choices, _codes, _orders, _places, _handshakes, _letters, _multiples),
        3: (_choices, _codes, _orders, _places, _selections, _selections, _handshakes, _letters, _multiples),
    }
    phrasings, parts, lines, answer = rng.choice(kinds[level])(rng, level)
    question, phrasing = phrasings.put(rng, held_out, **parts)
    return Task("counting", level, dress(rng, question), "\n".join(with_slip(rng, lines)), str(answer), phrasing)


def _chain(factors: Sequence[int]) -> list[str]:
    """The product of several factors, one after the other, headed by the whole product where it has more than two."""
    lines, total = [" * ".join(map(str, factors))] if len(factors) > 2 else [], factors[0]
    for factor in factors[1:]:
        lines += product_lines(total, factor)
        total *= factor
    return lines


def _choices(rng: random.Random, level: int) -> Made:
    counts = [rng.randint(2, (9, 12, 10)[level - 1]) for _ in range(level + 1)]
    names = rng.sample(rng.choice(SETS), len(counts))
    named = [f"{count} {name}" for count, name in zip(counts, names, strict=True)]
    answer = 1
    for count in counts:
        answer *= count
    return CHOICES, {"things": ", ".join(named[:-1]) + f" and {named[-1]}"}, _chain(counts), answer


def _codes(rng: random.Random, level: int) -> Made:
    length = rng.choice((2, 3) if level == 2 else (3, 4))
    symbols = rng.randint(2, {2: 20, 3: 12, 4: 9}[length])
    lines = [f"Each of the {length} places has {symbols} choices.", *_chain([symbols] * length)]
    return CODES, {"k": length, "n": symbols}, lines, symbols**length


def _orders(rng: random.Random, level: int) -> Made:
    n = rng.randint(*((3, 4), (4, 5), (5, 7))[level - 1])
    return ORDERS, {"n": n, "t": rng.choice(THINGS)}, _chain(range(n, 0, -1)), factorial(n)


def _places(rng: random.Random, level: int) -> Made:
    n, roles = rng.randint(4, 20 if level == 2 else 15), rng.sample(ROLES, level)
    lines = [f"{n} people for the first, then one fewer each time.", *_chain(range(n, n - level, -1))]
    return PLACES, {"n": n, "roles": ", ".join(roles[:-1]) + f" and {roles[-1]}"}, lines, perm(n, level)


def _selections(rng: random.Random, level: int) -> Made:
    k = rng.choice((2, 3, 3))
    n = rng.randint(k + 2, 16 if k == 2 else 12)
    ordered, same = perm(n, k), factorial(k)
    lines = [
        "In order:",
        *_chain(range(n, n - k, -1)),
        "Orders of one selection:",
        *_chain(range(k, 0, -1)),
        *quotient_lines(ordered, same),
    ]
    return SELECTIONS, {"k": k, "n": n, "t": rng.choice(THINGS)}, lines, comb(n, k)


def _handshakes(rng: random.Random, level: int) -> Made:
    n = rng.randint(4, 12) if level == 2 else rng.randint(12, 40)
    lines = [f"{n} - 1 = {n - 1}", f"Each of {n} meets {n - 1} others.", *product_lines(n, n - 1)]
    lines += ["Each pair is counted twice.", *quotient_lines(n * (n - 1), 2)]
    return HANDSHAKES, {"n": n, "w": rng.choice(GROUPS)}, lines, comb(n, 2)


def _letters(rng: random.Random, level: int) -> Made:
    word = rng.choice(WORDS[level])
    answer = factorial(len(word))
    lines = [f"{', '.join(word)}: {len(word)} letters.", *_chain(range(len(word), 0, -1))]
    for letter, times in Counter(word).items():
        if times > 1:
            lines += [f"{letter} is there {times} times.", *_chain(range(times, 0, -1)), *quotient_lines(answer, factorial(times))]
            answer //= factorial(times)
    return LETTERS, {"word": word}, lines, answer


def _multiples(rng: random.Random, level: int) -> Made:
    m = rng.randint(2, (9, 15, 25)[level - 1])
    b = rng.randint(m + 5, (80, 200, 900)[level - 1])
    a = 1 if level == 1 else rng.randint(2, b // 2)
    answer = b // m - (a - 1) // m
    lines = [f"Up to {b}:", *quotient_lines(b, m)]
    if level == 1:
        return MULTIPLES, {"m": m, "a": a, "b": b}, [*lines, f"That is {answer}."], answer
    lines += [f"Below {a}, up to {a - 1}:", *quotient_lines(a - 1, m), *difference_lines(b // m, (a - 1) // m)]
    return MULTIPLES, {"m": m, "a": a, "b": b}, lines, answer


FAMILY = Family(
    "counting",
    "how many choices, codes, orders, selections, pairs, arrangements of letters, and multiples there are",
    (1, 2, 3),
    make,
    same_number,
    (CHOICES, CODES, ORDERS, PLACES, SELECTIONS, HANDSHAKES, LETTERS, MULTIPLES),
)
