"""The benchmark of the math verifier says what is missing, and its parts measure what they say."""

from pathlib import Path

import pytest

from openmimo.bench import verify
from openmimo.bench.verify import items_path, measure, read_items
from openmimo.core.errors import InputError


def test_missing_items_are_told_with_their_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(verify.VARIABLE, str(tmp_path / "nothing.jsonl"))
    with pytest.raises(InputError, match=r"nothing\.jsonl"):
        measure(quick=True)


def test_the_pairs_all_come_out_right() -> None:
    assert [row.holds for row in verify._pairs()] == [True, True]


@pytest.mark.skipif(not items_path().exists(), reason="the shared items are not beside the checkout")
def test_items_and_speed() -> None:
    items = read_items()
    assert [row.holds for row in verify._items(items)] == [True, True]
    pairs = [(item["gold"], item["answer"]) for item in items[:40]]
    cached, _ = verify._speed(pairs, rounds=1)
    assert cached.value > 5
