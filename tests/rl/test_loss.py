"""Losses by hand, beside a naive twin of loops, and as plain REINFORCE where the policy has not moved."""

import math
import random
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from openmimo.rl.config import Aggregation, AlgorithmConfig, Kind
from openmimo.rl.loss import Loss, policy_loss, sample_weights

KINDS: tuple[Kind, ...] = ("grpo", "cispo", "gspo")
AGGREGATIONS: tuple[Aggregation, ...] = ("token", "group", "sample", "constant")
CONFIG = AlgorithmConfig()
# Groups of answers; an answer is its advantage and, token by token, the old log-probability and how far the new one is from it.
TOKENS = st.lists(st.tuples(st.floats(-3, -0.1), st.floats(-1, 1)), min_size=1, max_size=4)
GROUPS = st.lists(st.lists(st.tuples(st.sampled_from([-1.5, -0.5, 0.0, 1.0]), TOKENS), min_size=1, max_size=3), min_size=1, max_size=3)
Groups = list[list[tuple[float, list[tuple[float, float]]]]]


def naive(groups: Groups, new: list[Tensor], aggregation: Aggregation, config: AlgorithmConfig, budget: int = 7) -> Tensor:
    """The same in loops over answers and tokens, as the papers write it down."""
    low, high, place = 1 - config.clip_low, 1 + config.clip_high, 0
    answers, everything = sum(len(group) for group in groups), sum(len(tokens) for group in groups for _, tokens in group)
    total = torch.zeros((), dtype=torch.float64)
    for group in groups:
        in_group = torch.zeros((), dtype=torch.float64)
        for advantage, tokens in group:
            here = new[place : place + len(tokens)]
            place += len(tokens)
            mean = sum((value - old for value, (old, _) in zip(here, tokens, strict=True)), torch.zeros(())) / len(tokens)
            in_answer = torch.zeros((), dtype=torch.float64)
            for value, (old, _) in zip(here, tokens, strict=True):
                ratio = torch.exp(mean if config.loss == "gspo" else value - old)
                if config.loss == "cispo":
                    in_answer = in_answer + min(max(ratio.item(), low), high) * advantage * value
                elif advantage >= 0:
                    in_answer = in_answer + (ratio if ratio <= high else torch.tensor(high, dtype=torch.float64)) * advantage
                else:
                    in_answer = in_answer + (ratio if ratio >= low else torch.tensor(low, dtype=torch.float64)) * advantage
            in_group = in_group + (in_answer / len(tokens) / answers if aggregation == "sample" else in_answer)
        sizes = {
            "token": everything,
            "group": len(groups) * sum(len(tokens) for _, tokens in group),
            "sample": 1,
            "constant": answers * budget,
        }
        total = total - in_group / sizes[aggregation]
    return total + 0 * torch.stack(new).sum()  # so that there is a gradient where everything is bounded


def ours(groups: Groups, new_N: Tensor, aggregation: Aggregation, config: AlgorithmConfig, budget: int = 7) -> Loss:
    """The function under test, fed with the groups in their order."""
    answers = [answer for group in groups for answer in group]
    weights = [
        weight
        for weights_S in sample_weights([[len(tokens) for _, tokens in group] for group in groups], aggregation, budget)
        for weight in weights_S
    ]
    counts_S = torch.tensor([len(tokens) for _, tokens in answers])
    old_N = torch.tensor([old for _, tokens in answers for old, _ in tokens], dtype=new_N.dtype)
    advantages_N = torch.tensor([advantage for advantage, _ in answers], dtype=new_N.dtype).repeat_interleave(counts_S)
    weights_N = torch.tensor(weights, dtype=new_N.dtype).repeat_interleave(counts_S)
    samples_N = torch.arange(len(answers)).repeat_interleave(counts_S)
    return policy_loss(new_N, old_N, advantages_N, weights_N, samples_N, config)


def moved(groups: Groups) -> Tensor:
    return torch.tensor([old + by for group in groups for _, tokens in group for old, by in tokens], dtype=torch.float64)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("aggregation", AGGREGATIONS)
