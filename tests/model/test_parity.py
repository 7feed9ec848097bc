"""Our trunk says what transformers' Qwen2 and Llama say, whichever of us wrote the folder."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM

from openmimo.model.folder import read_folder, write_folder
from openmimo.model.mimo import MiMo

Make = Callable[..., MiMo]
IDS_BT = torch.randint(0, 64, (3, 50), generator=torch.Generator().manual_seed(5))
LIMIT = 1e-4


@torch.inference_mode()
def difference(ours: torch.nn.Module, theirs: torch.nn.Module) -> float:
    logits = theirs(IDS_BT).logits
    assert logits.abs().max() > 1  # large enough for a difference to show
    return (ours(IDS_BT) - logits).abs().max().item()


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("kind", ["qwen2", "llama"])
def test_folders_of_transformers(tmp_path: Path, kind: str, tied: bool) -> None:
    torch.manual_seed(0)
    sizes = {
        "vocab_size": 64,
        "hidden_size": 48,
        "intermediate_size": 80,
        "num_hidden_layers": 3,
        "num_attention_heads": 6,
        "num_key_value_heads": 2,
        "max_position_embeddings": 128,
        "rope_theta": 640_000.0,
        "rms_norm_eps": 1e-5,
        "tie_word_embeddings": tied,
    }
    theirs = Qwen2ForCausalLM(Qwen2Config(**sizes)) if kind == "qwen2" else LlamaForCausalLM(LlamaConfig(**sizes))
    with torch.no_grad():
        for name, weight in theirs.named_parameters():
            weight.copy_(1 + 0.2 * torch.randn(weight.shape) if "norm" in name else 0.2 * torch.randn(weight.shape))
    theirs.eval().save_pretrained(tmp_path)
    assert difference(read_folder(tmp_path), theirs) <= LIMIT


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"tie_word_embeddings": True},
        {"num_nextn_predict_layers": 3},
        {"num_nextn_predict_layers": 0},
        {"qkv_bias": False},
        {"head_dim": 12, "num_key_value_heads": 1},  # heads wider than the stream, and one key-value head for all
        {"num_attention_heads": 3, "num_key_value_heads": 3, "rope_theta": 640_000.0},
    ],
)
def test_our_folders_load_in_transformers_as_a_trunk_without_remote_code(
    tmp_path: Path, make_model: Make, changes: dict[str, object]
) -> None:
    model = make_model(**changes)
    write_folder(model, tmp_path / "model", dtype=torch.float32)
    theirs = AutoModelForCausalLM.from_pretrained(tmp_path / "model", dtype=torch.float32, trust_remote_code=False)
    assert type(theirs) is Qwen2ForCausalLM
    assert difference(model, theirs.eval()) <= LIMIT


def test_our_llama_folders_load_in_transformers(tmp_path: Path, make_model: Make) -> None:
    model = make_model(qkv_bias=False, num_nextn_predict_layers=0)
    write_folder(model, tmp_path / "model", "llama", torch.float32)
    theirs = AutoModelForCausalLM.from_pretrained(tmp_path / "model", dtype=torch.float32)
    assert type(theirs) is LlamaForCausalLM
    assert difference(model, theirs.eval()) <= LIMIT
