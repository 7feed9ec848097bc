"""TRL's GRPOTrainer makes of the same answers the same advantages, losses, gradients and weights as our updates.

Run by `make test-peers`. TRL lives in an environment of its own; if it is not there, the test fails and says how to make it.
Both sides are in fp32, on a tiny random model. Advantages differ in one thing on purpose: TRL divides by the deviation of a
sample and 1e-4, we by that of the population (report 3.3); so ours are given its own for the rest.
"""

import json
import math
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import torch

from openmimo.engine.sample import Sampling
from openmimo.model.folder import read_folder
from openmimo.model.mimo import MiMo
from openmimo.rl.advantage import advantages
from openmimo.rl.batch import PolicyBatch, Selected, pack_groups
from openmimo.rl.config import AlgorithmConfig
from openmimo.rl.update import gradient, update, with_old
from openmimo.train.optimiser import adamw
from tests.rl.toy import toy_model

ROOT = Path(__file__).parent.parent
PYTHON = ROOT / ".peers" / "trl" / "bin" / "python"
PLAIN = Sampling(temperature=1.0)
GROUPS, SIZE, MOST = 3, 4, 14  # groups, answers of each, and the most tokens of an answer
RATE, CLIP = 1e-3, 0.05
OPEN = {"max_grad_norm": 1e9, "max_completion_length": MOST}
GRPO = AlgorithmConfig(old_logprobs="rollout")


@dataclass(frozen=True)
class Way:
    """The same algorithm in our words and in TRL's."""

    ours: AlgorithmConfig
    theirs: dict[str, Any]


WAYS = {
    "dapo": Way(GRPO, {"loss_type": "dapo", "epsilon": 0.2, "epsilon_high": 0.28}),
    "on policy": Way(replace(GRPO, old_logprobs="trainer"), {"loss_type": "dapo", "epsilon": 0.2, "epsilon_high": 0.28, "old": False}),
    "grpo": Way(replace(GRPO, aggregation="sample", clip_high=0.2), {"loss_type": "grpo", "epsilon": 0.2}),
    "dr_grpo": Way(
        replace(GRPO, aggregation="constant", advantage="none"), {"loss_type": "dr_grpo", "scale_rewards": "none", "epsilon_high": 0.28}
    ),
    # TRL bounds the weight from above alone, and gives the bound itself.
    "cispo": Way(replace(GRPO, loss="cispo", clip_low=1.0, clip_high=0.1), {"loss_type": "cispo", "epsilon_high": 1.1}),
    "gspo": Way(
        replace(GRPO, loss="gspo", aggregation="sample", clip_low=0.02, clip_high=0.03),
        {"loss_type": "grpo", "importance_sampling_level": "sequence", "epsilon": 0.02, "epsilon_high": 0.03},
    ),
}
STEP = {**WAYS["dapo"].theirs, "max_grad_norm": CLIP, "learning_rate": RATE, "adam_beta2": 0.95, "weight_decay": 0.0}


def fresh(folder: str) -> MiMo:
    return read_folder(Path(folder), torch.float32).train()


def drawn_groups(model: MiMo) -> tuple[list[list[Selected]], list[list[float]]]:
    """Answers of random tokens, some of which were not drawn, with log-probabilities near the model's own; and their rewards."""
    random = torch.Generator().manual_seed(5)

    def tokens(count: int) -> list[int]:
        return torch.randint(3, model.config.vocab_size, (count,), generator=random).tolist()

    groups = []
    for group in range(GROUPS):
        prompt, answers = tokens(3 + 2 * group), list[Selected]()
        for sample in range(SIZE):
            answer = tokens(5 + (4 * sample + 3 * group) % (MOST - 4))
            with torch.no_grad():
                logits_TV = model(torch.tensor([[*prompt, *answer]]))[0, len(prompt) - 1 : -1]
            own_T = logits_TV.log_softmax(-1).gather(-1, torch.tensor(answer)[:, None])[:, 0]
            old_T = own_T + 0.25 * torch.randn(len(answer), generator=random)
            answers.append(Selected(prompt, answer, old_T.tolist(), 0.0, (1, 2) if sample == 1 else ()))
        groups.append(answers)
    return groups, [[1.0, 0.0, 0.0, 0.0], [0.25, 1.0, 0.5, 1.0], [1.0, 1.0, 1.0, 1.0]]