@settings(max_examples=15, deadline=None)
@given(groups=GROUPS)
def test_equals_the_naive_twin_in_value_and_gradient(kind: Kind, aggregation: Aggregation, groups: Groups) -> None:
    config = replace(CONFIG, loss=kind)
    new_N, again_N = moved(groups).requires_grad_(), moved(groups).requires_grad_()
    value, twin = ours(groups, new_N, aggregation, config).value, naive(groups, list(again_N.unbind()), aggregation, config)
    assert value.item() == pytest.approx(twin.item(), abs=1e-9)
    (gradient_N,) = torch.autograd.grad(value, new_N)
    (twin_N,) = torch.autograd.grad(twin, again_N)
    assert torch.allclose(gradient_N, twin_N, atol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("aggregation", AGGREGATIONS)
def test_where_the_policy_has_not_moved_the_gradient_is_reinforce(kind: Kind, aggregation: Aggregation) -> None:
    groups: Groups = [[(1.0, [(-1.0, 0.0)] * 3), (-0.5, [(-2.0, 0.0)])], [(-1.5, [(-0.3, 0.0)] * 2), (0.25, [(-0.1, 0.0)])]]
    new_N = moved(groups).requires_grad_()
    loss = ours(groups, new_N, aggregation, replace(CONFIG, loss=kind))
    (gradient_N,) = torch.autograd.grad(loss.value, new_N)
    weights = {
        "token": [1 / 7] * 4,
        "group": [1 / 8, 1 / 8, 1 / 6, 1 / 6],
        "sample": [1 / 12, 1 / 4, 1 / 8, 1 / 4],
        "constant": [1 / 28] * 4,
    }[aggregation]
    advantages = [1.0, -0.5, -1.5, 0.25]
    expected = [-advantages[s] * weights[s] for s, count in enumerate([3, 1, 2, 1]) for _ in range(count)]
    assert gradient_N.tolist() == pytest.approx(expected, rel=1e-12)
    assert (loss.clipped_low, loss.clipped_high) == (0, 0)


@pytest.mark.parametrize(
    "ratio, advantage, grpo, cispo_weight, low, high",
    [
        (1.5, 1.0, -1.28, 1.28, 0, 1),  # going on would be rewarded: bounded
        (1.5, -1.0, 1.5, 1.28, 0, 0),
        (0.5, 1.0, -0.5, 0.8, 0, 0),
        (0.5, -1.0, 0.8, 0.8, 1, 0),
        (1.1, 1.0, -1.1, 1.1, 0, 0),
    ],
)
def test_clip_higher_by_hand(ratio: float, advantage: float, grpo: float, cispo_weight: float, low: int, high: int) -> None:
    groups: Groups = [[(advantage, [(-2.0, math.log(ratio))])]]
    found = ours(groups, moved(groups), "token", CONFIG)
    assert (found.value.item(), found.clipped_low, found.clipped_high) == (pytest.approx(grpo), low, high)
    new_N = moved(groups).requires_grad_()
    cispo = ours(groups, new_N, "token", replace(CONFIG, loss="cispo"))
    assert torch.autograd.grad(cispo.value, new_N)[0].item() == pytest.approx(-cispo_weight * advantage)  # every token keeps one


def test_gspo_bounds_an_answer_as_a_whole() -> None:
    """One token four times as likely and one half as likely: a ratio of the square root of 2 for both, beyond 1.28."""
    groups: Groups = [[(1.0, [(-2.0, math.log(4)), (-2.0, math.log(0.5))])]]
    found = ours(groups, moved(groups), "sample", replace(CONFIG, loss="gspo"))
    assert (found.value.item(), found.clipped_high) == (pytest.approx(-1.28), 2)
    wide = ours(groups, moved(groups), "sample", replace(CONFIG, loss="gspo", clip_high=0.5))
    assert wide.value.item() == pytest.approx(-math.sqrt(2))


@settings(max_examples=60, deadline=None)
@given(tokens=st.lists(st.lists(st.integers(1, 50), min_size=1, max_size=4), min_size=1, max_size=4))
def test_weights_share_out_the_whole(tokens: list[list[int]]) -> None:
    for aggregation in ("token", "group", "sample"):
        weights = sample_weights(tokens, aggregation, 50)
        assert sum(w * n for ws, ns in zip(weights, tokens, strict=True) for w, n in zip(ws, ns, strict=True)) == pytest.approx(1)
    assert len({w for ws in sample_weights(tokens, "constant", 50) for w in ws}) == 1  # no answer's length matters
    even = [[5] * 3 for _ in tokens]
    assert sample_weights(even, "token", 50) == sample_weights(even, "group", 50) == sample_weights(even, "sample", 50)


def test_an_answer_with_nothing_drawn_does_no_harm() -> None:
    assert sample_weights([[0, 4]], "sample", 9)[0][1] == 1 / 8
    empty = torch.zeros(0)
    for kind in KINDS:
        assert policy_loss(empty, empty, empty, empty, empty.long(), replace(CONFIG, loss=kind)).value.item() == 0


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None)
@given(groups=GROUPS, order=st.randoms(use_true_random=False))
def test_order_of_groups_answers_and_tokens_does_not_matter(kind: Kind, groups: Groups, order: random.Random) -> None:
    shuffled = [
        [(advantage, order.sample(tokens, len(tokens))) for advantage, tokens in order.sample(group, len(group))] for group in groups
    ]
    order.shuffle(shuffled)
    config = replace(CONFIG, loss=kind)
    for aggregation in AGGREGATIONS:
        one, other = (ours(each, moved(each), aggregation, config).value.item() for each in (groups, shuffled))
        assert one == pytest.approx(other, abs=1e-9)
