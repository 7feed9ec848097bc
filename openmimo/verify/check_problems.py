"""Problems through their own verifiers: golds that are not accepted, or not always, and tests that test nothing.

`check` goes over the rows of a problem set, several at once, and yields what it found in the
order of the file. Knows verifiers only by what it asks of them (`MathLike`, `JudgeLike`,
`UserLike`); they must not cache, or nothing is run twice. Read next: `findings.py` for the
records, `check_code.py` for programs.
"""

import re
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Protocol

from openmimo.core.errors import ConfigError
from openmimo.verify.check_code import JudgeLike, check_code
from openmimo.verify.findings import Checked, Finding
from openmimo.verify.judge.problem import CodeProblem
from openmimo.verify.problems import MathProblem, Row
from openmimo.verify.verdict import Verdict

# How a gold may stand in an answer, for a reward function that does not say what it looks for.
WORDINGS = ("{}", "\\boxed{{{}}}", "<answer>{}</answer>", "#### {}", "```python\n{}\n```")


class MathLike(Protocol):
    """What is asked of a math verifier."""

    def verify(self, gold: str, answer: str, question: str = "") -> Verdict:
        """The verdict on an answer to a question."""


class UserLike(Protocol):
    """What is asked of a user's reward function."""

    def verify(self, rows: Sequence[dict[str, Any]], answers: Sequence[str]) -> list[Verdict]:
        """The verdicts on a batch."""


@dataclass(frozen=True)
class Options:
    """`times` each gold is verified, `wrong` mutants tried on a problem's tests, and the seconds from which on a gold is `slow`."""

    times: int = 3
    wrong: int = 6
    slow: float = 2.0

    def __post_init__(self) -> None:
        if self.times < 1:
            raise ConfigError("times", f"must be at least 1, not {self.times}")
        if self.wrong < 0:
            raise ConfigError("wrong", f"must be at least 0, not {self.wrong}")
        if not self.slow > 0:
            raise ConfigError("slow", f"must be above 0, not {self.slow}")


@dataclass(frozen=True)
class Verifiers:
    """What the problems are checked with; a user's reward function stands in for the others."""

    math: MathLike | None = None
    judge: JudgeLike | None = None
    user: UserLike | None = None

    @classmethod
    def opened(cls, rows: Sequence[Row], stack: ExitStack, reward: str | None = None, unsafe: bool = False) -> "Verifiers":
        """Ours, as the rows need them, or `reward` code of a user; closed with the stack. None caches, so that every run is one."""
        if reward is not None:
            from openmimo.verify.user.verifier import UserVerifier

            return cls(user=stack.enter_context(UserVerifier(reward)))
        code = [isinstance(row.problem, CodeProblem) for row in rows]
        math, judge = None, None
        if not all(code):
            from openmimo.verify.math.verifier import MathVerifier

            math = stack.enter_context(MathVerifier("reward"))
        if any(code):
            from openmimo.verify.judge.judge import Judge

            judge = stack.enter_context(Judge(unsafe=unsafe))
        return cls(math, judge)


def check(rows: Sequence[Row], verifiers: Verifiers, options: Options = Options(), threads: int = 4) -> Iterator[Checked]:
    """What is found of each row, in their order; `threads` rows are under way at once."""
    firsts: dict[str, int] = {}
    for row in rows:
        firsts.setdefault(row.problem.id, row.line)
    pool = ThreadPoolExecutor(threads)
    under_way: deque[Future[Checked]] = deque()
    try:
        for row in rows:
            under_way.append(pool.submit(check_row, row, verifiers, options, firsts[row.problem.id]))
            if len(under_way) >= 2 * threads:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        # Without waiting: after Ctrl-C it is the end of the verifiers that ends what still runs.
        pool.shutdown(wait=False, cancel_futures=True)


