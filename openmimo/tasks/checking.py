"""The one way to check an answer to any task: by the task's tests where it has any, else by its family's check.

Evaluation uses it, and so will reinforcement learning. Knows no model; `verify/judge` runs the code.
"""

import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Literal, Protocol

from openmimo.tasks.families import family_of
from openmimo.tasks.task import Task
from openmimo.verify.code_answers import program_of
from openmimo.verify.judge.problem import CodeProblem, Limits
from openmimo.verify.judge.result import JudgeResult
from openmimo.verify.verdict import Verdict

LIMITS = Limits(cpu=1.0, memory=256 << 20, output=1 << 20)


class Submitted(Protocol):
    """A result under way."""

    def result(self) -> JudgeResult:
        """Wait for it."""


class Submitting(Protocol):
    """What is needed of a judge; `verify.judge.judge.Judge` is one."""

    def submit(self, problem: CodeProblem, program: str, stop: Literal["test"]) -> Submitted:
        """Have a program judged in the background."""

    def close(self) -> None:
        """End its processes."""


class Checker:
    """Checks answers, from any thread; to be closed. Its judge is started with the first answer that has code to run, and is `judge` if one is given.

    Where the machine has no sandbox the judge refuses with an `OpenMimoError` that says what to do.
    """

    def __init__(self, judge: Submitting | None = None):
        self._judge = judge
        self._lock = threading.Lock()

    def verdict(self, task: Task, answer: str) -> Verdict:
        """Whether a bare answer is right. A fault of the judge has the score None: it is no wrong answer."""
        return self.verdicts([task], [answer])[0]

    def verdicts(self, tasks: Sequence[Task], answers: Sequence[str]) -> list[Verdict]:
        """The verdicts on many answers, in their order; their code runs at the same time."""
        started = [self._start(task, answer) for task, answer in zip(tasks, answers, strict=True)]
        return [each if isinstance(each, Verdict) else each.result().verdict() for each in started]

    def close(self) -> None:
        """End the judge, if there is one."""
        if self._judge:
            self._judge.close()
            self._judge = None

    def __enter__(self) -> "Checker":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _start(self, task: Task, answer: str) -> Verdict | Submitted:
        if not task.tests:
            check = family_of(task.family).check
            assert check, f"{task.family} has neither a check nor tests"
            right = check(task.answer, answer)
            return Verdict("right" if right else "wrong", float(right), "answer", "" if right else "another answer", task.answer, answer)
        program = program_of(answer, task.entry)
        if program is None:
            return Verdict("wrong", 0.0, "code", f"no Python code that defines {task.entry}", task.answer, answer)
        return self._running().submit(problem_of(task), program, "test")  # one failure is enough: it is all or nothing

    def _running(self) -> Submitting:
        with self._lock:
            if self._judge is None:
                # Imported here because most tasks have no code to run.
                from openmimo.verify.judge.judge import Judge

                self._judge = Judge()
            return self._judge


def problem_of(task: Task) -> CodeProblem:
    """A task with tests as the judge takes it; values must be equal as Python has it, so that a list is no tuple."""
    name = f"{task.family}/{task.level}/{task.phrasing}"
    return CodeProblem(name, task.problem, task.tests, task.entry, comparison="exact", limits=LIMITS)
