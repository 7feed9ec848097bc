"""Runs of words that two texts share: how a training text that repeats an evaluation question is found (report 3.1: 16 words in a row).

Pure functions on text; knows no files and no benchmark. `sft/rules.py` drops samples by it,
`eval/contamination.py` searches training files with it.
"""

import re
from collections.abc import Iterable, Sequence, Set

GRAM = 16  # words
# In Latin letters a word is a run of a-z and 0-9 of the lower-cased text, as decontaminators have it. They drop every other
# letter, and of a question in Chinese only its figures would be left; so other letters are words, too (ours): a run of them
# where a script has spaces, each by itself where it has none.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # kana and Chinese characters
WORD = re.compile(rf"[a-z0-9]+|[{_UNSPACED}]|[^\W_a-z0-9{_UNSPACED}]+")


def words(text: str) -> list[str]:
    """The words of a text in their order, in small letters and without marks."""
    return WORD.findall(text.lower())


def runs(found: Sequence[str], size: int = GRAM) -> list[str]:
    """Every `size` words in a row, in their order, a space between words; of fewer words the one run that they are, of none no run (ours)."""
    return [" ".join(found[first : first + size]) for first in range(max(len(found) - size, 0) + 1)] if found else []


def grams(text: str) -> set[str]:
    """The runs of 16 words in a text; a shorter text is one run as a whole."""
    return set(runs(words(text)))


def grams_of(questions: Iterable[str]) -> frozenset[str]:
    """The runs of words of all evaluation questions, to be held against training queries."""
    return frozenset(gram for question in questions for gram in grams(question))


def is_clean(query: str, evaluation: Set[str]) -> bool:
    """Whether a query shares no run of words with the evaluation questions."""
    return evaluation.isdisjoint(grams(query))
