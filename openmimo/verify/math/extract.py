"""Finds the answer in a model's text: the last box, an answer phrase, the last formula, or the bare text.

Knows nothing of mathematics. Two answers side by side are hedging, which a reward must not
pay; a box that is revised by a later one counts as revised.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

BOX = re.compile(r"\\(?:boxed|fbox)\s*(?=\{)")
BESIDE = re.compile(r"(?:[\s,;.$&]|\\[()\[\]\\,;!: ]|\\q?quad|\\text\{\s*(?:and|or|,)\s*\}|\b(?:and|or)\b)*")
FORMULA = re.compile(r"\$\$(.+?)\$\$|\\\[(.+?)\\\]|\\\((.+?)\\\)|(?<!\\)\$((?:\\\$|[^$\n])+?)(?<!\\)\$", re.DOTALL)
SAID = re.compile(r"(?:\b(?:final\s+)?answer\s*(?:\bis\b|\bare\b)?\s*:|\b(?:final\s+)?answer\s+(?:is|are)\b|####)[\s*_:]*", re.IGNORECASE)
SENTENCE_END = re.compile(r"\n|(?<!\d)\.(?=\s|$)|(?<=\d)\.(?=\s|$)")
THOUGHTS_BEGIN, THOUGHTS_END = "<think>", "</think>"
BARE = 400  # characters that may be an answer without any sign that they are
NUMERAL = re.compile(r"\d[\d.,/]*|\\[a-zA-Z]+")


@dataclass(frozen=True)
class Extracted:
    """The answer found: its text, and how it was found; or `problem`, why there is none that counts."""

    text: str
    how: str
    problem: str = ""


def extract(text: str) -> Extracted:
    """The answer a reward counts. Unfinished thoughts hold no answer; answers side by side are no answer."""
    if THOUGHTS_END in text:
        text = text.rpartition(THOUGHTS_END)[2]
    elif THOUGHTS_BEGIN in text:
        return Extracted("", "none", "the thoughts have no end")
    boxes, cut = find_boxes(text)
    if cut:
        return Extracted("", "box", "the last box is not closed")
    if boxes:
        if len(boxes) > 1 and len(set(boxes)) > 1:
            return Extracted(" ; ".join(boxes), "box", f"{len(boxes)} boxes side by side")
        return Extracted(boxes[-1].strip(), "box")
    return _said(text) or _formula(text) or _bare(text)


@lru_cache(maxsize=4096)
def extract_gold(text: str) -> str:
    """The answer of a gold text, which is trusted: a bare answer as it is, boxes side by side as a list."""
    boxes, _ = find_boxes(text)
    if boxes:
        return ", ".join(box.strip() for box in boxes)
    stripped = text.strip()
    if stripped.startswith("####") or "\n####" in text:
        return text.rpartition("####")[2].strip()
    formulas = _formulas(stripped)
    if formulas and (len(stripped) > BARE or _only_formulas(stripped)):
        return ", ".join(formulas) if _only_formulas(stripped) else formulas[-1]
    return stripped


def find_boxes(text: str) -> tuple[list[str], bool]:
    """The contents of the last box and those side by side with it, and whether the text breaks off within a box."""
    boxes: list[tuple[int, int, str]] = []
    place = 0
    while found := BOX.search(text, place):
        end = _closing(text, found.end())
        if end < 0:
            return [box[2] for box in boxes[-1:]], True
        boxes.append((found.start(), end + 1, text[found.end() + 1 : end]))
        place = end + 1
    last = boxes[-1:]
    for box in reversed(boxes[:-1]):
        if not BESIDE.fullmatch(text[box[1] : last[0][0]]):
            break
        last.insert(0, box)
    return [box[2] for box in last], False


def _closing(text: str, start: int) -> int:
    """Where the brace that opens at `start` is closed, or -1."""
    depth = 0
    for found in re.compile(r"\\[{}\\]|[{}]").finditer(text, start):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return found.start()
    return -1


def _said(text: str) -> Extracted | None:
    """What follows the last "the answer is"; other values after it are hedging."""
    said_at = list(SAID.finditer(text))
    if not said_at:
        return None
    last = said_at[-1]
    rest = text[last.end() :]
    formula = FORMULA.match(rest)
    if formula:
        said, after = inside(formula), rest[formula.end() :]
    else:
        end = SENTENCE_END.search(rest)
        said, after = (rest[: end.start()], rest[end.end() :]) if end else (rest, "")
        found = _formulas(said)
        if len(found) == 1:
            said = found[0]
    said = said.strip().strip("*").strip()
    others = _formulas(after) or NUMERAL.findall(after)
    if any(_tight(other) != _tight(said) for other in others):
        return Extracted(said, "phrase", "another value follows the answer")
    return Extracted(said, "phrase")


def _formula(text: str) -> Extracted | None:
    stripped = text.strip()
    found = _formulas(stripped)
    if not found:
        return None
    if _only_formulas(stripped):
        return Extracted(", ".join(found), "formula")
    last_line = next((line for line in reversed(stripped.split("\n")) if _formulas(line)), stripped)
    in_line = _formulas(last_line)
    if len(set(map(_tight, in_line))) > 1:
        return Extracted(in_line[-1], "formula", "several formulas and no word which is the answer")
    return Extracted(in_line[-1] if in_line else found[-1], "formula")


def _bare(text: str) -> Extracted:
    stripped = text.strip().strip("*").strip()
    if not stripped:
        return Extracted("", "none", "there is no text")
    if len(stripped) > BARE and "\n" in stripped:
        return Extracted(stripped[-BARE:], "none", "no answer is marked in a long text")
    return Extracted(stripped, "bare")


def _formulas(text: str) -> list[str]:
    return [inside(found) for found in FORMULA.finditer(text)]


def inside(found: re.Match[str]) -> str:
    """The formula between the dollars or brackets that FORMULA has found."""
    return next(group for group in found.groups() if group is not None).strip()


def _only_formulas(text: str) -> bool:
    """Whether a text is formulas with nothing but "and", "or" and commas between them."""
    return re.fullmatch(r"(?:\s|,|;|\.|\band\b|\bor\b)*", FORMULA.sub(" ", text)) is not None


def _tight(text: str) -> str:
    return re.sub(r"[\s$*.,]", "", text)
