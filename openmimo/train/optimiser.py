"""What moves the weights: AdamW as the report sets it (2.3), or Muon for the matrices of the blocks, which nano takes.

Muon (Jordan et al. 2024) makes the momentum of a matrix orthogonal before it steps. In the
form used here its updates are as large as AdamW's (Liu et al. 2025, `match_rms_adamw`), so
that both go by one rate. Which weights decay is ours.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

BETAS = (0.9, 0.95)  # the report's


class Optimiser:
    """One optimiser or two that step as one, with one rate."""

    def __init__(self, parts: Sequence[torch.optim.Optimizer]):
        self.parts = parts

    def zero_grad(self) -> None:
        """Forget the gradients of the step before."""
        for part in self.parts:
            part.zero_grad(set_to_none=True)

    def step(self, rate: float) -> None:
        """Move every weight that has a gradient."""
        for part in self.parts:
            for group in part.param_groups:
                group["lr"] = rate * group.get("times", 1.0)
            part.step()

    def hasten(self, weight: nn.Parameter, times: float) -> None:
        """Have one weight go so many times as fast as the others."""
        for part in self.parts:
            for group in list(part.param_groups):
                if any(weight is other for other in group["params"]):
                    group["params"] = [other for other in group["params"] if other is not weight]
                    part.add_param_group({**group, "params": [weight], "times": times})
                    return
        raise KeyError("the weight is not trained")

    def state(self, weight: nn.Parameter) -> dict[str, Tensor]:
        """What is kept of a weight from step to step; nothing before its first one."""
        return next((part.state[weight] for part in self.parts if weight in part.state), {})

    def set_state(self, weight: nn.Parameter, state: dict[str, Any]) -> None:
        """Go on from what `state` gave. Raises `KeyError` for a weight that is not trained."""
        for part in self.parts:
            if any(weight is other for group in part.param_groups for other in group["params"]):
                part.state[weight] = state
                return
        raise KeyError("the weight is not trained")


def make_optimiser(kind: str, model: nn.Module, rate: float, weight_decay: float) -> Optimiser:
    """The optimiser of a config, for every weight that is to be trained; the kinds are `config.OPTIMISERS`."""
    return {"adamw": adamw, "muon": muon}[kind](model, rate, weight_decay)


def adamw(model: nn.Module, rate: float, weight_decay: float = 0.1) -> Optimiser:
    """AdamW for all of them; norms and biases do not decay."""
    return Optimiser([_adamw([weight for weight in model.parameters() if weight.requires_grad], rate, weight_decay)])


def muon(model: nn.Module, rate: float, weight_decay: float = 0.1) -> Optimiser:
    """Muon for the matrices inside the blocks, AdamW for the embedding, the head, norms and biases."""
    blocks: list[nn.Parameter] = []
    rest: list[nn.Parameter] = []
    for name, weight in model.named_parameters():
        if weight.requires_grad:
            (blocks if weight.dim() == 2 and "embed" not in name and "lm_head" not in name else rest).append(weight)
    parts: list[torch.optim.Optimizer] = []
    if blocks:
        parts.append(torch.optim.Muon(blocks, lr=rate, weight_decay=weight_decay, momentum=0.95, adjust_lr_fn="match_rms_adamw"))
    if rest:
        parts.append(_adamw(rest, rate, weight_decay))
    return Optimiser(parts)


def _adamw(weights: Sequence[nn.Parameter], rate: float, weight_decay: float) -> torch.optim.Optimizer:
    groups = [
        {"params": [weight for weight in weights if weight.dim() >= 2], "weight_decay": weight_decay},
        {"params": [weight for weight in weights if weight.dim() < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=rate, betas=BETAS, fused=True)
