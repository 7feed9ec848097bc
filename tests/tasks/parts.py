"""Reading the numbers of a question back out of its words, so that a test can solve it in its own way."""

import re

from openmimo.tasks.task import Family, Task
from openmimo.tasks.wording import AFTER, BEFORE


def parts_of(family: Family, task: Task) -> dict[str, str]:
    """What was put into the template of a task, in small letters, found by the template's words around it."""
    kind, place, index = task.phrasing.rsplit(".", 2)
    (phrasings,) = (each for each in family.phrasings if each.kind == kind)
    template = (phrasings.held_out if place == "held" else phrasings.trained)[int(index)].casefold().rstrip("?.")
    pattern, seen = "", set()
    for words, name in re.findall(r"([^{]*)(?:\{(\w+)\})?", template):
        pattern += re.escape(words)
        if name:
            pattern += f"(?P={name})" if name in seen else f"(?P<{name}>.+?)"
            seen.add(name)
    before, after = (
        "|".join(re.escape(words.strip().casefold()) for words in sorted(all_words, key=len, reverse=True)) for all_words in (BEFORE, AFTER)
    )
    found = re.fullmatch(rf"(?:{before})\s*{pattern}[?.]*\s*(?:{after})", task.problem.casefold())
    assert found, f"{pattern} is not in {task.problem}"
    return found.groupdict()
