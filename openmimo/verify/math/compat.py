"""The policy `eval`: verdicts that math-verify surely reaches as well, without running it.

Takes the answer from a text only where there is one that math-verify would take too, and
decides only what its rules leave no doubt of. All else is None and goes to math-verify.
"""

import re

from openmimo.verify.math.compare import Comparison, Hedged
from openmimo.verify.math.extract import FORMULA, find_boxes, inside
from openmimo.verify.math.gold import choice_of, tight
from openmimo.verify.math.lexer import FONTS
from openmimo.verify.math.reader import read
from openmimo.verify.math.scalar import Verdict3, same_as_math_verify
from openmimo.verify.math.terms import TooLarge, Unreadable

PERCENT = re.compile(r"\s*(?:\\?%|[Pp]ercent(?:age)?|[Pp]ct)\.?")
PLAIN = re.compile(
    r"[$€£]?(?P<sign>-?)(?:(?P<grouped>[1-9]\d{0,2}(?:[ ,]\d{3})+)(?P<part>\.\d+)?|(?P<comma>\d+,\d+)|(?P<simple>\d*\.\d+|\d+(?:/[1-9]\d*)?))"
    r"(?P<percent>\s*(?:%|percent|pct))?[$€£]?"
)
FRACTION = re.compile(r"-?\\frac\{-?\d+\}\{-?\d+\}")
FINAL = re.compile(r"final answer", re.IGNORECASE)
FINAL_IS = re.compile(r"final answer is:?\s*", re.IGNORECASE)
HOPE = re.compile(r"\.?\s?I hope")
JOINED = re.compile(r"(?:\s|,|\\quad|\\text\{\s*(?:and|or)\s*\})*")
# What math-verify reads otherwise than we do: half of it, as a unit, or 1/2x as 1/(2x).
OTHERWISE_READ = re.compile(
    r"/\s*(?:\([^()]*\)|\{[^{}]*\}|\d+)\s*[\\a-zA-Z(]|\\sqrt\s*\(|\\mathrm|\\operatorname|\\ldots|\\dots|\\cdots|\\approx|\\overline|\\fbox|\*"
)
LABELLED = re.compile(rf"{FONTS}|\d(?:,|\{{,)")
LETTERS = re.compile(r"[a-z]{2,}")
COMPARISON = Comparison(same_as_math_verify, strict=False)


def decide(gold: str, answer: str) -> Verdict3:
    """Whether math-verify takes two texts that `sole` has found to be the same; None if we are not sure."""
    if gold == answer:
        return True if gold else None
    if "=" not in gold + answer and (one := choice_of(gold)) and (other := choice_of(answer)):
        return one == other
    if tight(gold) == tight(answer) and LETTERS.fullmatch(tight(gold)):
        return True
    if any(OTHERWISE_READ.search(side) or (LABELLED.search(side) and "=" in gold + answer) for side in (gold, answer)):
        return None
    try:
        return COMPARISON.same(read(gold).term, read(answer).term)
    except (Unreadable, TooLarge, Hedged):
        return None


def sole(text: str) -> str | None:
    """The answer of a text, if math-verify surely takes the same one; else None."""
    stripped = text.strip()
    if not (stripped[:1] == stripped[-1:] == "$") and (found := PLAIN.fullmatch(stripped)):
        return _numeral(found)
    if FRACTION.fullmatch(stripped):
        return stripped
    boxes, cut = find_boxes(stripped)
    if cut or "\\\\boxed" in stripped or "\\fbox" in stripped:
        return None
    if FINAL.search(stripped):
        return _final(stripped, boxes)
    return _boxed(stripped, boxes) if boxes else _formula(stripped)


def _numeral(found: re.Match[str]) -> str:
    if found["grouped"]:
        text = re.sub("[ ,]", "", found["grouped"]) + (found["part"] or "")
    else:
        text = (found["comma"] or found["simple"]).replace(",", ".")
    return found["sign"] + text + (r"\%" if found["percent"] else "")


def _boxed(text: str, boxes: list[str]) -> str | None:
    count = len(re.findall(r"\\boxed", text))
    if count == 1:
        return _with_percent(boxes[0].strip(), text.rpartition("}")[2])
    formula = FORMULA.fullmatch(text)
    if formula is None or count != len(boxes):
        return None
    left = inside(formula)
    for box in boxes:
        left = left.replace(f"\\boxed{{{box}}}", " ", 1)
    return ", ".join(boxes) if JOINED.fullmatch(left) else None


def _formula(text: str) -> str | None:
    """The one formula of a text without other digits."""
    found = list(FORMULA.finditer(text))
    if len(found) != 1 or re.search(r"\s\[.*\]\s", text, re.DOTALL):
        return None
    if found[0][0].startswith("\\") and re.search(FONTS, found[0][0]):
        return None  # where units are not taken away
    around = text[: found[0].start()] + " " + text[found[0].end() :]
    if re.search(r"[\d$\\]", around):
        return None
    return _with_percent(inside(found[0]), text[found[0].end() :])


def _final(text: str, boxes: list[str]) -> str | None:
    """The formula or number after "the final answer is", said once, with "I hope" after it or nothing that competes."""
    said = list(FINAL_IS.finditer(text))
    if len(said) != 1:
        return None
    rest = text[said[0].end() :]
    formula = FORMULA.match(rest)
    number = None if formula else PLAIN.match(rest.partition(" I hope")[0].rstrip(". \n"))
    if formula:
        found, after = inside(formula), rest[formula.end() :]
    elif number and number.end() == len(rest.partition(" I hope")[0].rstrip(". \n")):
        found, after = _numeral(number), rest[number.end() :]
    else:
        return None
    if HOPE.match(after):
        return found
    later = re.search(r"[\d$\\]", after)
    return found if not later and not boxes else None


def _with_percent(found: str, after: str) -> str | None:
    if PERCENT.match(after):
        return rf"{found}\%"
    return None if "%" in after else found
