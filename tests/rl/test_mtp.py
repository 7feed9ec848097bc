"""MTP layers in RL: frozen they rest, trained they learn, and the policy's gradient never hears of them."""

import pytest
import torch
from torch import Tensor

from openmimo.core.errors import InputError, TrainingStopped
from openmimo.model.mimo import MiMo
from openmimo.rl.config import AlgorithmConfig
from openmimo.rl.mtp import MTPTraining, mtp_weights, optimisers, trunk_weights
from openmimo.rl.update import UpdateResult, gradient, update, with_old
from openmimo.train.loss import counts, losses
from tests.rl.tiny import PLAIN, drawn_groups, packed, tiny_model

CONFIG = AlgorithmConfig()


def run(model: MiMo, mtp: bool, updates: int = 1, bf16: bool = False, clip: float = 0.1) -> list[UpdateResult]:
    """So many updates on the answers that the model's first weights drew."""
    trunk, apart = optimisers("adamw", model, 1e-3, 0.0, mtp)
    training = MTPTraining(apart, 1e-2, 1.0) if apart else None
    (batches,) = with_old(model, [packed(drawn_groups(model))], CONFIG, PLAIN, bf16)
    return [update(model, batches, trunk, 1e-3, CONFIG, PLAIN, clip, bf16, training) for _ in range(updates)]


def copies(weights: list[Tensor]) -> list[Tensor]:
    return [weight.detach().clone() for weight in weights]


@pytest.mark.parametrize("bf16", [False, True])
def test_the_trunks_gradient_is_the_same_bit_for_bit(bf16: bool) -> None:
    found = []
    for mtp in (False, True):
        model = tiny_model()
        optimisers("adamw", model, 1e-3, 0.0, mtp)
        (batches,) = with_old(model, [packed(drawn_groups(model))], CONFIG, PLAIN, bf16)
        gradient(model, batches, CONFIG, PLAIN, bf16, mtp)
        found.append([weight.grad for weight in trunk_weights(model)])
        assert all((weight.grad is not None and bool(weight.grad.any())) == mtp for weight in mtp_weights(model))
    for without, beside in zip(*found, strict=True):
        assert without is not None
        assert beside is not None
        assert torch.equal(without, beside)


def test_so_are_its_weights_after_updates_that_clip() -> None:
    one, other = tiny_model(), tiny_model()
    without, beside = run(one, mtp=False, updates=3), run(other, mtp=True, updates=3)
    assert [result.norm for result in without] == [result.norm for result in beside]
    assert min(result.norm for result in without) > 0.1  # so it was clipped
    assert all(torch.equal(a, b) for a, b in zip(trunk_weights(one), trunk_weights(other), strict=True))


def test_frozen_layers_rest_and_the_trunk_moves() -> None:
    model = tiny_model()
    resting, moving = copies(mtp_weights(model)), copies(trunk_weights(model))
    (result,) = run(model, mtp=False)
    assert (result.mtp_norm, result.gradient.mtp_losses) == (None, [])
    assert all(torch.equal(a, b) for a, b in zip(resting, mtp_weights(model), strict=True))
    assert any(not torch.equal(a, b) for a, b in zip(moving, trunk_weights(model), strict=True))


def test_trained_layers_move_every_one_and_learn() -> None:
    model = tiny_model()
    before = copies(mtp_weights(model))
    results = run(model, mtp=True, updates=20)
    assert all(not torch.equal(a, b) for a, b in zip(before, mtp_weights(model), strict=True))
    first, last = results[0].gradient.mtp_losses, results[-1].gradient.mtp_losses
    assert len(first) == 2
    assert all(new < 0.8 * old for old, new in zip(first, last, strict=True))
    assert results[0].mtp_norm is not None


def test_the_loss_is_that_of_training_over_drawn_tokens() -> None:
    model = tiny_model()
    optimisers("adamw", model, 1e-3, 0.0, mtp=True)
    (batches,) = with_old(model, [packed(drawn_groups(model))], CONFIG, PLAIN, bf16=False)
    seen = gradient(model, batches, CONFIG, PLAIN, bf16=False, mtp=True)
    with torch.no_grad():
        parts = [losses(model, batch.rows, 2) for batch in batches]
    tokens = [sum(column) for column in zip(*(counts(batch.rows, 2)[1:] for batch in batches), strict=True)]
    expected = [sum(part.mtp[layer].item() for part in parts) / tokens[layer] for layer in range(2)]
    assert seen.mtp_losses == pytest.approx(expected, rel=1e-6)


def test_an_mtp_loss_that_is_no_number_stops_before_a_weight_changes() -> None:
    model = tiny_model()
    with torch.no_grad():
        mtp_weights(model)[0][0] = float("nan")
    before = copies(list(model.parameters()))
    with pytest.raises(TrainingStopped, match="the MTP loss of part 1 of"):
        run(model, mtp=True)
    assert all(torch.equal(a, b) or a.isnan().any() for a, b in zip(before, model.parameters(), strict=True))


def test_a_model_without_mtp_layers_can_only_leave_them_frozen() -> None:
    model = tiny_model(layers=0)
    (result,) = run(model, mtp=False)
    assert result.norm > 0
    with pytest.raises(InputError, match="no MTP layers to train"):
        run(model, mtp=True)
