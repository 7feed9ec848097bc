"""Capitals and small letters. Read `content.py` next.

Words are those of NLTK's `word_tokenize`, as in the original, but only as far as the number of those
in capitals needs it: marks are dropped where they stand apart.
"""

import re

from openmimo.eval.scoring.instructions.language import detector
from openmimo.eval.scoring.instructions.parameters import Check, Given, enough

# What parts words even without a space. A comma or colon does so only if no digit follows: 10:30;
# an apostrophe where it opens a quotation.
APART = re.compile(
    r"(?<!\w)'(?!(?:re|ve|ll|[mtsdn])\b)(?=\w)|[\s\"«»“”‘’„`;@#$%&?!*()\[\]{}<>\u2012-\u2015]+|--|\.{2,}|''|[:,](?!\d)", re.IGNORECASE
)
# It's and don't are two words each, and so are cannot and its like.
ENDING = re.compile(r"(?<=[^'])('(?:[sSmMdD]|ll|LL|re|RE|ve|VE)|n't|N'T)$")
JOINED = re.compile(r"\b(?:(can)(not)|(gim)(me)|(gon)(na)|(got)(ta)|(lem)(me)|(wan)(na)|(d)('ye)|(more)('n))\b", re.IGNORECASE)


def capital_word_frequency(given: Given) -> Check:
    """`capital_frequency` words in capitals with `capital_relation`; "I" and "A" are such words, and what is joined by a hyphen is one."""
    right = enough(given, "capital_frequency", "capital_relation")
    return lambda text: right(sum(map(str.isupper, _words(text))))


def english_capital(given: Given) -> Check:
    """All letters are capitals and the language is English; capitals in which no language can be seen are let pass."""
    detect = detector()
    return lambda text: text.isupper() and detect(text) in ("en", None)


def english_lowercase(given: Given) -> Check:
    """No letter is a capital and the language is English."""
    detect = detector()
    return lambda text: text.islower() and detect(text) in ("en", None)


def _words(text: str) -> list[str]:
    found = []
    for piece in APART.split(text):
        for word in ENDING.split(piece.rstrip(".")):
            found += JOINED.sub(lambda joined: f" {' '.join(filter(None, joined.groups()))} ", word).split()
    return found
