"""Small undirected graphs given by their edges: neighbours, degrees, paths, visiting orders and shortest ways.

Points are capital letters and are always gone through in alphabetical order, which the
questions say where the answer depends on it. The steps are the runs of breadth-first search,
depth-first search and Dijkstra's algorithm. Read `graph_wording.py` for how the questions are put.
"""

import random
import re

from openmimo.tasks.answers import same_number, same_words
from openmimo.tasks.correction import with_slip
from openmimo.tasks.graph_wording import BREADTH, CONNECTED, DEGREE, DEPTH, DISTANCE, NEIGHBOURS, WEIGHTED
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress
from openmimo.tasks.written import sum_lines

Made = tuple[Phrasings, dict[str, object], list[str], str]
Graph = dict[str, list[str]]  # the neighbours of each point, in alphabetical order


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One task of a kind of the level; graphs grow with it."""
    maker = rng.choice(
        {
            1: (_neighbours, _degree, _connected),
            2: (_degree, _connected, _distance, _breadth, _weighted),
            3: (_connected, _distance, _breadth, _depth, _weighted),
        }[level]
    )
    phrasings, parts, lines, answer = maker(rng, level)
    question, phrasing = phrasings.put(rng, held_out, **parts)
    return Task("graphs", level, dress(rng, question), "\n".join(with_slip(rng, lines)), answer, phrasing)


def _drawn(rng: random.Random, points: int, edges: int, whole: bool) -> tuple[str, Graph]:
    """The edges of a random graph, as written in a question, and its neighbours; `whole` is in one piece."""
    while True:
        names = "ABCDEFGH"[:points]
        pairs = rng.sample([one + other for one in names for other in names if one < other], edges)
        graph = {name: sorted(pair.replace(name, "") for pair in pairs if name in pair) for name in names}
        if all(graph.values()) and (not whole or len(_reached(graph, "A")) == points):
            break
    shown = [pair[:: rng.choice((1, -1))] for pair in pairs]
    return ", ".join("-".join(pair) for pair in shown), graph


def _reached(graph: Graph, start: str) -> list[str]:
    """All points that can be reached, in the order of breadth-first search."""
    order = [start]
    for point in order:
        order += [other for other in graph[point] if other not in order]
    return order


def _listed(points: list[str]) -> str:
    return ", ".join(points)


def _edges_at(shown: str, point: str) -> list[str]:
    """The edges that touch a point, each with the number of them so far."""
    lines, count = [], 0
    for edge in shown.split(", "):
        count += point in edge
        lines.append(f"{edge}: {count}")
    return lines


def _degree(rng: random.Random, level: int) -> Made:
    points = 4 + level
    shown, graph = _drawn(rng, points, points + level, whole=False)
    point = rng.choice(list(graph))
    return DEGREE, {"g": shown, "a": point}, [*_edges_at(shown, point), str(len(graph[point]))], str(len(graph[point]))


def _neighbours(rng: random.Random, level: int) -> Made:
    shown, graph = _drawn(rng, 5, rng.randint(5, 6), whole=False)
    point = rng.choice(list(graph))
    lines = []
    for edge in shown.split(", "):
        first, second = edge.split("-")
        lines.append(f"{edge}: {'no' if point not in edge else second if point == first else first}")
    return NEIGHBOURS, {"g": shown, "a": point}, [*lines, _listed(graph[point])], _listed(graph[point])


def _spread(graph: Graph, start: str, goal: str) -> tuple[list[str], int | None]:
    """Breadth-first search in levels until the goal is met; its steps, and the level or None."""
    seen, level, steps = [start], [start], 0
    lines = [f"0: {start}"]
    while level and goal not in level:
        following: list[str] = []
        for point in level:
            new = [other for other in graph[point] if other not in seen]
            lines.append(f"From {point}: {_listed(new) or 'nothing new'}")
            following += new
            seen += new
        level, steps = following, steps + 1
        if level:
            lines.append(f"{steps}: {_listed(level)}")
    return lines, steps if level else None


def _connected(rng: random.Random, level: int) -> Made:
    points, edges = {1: (5, 4), 2: (6, 5), 3: (8, 7)}[level]
    wanted = rng.random() < 0.5
    while True:
        shown, graph = _drawn(rng, points, edges, whole=False)
        start, goal = rng.sample(list(graph), 2)
        if goal not in graph[start] and (goal in _reached(graph, start)) == wanted:
            break
    lines, found = _spread(graph, start, goal)
    answer = "no" if found is None else "yes"
    return CONNECTED, {"g": shown, "a": start, "b": goal}, [*lines, answer], answer


def _distance(rng: random.Random, level: int) -> Made:
    """A shortest path of two edges up to three at level 2, and up to four at level 3, each as often."""
    points, wanted = 2 + 2 * level, rng.randint(2, level + 1)
    while True:
        shown, graph = _drawn(rng, points, points + rng.randint(0, 1), whole=True)
        start, goal = rng.sample(list(graph), 2)
        lines, found = _spread(graph, start, goal)
        if found == wanted:
            break
    return DISTANCE, {"g": shown, "a": start, "b": goal}, [*lines, str(found)], str(found)


def _breadth(rng: random.Random, level: int) -> Made:
    points = 3 + level + rng.randint(0, 1)
    shown, graph = _drawn(rng, points, points + rng.randint(0, level - 1), whole=True)
    order = [rng.choice(list(graph))]
    lines = [f"Begin: {order[0]}"]
    for point in order:
        new = [other for other in graph[point] if other not in order]
        lines.append(f"From {point}: {_listed(new) or 'nothing new'}")
        order += new
        if len(order) == points:
            break
    return BREADTH, {"g": shown, "a": order[0]}, [*lines, _listed(order)], _listed(order)


def _depth(rng: random.Random, level: int) -> Made:
    """Depth-first search: on to the first neighbour not seen yet, or one step back."""
    points = rng.randint(5, 6)
    shown, graph = _drawn(rng, points, points + rng.randint(0, 1), whole=True)
    order = [rng.choice(list(graph))]
    trail, lines = order[:], []
    while len(order) < points:
        new = [other for other in graph[trail[-1]] if other not in order]
        if new:
            lines.append(f"{trail[-1]} to {new[0]}")
            trail.append(new[0])
            order.append(new[0])
        else:
            lines.append(f"{trail.pop()}: nothing new, back to {trail[-1]}")
    return DEPTH, {"g": shown, "a": order[0]}, [*lines, _listed(order)], _listed(order)


def _weighted(rng: random.Random, level: int) -> Made:
    """Dijkstra's algorithm: the nearest point is taken, and the ways over it are tried."""
    points = 2 + level
    while True:
        shown, graph = _drawn(rng, points, points + rng.randint(0, 1), whole=True)
        start, goal = rng.sample(list(graph), 2)
        lengths = {edge: rng.randint(1, 9 if level == 2 else 12) for edge in shown.split(", ")}
        lines, total = _shortest(graph, lengths, start, goal)
        if sum(line.startswith("Take") for line in lines) > level:
            break
    roads = ", ".join(f"{edge} {length}" for edge, length in lengths.items())
    return WEIGHTED, {"g": roads, "a": start, "b": goal}, lines, str(total)


