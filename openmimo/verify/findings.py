"""What was found of a problem set: plain records, and how they add up. `check_problems.py` makes them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal[
    "failed",
    "flaky",
    "fault",
    "broken",
    "accepts",
    "echo",
    "duplicate",
    "no tests",
    "mixed tests",
    "no gold",
    "idle tests",
    "weak tests",
    "slow",
]

# What makes a problem unfit; the others are for a reader to judge.
FAILURES: frozenset[Kind] = frozenset({"failed", "flaky", "fault", "broken", "accepts", "echo", "duplicate", "no tests", "mixed tests"})


@dataclass(frozen=True)
class Finding:
    """One thing that was found of a problem.

    failed: its own gold is not accepted; flaky: not always, or for changing reasons; fault: the
    verifier itself failed; broken: the row holds no problem; accepts: a wrong solution is accepted; echo: so is the question, as it
    may be where it asks to simplify or evaluate a formula that it states; idle tests: every wrong
    solution passes them; weak tests: of the wrong solutions only those pass them not that do
    nothing; slow: near its limit.
    """

    kind: Kind
    text: str

    @property
    def failure(self) -> bool:
        """Whether a problem with this is unfit."""
        return self.kind in FAILURES


@dataclass(frozen=True)
class Checked:
    """A problem checked: its findings, the seconds of its slowest gold run, its mutants that were run, and those that a test caught."""

    id: str
    line: int
    findings: tuple[Finding, ...]
    seconds: float = 0.0
    mutants: int = 0
    caught: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing was found that makes the problem unfit."""
        return not any(finding.failure for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """The record as the command line prints it."""
        return {"ok": self.ok, **asdict(self)}


@dataclass(frozen=True)
class Summary:
    """A problem set in numbers: problems seen, those that are unfit, findings by kind, and mutants."""

    problems: int
    unfit: int
    kinds: dict[str, int]
    mutants: int
    caught: int

    @classmethod
    def of(cls, checked: Sequence[Checked]) -> "Summary":
        """Add up what was found."""
        kinds = Counter(kind for one in checked for kind in {finding.kind for finding in one.findings})
        return cls(
            len(checked),
            sum(not one.ok for one in checked),
            dict(kinds.most_common()),
            sum(one.mutants for one in checked),
            sum(one.caught for one in checked),
        )

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} {kind}" for kind, count in self.kinds.items()) or "nothing found"
        mutants = f"; tests catch {self.caught} of {self.mutants} mutants" if self.mutants else ""
        return f"{self.problems} problem{'s' * (self.problems != 1)}, {self.unfit} unfit: {kinds}{mutants}"


def table(checked: Iterable[Checked]) -> str:
    """The findings for a reader, in the order of the file, those that make a problem unfit marked."""
    rows = [(one, finding) for one in checked for finding in one.findings]
    wide = min(max((len(one.id) for one, _ in rows), default=0), 40)
    return "\n".join(
        f"{'!' if finding.failure else ' '} line {one.line:<6} {one.id:{wide}}  {finding.kind:11}  {finding.text}" for one, finding in rows
    )
