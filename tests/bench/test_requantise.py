"""A requantised file holds the same numbers as well as its format can, and says the same of itself."""

from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter
from gguf.quants import dequantize, quantize

from openmimo.bench.requantise import requantise
from openmimo.model.gguf import open_gguf

METADATA = {"llama.block_count": 3, "llama.rope.freq_base": 1e5, "general.name": "small", "tokenizer.ggml.add_bos_token": False}


def write(path: Path) -> None:
    writer, random = GGUFWriter(path, "llama"), np.random.default_rng(1)
    writer.add_uint32("llama.block_count", 3)
    writer.add_float32("llama.rope.freq_base", 1e5)
    writer.add_string("general.name", "small")
    writer.add_bool("tokenizer.ggml.add_bos_token", False)
    writer.add_file_type(3)
    writer.add_array("tokenizer.ggml.tokens", ["a", "b c", "ü"])
    writer.add_array("tokenizer.ggml.token_type", [1, 3, 6])
    matrix = random.normal(size=(8, 64)).astype(np.float32)
    writer.add_tensor("output.weight", quantize(matrix, GGMLQuantizationType.Q4_1), raw_dtype=GGMLQuantizationType.Q4_1)
    writer.add_tensor("output_norm.weight", random.normal(size=64).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def numbers(path: Path) -> dict[str, np.ndarray]:
    return {tensor.name: dequantize(tensor.data, tensor.tensor_type) for tensor in open_gguf(path).tensors}


def test_f32_is_exact_and_q8_0_is_near(tmp_path: Path) -> None:
    source, exact, coarse = (tmp_path / name for name in ("source", "exact", "coarse"))
    write(source)
    requantise(source, exact, "F32")
    requantise(source, coarse, "Q8_0")
    ours, same, near = numbers(source), numbers(exact), numbers(coarse)
    assert [tensor.tensor_type.name for tensor in open_gguf(coarse).tensors] == ["Q8_0", "F32"]
    assert all((ours[name] == same[name]).all() for name in ours)
    assert (ours["output_norm.weight"] == near["output_norm.weight"]).all()
    blocks, rounded = (part["output.weight"].reshape(-1, 32) for part in (ours, near))
    largest = np.abs(blocks).max(1, keepdims=True)
    # Half of one of 127 steps, and what the scale loses as a number of 11 bits.
    assert 0 < (np.abs(blocks - rounded) / largest).max() <= 0.5 / 127 + 2**-11


def test_the_metadata_stay_but_for_the_format(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    write(source)
    requantise(source, target, "Q8_0")
    own, copied = open_gguf(source).fields, open_gguf(target).fields
    assert own.keys() == copied.keys()
    assert all(own[name].types == copied[name].types for name in own)
    assert {name: copied[name].contents() for name in METADATA} == METADATA
    assert copied["tokenizer.ggml.tokens"].contents() == ["a", "b c", "ü"]
    assert copied["tokenizer.ggml.token_type"].contents() == [1, 3, 6]
    assert {name for name in own if own[name].contents() != copied[name].contents()} == {"general.file_type"}
