"""The letter of a multiple-choice answer, found in free text: what is claimed, in English or Chinese, before what merely stands alone.

Conservative: where two letters are claimed side by side, or nothing is claimed and several letters
stand alone, there is no answer. The article "A" and the pronoun "I" are no choices. Ours; it takes
all forms that simple-evals, MMLU-Pro and SuperGPQA look for. Knows no benchmark. Read `words.py`
next for answers in words.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from openmimo.eval.item import Item
from openmimo.verify.verdict import Verdict

LETTERS = 10  # where the choices are not given: as many as MMLU-Pro has
LONGEST = 2000  # characters of a claim that may be the text of a choice

# Marks of Markdown and TeX say nothing about which letter is meant, but a bold letter alone is one, as one in brackets is.
BOLD = re.compile(r"(\*\*|__)\s*\(?([A-Z])\s*\)?[.:)]?\s*\1")
BOX = re.compile(r"\\(?:boxed|fbox)\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
FONT = re.compile(r"\\(?:text|textbf|textrm|mathbf|mathrm|mathsf)\s*\{([^{}]*)\}")
MARKS = re.compile(r"[*`$]|\\[()\[\]]")

# What is said before a letter. What comes after "answer" may be more words, as in "the answer to this question is".
CLAIM = re.compile(
    r"\banswer\b(?:[^.:=\n]{0,60}?\b(?:is|are|be)\b|\s*[:=>]|\s[-–—]\s)\s*:?"
    r"|\b(?:choice|option)\s*(?:(?:is|would be|should be|must be)\b|[:=])\s*:?"
    r"|\b(?:I|we|so|thus|hence|therefore)\b(?:'d|'ll)?,?\s+(?:(?:would|will|should|must|can)\s+)?(?:choose|select|pick|go with)\b"
    r"|答案(?:应该|應該|应|應|就)?[是为為选選]?|[选選][项項]\s*[是为為:]|[选選][择擇]?(?:的?是)?(?![项項])",
    re.IGNORECASE,
)
FILLER = re.compile(
    r"\s*:?\s*(?:(?:therefore|thus|hence|clearly|simply)\b,?\s*)?(?:the\s+)?(?:(?:option|choice|letter)\b\s*:?|选项|選項|选|選)?",
    re.IGNORECASE,
)
# What turns a claim round, before it or within it: "I do not pick C", "the answer cannot be C".
REFUSED = re.compile(r"(?:\bnot|n't|\bnever|\bcannot)\s+$|[不别別未]\w?$", re.IGNORECASE)
DENIED = re.compile(r"\b(?:not|never|cannot)\b|n't\b", re.IGNORECASE)
# What is said after a letter: "option C is correct", "(C) is the right answer", "C项正确".
PRAISE = re.compile(
    r"(?:\b(?i:option|choice|answer)\s+\(?([A-Z])\)?|\(([A-Z])\)|(?:^|[.\n][ \t]*|\b(?i:so|thus|hence|therefore|that),?\s+)([A-Z]))\s+is\s+(?:the\s+)?(?:correct|right|best)\b"
    r"|(?<![A-Za-z0-9])([A-Z])\s+is\s+the\s+(?:correct|right|best)\s+(?:answer|choice|option)\b"
    r"|(?<![A-Za-z0-9])\(?([A-Z])\)?\s*(?:选项|選項|[项項])?\s*[是为為]?\s*正[确確]",
)

LETTER = re.compile(r"[\s\"'“‘「(\[{<]*([A-Za-z])(?![A-Za-z0-9'’])([\s\"'”’」]*[)\]}>])?")
ENDED = re.compile(r"[\"'”’」]*\s*(?:$|[\n.,;:!?)/&<、]|[-–—]\s|[\u3000-\u9fff]|(?:because|since|as)\b)")
OTHER = re.compile(
    r"[\"'”’」)\]]*\s*(?:[,/&;、]|\band\b|\bor\b|或者?|[和与與及])\s*(?:option\s+|choice\s+)?[\"'“‘「(\[]*([A-Z])(?=[\"'”’」)\]]*\s*(?:$|[\n.,;。，；)}]))"
)
BESIDE = re.compile(r"(?:[\s,;/&.、()\[\]]|\band\b|\bor\b|或者?|[和与與及])*")

ALONE = re.compile(r"\(?([A-Z])\)?[.。]?")
LABEL = re.compile(r"(?:\(([A-Z])\)(?!-?\w)|([A-Z])([.):、]))\s*(?=(.*))")
BRACKETED = re.compile(r"(?<!\w)\(([A-Z])\)(?!-?\w)")
CONCLUSION = re.compile(r"(?:(?:\b(?:so|thus|hence|therefore|is|be)\b|'s)[,:]?|→|[-=]>)\s*\(?([A-Z])\)?[.。]?$")


@dataclass(frozen=True)
class _Claim:
    start: int
    end: int
    letters: frozenset[str]


def letter_verdict(item: Item, answer: str) -> Verdict:
    """Whether the letter in an answer is the item's gold letter; the choices of the item, if it has some, bound the letters and may be named."""
    said = letter_of(answer, item.choices)
    right = said == item.gold
    reason = "" if right else "another letter" if said else "no one letter is claimed"
    return Verdict("right" if right else "wrong", float(right), "letter", reason, item.gold, said or "")


