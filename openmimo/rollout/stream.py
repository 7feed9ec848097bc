"""Problems in, finished and judged samples out as they end: a sample is judged while the others are still being written.

Works over any engine that can be given requests and says what has ended, and any judge that
gives a future. Knows neither text nor tokens, keeps nothing on disk, and is resumed by being
given the problems that are left. `in_turns` is its naive twin.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Generic, Protocol, TypeVar

from openmimo.verify.verdict import Verdict

Problem = TypeVar("Problem")
Request = TypeVar("Request", contravariant=True)
Sample = TypeVar("Sample", covariant=True)
P = TypeVar("P")
R = TypeVar("R")
S = TypeVar("S")


class Source(Protocol[Request, Sample]):
    """What is needed of an engine, or of a server: `engine/engine.py` and `eval/endpoint.py` have it."""

    def submit(self, request: Request) -> int:
        """Queue a request and give its number."""
        ...

    def finished(self) -> Iterator[Sample]:
        """Samples as they end, until none is under way; more may be submitted meanwhile."""
        ...

    def cancel(self, number: int) -> None:
        """End a request; its sample comes out with what there is."""
        ...


@dataclass(frozen=True)
class Judged(Generic[P, S]):
    """A sample with the problem it is for and its verdict; `waited` are the seconds from its end to the verdict."""

    problem: P
    sample: S
    verdict: Verdict
    waited: float


@dataclass(frozen=True)
class Room:
    """How much is under way at a time: samples being written, and samples being judged."""

    samples: int = 256
    verdicts: int = 1024  # where the judge falls so far behind, the writing waits for it


def stream(
    problems: Iterable[P],
    source: Source[R, S],
    request: Callable[[P], R],
    number: Callable[[S], int],
    judge: Callable[[P, S], "Future[Verdict]"],
    room: Room | None = None,
) -> Iterator[Judged[P, S]]:
    """Yield each problem's sample with its verdict, in the order in which the verdicts come.

    `request` makes what the source is asked, `number` gives the number of what it was that
    ended. Problems are taken as there is room, so an endless iterable will do. Closing the
    iterator cancels what is under way, and so does any error, which is passed on.
    """
    work = _Work[P, S](judge, room or Room())
    writing: dict[int, P] = {}
    left = iter(problems)

    def fill() -> None:
        while len(writing) < work.room.samples:
            try:
                problem = next(left)
            except StopIteration:
                return
            writing[source.submit(request(problem))] = problem

    try:
        fill()
        while writing:
            for sample in source.finished():
                problem = writing.pop(number(sample), None)
                if problem is None:
                    continue  # of a request that somebody else submitted, or that an earlier reader left behind
                fill()
                work.begin(problem, sample)
                yield from work.ready()
        yield from work.rest()
    finally:
        for one in writing:
            source.cancel(one)
        work.cancel()


def in_turns(
    problems: Iterable[P],
    source: Source[R, S],
    request: Callable[[P], R],
    number: Callable[[S], int],
    judge: Callable[[P, S], "Future[Verdict]"],
) -> Iterator[Judged[P, S]]:
    """The naive twin: all samples are written, and then all are judged, in the order of the problems."""
    writing = {source.submit(request(problem)): problem for problem in problems}
    samples = {number(sample): sample for sample in source.finished()}
    started = [(problem, samples[one], time.perf_counter(), judge(problem, samples[one])) for one, problem in writing.items()]
    for problem, sample, ended, verdict in started:
        yield Judged(problem, sample, verdict.result(), time.perf_counter() - ended)


class _Work(Generic[P, S]):
    """The samples that are being judged."""

    def __init__(self, judge: Callable[[P, S], "Future[Verdict]"], room: Room):
        self.room = room
        self._judge = judge
        self._under_way: dict[Future[Verdict], tuple[P, S, float]] = {}
        self._done: SimpleQueue[Future[Verdict]] = SimpleQueue()

    def begin(self, problem: P, sample: S) -> None:
        """Have a sample judged."""
        verdict = self._judge(problem, sample)
        self._under_way[verdict] = (problem, sample, time.perf_counter())
        verdict.add_done_callback(self._done.put)

    def ready(self) -> Iterator[Judged[P, S]]:
        """Those whose verdict is there, and others until there is room again."""
        while not self._done.empty() or len(self._under_way) >= self.room.verdicts:
            yield self._next()

    def rest(self) -> Iterator[Judged[P, S]]:
        """All that are left."""
        while self._under_way:
            yield self._next()

    def cancel(self) -> None:
        """Judge no more."""
        for verdict in self._under_way:
            verdict.cancel()

    def _next(self) -> Judged[P, S]:
        verdict = self._done.get()
        problem, sample, ended = self._under_way.pop(verdict)
        return Judged(problem, sample, verdict.result(), time.perf_counter() - ended)
