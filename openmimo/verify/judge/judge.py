"""The judge: programs in, a result for every test out, from a pool of confined processes.

The naive way is `alone` for every test. The fast path runs many in one process and believes
only what passes; whatever fails there is run again alone, so that one test cannot spoil
another. Read `trials.py` for the runs and `slot.py` for the processes.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass, replace
from types import TracebackType
from typing import Literal

from openmimo.verify.cache import Cache, cache_key
from openmimo.verify.judge import cpp, wire
from openmimo.verify.judge.compat import LCB_PRELUDE
from openmimo.verify.judge.frames import PRELUDE_ENDS
from openmimo.verify.judge.problem import CallTest, CodeProblem, StdinTest
from openmimo.verify.judge.result import JudgeResult, TestResult
from openmimo.verify.judge.slot import Slot
from openmimo.verify.judge.speed import machine_factor
from openmimo.verify.judge.trials import AssertTrial, CallTrial, NativeTrial, StdinTrial, Trial, Unjudgeable
from openmimo.verify.sandbox.sandbox import Limits, SandboxDied
from openmimo.verify.slots import Closed, Slots, cores

Stop = Literal["never", "test", "group"]
VERSION = "1"  # of what is cached: a change of any rule changes it
TRIES = 3  # of a run whose sandbox died
MOST_IN_BATCH = 1000
FIRST_BATCH = 8  # where the first failure ends it, larger batches would be run for nothing
TOO_LATE = TestResult("TLE", detail="not run: the time for all tests together was used up")
NOT_RUN = TestResult("--", detail="not run after an earlier failure")


@dataclass(frozen=True)
class _Request:
    problem: CodeProblem
    program: str
    stop: Stop
    seed: int
    key: str  # of its result in the cache, or nothing


class Judge:
    """Judges programs. Thread-safe; close it, or use it in a `with` block.

    `workers` processes run at once (one a core by default). `cache` keeps results by what they
    depend on. `unsafe` goes on where nothing can be confined. `batches` False takes the naive
    way. Limits of CPU time are stretched by `speed` (measured if None) on slow machines, never
    shrunk. Raises `NoSandbox` from the first result on where programs cannot be confined.
    """

    def __init__(
        self,
        workers: int | None = None,
        cache: Cache | None = None,
        unsafe: bool = False,
        batches: bool = True,
        speed: float | None = None,
        waiting: int = 4096,
    ):
        self._kept = _Kept(cache)
        self._slots: Slots[_Request, JudgeResult] = Slots(lambda: _Server(unsafe, batches, speed, self._kept), workers or cores(), waiting)

    def __enter__(self) -> "Judge":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def judge(self, problem: CodeProblem, program: str, stop: Stop = "never", seed: int = 0) -> JudgeResult:
        """The result of every test; `stop` ends at the first failing test, or after the first group with one. `seed` is that of `random`."""
        return self.submit(problem, program, stop, seed).result()

    def submit(self, problem: CodeProblem, program: str, stop: Stop = "never", seed: int = 0) -> "Future[JudgeResult]":
        """The result to come; waits while the queue is full. Cancelling it ends its processes."""
        request = self._request(problem, program, stop, seed)
        if known := self._kept.get(request.key):
            done: Future[JudgeResult] = Future()
            done.set_result(known)
            return done
        return self._slots.submit(request)

    async def ajudge(self, problem: CodeProblem, program: str, stop: Stop = "never", seed: int = 0) -> JudgeResult:
        """The result, without blocking the event loop; cancelling the task ends its processes."""
        request = self._request(problem, program, stop, seed)
        return self._kept.get(request.key) or await self._slots.asubmit(request)

    def close(self) -> None:
        """End every process of the judge."""
        self._slots.close()

    def _request(self, problem: CodeProblem, program: str, stop: Stop, seed: int) -> _Request:
        return _Request(problem, program, stop, seed, self._kept.key(problem, program, stop, seed))


class _Kept:
    """Results by all that they depend on; without a cache it keeps none."""

    def __init__(self, cache: Cache | None):
        self._cache = cache

    def key(self, problem: CodeProblem, program: str, stop: Stop, seed: int) -> str:
        if self._cache is None:
            return ""
        return cache_key("judge", VERSION, wire.encode(asdict(replace(problem, id="", statement=""))), program, stop, str(seed))

    def get(self, key: str) -> JudgeResult | None:
        found = self._cache.get(key) if self._cache is not None else None
        return JudgeResult(found["outcome"], tuple(TestResult(*test) for test in found["tests"]), 0.0, True) if found else None

    def put(self, key: str, result: JudgeResult) -> None:
        # A fault of the judge says nothing of the program, and may be gone the next time.
        if self._cache is not None and result.outcome != "JE":
            tests = [[test.outcome, test.cpu, test.memory, test.detail] for test in result.tests]
            self._cache.put(key, {"outcome": result.outcome, "tests": tests})


class _Server:
    """What is behind a slot of the pool."""

    def __init__(self, unsafe: bool, batches: bool, speed: float | None, kept: _Kept):
        self._slot, self._batches, self._speed, self._kept = Slot(unsafe), batches, speed, kept
        self._killed = False

    def serve(self, request: _Request, cancelled: Callable[[], bool]) -> JudgeResult:
        # The same program may have been judged while this one waited.
        known = self._kept.get(request.key)
        result = known or self._judged(request, cancelled)
        if not known:
            self._kept.put(request.key, result)
        return result

    def _judged(self, request: _Request, cancelled: Callable[[], bool]) -> JudgeResult:
        started, fault = time.perf_counter(), ""
        for _ in range(TRIES):
            try:
                return JudgeResult.of(self._tests(request, cancelled), (time.perf_counter() - started) * 1000)
            except Unjudgeable as error:
                fault = str(error)
                break
            except SandboxDied as error:
                fault = str(error)
                if self._killed or cancelled():
                    raise Closed(fault) from None
        return JudgeResult.of([TestResult("JE", detail=fault)] * max(len(request.problem.tests), 1), (time.perf_counter() - started) * 1000)

    def prepare(self) -> None:
        """Nothing: a zygote starts in no time."""

    def interrupt(self) -> None:
        self._slot.interrupt()

    def kill(self) -> None:
        self._killed = True
        self._slot.kill()

    def close(self) -> None:
        self._slot.close()

    def _tests(self, request: _Request, cancelled: Callable[[], bool]) -> list[TestResult]:
        problem = request.problem
        if not problem.tests:
            raise Unjudgeable("the problem has no tests")
        trial = self._trial(request)
        if isinstance(trial, TestResult):
            return [trial] * len(problem.tests)
        total = problem.limits.total
        ends = None if total is None else time.monotonic() + total * (self._speed or 1.0)
        return _Course(trial, problem, request.stop, self._batches, cancelled, ends).run()

    def _trial(self, request: _Request) -> Trial | TestResult:
        """The trial of a program, or what every test comes to if it does not compile."""
        problem = request.problem
        limits = self._limits(problem)
        prelude = (LCB_PRELUDE if problem.compat == "lcb" else "") + problem.prelude
        first = problem.tests[0]
        if problem.language == "cpp":
            binary = cpp.compiled(prelude + request.program)
            return binary if isinstance(binary, TestResult) else NativeTrial(self._slot, problem, binary, limits)
        program = f"{prelude}{PRELUDE_ENDS}{request.program}"
        if isinstance(first, StdinTest):
            return StdinTrial(self._slot, problem, program, limits, request.seed)
        if isinstance(first, CallTest):
            return CallTrial(self._slot, problem, program, limits, request.seed)
        return AssertTrial(self._slot, problem, program, limits, request.seed)

    def _limits(self, problem: CodeProblem) -> Limits:
        if self._speed is None:
            self._speed = machine_factor(self._slot)
        limits = problem.limits
        return Limits(limits.cpu * self._speed, limits.wall_seconds * self._speed, limits.memory, limits.output)


class _Course:
    """The way through the tests of one program: in batches while they pass, alone where they do not."""

    def __init__(
        self, trial: Trial, problem: CodeProblem, stop: Stop, batches: bool, cancelled: Callable[[], bool], ends: float | None = None
    ):
        self._trial, self._stop, self._batches, self._cancelled, self._ends = trial, stop, batches, cancelled, ends
        self._groups = [test.group for test in problem.tests]
        self._results: dict[int, TestResult] = {}
        self._failed = self._slow = False

    def run(self) -> list[TestResult]:
        """A result for every test, in the problem's order."""
        order = list(range(len(self._groups)))
        if self._stop == "group":
            order.sort(key=self._groups.__getitem__)
        rest = NOT_RUN
        size = MOST_IN_BATCH if self._stop == "never" else FIRST_BATCH
        while order and not self._over(order[0]):
            if self._cancelled():
                raise SandboxDied("cancelled")
            if self._ends is not None and time.monotonic() > self._ends:
                rest = TOO_LATE
                break
            done = self._settle(order[:size])
            order, size = order[done:], min(4 * size, MOST_IN_BATCH)
        rest = next((result for result in self._results.values() if result.outcome == "CE"), rest)
        return [self._results.get(index, rest) for index in range(len(self._groups))]

    def _settle(self, indices: Sequence[int]) -> int:
        """Settle the first of these tests, at least one, and give how many."""
        found, broke = self._trial.batch(indices) if self._batches and len(indices) > 1 else ([], None)
        for place, index in enumerate(indices):
            if self._over(index):
                return place
            if place < len(found) and found[place].outcome == "AC":
                self._results[index] = found[place]
                continue
            # The first of a batch had all the time for itself: once a run alone has agreed, that is believed.
            believed = place == 0 and broke and broke.outcome == "TLE" and self._slow
            result = broke if broke and believed else self._trial.alone(index)
            self._results[index] = result
            self._failed |= result.outcome != "AC"
            self._slow |= result.outcome == "TLE"
            if place >= len(found):
                return place + 1
        return len(indices)

    def _over(self, index: int) -> bool:
        """Whether nothing is to be run any more, this test being next."""
        if any(result.outcome == "CE" for result in list(self._results.values())[-1:]):
            return True
        if not self._failed or self._stop == "never":
            return False
        failed = min(self._groups[at] for at, result in self._results.items() if result.outcome != "AC")
        return self._stop == "test" or self._groups[index] > failed
