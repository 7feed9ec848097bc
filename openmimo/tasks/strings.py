"""Words as rows of letters: reverse, count, sort, replace, shift, run lengths, palindromes and the longest of some words.

The steps spell words letter by letter, with a space between, because a tokenizer may take
a whole word as one token and then the letters are not to be seen. Half of the words are
real ones and half are letters at random, so that they must be read. Knows no tokenizer.
Read `string_wording.py` for how the questions are put.
"""

import random

from openmimo.tasks.answers import same_number
from openmimo.tasks.correction import with_slip
from openmimo.tasks.string_wording import COUNT, LENGTH, LONGEST, PALINDROME, REPLACE, REVERSE, RUNS, SHIFT, SORT, VOWELS, WORDS
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
Made = tuple[Phrasings, dict[str, object], list[str], str]


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One task of a kind of the level; words grow longer with it."""
    maker = rng.choice(
        {
            1: (_reverse, _count, _length, _longest),
            2: (_reverse, _vowels, _replace, _palindrome, _sort, _runs, _shift, _longest),
            3: (_reverse, _vowels, _replace, _palindrome, _sort, _runs, _shift, _count),
        }[level]
    )
    phrasings, parts, lines, answer = maker(rng, level)
    question, phrasing = phrasings.put(rng, held_out, **parts)
    return Task("strings", level, dress(rng, question), "\n".join(with_slip(rng, lines)), answer, phrasing)


def _word(rng: random.Random, shortest: int, longest: int) -> str:
    """A word of so many letters, in half of the cases a real one."""
    fitting = [word for word in WORDS if shortest <= len(word) <= longest]
    if rng.random() < 0.5:
        return rng.choice(fitting)
    few = rng.sample(ALPHABET, 8)  # few letters, so that some of them come twice
    return "".join(rng.choice(few) for _ in range(rng.randint(shortest, longest)))


def _sized(rng: random.Random, level: int) -> str:
    return _word(rng, *((3, 4), (4, 6), (6, 9))[level - 1])


def _quoted(rng: random.Random, word: str) -> str:
    """The word as it stands in a question: bare only if it is a real one, and then in half of the cases."""
    return f'"{word}"' if word not in WORDS or rng.random() < 0.5 else word


def _spelled(word: str) -> str:
    return " ".join(word)


def _reverse(rng: random.Random, level: int) -> Made:
    """Each letter is put in front of those before it."""
    word = _sized(rng, level)
    lines = [_spelled(word), *(_spelled(word[place::-1]) for place in range(len(word))), word[::-1]]
    return REVERSE, {"w": _quoted(rng, word)}, lines, word[::-1]


def _counted(word: str, wanted: str) -> list[str]:
    """How many letters of a word are among those wanted, letter by letter."""
    lines, count = [], 0
    for letter in word:
        count += letter in wanted
        lines.append(f"{letter}: {count}")
    return [*lines, f"{count}"]


def _count(rng: random.Random, level: int) -> Made:
    word = _word(rng, 4, 6) if level == 1 else _word(rng, 8, 12)
    wanted = rng.choice((max(word, key=word.count), rng.choice(word), rng.choice(ALPHABET)))
    lines = [f"{_spelled(word)}. Count {wanted}.", *_counted(word, wanted)]
    return COUNT, {"w": _quoted(rng, word), "x": f'"{wanted}"'}, lines, lines[-1]


def _vowels(rng: random.Random, level: int) -> Made:
    word = _word(rng, 4, 6) if level == 2 else _word(rng, 8, 12)
    lines = [f"{_spelled(word)}. Count a, e, i, o, u.", *_counted(word, "aeiou")]
    return VOWELS, {"w": _quoted(rng, word)}, lines, lines[-1]


def _length(rng: random.Random, level: int) -> Made:
    word = _word(rng, 3, 7)
    lines = [*(f"{letter}: {place}" for place, letter in enumerate(word, 1)), f"{len(word)}"]
    return LENGTH, {"w": _quoted(rng, word)}, lines, lines[-1]


def _longest(rng: random.Random, level: int) -> Made:
    """The longest of some words; drawn again until there is only one longest."""
    while True:
        words = [_word(rng, 2 + level, 3 + 2 * level) for _ in range(2 + level)]
        sizes = sorted(map(len, words))
        if sizes[-1] > sizes[-2]:
            break
    longest = max(words, key=len)
    lines = [*(f"{_spelled(word)}: {len(word)}" for word in words), f"The most is {sizes[-1]}: {longest}"]
    return LONGEST, {"w": ", ".join(words)}, lines, longest


def _replace(rng: random.Random, level: int) -> Made:
    word = _sized(rng, level)
    old = rng.choice(word)
    new = rng.choice([letter for letter in ALPHABET if letter not in word])
    result = word.replace(old, new)
    lines = [*(f"{a} becomes {b}" if a == old else f"{a} stays {b}" for a, b in zip(word, result, strict=True)), _spelled(result), result]
    return REPLACE, {"w": _quoted(rng, word), "x": f'"{old}"', "y": f'"{new}"'}, lines, result


def _palindrome(rng: random.Random, level: int) -> Made:
    """A palindrome, or in half of the cases one with a letter changed."""
    half, middle = _word(rng, level, level + 2), rng.choice(("", rng.choice(ALPHABET)))
    word = half + middle + half[::-1]
    if rng.random() < 0.5:
        place = rng.randrange(len(half))
        word = word[:place] + rng.choice(ALPHABET.replace(word[place], "")) + word[place + 1 :]
    lines, answer = [_spelled(word)], "yes"
    for place in range(len(word) // 2):
        first, last = word[place], word[-1 - place]
        lines.append(f"{first} and {last}: {'same' if first == last else 'not the same'}")
        if first != last:
            answer = "no"
            break
    return PALINDROME, {"w": _quoted(rng, word)}, [*lines, answer], answer


def _sort(rng: random.Random, level: int) -> Made:
    """The first letter in the alphabet is taken out until none is left."""
    word = _word(rng, 3, 5) if level == 2 else _word(rng, 6, 8)
    lines, left = [], word
    while left:
        lines.append(f"{_spelled(left)}: take {min(left)}")
        left = left.replace(min(left), "", 1)
    result = "".join(sorted(word))
    return SORT, {"w": _quoted(rng, word)}, [*lines, _spelled(result), result], result


def _runs(rng: random.Random, level: int) -> Made:
    letters = rng.sample(ALPHABET, rng.randint(level, level + 2))
    runs = [(letter, rng.randint(1, 2 + level)) for letter in letters]
    lines = [f"{_spelled(letter * count)}: {letter}{count}" for letter, count in runs]
    result = "".join(f"{letter}{count}" for letter, count in runs)
    return RUNS, {"w": _quoted(rng, "".join(letter * count for letter, count in runs))}, [*lines, result], result


def _shift(rng: random.Random, level: int) -> Made:
    """A Caesar cipher: by counting on in the alphabet at level 2, by the numbers of the letters at level 3, there also backwards."""
    if level == 2:
        word, by = _word(rng, 3, 4), rng.randint(1, 3)
        lines = [f"{letter}: " + " ".join(_shifted(letter, step) for step in range(1, by + 1)) for letter in word]
    else:
        word, by = _word(rng, 4, 6), rng.randint(3, 12) * rng.choice((1, -1))
        lines = [_by_number(letter, by) for letter in word]
    result = "".join(_shifted(letter, by) for letter in word)
    way = "forward" if by > 0 else "back"
    parts: dict[str, object] = {"w": _quoted(rng, word), "n": f"{abs(by)} place{'s' if abs(by) > 1 else ''} {way}"}
    return SHIFT, parts, [*lines, _spelled(result), result], result


def _shifted(letter: str, by: int) -> str:
    return ALPHABET[(ALPHABET.index(letter) + by) % 26]


def _by_number(letter: str, by: int) -> str:
    """A letter shifted by way of its number: "y is 25; 25 + 3 = 28; 28 - 26 = 2; 2 is b"."""
    number = ALPHABET.index(letter) + 1
    steps = [f"{letter} is {number}"]
    if by < 0 and number <= -by:  # first once around the alphabet, so that no number is negative
        steps.append(f"{number} + 26 = {number + 26}")
        number += 26
    steps.append(f"{number} {'+' if by > 0 else '-'} {abs(by)} = {number + by}")
    if number + by > 26:
        steps.append(f"{number + by} - 26 = {number + by - 26}")
    return "; ".join([*steps, f"{(number + by - 1) % 26 + 1} is {_shifted(letter, by)}"])


def check(gold: str, answer: str) -> bool:
    """The same number, or the same letters with or without quotation marks."""
    if gold.isdigit():
        return same_number(gold, answer)
    return gold == answer.strip().rstrip(".").strip("\"'`").casefold()


FAMILY = Family(
    "strings",
    "reversing, counting, sorting, replacing and shifting the letters of words",
    (1, 2, 3),
    make,
    check,
    (REVERSE, COUNT, VOWELS, LENGTH, LONGEST, REPLACE, PALINDROME, SORT, RUNS, SHIFT),
)