def _shortest(graph: Graph, lengths: dict[str, int], start: str, goal: str) -> tuple[list[str], int]:
    """The steps of Dijkstra's algorithm and the length of the shortest way."""
    best, done, lines = {start: 0}, set[str](), list[str]()
    while True:
        here = min((point for point in best if point not in done), key=lambda point: (best[point], point))
        lines.append(f"Take {here}, {best[here]}.")
        if here == goal:
            return lines, best[goal]
        done.add(here)
        for other in graph[here]:
            if other in done:
                continue
            length = lengths.get(f"{here}-{other}") or lengths[f"{other}-{here}"]
            *columns, total = sum_lines(best[here], length)
            way = best[here] + length
            known = best.get(other)
            note = "" if known is None else f", less than {known}" if way < known else f", not less than {known}"
            lines += [*columns, f"To {other}: {total}{note}"]
            best[other] = way if known is None else min(known, way)


def check(gold: str, answer: str) -> bool:
    """The same number, the same word, or the same points in the same order, with commas, spaces, arrows or nothing between."""
    if gold.isdigit():
        return same_number(gold, answer)
    if gold in ("yes", "no"):
        return same_words(gold, answer)
    return re.fullmatch(r"[\sA-H,>-]+", answer.strip().rstrip(".").upper()) is not None and _points(gold) == _points(answer)


def _points(text: str) -> list[str]:
    return re.findall(r"[A-H]", text.upper())


FAMILY = Family(
    "graphs",
    "neighbours, paths, visiting orders and shortest ways in small graphs",
    (1, 2, 3),
    make,
    check,
    (DEGREE, NEIGHBOURS, CONNECTED, DISTANCE, BREADTH, DEPTH, WEIGHTED),
)
