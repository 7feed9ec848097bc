"""Small random models whose every weight matters: biases are not zero, norms not one."""

from collections.abc import Callable

import pytest
import torch

from openmimo.model.config import ModelConfig
from openmimo.model.mimo import MiMo

SMALL = ModelConfig(64, 32, 48, 2, 4, 2, 8, 64, num_nextn_predict_layers=1)


def stirred(config: ModelConfig, seed: int = 0) -> MiMo:
    """A model with random weights everywhere."""
    model, generator = MiMo(config), torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            noise = torch.randn(weight.shape, generator=generator)
            weight.copy_(1 + 0.2 * noise if "norm" in name else 0.2 * noise)
    return model


@pytest.fixture(scope="session")
def make_model() -> Callable[..., MiMo]:
    def make(**changes: object) -> MiMo:
        return stirred(SMALL.with_(**changes))

    return make
