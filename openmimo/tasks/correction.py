"""Slips that are noticed and put right, and checks at the end: what reasoning looks like when it looks back.

Source: ours; the report's RL models show such behaviour, here it is written in from the start.
"""

import random
import re

SLIP_SHARE = 0.06
SIMPLE = re.compile(r"(?<![\w.*/+-] )(?<![\w.-])(\d+ [+*-] \d+) = (\d+)\b(?!\.\d| [*/+-])")


def with_slip(rng: random.Random, lines: list[str], share: float = SLIP_SHARE) -> list[str]:
    """The same steps, in a `share` of the cases with one wrong sum that is corrected at once."""
    if rng.random() >= share:
        return lines
    places = [(number, found) for number, line in enumerate(lines) for found in SIMPLE.finditer(line)]
    if not places:
        return lines
    number, found = rng.choice(places)
    left, right = found[1], int(found[2])
    wrong = right + rng.choice([-10, -2, -1, 1, 2, 10])
    if wrong < 0:
        wrong = right + 1
    line = lines[number]
    corrected = f"{left} = {wrong}. Wait, that is not right: {left} = {right}"
    return [*lines[:number], line[: found.start()] + corrected + line[found.end() :], *lines[number + 1 :]]
