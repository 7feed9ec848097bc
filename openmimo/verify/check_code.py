"""A programming problem through its judge: its golden solution several times, then wrong solutions against its tests.

Wrong solutions are those that the row brings (`wrong` or `mutants`), mutants of the golden
one, and programs that do nothing. Knows no files. Read next: `mutants.py`.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, Protocol

from openmimo.verify.findings import Checked, Finding
from openmimo.verify.judge.problem import CodeProblem, Limits
from openmimo.verify.judge.result import JudgeResult
from openmimo.verify.mutants import Mutant, mutants, trivial
from openmimo.verify.problems import Row

LEAST_CPU = 0.5  # seconds that a wrong solution gets at least, a test
PLAUSIBLE = 3  # wrong solutions that it takes to call a test weak
NEAR = 0.5  # of its limit of CPU time, and a gold is slow


class JudgeLike(Protocol):
    """What is asked of a judge."""

    def judge(self, problem: CodeProblem, program: str, stop: Literal["never", "test", "group"] = "never", seed: int = 0) -> JudgeResult:
        """The result of every test; another `seed` is another run of a program that draws lots."""


def check_code(row: Row, problem: CodeProblem, judge: JudgeLike, times: int, wrong: int, slow: float) -> Checked:
    """What is found of a problem: `times` runs of its gold, `wrong` mutants, and the seconds from which on it is slow."""
    findings = _of_tests(problem)
    if findings:
        return Checked(problem.id, row.line, tuple(findings))
    runs = [judge.judge(problem, row.golden, "never", seed) for seed in range(times)] if row.golden else []
    seconds = max((run.ms for run in runs), default=0.0) / 1000
    if not all(run.ok for run in runs):
        return Checked(problem.id, row.line, tuple(_of_runs(runs)), seconds)
    findings = _slow(problem, runs, slow) if runs else [Finding("no gold", "it has no golden solution")]
    of_wrong, tried, caught = _of_wrong(row, _hurried(problem, runs), judge, wrong)
    return Checked(problem.id, row.line, (*findings, *of_wrong), seconds, tried, caught)


def _of_tests(problem: CodeProblem) -> list[Finding]:
    if not problem.tests:
        return [Finding("no tests", "any program would pass")]
    if len(kinds := sorted({type(test).__name__ for test in problem.tests})) > 1:
        return [Finding("mixed tests", f"it has tests of {len(kinds)} kinds: {', '.join(kinds)}")]
    return []


def _of_runs(runs: Sequence[JudgeResult]) -> list[Finding]:
    """What is wrong with a gold that did not pass every time."""
    reason = next(run for run in runs if not run.ok).verdict().reason
    if any(run.outcome == "JE" for run in runs):
        return [Finding("fault", next(run for run in runs if run.outcome == "JE").verdict().reason)]
    good = sum(run.ok for run in runs)
    if good or len({tuple(test.outcome for test in run.tests) for run in runs}) > 1:
        return [Finding("flaky", f"right in {good} of {len(runs)} runs, else {reason}")]
    return [Finding("failed", reason)]


def _slow(problem: CodeProblem, runs: Sequence[JudgeResult], most: float) -> list[Finding]:
    costs = [(test.cpu, place) for run in runs for place, test in enumerate(run.tests, 1)]
    cpu, place = max(costs, key=lambda cost: cost[0])
    if cpu >= NEAR * problem.limits.cpu:
        return [Finding("slow", f"test {place} takes its gold {cpu:.1f} of {problem.limits.cpu:g} s")]
    seconds = max(run.ms for run in runs) / 1000
    return [Finding("slow", f"{seconds:.1f} s for its gold")] if seconds >= most else []


def _hurried(problem: CodeProblem, runs: Sequence[JudgeResult]) -> CodeProblem:
    """The problem with less time for wrong solutions: ten times what the gold took, as many of them never end."""
    if not runs:
        return problem
    took = max(test.cpu for run in runs for test in run.tests)
    cpu = min(problem.limits.cpu, max(LEAST_CPU, 10 * took))
    return replace(problem, limits=Limits(cpu, problem.limits.memory, problem.limits.output))


def _of_wrong(row: Row, problem: CodeProblem, judge: JudgeLike, most: int) -> tuple[list[Finding], int, int]:
    """What wrong solutions tell of the tests, how many mutants were run, and how many were caught."""
    findings: list[Finding] = []
    given, lazy = _given(row), trivial(problem)
    made = mutants(row.golden, most) if row.golden and problem.language == "python" else []
    results = {id(one): judge.judge(problem, one.program, "never", 0) for one in (*given, *lazy, *made)}
    for one in (*given, *lazy):
        if results[id(one)].ok:
            findings.append(Finding("accepts", f"a program that {one.about}"))
    # A mutant that passes everything may be right; a fault of the judge tells nothing.
    judged = [one for one in made if results[id(one)].outcome != "JE"]
    caught = [one for one in judged if not results[id(one)].ok]
    plausible = [results[id(one)] for one in (*given, *caught) if results[id(one)].outcome != "JE"]
    every = plausible + [results[id(one)] for one in lazy if results[id(one)].outcome != "JE"]
    idle = _passed_by_all(every)
    weak = [place for place in _passed_by_all(plausible) if place not in idle] if len(plausible) >= PLAUSIBLE else []
    if idle:
        findings.append(
            Finding("idle tests", f"{_numbers(idle)} of {len(problem.tests)}: every one of {len(every)} wrong solutions passes")
        )
    if weak:
        findings.append(
            Finding(
                "weak tests", f"{_numbers(weak)} of {len(problem.tests)}: of {len(every)} wrong solutions only those fail that do nothing"
            )
        )
    return findings, len(judged), len(caught)


def _given(row: Row) -> list[Mutant]:
    """The wrong solutions that the row brings."""
    found = row.raw.get("wrong", row.raw.get("mutants", []))
    programs = found if isinstance(found, list) else [found]
    return [Mutant(f"the row gives as wrong (number {place})", one) for place, one in enumerate(programs, 1) if isinstance(one, str)]


def _passed_by_all(results: Sequence[JudgeResult]) -> list[int]:
    """The numbers of the tests, from 1, that every program passed; none if there was no program."""
    return [place for place, passed in enumerate(zip(*(run.passed for run in results), strict=True), 1) if all(passed)]


def _numbers(places: Sequence[int]) -> str:
    shown = ", ".join(map(str, places[:12])) + (f" and {len(places) - 12} more" if len(places) > 12 else "")
    return f"test{'s' if len(places) > 1 else ''} {shown}"
