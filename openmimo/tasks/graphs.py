"""Small undirected graphs given by their edges: neighbours, degrees, paths, visiting orders and shortest ways.

Points are capital letters and are always gone through in alphabetical order, which the
questions say where the answer depends on it. The steps are the runs of breadth-first search,
depth-first search and Dijkstra's algorithm. Around a point, all edges are gone through in the
order in which they are told, each with a verdict, so no edge has to be searched for. Read `graph_wording.py` for how the questions are put.
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


def _other(edge: str, point: str) -> str:
    """The other end of an edge, or nothing if the edge does not touch the point."""
    return edge.replace(point, "").strip("-") if point in edge else ""


def _spaced(edge: str) -> str:
    """`A B` for `A-B`: a letter with a space before it is always the same token."""
    return edge.replace("-", " ")


def _degree(rng: random.Random, level: int) -> Made:
    points = 4 + level
    shown, graph = _drawn(rng, points, points + level, whole=False)
    point = rng.choice(list(graph))
    parts, count = [], 0
    for edge in shown.split(", "):
        count += point in edge
        parts.append(f"{_spaced(edge)} {'yes' if point in edge else 'no'} {count}")
    return DEGREE, {"g": shown, "a": point}, [f"At {point}: {', '.join(parts)}", str(count)], str(count)


def _neighbours(rng: random.Random, level: int) -> Made:
    shown, graph = _drawn(rng, 5, rng.randint(5, 6), whole=False)
    point = rng.choice(list(graph))
    line, _ = _around(shown, point, [])
    return NEIGHBOURS, {"g": shown, "a": point}, [f"From {line}", _listed(graph[point])], _listed(graph[point])


def _around(shown: str, point: str, met: list[str]) -> tuple[str, list[str]]:
    """All edges in their order, each with its other end if it touches the point; two new ends or more stand in alphabetical order."""
    parts, new = [], list[str]()
    for edge in shown.split(", "):
        verdict, other = "no", _other(edge, point)
        if other in met:
            verdict = f"{other} met"
        elif other:
            new = sorted([*new, other])
            verdict = f"{other} new" + (f": {' '.join(new)};" if len(new) > 1 else "")
        parts.append(f"{_spaced(edge)} {verdict}")
    return f"{point}: {' '.join(parts)}", new


def _spread(shown: str, start: str, goal: str, counted: bool) -> tuple[list[str], dict[str, int]]:
    """Breadth-first search until the goal is met: its steps, which tell distances if `counted`, and how far away all points are that were met."""
    far, lines = {start: 0}, [f"Goal: {goal}", f"Met: {start}{' 0' * counted}"]
    for point in (queue := [start]):
        parts, before = [], len(queue)
        for edge in shown.split(", "):
            verdict, other = "no", _other(edge, point)
            if other:
                verdict = f"{other} {'met' if other in far else 'goal' if other == goal else 'new'}"
            parts.append(f"{_spaced(edge)} {verdict}")
            if other and other not in far:
                far[other] = far[point] + 1
                queue.append(other)
            if goal in far:
                break
        lines.append(f"From {_placed(point, far, counted)}: {' '.join(parts)}")
        if goal in far:
            break
        if len(queue) > before:
            lines.append("Met: " + " ".join(_placed(each, far, counted) for each in queue))
    return lines, far


def _placed(point: str, far: dict[str, int], counted: bool) -> str:
    return f"{point} {far[point]}" if counted else point


def _connected(rng: random.Random, level: int) -> Made:
    points, edges = {1: (5, 4), 2: (6, 5), 3: (8, 7)}[level]
    wanted = rng.random() < 0.5
    while True:
        shown, graph = _drawn(rng, points, edges, whole=False)
        start, goal = rng.sample(list(graph), 2)
        if goal not in graph[start] and (goal in _reached(graph, start)) == wanted:
            break
    lines, far = _spread(shown, start, goal, counted=False)
    answer = "yes" if goal in far else "no"
    return CONNECTED, {"g": shown, "a": start, "b": goal}, [*lines, answer], answer


def _distance(rng: random.Random, level: int) -> Made:
    """A shortest path of two edges up to three at level 2, and up to four at level 3, each as often."""
    points, wanted = 2 + 2 * level, rng.randint(2, level + 1)
    while True:
        shown, graph = _drawn(rng, points, points + rng.randint(0, 1), whole=True)
        start, goal = rng.sample(list(graph), 2)
        lines, far = _spread(shown, start, goal, counted=True)
        if far[goal] == wanted:
            break
    return DISTANCE, {"g": shown, "a": start, "b": goal}, [*lines, f"{far[goal] - 1} + 1 = {wanted}", str(wanted)], str(wanted)


def _breadth(rng: random.Random, level: int) -> Made:
    points = 3 + level + rng.randint(0, 1)
    shown, graph = _drawn(rng, points, points + rng.randint(0, level - 1), whole=True)
    order = [rng.choice(list(graph))]
    lines = [_standing(graph, order)]
    for point in order:
        line, new = _around(shown, point, order)
        order += new
        lines += [f"From {line}", *([_standing(graph, order)] if new else [])]
        if len(order) == points:
            break
    return BREADTH, {"g": shown, "a": order[0]}, [*lines, _listed(order)], _listed(order)


def _standing(graph: Graph, order: list[str]) -> str:
    """The points met, in their order, and those not met yet."""
    return f"Met: {' '.join(order)}; left: {' '.join(point for point in graph if point not in order) or 'none'}"


def _depth(rng: random.Random, level: int) -> Made:
    """Depth-first search: on to the first neighbour not met yet, or one step back and on through the neighbours written down there."""
    points = rng.randint(5, 6)
    shown, graph = _drawn(rng, points, points + rng.randint(0, 1), whole=True)
    order = [rng.choice(list(graph))]
    lines, trail, noted = [_standing(graph, order)], order[:], dict[str, list[str]]()
    way = "From"
    while len(order) < points:
        here = trail[-1]
        if here not in noted:
            line, noted[here] = _around(shown, here, order)
        else:
            line = f"{here}: " + " ".join(f"{other} {'met' if other in order else 'new'}" for other in noted[here])
        lines.append(f"{way} {line}")
        new = [other for other in noted[here] if other not in order]
        if new:
            trail.append(new[0])
            order.append(new[0])
            way = f"{here} to"
            lines.append(_standing(graph, order))
        else:
            way = f"{trail.pop()} back to"
    return DEPTH, {"g": shown, "a": order[0]}, [*lines, _listed(order)], _listed(order)


def _weighted(rng: random.Random, level: int) -> Made:
    """Dijkstra's algorithm: the nearest point is taken, and the ways over it are tried."""
    points = 2 + level
    while True:
        shown, graph = _drawn(rng, points, points + rng.randint(0, 1), whole=True)
        start, goal = rng.sample(list(graph), 2)
        lengths = {edge: rng.randint(1, 9 if level == 2 else 12) for edge in shown.split(", ")}
        lines, total, taken = _shortest(lengths, start, goal)
        if taken > level:
            break
    roads = ", ".join(f"{edge} {length}" for edge, length in lengths.items())
    return WEIGHTED, {"g": roads, "a": start, "b": goal}, lines, str(total)


