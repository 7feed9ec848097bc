"""Each filter on rows of a file: what goes, with its reason, and what stays."""

import json
from pathlib import Path
from typing import Any

from openmimo.rl.curate import filters
from openmimo.rl.curate.candidate import Candidate, digest, read_candidates

ROSES = "Nine gardeners plant roses along both sides of a long straight road, one rose every four metres, for two days in May."
DOUBLE = {"problem": "Write a function double(n).", "entry": "double", "tests": [{"args": [2], "output": 4}, {"args": [5], "output": 10}]}


def candidates(folder: Path, *rows: dict[str, Any] | str) -> list[Candidate]:
    path = folder / "rows.jsonl"
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return read_candidates(path)[0]


def test_rows_that_cannot_be_read_are_named_and_ids_may_repeat(tmp_path: Path) -> None:
    good = {"problem": "What is 2 + 2?", "answer": "4", "id": "same"}
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join([json.dumps(good), "{", "[]", json.dumps({"problem": "no answer"}), json.dumps(good)]))
    found, broken = read_candidates(path)
    assert [one.name for one in found] == ["same@1", "same@5"]
    assert sorted(broken) == [2, 3, 4]
    assert "no JSON" in broken[2]
    assert "answer" in broken[4]
    assert digest(found) != digest(found[:1])


def test_of_two_alike_the_first_stays_and_others_are_held_against_what_stays(tmp_path: Path) -> None:
    ask = " How many roses are there in the end, if each gardener plants one hundred and twenty of them every day and none dies?"
    rows = [
        {"problem": ROSES, "answer": "1"},
        {"problem": ROSES + ask, "answer": "1"},  # of the first one
        {"problem": "Now:" + ask, "answer": "1"},  # of the second one, which goes
        {"problem": "What is 2 + 3?", "answer": "5"},
        {"problem": "what is 2 + 3", "answer": "5"},
        {"problem": "What is 2 + 4?", "answer": "6"},
    ]
    gone = filters.duplicates(candidates(tmp_path, *rows))
    assert sorted(gone) == [2, 5]
    assert gone[2].startswith("line 1 has it, too: nine gardeners plant")


def test_words_that_all_have_and_drawings_are_no_likeness(tmp_path: Path) -> None:
    told = " Write down every step of your work, and give the whole number that you have found in a box of its own."
    drawn = "[asy] " + "draw the same long line again and again " * 4 + "[/asy]"
    rows = [{"problem": f"{'abcdefghijkl'[number] * 3} apples?{told} {drawn}", "answer": "1"} for number in range(12)]
    assert filters.duplicates(candidates(tmp_path, *rows)) == {}


def test_questions_of_an_evaluation_go_with_the_file_that_asks_them(tmp_path: Path) -> None:
    (tmp_path / "math.jsonl").write_text(
        json.dumps({"problem": "Well. " + ROSES}) + "\n" + json.dumps({"question": "What is 2 + 3?"}) + "\n"
    )
    found = candidates(
        tmp_path, {"problem": ROSES, "answer": "1"}, {"problem": "What is 2 + 3?", "answer": "5"}, {"problem": "And 3 + 3?", "answer": "6"}
    )
    gone = filters.contaminated(found, [str(tmp_path / "math.jsonl")])
    assert sorted(gone) == [1, 2]
    assert gone[2] == "math.jsonl asks it, too: what is 2 3"


def test_golds_that_fail_their_own_verifier_go(tmp_path: Path) -> None:
    rows = [
        {"problem": "What is 2 + 3?", "answer": "5", "id": "twice"},
        {"problem": "What is 3 + 3?", "answer": "6", "id": "twice"},
        {**DOUBLE, "solution": "def double(n):\n    return 2 * n\n"},
        {**DOUBLE, "solution": "def double(n):\n    return n + 2\n"},
        DOUBLE,  # without a gold nothing can be said of it
    ]
    gone = filters.unfit(candidates(tmp_path, *rows))
    assert list(gone) == [4]
    assert gone[4].startswith("failed: ")


def test_code_is_neither_choice_nor_proof(tmp_path: Path) -> None:
    found = candidates(tmp_path, {**DOUBLE, "problem": "Prove that you can write double(n).\n(A) one\n(B) two\n(C) three"})
    assert filters.multiple_choice(found) == filters.proofs(found) == {}
