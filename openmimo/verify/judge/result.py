"""What a judge says of a program, test by test. Plain records; the rewards made of them are in `verify/difficulty.py`."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from openmimo.verify.verdict import Verdict

# Accepted, wrong answer, time, memory and output limit exceeded, runtime error, compile error, judge error, and not run.
Outcome = Literal["AC", "WA", "TLE", "MLE", "RE", "OLE", "CE", "JE", "--"]


@dataclass(frozen=True)
class TestResult:
    """One test: its outcome, CPU seconds, peak memory in bytes (0 where it is not known), and what was seen, in a few words."""

    __test__ = False  # not for pytest to collect

    outcome: Outcome
    cpu: float = 0.0
    memory: int = 0
    detail: str = ""


@dataclass(frozen=True)
class JudgeResult:
    """All tests of one program, in the order of the problem. `outcome` is AC, or that of the first test that failed."""

    outcome: Outcome
    tests: tuple[TestResult, ...]
    ms: float = 0.0
    cached: bool = False

    @classmethod
    def of(cls, tests: Sequence[TestResult], ms: float = 0.0) -> "JudgeResult":
        """A fault of the judge outweighs all else; then the first failure counts."""
        seen = [test.outcome for test in tests]
        worst: Outcome = "JE" if "JE" in seen else next((outcome for outcome in seen if outcome != "AC"), "AC")
        return cls(worst, tuple(tests), ms)

    @property
    def ok(self) -> bool:
        """Whether every test was run and passed."""
        return self.outcome == "AC"

    @property
    def passed(self) -> tuple[bool, ...]:
        """Whether each test passed; one that was not run did not."""
        return tuple(test.outcome == "AC" for test in self.tests)

    def verdict(self) -> Verdict:
        """All or nothing: 1 if every test passed, else 0; no score at all if the judge failed."""
        failed = next(
            (f"test {place + 1} of {len(self.tests)}: {_said(test)}" for place, test in enumerate(self.tests) if test.outcome != "AC"), ""
        )
        if self.outcome == "JE":
            return Verdict("fault", None, "judge", failed, ms=self.ms)
        if self.ok:
            return Verdict("right", 1.0, "judge", f"all {len(self.tests)} tests passed", ms=self.ms)
        return Verdict("wrong", 0.0, "judge", failed, ms=self.ms)

    def as_json(self) -> dict[str, Any]:
        """The record as the command line prints it."""
        return {"ok": self.ok, **asdict(self)}


def _said(test: TestResult) -> str:
    return f"{test.outcome} ({test.detail})" if test.detail else test.outcome
