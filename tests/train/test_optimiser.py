"""Which weights go to which optimiser, and that a training with Muon is resumed bit for bit."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from openmimo.core.errors import ConfigError
from openmimo.model.config import ModelConfig
from openmimo.model.mimo import MiMo
from openmimo.train import checkpoint
from openmimo.train.batches import Batches
from openmimo.train.checkpoint import Place
from openmimo.train.config import Stage, TrainingConfig
from openmimo.train.optimiser import Optimiser, adamw, muon
from openmimo.train.step import train_step


def names_of(model: MiMo, part: torch.optim.Optimizer) -> set[str]:
    own = {id(weight) for group in part.param_groups for weight in group["params"]}
    return {name for name, weight in model.named_parameters() if id(weight) in own}


def trained(config: ModelConfig, batches: Batches, steps: range, start: Path | None = None) -> tuple[MiMo, Optimiser]:
    model = MiMo(config)
    model.start(0)
    optimiser = muon(model, 1e-2)
    if start:
        checkpoint.load(start, model, optimiser)
    for step in steps:
        train_step(model, [batches.batch(step)], optimiser, 1e-2, 0.3, 1.0, bf16=False)
    return model, optimiser


def test_muon_takes_the_matrices_of_blocks_and_adamw_the_rest(config: ModelConfig) -> None:
    model = MiMo(config)
    blocks, rest = muon(model, 1e-3).parts
    assert names_of(model, blocks) | names_of(model, rest) == {name for name, _ in model.named_parameters()}
    assert not names_of(model, blocks) & names_of(model, rest)
    assert all(weight.dim() == 2 for group in blocks.param_groups for weight in group["params"])
    assert {"model.embed_tokens.weight", "lm_head.weight"} <= names_of(model, rest)
    (whole,) = adamw(model, 1e-3).parts
    assert names_of(model, whole) == {name for name, _ in model.named_parameters()}


def test_weights_that_rest_go_to_no_optimiser(config: ModelConfig) -> None:
    model = MiMo(config)
    model.requires_grad_(False)
    model.lm_head.weight.requires_grad_(True)
    (only,) = muon(model, 1e-3).parts
    assert names_of(model, only) == {"lm_head.weight"}
    with pytest.raises(KeyError, match="not trained"):
        muon(model, 1e-3).set_state(model.model.embed_tokens.weight, {})


def test_norms_and_biases_do_not_decay(config: ModelConfig) -> None:
    for optimiser in (adamw(MiMo(config), 1e-3), muon(MiMo(config), 1e-3)):
        for part in optimiser.parts:
            for group in part.param_groups:
                assert (group["weight_decay"] == 0) == all(weight.dim() < 2 for weight in group["params"])


def test_resumed_with_muon_equals_unbroken_bit_for_bit(tmp_path: Path, stage: Stage, config: ModelConfig) -> None:
    batches = Batches(stage, 0, split_documents=True)
    unbroken, _ = trained(config, batches, range(6))
    half, optimiser = trained(config, batches, range(3))
    checkpoint.save(tmp_path / "step-3", half, optimiser, Place(3, 0, 3))
    resumed, _ = trained(config, batches, range(3, 6), tmp_path / "step-3")
    assert all(torch.equal(a, b) for a, b in zip(unbroken.parameters(), resumed.parameters(), strict=True))


def test_a_kind_that_is_none_is_named() -> None:
    with pytest.raises(ConfigError, match="adamw or muon, not sgd"):
        TrainingConfig(optimiser="sgd")


@pytest.mark.parametrize("make", [adamw, muon])
def test_one_weight_can_go_faster_than_the_others(config: ModelConfig, make: Callable[..., Optimiser]) -> None:
    def moved(times: float) -> tuple[float, float]:
        model = MiMo(config)
        model.start(0)
        optimiser = make(model, 1e-3, 0.0)
        if times != 1:
            optimiser.hasten(model.model.norm.weight, times)
        before = {name: weight.detach().clone() for name, weight in model.named_parameters()}
        for weight in model.parameters():
            weight.grad = torch.ones_like(weight)
        optimiser.step(1e-3)
        assert optimiser.state(model.model.norm.weight)
        distance = {name: (weight.detach() - before[name]).abs().mean().item() for name, weight in model.named_parameters()}
        return distance["model.norm.weight"], distance["lm_head.weight"]

    alone, other = moved(1)
    faster, others = moved(50)
    assert faster == pytest.approx(50 * alone, rel=1e-3)
    assert others == other


def test_a_weight_that_rests_goes_no_faster(config: ModelConfig) -> None:
    model = MiMo(config)
    model.model.norm.requires_grad_(False)
    with pytest.raises(KeyError, match="not trained"):
        muon(model, 1e-3).hasten(model.model.norm.weight, 2)
