"""All golden solutions of HumanEval and MBPP are accepted, and the fast path says what the plain one says.

The files lie beside the checkout, not in it; where they are not, there is nothing to test.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from openmimo.verify.judge.judge import Judge
from openmimo.verify.judge.problem import AssertTest, CallTest, CodeProblem
from openmimo.verify.problems import read_problems
from openmimo.verify.sandbox.sandbox import NoSandbox

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "code"
here = pytest.mark.skipif(not FOLDER.exists(), reason="the data sets are not beside the checkout")


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge() as made:
        try:
            made.judge(CodeProblem("", "", (CallTest((), 1),), "f"), "def f(): return 1")
        except NoSandbox as error:
            pytest.skip(str(error))
        yield made


def code(file: str) -> list[tuple[CodeProblem, str]]:
    found = [(row.problem, row.golden) for row in read_problems(FOLDER / file)]
    return [(problem, golden) for problem, golden in found if isinstance(problem, CodeProblem) and golden]


def rejected(judge: Judge, programs: list[tuple[CodeProblem, str]]) -> list[str]:
    results = [(problem.id, judge.submit(problem, golden)) for problem, golden in programs]
    return [f"{name}: {future.result().verdict().reason}" for name, future in results if not future.result().ok]


@here
@pytest.mark.parametrize("file, count", [("HumanEval.jsonl.gz", 164), ("mbpp.jsonl", 974)])
def test_every_golden_solution_is_accepted(judge: Judge, file: str, count: int) -> None:
    programs = code(file)
    assert len(programs) == count
    assert not rejected(judge, programs)


@here
def test_most_tests_are_calls() -> None:
    plain = [sum(isinstance(problem.tests[0], CallTest) for problem, _ in code(file)) for file in ("HumanEval.jsonl.gz", "mbpp.jsonl")]
    assert plain == [151, 973]


@here
def test_both_paths_say_the_same(judge: Judge) -> None:
    """Every 20th problem as calls that are compared outside, and as asserts in the tester's process, for a right and for a wrong program."""
    for problem, golden in code("mbpp.jsonl")[::20]:
        if not isinstance(problem.tests[0], CallTest) or problem.prelude:
            continue
        calls = [test for test in problem.tests if isinstance(test, CallTest)]
        asserts = tuple(AssertTest(f"assert {problem.entry}(*{test.args!r}) == {test.output!r}") for test in calls)
        wrong = (
            golden
            + f"\n_right = {problem.entry}\ndef {problem.entry}(*args):\n    value = _right(*args)\n    return value if hash(repr(args)) % 2 else [value]\n"
        )
        for program in (golden, wrong):
            fast, plain = judge.judge(problem, program), judge.judge(replace(problem, tests=asserts), program)
            assert [test.outcome for test in fast.tests] == [test.outcome for test in plain.tests], problem.id


@here
def test_leetcode_goldens_with_nodes_and_trees_are_accepted(judge: Judge) -> None:
    programs = [(problem, golden) for problem, golden in code("LeetCodeDataset-v0.2.0-train.jsonl.gz") if problem.entry == "_case"]
    assert len(programs) == 121
    assert not rejected(judge, programs)
