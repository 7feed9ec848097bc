"""Files and folders appear whole or not at all."""

from pathlib import Path

import pytest

from openmimo.core.errors import InputError, OpenMimoError
from openmimo.core.files import append_line, read_json, whole_folder, write_json, write_text


def test_a_folder_is_replaced_only_when_the_new_one_is_whole(tmp_path: Path) -> None:
    folder = tmp_path / "thing"
    with whole_folder(folder) as beside:
        (beside / "a").write_text("old")

    def fail(error: type[BaseException]) -> None:
        with whole_folder(folder) as beside:
            (beside / "a").write_text("new")
            raise error

    for error in (RuntimeError, KeyboardInterrupt):
        with pytest.raises(error):
            fail(error)
    assert (folder / "a").read_text() == "old"
    with whole_folder(folder) as beside:
        (beside / "b").write_text("new")
    assert [path.name for path in folder.iterdir()] == ["b"]
    assert [path.name for path in tmp_path.iterdir()] == ["thing"]


def test_json_round_trip_and_its_errors(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"x": [1, "ü"]})
    assert read_json(tmp_path / "a.json") == {"x": [1, "ü"]}
    with pytest.raises(InputError, match=r"b\.json is not there"):
        read_json(tmp_path / "b.json")
    (tmp_path / "c.json").write_text('{"x": ')
    with pytest.raises(InputError, match=r"c\.json is not valid JSON"):
        read_json(tmp_path / "c.json")


def test_a_write_that_fails_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OpenMimoError, match="cannot write"):
        write_text(tmp_path / "folder", "a folder cannot be written over")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_lines_are_added_and_a_full_disk_is_told(tmp_path: Path) -> None:
    for line in ("one", "zwei ü"):
        append_line(tmp_path / "log", line)
    assert (tmp_path / "log").read_text(encoding="utf-8") == "one\nzwei ü\n"
    (tmp_path / "full").symlink_to("/dev/full")
    with pytest.raises(OpenMimoError, match=r"cannot write .*full: No space left"):
        append_line(tmp_path / "full", "three")
