"""Questions of a file that training must be clear of: of any field that may hold one, in any format of rows; a line without one is named."""

import gzip
from pathlib import Path

import pytest

from openmimo.core.errors import InputError
from openmimo.verify.questions import read_questions


def test_questions_stand_in_several_fields_and_formats(tmp_path: Path) -> None:
    rows = '{"problem": "a"}\n\n{"question": "b", "answer": "3"}\n{"prompt": "c"}\n'
    path = tmp_path / "mine.jsonl"
    path.write_text(rows)
    assert read_questions(path) == ["a", "b", "c"]
    (packed := tmp_path / "mine.jsonl.gz").write_bytes(gzip.compress(rows.encode()))
    assert read_questions(packed) == ["a", "b", "c"]


def test_what_is_no_question_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    for rows, error in (
        ('{"problem": "a"}\n{"text": "b"}\n', "mine.jsonl:2 has no question"),
        ('{"problem": " "}\n', "mine.jsonl:1 has no question"),
        ("[1]\n", "mine.jsonl:1 has no question"),
        ("no json", "mine.jsonl:1: no JSON"),
    ):
        path.write_text(rows)
        with pytest.raises(InputError, match=error):
            read_questions(path)
    with pytest.raises(InputError, match="there is no file"):
        read_questions(tmp_path / "gone.jsonl")
