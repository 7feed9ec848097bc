"""`openmimo judge`: tables, JSON and exit codes for files, folders and stdin, and errors that say what to do."""

import io
import json
from pathlib import Path

import pytest

from openmimo.cli.main import run
from openmimo.verify.judge.judge import Judge
from openmimo.verify.judge.problem import CodeProblem, StdinTest
from openmimo.verify.sandbox.sandbox import NoSandbox

SQUARE = "n = int(input())\nprint(n * n)\n"


@pytest.fixture(scope="module", autouse=True)
def _sandbox() -> None:
    with Judge(workers=1, speed=1.0) as judge:
        try:
            judge.judge(CodeProblem("", "", (StdinTest("", "1"),)), "print(1)")
        except NoSandbox as error:
            pytest.skip(str(error))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tests").mkdir()
    for number in (1, 2, 10):
        (tmp_path / "tests" / f"{number}.in").write_text(f"{number}\n")
        (tmp_path / "tests" / f"{number}.{'ans' if number == 2 else 'out'}").write_text(f"{number * number}\n")
    (tmp_path / "right.py").write_text(SQUARE)
    (tmp_path / "wrong.py").write_text(SQUARE.replace("n * n", "n * 2"))
    rows = [
        {"id": "a", "tests": [{"input": "3", "output": "9"}]},
        {"id": "b", "entry": "f", "tests": [{"args": [3], "output": [9, 1]}, {"args": [4], "output": [16, 1], "group": 1}]},
        {"id": "m", "problem": "1+1", "answer": "2"},
    ]
    (tmp_path / "cases.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


def test_a_folder_of_tests_in_the_order_of_their_numbers(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["judge", str(folder / "right.py"), str(folder / "tests")]) == 0
    head, *tests, last = capsys.readouterr().out.splitlines()
    assert head.split() == ["test", "result", "cpu", "memory", "detail"]
    assert [line.split()[:2] for line in tests] == [["1", "AC"], ["2", "AC"], ["3", "AC"]]
    assert last.startswith("AC: 3 of 3 tests passed in ")
    assert run(["judge", str(folder / "wrong.py"), str(folder / "tests")]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines[1:-1]] == ["WA", "AC", "WA"]
    assert lines[3].endswith("word 1 is '20', not '100'")


def test_a_row_by_its_id_or_line_and_a_program_on_stdin(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = str(folder / "cases.jsonl")
    assert run(["judge", str(folder / "right.py"), cases, "--row", "1"]) == 0
    for code, flags in ((0, ["--compat", "lcb"]), (1, ["--compat", "evalplus"]), (0, [])):
        monkeypatch.setattr("sys.stdin", io.StringIO("def f(n):\n    return (n * n, 1)\n"))
        capsys.readouterr()
        assert run(["judge", "-", cases, "--id", "b", "--json", *flags]) == code
        found = json.loads(capsys.readouterr().out)
        assert (found["id"], found["ok"], len(found["tests"])) == ("b", code == 0, 2)


def test_limits_and_stops_from_the_command_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "slow.py").write_text("while True: pass")
    assert run(["judge", str(folder / "slow.py"), str(folder / "tests"), "--cpu", "0.1", "--stop", "test"]) == 1
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()[1:-1]] == ["TLE", "--", "--"]
    (folder / "big.py").write_text("x = bytearray(200 << 20)\n" + SQUARE)
    assert run(["judge", str(folder / "big.py"), str(folder / "tests"), "--memory", "100"]) == 1
    assert "MLE" in capsys.readouterr().out
    assert run(["judge", str(folder / "big.py"), str(folder / "tests")]) == 0


def test_what_is_asked_wrongly_says_how_to_ask(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    right, cases = str(folder / "right.py"), str(folder / "cases.jsonl")
    (folder / "right.cpp").write_text("int main() {}")
    (folder / "empty").mkdir()
    (folder / "half").mkdir()
    (folder / "half" / "1.in").write_text("1")
    for arguments, said in [
        ([right, cases], "has 3 problems"),
        ([right, cases, "--id", "x"], "no such problem"),
        ([right, cases, "--id", "m"], "no code problem"),
        ([str(folder / "none.py"), str(folder / "tests")], "cannot be read"),
        ([right, str(folder / "none.jsonl")], "there is no file"),
        ([right, str(folder / "empty")], "holds no tests"),
        ([right, str(folder / "half")], "no output beside it"),
        ([right, str(folder / "tests"), "--cpu", "-1"], "must be positive"),
        ([str(folder / "right.cpp"), cases, "--id", "b"], "is C++"),
    ]:
        assert run(["judge", *arguments]) == 2, arguments
        error = capsys.readouterr().err
        assert said in error
        assert "fix:" in error or said == "must be positive"
