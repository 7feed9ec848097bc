"""Pairing rows with columns: the best of all pairings, as trying all of them shows."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmimo.eval.scoring.alignment import best_pairs

TABLES = st.tuples(st.integers(1, 5), st.integers(1, 5)).flatmap(
    lambda shape: st.lists(st.lists(st.floats(0, 1), min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0])
)


def best(scores: list[list[float]]) -> float:
    if len(scores) > len(scores[0]):
        return best([list(row) for row in zip(*scores, strict=True)])
    return max(sum(row[column] for row, column in zip(scores, order, strict=False)) for order in permutations(range(len(scores[0]))))


@given(TABLES)
def test_no_pairing_is_better(scores: list[list[float]]) -> None:
    pairs = best_pairs(scores)
    assert len(pairs) == min(len(scores), len(scores[0]))
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    assert sum(scores[row][column] for row, column in pairs) == pytest.approx(best(scores))


def test_the_first_best_cell_is_not_always_taken() -> None:
    assert best_pairs([[1.0, 0.9], [0.9, 0.0]]) == [(0, 1), (1, 0)]


def test_nothing_is_paired_with_nothing() -> None:
    assert best_pairs([]) == []
    assert best_pairs([[], []]) == []
