"""`openmimo show`: what a model needs is said before it is loaded."""

import json
import re
from pathlib import Path

import pytest

from openmimo.cli.show import main
from openmimo.core.memory import available_bytes
from openmimo.core.report.page import write_report
from openmimo.engine.config import EngineConfig
from openmimo.engine.load import load
from openmimo.engine.memory import predicted


def test_a_model_is_shown_with_the_memory_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("nano", json_=True) == 0
    facts = json.loads(capsys.readouterr().out)
    model = load("nano").model
    assert facts["memory"]["weights_bytes"] == sum(weight.nbytes for weight in model.parameters())
    largest = predicted(model.config, EngineConfig(), model.lm_head.weight.dtype)
    assert 0 < facts["memory"]["cache_bytes"] <= largest.cache
    assert 1024 <= facts["memory"]["cache_tokens"] <= largest.cache_tokens
    assert facts["memory"]["free_bytes"] == pytest.approx(available_bytes(), rel=0.5)


def test_a_person_reads_sizes_in_gib(capsys: pytest.CaptureFixture[str]) -> None:
    main("nano")
    shown = capsys.readouterr().out
    assert re.search(r"^  weights_bytes: \d\d,\d{3},\d{3} \(0\.0\d GiB\)$", shown, re.MULTILINE)
    assert "\nvocab_size: 1,024\n" in shown
    assert "\ntie_word_embeddings: False\n" in shown


def test_a_run_and_a_recipe_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "metrics.jsonl").write_text('{"step": 1}\n{"step": 2}\n{"step": 3, "lo')
    (tmp_path / "config.json").write_text('{"seed": 7}')
    (tmp_path / "checkpoints" / "step-10").mkdir(parents=True)
    (tmp_path / "checkpoints" / "step-9").mkdir()
    assert main(str(tmp_path)) == 0
    shown = capsys.readouterr().out
    assert "checkpoints: ['step-9', 'step-10']" in shown
    assert "  step: 2" in shown
    assert "finished: False" in shown
    assert "report: None" in shown
    report = write_report(tmp_path)
    assert main(str(tmp_path)) == 0
    assert f"report: {report}" in capsys.readouterr().out
    assert main("recipe:nano") == 0
    shown = capsys.readouterr().out
    assert "mtp_weight: 0.3" in shown
    assert "  stages.2:\n" in shown
    assert main("recipe:mimo_7b") == 0
    shown = capsys.readouterr().out
    assert "  tokens: 23,784,000,000,000\n" in shown
    assert "    rope_theta: 640000.0\n" in shown
