"""Our verdicts under `compat="evalplus"` are EvalPlus's own, on golden programs of MBPP and HumanEval and on damaged ones.

Run by `make test-peers`. EvalPlus lives in an environment of its own, and the problems beside the
checkout; if either is not there, the test fails and says what is missing.
"""

import ast
import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from openmimo.verify.judge.judge import Judge
from openmimo.verify.judge.problem import CallTest, CodeProblem, Limits
from openmimo.verify.problems import read_problems

ROOT = Path(__file__).parent.parent
PYTHON = ROOT / ".peers" / "evalplus" / "bin" / "python"
DATA = ROOT.parent / "shared" / "data" / "code"
LIMITS = Limits(cpu=1.0, wall=3.0)  # EvalPlus gives a test a second


def evalplus(dataset: str, programs: list[tuple[CodeProblem, str]]) -> list[bool]:
    assert PYTHON.exists(), "EvalPlus's environment is not there; make it with: make peers"
    job = [
        {
            "dataset": dataset,
            "entry": problem.entry,
            "code": program,
            "inputs": repr([list(test.args) for test in problem.tests if isinstance(test, CallTest)]),
            "expected": repr([test.output for test in problem.tests if isinstance(test, CallTest)]),
            "atol": problem.tolerance if problem.comparison == "float" else 0,
        }
        for problem, program in programs
    ]
    done = subprocess.run(
        [PYTHON, ROOT / "peers" / "evalplus" / "check.py", "bare"],
        input=json.dumps({"programs": job}) + "\n",
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)["verdicts"]


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge(speed=1.0) as made:
        yield made


def ours(judge: Judge, programs: list[tuple[CodeProblem, str]]) -> list[bool]:
    futures = [judge.submit(replace(problem, compat="evalplus", limits=LIMITS), program, stop="test") for problem, program in programs]
    return [future.result().ok for future in futures]


def problems(file: str, every: int) -> list[tuple[CodeProblem, str]]:
    assert DATA.exists(), f"the problems are not there: {DATA}"
    found = []
    for row in read_problems(DATA / file)[::every]:
        problem = row.problem
        assert isinstance(problem, CodeProblem)
        if not problem.entry.startswith("_") and all(isinstance(test, CallTest) and not test.kwargs for test in problem.tests):
            found.append((problem, row.golden or ""))
    return found


class Damaged(ast.NodeTransformer):
    """The code with its operators and numbers turned, one of them or all."""

    def __init__(self, only: int):
        self.only, self.seen = only, -1

    def turned(self) -> bool:
        self.seen += 1
        return self.seen == self.only

    def visit_Compare(self, node: ast.Compare) -> Any:
        self.generic_visit(node)
        swapped: dict[type[ast.cmpop], ast.cmpop] = {
            ast.Lt: ast.LtE(),
            ast.Gt: ast.GtE(),
            ast.Eq: ast.NotEq(),
            ast.LtE: ast.Lt(),
            ast.GtE: ast.Gt(),
        }
        if type(node.ops[0]) in swapped and self.turned():
            node.ops[0] = swapped[type(node.ops[0])]
        return node

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        self.generic_visit(node)
        swapped: dict[type[ast.operator], ast.operator] = {
            ast.Add: ast.Sub(),
            ast.Sub: ast.Add(),
            ast.Mult: ast.Add(),
            ast.Div: ast.FloorDiv(),
        }
        if type(node.op) in swapped and self.turned():
            node.op = swapped[type(node.op)]
        return node

    def visit_Return(self, node: ast.Return) -> Any:
        self.generic_visit(node)
        if node.value and self.turned():
            node.value = ast.parse(
                f"(lambda value: value + 1e-8 if isinstance(value, float) else tuple(value) if isinstance(value, list) else value)({ast.unparse(node.value)})",
                mode="eval",
            ).body
        return node


def damaged(golden: str, only: int) -> str:
    return ast.unparse(ast.fix_missing_locations(Damaged(only).visit(ast.parse(golden))))


@pytest.mark.parametrize("dataset, file, every", [("mbpp", "mbpp.jsonl", 4), ("humaneval", "HumanEval.jsonl.gz", 1)])
def test_golden_and_damaged_programs_are_judged_alike(judge: Judge, dataset: str, file: str, every: int) -> None:
    programs = problems(file, every)
    assert len(programs) > 120
    programs += [(problem, damaged(golden, only)) for problem, golden in programs for only in (0, 1)]
    mine, theirs = ours(judge, programs), evalplus(dataset, programs)
    differing = [
        (problem.id, place, our, their)
        for place, ((problem, _), our, their) in enumerate(zip(programs, mine, theirs, strict=True))
        if our != their
    ]
    assert not differing
    assert sum(theirs) > len(theirs) / 4
    assert len(theirs) - sum(theirs) > len(theirs) / 4


VALUES = [
    "1", "1.0", "0.3", "0.1 + 0.2", "0.3000005", "0.30001", "True", "None", "'a'", "[1, 2]", "(1, 2)", "[0.5, 1.5]", "[0.5, 1.5000001]", "(0.5, 1.5)",
    "[0.5, 2]", "[0.5000001, 2]", "[[0.5], [1.5]]", "[[0.5000001], [1.5]]", "{1, 2}", "{'a': 0.5}", "{'a': 0.5000001}", "[]", "[None]", "1e300", "[1, 'a']",
]  # fmt: skip


@pytest.mark.parametrize("atol", [0, 1e-6])
def test_every_kind_of_value_is_compared_alike(judge: Judge, atol: float) -> None:
    pairs = [(left, right) for left in VALUES for right in VALUES]
    problem = CodeProblem("", "", (), "f", comparison="float" if atol else "exact", tolerance=atol or 1.0)
    programs = [(replace(problem, tests=(CallTest((), eval(right)),)), f"def f():\n    return {left}") for left, right in pairs]
    mine, theirs = ours(judge, programs), evalplus("mbpp", programs)
    assert [pair for pair, our, their in zip(pairs, mine, theirs, strict=True) if our != their] == []
