"""Log-probabilities are those of the distribution that tokens are really drawn from, with a gradient that is its own."""

import pytest
import torch
from torch import Tensor

from openmimo.core.errors import InputError
from openmimo.engine.sample import Sampling, choose, knobs
from openmimo.model.logprob import logprobs
from openmimo.rl.logprob import is_plain, sampling_logprobs

LOGITS_V = torch.tensor([2.0, 1.0, 0.0, -1.0, -6.0])
BIAS = ((2, 1.5), (4, 3.0))
WAYS = [
    Sampling(1.0),
    Sampling(0.6),
    Sampling(1.0, top_p=0.8),
    Sampling(1.3, top_p=0.9, top_k=3),
    Sampling(1.0, top_k=2),
    Sampling(1.0, min_p=0.2),
    Sampling(1.0, logit_bias=BIAS),
    Sampling(0.7, top_p=0.95, top_k=4, min_p=0.01, logit_bias=BIAS),
]


def naive(logits: list[float], token: int, sampling: Sampling) -> float:
    """The same over plain lists: add, divide, sort, keep, and share out anew."""
    biased = [value + dict(sampling.logit_bias).get(place, 0.0) for place, value in enumerate(logits)]
    shares = torch.softmax(torch.tensor(biased, dtype=torch.float64) / sampling.temperature, 0).tolist()
    order = sorted(range(len(shares)), key=lambda place: -shares[place])[: sampling.top_k or None]
    left, kept, whole = 0.0, [], sum(shares[place] for place in order)
    for place in order:
        if left / whole < sampling.top_p or sampling.top_p == 1:
            kept.append(place)
        left += shares[place]
    kept = [place for place in kept if shares[place] >= sampling.min_p * max(shares)]
    kept = kept if token in kept else [*kept, token]
    return float(torch.tensor(shares[token] / sum(shares[place] for place in kept), dtype=torch.float64).log())


@pytest.mark.parametrize("sampling", WAYS)
def test_equals_the_naive_twin(sampling: Sampling) -> None:
    found_N = sampling_logprobs(LOGITS_V.expand(5, -1), torch.arange(5), sampling)
    assert found_N.tolist() == pytest.approx([naive(LOGITS_V.tolist(), token, sampling) for token in range(5)], abs=1e-5)


@pytest.mark.parametrize("sampling", WAYS)
def test_it_is_what_the_engine_draws(sampling: Sampling) -> None:
    draws = 40_000
    settings = knobs([sampling] * draws, torch.device("cpu"))
    drawn_N = choose(LOGITS_V.expand(draws, -1), settings, torch.arange(draws))
    shares_V = torch.bincount(drawn_N, minlength=5) / draws
    seen_R = shares_V.nonzero().flatten()
    expected_R = sampling_logprobs(LOGITS_V.expand(len(seen_R), -1), seen_R, sampling).exp()
    assert expected_R.sum().item() == pytest.approx(1, abs=1e-3)  # what was drawn is all that can be
    assert torch.allclose(shares_V[seen_R], expected_R, atol=0.012)


def test_unchanged_sampling_is_the_models_own_to_the_last_bit() -> None:
    logits_NV, ids_N = torch.randn(50, 40, generator=torch.Generator().manual_seed(0)), torch.arange(50) % 40
    assert torch.equal(sampling_logprobs(logits_NV, ids_N, Sampling(1.0, seed=9)), logprobs(logits_NV, ids_N))
    assert [is_plain(sampling) for sampling in WAYS] == [True] + [False] * 7


@pytest.mark.parametrize("sampling", WAYS)
def test_over_its_own_draws_the_mean_gradient_is_nothing(sampling: Sampling) -> None:
    """What makes a policy gradient one; with the model's own log-probabilities it fails, and training drifts (trl#4159, #6789)."""
    logits_V, ids_V = LOGITS_V.clone().requires_grad_(), torch.arange(5)
    settings = knobs([sampling] * 40_000, torch.device("cpu"))
    drawn_R = choose(LOGITS_V.expand(40_000, -1), settings, torch.arange(40_000)).unique()

    def mean_gradient(logprobs_V: Tensor) -> Tensor:
        shares_R = sampling_logprobs(LOGITS_V.expand(5, -1), ids_V, sampling).exp()[drawn_R]
        return torch.autograd.grad((shares_R * logprobs_V[drawn_R]).sum(), logits_V)[0]

    assert (
        mean_gradient(sampling_logprobs(logits_V.expand(5, -1), ids_V, sampling)).abs().max() < 1e-5
    )  # what is drawn less than once is left out
    if not is_plain(sampling):
        assert mean_gradient(logprobs(logits_V.expand(5, -1), ids_V)).abs().max() > 1e-3


def test_a_token_at_the_edge_that_was_drawn_never_becomes_impossible() -> None:
    logits_1V = LOGITS_V[None].clone().requires_grad_()
    found_1 = sampling_logprobs(logits_1V, torch.tensor([4]), Sampling(1.0, top_k=1))
    found_1.sum().backward()
    assert found_1.item() == pytest.approx(-8.0, abs=1e-3)  # beside the likeliest, at 2.0, it has e^-8
    assert logits_1V.grad is not None
    assert logits_1V.grad.isfinite().all()


def test_greedy_answers_have_no_gradient() -> None:
    with pytest.raises(InputError, match="greedy"):
        sampling_logprobs(LOGITS_V[None], torch.tensor([0]), Sampling())