def letter_of(answer: str, choices: Sequence[str] = ()) -> str | None:
    """The letter an answer claims, A for the first choice; None where it claims none, or two side by side."""
    text = _plain(answer)
    texts = [_tight(_plain(choice)) for choice in choices]
    valid = ascii_uppercase[: len(choices) or LETTERS]
    claims = [claim for claim in sorted(_claims(text, texts), key=lambda claim: claim.start) if claim.letters <= set(valid)]
    if claims:
        last = claims[-1]
        for claim in reversed(claims[:-1]):
            if claim.end > last.start or BESIDE.fullmatch(text, claim.end, last.start):
                last = _Claim(claim.start, last.end, claim.letters | last.letters)
        return min(last.letters) if len(last.letters) == 1 else None
    return _named(text.strip(), texts) or _alone(text, texts, valid)


def _plain(text: str) -> str:
    """The text with ordinary signs for full-width ones, and without marks; what is in a box is claimed on a line of its own."""
    text = BOLD.sub(r"(\2)", unicodedata.normalize("NFKC", text))
    text = FONT.sub(r"\1", FONT.sub(r"\1", text))
    return MARKS.sub("", BOX.sub(r"\nanswer: \1\n", text)).replace("\\ ", " ")


def _claims(text: str, texts: Sequence[str]) -> Iterator[_Claim]:
    for found in CLAIM.finditer(text):
        if not (REFUSED.search(text, max(0, found.start() - 12), found.start()) or DENIED.search(found[0])):
            filler = FILLER.match(text, found.end())
            assert filler
            yield from _claimed(text, found.start(), filler.end(), texts)
    for found in PRAISE.finditer(text):
        yield _Claim(found.start(), found.end(), frozenset(filter(None, found.groups())))


def _claimed(text: str, start: int, place: int, texts: Sequence[str]) -> Iterator[_Claim]:
    """What is claimed at a place: a choice by its text, or a letter, or several of them."""
    line = text[place : place + LONGEST].lstrip().partition("\n")[0]
    if len(_tight(line)) > 1 and (named := _named(line, texts)):
        yield _Claim(start, text.index(line, place) + len(line), frozenset(named))
        return
    found = LETTER.match(text, place)
    if not found:
        return
    letter, end = found[1], found.end()
    letters = {letter.upper()}
    while other := OTHER.match(text, end):
        letters.add(other[1])
        end = other.end()
    # An article is followed by its noun and a pronoun by its verb; a letter in brackets is neither.
    if (letter.islower() or letter in "AI") and not (found[2] or len(letters) > 1 or ENDED.match(text, end)):
        return
    yield _Claim(start, end, frozenset(letters))


def _named(text: str, texts: Sequence[str]) -> str | None:
    """The letter of the one choice whose text this is: all of it, or up to the end of its first sentence or clause."""
    for part in (text, re.split(r"\.(?:\s|$)|[。;；]", text)[0], text.partition(",")[0]):
        places = [place for place, choice in enumerate(texts) if choice and choice == _tight(part)]
        if len(places) == 1:
            return ascii_uppercase[places[0]]
    return None


def _alone(text: str, texts: Sequence[str], valid: str) -> str | None:
    """The one letter that stands alone: on the last line, before a choice, at the end of a conclusion, or in brackets."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if not lines:
        return None
    found = ALONE.fullmatch(lines[-1].upper() if len(lines) == 1 else lines[-1])
    if found:
        return found[1] if found[1] in valid else None
    labels = {letter for line in lines if (letter := _label(line, texts)) and letter in valid}
    concluded = CONCLUSION.search(lines[-1])
    if concluded and concluded[1] in valid and not DENIED.search(lines[-1]):
        return concluded[1]
    for letters in (labels, {letter for letter in BRACKETED.findall(text) if letter in valid}):
        if letters:
            return min(letters) if len(letters) == 1 else None
    return None


def _label(line: str, texts: Sequence[str]) -> str | None:
    """The letter before a choice on a line: "C) Paris". A full stop may be that of "E. coli", so a choice or a capital must follow it."""
    if alone := ALONE.fullmatch(line):
        return alone[1]
    found = LABEL.match(line)
    if not found:
        return None
    rest = found[4]
    if found[3] == "." and rest[:1].islower() and not any(choice and _tight(rest).startswith(choice) for choice in texts):
        return None
    return found[1] or found[2]


def _tight(text: str) -> str:
    """A text for comparison: small letters, single spaces, no full stop or quotation marks around it."""
    return " ".join(text.lower().split()).strip("\"'“”‘’「」.。 ")
