"""Answers in words: exact match and token F1 as SQuAD, TriviaQA, NaturalQuestions and DROP define them, and BBH's exact match.

Each data set makes texts comparable in its own way; published scores stand on that, so each is
kept. Knows no columns: the right answers are in an item's `data`. Read `alignment.py` next for how
DROP's spans are paired.
"""

import re
import string
from collections import Counter
from collections.abc import Callable, Sequence

from openmimo.eval.item import Item
from openmimo.eval.scoring.alignment import best_pairs
from openmimo.verify.verdict import Kind, Verdict

PUNCTUATION = str.maketrans("", "", string.punctuation)
PUNCTUATION_APART = str.maketrans(dict.fromkeys(string.punctuation + "‘’´`", " "))
ARTICLE = re.compile(r"\b(?:a|an|the)\b")

ANSWER_LINE = re.compile(r"answer\s*:[\s*]*([^\n]+)", re.IGNORECASE)
BOX = re.compile(r"\\boxed\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
FONT = re.compile(r"\\text\s*\{([^{}]*)\}")
# What parts the spans of an answer that lists several, from the surest sign to the weakest.
LISTS = (re.compile(r"[\n;|]"), re.compile(r"[\n;|,]"), re.compile(r"[\n;|,]|\band\b"))

SO = re.compile(r"\banswer\s+is\b\s*:?", re.IGNORECASE)
STOP = re.compile(r"\.(?:\s|$)|\n")
OPTION = re.compile(r"\(([A-Z])\)")
OPTION_SAID = re.compile(r"\(([A-Za-z])\)|([A-Za-z])(?:$|[).:,])")
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")


def squad_form(text: str) -> str:
    """Small letters, no punctuation, no articles, single spaces: SQuAD's evaluation (Rajpurkar et al. 2016), and that of open NaturalQuestions."""
    return " ".join(ARTICLE.sub(" ", text.lower().translate(PUNCTUATION)).split())


def trivia_form(text: str) -> str:
    """As `squad_form`, but punctuation becomes a space, so that "hip-hop" is two words: TriviaQA's evaluation (Joshi et al. 2017)."""
    return " ".join(ARTICLE.sub(" ", text.lower().translate(PUNCTUATION_APART)).split())


def token_f1(one: str, other: str, form: Callable[[str], str] = squad_form) -> float:
    """The harmonic mean of the shares of tokens that two texts have in common, from 0 to 1; of texts without tokens, whether both are."""
    left, right = form(one).split(), form(other).split()
    if not left or not right:
        return float(left == right)
    common = sum((Counter(left) & Counter(right)).values())
    return 2 * common / (len(left) + len(right))


def alias_verdict(item: Item, answer: str) -> Verdict:
    """Whether an answer is one of the item's accepted `aliases`, as open NaturalQuestions compares them; the reason has the best token F1."""
    return _among(item, answer, squad_form)


def trivia_verdict(item: Item, answer: str) -> Verdict:
    """Whether an answer is one of the item's accepted `aliases`, as TriviaQA compares them; the reason has the best token F1."""
    return _among(item, answer, trivia_form)


def _among(item: Item, answer: str, form: Callable[[str], str]) -> Verdict:
    accepted: Sequence[str] = item.data["aliases"]
    said = answer.strip()
    if form(said) in set(map(form, accepted)):
        return Verdict("right", 1.0, "words", "", item.gold, said)
    best = max(token_f1(said, one, form) for one in accepted)
    return Verdict("wrong", 0.0, "words", f"none of {len(accepted)} accepted answers; token F1 {best:.2f}", item.gold, said)


def drop_verdict(item: Item, answer: str) -> Verdict:
    """DROP's F1 of an answer (Dua et al. 2019), against that one of the item's `answers` which suits it best; each is one span or several.

    The answer is what stands after the last "Answer:", if there is one, else all of it.
    """
    lines = ANSWER_LINE.findall(answer)
    said = _unboxed(lines[-1] if lines else answer)
    exact, f1 = drop_scores(item.data["answers"], said)
    kind: Kind = "right" if f1 == 1 else "partial" if f1 else "wrong"
    return Verdict(kind, f1, "words", "" if exact else f"F1 {f1:.2f}, and no exact match", item.gold, said)


def drop_scores(answers: Sequence[Sequence[str]], said: str) -> tuple[bool, float]:
    """Exact match, and F1 in hundredths, each against the right answer that suits it best.

    DROP's evaluator is given the spans of an answer. A text has to be taken apart: where the right
    answer has one span, the text is one; where it has several, the text is read as one and as each
    kind of list, and what suits best counts.
    """
    exact, best = False, 0.0
    for gold in answers:
        readings = [[said]]
        if len(gold) > 1:
            readings += [[part for part in mark.split(said) if part.strip()] for mark in LISTS]
        for spans in readings:
            if spans:
                exact = exact or same_spans(gold, spans)
                best = max(best, spans_f1(gold, spans))
    return exact, best


def spans_f1(gold: Sequence[str], spans: Sequence[str]) -> float:
    """DROP's F1 of spans paired in the best way, in hundredths: the mean over as many as the longer list has."""
    gold_bags, bags = ([set(drop_form(span).split()) for span in spans] for spans in (gold, spans))
    scores = [[_bag_f1(right, bag) for bag in bags] for right in gold_bags]
    total = sum(scores[row][column] for row, column in best_pairs(scores))
    return round(100 * total / max(len(gold), len(spans))) / 100


def drop_form(text: str) -> str:
    """DROP's form: split at spaces and hyphens, each token without punctuation and articles, and a number as Python writes a float."""
    tokens = (_drop_token(token) for token in re.split("[ -]", text.lower()))
    return " ".join(filter(None, tokens))


def _drop_token(token: str) -> str:
    bare = token if _is_number(token) else token.translate(PUNCTUATION)
    if _is_number(bare):
        bare = str(float(bare))
    return " ".join(ARTICLE.sub(" ", bare).split())


def _bag_f1(gold: set[str], said: set[str]) -> float:
    """The F1 of two bags, in which a word counts once; 0 if the gold one has numbers and none of them is said."""
    numbers = {word for word in gold if _is_number(word)}
    if numbers and not numbers & said:
        return 0.0
    common = len(gold & said)
    precision, recall = common / len(said) if said else 1.0, common / len(gold) if gold else 1.0
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def same_spans(gold: Sequence[str], spans: Sequence[str]) -> bool:
    """DROP's exact match: as many spans, and the same ones in whatever order."""
    return len(gold) == len(spans) and set(map(drop_form, gold)) == set(map(drop_form, spans))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def bbh_verdict(item: Item, answer: str) -> Verdict:
    """Whether what follows the last "the answer is" is the item's gold answer.

    Case and spaces do not count, nor the brackets around an option's letter, nor commas between the
    words of a list; these are ours, where Suzgun et al. (2022, 2210.09261) compare to the letter.
    """
    said = bbh_answer(answer)
    if option := OPTION.fullmatch(item.gold.strip()):
        letter = OPTION_SAID.match(said)
        right = letter is not None and (letter[1] or letter[2]).upper() == option[1]
    else:
        right = _bbh_form(said) == _bbh_form(item.gold)
    reason = "" if right else "another answer" if said else 'no "the answer is"'
    return Verdict("right" if right else "wrong", float(right), "words", reason, item.gold, said)


def bbh_answer(text: str) -> str:
    """What follows the last "the answer is", up to the end of its sentence; without one a box, or the text if it is but one line, else nothing."""
    found = list(SO.finditer(text))
    if found:
        said = text[found[-1].end() :].lstrip()
    elif boxes := BOX.findall(text):
        said = boxes[-1]
    else:
        said = "" if "\n" in text.strip() else text.strip()
    return _unboxed(STOP.split(said)[0]).strip("*`$\"' ")


def _bbh_form(text: str) -> str:
    bare = " ".join(THOUSANDS.sub("", text.casefold()).replace(",", " ").split())
    # Brackets are written with spaces between them, or without.
    return bare if re.search(r"\w", bare) else bare.replace(" ", "")


def _unboxed(text: str) -> str:
    return FONT.sub(r"\1", BOX.sub(r"\1", text)).strip()