def trl(folder: str, groups: list[list[Selected]], rewards: list[list[float]]) -> dict[str, dict[str, Any]]:
    assert PYTHON.exists(), "TRL's environment is not there; make it with: make peers"
    told = [
        {
            "prompt": list(answers[0].prompt),
            "answers": [
                {
                    "ids": list(one.answer),
                    "drawn": [int(place not in one.forced) for place in range(len(one.answer))],
                    "reward": reward,
                    "old": list(one.logprobs),
                }
                for one, reward in zip(answers, earned, strict=True)
            ],
        }
        for answers, earned in zip(groups, rewards, strict=True)
    ]
    ways = {name: {"old": True, **OPEN, **way.theirs} for name, way in WAYS.items()} | {"step": {"old": True, **OPEN, **STEP}}
    job = json.dumps({"folder": folder, "groups": told, "ways": ways})
    done = subprocess.run([PYTHON, ROOT / "peers" / "trl" / "step.py"], input=job, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def batches_of(model: MiMo, groups: list[list[Selected]], said: dict[str, Any], algorithm: AlgorithmConfig) -> list[PolicyBatch]:
    """The groups with TRL's advantages, as several parts of a mini-batch."""
    worth = iter(said["advantages"])
    given = [[replace(one, advantage=next(worth)) for one in answers] for answers in groups]
    packed = pack_groups(given, algorithm.aggregation, MOST, 40, 2, "the groups of a test")
    assert len(packed) > 1
    return with_old(model, [packed], algorithm, PLAIN, bf16=False)[0]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[list[Selected]], list[list[float]], dict[str, dict[str, Any]]]:
    """A model's folder, groups of answers and their rewards, and what TRL made of them."""
    folder = toy_model(tmp_path_factory.mktemp("trl"), mtp=0)
    groups, rewards = drawn_groups(fresh(folder))
    return folder, groups, rewards, trl(folder, groups, rewards)


def test_advantages_differ_by_the_deviation_of_a_sample(both: Any) -> None:
    _, _, rewards, said = both
    ours = [value for group in advantages(rewards, "group") for value in group]
    deviations = [torch.tensor(group).std().item() for group in rewards for _ in group]
    scaled = [
        value * math.sqrt((SIZE - 1) / SIZE) * deviation / (deviation + 1e-4) for value, deviation in zip(ours, deviations, strict=True)
    ]
    assert said["dapo"]["advantages"] == pytest.approx(scaled, abs=1e-6)
    assert said["dr_grpo"]["advantages"] == pytest.approx([value for group in advantages(rewards, "none") for value in group], abs=1e-6)


@pytest.mark.parametrize("name", WAYS)
def test_loss_and_gradient_are_those_of_trl(both: Any, name: str) -> None:
    folder, groups, _, said = both
    model, algorithm, theirs = fresh(folder), WAYS[name].ours, said[name]
    seen = gradient(model, batches_of(model, groups, theirs, algorithm), algorithm, PLAIN, bf16=False, mtp=False)
    assert seen.loss == pytest.approx(theirs["loss"], abs=2e-6)
    if algorithm.old_logprobs == "rollout":
        assert seen.clipped_high > 0, "where nothing is bounded, bounds are not compared"
    ours = {weight: one.grad for weight, one in model.named_parameters() if one.grad is not None}
    assert ours.keys() == theirs["gradient"].keys()
    norm = torch.stack([one.norm() for one in ours.values()]).norm().item()
    assert norm == pytest.approx(theirs["norm"], rel=1e-4)
    for weight, one in ours.items():
        assert (one - torch.tensor(theirs["gradient"][weight])).norm() < 1e-4 * norm, weight


def test_a_step_moves_the_weights_as_trl_does(both: Any) -> None:
    folder, groups, _, said = both
    model, theirs = fresh(folder), said["step"]
    before = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    done = update(model, batches_of(model, groups, theirs, GRPO), adamw(model, 0.0, 0.0), RATE, GRPO, PLAIN, CLIP, bf16=False)
    assert done.norm > CLIP
    for name, weight in model.named_parameters():
        # A first step of AdamW goes by the sign of a gradient: where that is next to nothing, rounding decides.
        clear = weight.grad.abs() > 1e-5 if weight.grad is not None else torch.zeros_like(weight, dtype=torch.bool)
        moved, wanted = weight.detach() - before[name], torch.tensor(theirs["weights"][name]) - before[name]
        assert (moved - wanted)[clear].abs().max() < 0.02 * RATE, name
        assert moved[clear].abs().min() > 0.5 * RATE, name
