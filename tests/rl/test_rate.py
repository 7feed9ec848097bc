"""The rate is constant, and falls evenly at the end where that is asked for."""

import pytest

from openmimo.rl.rate import rate_of


def test_without_a_decay_it_is_constant() -> None:
    assert {rate_of(step, 2e-4, 9, 0) for step in range(1, 10)} == {2e-4}


def test_it_falls_evenly_in_the_last_steps_and_never_to_nothing() -> None:
    rates = [rate_of(step, 1.0, 6, 3) for step in range(1, 7)]
    assert rates == pytest.approx([1.0, 1.0, 1.0, 0.75, 0.5, 0.25])
