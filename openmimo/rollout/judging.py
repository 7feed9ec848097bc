"""The answers that are being judged in a step: begun without waiting, collected as their verdicts come, given up when a judge hangs.

Whatever a judge does, one verdict comes of it: an exception, a reward that is no number and
silence are faults, with a reason and without a score. Knows no scheduler.
"""

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from math import isfinite
from queue import Empty, SimpleQueue

from openmimo.rollout.record import Key, Sample
from openmimo.verify.verdict import Verdict

Judgement = tuple[Sample, Verdict]


@dataclass(frozen=True)
class _UnderWay:
    sample: Sample
    begun: float
    future: "Future[Verdict]"


class Judging:
    """Answers under way to their verdicts. `clock` is in seconds; `say` gets the names of those that are given up."""

    def __init__(self, stall_seconds: float, clock: Callable[[], float], say: Callable[[str], None]):
        self._stall, self._clock, self._say = stall_seconds, clock, say
        self._under_way: dict[Key, _UnderWay] = {}  # oldest first
        self._done: SimpleQueue[Key] = SimpleQueue()
        self._moved = clock()

    def __len__(self) -> int:
        return len(self._under_way)

    def begin(self, sample: Sample, start: Callable[[], "Future[Verdict]"]) -> None:
        """Have an answer judged."""
        try:
            future = start()
        except Exception as error:
            future = Future()
            future.set_exception(error)
        key = sample.key
        self._under_way[key] = _UnderWay(sample, self._clock(), future)
        future.add_done_callback(lambda _: self._done.put(key))

    def arrived(self) -> list[Judgement]:
        """The verdicts that have come, and that of a judge that has been silent for too long."""
        found = []
        while not self._done.empty():
            found += self._take(self._done.get())
        return found or self._given_up()

    def wait(self) -> list[Judgement]:
        """The next verdict, and others that have come."""
        while self._under_way:
            with suppress(Empty):
                first = self._take(self._done.get(timeout=max(self._patience(), 0.0)))
                if first:
                    return first + self.arrived()
                continue  # of an answer that was cancelled
            if found := self._given_up():
                return found
        return []

    def cancel(self, sample: Sample) -> None:
        """Judge an answer no more."""
        if under_way := self._under_way.pop(sample.key, None):
            under_way.future.cancel()

    def cancel_all(self) -> None:
        """Judge nothing more."""
        for under_way in list(self._under_way.values()):
            self.cancel(under_way.sample)

    def pending(self) -> list[tuple[Sample, float]]:
        """What is being judged, and since when."""
        return [(under_way.sample, under_way.begun) for under_way in list(self._under_way.values())]

    def _take(self, key: Key) -> list[Judgement]:
        under_way = self._under_way.get(key)
        if under_way is None or not under_way.future.done():
            return []
        del self._under_way[key]
        self._moved = self._clock()
        return [(under_way.sample, _verdict(under_way.future))]

    def _patience(self) -> float:
        """Seconds until the oldest is given up: none has got a verdict for so long, nor has it been under way for less."""
        oldest = next(iter(self._under_way.values()))
        return max(oldest.begun, self._moved) + self._stall - self._clock()

    def _given_up(self) -> list[Judgement]:
        """The oldest, if its time is over. One at a time: what queues behind it may only have waited for it."""
        if not self._under_way or self._patience() > 0:
            return []
        oldest = next(iter(self._under_way.values()))
        self.cancel(oldest.sample)
        self._moved = self._clock()
        sample, reason = oldest.sample, f"the judge gave no verdict in {self._moved - oldest.begun:.0f} s"
        self._say(f"{reason} on group {sample.group} ({sample.problem}) sample {sample.sample}; its group is unfit")
        return [(sample, _fault(reason))]


def _verdict(future: "Future[Verdict]") -> Verdict:
    """What a future that is done says; always a verdict."""
    if future.cancelled():
        return _fault("the judge cancelled it")
    if error := future.exception():
        if not isinstance(error, Exception):
            raise error
        return _fault(f"the judge raised {type(error).__name__}: {error}")
    verdict = future.result()
    if verdict.score is not None and not isfinite(verdict.score):
        return replace(verdict, kind="fault", score=None, reason=f"the reward is {verdict.score}")
    return verdict


def _fault(reason: str) -> Verdict:
    return Verdict("fault", None, "rollout", reason)
