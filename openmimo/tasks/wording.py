"""Small turns of phrase put around a question, so that no model learns to wait for one exact opening."""

import random

# Most questions come bare.
BEFORE = ("",) * 10 + (
    "Hi! ",
    "Hello, ",
    "Please help: ",
    "Quick question: ",
    "I have a question. ",
    "Can you help me? ",
    "One more: ",
    "Question: ",
    "Hey, ",
    "Homework: ",
    "Exercise. ",
    "For my class: ",
    "My son asks: ",
    "Next problem. ",
)
AFTER = ("",) * 12 + (" Thanks!", " Please explain.", " Show your work.", " Thank you.", " Step by step, please.", " Please.")


def dress(rng: random.Random, question: str) -> str:
    """The question, in some cases with a few words before or after it, or without its last mark, or in small letters."""
    before, after = rng.choice(BEFORE), rng.choice(AFTER)
    if not before and not after:
        turn = rng.random()
        if turn < 0.06 and question.endswith(("?", ".")):
            return question[:-1]
        if turn < 0.10:
            return question.lower()
        return question
    if after and not question.endswith(("?", ".", "!", "`")):
        after = "." + after
    return before + question + after
