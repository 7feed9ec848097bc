"""On a real tiny model: the ratio at step 0, the gradient beside a naive twin, what an update does, and what stops it."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

import openmimo.rl.score as score_module
from openmimo.core.errors import InputError, TrainingStopped
from openmimo.engine.sample import Sampling
from openmimo.model.mimo import MiMo
from openmimo.rl.batch import PolicyBatch, Selected, pack_groups
from openmimo.rl.config import Aggregation, AlgorithmConfig, Kind
from openmimo.rl.logprob import sampling_logprobs
from openmimo.rl.loss import sample_weights
from openmimo.rl.mtp import optimisers
from openmimo.rl.score import scores
from openmimo.rl.update import gradient, update, with_old
from tests.rl.tiny import PLAIN, drawn_groups, packed, tiny_model

TRAINER = AlgorithmConfig(old_logprobs="trainer")
NARROW = Sampling(temperature=0.8, top_p=0.9, top_k=20)


@pytest.fixture
def model() -> MiMo:
    return tiny_model()


def of_answer(model: MiMo, sample: Selected, sampling: Sampling) -> Tensor:
    """The log-probabilities of an answer's drawn tokens, one row for itself, logits whole."""
    ids_1T, start = torch.tensor([[*sample.prompt, *sample.answer]]), len(sample.prompt)
    said_N = sampling_logprobs(model(ids_1T)[0, start - 1 : -1], ids_1T[0, start:], sampling)
    return said_N[[place for place in range(len(sample.answer)) if place not in sample.forced]]


def gradients(model: MiMo) -> list[Tensor | None]:
    return [None if weight.grad is None else weight.grad.clone() for weight in model.parameters()]


@pytest.mark.parametrize("sampling", [PLAIN, NARROW])
def test_the_ratio_at_step_0_is_1_to_the_last_bit(model: MiMo, sampling: Sampling) -> None:
    groups = drawn_groups(model, sampling)
    shares = with_old(model, [packed(groups[:1]), packed(groups[1:])], TRAINER, sampling, bf16=False)
    for batch in (batch for batches in shares for batch in batches):
        assert batch.old_BT is not None
        said = scores(model, hidden(model, batch), batch, sampling, fp32=False)
        assert said.logprobs_N.requires_grad
        assert torch.equal((said.logprobs_N - batch.drawn(batch.old_BT)).exp(), torch.ones(len(said.own_N)))
        assert not batch.old_BT[~batch.rows.learn_BT].any()


def hidden(model: MiMo, batch: PolicyBatch) -> Tensor:
    return batch.hidden(model)


@pytest.mark.parametrize("sampling", [PLAIN, NARROW])
def test_the_engines_logprobs_are_the_trainers(model: MiMo, sampling: Sampling) -> None:
    """Design rule 7. The engine drew one by one through its cache, the trainer reads packed rows."""
    groups = drawn_groups(model, sampling)
    assert any(sample.forced for group in groups for sample in group)
    seen = gradient(model, packed(groups), TRAINER, sampling, bf16=False, mtp=False)
    assert seen.mismatch.ratio < 1e-4
    assert 0 <= seen.mismatch.kl < 1e-9
    assert seen.tokens == sum(sample.drawn for group in groups for sample in group)


