"""How long an answer is: in words, sentences and paragraphs. Read `keywords.py` next.

Sentences are Punkt's (Kiss and Strunk 2006), as in the original, with NLTK's trained model of
English. A package of the extra `eval` holds that model, so that nothing is downloaded. NLTK's own
Punkt counts one more where a text ends in two marks, as in "What a day!!"; that is not copied.
"""

import re
from collections.abc import Callable

from openmimo.core.errors import InputError
from openmimo.eval.scoring.instructions.parameters import Check, Given, enough, phrase, whole
from openmimo.verify.judge.fields import BadField

WORD = re.compile(r"\w+")
DIVIDER = re.compile(r"\s?\*{3}\s?")
WORD_END = re.compile(r"[.,?!'\"]")


def number_words(given: Given) -> Check:
    """`num_words` words with `relation`; a word is a run of letters, digits and underscores, so that "it's" is two.

    A vowel sign of Hindi parts a word, as in NLTK up to 3.9, by which the published scores are counted.
    """
    right = enough(given, "num_words", "relation")
    return lambda text: right(len(WORD.findall(text)))


def number_sentences(given: Given) -> Check:
    """`num_sentences` sentences with `relation`, as Punkt splits English; a line without a full stop goes on in the next."""
    right = enough(given, "num_sentences", "relation")
    split = _punkt()
    return lambda text: right(len(split(text)))


def number_paragraphs(given: Given) -> Check:
    """Exactly `num_paragraphs` paragraphs with `***` between them; one that is blank may only be the first or last, and is not counted."""
    wanted = whole(given, "num_paragraphs")

    def check(text: str) -> bool:
        first, *others = (bool(part.strip()) for part in DIVIDER.split(text))
        return all(others[:-1]) and first + sum(others) == wanted

    return check


def nth_paragraph_first_word(given: Given) -> Check:
    """Exactly `num_paragraphs` paragraphs with a blank line between them, and the `nth_paragraph` begins with `first_word`, in any case.

    As in the original, blank paragraphs do not count towards the number and do count towards
    which is the nth, and the word ends at the first mark of `.,?!'"`.
    """
    wanted, place, word = whole(given, "num_paragraphs"), whole(given, "nth_paragraph"), phrase(given, "first_word").lower()
    if not 1 <= place <= wanted:
        raise BadField("nth_paragraph", f"is {place}, of {wanted} paragraphs", "give 'nth_paragraph' a number from 1 to 'num_paragraphs'")

    def check(text: str) -> bool:
        paragraphs = text.split("\n\n")
        if sum(bool(paragraph.strip()) for paragraph in paragraphs) != wanted or not (words := paragraphs[place - 1].split()):
            return False
        return WORD_END.split(words[0].lstrip("'").lstrip('"'))[0].lower() == word

    return check


def _punkt() -> Callable[[str], list[str]]:
    try:
        import punkt
    except ImportError:
        raise InputError("IFEval counts sentences with Punkt, which is not installed", "run: pip install 'openmimo[eval]'") from None
    return punkt.tokenizer_for("english").tokenize
