"""Tokenizers: training, round trips, forged special tokens, and what transformers makes of the files."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import AddedToken, decoders, models, pre_tokenizers
from tokenizers import Tokenizer as Engine

from openmimo.core.errors import ConfigError, InputError, WeightsError
from openmimo.text.bpe import train_bpe
from openmimo.text.special import SPECIAL
from openmimo.text.tokenizer import Tokenizer

SOME_TEXT = st.one_of(st.text(), st.lists(st.sampled_from([*SPECIAL, " 347", "\n", "Müller", "🙂", "a", " "])).map("".join))


@settings(max_examples=100, deadline=None)
@given(SOME_TEXT)
def test_any_text_comes_back(tokenizer: Tokenizer, text: str) -> None:
    ids = tokenizer.encode(text)
    assert tokenizer.decode(ids) == text
    assert tokenizer.decode(tokenizer.encode(text, special=True)) == text
    assert not tokenizer.special_ids & set(ids)  # nothing in plain text can be a special token


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 399)))
def test_token_bytes_joined_are_the_library_s_decoding(tokenizer: Tokenizer, ids: list[int]) -> None:
    ours = tokenizer.decode(ids, skip_special=True)
    assert ours == tokenizer.engine.decode([token for token in ids if token not in tokenizer.special_ids])


@given(st.integers(0, 10**12), st.sampled_from(["", " ", "  ", "\n", "x = ", "(", "-", "a"]))
@settings(max_examples=50, deadline=None)
def test_numbers_are_encoded_digit_by_digit(tokenizer: Tokenizer, number: int, before: str) -> None:
    ids = tokenizer.encode(f"{before}{number} apples")
    shown = [tokenizer.token_bytes(token).decode() for token in ids]
    assert "".join(shown) == f"{before}{number} apples"
    assert all(len(token) == 1 for token in shown if any(letter.isdigit() for letter in token))


def test_a_space_before_a_number_stays_by_itself_and_a_word_takes_it(tokenizer: Tokenizer) -> None:
    shown = [tokenizer.token_bytes(token) for token in tokenizer.encode("is 347 the number")]
    assert shown[:5] == [b"is", b" ", b"3", b"4", b"7"]
    assert b" the" in shown


def test_special_tokens_have_the_first_ids_and_are_parsed_when_asked(tokenizer: Tokenizer) -> None:
    assert [tokenizer.id_of(name) for name in SPECIAL] == list(range(9))
    assert tokenizer.special_ids == frozenset(range(9))
    assert tokenizer.eos_ids == frozenset((0, 2))
    assert tokenizer.encode("<think></think>", special=True) == [3, 4]
    assert tokenizer.id_of("no such token") is None
    assert tokenizer.decode([1, 3, 4], skip_special=True) == ""


def test_training_is_repeatable_and_respects_its_size(tokenizer: Tokenizer, texts: list[str]) -> None:
    again = train_bpe(iter(texts), tokenizer.vocab_size)
    assert json.loads(again.engine.to_str()) == json.loads(tokenizer.engine.to_str())
    assert train_bpe(texts, 280).vocab_size == 280
    assert train_bpe([], 400).vocab_size == 265  # nothing to learn from: the bytes and the special tokens
    with pytest.raises(ConfigError, match="265"):
        train_bpe(texts, 264)


def test_lone_surrogates_and_unknown_ids_do_no_harm(tokenizer: Tokenizer) -> None:
    assert tokenizer.decode(tokenizer.encode("a\ud800b")) == "a\ufffdb"
    assert tokenizer.token_bytes(10**6) == tokenizer.token_bytes(-1) == b""


def test_a_saved_folder_reads_back_and_transformers_agrees(tokenizer: Tokenizer, texts: list[str], tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer.save(tmp_path)
    back = Tokenizer.from_folder(tmp_path)
    theirs = AutoTokenizer.from_pretrained(tmp_path)
    for text in [*texts[:50], "<think>\n1 + 1 = 2\n</think>\n2<|im_end|>", "Grüße 🙂\r\n\t x"]:
        ids = back.encode(text, special=True)
        assert ids == tokenizer.encode(text, special=True) == theirs.encode(text, add_special_tokens=False)
        assert theirs.decode(ids) == text
    assert (theirs.eos_token, theirs.pad_token) == ("<|im_end|>", "<|endoftext|>")
    assert theirs.eos_token_id in back.eos_ids
    assert back.eos_ids == tokenizer.eos_ids


def _foreign(folder: Path, eos: object) -> Tokenizer:
    """A folder as others make them: `<think>` is added but not special, the end of a turn has a name of its own."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    engine = Engine(models.BPE(vocab={letter: place for place, letter in enumerate(letters)}, merges=[]))
    engine.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    engine.decoder = decoders.ByteLevel()
    engine.add_tokens([AddedToken("<think>", special=False, normalized=False)])
    engine.add_special_tokens([AddedToken("<|eot|>", special=True), AddedToken("<|begin|>", special=True)])
    engine.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({"eos_token": eos, "bos_token": {"content": "<|begin|>"}}))
    return Tokenizer.from_folder(folder)


@pytest.mark.parametrize("eos", ["<|eot|>", {"content": "<|eot|>", "special": True}])
def test_a_foreign_folder_declares_its_own_end(tmp_path: Path, eos: object) -> None:
    tokenizer = _foreign(tmp_path, eos)
    assert tokenizer.eos_ids == {tokenizer.id_of("<|eot|>")}
    assert tokenizer.bos == "<|begin|>"
    assert tokenizer.encode("<think>", special=True) == [tokenizer.id_of("<think>")]
    assert len(tokenizer.encode("<think><|eot|>")) == 14  # by bytes: no user can write a tag


def test_missing_and_broken_files_are_named(tokenizer: Tokenizer, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no tokenizer\.json"):
        Tokenizer.from_folder(tmp_path)
    tokenizer.save(tmp_path)
    whole = (tmp_path / "tokenizer.json").read_text()
    (tmp_path / "tokenizer.json").write_text(whole[: len(whole) // 2])
    with pytest.raises(WeightsError, match=r"tokenizer\.json cannot be read"):
        Tokenizer.from_folder(tmp_path)
    (tmp_path / "tokenizer.json").write_text(whole)
    for broken in ('{"eos_token": ', "[]"):
        (tmp_path / "tokenizer_config.json").write_text(broken)
        with pytest.raises(InputError, match=r"tokenizer_config\.json"):
            Tokenizer.from_folder(tmp_path)
    (tmp_path / "tokenizer_config.json").unlink()
    assert Tokenizer.from_folder(tmp_path).eos_ids == tokenizer.eos_ids


def test_a_tokenizer_that_is_not_byte_level_is_refused(tmp_path: Path) -> None:
    Engine(models.WordLevel({"a": 0}, unk_token="a")).save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(InputError, match="byte-level"):
        Tokenizer.from_folder(tmp_path)
