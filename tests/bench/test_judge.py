"""The benchmark of the judge runs, takes turns, and shows what is missing as missed."""

import json
from pathlib import Path

import pytest

from openmimo.bench import judge as bench
from openmimo.bench.report import line
from openmimo.verify.judge.judge import Judge
from openmimo.verify.judge.problem import CallTest, CodeProblem
from openmimo.verify.sandbox.sandbox import NoSandbox


def test_every_row_is_there(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(bench, "_Sizes", lambda *_: bench_sizes)
    monkeypatch.setattr(bench, "PEER", Path("not there"))
    try:
        rows = {row.name: row for row in bench.measure(quick=True)}
    except NoSandbox as error:
        pytest.skip(str(error))
    assert {name: row.target for name, row in rows.items() if row.target} == {
        "fresh.vs_python_IS": 2.7,
        "batch.vs_fresh": 10.0,
        "mbpp.vs_evalplus": 3.0,
        "cores2.scaling": 1.7,
    }
    assert all(row.value > 0 for name, row in rows.items() if name != "mbpp.vs_evalplus")
    assert rows["mbpp.vs_evalplus"].holds is False
    assert "make peers" in capsys.readouterr().err
    assert json.loads(line("judge", list(rows.values())))["bench"] == "judge"


bench_sizes = bench._Sizes(rounds=2, fresh=10, batched=50, programs=1)


def test_both_sides_take_turns_and_ratios_are_of_rounds() -> None:
    calls: list[str] = []
    ours, theirs = bench._in_turns(4, lambda: calls.append("a") or 1.0, lambda: calls.append("b") or 2.0)
    assert "".join(calls) == "baabbaab"
    assert (ours, theirs) == ([1.0] * 4, [2.0] * 4)
    assert bench._ratio([1.0, 2.0, 30.0], [1.0, 1.0, 1.0]) == 2.0


def test_a_program_that_fails_is_no_measurement() -> None:
    problem = CodeProblem("", "", (CallTest((), 1),), "f")
    with Judge(workers=1, speed=1.0) as judge:
        try:
            judge.judge(problem, "def f(): return 1")
        except NoSandbox as error:
            pytest.skip(str(error))
        with pytest.raises(AssertionError):
            bench._judged_all(judge, [(problem, "def f(): return 2")])
