"""Things that an answer must have in it: places to fill in, and a postscript. Read `layout.py` next."""

import re

from openmimo.eval.scoring.instructions.parameters import Check, Given, phrase, whole

PLACEHOLDER = re.compile(r"\[.*?\]")
# With or without spaces between the letters, and the last full stop of P.P.S may be missing.
MARKERS = {"P.P.S": re.compile(r"p\.\s?p\.\s?s"), "P.S.": re.compile(r"p\.\s?s\.")}


def number_placeholders(given: Given) -> Check:
    """At least `num_placeholders` places to fill in, such as `[address]`."""
    least = whole(given, "num_placeholders")
    return lambda text: len(PLACEHOLDER.findall(text)) >= least


def postscript(given: Given) -> Check:
    """`postscript_marker` is there, in any case; in the original, too, anywhere in the text."""
    marker = phrase(given, "postscript_marker")
    pattern = MARKERS.get(marker) or re.compile(re.escape(marker.lower()))
    return lambda text: bool(pattern.search(text.lower()))
