"""A run folder has one writer, one config, and only complete checkpoints."""

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
