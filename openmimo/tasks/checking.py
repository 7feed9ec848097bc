"""The one way to check an answer to any task: by the task's tests where it has any, else by its family's check.

A task from a file has no family: its answer is compared by the math verifier. Evaluation uses
it, and so does reinforcement learning, which may pay for some of the tests alone
(`verify/difficulty.py`). Knows no model; `verify/judge` runs the code.
"""

import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Protocol

from openmimo.tasks.families import family_of
from openmimo.tasks.task import Task
from openmimo.verify import difficulty
from openmimo.verify.code_answers import program_of
from openmimo.verify.difficulty import Levels, Passed, Scheme
from openmimo.verify.judge.problem import CodeProblem, Limits
from openmimo.verify.judge.result import JudgeResult
from openmimo.verify.verdict import Verdict

if TYPE_CHECKING:
    from openmimo.verify.math.verifier import MathVerifier, Policy

Stop = Literal["never", "test", "group"]
LIMITS = Limits(cpu=1.0, memory=256 << 20, output=1 << 20)


class Submitted(Protocol):
    """A result under way."""

    def result(self) -> JudgeResult:
        """Wait for it."""


class Submitting(Protocol):
    """What is needed of a judge; `verify.judge.judge.Judge` is one."""

    def submit(self, problem: CodeProblem, program: str, stop: Stop) -> Submitted:
        """Have a program judged in the background."""

    def close(self) -> None:
        """End its processes."""


class Checker:
    """Checks answers, from any thread; to be closed. Its judge is started with the first answer that has code to run, and is `judge` if one is given.

    `policy` is the math verifier's for tasks from files: `reward` is precise first, `eval` gives the
    verdicts of math-verify, with which scores are published. Where the machine has no sandbox
    the judge refuses with an `OpenMimoError` that says what to do.
    """

    def __init__(self, judge: Submitting | None = None, policy: "Policy" = "reward"):
        self._judge = judge
        self._policy = policy
        self._math: MathVerifier | None = None
        self._lock = threading.Lock()

    def verdict(self, task: Task, answer: str, levels: Levels | None = None, scheme: Scheme = "all") -> Verdict:
        """Whether a bare answer is right. A fault of the judge has the score None: it is no wrong answer.

        With the levels of the task's tests, code that passes some of them has the score that the scheme gives it.
        """
        return self._start(task, answer, levels, scheme)()

    def passed(self, task: Task, answer: str) -> Passed:
        """Which of a task's tests the code of an answer passes, every one run; none passes where there is no code, and None is a fault."""
        program = program_of(answer, _entry(task))
        if program is None:
            return (False,) * len(task.tests)
        return difficulty.ran(self._running().submit(problem_of(task), program, "never").result())

    def verdicts(self, tasks: Sequence[Task], answers: Sequence[str]) -> list[Verdict]:
        """The verdicts on many answers, in their order; their code runs at the same time."""
        started = [self._start(task, answer) for task, answer in zip(tasks, answers, strict=True)]
        return [wait() for wait in started]

    def close(self) -> None:
        """End the judge and the math verifier, where there is one."""
        if self._judge:
            self._judge.close()
            self._judge = None
        if self._math:
            self._math.close()
            self._math = None

    def __enter__(self) -> "Checker":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _start(self, task: Task, answer: str, levels: Levels | None = None, scheme: Scheme = "all") -> Callable[[], Verdict]:
        """Begin the work on an answer; what is returned waits for its verdict."""
        if task.tests:
            program = program_of(answer, _entry(task))
            if program is None:
                wanted = f" that defines {task.entry}" if task.entry else ""
                return _known(Verdict("wrong", 0.0, "code", f"no Python code{wanted}", task.answer, answer))
            if levels is None or scheme == "all":
                submitted = self._running().submit(problem_of(task), program, "test")  # one failure is enough: it is all or nothing
                return lambda: submitted.result().verdict()
            stop: Stop = "group" if scheme == "strict" else "never"  # beyond a level that failed nothing is paid for
            by_level = self._running().submit(difficulty.grouped(problem_of(task), levels), program, stop)
            return lambda: difficulty.verdict(levels, by_level.result(), scheme)
        if task.given:
            # A gold answer may be a grid or a list of moves; in a text that long the verifier wants the answer marked.
            if answer.strip() == task.answer.strip():
                return _known(Verdict("right", 1.0, "text", "the same text", task.answer, answer))
            return self._comparing().submit(task.answer, answer, task.problem).result
        check = family_of(task.family).check
        assert check, f"{task.family} has neither a check nor tests"
        right = check(task.answer, answer)
        return _known(
            Verdict("right" if right else "wrong", float(right), "answer", "" if right else "another answer", task.answer, answer)
        )

    def _running(self) -> Submitting:
        with self._lock:
            if self._judge is None:
                # Imported here because most tasks have no code to run.
                from openmimo.verify.judge.judge import Judge

                self._judge = Judge()
            return self._judge

    def _comparing(self) -> "MathVerifier":
        with self._lock:
            if self._math is None:
                # Imported here because tasks of families need none.
                from openmimo.verify.math.verifier import MathVerifier

                self._math = MathVerifier(self._policy)
            return self._math


def problem_of(task: Task) -> CodeProblem:
    """A task with tests as the judge takes it, of a file as that has it; else values must be equal as Python has it, so that a list is no tuple."""
    if isinstance(task.given, CodeProblem):
        return task.given
    name = f"{task.family}/{task.level}/{task.phrasing}"
    return CodeProblem(name, task.problem, task.tests, task.entry, comparison="exact", limits=LIMITS)


def _entry(task: Task) -> str:
    """What an answer's program is to define, as a pattern."""
    return task.entry or r"\w+"


def _known(verdict: Verdict) -> Callable[[], Verdict]:
    return lambda: verdict
