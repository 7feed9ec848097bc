"""Folders come back bit for bit, in every layout, and every kind of broken one is named before anything is loaded."""

import errno
import json
import os
import resource
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

import openmimo.core.memory as memory
import openmimo.model.folder as folder_module
from openmimo.core.errors import InputError, NotEnoughMemory, OpenMimoError, WeightsError
from openmimo.model.folder import check_vocabulary, read_config, read_folder, write_folder
from openmimo.model.mimo import MiMo

Make = Callable[..., MiMo]


def same(a: MiMo, b: MiMo) -> bool:
    ours, theirs = dict(a.named_parameters()), dict(b.named_parameters())
    return ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in ours)


@pytest.mark.parametrize("layout", ["qwen2", "mimo"])
@pytest.mark.parametrize("mtp, tied, shard", [(0, False, 10**9), (1, True, 10**9), (3, False, 20_000), (1, False, 1)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_round_trips_are_bit_equal(
    tmp_path: Path, make_model: Make, layout: str, mtp: int, tied: bool, shard: int, dtype: torch.dtype
) -> None:
    model = make_model(num_nextn_predict_layers=mtp, tie_word_embeddings=tied).to(dtype)
    write_folder(model, tmp_path / "model", layout, dtype, shard)
    assert same(read_folder(tmp_path / "model"), model)
    assert (tmp_path / "model" / "model.safetensors").exists() == (shard == 10**9)


@pytest.mark.parametrize("tied, shard", [(False, 10**9), (True, 10_000)])
def test_llama_layout_and_zero_biases(tmp_path: Path, make_model: Make, tied: bool, shard: int) -> None:
    model = make_model(qkv_bias=False, num_nextn_predict_layers=0, tie_word_embeddings=tied)
    write_folder(model, tmp_path / "llama", "llama", torch.float32, shard)
    assert same(read_folder(tmp_path / "llama"), model)
    write_folder(model, tmp_path / "qwen2", "qwen2", torch.float32)
    biased = read_folder(tmp_path / "qwen2")
    assert biased.config.qkv_bias
    ids_1T = torch.arange(20)[None]
    assert torch.allclose(biased(ids_1T), model(ids_1T), atol=1e-6)


@pytest.fixture
def written(tmp_path: Path, make_model: Make) -> Path:
    write_folder(make_model(), tmp_path / "model", dtype=torch.float32)
    return tmp_path / "model"


def rewrite(folder: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> None:
    tensors = load_file(folder / "model.safetensors")
    change(tensors)
    save_file(tensors, folder / "model.safetensors")


def test_missing_unknown_and_mis_shaped_tensors_are_all_named(written: Path) -> None:
    def change(tensors: dict[str, torch.Tensor]) -> None:
        del tensors["model.layers.1.mlp.up_proj.weight"]
        tensors["model.layers.9.odd"] = torch.zeros(2)
        tensors["lm_head.weight"] = torch.zeros(3, 32)

    rewrite(written, change)
    with pytest.raises(
        WeightsError,
        match=r"1 missing: model\.layers\.1\.mlp\.up_proj\.weight; 1 unknown: model\.layers\.9\.odd; 1 of another shape: lm_head\.weight is \[3, 32\]",
    ):
        read_folder(written)


def test_extras_that_change_nothing_are_read_over(tmp_path: Path, make_model: Make) -> None:
    model = make_model(tie_word_embeddings=True)
    write_folder(model, tmp_path / "model", dtype=torch.float32)
    rewrite(
        tmp_path / "model",
        lambda tensors: tensors.update(
            {"lm_head.weight": tensors["model.embed_tokens.weight"].clone(), "model.layers.0.self_attn.rotary_emb.inv_freq": torch.zeros(4)}
        ),
    )
    assert same(read_folder(tmp_path / "model"), model)


@pytest.mark.parametrize("size", [0, 5, 100, -1])
def test_truncated_weights_are_named_with_sizes(written: Path, size: int) -> None:
    weights = written / "model.safetensors"
    whole = weights.stat().st_size
    os.truncate(weights, size if size >= 0 else whole - 1)
    with pytest.raises(WeightsError, match=r"model\.safetensors is cut short"):
        read_folder(written)


def test_a_file_that_is_no_safetensors(written: Path) -> None:
    (written / "model.safetensors").write_bytes((8).to_bytes(8, "little") + b"not json")
    with pytest.raises(WeightsError, match="header is not JSON"):
        read_folder(written)


NORM = "model.norm.weight"


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda header: [], "does not list tensors"),
        (lambda header: header | {NORM: "x"}, "does not list tensors"),
        (lambda header: header | {NORM: {"dtype": "F32", "shape": [32]}}, "does not list tensors"),
        (lambda header: header | {NORM: header[NORM] | {"shape": 7}}, "no sound safetensors file"),
        (lambda header: header | {NORM: header[NORM] | {"dtype": "Q9"}}, "no sound safetensors file"),
        (lambda header: header | {NORM: header[NORM] | {"dtype": "BF16"}}, "no sound safetensors file"),
        (lambda header: header | {NORM: header[NORM] | {"dtype": "I32"}}, "are quantised: model.norm.weight is I32"),
    ],
)
def test_headers_that_cannot_be_are_named(written: Path, change: Callable[[dict[str, Any]], Any], message: str) -> None:
    path = written / "model.safetensors"
    whole = path.read_bytes()
    end = 8 + int.from_bytes(whole[:8], "little")
    header = json.dumps(change(json.loads(whole[8:end]))).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + whole[end:])
    with pytest.raises(WeightsError, match=message):
        read_folder(written)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_header_is_an_error_for_the_user_or_harmless(written: Path, data: st.DataObject) -> None:
    path = written / "model.safetensors"
    whole = path.read_bytes()
    end = 8 + int.from_bytes(whole[:8], "little")
    damaged = bytearray(whole)
    damaged[data.draw(st.integers(0, end - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(damaged)
    try:
        with suppress(WeightsError):
            read_folder(written)
    finally:
        path.write_bytes(whole)


def misplace(weight_map: dict[str, Any]) -> None:
    weight_map["model.norm.weight"] = next(name for name in weight_map.values() if name != weight_map["model.norm.weight"])


@pytest.mark.parametrize(
    "change, message",
    [
        (misplace, r"disagree about 1 tensors: model\.norm\.weight"),
        (lambda weight_map: weight_map.pop("model.norm.weight"), r"disagree about 1 tensors: model\.norm\.weight"),
        (lambda weight_map: weight_map.update(ghost=weight_map["model.norm.weight"]), "disagree about 1 tensors: ghost"),
        (lambda weight_map: weight_map.update({"model.norm.weight": 3}), "names 3, which is no file of this folder"),
        (lambda weight_map: weight_map.update({"model.norm.weight": "../other"}), r"names '\.\./other', which is no file"),
    ],
)
def test_an_index_that_contradicts_the_shards_is_named(
    tmp_path: Path, make_model: Make, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    write_folder(make_model(), tmp_path / "model", dtype=torch.float32, shard_bytes=30_000)
    index = tmp_path / "model" / "model.safetensors.index.json"
    values = json.loads(index.read_text())
    change(values["weight_map"])
    index.write_text(json.dumps(values))
    with pytest.raises(WeightsError, match=message):
        read_folder(tmp_path / "model")


def test_a_missing_shard_and_a_broken_index_are_named(tmp_path: Path, make_model: Make) -> None:
    write_folder(make_model(), tmp_path / "model", dtype=torch.float32, shard_bytes=30_000)
    shards = sorted((tmp_path / "model").glob("model-*.safetensors"))
    assert len(shards) > 2
    shards[1].unlink()
    with pytest.raises(WeightsError, match=f"{shards[1].name} is missing"):
        read_folder(tmp_path / "model")
    (tmp_path / "model" / "model.safetensors.index.json").write_text("{}")
    with pytest.raises(WeightsError, match="has no weight_map"):
        read_folder(tmp_path / "model")


def test_config_errors(written: Path) -> None:
    values = json.loads((written / "config.json").read_text())
    (written / "config.json").write_text(json.dumps({key: value for key, value in values.items() if key != "hidden_size"}))
    with pytest.raises(InputError, match="has no 'hidden_size'"):
        read_config(written)
    (written / "config.json").unlink()
    with pytest.raises(InputError, match=r"config\.json is not there"):
        read_folder(written)


def test_a_wrong_vocabulary_is_refused(written: Path) -> None:
    config = read_config(written)
    check_vocabulary(config, 64)
    with pytest.raises(WeightsError, match="the tokenizer has 65 tokens, and the model's vocabulary has 64"):
        check_vocabulary(config, 65)


def test_too_little_memory_is_refused_before_loading(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available_bytes", lambda: 1000)
    monkeypatch.setattr(folder_module, "place", None)  # nothing may be loaded
    with pytest.raises(NotEnoughMemory, match=r"needs 0\.0 GiB of memory, and 0\.0 GiB are available"):
        read_folder(written)


@pytest.mark.parametrize(
    "stop, seen", [(OSError(errno.ENOSPC, "No space left on device"), OpenMimoError), (KeyboardInterrupt(), KeyboardInterrupt)]
)
def test_a_full_disk_or_ctrl_c_between_shards_leaves_the_folder_before_it(
    written: Path, make_model: Make, monkeypatch: pytest.MonkeyPatch, stop: BaseException, seen: type[BaseException]
) -> None:
    before = (written / "model.safetensors").read_bytes()

    def second_fails(tensors: dict[str, torch.Tensor], path: Path, metadata: dict[str, str]) -> None:
        if "00002-of" in path.name:
            raise stop
        save_file(tensors, path, metadata)

    monkeypatch.setattr(folder_module, "save_file", second_fails)
    with pytest.raises(seen, match="No space left" if seen is OpenMimoError else None):
        write_folder(make_model(hidden_size=40), written, dtype=torch.float32, shard_bytes=30_000)
    assert (written / "model.safetensors").read_bytes() == before
    assert [path.name for path in written.parent.iterdir()] == [written.name]


def test_a_limit_of_the_system_on_a_file_is_an_error_for_the_user(written: Path, make_model: Make) -> None:
    """The same with the system's own refusal, as a full disk gives it, in the middle of a file."""
    before = (written / "model.safetensors").read_bytes()
    model, limits = make_model(hidden_size=256), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))
    try:
        with pytest.raises(OpenMimoError, match="could not be written"):
            write_folder(model, written, dtype=torch.float32)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (written / "model.safetensors").read_bytes() == before
    assert [path.name for path in written.parent.iterdir()] == [written.name]


def test_training_a_loaded_model_leaves_its_file_alone(written: Path) -> None:
    before = (written / "model.safetensors").read_bytes()
    with torch.no_grad():
        for weight in read_folder(written).parameters():
            weight.zero_()
    assert (written / "model.safetensors").read_bytes() == before


def test_loading_holds_little_more_than_the_model(tmp_path: Path, make_model: Make) -> None:
    """Streaming: the peak over loading is the weights and a few tensors, not two copies."""
    import subprocess
    import sys

    model = make_model(hidden_size=512, intermediate_size=2048, num_hidden_layers=12, vocab_size=8192)
    size = sum(weight.numel() for weight in model.parameters()) * 4
    write_folder(model, tmp_path / "model", dtype=torch.float32, shard_bytes=size // 4)
    code = (
        "import resource, sys; from pathlib import Path; from openmimo.model.folder import read_folder; import torch; torch.zeros(1)\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "model = read_folder(Path(sys.argv[1])); model(torch.zeros(1, 1, dtype=torch.long))\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "model")], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 1.7 * size
