"""The policy that acts is the one that is trained: the very weights, or a copy in another type that follows them."""

from pathlib import Path

import pytest
import torch

from openmimo.engine.load import Loaded, load
from openmimo.engine.sample import Sampling
from openmimo.rl.policy import Policy
from openmimo.rl.problem_set import Problem
from tests.rl.toy import toy_model

PLAIN = Sampling(temperature=1.0)


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    return load(toy_model(tmp_path), "cpu", torch.float32)


def test_one_set_of_weights_unless_another_type_is_asked_for(loaded: Loaded) -> None:
    assert Policy(loaded, 2, PLAIN).engine.model is loaded.model
    assert Policy(loaded, 2, PLAIN, torch.float32).engine.model is loaded.model


def test_a_copy_in_bf16_follows_what_is_trained(loaded: Loaded) -> None:
    policy = Policy(loaded, 2, PLAIN, torch.bfloat16)
    assert policy.model is loaded.model
    assert policy.model.lm_head.weight.dtype == torch.float32
    problem = Problem("one", ({"role": "user", "content": "say red"},))
    policy.engine.submit(policy.request(problem, 1, 8))
    first = next(iter(policy.engine.finished())).logprobs
    with torch.no_grad():
        for weight in loaded.model.parameters():
            weight.mul_(1.5)
    policy.moved()
    for writing, trained in zip(policy.engine.model.parameters(), loaded.model.parameters(), strict=True):
        assert writing.dtype == torch.bfloat16
        assert torch.equal(writing, trained.to(torch.bfloat16))
    policy.engine.submit(policy.request(problem, 1, 8))
    assert next(iter(policy.engine.finished())).logprobs[0] != first[0]


def test_drafts_are_tried_with_what_writes(loaded: Loaded) -> None:
    policy = Policy(loaded, 2, PLAIN, torch.bfloat16)
    before = policy.engine.model
    policy.try_drafts([Problem("one", ({"role": "user", "content": "say red"},))])
    assert policy.engine.model is before
