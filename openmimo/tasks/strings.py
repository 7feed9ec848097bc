"""Words as rows of letters: reverse, count, sort, replace, shift, run lengths, palindromes and the longest of some words.

The steps spell a word once, because a tokenizer may take it as one token and then the
letters are not to be seen: "In door: 1 d 2 o 3 o 4 r". With its number each letter is found
again, though it may come twice; a walk over the letters names number and letter, what holds
for it and what came out so far. Half of the words are real ones and half are letters at
random, so that they must be read. Knows no tokenizer.
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


def _numbered(word: str) -> list[str]:
    """The letters with their numbers: "1 d", "2 o"."""
    return [f"{place} {letter}" for place, letter in enumerate(word, 1)]


def _read(quoted: str) -> str:
    """A word as it stands in the question, so that its tokens are the same, and its letters with their numbers."""
    return f"In {quoted}: " + " ".join(_numbered(quoted.strip('"')))


def _reverse(rng: random.Random, level: int) -> Made:
    """The numbers of the letters are counted down."""
    word = _sized(rng, level)
    quoted, result = _quoted(rng, word), word[::-1]
    return REVERSE, {"w": quoted}, [_read(quoted), " ".join(reversed(_numbered(word))), _spelled(result), result], result


def _counted(word: str, wanted: str) -> list[str]:
    """How many letters of a word are among those wanted, letter by letter."""
    lines, count = ["Count " + ", ".join(f"{letter}: yes" for letter in wanted) + "."], 0
    for letter in _numbered(word):
        count += letter[-1] in wanted
        lines.append(f"{letter}: {'yes' if letter[-1] in wanted else 'no'} {count}")
    return [*lines, f"{count}"]


def _count(rng: random.Random, level: int) -> Made:
    word = _word(rng, 4, 6) if level == 1 else _word(rng, 8, 12)
    wanted = rng.choice((max(word, key=word.count), rng.choice(word), rng.choice(ALPHABET)))
    quoted = _quoted(rng, word)
    lines = [_read(quoted), *_counted(word, wanted)]
    return COUNT, {"w": quoted, "x": f'"{wanted}"'}, lines, lines[-1]


def _vowels(rng: random.Random, level: int) -> Made:
    word = _word(rng, 4, 6) if level == 2 else _word(rng, 8, 12)
    quoted = _quoted(rng, word)
    lines = [_read(quoted), *_counted(word, "aeiou")]
    return VOWELS, {"w": quoted}, lines, lines[-1]


def _length(rng: random.Random, level: int) -> Made:
    word = _word(rng, 3, 7)
    quoted = _quoted(rng, word)
    return LENGTH, {"w": quoted}, [_read(quoted), f"{len(word)}"], f"{len(word)}"


def _longest(rng: random.Random, level: int) -> Made:
    """The longest of some words; drawn again until there is only one longest."""
    while True:
        words = [_word(rng, 2 + level, 3 + 2 * level) for _ in range(2 + level)]
        sizes = sorted(map(len, words))
        if sizes[-1] > sizes[-2]:
            break
    lines, longest = [_read(words[0])], words[0]
    for word in words[1:]:
        both = f"{len(longest)} or {len(word)}"
        longest = max(longest, word, key=len)
        lines += [_read(word), f"{both}: {len(longest)}, {longest}"]
    lines.append(longest)
    return LONGEST, {"w": ", ".join(words)}, lines, longest


def _replace(rng: random.Random, level: int) -> Made:
    word = _sized(rng, level)
    old = rng.choice(word)
    new = rng.choice([letter for letter in ALPHABET if letter not in word])
    result = word.replace(old, new)
    quoted = _quoted(rng, word)
    walk = [f"{letter}: {put}" for letter, put in zip(_numbered(word), result, strict=True)]
    lines = [_read(quoted), f"Change {old}: {new}", *walk, _spelled(result), result]
    return REPLACE, {"w": quoted, "x": f'"{old}"', "y": f'"{new}"'}, lines, result


def _palindrome(rng: random.Random, level: int) -> Made:
    """A palindrome, or in half of the cases one with a letter changed."""
    half, middle = _word(rng, level, level + 2), rng.choice(("", rng.choice(ALPHABET)))
    word = half + middle + half[::-1]
    if rng.random() < 0.5:
        place = rng.randrange(len(half))
        word = word[:place] + rng.choice(ALPHABET.replace(word[place], "")) + word[place + 1 :]
    quoted = _quoted(rng, word)
    lines, letters, answer = [_read(quoted)], _numbered(word), "yes"
    for first, last in zip(letters[: len(word) // 2], reversed(letters), strict=False):
        same = first[-1] == last[-1]
        lines.append(f"{first} and {last}: {'same' if same else 'not the same'}")
        if not same:
            answer = "no"
            break
    return PALINDROME, {"w": quoted}, [*lines, answer], answer


def _sort(rng: random.Random, level: int) -> Made:
    """Each letter is put where it belongs among those before it: the earlier of two is taken until that is the new one."""
    word = _word(rng, 3, 5) if level == 2 else _word(rng, 6, 8)
    quoted, done = _quoted(rng, word), ""
    lines = [_read(quoted)]
    for place, letter in enumerate(word, 1):
        before = sum(other < letter for other in done)
        tried = [f"{other} {letter}: {min(other, letter)}" for other in done[: before + 1]]
        done = done[:before] + letter + done[before:]
        lines.append("; ".join([f"{place} {letter}", *tried, f"so {_spelled(done)}"]))
    return SORT, {"w": quoted}, [*lines, done], done


def _runs(rng: random.Random, level: int) -> Made:
    letters = rng.sample(ALPHABET, rng.randint(level, level + 2))
    runs = [(letter, rng.randint(1, 2 + level)) for letter in letters]
    quoted = _quoted(rng, "".join(letter * count for letter, count in runs))
    lines, result = [f"In {quoted}:"], ""
    for letter, count in runs:
        result += f"{letter}{count}"
        lines.append(" ".join(f"{letter}{place}" for place in range(1, count + 1)) + f"; so {result}")
    return RUNS, {"w": quoted}, [*lines, result], result


def _shift(rng: random.Random, level: int) -> Made:
    """A Caesar cipher: by counting on in the alphabet at level 2, by the numbers of the letters at level 3, there also backwards."""
    if level == 2:
        word, by = _word(rng, 3, 4), rng.randint(1, 3)
        lines = [f"{letter}: " + " ".join(_shifted(letter[-1], step) for step in range(1, by + 1)) for letter in _numbered(word)]
    else:
        word, by = _word(rng, 4, 6), rng.randint(3, 12) * rng.choice((1, -1))
        lines = [f"{place} {_by_number(letter, by)}" for place, letter in enumerate(word, 1)]
    result = "".join(_shifted(letter, by) for letter in word)
    way = "forward" if by > 0 else "back"
    quoted = _quoted(rng, word)
    parts: dict[str, object] = {"w": quoted, "n": f"{abs(by)} place{'s' if abs(by) > 1 else ''} {way}"}
    return SHIFT, parts, [_read(quoted), *lines, _spelled(result), result], result


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