def _shortest(lengths: dict[str, int], start: str, goal: str) -> tuple[list[str], int, int]:
    """The steps of Dijkstra's algorithm, the length of the shortest way and how many points were taken."""
    best, done, lines = {start: 0}, list[str](), list[str]()
    while True:
        shown, here = _nearest({point: best[point] for point in sorted(best) if point not in done})
        lines += [shown, f"Take {here} {best[here]}"]
        done.append(here)
        if here == goal:
            return [f"Goal: {goal}", *lines[1:]], best[goal], len(done)
        for edge, length in lengths.items():
            lines += _tried(edge, length, here, best, done)


def _nearest(known: dict[str, int]) -> tuple[str, str]:
    """The points not taken yet, each beside the nearest of those before it, and the nearest of all."""
    parts, nearest = [], ""
    for point, way in known.items():
        if not nearest or way < known[nearest]:
            parts.append(f"{point} {way}" + (f" < {known[nearest]}, {point}" if nearest else ""))
            nearest = point
        else:
            parts.append(f"{point} {way} {_sign(way, known[nearest])} {known[nearest]}, {nearest}")
    return "; ".join(parts), nearest


def _sign(one: int, other: int) -> str:
    return "<" if one < other else ">" if one > other else "="


def _tried(edge: str, length: int, here: str, best: dict[str, int], done: list[str]) -> list[str]:
    """The way over one edge, if it touches the point taken, and what is then best (which is changed in `best`)."""
    other = _other(edge, here)
    if not other or other in done:
        return [f"{_spaced(edge)} {f'{other} taken' if other else 'no'}"]
    known, way = best.get(other), best[here] + length
    best[other] = way if known is None else min(known, way)
    *columns, total = sum_lines(best[here], length)
    note = "" if known is None else f"; {way} {_sign(way, known)} {known}, {other} {best[other]}"
    return [f"{_spaced(edge)} {other} {length}", *columns, f"{total}{note}"]


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
