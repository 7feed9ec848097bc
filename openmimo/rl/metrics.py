"""What is always logged of a step: of its tokens, and of its groups. Pure functions.

Knows no run and no engine. Legend: N drawn tokens, V vocabulary.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import torch
from torch import Tensor

from openmimo.rl.advantage import standing
from openmimo.verify.verdict import Tally, Verdict

BINS = ("0", "0-25", "25-50", "50-75", "75-100", "100")  # of pass rates in per cent; the outermost are exactly none and all


@dataclass(frozen=True)
class Mismatch:
    """How far the trainer's model is from the engine's, by the model's own log-probabilities of the drawn tokens.

    `kl` is the estimate of KL(engine || trainer) in nats a token that is never negative (k3: r - 1 - log r, Schulman 2020),
    `ratio` the largest |r - 1|, for r the trainer's probability over the engine's.
    """

    kl: float
    ratio: float


def mismatch(engine_N: Tensor, trainer_N: Tensor) -> Mismatch:
    """The mismatch of two sides' log-probabilities; 0 of no tokens."""
    if not len(engine_N):
        return Mismatch(0.0, 0.0)
    # In fp64, for the estimate is a small difference of numbers near 1.
    log_N = trainer_N.double() - engine_N.double()
    over_N = torch.expm1(log_N)
    return Mismatch((over_N - log_N).mean().item(), over_N.abs().max().item())


def entropies(logits_NV: Tensor) -> Tensor:
    """The entropy of the model's own next-token distribution at each of N places, exact, in nats, fp32 (N,)."""
    logs_NV = torch.log_softmax(logits_NV.float(), -1)
    return -(logs_NV.exp() * logs_NV).sum(-1)


@dataclass(frozen=True)
class Outcome:
    """What came of one group: a verdict, a reward and a number of tokens of each of its answers, and whether it was chosen."""

    verdicts: Sequence[Verdict]
    rewards: Sequence[float | None]
    lengths: Sequence[int]
    selected: bool


def group_metrics(groups: Sequence[Outcome]) -> dict[str, Any]:
    """What a step's judged groups were, selected and not, as a line of `metrics.jsonl` holds it.

    Pass rates are shares of right answers among those with a verdict. `selected_length` beside `length` shows whether long
    answers are selected against; both are None where there is nothing to average. `alarm` is the judge's own (`Tally`).
    """
    told = Tally.of(verdict for group in groups for verdict in group.verdicts)
    rates = [rate for group in groups if (rate := pass_rate(group.verdicts)) is not None]
    standings = Counter(standing(group.rewards) for group in groups)
    return {
        "groups": len(groups),
        "pass_rate": _mean(rates),
        "pass_rates": histogram(rates),
        "zero_signal": standings["equal"] / max(len(groups), 1),
        "unfit": standings["unfit"] / max(len(groups), 1),
        "reward": _mean([reward for group in groups for reward in group.rewards if reward is not None]),
        "length": _mean([length for group in groups for length in group.lengths]),
        "selected_length": _mean([length for group in groups if group.selected for length in group.lengths]),
        "verdicts": dict(sorted(told.kinds.items())),
        "alarm": told.alarm,
    }


def pass_rate(verdicts: Sequence[Verdict]) -> float | None:
    """The share of right answers among those with a verdict; None if there is no verdict."""
    return _mean([float(verdict.ok) for verdict in verdicts if verdict.score is not None])


def histogram(pass_rates: Sequence[float]) -> dict[str, int]:
    """How many pass rates (0 to 1) fall into each of `BINS`; an edge belongs to the bin above it."""
    counts = dict.fromkeys(BINS, 0)
    for rate in pass_rates:
        counts[BINS[0] if rate <= 0 else BINS[-1] if rate >= 1 else BINS[1 + int(rate * 4)]] += 1
    return counts


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None
