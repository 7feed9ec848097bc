"""Words and letters that an answer must have, or must not. Read `language.py` next.

The original takes words for regular expressions; here they are themselves, which is the same for
words of letters, hyphens and apostrophes. Case does not count.
"""

import re

from openmimo.eval.scoring.instructions.parameters import Check, Given, enough, phrase, phrases
from openmimo.verify.judge.fields import BadField


def existence(given: Given) -> Check:
    """Each of `keywords` is there, if only within another word."""
    wanted = [_pattern(word) for word in phrases(given, "keywords")]
    return lambda text: all(pattern.search(text) for pattern in wanted)


def frequency(given: Given) -> Check:
    """`keyword` is there `frequency` times with `relation`, also within other words."""
    pattern, right = _pattern(phrase(given, "keyword")), enough(given, "frequency", "relation")
    return lambda text: right(len(pattern.findall(text)))


def forbidden_words(given: Given) -> Check:
    """None of `forbidden_words` is there as a word of its own."""
    forbidden = [_pattern(word, r"(?<!\w)", r"(?!\w)") for word in phrases(given, "forbidden_words")]
    return lambda text: not any(pattern.search(text) for pattern in forbidden)


def letter_frequency(given: Given) -> Check:
    """`letter` is there `let_frequency` times with `let_relation`.

    A sign that is no letter of a to z is counted, too: the original draws a letter instead, so that its verdict is chance.
    """
    letter, right = phrase(given, "letter").lower(), enough(given, "let_frequency", "let_relation")
    if len(letter) != 1:
        raise BadField("letter", f"must be one letter, not {letter!r}", "give 'letter' a single letter")
    return lambda text: right(text.lower().count(letter))


def _pattern(word: str, before: str = "", after: str = "") -> re.Pattern[str]:
    return re.compile(before + re.escape(word) + after, re.IGNORECASE)
