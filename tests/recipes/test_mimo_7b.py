"""MiMo-7B as the report has it: the numbers that can be summed or counted another way, and a refusal where it is too large."""

from pathlib import Path

import pytest

from openmimo.cli.main import run as openmimo
from openmimo.model.config import ModelConfig
from openmimo.recipes import mimo_7b


def test_the_stages_sum_to_what_the_report_gives_not_to_what_it_says() -> None:
    config = mimo_7b.pretrain()
    assert [stage.schedule.tokens for stage in config.stages] == [17_784 * 10**9, 4_000 * 10**9, 2_000 * 10**9]
    assert [stage.rows * stage.accumulate for stage in config.stages] == [2560, 2560, 640]
    assert [stage.row_length for stage in config.stages] == [8192, 8192, 32_768]
    assert len({stage.rows * stage.accumulate * stage.row_length for stage in config.stages}) == 1  # as many tokens a step throughout
    first = config.stages[0]
    assert first.batches_of_step(0) == 1
    assert first.batches_of_step(84 * 10**9 // first.batch_tokens + 1) == 161  # half-way through the warm-up of the batch
    assert first.batches_of_step(168 * 10**9 // first.batch_tokens + 1) == 320
    assert [stage.mtp_weight_at(0) for stage in config.stages] == [0.3, 0.1, 0.1]
    for before, after in zip(config.stages, config.stages[1:], strict=False):
        assert before.schedule.final == after.schedule.peak


def test_the_model_is_that_of_the_released_folders() -> None:
    assert isinstance(mimo_7b.MODEL, ModelConfig)
    assert 7.5e9 < mimo_7b.MODEL.parameters < 8.0e9


def test_fine_tuning_is_constant() -> None:
    stage = mimo_7b.sft().stage
    assert {stage.schedule.rate(done, stage.batch_tokens) for done in range(0, stage.schedule.tokens, 10**9)} == {3e-5}
    assert stage.rows * stage.accumulate == 128


def test_a_small_machine_refuses_before_anything_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openmimo.core.memory.available_bytes", lambda: 24 * 2**30)
    assert openmimo(["pretrain", "mimo_7b", "--runs", str(tmp_path)]) == 1
    assert "weights needs 116.7 GiB of memory" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
