"""Golds of graphs, found once more by listing every path there is."""

import random
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest

from openmimo.tasks.graphs import FAMILY
from openmimo.tasks.task import Task
from tests.tasks.parts import parts_of

Graph = dict[str, dict[str, int]]


def graph_of(text: str) -> Graph:
    """Each point's neighbours and how long the edges to them are, 1 where nothing is said."""
    graph: Graph = {}
    for one, other, length in re.findall(r"([a-h])-([a-h])(?: (\d+))?", text):
        graph.setdefault(one, {})[other] = graph.setdefault(other, {})[one] = int(length or 1)
    return graph


def paths(graph: Graph, trail: str) -> Iterator[str]:
    """Every path that begins with the points of `trail` and meets no point twice."""
    yield trail
    for other in graph[trail[-1]]:
        if other not in trail:
            yield from paths(graph, trail + other)


def length(graph: Graph, path: str) -> int:
    return sum(graph[one][other] for one, other in pairwise(path))


def deep(graph: Graph, point: str, seen: list[str]) -> list[str]:
    """Depth-first search, as it is told: see a point, then each neighbour's part of the graph."""
    seen.append(point)
    for other in sorted(graph[point]):
        if other not in seen:
            deep(graph, other, seen)
    return seen


def solved(task: Task) -> str:
    kind, parts = task.phrasing.split(".")[1], parts_of(FAMILY, task)
    graph, start = graph_of(parts["g"]), parts["a"]
    if kind == "degree":
        return str(len(graph[start]))
    if kind == "neighbours":
        return ", ".join(sorted(graph[start]))
    if kind == "depth":
        return ", ".join(deep(graph, start, []))
    ways = list(paths(graph, start))
    if kind == "breadth":  # the shortest path that comes first in the alphabet decides when a point is met
        firsts = {point: min((len(way), way) for way in ways if way[-1] == point) for point in graph}
        return ", ".join(sorted(firsts, key=lambda point: firsts[point]))
    lengths = [length(graph, way) for way in ways if way[-1] == parts["b"]]
    if kind == "connected":
        return "yes" if lengths else "no"
    return str(min(lengths))


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_listing_all_paths_leads_to_the_gold_answer(level: int, held_out: bool) -> None:
    kinds = set()
    for seed in range(250):
        task = FAMILY.make(random.Random(f"{level}/{seed}"), level, held_out)
        assert task.answer.casefold() == solved(task), task
        assert task.steps.rstrip(".").endswith(task.answer)
        assert FAMILY.check(task.answer, f" {task.answer}. ")
        assert not FAMILY.check(task.answer, task.answer + "1")
        assert not FAMILY.check(task.answer, "")
        kinds.add(task.phrasing.split(".")[1])
    assert len(kinds) == {1: 3, 2: 5, 3: 5}[level]


def test_an_order_may_be_written_in_any_usual_way_but_is_an_order() -> None:
    for right in ("A, C, B", "A C B", "ACB", "a -> c -> b", "A-C-B."):
        assert FAMILY.check("A, C, B", right)
    for wrong in ("A, B, C", "A, C", "not A, C, B", "A, C, B, D"):
        assert not FAMILY.check("A, C, B", wrong)


def test_yes_and_no_are_as_likely() -> None:
    tasks = [FAMILY.make(random.Random(seed), 1, False) for seed in range(600)]
    answers = [task.answer for task in tasks if ".connected." in task.phrasing]
    assert 0.35 < answers.count("yes") / len(answers) < 0.65


def test_levels_get_harder() -> None:
    lengths = [sum(len(FAMILY.make(random.Random(seed), level, False).steps) for seed in range(300)) for level in FAMILY.levels]
    assert lengths[0] < lengths[1] < lengths[2]
