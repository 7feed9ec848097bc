"""`openmimo bench eval`: judging samples as they end, beside its naive twin, which writes all of them and then judges all.

The samples are nano's answers to questions that `openmimo eval` measures with. One judge waits
a fixed time, as for a server elsewhere, some verdicts at once; the other runs programs on this
machine, where it takes the cores from the writing. Both ways have the same judge, the same
requests and an engine of their own; they take turns. Knows no peer.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager

from openmimo.bench.report import Row
from openmimo.core.log import Progress
from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.load import Loaded, load
from openmimo.engine.request import Finished, Request
from openmimo.engine.session import prompt_ids
from openmimo.eval.heldout import heldout_tasks
from openmimo.rollout.stream import Judged, in_turns, stream
from openmimo.tasks.checking import Checker
from openmimo.tasks.families import FAMILIES
from openmimo.tasks.task import Task
from openmimo.verify.verdict import Verdict

QUESTIONS = 384
ROUNDS = 5
QUICK = 8  # takes one question of so many, and one round
MOST = 300  # tokens of an answer
ROWS = 64  # samples written at once
# Seconds a verdict of the remote judge takes, and how many it gives at once: all of them take about as long as the writing
# on two cores. There the two ways differ most; a judge far quicker or slower leaves less to gain.
WAIT, PLACES = 0.3, 16

Judging = Callable[[Task, Finished], "Future[Verdict]"]


def measure(quick: bool) -> list[Row]:
    """The rows of this benchmark, measured now."""
    nano = load("nano")
    rounds = 1 if quick else ROUNDS
    judges: dict[str, tuple[Callable[[Loaded], AbstractContextManager[Judging]], Sequence[Task]]] = {
        "remote_judge": (remote, tasks_of(list(FAMILIES), QUESTIONS // (QUICK if quick else 1))),
        "cpu_judge": (local, tasks_of(["functions"], QUESTIONS // (QUICK if quick else 4))),
    }
    rows = []
    with Progress("passes over the questions", 2 * rounds * len(judges)) as progress:
        passes = iter(range(1, progress.total + 1))
        for name, (open_judge, tasks) in judges.items():
            seconds: dict[str, list[float]] = {"streamed": [], "naive": []}
            with open_judge(nano) as judge:
                for place in range(rounds):
                    for way in ("streamed", "naive") if place % 2 == 0 else ("naive", "streamed"):
                        seconds[way].append(timed(nano, tasks, judge, way == "streamed"))
                        progress.update(next(passes))
            gain = statistics.median(naive / streamed for naive, streamed in zip(seconds["naive"], seconds["streamed"], strict=True))
            rows += [Row(f"{name}.{way}", statistics.median(times), "s") for way, times in seconds.items()]
            rows.append(Row(f"{name}.vs_naive", gain, "x", 1.5 if name == "remote_judge" else None))
    return rows


def tasks_of(families: Sequence[str], count: int) -> list[Task]:
    """So many tasks of these families, of all their levels evenly."""
    kinds = [(FAMILIES[name], level) for name in families for level in FAMILIES[name].levels]
    each = -(-count // len(kinds))
    made = [heldout_tasks(family, level, each, held_out_phrasings=False) for family, level in kinds]
    return [task for one_of_each in zip(*made, strict=True) for task in one_of_each][:count]


def timed(nano: Loaded, tasks: Sequence[Task], judge: Judging, streamed: bool) -> float:
    """Seconds until the last verdict is there."""
    engine = TorchEngine(nano.model, EngineConfig(rows=ROWS))

    def request(task: Task) -> Request:
        return Request(prompt_ids(nano, [{"role": "user", "content": task.problem}]), MOST, nano.stop_ids)

    started = time.perf_counter()
    way: Callable[..., Iterator[Judged[Task, Finished]]] = stream if streamed else in_turns
    done = sum(1 for _ in way(tasks, engine, request, lambda sample: sample.id, judge))
    assert done == len(tasks)
    return time.perf_counter() - started


@contextmanager
def remote(nano: Loaded) -> Iterator[Judging]:
    """A judge that takes a fixed time, some at once, and none of this machine's."""

    def wait(task: Task) -> Verdict:
        time.sleep(WAIT)
        return Verdict("skipped", None, "bench", "waited")

    with ThreadPoolExecutor(PLACES) as pool:
        yield lambda task, sample: pool.submit(wait, task)


@contextmanager
def local(nano: Loaded) -> Iterator[Judging]:
    """The judge of programs on this machine."""
    with Checker() as checker, ThreadPoolExecutor(PLACES) as pool:
        checker.verdict(tasks_of(["functions"], 1)[0], "```python\npass\n```")  # it starts its processes with the first program
        yield lambda task, sample: pool.submit(checker.verdict, task, nano.tokenizer.decode(list(sample.ids)))
