"""Trials: one program against the tests of one problem, many at once or one alone, and what the ends of runs mean.

A trial for each kind of problem, all with the same two verbs: `batch` runs many tests in one
process and says how far it came; `alone` runs one in a fresh process and is believed. Knows
no pool and no cache; `judge.py` decides which tests to run.
"""

import signal
from collections.abc import Sequence
from typing import Protocol

from openmimo.verify.judge import wire
from openmimo.verify.judge.compare import same_output, same_value
from openmimo.verify.judge.frames import ASSERTED, DONE, EXIT_MEANS, NO_SYNTAX, NOT_LOADED, RAISED
from openmimo.verify.judge.problem import AssertTest, CallTest, CodeProblem, StdinTest
from openmimo.verify.judge.result import Outcome, TestResult
from openmimo.verify.judge.slot import Frame, Ran, Slot
from openmimo.verify.sandbox.sandbox import Ended, Limits

# Answers this many bytes, or this many times, longer than the right one are not even read: reading takes memory out here.
MOST_BYTES, MOST_TIMES = 1 << 20, 16
CHECKER_SECONDS = 10.0  # CPU for a problem's own checker or tests, beyond what the program has


Batch = tuple[list[TestResult], TestResult | None]


class Trial(Protocol):
    """A program on trial."""

    def batch(self, indices: Sequence[int]) -> Batch:
        """Results of the first of these tests, as far as one process came, and what ended it there.

        A failure may be the fault of an earlier test. The process has the time of one test, so what passes had time enough.
        """

    def alone(self, index: int) -> TestResult:
        """The result of one test in a process of its own."""


class StdinTrial:
    """A Python program that reads its input and prints."""

    def __init__(self, slot: Slot, problem: CodeProblem, program: str, limits: Limits, seed: int):
        self._slot, self._problem, self._limits = slot, problem, limits
        self._program, self._seed = program, seed
        self._tests = [test for test in problem.tests if isinstance(test, StdinTest)]

    def batch(self, indices: Sequence[int]) -> Batch:
        inputs = [self._tests[index].input for index in indices]
        ran = self._slot.run("programs", self._seed, {"code": self._program, "inputs": inputs}, self._limits)
        frames = _unbroken(ran, len(indices))
        outputs = [(self._tests[index], frame.body) for index, frame in zip(indices, frames, strict=False)]
        answers = _compared(self._slot, self._problem, outputs)
        results = [
            _result(ok, why, ran, len(frames)) if frame.status == DONE else TestResult("RE", detail="in a batch")
            for frame, (ok, why) in zip(frames, answers, strict=True)
        ]
        return results, _failure(ran.ended, ran.said, self._limits)

    def alone(self, index: int) -> TestResult:
        test = self._tests[index]
        ran = self._slot.run_program(self._program, self._seed, self._limits, test.input.encode("utf-8", "surrogateescape"))
        return _judged_alone(self._slot, self._problem, test, ran, self._limits)


class NativeTrial:
    """A compiled program that reads its input and prints; always alone."""

    def __init__(self, slot: Slot, problem: CodeProblem, binary: bytes, limits: Limits):
        self._slot, self._problem, self._binary, self._limits = slot, problem, binary, limits

    def batch(self, indices: Sequence[int]) -> Batch:
        return [], None

    def alone(self, index: int) -> TestResult:
        test = self._problem.tests[index]
        assert isinstance(test, StdinTest)
        ran = self._slot.run_native(self._binary, self._limits, test.input.encode("utf-8", "surrogateescape"))
        return _judged_alone(self._slot, self._problem, test, ran, self._limits)


