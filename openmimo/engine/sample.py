"""Choosing the next token from logits, a whole batch at once. Knows no text and no cache.

A draw depends on its request's seed and on the position of the token it draws, and on
nothing else: not on the neighbours in the batch, not on how often the engine was
interrupted, not on whether the position was reached one by one or by speculation. So
every way of running a request gives the same sample. Shapes: M places to choose at, R
those of them that are sampled, V vocabulary.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from openmimo.core.errors import ConfigError

LARGEST_SHARE = 1 - 2**-24  # the largest fp32 below 1


@dataclass(frozen=True)
class Sampling:
    """How to choose: `temperature` 0 is greedy.

    `top_k` keeps the so many likeliest tokens (0: all), `top_p` of these the likeliest that
    add up to it, `min_p` those at least this share as likely as the likeliest. `logit_bias`
    is added first: pairs of a token and what its logit gains.
    """

    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0
    top_k: int = 0
    min_p: float = 0.0
    logit_bias: tuple[tuple[int, float], ...] = ()

    def __post_init__(self) -> None:
        if not 0.0 <= self.temperature < float("inf"):
            raise ConfigError("temperature", f"{self.temperature} is not a temperature", "use 0 for greedy, or something like 0.6")
        if not 0.0 < self.top_p <= 1.0:
            raise ConfigError("top_p", f"{self.top_p} is not a share", "use a number above 0 and up to 1")
        if not 0.0 <= self.min_p <= 1.0:
            raise ConfigError("min_p", f"{self.min_p} is not a share", "use 0 for no limit, or something like 0.05")
        if not 0 <= self.top_k < 2**31:  # as many as the compiled step can be told
            raise ConfigError("top_k", f"{self.top_k} is not a number of tokens", "use 0 for no limit")
        if not all(token >= 0 and abs(bias) < float("inf") for token, bias in self.logit_bias):
            raise ConfigError("logit_bias", "has a token below 0 or a bias that is not a finite number", "use -100 to forbid a token")


@dataclass(frozen=True)
class Knobs:
    """The sampling of M places as tensors; `sampled_R` are the places that are not greedy."""

    sampled_R: Tensor
    temperature_R1: Tensor
    top_p_R1: Tensor
    top_k_R1: Tensor
    min_p_R1: Tensor
    seed_R: Tensor
    narrowed: bool  # whether any place has a top_k or a top_p, which cost a sort
    bias: "Bias | None"


def knobs(samplings: Sequence[Sampling], device: torch.device) -> Knobs:
    """The settings of M places, one for each."""
    places = [place for place, sampling in enumerate(samplings) if sampling.temperature > 0.0]
    drawn = [samplings[place] for place in places]

    def column(values: list[float]) -> Tensor:
        return torch.tensor(values, dtype=torch.float32, device=device)[:, None]

    return Knobs(
        torch.tensor(places, dtype=torch.long, device=device),
        column([sampling.temperature for sampling in drawn]),
        column([sampling.top_p for sampling in drawn]),
        torch.tensor([sampling.top_k or 2**31 for sampling in drawn], dtype=torch.long, device=device)[:, None],
        column([sampling.min_p for sampling in drawn]),
        torch.tensor([sampling.seed % 2**63 for sampling in drawn], dtype=torch.long, device=device),
        any(sampling.top_k or sampling.top_p < 1.0 for sampling in drawn),
        bias_of(samplings, device),
    )


Bias = tuple[Tensor, Tensor, Tensor]
"""Places, tokens, and what is added to their logits."""


def bias_of(samplings: Sequence[Sampling], device: torch.device) -> Bias | None:
    """The `logit_bias` of M places; None if none has any."""
    biased = [(place, *pair) for place, sampling in enumerate(samplings) for pair in sampling.logit_bias]
    if not biased:
        return None
    places, tokens, added = zip(*biased, strict=True)
    return torch.tensor(places, device=device), torch.tensor(tokens, device=device), torch.tensor(added, dtype=torch.float32, device=device)


def biased(logits_MV: Tensor, bias: Bias | None, allowed_MV: Tensor | None) -> Tensor:
    """The logits with what is added to them, and -inf where `allowed_MV` is False."""
    if bias is not None:
        places, tokens, added = bias
        logits_MV = logits_MV.float().index_put((places, tokens), added, accumulate=True)
    return logits_MV if allowed_MV is None else logits_MV.masked_fill(~allowed_MV, float("-inf"))


def choose(logits_MV: Tensor, settings: Knobs, positions_M: Tensor, allowed_MV: Tensor | None = None) -> Tensor:
    """The token for each of M positions, (M,); the same for the same logits, seed and position.

    `allowed_MV` is False where a token may not be taken.
    """
    logits_MV = biased(logits_MV, settings.bias, allowed_MV)
    chosen_M = logits_MV.argmax(-1)
    if not len(settings.sampled_R):
        return chosen_M
    shares_RV = torch.softmax(logits_MV[settings.sampled_R].float() / settings.temperature_R1, -1)
    shares_RV = kept(shares_RV, settings)
    # The least of exponential waiting times with these rates falls on a token with its share's probability.
    waits_RV = waiting(settings.seed_R, positions_M[settings.sampled_R], shares_RV.shape[-1])
    return chosen_M.index_copy(0, settings.sampled_R, (shares_RV / waits_RV).argmax(-1))


def waiting(seeds_R: Tensor, positions_R: Tensor, vocabulary: int) -> Tensor:
    """Exponential waiting times (R, V) that are a function of seed, position and token alone, on every device.

    The bits are those of a hash: a 64-bit mix of seed and position, then for each token
    the finaliser of MurmurHash3 (Appleby, public domain).
    """
    key_R = _mixed(_mixed(seeds_R) + positions_R)
    key_R1 = (key_R >> 32).to(torch.int32)[:, None]
    tokens_V = torch.arange(vocabulary, device=seeds_R.device, dtype=torch.int32) * -1640531527
    bits_RV = key_R1 ^ tokens_V
    bits_RV ^= (bits_RV >> 16) & 0xFFFF
    bits_RV *= -2048144789
    bits_RV ^= (bits_RV >> 13) & 0x7FFFF
    bits_RV *= -1028477387
    bits_RV ^= (bits_RV >> 16) & 0xFFFF
    share_RV = ((bits_RV & 0x7FFFFFFF).float() + 0.5).mul_(2.0**-31).clamp_(max=LARGEST_SHARE)
    # Small waits decide, and near 0 an fp32 is finest: so -log(1 - u), not -log(u).
    return share_RV.neg_().log1p_().neg_()


def kept(shares_RV: Tensor, settings: Knobs) -> Tensor:
    """The shares (R, V) with those that top_k, top_p and min_p leave out set to 0."""
    enough_RV = shares_RV >= settings.min_p_R1 * shares_RV.amax(-1, keepdim=True)
    if settings.narrowed:
        sorted_RV, order_RV = shares_RV.sort(dim=-1, descending=True, stable=True)
        rank_V = torch.arange(shares_RV.shape[-1], device=shares_RV.device)
        sorted_RV = sorted_RV * (rank_V < settings.top_k_R1)
        # A token stays if those before it do not yet reach top_p, so the likeliest always stays.
        before_RV = (sorted_RV.cumsum(-1) - sorted_RV) / sorted_RV.sum(-1, keepdim=True)
        open_R1 = settings.top_p_R1 >= 1.0  # rounding must not cut the tail where no top_p was asked for
        sorted_RV = sorted_RV * ((before_RV < settings.top_p_R1) | open_R1)
        shares_RV = torch.zeros_like(shares_RV).scatter(-1, order_RV, sorted_RV)
    return shares_RV * enough_RV


def _mixed(x: Tensor) -> Tensor:
    """A 64-bit mix in which every bit of `x` moves every bit (the finaliser of MurmurHash3)."""
    x = x ^ ((x >> 33) & 0x7FFFFFFF)
    x = x * -49064778989728563
    x = x ^ ((x >> 33) & 0x7FFFFFFF)
    x = x * -4265267296055464877
    return x ^ ((x >> 33) & 0x7FFFFFFF)
