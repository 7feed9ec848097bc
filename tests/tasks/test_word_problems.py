"""Word problems, solved once more from nothing but the words of the question."""

import random
import re

import pytest

from openmimo.tasks.task import Task
from openmimo.tasks.word_problems import FAMILY, GRAPH, STORIES, TOGETHER

GIVEN = re.compile(r"(\w+) (?:has|owns) (\d+) \w+\.|there are (\d+) \w+ in (\w+)'s bag\.")
DEFINED = re.compile(
    r"(\w+) has (?:(\d+) (?:\w+ )?(more|fewer|less) than (\w+)|(twice|three times|four times|half) as many as (\w+)"
    r"|as many as (\w+) and (\w+) together)\."
)
TIMES = {"twice": 2.0, "three times": 3.0, "four times": 4.0, "half": 0.5}


def read(template: str, problem: str) -> dict[str, str]:
    """What stands in the places of a template in a question put with it."""
    parts = re.split(r"\{(\w+)\}", template.rstrip("?.!"))
    pattern, known = "", set()
    for place, part in enumerate(parts):
        if place % 2 == 0:
            pattern += re.escape(part)
        elif part in known:
            pattern += f"(?P={part})"
        else:
            known.add(part)
            pattern += f"(?P<{part}>.+)" if part == "s" else rf"(?P<{part}>\w+)"
    found = re.search(pattern, problem, re.IGNORECASE)
    assert found, (template, problem)
    return {name: value.casefold() for name, value in found.groupdict().items()}


def template_of(task: Task) -> tuple[str, str]:
    _, kind, place, index = task.phrasing.split(".")
    phrasings = {**STORIES, "graph": GRAPH, "together": TOGETHER}[kind]
    return kind, (phrasings.held_out if place == "held" else phrasings.trained)[int(index)]


def quantities(story: str) -> dict[str, float]:
    """Who has how many, defined ones after those they need; a later number of one already known is no new quantity."""
    has: dict[str, float] = {}
    events = sorted([*GIVEN.finditer(story), *DEFINED.finditer(story)], key=lambda found: found.start())
    for found in events:
        if found.re is GIVEN:
            has[found[1] or found[4]] = int(found[2] or found[3])
        elif found[3]:
            has[found[1]] = has[found[4]] + int(found[2]) * (1 if found[3] == "more" else -1)
        elif found[5]:
            has[found[1]] = has[found[6]] * TIMES[found[5]]
        else:
            has[found[1]] = has[found[7]] + has[found[8]]
    return has


def solve(task: Task) -> float:
    kind, template = template_of(task)
    parts = read(template, task.problem)
    if kind in ("graph", "together"):
        has = quantities(parts["s"])
        return sum(has.values()) if kind == "together" else has[parts["w"]]
    a, b, c = (int(parts.get(name, 0)) for name in "abc")
    return {
        "buy": lambda: a * b,
        "wages": lambda: a * b,
        "distance": lambda: a * b,
        "change": lambda: c - a * b,
        "time": lambda: c / a,
        "share": lambda: c / a,
        "lose": lambda: a - b,
        "more": lambda: a + (a + b),
        "twice": lambda: a + a * b,
    }[kind]()


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_the_words_alone_lead_to_the_gold_answer(level: int, held_out: bool) -> None:
    for seed in range(250):
        task = FAMILY.make(random.Random(f"{level}/{seed}"), level, held_out)
        gold = solve(task)
        assert gold > 0, task
        assert float(task.answer) == gold, task
        assert FAMILY.check(task.answer, f"${gold:.2f}")
        assert not FAMILY.check(task.answer, str(gold + 1))
        assert not FAMILY.check(task.answer, "apples")


@pytest.mark.parametrize("level", [2, 3, 4])
def test_a_chain_has_one_definition_an_operation(level: int) -> None:
    seen = 0
    for seed in range(200):
        task = FAMILY.make(random.Random(seed), level, False)
        kind, template = template_of(task)
        if kind in ("graph", "together"):
            definitions = len(DEFINED.findall(read(template, task.problem)["s"]))
            assert definitions * (1 if kind == "graph" else 2) == level
            seen += 1
    assert seen > 20


def test_a_sentence_nobody_needs_comes_only_from_level_three_on() -> None:
    share = dict.fromkeys(FAMILY.levels, 0)
    for level in FAMILY.levels:
        for seed in range(300):
            kind, template = template_of(task := FAMILY.make(random.Random(seed), level, False))
            if kind == "graph":
                story = read(template, task.problem)["s"]
                share[level] += len(GIVEN.findall(story)) > 1 or "years old" in story or "known each other" in story
    assert share[1] == share[2] == 0
    assert share[3] > 20
    assert share[4] > 20
