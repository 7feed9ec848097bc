"""What is predicted is what the engine then makes, and what weights and 8-bit copies really take."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from openmimo.core.errors import WeightsError
from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.load import SMALL, TINY, held_in, load
from openmimo.engine.memory import predicted
from openmimo.model.config import ModelConfig
from openmimo.model.folder import write_folder
from openmimo.model.mimo import MiMo

CONFIG = ModelConfig(50, 32, 48, 3, 4, 2, 8, 96, num_nextn_predict_layers=2)
MIMO_7B = ModelConfig(151_680, 4096, 11_008, 36, 32, 8, 128, 32_768, rope_theta=640_000.0, num_nextn_predict_layers=1)


def size(*tensors: Tensor) -> int:
    return sum(tensor.nbytes for tensor in tensors)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("tokens", [0, 100])
@pytest.mark.parametrize("draft,drafted", [("off", 1), ("mtp", 1), ("mtp", 2), ("suffix", 4)])
def test_an_engine_has_the_cache_that_was_predicted(dtype: torch.dtype, tokens: int, draft: str, drafted: int) -> None:
    model, config = MiMo(CONFIG).to(dtype), EngineConfig(tokens, rows=3, draft=draft, drafted=drafted)
    cache, memory = TorchEngine(model, config).cache, predicted(CONFIG, config, dtype)
    assert memory.cache == size(cache.keys_LPw, cache.values_LPw, cache.stream_PD)
    assert memory.cache_tokens == cache.keys_LPw.shape[1] == (96 if tokens else 288)
    assert memory.weights == size(*model.parameters())


def test_a_cache_is_bounded_by_the_memory_that_the_weights_leave() -> None:
    weights = MIMO_7B.parameters * 2
    roomy, tight, hopeless = (predicted(MIMO_7B, EngineConfig(), torch.bfloat16, free) for free in (None, weights + 2**35, weights // 2))
    assert roomy.cache_tokens == 64 * 32_768
    assert tight.cache == pytest.approx(2**33, rel=1e-3), "a quarter of what is left"
    assert hopeless.cache_tokens == 32_768, "one request must find room"
    assert {roomy.weights, tight.weights, hopeless.weights} == {weights}
    assert roomy.cache // roomy.cache_tokens == 2 * 36 * 8 * 128 * 2


def test_8_bit_copies_are_counted() -> None:
    model = MiMo(CONFIG).bfloat16()
    copies = sum(module.weight.numel() + 4 * module.out_features for module in model.modules() if isinstance(module, nn.Linear))
    plain, int8 = (predicted(CONFIG, EngineConfig(int8=int8), torch.bfloat16) for int8 in (False, True))
    assert int8.weights - plain.weights == copies
    assert int8.cache == plain.cache


def test_a_model_is_held_as_load_holds_it(tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = load(str(tiny_folder)).model.config
    assert held_in(tiny_folder, config) is load(str(tiny_folder)).model.lm_head.weight.dtype is torch.float32
    large = CONFIG.with_(vocab_size=SMALL)
    write_folder(MiMo(CONFIG), tmp_path / "bf16")
    assert held_in(tmp_path / "bf16", large) is torch.bfloat16
    assert held_in(tmp_path / "it.gguf", large) is torch.bfloat16
    for quick in (True, False):
        monkeypatch.setattr("openmimo.engine.load._quick_in_bf16", lambda quick=quick: quick)
        for path in (tmp_path / "bf16", tmp_path / "it.gguf"):
            assert held_in(path, CONFIG.with_(vocab_size=TINY // 8)) is (torch.bfloat16 if quick else torch.float32)
            assert held_in(path, CONFIG) is torch.float32
    monkeypatch.setattr("openmimo.engine.load.STORED", {"F32": torch.float32})
    with pytest.raises(WeightsError, match=r"quantised: BF16(.|\n)*use weights in F32"):
        held_in(tmp_path / "bf16", large)
