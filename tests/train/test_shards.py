"""Shards give back the documents they were given, and say what is wrong with broken ones."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openmimo.core.errors import InputError
from openmimo.train.shards import Shards, ShardWriter


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.tuples(st.integers(0, 99_999), st.booleans()), min_size=1, max_size=20), min_size=1, max_size=30))
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, documents: list[list[tuple[int, bool]]]) -> None:
    folder = tmp_path_factory.mktemp("shards")
    writer = ShardWriter(folder, vocab_size=100_000, tokens_per_shard=25)
    for document in documents:
        writer.add([token for token, _ in document], [learnt for _, learnt in document])
    writer.close()
    shards = Shards(folder)
    assert len(shards) == len(documents)
    for index, document in enumerate(documents):
        tokens, learn = shards.document(index)
        assert list(zip(tokens.tolist(), learn.tolist(), strict=True)) == document


def test_unfinished_shards_are_refused(tmp_path: Path) -> None:
    writer = ShardWriter(tmp_path, vocab_size=10, tokens_per_shard=2)
    writer.add([1, 2, 3])
    with pytest.raises(InputError, match="no finished token shards"):
        Shards(tmp_path)


def test_a_shard_cut_short_is_named(shards: Path) -> None:
    broken = shards / "shard-00001.tokens.npy"
    broken.write_bytes(broken.read_bytes()[:200])
    with pytest.raises(InputError, match="shard-00001"):
        Shards(shards)


def test_wrong_vocabulary(shards: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="vocabulary of 32, and the model has 64"):
        Shards(shards).need_vocabulary(64)
    with pytest.raises(InputError, match="token id 7"):
        ShardWriter(tmp_path / "new", vocab_size=5).add([1, 7])
