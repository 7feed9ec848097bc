"""A step of rollouts in virtual time: the very scheduler that training uses (`scheduler.py`), over simulated workers and judges.

A discrete-event simulation. All answers that a worker writes advance together, a token a
step, and a step takes the longer the more there are. So each worker has a clock that counts
tokens, and an answer is written when the clock has gone on by its length. Knows neither
tokens nor texts, and takes the reading of prompts and the shipping of weights for nothing.
What is made of a trace is in `measures.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush, heapreplace
from itertools import count

from openmimo.rollout.config import RolloutConfig
from openmimo.rollout.forecast import Foresight
from openmimo.rollout.scheduler import Action, Cancel, Judge, Launch, Order, Scheduler
from openmimo.rollout.seeds import Seeds
from openmimo.rollout.simulate.config import Cluster
from openmimo.rollout.simulate.workload import Drawn

Key = tuple[int, int]
VERDICT = -1  # in the place of a worker's number: the event is a verdict


@dataclass(frozen=True)
class Trace:
    """What came of a step.

    It took `seconds`; `filled` are the seconds in which slots were written in, summed over all
    slots. `launched` and `written` are, for each group in order of launch, the answers begun
    and the tokens written. The first `settled` groups are those the selection was made from.
    `signals` had a signal when the step was done, selected or not.
    """

    seconds: float
    filled: float
    launched: tuple[int, ...]
    written: tuple[float, ...]
    selected: tuple[int, ...]
    settled: int
    signals: int


@dataclass(eq=False)
class _Worker:
    """A worker as it was at the moment `at`, when its `clock` had counted so many tokens."""

    clock: float = 0.0
    at: float = 0.0
    writing: set[Key] = field(default_factory=set)
    ends: list[tuple[float, Key]] = field(default_factory=list)  # a heap of clock readings; those of cancelled answers are passed over
    waits: int = 0  # verdicts that it waits for
    turn: int = 0  # what was planned in earlier turns is void


class Simulation:
    """One step, to be run once."""

    def __init__(
        self, config: RolloutConfig, cluster: Cluster, drawn: Drawn, foresight: Foresight, order: Order = "launch", first: int = 0
    ):
        """Problems are taken from the number `first` on. `config.slots` is how many the cluster may use, all workers together."""
        self._config, self._cluster, self._drawn, self._first = config, cluster, drawn, first
        self._scheduler = Scheduler(config, map(str, count(first)), foresight, Seeds(0, 0, config.group_size), order)
        # Without asynchronous reward a worker judges what it wrote, and writes nothing meanwhile; a batch has ended by then.
        self._blocks = config.continuous and not config.asynchronous
        self._workers = [_Worker() for _ in range(cluster.workers)]
        self._free = [(0, number) for number in range(cluster.workers)]  # a heap of (answers, worker), some of them out of date
        self._judges = [0.0] * cluster.judges  # a heap of when each is free
        heapify(self._judges)
        self._events: list[tuple[float, int, int, int, Key]] = []  # when, a running number, which worker, its turn, what
        self._number = count()
        self._now, self._filled = 0.0, 0.0
        self._where: dict[Key, tuple[int, float]] = {}  # the worker, and its clock at the launch
        self._launched: list[int] = []
        self._written: list[float] = []

    def run(self) -> Trace:
        """Play the step to its end; `NoSignal` if it has none."""
        self._act(self._scheduler.begin(), set())
        while not self._scheduler.done:
            self._now, _, number, turn, key = heappop(self._events)
            if number == VERDICT:
                self._verdict(key)
            elif turn == self._workers[number].turn:
                self._end(number, key)
        for worker in self._workers:
            self._advance(worker)
        signals = sum(len(set(self._scheduler.rewards(group) or ())) > 1 for group in range(len(self._launched)))
        selected, settled = self._scheduler.selected, self._scheduler.settled
        return Trace(self._now, self._filled, tuple(self._launched), tuple(self._written), selected, settled, signals)

    def rewards(self, group: int) -> tuple[float, ...] | None:
        """The rewards of a group that has them all."""
        return self._scheduler.rewards(group)

    def _end(self, number: int, key: Key) -> None:
        """An answer is written."""
        self._leave(number, key)
        self._act(self._scheduler.ended(*key), {number})

    def _verdict(self, key: Key) -> None:
        """An answer is judged."""
        changed = set[int]()
        if self._blocks:
            number = self._where[key][0]
            self._advance(self._workers[number])
            self._workers[number].waits -= 1
            changed.add(number)
        group, sample = key
        self._act(self._scheduler.judged(group, sample, self._drawn[self._first + group].rewards[sample]), changed)

    def _act(self, actions: Sequence[Action], changed: set[int]) -> None:
        """Do what the scheduler says, and plan anew for the workers that this or an event has changed."""
        for action in actions:
            if isinstance(action, Launch):
                changed.add(self._launch((action.group, action.sample)))
            elif isinstance(action, Judge):
                self._judge((action.group, action.sample), changed)
            elif isinstance(action, Cancel) and action.stage == "generation":
                number = self._where[action.group, action.sample][0]
                self._leave(number, (action.group, action.sample))
                changed.add(number)
        for number in changed:
            self._plan(number)

    def _launch(self, key: Key) -> int:
        """Give an answer to the worker with the fewest."""
        while True:
            answers, number = heappop(self._free)
            worker = self._workers[number]
            if answers == len(worker.writing) < self._cluster.slots:
                break
        self._advance(worker)
        group, sample = key
        self._where[key] = number, worker.clock
        worker.writing.add(key)
        heappush(worker.ends, (worker.clock + self._drawn[self._first + group].tokens[sample], key))
        heappush(self._free, (len(worker.writing), number))
        if group == len(self._launched):
            self._launched.append(0)
            self._written.append(0.0)
        self._launched[group] += 1
        return number

    def _judge(self, key: Key, changed: set[int]) -> None:
        """Queue an answer for the judges: first come, first served."""
        group, sample = key
        done = max(self._now, self._judges[0]) + self._drawn[self._first + group].judge_seconds[sample]
        heapreplace(self._judges, done)
        heappush(self._events, (done, next(self._number), VERDICT, 0, key))
        if self._blocks:
            number = self._where[key][0]
            self._advance(self._workers[number])
            self._workers[number].waits += 1
            changed.add(number)

    def _leave(self, number: int, key: Key) -> None:
        """An answer is written, or its writing is cancelled."""
        worker = self._workers[number]
        self._advance(worker)
        worker.writing.remove(key)
        heappush(self._free, (len(worker.writing), number))
        self._written[key[0]] += worker.clock - self._where[key][1]

    def _pace(self, worker: _Worker) -> float:
        """Seconds a token."""
        return self._cluster.step_seconds + len(worker.writing) * self._cluster.answer_seconds

    def _advance(self, worker: _Worker) -> None:
        """Bring a worker up to now."""
        passed, worker.at = self._now - worker.at, self._now
        if passed and worker.writing and not worker.waits:
            worker.clock += passed / self._pace(worker)
            self._filled += passed * len(worker.writing)

    def _plan(self, number: int) -> None:
        """Say when a worker's next answer ends, as things are."""
        worker = self._workers[number]
        worker.turn += 1
        while worker.ends and worker.ends[0][1] not in worker.writing:
            heappop(worker.ends)
        if worker.ends and not worker.waits:
            end, key = worker.ends[0]
            due = self._now + max(end - worker.clock, 0.0) * self._pace(worker)
            heappush(self._events, (due, next(self._number), number, worker.turn, key))
