"""The form of an answer: lists, sections, highlights, a title, JSON, or one of three sentences. Read `combination.py` next."""

import json
import re

from openmimo.eval.scoring.instructions.parameters import Check, Given, phrase, whole

# A star and not two, or a hyphen, so that a rule such as --- counts as well.
BULLETS = (re.compile(r"^\s*\*[^*].*", re.MULTILINE), re.compile(r"^\s*-.*", re.MULTILINE))
HIGHLIGHTS = (re.compile(r"\*([^\n*]*)\*"), re.compile(r"\*\*([^\n*]*)\*\*"))
TITLE = re.compile(r"<<[^\n]+>>")
OPTIONS = ("My answer is yes.", "My answer is no.", "My answer is maybe.")
FENCES = ("```json", "```Json", "```JSON", "```")


def number_bullet_lists(given: Given) -> Check:
    """Exactly `num_bullets` lines that begin with `*` or `-`."""
    wanted = whole(given, "num_bullets")
    return lambda text: sum(len(bullet.findall(text)) for bullet in BULLETS) == wanted


def number_highlighted_sections(given: Given) -> Check:
    """At least `num_highlights` parts that are not blank between stars, `*one*` or `**two**`, on one line."""
    least = whole(given, "num_highlights")
    return lambda text: sum(bool(part.strip()) for highlight in HIGHLIGHTS for part in highlight.findall(text)) >= least


def multiple_sections(given: Given) -> Check:
    """At least `num_sections` sections, each begun with `section_spliter` (which is how the rows spell it) and a number."""
    least = whole(given, "num_sections")
    begin = re.compile(re.escape(phrase(given, "section_spliter")) + r"\s?\d")
    return lambda text: len(begin.findall(text)) >= least


def title(given: Given) -> Check:
    """A title in double angular brackets, on one line."""
    return lambda text: any(found.lstrip("<").rstrip(">").strip() for found in TITLE.findall(text))


def json_format(given: Given) -> Check:
    """All of it is JSON, with or without a fence of three backticks."""

    def check(text: str) -> bool:
        inner = text.strip()
        for fence in FENCES:
            inner = inner.removeprefix(fence)
        try:
            json.loads(inner.removesuffix("```").strip())
        except (ValueError, RecursionError):
            return False
        return True

    return check


def constrained_response(given: Given) -> Check:
    """One of the three sentences that IFEval has for this is in it, to the letter."""
    return lambda text: any(option in text for option in OPTIONS)
