"""Mutants: each differs from its program in one place, is a program, and is the same every time."""

import ast

import pytest

from openmimo.verify.judge.problem import CallTest, CodeProblem, StdinTest
from openmimo.verify.mutants import mutants, trivial

PROGRAM = '''def f(values, limit=3):
    """Sum what is small."""
    total = 0
    for value in values:
        if value < limit and not value in (7, True):
            total += value * 2
    return total
'''


def test_every_kind_of_change_is_made() -> None:
    found = {mutant.about: mutant.program for mutant in mutants(PROGRAM, 100)}
    assert "if value <= limit and" in found["LtE for Lt in line 5"]
    assert "< limit or not" in found["Or for And in line 5"]
    assert "total -= value * 2" in found["Sub for Add in line 6"]
    assert "total += value + 2" in found["Add for Mult in line 6"]
    assert "return\n" in found["None returned in line 7"] + "\n"
    assert "limit=4" in found["4 for 3 in line 1"]
    programs = list(found.values())
    assert "(7, False)" in found["False for True in line 5"]
    assert "(8, True)" in found["8 for 7 in line 5"]
    assert any("total = 0" not in program for program in programs)


def test_mutants_are_programs_each_with_one_change() -> None:
    plain = ast.unparse(ast.parse(PROGRAM)).splitlines()
    found = mutants(PROGRAM, 100)
    assert len({mutant.program for mutant in found}) == len(found) > 8
    for mutant in found:
        lines = mutant.program.splitlines()
        assert sum(one != other for one, other in zip(plain, lines, strict=True)) == 1
        compile(mutant.program, "mutant", "exec")


def test_a_few_are_of_many_kinds_and_always_the_same() -> None:
    few = mutants(PROGRAM, 6)
    assert len(few) == 6
    assert len({mutant.about.split(" in line")[0] for mutant in few}) == 6
    assert few == mutants(PROGRAM, 6)
    assert mutants(PROGRAM, 0) == []


def test_what_could_run_for_ever_stays_as_it_is() -> None:
    program = "n = int(input())\nwhile n > 1:\n    n -= 1\nprint(n)\n"
    assert all("while n > 1:\n    n -= 1\n" in mutant.program for mutant in mutants(program, 100))


@pytest.mark.parametrize("program", ["", "def f(:", "x = '\0'", "(" * 500 + ")" * 500, "import math\n", '"""Only words."""\n'])
def test_of_nothing_there_are_none(program: str) -> None:
    assert mutants(program, 5) == []


def test_programs_that_do_nothing() -> None:
    scope: dict[str, object] = {}
    by_name = {one.about: one.program for one in trivial(CodeProblem("p", "", (CallTest((1,), 2),), "add"))}
    exec(by_name["returns None"], scope)
    assert scope["add"](1, key=2) is None  # type: ignore[operator]
    exec(trivial(CodeProblem("p", "", (CallTest((1,), 2),), "Solution().add"))[1].program, scope)
    assert scope["Solution"]().add(1) is None  # type: ignore[operator]
    assert [one.about for one in trivial(CodeProblem("p", "", (StdinTest("", ""),)))] == ["is empty", "echoes its input"]
    assert "main" in trivial(CodeProblem("p", "", (StdinTest("", ""),), language="cpp"))[0].program
