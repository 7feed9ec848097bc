"""AdamW as the report sets it: betas 0.9 and 0.95, weight decay 0.1 on matrices only (report 2.3; which weights decay is ours)."""

import torch
from torch import nn

BETAS = (0.9, 0.95)


def adamw(model: nn.Module, rate: float, weight_decay: float = 0.1) -> torch.optim.AdamW:
    """The optimiser of every weight that is to be trained; norms and biases do not decay."""
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    groups = [
        {"params": [weight for weight in weights if weight.dim() >= 2], "weight_decay": weight_decay},
        {"params": [weight for weight in weights if weight.dim() < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=rate, betas=BETAS, fused=True)
