"""check-problems: what is wrong with a problem set is found, all of it and nothing else."""

import json
import random
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import pytest

from openmimo.cli import check_problems as verb
from openmimo.core.errors import ConfigError
from openmimo.verify.check_problems import Options, Verifiers, check
from openmimo.verify.findings import Checked, Finding, Summary, table
from openmimo.verify.judge.problem import CallTest, CodeProblem, Limits, StdinTest
from openmimo.verify.judge.result import JudgeResult, TestResult
from openmimo.verify.mutants import mutants
from openmimo.verify.problems import MathProblem, Row
from openmimo.verify.verdict import Verdict

SHARED = Path(__file__).parent.parent.parent.parent / "shared" / "data" / "code" / "mbpp.jsonl"
ADD = "def add(a, b):\n    return a + b\n"


class FakeJudge:
    """Calls functions right here: for the programs of this file only."""

    def __init__(self) -> None:
        self.judged: list[tuple[str, float]] = []

    def judge(self, problem: CodeProblem, program: str, stop: Literal["never", "test", "group"] = "never", seed: int = 0) -> JudgeResult:
        self.judged.append((program, problem.limits.cpu))
        random.seed(seed)
        return JudgeResult.of([self._test(problem, program, test) for test in problem.tests], ms=40.0)

    def _test(self, problem: CodeProblem, program: str, test: Any) -> TestResult:
        if "judge fails" in program:
            return TestResult("JE", detail="a broken pipe")
        scope: dict[str, Any] = {}
        try:
            exec(program, scope)
            same = scope[problem.entry](*test.args) == test.output
        except Exception as error:
            return TestResult("RE", detail=type(error).__name__)
        return TestResult("AC" if same else "WA", cpu=3.0 if "slow" in program else 0.01)


class FakeMath:
    """Right is what has the gold's words."""

    def verify(self, gold: str, answer: str, question: str = "") -> Verdict:
        if gold == "fault":
            return Verdict("fault", None, "worker", "it died")
        right = gold in answer and gold != "odd"
        return Verdict("right" if right else "wrong", float(right), "exact", "the same" if right else "not the same")


def add(id: str = "add", golden: str | None = ADD, line: int = 1, tests: Sequence[Any] | None = None, **raw: Any) -> Row:
    given = (CallTest((1, 2), 3), CallTest((2, 2), 4), CallTest((0, 5), 5)) if tests is None else tuple(tests)
    return Row(CodeProblem(id, "Add.", given, "add"), golden, line, raw)


def math(answer: str, line: int = 1, **raw: Any) -> Row:
    return Row(MathProblem(f"m{line}", "How many?", answer), answer, line, raw)


def found(*rows: Row, **options: Any) -> list[tuple[str, str]]:
    checked = check(rows, Verifiers(FakeMath(), FakeJudge()), Options(**options))
    return [(finding.kind, finding.text) for one in checked for finding in one.findings]


def test_a_sound_problem_has_no_findings_and_its_mutants_are_caught() -> None:
    one = next(check([add()], Verifiers(judge=FakeJudge())))
    assert (one.ok, one.findings, one.seconds) == (True, (), 0.04)
    assert one.mutants == one.caught > 0


def test_a_gold_that_fails_is_told_with_the_test() -> None:
    assert found(add(golden=ADD.replace("+", "*"))) == [("failed", "test 1 of 3: WA")]
    assert found(add(golden="def add(")) == [("failed", "test 1 of 3: RE (SyntaxError)")]


def test_a_gold_that_draws_lots_is_flaky() -> None:
    golden = "import random\ndef add(a, b):\n    return a + b + (random.random() > 0.8)\n"
    ((kind, text),) = found(add(golden=golden), times=6)
    assert kind == "flaky"
    assert re.fullmatch(r"right in [1-5] of 6 runs, else test \d of 3: WA", text)


def test_a_fault_of_the_judge_is_not_the_problems() -> None:
    assert found(add(golden=ADD + "# judge fails")) == [("fault", "test 1 of 3: JE (a broken pipe)")]


def test_a_gold_near_its_limit_is_slow_but_fit() -> None:
    one = next(check([add(golden=ADD + "# slow")], Verifiers(judge=FakeJudge())))
    assert one.ok
    assert one.findings[0] == Finding("slow", "test 1 takes its gold 3.0 of 4 s")
    assert found(add(), slow=0.03) == [("slow", "0.0 s for its gold")]


def test_no_gold_no_tests_and_tests_of_two_kinds() -> None:
    assert found(add(golden=None)) == [("no gold", "it has no golden solution")]
    assert found(add(tests=[])) == [("no tests", "any program would pass")]
    assert found(add(tests=[CallTest((1, 2), 3), StdinTest("1 2", "3")])) == [
        ("mixed tests", "it has tests of 2 kinds: CallTest, StdinTest")
    ]


def test_an_id_that_stands_twice() -> None:
    assert found(add(line=3), add("other", line=4), add(line=7)) == [("duplicate", "line 3 has this id, too")]


