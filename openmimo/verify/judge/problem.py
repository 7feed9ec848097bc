"""A programming problem: its tests, how outputs are compared, and what a run may cost.

Plain records. `formats.py` reads them from files, `judge.py` runs programs against them.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

Language = Literal["python", "cpp"]
Comparison = Literal["exact", "tokens", "float", "unordered", "custom"]
Compat = Literal["", "lcb", "evalplus"]


@dataclass(frozen=True)
class Limits:
    """What one test may cost: CPU seconds, memory in bytes, bytes of output.

    Wall time is limited to `wall` seconds, or by `cpu` if None. `total` is the wall time of all
    tests of a program together, None without limit: a program that hangs in each of a hundred
    tests costs a hundred times its limit otherwise.
    """

    cpu: float = 4.0
    memory: int = 1 << 30
    output: int = 16 << 20
    wall: float | None = None
    total: float | None = None

    @property
    def wall_seconds(self) -> float:
        """The backstop for a program that sleeps or waits: four times its CPU time, and never under two seconds."""
        return self.wall if self.wall is not None else max(4 * self.cpu, 2.0)


@dataclass(frozen=True)
class StdinTest:
    """The program reads `input` and prints `output`."""

    input: str
    output: str
    group: int = 0


@dataclass(frozen=True)
class CallTest:
    """The problem's function, called with `args` and `kwargs`, returns `output`."""

    args: tuple[Any, ...]
    output: Any
    kwargs: dict[str, Any] = field(default_factory=dict)
    group: int = 0


@dataclass(frozen=True)
class AssertTest:
    """Python code that calls the problem's function by its name and raises if the result is wrong.

    It runs in a process of its own, where the function is a proxy that asks the candidate's process.
    """

    code: str
    group: int = 0


Test = StdinTest | CallTest | AssertTest


@dataclass(frozen=True)
class CodeProblem:
    """A problem whose answer is a program.

    `entry` is the function that tests call, e.g. `add` or `Solution().add`; empty for programs
    that read stdin. `setup` is run before an AssertTest, on the tester's side. `prelude` is
    put before every candidate program. `checker` is Python code that defines
    `check(input, expected, output) -> bool`, for comparison "custom". `tolerance` is relative
    and absolute, for comparison "float". Tests of one problem are all of one kind.
    """

    id: str
    statement: str
    tests: tuple[Test, ...]
    entry: str = ""
    setup: str = ""
    prelude: str = ""
    comparison: Comparison = "tokens"
    tolerance: float = 1e-6
    checker: str = ""
    language: Language = "python"
    limits: Limits = Limits()
    compat: Compat = ""
