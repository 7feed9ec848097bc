"""What cannot be asked is named with the field, and what a preset says is what comes out."""

from typing import Any

import pytest

from openmimo.core.errors import ConfigError
from openmimo.rl.config import AlgorithmConfig, RLConfig
from openmimo.rl.presets import FIELDS, PRESETS, RUN, preset

RUNS = {"name": "one", "model": "nano", "families": ("arithmetic",)}


@pytest.mark.parametrize(
    "field, bad",
    [
        ("advantage", {"advantage": "leave-one-out"}),
        ("loss", {"loss": "ppo"}),
        ("aggregation", {"aggregation": "tokens"}),
        ("old_logprobs", {"old_logprobs": "none"}),
        ("clip_low", {"clip_low": 0.0}),
        ("clip_low", {"clip_low": 1.5}),
        ("clip_high", {"clip_high": float("nan")}),
        ("updates", {"updates": 0}),
        ("updates", {"updates": 17}),
        ("language_weight", {"language_weight": -1.0}),
        ("problems", {"problems": "my.jsonl"}),
        ("problems", {"families": ()}),
        ("reward", {"reward": "my.py:fn"}),
        ("code_reward", {"code_reward": "half"}),
        ("code_reward", {"code_reward": "soft", "families": (), "problems": "my.jsonl", "reward": "my.py:fn"}),
        ("code_levels", {"code_levels": "levels.json"}),
        ("levels", {"families": (), "problems": "my.jsonl", "levels": (1,)}),
        ("weights", {"weights": (("arithmetic", 1.0), ("arithmetic", 2.0))}),
        ("weights", {"weights": (("arithmetic", -1.0),)}),
        ("weights", {"weights": (("arithmetic", 0.0),)}),
        ("between", {"between": (0.8, 0.1)}),
        ("between", {"families": (), "problems": "my.jsonl", "between": (0.1, 0.8)}),
        ("validation", {"validation": "held_out.jsonl"}),
        ("problems_each", {"problems_each": 0}),
        ("group_size", {"group_size": 1}),
        ("rate", {"rate": 0.0}),
        ("easy_share", {"easy_share": 1.0}),
        ("share_prompts", {"share_prompts": True, "mtp": "train"}),
        ("drop_at", {"drop_at": 0.9}),
        ("drop_at", {"drop_at": 1.1, "easy_share": 0.0}),
        ("longer", {"longer": ((1, 300),)}),
        ("longer", {"longer": ((5, 300), (9, 200))}),
        ("temperature", {"temperature": 0.0}),
        ("top_p", {"top_p": 0.0}),
        ("old_logprobs", {"temperature": 0.7}),
        ("old_logprobs", {"top_p": 0.9}),
        ("top_p", {"top_p": 0.9, "old_logprobs": "trainer", "updates": 2}),
        ("mtp", {"mtp": "joint"}),
        ("decay", {"decay": -1}),
        ("decay", {"decay": 5, "tokens": 1000}),
        ("tokens", {"tokens": -1}),
        ("norm_times", {"norm_times": 0.0}),
        ("validate_every", {"validate_every": -1}),
        ("groops", {"groops": 3}),
    ],
)
def test_what_cannot_be_is_refused_by_name(field: str, bad: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as caught:
        preset("default", **{**RUNS, **bad})
    assert caught.value.field == field


def test_fields_of_all_parts_go_by_their_own_names() -> None:
    config = preset("default", **RUNS, slots=9, early_termination=False, clip=0.5, seed=4)
    assert (config.rollout.slots, config.rollout.early_termination) == (9, False)
    assert (config.training.clip, config.training.seed, config.training.weight_decay, config.training.bf16) == (0.5, 4, 0.0, False)


def test_drawing_from_another_distribution_goes_with_the_trainers_old_logprobs() -> None:
    assert preset("default", **RUNS, temperature=0.7, top_p=0.9, old_logprobs="trainer").temperature == 0.7


def test_the_default_is_on_policy_with_clip_higher() -> None:
    config = preset("default", **RUNS)
    assert config == RLConfig(**RUNS)
    assert (config.algorithm.updates, config.algorithm.aggregation) == (1, "token")
    assert (config.algorithm.clip_low, config.algorithm.clip_high) == (0.2, 0.28)
    assert (config.easy_share, config.drop_at, config.mtp) == (0.1, None, "frozen")


def test_the_reports_numbers() -> None:
    config = preset("report", **RUNS)
    assert config.rollout.groups // config.algorithm.updates == 32
    assert (config.rollout.groups, config.rate, config.max_tokens) == (512, 1e-6, 32_768)
    assert (config.temperature, config.top_p, config.algorithm.aggregation) == (1.0, 1.0, "group")


def test_scalerls() -> None:
    config = preset("scalerl", **RUNS)
    algorithm = config.algorithm
    assert (algorithm.loss, algorithm.fp32_logits, algorithm.advantage) == ("cispo", True, "batch")
    assert (config.drop_at, config.easy_share) == (0.9, 0.0)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_can_be_changed(name: str) -> None:
    changed = preset(name, **RUNS, groups=64, updates=2, clip_high=0.3)
    assert (changed.rollout.groups, changed.algorithm.updates, changed.algorithm.clip_high) == (64, 2, 0.3)
    assert PRESETS[name].get("groups") != 64  # the preset itself is as it was


def test_a_name_means_one_field() -> None:
    names = [name for part in (RUN, *FIELDS.values()) for name in part]
    assert len(set(names)) == len(names)
    assert AlgorithmConfig() == preset("default", **RUNS).algorithm


def test_what_there_is_not_is_named() -> None:
    with pytest.raises(ConfigError, match="choose from default, report, scalerl"):
        preset("dapo", **RUNS)
    with pytest.raises(ConfigError, match="model: is missing"):
        preset("default", name="one", families=("arithmetic",))
