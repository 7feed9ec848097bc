"""Puzzles of logic, solved once more from the words of the question by trying every possibility there is."""

import random
import re
from itertools import permutations, product

import pytest

from openmimo.tasks.logic import FAMILY, NAMES, ORDINALS
from openmimo.tasks.task import Task
from tests.tasks.parts import parts_of

BEFORE = re.compile(r"(\w+) (?:finished before|stands in front of|arrived before|spoke before|comes before|sang earlier than) (\w+)")
AFTER = re.compile(r"(\w+) (?:finished after|stands behind|arrived after|spoke after|comes after|sang later than) (\w+)")
NEVER = re.compile(rf"(\w+) (?:did not \w+|is not|was not the) ({'|'.join(ORDINALS)})")
ASKED = re.compile(rf"who (?:\w+ )(?:the )?({'|'.join(ORDINALS)})")


def names_in(text: str) -> list[str]:
    return [name.casefold() for name in NAMES if re.search(rf"\b{name.casefold()}\b", text)]


def liars(text: str) -> set[str]:
    """Those who lie in the one way to tell the truth or lie in which all that is said fits."""
    claims = re.findall(r'(\w+) says: "([^"]+)\."', text)
    names = [speaker for speaker, _ in claims]

    def holds(speaker: str, words: str, honest: dict[str, bool]) -> bool:
        subject, rest = words.split(" ", 1)
        if subject.isdigit():
            if "more" in rest:
                return int(subject) > int(rest.split()[-1])
            return ("even" in rest) == (int(subject) % 2 == 0)
        if words in ("at least one of us lies", "all of us lie"):
            return (any if "one" in words else all)(not value for value in honest.values())
        if "and i" in rest:
            return (honest[subject] is honest[speaker]) is ("same" in rest)
        return honest[subject] is ("truth" in rest)

    fitting = []
    for values in product((True, False), repeat=len(names)):
        honest = dict(zip(names, values, strict=True))
        if all(holds(speaker, words, honest) is honest[speaker] for speaker, words in claims):
            fitting.append({name for name in names if not honest[name]})
    (only,) = fitting
    return only


def ordered(text: str) -> str:
    """Who is at the place asked for in every order that fits the clues; there must be one order only."""
    names, asked = names_in(text), ASKED.search(text)
    assert asked
    pairs = [(one, other) for one, other in BEFORE.findall(text)] + [(one, other) for other, one in AFTER.findall(text)]
    bans = [(name, ORDINALS.index(place)) for name, place in NEVER.findall(text)]
    fitting = [
        order
        for order in permutations(names)
        if all(order.index(one) < order.index(other) for one, other in pairs) and all(order[place] != name for name, place in bans)
    ]
    (only,) = fitting
    return only[ORDINALS.index(asked[1])]


def followed(text: str) -> str:
    """Whether a statement is true in all worlds that fit the rules and the fact, or in none, or in some."""
    rules = re.findall(r"if (the \w+ is \w+), (the \w+ is \w+)(?:\.|$)", text)
    rest = re.sub(r"if the \w+ is \w+, the \w+ is \w+(?:\.|$)", "", text)
    facts, asked = re.findall(r"(the \w+ is) (not )?(\w+)(?:\.|$)", rest), re.search(r"is (the \w+) (\w+)\?", rest)
    assert asked
    ((subject, denied, predicate),) = facts
    fact, question = f"{subject} {predicate}", f"{asked[1]} is {asked[2]}"
    states = sorted({state for rule in rules for state in rule} | {fact, question})
    found = set()
    for values in product((True, False), repeat=len(states)):
        world = dict(zip(states, values, strict=True))
        if world[fact] is not bool(denied) and all(world[other] or not world[one] for one, other in rules):
            found.add(world[question])
    return "unknown" if len(found) == 2 else "yes" if found == {True} else "no"


def evaluated(task: Task) -> str:
    expression = parts_of(FAMILY, task)["e"].replace("true", "True").replace("false", "False")
    return "true" if eval(expression, {"__builtins__": {}}) else "false"


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_trying_everything_leads_to_the_gold_answer(level: int, held_out: bool) -> None:
    answers: dict[str, set[str]] = {}
    for seed in range(300):
        task = FAMILY.make(random.Random(f"{level}/{seed}"), level, held_out)
        kind, text, gold = task.phrasing.split(".")[1], task.problem.casefold(), task.answer.casefold()
        answers.setdefault(kind, set()).add(gold)
        if kind == "liars":
            assert {name for name in gold.split(", ") if name != "nobody"} == liars(text), task
        else:
            assert gold == {"order": ordered, "rules": followed}.get(kind, lambda _, task=task: evaluated(task))(text), task
        assert task.steps.endswith(task.answer)
        assert FAMILY.check(task.answer, f" {task.answer}. ")
        assert not FAMILY.check(task.answer, f"not {task.answer}")
        assert not FAMILY.check(task.answer, "")
    assert len(answers) == 4
    assert answers["boolean"] == {"true", "false"}
    assert answers["rules"] == ({"yes", "unknown"} if level == 1 else {"yes", "no", "unknown"})


def test_liars_may_be_named_in_any_order_but_all_of_them() -> None:
    assert FAMILY.check("Anna, Ben", "Ben and Anna")
    assert FAMILY.check("Anna, Ben", "anna, ben.")
    for wrong in ("Anna", "Anna, Ben, Carla", "nobody", "Annaben"):
        assert not FAMILY.check("Anna, Ben", wrong)


def test_levels_get_harder() -> None:
    lengths = [sum(len(FAMILY.make(random.Random(seed), level, False).steps) for seed in range(300)) for level in FAMILY.levels]
    assert lengths[0] < lengths[1] < lengths[2]