@pytest.mark.parametrize("row_length", [20, 200])
@pytest.mark.parametrize("kind", ["grpo", "gspo"])
def test_answers_that_share_their_prompt_have_the_gradient_of_those_that_do_not(model: MiMo, kind: Kind, row_length: int) -> None:
    """In rows that do not hold a group, and in one row of all, of several stretches of attention."""
    groups = drawn_groups(model, groups=4, size=8)
    algorithm, found = replace(TRAINER, loss=kind), []
    for share in (False, True):
        batches = pack_groups(groups, "token", 12, row_length, 2, "the groups of a test", share)
        model.zero_grad()
        seen = gradient(model, batches, algorithm, PLAIN, bf16=False, mtp=False)
        found.append((seen, gradients(model), sum(int((batch.rows.documents_BT >= 0).sum()) for batch in batches)))
    (plain, grads, places), (shared, others, fewer) = found
    assert fewer < places
    assert shared.tokens == plain.tokens
    assert shared.loss == pytest.approx(plain.loss, abs=1e-6)
    assert shared.mismatch.ratio < 1e-4
    for one, other in zip(grads, others, strict=True):
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            assert torch.allclose(one, other, atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("kind, aggregation", [("grpo", "token"), ("grpo", "group"), ("cispo", "constant"), ("gspo", "sample")])
@pytest.mark.parametrize("sampling", [PLAIN, NARROW])
def test_on_policy_the_gradient_is_plain_reinforce(
    model: MiMo, sampling: Sampling, kind: Kind, aggregation: Aggregation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside a twin that takes answers one by one, with whole logits."""
    monkeypatch.setattr(score_module, "CHUNK", 7)  # so that there are several chunks, the last one ragged
    groups = drawn_groups(model, sampling)
    algorithm = replace(TRAINER, loss=kind, aggregation=aggregation)
    (batches,) = with_old(model, [packed(groups, aggregation)], algorithm, sampling, bf16=False)
    assert len(batches) > 1
    seen, entropy = gradient(model, batches, algorithm, sampling, bf16=False, mtp=False), 0.0
    found = gradients(model)
    model.zero_grad()
    weights = sample_weights([[sample.drawn for sample in group] for group in groups], aggregation, 12)
    for group, weights_S in zip(groups, weights, strict=True):
        for sample, weight in zip(group, weights_S, strict=True):
            (-weight * sample.advantage * of_answer(model, sample, sampling)).sum().backward()
            entropy += entropy_of(model, sample)
    for ours, twin in zip(found, gradients(model), strict=True):
        assert (ours is None) == (twin is None)
        assert ours is None or twin is None or torch.allclose(ours, twin, atol=1e-6)
    assert (seen.clipped_low, seen.clipped_high) == (0, 0)
    assert seen.entropy == pytest.approx(entropy / seen.tokens, rel=1e-4)


@torch.no_grad()
def entropy_of(model: MiMo, sample: Selected) -> float:
    ids_1T, start = torch.tensor([[*sample.prompt, *sample.answer]]), len(sample.prompt)
    shares_NV = model(ids_1T)[0, start - 1 : -1].softmax(-1)
    drawn = [place for place in range(len(sample.answer)) if place not in sample.forced]
    return torch.distributions.Categorical(shares_NV[drawn]).entropy().sum().item()


@pytest.mark.parametrize("optimiser", ["adamw", "muon"])
def test_an_update_makes_good_answers_likelier_and_bad_ones_rarer(model: MiMo, optimiser: str) -> None:
    groups = drawn_groups(model)
    trunk, _ = optimisers(optimiser, model, 1e-3, 0.0, mtp=False)
    (batches,) = with_old(model, [packed(groups)], AlgorithmConfig(), PLAIN, bf16=False)
    answers = [sample for group in groups for sample in group]

    def told() -> list[float]:
        with torch.no_grad():
            return [of_answer(model, sample, PLAIN).sum().item() for sample in answers]

    before = told()
    result = update(model, batches, trunk, 1e-3, AlgorithmConfig(), PLAIN, 1.0, bf16=False)
    after = told()
    assert result.norm > 0
    assert result.mtp_norm is None
    for sign in (1.0, -1.0):
        moved = [new - old for new, old, sample in zip(after, before, answers, strict=True) if sample.advantage == sign]
        assert sign * sum(moved) > 0.1


def test_later_updates_of_a_step_see_how_far_the_policy_has_moved(model: MiMo) -> None:
    groups = drawn_groups(model)
    algorithm = AlgorithmConfig(updates=2)
    trunk, _ = optimisers("adamw", model, 0.03, 0.0, mtp=False)
    first, second = with_old(model, [packed(groups[:2]), packed(groups[2:])], algorithm, PLAIN, bf16=False)
    on_policy = update(model, first, trunk, 0.03, algorithm, PLAIN, 1.0, bf16=False).gradient
    moved = update(model, second, trunk, 0.03, algorithm, PLAIN, 1.0, bf16=False).gradient
    assert on_policy.mismatch.ratio < 1e-4
    assert (on_policy.clipped_low, on_policy.clipped_high) == (0, 0)
    assert moved.mismatch.ratio > 0.1
    assert 0 < moved.clipped_low + moved.clipped_high <= 1


def test_the_engines_logprobs_serve_only_where_they_are_of_the_policy_that_drew(model: MiMo) -> None:
    batches = packed(drawn_groups(model, NARROW))
    with pytest.raises(InputError, match="drawn from others"):
        with_old(model, [batches], AlgorithmConfig(), NARROW, bf16=False)
    (alone,) = with_old(model, [batches], TRAINER, NARROW, bf16=False)
    assert all(batch.old_BT is None for batch in alone)  # a single update needs no forward pass for it


@pytest.mark.parametrize(
    "wrong, named",
    [
        ("weight", "the loss of"),
        ("advantage", "the loss of"),
        ("logprob", "the gradient of the policy over"),  # an infinite ratio is bounded in the loss
    ],
)
def test_what_is_no_number_stops_before_a_weight_changes(model: MiMo, wrong: str, named: str) -> None:
    groups = drawn_groups(model)
    if wrong == "weight":
        with torch.no_grad():
            model.model.layers[0].mlp.up_proj.weight[0, 0] = float("nan")
    elif wrong == "advantage":
        groups[1][1] = replace(groups[1][1], advantage=float("nan"))
    else:
        groups[1][1] = replace(groups[1][1], logprobs=[float("-inf")] * len(groups[1][1].answer))
    trunk, _ = optimisers("adamw", model, 1e-3, 0.0, mtp=False)
    (batches,) = with_old(model, [packed(groups)], AlgorithmConfig(), PLAIN, bf16=False)
    before = [weight.clone() for weight in model.parameters()]
    with pytest.raises(TrainingStopped, match=rf"{named} part \d of 2 of the groups of a test is nan"):
        update(model, batches, trunk, 1e-3, AlgorithmConfig(), PLAIN, 1.0, bf16=False)
    assert all(torch.equal(a, b) or a.isnan().any() for a, b in zip(before, model.parameters(), strict=True))


def test_a_gradient_that_is_no_number_stops_too(model: MiMo) -> None:
    """The loss is finite, and its slope is not."""
    trunk, _ = optimisers("adamw", model, 1e-3, 0.0, mtp=False)
    (batches,) = with_old(model, [packed(drawn_groups(model))], AlgorithmConfig(), PLAIN, bf16=False)
    before = [weight.clone() for weight in model.parameters()]
    model.model.norm.weight.register_hook(lambda grad: grad * float("nan"))
    with pytest.raises(TrainingStopped, match="the gradient of the policy over part 1 of"):
        update(model, batches, trunk, 1e-3, AlgorithmConfig(), PLAIN, 1.0, bf16=False)
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))


def test_fp32_logits_are_made_in_fp32_under_bf16(model: MiMo) -> None:
    (batch,) = packed(drawn_groups(model), row_length=200)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        hidden_BTD = hidden(model, batch)
        plain_N, full_N = (scores(model, hidden_BTD, batch, PLAIN, fp32).own_N for fp32 in (False, True))
        normed_ND = model.model.norm(hidden_BTD[:, :-1][batch.rows.learn_BT[:, 1:]])
    logits_NV = normed_ND.float() @ model.lm_head.weight.T
    expected_N = logits_NV.log_softmax(-1).gather(-1, batch.drawn(batch.rows.ids_BT)[:, None])[:, 0]
    assert torch.allclose(full_N, expected_N, atol=1e-6)
    assert (plain_N - expected_N).abs().max() > 1e-4


def test_bf16_leaves_weights_in_fp32_and_stays_near_the_engine(model: MiMo) -> None:
    groups = drawn_groups(model)
    trunk, _ = optimisers("adamw", model, 1e-3, 0.0, mtp=False)
    (batches,) = with_old(model, [packed(groups)], AlgorithmConfig(), PLAIN, bf16=True)
    result = update(model, batches, trunk, 1e-3, AlgorithmConfig(), PLAIN, 1.0, bf16=True)
    assert all(weight.dtype == torch.float32 for weight in model.parameters())
    assert 1e-6 < result.gradient.mismatch.ratio < 0.2