class CallTrial:
    """A Python function that is called with arguments; what it returns is compared out here."""

    def __init__(self, slot: Slot, problem: CodeProblem, program: str, limits: Limits, seed: int):
        self._slot, self._problem, self._limits, self._seed = slot, problem, limits, seed
        self._tests = [test for test in problem.tests if isinstance(test, CallTest)]
        self._task = {"code": program, "entry": problem.entry}

    def batch(self, indices: Sequence[int]) -> Batch:
        ran = self._call(indices)
        frames = _unbroken(ran, len(indices))
        results = [self._judged(index, frame, ran, len(frames)) for index, frame in zip(indices, frames, strict=False)]
        return results, _failure(ran.ended, ran.said, self._limits)

    def alone(self, index: int) -> TestResult:
        ran = self._call([index])
        failure = _failure(ran.ended, ran.said, self._limits)
        return failure or (self._judged(index, ran.frames[0], ran, 1) if 0 in ran.frames else _silent(ran))

    def _call(self, indices: Sequence[int]) -> Ran:
        calls = [wire.encode((self._tests[index].args, self._tests[index].kwargs)) for index in indices]
        return self._slot.run("calls", self._seed, {**self._task, "calls": calls}, self._limits)

    def _judged(self, index: int, frame: Frame, ran: Ran, share: int) -> TestResult:
        if frame.status != DONE:
            text = frame.body.decode("utf-8", "replace")
            return TestResult("MLE" if text.startswith("MemoryError") else "RE", ran.ended.cpu / share, ran.ended.memory, text)
        if _endless(frame.body, len(wire.encode(self._tests[index].output)) if len(frame.body) > MOST_BYTES else 0):
            return TestResult("WA", ran.ended.cpu / share, ran.ended.memory, f"a value of {len(frame.body):,} bytes")
        try:
            value = wire.decode(frame.body.decode())
        except ValueError as error:
            return TestResult("WA", ran.ended.cpu / share, ran.ended.memory, f"no value came back: {error}")
        return _result(*same_value(self._problem, self._tests[index], value), ran, share)


class AssertTrial:
    """A Python function that the problem's own test code calls from another process."""

    def __init__(self, slot: Slot, problem: CodeProblem, program: str, limits: Limits, seed: int):
        self._slot, self._problem, self._limits, self._seed = slot, problem, limits, seed
        self._test_limits = Limits(limits.cpu + CHECKER_SECONDS, limits.wall + CHECKER_SECONDS, limits.memory, limits.output)
        self._task = {"code": program, "entry": problem.entry}
        self._tests = [test.code for test in problem.tests if isinstance(test, AssertTest)]

    def batch(self, indices: Sequence[int]) -> Batch:
        program, tests = self._run(indices)
        frames = _unbroken(tests, len(indices))
        return [_asserted(frame, program, len(frames)) for frame in frames], _failure(program.ended, program.said, self._limits)

    def alone(self, index: int) -> TestResult:
        program, tests = self._run([index])
        failure = _failure(program.ended, program.said, self._limits)
        if failure:
            return failure
        if 0 in tests.frames:
            return _asserted(tests.frames[0], program, 1)
        broken = _failure(tests.ended, tests.said, self._test_limits)
        said = broken.detail if broken else "it said nothing"
        if not tests.output:
            raise Unjudgeable(f"the problem's own test code fails: {said}")
        return TestResult("WA", program.ended.cpu, program.ended.memory, f"the test does not end well with this answer: {said}")

    def _run(self, indices: Sequence[int]) -> tuple[Ran, Ran]:
        tests = {"entry": self._problem.entry, "setup": self._problem.setup, "tests": [self._tests[index] for index in indices]}
        return self._slot.run_pair(self._seed, self._task, tests, self._limits, self._test_limits)


def _unbroken(ran: Ran, count: int) -> list[Frame]:
    """The frames of the first tests, up to the first that has none."""
    frames = []
    for index in range(count):
        if index not in ran.frames:
            break
        frames.append(ran.frames[index])
    return frames


def _endless(answer: bytes, due: int) -> bool:
    return len(answer) > max(MOST_BYTES, MOST_TIMES * due)


def _judged_alone(slot: Slot, problem: CodeProblem, test: StdinTest, ran: Ran, limits: Limits) -> TestResult:
    failure = _failure(ran.ended, ran.said, limits)
    if failure:
        return failure
    ((ok, why),) = _compared(slot, problem, [(test, ran.output)])
    return _result(ok, why, ran, 1)