def check_row(row: Row, verifiers: Verifiers, options: Options, first_line: int) -> Checked:
    """What is found of one row; `first_line` is where its id stands first."""
    findings = [Finding("duplicate", f"line {first_line} has this id, too")] if first_line != row.line else []
    if verifiers.user:
        checked = _check_user(row, verifiers.user, options)
    elif isinstance(row.problem, CodeProblem) and verifiers.judge:
        checked = check_code(row, row.problem, verifiers.judge, options.times, options.wrong, options.slow)
    elif isinstance(row.problem, MathProblem) and verifiers.math:
        checked = _check_math(row, row.problem, verifiers.math, options)
    else:
        raise ValueError(f"no verifier was given for {type(row.problem).__name__}")
    return Checked(checked.id, row.line, (*findings, *checked.findings), checked.seconds, checked.mutants, checked.caught)


def _check_math(row: Row, problem: MathProblem, verifier: MathLike, options: Options) -> Checked:
    if not problem.answer.strip():
        return Checked(problem.id, row.line, (Finding("no gold", "it has no answer"),))
    boxed = f"\\boxed{{{problem.answer}}}"
    verdicts, seconds = _timed(lambda: verifier.verify(problem.answer, boxed, problem.statement), options.times)
    findings = [*_of_verdicts(verdicts), *_slow(seconds, options.slow)]
    solution = row.raw.get("solution")
    if isinstance(solution, str) and "\\boxed" in solution and not findings:
        written = verifier.verify(problem.answer, solution, problem.statement)
        findings += [Finding("failed", f"its written solution: {written.reason}")] if not written.ok else []
    wrong = _wrong_answers(problem.answer, problem.statement)
    for answer, found in wrong:
        verdict = verifier.verify(problem.answer, answer, problem.statement)
        # A question that happens to end in its own answer is not said back.
        findings += [found] if verdict.ok and not (found.kind == "echo" and verdict.layer == "text") else []
    return Checked(problem.id, row.line, tuple(findings), seconds)


def _check_user(row: Row, verifier: UserLike, options: Options) -> Checked:
    gold = row.golden or (row.problem.answer if isinstance(row.problem, MathProblem) else "")
    if not gold.strip():
        return Checked(row.problem.id, row.line, (Finding("no gold", "it has no golden answer"),))
    answers = [wording.format(gold) for wording in WORDINGS]
    answers += [solution] if isinstance(solution := row.raw.get("solution"), str) else []
    # One by one: a function that gets a batch fails as a whole.
    best = next((answer for answer in answers if verifier.verify([row.raw], [answer])[0].ok), answers[0])
    again, seconds = _timed(lambda: verifier.verify([row.raw], [best])[0], options.times)
    findings = [*_of_verdicts(again), *_slow(seconds, options.slow)]
    wrong = _wrong_answers(gold, row.problem.statement)
    findings += [found for answer, found in wrong if verifier.verify([row.raw], [answer])[0].ok]
    return Checked(row.problem.id, row.line, tuple(findings), seconds)


def _of_verdicts(verdicts: Sequence[Verdict]) -> list[Finding]:
    """Whether a gold was accepted, and every time alike."""
    good = sum(verdict.ok for verdict in verdicts)
    if good == len(verdicts):
        return []
    bad = next(verdict for verdict in verdicts if not verdict.ok)
    said = f"{bad.kind}: {bad.reason}"
    if good:
        return [Finding("flaky", f"right in {good} of {len(verdicts)} runs, else {said}")]
    return [Finding("fault" if bad.kind == "fault" else "failed", said)]


def _slow(seconds: float, most: float) -> list[Finding]:
    return [Finding("slow", f"{seconds:.1f} s for its gold")] if seconds >= most else []


def _wrong_answers(gold: str, statement: str) -> Iterator[tuple[str, Finding]]:
    """Answers that nobody should be rewarded for, with what it is to accept them."""
    numbers = re.findall(r"\d+(?:\.\d+)?", gold)
    if not numbers or any(float(number) for number in numbers):
        yield "0", Finding("accepts", "0 as an answer")
    yield "", Finding("accepts", "nothing as an answer")
    if statement.strip() and gold.strip() != statement.strip():
        yield statement, Finding("echo", "the question itself is accepted as an answer")


def _timed(verify: Callable[[], Verdict], times: int) -> tuple[list[Verdict], float]:
    """The verdicts of several runs, and the seconds of the slowest."""
    verdicts, slowest = [], 0.0
    for _ in range(times):
        start = time.perf_counter()
        verdicts.append(verify())
        slowest = max(slowest, time.perf_counter() - start)
    return verdicts, slowest
