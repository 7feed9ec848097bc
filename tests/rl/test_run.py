"""A whole run, tiny: what it leaves, what it measures, and how each fault ends."""

import errno
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

import openmimo.train.checkpoint as weights_and_moments
from openmimo.core.errors import InputError, TrainingStopped
from openmimo.core.report.samples import Sample
from openmimo.core.runs import RunFolder
from openmimo.engine.config import EngineConfig
from openmimo.engine.load import load
from openmimo.rl import policy
from openmimo.rl import run as module
from openmimo.rl.presets import PRESETS
from openmimo.rl.run import run
from openmimo.text.document import CONTINUED
from tests.rl.toy import toy_model, toy_problems, toy_reward, toy_run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    toy_model(tmp_path)
    toy_problems(tmp_path)
    toy_reward(tmp_path)
    return tmp_path


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_answers_may_be_written_in_bf16(folder: Path) -> None:
    final = run(toy_run(folder, engine_bf16=True, steps=3), folder / "runs")
    ratios = [line["mismatch_ratio"] for line in lines_of(final.parent / "metrics.jsonl")]
    # Of bf16, and no more from step to step: the copy follows the weights.
    assert all(1e-4 < ratio < 0.2 for ratio in ratios)
    assert all(weight.dtype == torch.float32 for weight in load_file(final / "model.safetensors").values())


def test_what_a_run_leaves(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    final = run(toy_run(folder, validate_every=2, validation_samples=2, longer=((3, 14),)), folder / "runs")
    home = final.parent
    assert home == folder / "runs" / "rl" / "toy"
    metrics = lines_of(home / "metrics.jsonl")
    assert [line["step"] for line in metrics] == [0, 1, 2, 3, 4]
    assert [line["step"] for line in metrics if "validation" in line] == [0, 2, 4]
    assert metrics[0]["validation"].keys() == {"problems", "avg@2", "pass@1", "pass@2"}
    assert metrics[0]["validation"]["problems"] == 2  # one in ten
    for line in metrics[1:]:
        assert line["mismatch_ratio"] < 1e-4
        assert 0 < line["occupancy"] <= 1
        assert line["groups"] >= 3
        assert line["trained_tokens"] > 0
    assert [line["max_tokens"] for line in metrics[1:]] == [12, 12, 14, 14]

    samples = lines_of(home / "samples.jsonl")
    assert {line["step"] for line in samples} == {1, 2, 3, 4}
    assert sum(line["fate"] == "selected" for line in samples) == 4 * 3 * 4
    assert all(len(line["ids"]) == len(line["logprobs"]) for line in samples)
    assert all(Sample.read(line) for line in samples if line["verdict"])  # the run's page can show them
    held_out = {f"sum-{number}" for number in range(24)} - {line["name"] for line in samples}
    assert held_out
    assert (home / "report.html").exists()
    assert "reward" in capsys.readouterr().err

    before, after = (load(name).model for name in (str(folder / "model"), str(final)))
    assert not torch.equal(before.lm_head.weight, after.lm_head.weight)
    assert torch.equal(before.model.mtp_layers[0].input_proj.weight, after.model.mtp_layers[0].input_proj.weight)  # they rest


def test_tokens_end_a_run_after_the_step_that_wrote_the_last_of_them(folder: Path) -> None:
    whole = lines_of(run(toy_run(folder), folder / "runs").parent / "metrics.jsonl")
    tokens = [line["tokens"] for line in whole]
    assert tokens == sorted(set(tokens))
    changes = {"tokens": tokens[1] + 1, "validate_every": 50, "validation_samples": 1}
    for most, steps in ((tokens[2], 3), (tokens[2] + 1, 4), (10 * tokens[3], 4)):
        home = run(toy_run(folder, name=str(most), tokens=most, checkpoint_every=50), folder / "runs").parent
        assert [line["tokens"] for line in lines_of(home / "metrics.jsonl")] == tokens[:steps]
        assert [path.name for path in (home / "checkpoints").iterdir()] == [f"step-{steps}"]
        # A run that has ended is not gone on with.
        run(toy_run(folder, name=str(most), tokens=most, checkpoint_every=50), folder / "runs")
        assert len(lines_of(home / "metrics.jsonl")) == steps
    home = run(toy_run(folder, name="validated", **changes), folder / "runs").parent
    lines = lines_of(home / "metrics.jsonl")
    assert lines[-1]["step"] < 4
    assert [line["step"] for line in lines if "validation" in line] == [0, lines[-1]["step"]]


def test_a_base_model_goes_on_from_the_bare_question(folder: Path) -> None:
    final = run(toy_run(folder, base=True, steps=1), folder / "runs")
    tokenizer = load(str(final)).tokenizer
    prompts = {line["name"]: line["prompt"] for line in lines_of(final.parent / "samples.jsonl")}
    assert prompts
    for name, prompt in prompts.items():
        assert prompt == tokenizer.encode(f"say {name.removeprefix('sum-')} red\n")
    assert load(str(final)).template.source == CONTINUED  # so that it is asked as it was trained


def test_mtp_layers_learn_beside_and_do_not_move_the_policy(folder: Path) -> None:
    frozen = run(toy_run(folder, name="frozen", steps=1), folder / "runs")
    trained = run(toy_run(folder, name="trained", steps=1, mtp="train"), folder / "runs")
    ours, theirs = (load_file(path / "model.safetensors") for path in (frozen, trained))
    for name, weight in ours.items():
        assert torch.equal(weight, theirs[name]) == ("mtp_layers" not in name), name


@pytest.mark.parametrize("settings", PRESETS)
def test_every_preset_trains(folder: Path, settings: str) -> None:
    final = run(toy_run(folder, settings, steps=1, groups=4, updates=2, temperature=0.9, old_logprobs="trainer"), folder / "runs")
    (line,) = lines_of(final.parent / "metrics.jsonl")
    assert line["updates"] == 2
    assert line["mismatch_ratio"] < 1e-4  # of the model's own log-probabilities, whatever the answers were drawn with
    assert line["grad_norm"] > 0


def test_drafts_change_nothing_but_the_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engines = []

    def pays(model: Any, config: EngineConfig, trial: Any) -> EngineConfig:
        engines.append(replace(config, draft="mtp"))
        return engines[-1]

    monkeypatch.setattr(policy, "probed", pays)
    drafted = run(toy_run(folder, name="drafted", steps=2), folder / "runs")
    plain = run(toy_run(folder, name="plain", steps=2, drafts=False), folder / "runs")
    assert len(engines) == 1
    assert "tokens drafted at a time: 1" in (drafted.parent / "log.txt").read_text()
    chosen = [
        [(line["name"], line["ids"]) for line in lines_of(path.parent / "samples.jsonl") if line["fate"] == "selected"]
        for path in (drafted, plain)
    ]
    assert chosen[0] == chosen[1]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda folder: toy_reward(folder, "def odd(solution_str, **_):\n    return float('nan')\n"), "the function returned nan"),
        (lambda folder: toy_reward(folder, "def odd(solution_str, **_):\n    raise KeyError('x')\n"), "KeyError"),
        (lambda folder: toy_reward(folder, "def odd(solution_str, **_):\n    return 0.0\n"), "with all 4 rewards 0"),
        (lambda folder: toy_reward(folder, "def odd(solution_str, **_):\n    return 1.0\n"), "with all 4 rewards 1"),
        (lambda folder: toy_reward(folder, "def odd(completions, difficulty):\n    return [1.0]\n"), "needs 'difficulty'"),
        (lambda folder: (folder / "sums.jsonl").write_text('{"problem": "a"}\nno row\n'), "sums.jsonl:2: "),
        (lambda folder: (folder / "sums.jsonl").write_text('{"answer": "1"}\n'), "sums.jsonl:1: prompt: is missing"),
        (lambda folder: (folder / "sums.jsonl").write_text(json.dumps({"problem": "red " * 130}) + "\n"), "max_tokens: sums/1 has"),
    ],
)
def test_what_cannot_be_trained_on_is_named(folder: Path, change: Callable[[Path], object], said: str) -> None:
    change(folder)
    with pytest.raises(InputError) as caught:
        run(toy_run(folder, tries=2), folder / "runs")
    assert said in str(caught.value)
    assert caught.value.fix


