"""One way to check any task: text by its family, code by its tests; a fault of the judge is no wrong answer."""

from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from openmimo.tasks.checking import Checker, problem_of
from openmimo.tasks.families import make_task
from openmimo.tasks.task import Task
from openmimo.verify.difficulty import Levels, Scheme
from openmimo.verify.judge.problem import CallTest, CodeProblem
from openmimo.verify.judge.result import JudgeResult, TestResult
from openmimo.verify.problems import MathProblem

TRIPLE = Task("functions", 1, "Triple n.", "n * 3", "", "x", "triple", (CallTest((2,), 6), CallTest((0,), 0), CallTest((-1,), -3)))

LEVELS = Levels((0, 1, 1), (0.25, 0.75), (0.9, 0.2, 0.2))


class Told:
    """A judge that says what it is told, and remembers what it was asked."""

    def __init__(self, *outcomes: str):
        self.outcomes, self.programs, self.closed = outcomes, list[str](), False
        self.asked = list[tuple[str, list[int]]]()  # when to stop, and the groups of the tests

    def submit(self, problem: CodeProblem, program: str, stop: str) -> "Future[JudgeResult]":
        self.programs.append(program)
        self.asked.append((stop, [test.group for test in problem.tests]))
        future: Future[JudgeResult] = Future()
        future.set_result(JudgeResult.of([TestResult(outcome, detail="why") for outcome in self.outcomes]))  # type: ignore[arg-type]
        return future

    def close(self) -> None:
        self.closed = True


@pytest.fixture(scope="module")
def real() -> Iterator[Checker]:
    with Checker() as checker:
        yield checker


@pytest.mark.parametrize(
    "answer, right",
    [
        ("```python\ndef triple(n):\n    return n * 3\n```", True),
        ("Here it is:\n```py\ntriple = lambda n: 3 * n\n```\nDone.", True),
        ("```\ndef triple(n):\n    return n * 3\n```", True),  # no language, and no other block
        ("def triple(n):\n    return n * 3", True),  # no fence at all
        ("```python\ndef triple(n):\n    return 0\n```\nBetter:\n```python\ndef triple(n):\n    return n * 3\n```", True),
        ("```python\ndef triple(n):\n    return n * 3\n```\nPrints:\n```\n6\n```", True),
        ("```python\ndef triple(n):\n    return n * 3\n```\nWorse:\n```python\ndef triple(n):\n    return 0\n```", False),
        ("```python\ndef triple(n):\n    return n + 4\n```", False),  # right for one of three
        ("```python\ndef threefold(n):\n    return n * 3\n```", False),
        ("```python\ndef triple(n):\n    return n * 3", False),  # never closed
        ("```python\ndef triple(n)\n    return n * 3\n```", False),
        ("Sure.\ndef triple(n):\n    return n * 3", False),  # prose and code in one
        ("```javascript\nconst triple = n => 3 * n\n```", False),
        ("6", False),
        ("", False),
    ],
)
def test_the_last_python_block_must_pass_every_test(real: Checker, answer: str, right: bool) -> None:
    verdict = real.verdict(TRIPLE, answer)
    assert (verdict.kind, verdict.score) == (("right", 1.0) if right else ("wrong", 0.0))


def test_text_needs_no_judge() -> None:
    judge = Told()
    checker = Checker(judge)
    task = make_task("arithmetic", 1, 0)
    assert checker.verdict(task, task.answer).kind == "right"
    assert checker.verdict(task, "no idea").kind == "wrong"
    assert checker.verdict(TRIPLE, "no code at all").layer == "code"
    assert judge.programs == []


def test_many_at_once_keep_their_order() -> None:
    judge = Told("AC", "AC", "AC")
    task = make_task("arithmetic", 1, 0)
    code = "```python\ndef triple(n):\n    return n * 3\n```"
    verdicts = Checker(judge).verdicts([task, TRIPLE, task, TRIPLE], ["no idea", code, task.answer, "none"])
    assert [verdict.kind for verdict in verdicts] == ["wrong", "right", "right", "wrong"]
    assert judge.programs == ["def triple(n):\n    return n * 3\n"]


def test_a_fault_of_the_judge_has_no_score() -> None:
    verdict = Checker(Told("AC", "JE", "AC")).verdict(TRIPLE, TRIPLE.answer or "def triple(n): return 3 * n")
    assert (verdict.kind, verdict.score) == ("fault", None)


@pytest.mark.parametrize(
    ("scheme", "score", "asked"),
    [("all", 0.0, ("test", [0, 0, 0])), ("strict", 0.25, ("group", [0, 1, 1])), ("soft", 0.625, ("never", [0, 1, 1]))],
)
def test_code_that_passes_some_tests_has_a_part_of_the_score(scheme: Scheme, score: float, asked: tuple[str, list[int]]) -> None:
    judge = Told("AC", "AC", "WA")
    verdict = Checker(judge).verdict(TRIPLE, "triple = lambda n: n * 3", LEVELS, scheme)
    assert (verdict.ok, verdict.score) == (False, score)
    assert judge.asked == [asked]


@pytest.mark.parametrize("scheme", ["all", "strict", "soft"])
def test_code_that_passes_all_is_right_and_none_is_wrong_whatever_is_paid_for(scheme: Scheme) -> None:
    right = Checker(Told("AC", "AC", "AC")).verdict(TRIPLE, "triple = lambda n: n * 3", LEVELS, scheme)
    assert (right.ok, right.score) == (True, 1.0)
    assert Checker(Told()).verdict(TRIPLE, "no code", LEVELS, scheme).score == 0.0
    assert Checker(Told("AC", "JE", "AC")).verdict(TRIPLE, "triple = lambda n: n * 3", LEVELS, scheme).score is None


def test_every_test_is_run_to_see_which_pass(real: Checker) -> None:
    assert real.passed(TRIPLE, "```python\ndef triple(n):\n    return n + 4\n```") == (True, False, False)
    assert real.passed(TRIPLE, "```python\ndef triple(n)\n```") == (False, False, False)
    assert real.passed(TRIPLE, "no code") == (False, False, False)
    assert Checker(Told("WA", "JE", "AC")).passed(TRIPLE, "triple = lambda n: n * 3") == (False, None, True)


def test_a_closed_checker_has_closed_its_judge() -> None:
    judge = Told("AC")
    with Checker(judge):
        pass
    assert judge.closed


def test_the_judge_is_given_the_tests_and_no_golds() -> None:
    problem = problem_of(TRIPLE)
    assert (problem.entry, problem.tests, problem.comparison) == ("triple", TRIPLE.tests, "exact")


def test_the_policy_is_that_of_the_math_verifier() -> None:
    task = Task("mine", 0, "How many?", "", "42", "mine/1", given=MathProblem("mine/1", "How many?", "42"))
    with Checker() as precise, Checker(policy="eval") as published:
        assert [checker.verdict(task, "\\boxed{41=42}").ok for checker in (precise, published)] == [False, True]  # as math-verify has it
        assert [checker.verdict(task, "\\boxed{42}").ok for checker in (precise, published)] == [True, True]
