"""Answers of two parts: two of them, or the request and then the answer. Read `edges.py` next."""

from openmimo.eval.scoring.instructions.parameters import Check, Given, phrase

STARS = "******"


def two_responses(given: Given) -> Check:
    """Two different answers with six stars between them; a part that is blank may only be the first or last."""

    def check(text: str) -> bool:
        parts = [part.strip() for part in text.split(STARS)]
        answers = [part for part in parts if part]
        return all(parts[1:-1]) and len(answers) == 2 and answers[0] != answers[1]

    return check


def repeat_prompt(given: Given) -> Check:
    """It begins with `prompt_to_repeat`, in any case."""
    wanted = phrase(given, "prompt_to_repeat").lower()
    return lambda text: text.strip().lower().startswith(wanted)
