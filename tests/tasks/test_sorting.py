"""Golds of sorting, found once more by other means: heaps, `sorted`, and swaps really made."""

import heapq
import random
import re

import pytest

from openmimo.tasks.sorting import FAMILY
from openmimo.tasks.task import Task
from tests.tasks.parts import parts_of


def bubbled(numbers: list[int], passes: int) -> list[int]:
    """Bubble sort carries as many numbers along as it makes passes, and drops the smallest of those and the next one."""
    carried, result = [], []
    for number in numbers:
        heapq.heappush(carried, number)
        if len(carried) > passes:
            result.append(heapq.heappop(carried))
    return result + sorted(carried)


def selected(numbers: list[int], rounds: int) -> list[int]:
    """Each of the smallest changes places with what stands where it belongs."""
    for place, number in enumerate(sorted(numbers)[:rounds]):
        trade = {number: numbers[place], numbers[place]: number}
        numbers = [trade.get(each, each) for each in numbers]
    return numbers


def swaps(numbers: list[int]) -> int:
    count, place = 0, 0
    while place < len(numbers) - 1:
        if numbers[place] > numbers[place + 1]:
            numbers[place], numbers[place + 1] = numbers[place + 1], numbers[place]
            count, place = count + 1, 0
        else:
            place += 1
    return count


def probes(numbers: list[int], wanted: int) -> list[int]:
    low, high, looked = 0, len(numbers) - 1, []
    while wanted not in looked:
        middle = (low + high) // 2
        looked.append(numbers[middle])
        low, high = (middle + 1, high) if numbers[middle] < wanted else (low, middle - 1)
    return looked


def listed(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]


def solved(task: Task) -> list[int]:
    kind, parts = task.phrasing.split(".")[1], parts_of(FAMILY, task)
    if kind == "merge":
        return list(heapq.merge(listed(parts["a"]), listed(parts["b"])))
    if kind == "plain":
        return sorted(listed(task.problem), reverse="from largest" in task.problem.casefold())
    numbers = listed(parts["s"])
    if kind == "swaps":
        return [swaps(numbers)]
    if kind == "probes":
        return probes(numbers, int(parts["x"]))
    (count,) = (int(number) for number in re.findall(r"\d+", parts["k"]))
    if kind == "insertion":
        return sorted(numbers[:count]) + numbers[count:]
    return bubbled(numbers, count) if kind == "bubble" else selected(numbers, count)


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_other_means_lead_to_the_gold_answer(level: int, held_out: bool) -> None:
    kinds = set()
    for seed in range(400):
        task = FAMILY.make(random.Random(f"{level}/{seed}"), level, held_out)
        assert listed(task.answer) == solved(task), task
        assert task.steps.endswith(task.answer)
        assert FAMILY.check(task.answer, f"[{task.answer}]")
        assert not FAMILY.check(task.answer, f"{task.answer}, 1")
        assert not FAMILY.check(task.answer, "")
        kinds.add(task.phrasing.split(".")[1])
    assert len(kinds) == {1: 3, 2: 6, 3: 6}[level]


def test_a_list_is_right_only_in_its_order() -> None:
    assert FAMILY.check("3, 1, 2", "[3, 1, 2]")
    assert not FAMILY.check("3, 1, 2", "1, 2, 3")


@pytest.mark.parametrize("level", FAMILY.levels)
def test_the_steps_choose_rightly_between_two(level: int) -> None:
    for seed in range(200):
        task = FAMILY.make(random.Random(seed), level, False)
        better = max if "The larger first." in task.steps else min
        for one, other, taken in re.findall(r"(\d+) or (\d+): (\d+)", task.steps):
            assert int(taken) == better(int(one), int(other))
        for one, other, verdict in re.findall(r"(\d+), (\d+): (yes|no)", task.steps):
            assert (verdict == "yes") == (int(one) > int(other))


def test_levels_get_harder() -> None:
    lengths = [sum(len(FAMILY.make(random.Random(seed), level, False).steps) for seed in range(300)) for level in FAMILY.levels]
    assert lengths[0] < lengths[1] < lengths[2]
