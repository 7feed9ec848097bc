"""Student's interval: the published points, and how often it holds what is true."""

import math

import numpy as np
import pytest

from openmimo.core.student import Interval, quantile, within


@pytest.mark.parametrize(
    ("freedom", "point"),
    [(1, 12.706205), (2, 4.302653), (3, 3.182446), (4, 2.776445), (5, 2.570582), (10, 2.228139), (23, 2.068658), (100, 1.983972)],
)
def test_the_points_are_those_of_the_tables(freedom: int, point: float) -> None:
    assert quantile(freedom) == pytest.approx(point, abs=1e-6)
    assert within(point, freedom) == pytest.approx(0.95, abs=1e-7)


def test_an_interval_is_of_the_mean() -> None:
    found = Interval.of([1.0, 2.0, 4.0, 9.0, 14.0])
    assert found.mean == 6
    assert found.high - found.mean == pytest.approx(2.776445 * 5.43139 / 5**0.5, abs=1e-4)
    assert found.mean - found.low == pytest.approx(found.high - found.mean)
    alone = Interval.of([2.0])
    assert alone.mean == 2
    assert math.isnan(alone.low)
    assert math.isnan(alone.high)


def test_it_holds_the_mean_in_95_of_100_draws_of_three() -> None:
    draws = np.random.default_rng(0).normal(5.0, 2.0, (4000, 3)).tolist()
    held = sum(found.low <= 5 <= found.high for found in map(Interval.of, draws))
    assert held / 4000 == pytest.approx(0.95, abs=0.015)
