"""Whatever the families write holds when it is recomputed, and a wrong result in it is found."""

import random
import re

import pytest

from openmimo.tasks.families import BEYOND, FAMILIES
from openmimo.verify.steps import check_steps

ALL = {**FAMILIES, BEYOND.name: BEYOND}
RESULT = re.compile(r"([0-9]+ [-+*] [0-9]+) = ([0-9]+)\b(?!\.[0-9])(?! [-+*/])")


@pytest.mark.parametrize("name", ALL)
def test_no_false_alarm(name: str) -> None:
    for level in ALL[name].levels:
        for seed in range(150):
            task = ALL[name].make(random.Random(f"{name}/{level}/{seed}"), level, seed % 2 == 1)
            assert check_steps(task.steps, task.answer) is not False, f"level {level}, seed {seed}:\n{task.steps}\n{task.answer}"


@pytest.mark.parametrize("name", ["arithmetic", "percentages", "word_problems"])
def test_all_is_recomputed_and_a_wrong_result_is_found(name: str) -> None:
    found_one = False
    for level in ALL[name].levels:
        for seed in range(60):
            rng = random.Random(f"{name}/{level}/{seed}")
            task = ALL[name].make(rng, level, False)
            assert check_steps(task.steps, task.answer) is True
            results = list(RESULT.finditer(task.steps))
            if results:  # a wrong one earlier on may be put right by a later one with the same left side
                last = results[-1]
                wrong = task.steps[: last.start(2)] + str(int(last[2]) + rng.randint(1, 9)) + task.steps[last.end(2) :]
                assert check_steps(wrong, task.answer) is False, wrong
                found_one = True
    assert found_one
