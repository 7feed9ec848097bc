"""Differences between arms are taken seed by seed, and what the seeds have in common is no part of them."""

import json

import pytest

from openmimo.bench.seeds import Difference
from openmimo.core.errors import InputError


def test_what_a_seed_decides_drops_out() -> None:
    found = Difference.of({1: 10.5, 2: 20.25, 3: 30.0, 4: 9.0}, {3: 29.5, 2: 20.0, 1: 10.0, 5: 7.0})
    assert found.by_seed == {1: 0.5, 2: 0.25, 3: 0.5}
    assert found.interval.mean == pytest.approx(1.25 / 3)
    assert found.interval.high - found.interval.mean == pytest.approx(4.302653 * 0.144338 / 3**0.5, abs=1e-5)
    assert found.words("+.2f") == "+0.42 (+0.06 to +0.78; seed by seed +0.50, +0.25, +0.50)"
    assert found.words("+.0f", 100) == "+42 (+6 to +78; seed by seed +50, +25, +50)"
    assert json.loads(json.dumps(found.as_json()))["by_seed"] == {"1": 0.5, "2": 0.25, "3": 0.5}


def test_one_seed_has_no_interval() -> None:
    found = Difference.of({1: 2.0}, {1: 3.0})
    assert found.words("+.1f") == "-1.0 (one seed)"
    assert found.as_json() == {"value": -1.0, "low": None, "high": None, "by_seed": {"1": -1.0}}
    with pytest.raises(InputError, match="no seed in common"):
        Difference.of({1: 2.0}, {2: 2.0})
