"""Choosing the next token from logits. Knows no text. Shapes: B rows, V vocabulary."""

from dataclasses import dataclass

import torch
from torch import Tensor

from openmimo.core.errors import ConfigError


@dataclass(frozen=True)
class Sampling:
    """How to choose: `temperature` 0 is greedy; `top_p` keeps the likeliest tokens that add up to it."""

    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0.0 <= self.temperature < float("inf"):
            raise ConfigError("temperature", f"{self.temperature} is not a temperature", "use 0 for greedy, or something like 0.6")
        if not 0.0 < self.top_p <= 1.0:
            raise ConfigError("top_p", f"{self.top_p} is not a share", "use a number above 0 and up to 1")


def choose(logits_BV: Tensor, sampling: Sampling, generator: torch.Generator) -> Tensor:
    """The chosen token of each row, (B,); the same for the same generator state."""
    if sampling.temperature == 0.0:
        return logits_BV.argmax(-1)
    shares_BV = torch.softmax(logits_BV.float() / sampling.temperature, -1)
    if sampling.top_p < 1.0:
        sorted_BV, order_BV = shares_BV.sort(-1, descending=True)
        # A token stays if those before it do not yet reach top_p, so the likeliest always stays.
        sorted_BV = sorted_BV * (sorted_BV.cumsum(-1) - sorted_BV < sampling.top_p)
        shares_BV = torch.zeros_like(shares_BV).scatter(-1, order_BV, sorted_BV)
    return torch.multinomial(shares_BV, 1, generator=generator).squeeze(-1)