def test_wrong_solutions_that_pass_are_reported() -> None:
    rows = (
        add(wrong=["def add(a, b): return a - b", "def add(a, b): return b + a", 7]),
        add("b", line=2, mutants="def add(*a): return sum(a)"),
    )
    assert found(*rows) == [
        ("accepts", "a program that the row gives as wrong (number 2)"),
        ("accepts", "a program that the row gives as wrong (number 1)"),
    ]
    nothing = [CallTest((1, 2), None), CallTest((2, 3), None)]
    assert ("accepts", "a program that returns None") in found(add(golden="def add(a, b): pass", tests=nothing))


def test_a_test_that_every_wrong_solution_passes_is_told_by_its_number() -> None:
    golden = "def add(a, b):\n    if a is None:\n        return None\n    return a + b\n"
    tests = [CallTest((1, 2), 3), CallTest((None, 2), None)]
    wrong = ["def add(a, b): return a and a - b", "def add(a, b): return a and a * b"]
    kinds = dict(found(add(golden=golden, tests=tests, wrong=wrong), wrong=0))
    assert "idle tests" not in kinds, "the empty program fails it"
    no_entry = [CallTest((1, 2), 3), CallTest((), None)]

    class Kind(FakeJudge):
        def _test(self, problem: CodeProblem, program: str, test: Any) -> TestResult:
            return TestResult("AC") if not test.args else super()._test(problem, program, test)

    (one,) = check([add(tests=no_entry)], Verifiers(judge=Kind()))
    assert one.findings == (Finding("idle tests", f"test 2 of 2: every one of {2 + one.caught} wrong solutions passes"),)


def test_a_test_that_only_lazy_programs_fail_is_weak() -> None:
    tests = [CallTest((1, 2), 3), CallTest((0, 0), 0)]
    wrong = ["def add(a, b): return a - b", "def add(a, b): return a * b", "def add(a, b): return a"]
    assert found(add(tests=tests, wrong=wrong), wrong=0) == [
        ("weak tests", "test 2 of 2: of 5 wrong solutions only those fail that do nothing")
    ]
    assert found(add(tests=tests, wrong=wrong[:2]), wrong=0) == [], "two say too little"


def test_wrong_solutions_get_less_time_than_golds() -> None:
    judge = FakeJudge()
    list(check([add()], Verifiers(judge=judge), Options(times=2, wrong=1)))
    golds, rest = judge.judged[:2], judge.judged[2:]
    assert golds == [(ADD, Limits().cpu)] * 2
    assert len(rest) == 3
    assert {cpu for _, cpu in rest} == {0.5}


def test_math_golds() -> None:
    assert found(math("12"), math("x + 1", 2), math("0", 3)) == []
    assert found(math("odd")) == [("failed", "wrong: not the same")]
    assert found(math("fault")) == [("fault", "fault: it died")]
    assert found(math(" ")) == [("no gold", "it has no answer")]
    assert found(math("12", solution="so \\boxed{13}")) == [("failed", "its written solution: not the same")]
    assert found(math("12", solution="so \\boxed{12}"), math("12", 2, solution="so 13")) == []


def test_answers_that_nobody_should_be_rewarded_for() -> None:
    assert found(math("many")) == [("echo", "the question itself is accepted as an answer")]

    class Anything(FakeMath):
        def verify(self, gold: str, answer: str, question: str = "") -> Verdict:
            return Verdict("right", 1.0, "exact", "")

    checked = list(check([math("12"), math("0", 2)], Verifiers(math=Anything())))
    assert [finding.text.split(" ")[0] for finding in checked[0].findings] == ["0", "nothing", "the"]
    assert [finding.text.split(" ")[0] for finding in checked[1].findings] == ["nothing", "the"], "0 is right there"


class FakeUser:
    """A reward function that wants its answers in a tag."""

    def verify(self, rows: Sequence[dict[str, Any]], answers: Sequence[str]) -> list[Verdict]:
        return [self._one(row, answer) for row, answer in zip(rows, answers, strict=True)]

    def _one(self, row: dict[str, Any], answer: str) -> Verdict:
        if row.get("broken"):
            return Verdict("fault", None, "user", "KeyError: 'x' (reward.py, line 3)")
        right = f"<answer>{row['gold']}</answer>" in answer
        return Verdict("right" if right else "wrong", float(right), "user", "reward")


def test_a_reward_function_of_ones_own() -> None:
    rows = [math("12", gold="12"), math("13", 2, gold="14"), math("14", 3, broken=True), add(line=4, gold=ADD)]
    checked = list(check(rows, Verifiers(user=FakeUser())))
    assert [[finding.kind for finding in one.findings] for one in checked] == [[], ["failed"], ["fault"], []]
    assert "reward.py, line 3" in checked[2].findings[0].text


def test_results_come_in_the_order_of_the_file_whatever_takes_longest() -> None:
    class Uneven(FakeMath):
        def verify(self, gold: str, answer: str, question: str = "") -> Verdict:
            time.sleep(0.05 if gold == "1" else 0.0)
            return super().verify(gold, answer)

    rows = [math("1" if line == 1 else "2", line) for line in range(1, 30)]
    assert [one.line for one in check(rows, Verifiers(math=Uneven()))] == list(range(1, 30))


