"""`openmimo contamination`: hits from either side, clean files, broken rows, and errors that name the fix."""

import json
from pathlib import Path

import pytest

from openmimo.cli.main import run

ROSES = "Nine gardeners plant roses along both sides of a long straight road, one rose every four metres, for two days in May."
FERRY = "A ferry carries forty cars across a wide river in three trips, and each car pays seven coins; how many coins in all?"


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def questions(tmp_path: Path) -> str:
    rows = [{"problem": problem, "answer": "840", "unique_id": name} for name, problem in (("roses", ROSES), ("ferry", FERRY))]
    return f"math-500={write(tmp_path / 'math.jsonl', *rows)}"


def test_a_question_in_a_row_is_a_hit_with_its_line_and_words(tmp_path: Path, questions: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "train.jsonl", {"text": "Nothing."}, {"messages": [{"content": f"Solve: {ROSES.upper()}"}]}, {"text": ROSES})
    assert run(["contamination", str(file), "--against", questions]) == 0
    head, line, example = capsys.readouterr().out.splitlines()
    assert head.split() == ["benchmark", "items", "hit", "rows", "hit", "short", "broken"]
    assert line.split() == ["math-500", "1", "of", "2", "(50.0%)", "2", "of", "3", "0", "0"]
    assert example == "  roses, line 2: nine gardeners plant roses along both sides of a long straight road one rose every four"


def test_a_clean_file_and_a_column_that_is_not_searched(tmp_path: Path, questions: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "train.jsonl", {"text": FERRY[:60], "note": FERRY})
    assert run(["contamination", str(file), "--against", questions, "--column", "text"]) == 0
    _, line = capsys.readouterr().out.splitlines()
    assert line.split() == ["math-500", "0", "of", "2", "(0.0%)", "0", "of", "1", "0", "0"]


def test_json_is_one_object_and_a_broken_row_is_counted(tmp_path: Path, questions: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "train.jsonl", {"text": FERRY}, "{", {"text": "Nothing."})
    assert run(["contamination", str(file), "--against", questions, questions, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["file"], found["columns"], found["keep_wording"]) == (str(file), [], False)
    first, second = found["results"]
    assert first == second
    assert (first["benchmark"], first["rows"], first["rows_hit"], first["broken"]) == ("math-500", 3, 1, 1)
    assert (first["items"], first["items_hit"], first["short"]) == (2, ["ferry"], 0)
    assert first["examples"][0]["line"] == 1


def test_what_many_questions_have_in_common_is_found_only_if_it_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = "Write down every step of your work, and give the whole number that you have found in a box of its own."
    rows = [{"problem": f"{'abcdefghij'[number] * 3} apples, how many? {told}", "answer": "1"} for number in range(10)]
    against = f"math-500={write(tmp_path / 'math.jsonl', *rows)}"
    file = str(write(tmp_path / "train.jsonl", {"text": told}))
    for flags, hit in (([], 0), (["--keep-wording"], 10)):
        assert run(["contamination", file, "--against", against, *flags, "--json"]) == 0
        assert len(json.loads(capsys.readouterr().out)["results"][0]["items_hit"]) == hit


@pytest.mark.parametrize(
    ("against", "why", "fix"),
    [
        ("math-50=rows.jsonl", "no benchmark 'math-50'", "did you mean math-500"),
        ("rows.jsonl", "no benchmark 'rows.jsonl'", "math-500"),
        ("math-500", "names no file of rows", "write math-500=FILE"),
        ("own=rows.jsonl", "own reads no file", "in a file"),
        ("math-500=nowhere.jsonl", "no file nowhere.jsonl", "give the path"),
    ],
)
def test_what_is_asked_wrongly_is_named(against: str, why: str, fix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["contamination", str(write(tmp_path / "train.jsonl", {"text": ROSES})), "--against", against]) == 2
    out, err = capsys.readouterr()
    assert (out, why in err, fix in err) == ("", True, True)


def test_a_file_that_is_not_there_is_named(tmp_path: Path, questions: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["contamination", str(tmp_path / "nowhere.jsonl"), "--against", questions]) == 2
    out, err = capsys.readouterr()
    assert (out, "nowhere.jsonl" in err) == ("", True)
