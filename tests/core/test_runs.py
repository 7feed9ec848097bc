"""A run folder has one writer, one config, and only complete checkpoints."""

import subprocess
import sys
from pathlib import Path

import pytest

from openmimo.core.errors import ConfigError, InputError
from openmimo.core.runs import RunFolder


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    with RunFolder.open(tmp_path, "sft", "a", {"x": 1}), pytest.raises(InputError, match="another process"):
        RunFolder.open(tmp_path, "sft", "a", {"x": 1})
    RunFolder.open(tmp_path, "sft", "a", {"x": 1}).close()


def test_another_config_is_refused_by_the_name_of_the_field(tmp_path: Path) -> None:
    RunFolder.open(tmp_path, "sft", "a", {"training": {"seed": 1, "rows": (1, 2)}}).close()
    RunFolder.open(tmp_path, "sft", "a", {"training": {"seed": 1, "rows": [1, 2]}}).close()
    with pytest.raises(ConfigError, match=r"training\.seed"):
        RunFolder.open(tmp_path, "sft", "a", {"training": {"seed": 2, "rows": (1, 2)}})
    with pytest.raises(ConfigError, match="cannot be a run's name"):
        RunFolder.open(tmp_path, "sft", "../a", {})


def test_half_written_metrics_and_checkpoints_do_not_count(tmp_path: Path) -> None:
    with RunFolder.open(tmp_path, "sft", "a", {}) as folder:
        for step in (1, 2, 3):
            folder.append_metrics({"step": step})
        with open(folder.path / "metrics.jsonl", "a") as file:
            file.write('{"step": 4, "lo')
        assert [line["step"] for line in folder.metrics()] == [1, 2, 3]
        folder.truncate_metrics(2)
        assert [line["step"] for line in folder.metrics()] == [1, 2]
        for step in (2, 10, 9):
            folder.checkpoint_path(step).mkdir(parents=True)
            (folder.checkpoint_path(step) / "state.json").write_text("{}")
        folder.checkpoint_path(11).mkdir()
        assert folder.latest_checkpoint() == folder.checkpoint_path(10)
        folder.prune_checkpoints(2)
        assert [path.name for path in folder.checkpoints()] == ["step-9", "step-10"]


def test_a_run_that_died_in_the_middle_of_a_line_goes_on_with_a_new_one(tmp_path: Path) -> None:
    with RunFolder.open(tmp_path, "sft", "a", {}) as folder:
        folder.append_metrics({"step": 1})
        with open(folder.path / "metrics.jsonl", "a") as file:
            file.write('{"step": 2, "lo')
    with RunFolder.open(tmp_path, "sft", "a", {}) as folder:
        folder.append_metrics({"step": 2})
        folder.append_metrics({"step": 3})
        assert [line["step"] for line in folder.metrics()] == [1, 2, 3]


def test_copies_that_people_put_beside_checkpoints_are_left_alone(tmp_path: Path) -> None:
    with RunFolder.open(tmp_path, "sft", "a", {}) as folder:
        for name in ("step-1", "step-2", "step-1-good"):
            (folder.path / "checkpoints" / name).mkdir(parents=True)
            (folder.path / "checkpoints" / name / "state.json").write_text("{}")
        folder.prune_checkpoints(1)
        assert {path.name for path in (folder.path / "checkpoints").iterdir()} == {"step-2", "step-1-good"}
        assert folder.latest_checkpoint() == folder.checkpoint_path(2)


def test_the_lock_of_a_process_that_died_does_not_hold(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from openmimo.core.runs import RunFolder;"
        "run = RunFolder.open(Path(sys.argv[1]), 'sft', 'a', {}); print('held', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen([sys.executable, "-c", program, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(InputError, match="another process"):
            RunFolder.open(tmp_path, "sft", "a", {})
    finally:
        other.kill()
        other.communicate()
    RunFolder.open(tmp_path, "sft", "a", {}).close()
