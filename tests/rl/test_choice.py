"""Only families and levels that the model sometimes solves are chosen, once, with the real nano."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from openmimo.core.errors import InputError
from openmimo.engine.load import load
from openmimo.engine.sample import Sampling
from openmimo.rl import choice
from openmimo.rl.choice import choose
from openmimo.rl.policy import Policy
from openmimo.rl.presets import preset
from openmimo.rl.problem_set import Split, kinds, of_kind
from openmimo.rl.rewards import Rewards
from openmimo.rl.validation import as_metrics, measure


def test_what_is_always_or_never_solved_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "TASKS", 8)
    families = ("arithmetic", "percentages")
    config = preset("default", name="one", model="nano", families=families, between=(0.3, 0.9), slots=16, max_tokens=150)
    among = kinds(families, ())
    policy = Policy(load("nano", dtype=torch.float32), config.rollout.slots, Sampling(config.temperature))
    with Rewards() as rewards:
        chosen = choose(config, among, policy, rewards, tmp_path)
        rates = {(one["family"], one["level"]): one["pass_rate"] for one in json.loads((tmp_path / "choice.json").read_text())}
        assert list(rates) == among
        assert chosen == [kind for kind, rate in rates.items() if 0.3 <= rate <= 0.9]
        monkeypatch.setattr(choice, "measure", None)  # what was measured is not measured again
        assert choose(config, among, policy, rewards, tmp_path) == chosen
        taken = set(rates.values())
        gap = next(low for low in (0.01, 0.13, 0.26, 0.38, 0.51, 0.63, 0.76, 0.88) if not any(low <= rate <= low + 0.1 for rate in taken))
        with pytest.raises(InputError, match="comes nearest"):
            choose(replace(config, between=(gap, gap + 0.1)), among, policy, rewards, tmp_path)


def test_a_measurement_is_the_same_each_time_and_moves_with_the_weights() -> None:
    problems = of_kind(("arithmetic", 1), 6, Split.VALIDATION)
    policy = Policy(load("nano", dtype=torch.float32), 16, Sampling(1.0))
    with Rewards() as rewards:
        first = measure(problems, 2, policy, rewards, 100, seed=4, slots=16)
        assert measure(problems, 2, policy, rewards, 100, seed=4, slots=16) == first
        assert [len(one.scores) for one in first] == [2] * 6
        seen = as_metrics(first, 2)
        assert seen["pass@1"] == seen["avg@2"] <= seen["pass@2"]
        with torch.no_grad():
            policy.model.lm_head.weight.zero_()
        policy.moved()
        broken = as_metrics(measure(problems, 2, policy, rewards, 20, seed=4, slots=16), 2)
    assert broken["avg@2"] == 0.0 < seen["avg@2"]