def _compared(slot: Slot, problem: CodeProblem, outputs: Sequence[tuple[StdinTest, bytes]]) -> list[tuple[bool, str]]:
    """Whether each output is right, and why not; by the problem's own checker if it has one, in a process of its own."""
    if problem.comparison != "custom":
        return [
            (False, f"{len(output):,} bytes") if _endless(output, len(test.output)) else same_output(problem, test, output)
            for test, output in outputs
        ]
    calls = [wire.encode(((test.input, test.output, output.decode("utf-8", "replace")), {})) for test, output in outputs]
    limits = Limits(CHECKER_SECONDS, 4 * CHECKER_SECONDS, problem.limits.memory, problem.limits.output)
    ran = slot.run("calls", 0, {"code": problem.checker, "entry": "check", "calls": calls}, limits, trusted=True)
    return [_checked(ran.frames.get(index), ran) for index in range(len(outputs))]


def _checked(frame: Frame | None, ran: Ran) -> tuple[bool, str]:
    if frame is None and ran.ended.exit in (NO_SYNTAX, NOT_LOADED):
        raise Unjudgeable(f"the problem's own checker does not load: {ran.said.strip().splitlines()[-1:]}")
    # A checker that fails on an output, say because it is no number, does not accept it.
    if frame is None or frame.status != DONE:
        return False, f"the checker fails: {frame.body.decode('utf-8', 'replace') if frame else 'it did not end'}"
    return wire.decode(frame.body.decode()) is True, "the checker says no"


class Unjudgeable(Exception):
    """The problem's own checker or test code is broken before any program has a say: nothing can be said of a program."""


def _asserted(frame: Frame, program: Ran, share: int) -> TestResult:
    text = frame.body.decode("utf-8", "replace")
    outcome: Outcome = {DONE: "AC", RAISED: "RE", ASSERTED: "WA"}.get(frame.status, "JE")  # type: ignore[assignment]
    return TestResult(outcome, program.ended.cpu / share, program.ended.memory, "" if outcome == "AC" else text)


def _result(ok: bool, why: str, ran: Ran, share: int) -> TestResult:
    """An answer that was compared; CPU time is its share of the run's."""
    return TestResult("AC" if ok else "WA", ran.ended.cpu / share, ran.ended.memory, "" if ok else why)


def _silent(ran: Ran) -> TestResult:
    return TestResult("RE", ran.ended.cpu, ran.ended.memory, "it ended without an answer")


def _failure(ended: Ended, said: str, limits: Limits) -> TestResult | None:
    """What the end of a run means, if it did not end well. All of it is the program's doing."""
    lines = said.strip().splitlines()
    last = lines[-1][:200] if lines else ""
    outcome, detail = _meaning(ended, last, limits)
    return TestResult(outcome, ended.cpu, ended.memory, detail) if outcome else None


def _meaning(ended: Ended, last: str, limits: Limits) -> tuple[Outcome | None, str]:
    if ended.cut == "cpu" or ended.signal == signal.SIGXCPU or ended.cpu > limits.cpu:
        return "TLE", f"over {limits.cpu:g} s of CPU time"
    if ended.cut == "wall":
        return "TLE", f"not done after {limits.wall:g} s"
    if ended.signal == signal.SIGXFSZ:
        return "OLE", f"over {limits.output:,} bytes of output"
    starved = ended.signal == signal.SIGKILL and ended.memory > limits.memory // 2  # by the system, which had no more
    if starved or (ended.signal == signal.SIGABRT and "bad_alloc" in last):
        return "MLE", f"over {limits.memory >> 20} MiB of memory"
    if ended.signal:
        known = ended.signal in {number.value for number in signal.Signals}
        return "RE", f"ended by {signal.Signals(ended.signal).name if known else f'signal {ended.signal}'}"
    if ended.exit:
        outcome, detail = EXIT_MEANS.get(ended.exit, ("RE", f"exit code {ended.exit}"))
        return outcome, f"over {limits.memory >> 20} MiB of memory" if outcome == "MLE" else detail or last  # type: ignore[return-value]
    return None, ""
