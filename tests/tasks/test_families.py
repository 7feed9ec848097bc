"""What holds for every family: ids, held-out wordings, determinism, lengths, and true arithmetic."""

import random
import re
from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.core.errors import InputError
from openmimo.recipes import nano
from openmimo.tasks.beyond import TALK
from openmimo.tasks.checking import Checker
from openmimo.tasks.families import BEYOND, FAMILIES, draw, family_of, make_task

ALL = {**FAMILIES, BEYOND.name: BEYOND}
FIRST_OF_NANO = [
    "Exercise. Find the probability of exactly 6 heads when a fair coin is tossed 6 times, as a fraction.",
    "Bubble sort, smallest first: what is the list 17, 88, 78, 2, 36 after 2 passes from left to right? Show your work.",
    "Please help: Implement task(nums) in Python. It should return the second smallest of the different numbers in nums, or None if there are fewer than two.",
]
LONGEST = 480  # tokens, if every digit is one; an outer guard: tables of three columns and graphs come near it
STATEMENT = re.compile(r"(?<![\w.*/+-] )(?<![\w.(-])(\d+) ([+*-]) (\d+) = (-?\d+)\b(?!\.\d| [*/+-])")
DO = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b}


def length(text: str) -> int:
    return len(re.findall(r"[A-Za-z]+|\d|[^\sA-Za-z\d]|\n", text))


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    with Checker() as checker:
        yield checker


def test_the_families_are_those_that_nano_learns() -> None:
    assert set(FAMILIES) == set(nano.DATA.families)
    assert len(FAMILIES) == len(nano.DATA.families) == 27
    assert all(family.name == name for name, family in FAMILIES.items())
    assert BEYOND.name not in FAMILIES


def test_the_tasks_of_nano_are_those_it_was_trained_on() -> None:
    """A family that joins must not change the data of a recipe: these are the first of its dialogues."""
    first = [task.problem for task in nano.DATA.tasks(13, 3)]
    assert first == FIRST_OF_NANO
    assert {task.family for task in nano.DATA.tasks(11, 2000)} == {*nano.DATA.families, BEYOND.name}


def test_template_ids_are_unique_and_wordings_plenty() -> None:
    kinds = [phrasings.kind for family in ALL.values() for phrasings in family.phrasings]
    assert len(kinds) == len(set(kinds))
    for family in ALL.values():
        for phrasings in family.phrasings:
            assert phrasings.kind.startswith(family.name + ".")
            # There are not that many ways to say goodbye.
            assert len(set(phrasings.trained)) >= (8 if phrasings in TALK.values() else 10)
            assert len(set(phrasings.held_out)) >= 3
            assert not {text.casefold() for text in phrasings.trained} & {text.casefold() for text in phrasings.held_out}


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.sampled_from(sorted(ALL)), st.integers(0, 2**63), st.booleans(), st.data())
def test_any_seed_makes_a_sound_task(checker: Checker, name: str, seed: int, held_out: bool, data: st.DataObject) -> None:
    family = ALL[name]
    level = data.draw(st.sampled_from(family.levels))
    task = family.make(random.Random(seed), level, held_out)
    assert task == family.make(random.Random(seed), level, held_out)
    assert (task.family, task.level) == (name, level)
    assert task.problem.strip()
    assert task.answer.strip() == task.answer != ""
    assert checker.verdict(task, task.answer).score == 1.0
    assert checker.verdict(task, f"not {task.answer}").score == 0.0
    assert (family.check is None) is bool(task.tests)
    assert (".held." in task.phrasing) is held_out
    assert 0 < length(task.steps) <= LONGEST


@pytest.mark.parametrize("name", ALL)
def test_sums_in_steps_are_true_or_put_right_at_once(name: str) -> None:
    for level in ALL[name].levels:
        for seed in range(150):
            steps = ALL[name].make(random.Random(f"{level}/{seed}"), level, False).steps
            for found in STATEMENT.finditer(steps):
                holds = DO[found[2]](Fraction(found[1]), Fraction(found[3])) == Fraction(found[4])
                assert holds or steps[found.end() :].startswith(". Wait"), steps


@pytest.mark.parametrize("name", FAMILIES)
def test_problems_hardly_ever_repeat(name: str) -> None:
    for level in FAMILIES[name].levels:
        problems = {FAMILIES[name].make(random.Random(seed), level, False).problem for seed in range(300)}
        assert len(problems) > 270


@pytest.mark.parametrize("name", ["arithmetic", "percentages"])
def test_a_fraction_of_the_question_said_back_is_no_answer(name: str) -> None:
    for level in FAMILIES[name].levels:
        for seed in range(300):
            task = FAMILIES[name].make(random.Random(f"back/{level}/{seed}"), level, False)
            said = [found for found in re.findall(r"\d+ ?/ ?\d+|\d+\.\d+", task.problem) if found != task.answer]
            assert not [found for found in said if FAMILIES[name].check(task.answer, found)], task


def test_draw_reaches_every_family_and_level_and_only_those_named() -> None:
    rng = random.Random(0)
    drawn = {(task.family, task.level) for task in (draw(rng) for _ in range(1500))}
    assert drawn == {(name, level) for name, family in FAMILIES.items() for level in family.levels}
    assert {draw(rng, families=["calendar", "sequences"]).family for _ in range(50)} == {"calendar", "sequences"}
    assert all(".held." in draw(rng, held_out=True).phrasing for _ in range(50))


def test_draw_keeps_to_the_levels_named() -> None:
    rng = random.Random(0)
    assert {draw(rng, levels=[2, 3]).level for _ in range(60)} == {2, 3}
    with pytest.raises(InputError, match="no level of"):
        draw(rng, levels=[9])


def test_make_task_is_the_same_for_the_same_seed_only() -> None:
    assert make_task("sequences", 2, 7) == make_task("sequences", 2, 7)
    assert len({make_task("sequences", 2, seed).problem for seed in range(20)}) > 15


def test_unknown_names_and_levels_are_told_what_there_is() -> None:
    with pytest.raises(InputError, match="no task family 'poetry'"):
        family_of("poetry")
    with pytest.raises(InputError) as unknown:
        make_task("calendar", 9, 0)
    assert "1, 2, 3, 4" in str(unknown.value) + unknown.value.fix
