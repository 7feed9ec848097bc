"""The reward of the comparison with TRL, for both sides: 1 where the last whole number of an answer is the right one, else 0.

In the form of TRL's reward functions. Knows neither TRL nor openmimo; needs nothing but Python.
"""

import re

NUMBER = re.compile(r"-?\d+")


def reward(completions: list[str], answer: list[int], **columns: object) -> list[float]:
    """One reward for each completion; `answer` holds what each should come to."""
    return [float(last(text) == right) for text, right in zip(completions, answer, strict=True)]


def last(text: str) -> int | None:
    numbers = NUMBER.findall(text.replace(",", ""))
    # Longer ones are no answer to anything that is asked, and Python refuses to read the longest.
    return int(numbers[-1]) if numbers and len(numbers[-1]) < 20 else None
