"""Which samples fine-tuning may learn from (report 3.1): clean of evaluation questions, complete, in one language, at most eight a query.

Pure functions on text; knows no tokens, no tasks and no training. What an overlap is, is in
`text/grams.py`. Read `run.py` for what is done with what is kept.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from openmimo.text.grams import is_clean
from openmimo.text.reasoning import parse

ANSWERS = 8  # a query
# Scripts that letters of formulas do not come from, by the first word of a letter's Unicode name. Which letters make an
# answer mixed is ours; the report does not say how it tells.
SCRIPTS = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "CYRILLIC", "ARABIC", "HEBREW", "DEVANAGARI", "BENGALI", "TAMIL", "THAI", "GEORGIAN")


@dataclass(frozen=True)
class Sample:
    """One question and one answer to it, reasoning included."""

    query: str
    reply: str


def is_complete(reply: str) -> bool:
    """Whether the reasoning of a reply was closed and an answer follows, with no code block or call left open."""
    return parse(reply).complete


def is_of_one_language(sample: Sample) -> bool:
    """Whether the reply has no letters of a script that its query has none of; Latin and Greek ones are formulas and code, too."""
    return _scripts(sample.reply) <= _scripts(sample.query)


def keep(samples: Iterable[Sample], evaluation: Set[str], dropped: Counter[str]) -> Iterator[Sample]:
    """The samples that pass every rule, in their order; `dropped` counts the others by the rule they broke."""
    answers: Counter[str] = Counter()
    for sample in samples:
        if not is_clean(sample.query, evaluation):
            dropped["overlaps an evaluation question"] += 1
        elif not is_complete(sample.reply):
            dropped["incomplete"] += 1
        elif not is_of_one_language(sample):
            dropped["of mixed language"] += 1
        elif answers[sample.query] >= ANSWERS:
            dropped[f"beyond {ANSWERS} answers to a query"] += 1
        else:
            answers[sample.query] += 1
            yield sample


def _scripts(text: str) -> set[str]:
    if text.isascii():
        return set()
    names = {unicodedata.name(letter, "").partition(" ")[0] for letter in set(text) if letter.isalpha()}
    return names.intersection(SCRIPTS)
