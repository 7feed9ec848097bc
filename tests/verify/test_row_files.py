"""The rows of files: a table in parquet as plain values, and what is said where it cannot be read."""

import sys
from datetime import date
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from openmimo.core.errors import InputError
from openmimo.verify.problems import read_problems
from openmimo.verify.row_files import rows_of


def test_rows_of_a_table_are_plain_values_with_their_place(tmp_path: Path) -> None:
    rows = [{"prompt": [{"role": "user", "content": f"{n} + 1"}], "extra_info": {"index": n}} for n in range(2500)]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "a.parquet", row_group_size=700)
    assert list(rows_of(tmp_path / "a.parquet")) == list(enumerate(rows, 1))


def test_a_table_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text('{"problem": "Q"}')
    (tmp_path / "b.parquet").mkdir()
    pyarrow.parquet.write_table(pyarrow.table({"problem": pyarrow.array([], pyarrow.string())}), tmp_path / "c.parquet")
    for name, said in {"a": "cannot be read", "b": "cannot be read", "c": "no problems", "d": "no file"}.items():
        with pytest.raises(InputError, match=said) as error:
            read_problems(tmp_path / f"{name}.parquet")
        assert error.value.fix


def test_a_value_that_json_lacks_is_named_and_no_crash(tmp_path: Path) -> None:
    table = pyarrow.Table.from_pylist([{"problem": "When?", "answer": date(2026, 1, 2)}])
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(InputError, match=r'a\.parquet:1: answer: must be text or a number, not "2026-01-02"'):
        read_problems(tmp_path / "a.parquet")


def test_without_pyarrow_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.parquet").touch()
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError) as error:
        read_problems(tmp_path / "a.parquet")
    assert "pyarrow is not installed" in error.value.problem
    assert "pip install 'openmimo[data]'" in error.value.fix