def test_a_summary_and_a_table() -> None:
    checked = [
        Checked("a", 1, (Finding("failed", "test 1"), Finding("failed", "again")), 0.1, 4, 3),
        Checked("b", 2, (Finding("slow", "5 s"),)),
        Checked("c", 3, ()),
    ]
    assert str(Summary.of(checked)) == "3 problems, 1 unfit: 1 failed, 1 slow; tests catch 3 of 4 mutants"
    assert table(checked).splitlines()[0].split() == ["!", "line", "1", "a", "failed", "test", "1"]
    assert table(checked).splitlines()[2].split() == ["line", "2", "b", "slow", "5", "s"]


@pytest.mark.parametrize("options, says", [({"times": 0}, "times"), ({"wrong": -1}, "wrong"), ({"slow": 0.0}, "slow")])
def test_options_that_cannot_be(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        Options(**options)


def rows_of(tmp_path: Path, *rows: dict[str, Any]) -> Path:
    path = tmp_path / "problems.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def code(id: str, solution: str) -> dict[str, Any]:
    return {
        "id": id,
        "problem": "Add.",
        "entry": "add",
        "tests": [{"args": [1, 2], "output": 3}, {"args": [4, 4], "output": 8}],
        "solution": solution,
    }


def test_the_verb_from_file_to_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = rows_of(
        tmp_path, code("good", ADD), code("bad", ADD.replace("+", "-")), {"id": "sum", "problem": "What is 2 + 2?", "answer": "4"}
    )
    assert verb.main(path, times=2, wrong=2, json_=True) == 1
    shown = json.loads(capsys.readouterr().out)
    assert [(row["id"], row["ok"]) for row in shown["rows"]] == [("good", True), ("bad", False), ("sum", True)]
    assert (shown["problems"], shown["unfit"], shown["interrupted"]) == (3, 1, False)
    assert verb.main(path, times=1, wrong=0, limit=1) == 0
    assert "1 problem, 0 unfit" in capsys.readouterr().out
    with pytest.raises(ConfigError, match="limit"):
        verb.main(path, limit=0)


def test_the_verb_with_a_reward_function(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.py").write_text("def fn(completions, answer, **columns): return [float(c == a) for c, a in zip(completions, answer)]")
    path = rows_of(tmp_path, {"id": "sum", "problem": "What is 2 + 2?", "answer": "4"})
    assert verb.main(path, reward=f"{tmp_path}/mine.py:fn") == 0
    assert "1 problem, 0 unfit" in capsys.readouterr().out


def test_ctrl_c_shows_what_was_found_so_far(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any, **__: Any) -> Any:
        yield Checked("bad", 1, (Finding("failed", "test 1 of 2: WA"),))
        raise KeyboardInterrupt

    monkeypatch.setattr("openmimo.verify.check_problems.check", interrupted)
    assert verb.main(rows_of(tmp_path, code("bad", ADD), code("good", ADD))) == 130
    shown = capsys.readouterr()
    assert "test 1 of 2: WA" in shown.out
    assert "1 problem, 1 unfit" in shown.out
    assert "interrupted after 1 of 2 rows" in shown.err


def fails(row: dict[str, Any]) -> bool:
    """Whether a program fails its tests by plain Python, in the order that the manifest gives."""
    source = "\n".join([row["code"], row["test_setup_code"], *row["test_list"]])
    return subprocess.run([sys.executable, "-I", "-c", source], capture_output=True, timeout=20).returncode != 0


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared")
def test_of_fifty_planted_mutants_exactly_those_are_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [json.loads(line) for line in SHARED.read_text().splitlines()]
    planted: set[str] = set()
    for row in rows[::2]:
        made = mutants(row["code"], 3)
        for mutant in made[-1:]:
            if fails(changed := {**row, "code": mutant.program}):
                row.update(changed)
                planted.add(str(row["task_id"]))
        if len(planted) == 50:
            break
    assert len(planted) == 50
    path = rows_of(tmp_path, *rows[: 2 * 50 + 60])
    assert planted <= {str(row["task_id"]) for row in rows[: 2 * 50 + 60]}
    assert verb.main(path, times=2, wrong=0, json_=True) == 1
    shown = json.loads(capsys.readouterr().out)
    assert {row["id"] for row in shown["rows"] if not row["ok"]} == planted
    assert {finding["kind"] for row in shown["rows"] for finding in row["findings"] if not row["ok"]} == {"failed"}


def test_broken_rows_are_findings_beside_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from openmimo.cli.check_problems import main

    file = tmp_path / "problems.jsonl"
    file.write_text('{"problem": "1 + 1", "answer": "2"}\n{"problem": "no answer"}\n{oops\n[]\n{"problem": "2 + 2", "answer": "4"}\n')
    assert main(file, json_=True) == 1
    told = json.loads(capsys.readouterr().out)
    assert [(row["line"], [finding["kind"] for finding in row["findings"]]) for row in told["rows"]] == [
        (1, []),
        (2, ["broken"]),
        (3, ["broken"]),
        (4, ["broken"]),
        (5, []),
    ]
    assert "answer" in told["rows"][1]["findings"][0]["text"]