def test_a_file_has_its_own_verifier(folder: Path) -> None:
    """Without reward code: a random model is right by chance alone, and the run says so."""
    with pytest.raises(InputError, match="with all 4 rewards 0"):
        run(toy_run(folder, reward="", tries=1), folder / "runs")


def test_a_run_that_is_being_written_is_left_alone(folder: Path) -> None:
    with RunFolder.open(folder / "runs", "rl", "toy", {}), pytest.raises(InputError, match="being written by another process"):
        run(toy_run(folder), folder / "runs")


def test_a_full_disk_leaves_the_checkpoint_before_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = weights_and_moments.save_file

    def full(tensors: Any, path: Path) -> None:
        if "step-4" in str(path):
            raise OSError(errno.ENOSPC, "No space left on device")
        plain(tensors, path)

    monkeypatch.setattr(weights_and_moments, "save_file", full)
    with pytest.raises(TrainingStopped, match=r"step 4 could not be written.*No space left"):
        run(toy_run(folder), folder / "runs")
    assert [path.name for path in (folder / "runs" / "rl" / "toy" / "checkpoints").iterdir()] == ["step-2"]
    monkeypatch.setattr(weights_and_moments, "save_file", plain)
    assert run(toy_run(folder), folder / "runs").exists()


def test_an_update_gone_wrong_names_step_and_checkpoint(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = module.update

    def wrong(*arguments: Any) -> Any:
        if "step 3" in arguments[1][0].rows.name:
            raise TrainingStopped("the loss is nan", "look at its answers")
        return plain(*arguments)

    monkeypatch.setattr(module, "update", wrong)
    with pytest.raises(TrainingStopped, match=r"stopped in step 3: the loss is nan.*\n.*last good checkpoint is .*step-2"):
        run(toy_run(folder), folder / "runs")


def test_problems_chosen_by_posterior_are_not_lost(folder: Path) -> None:
    final = run(toy_run(folder, choose_by_posterior=True, steps=2), folder / "runs")
    state = json.loads((final.parent / "checkpoints" / "step-2" / "state.json").read_text())
    asked = {line["name"] for line in lines_of(final.parent / "samples.jsonl") if line["fate"] != "launched after the last one selected"}
    waiting = {f"sum-{problem}" for problem in state["waiting"]}
    assert not waiting & asked
    assert sum(state["pools"]["places"]) == len(waiting) + len(asked)


def test_a_model_that_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(InputError, match="there is no model 'nono'"):
        run(toy_run(folder, model="nono"), folder / "runs")
