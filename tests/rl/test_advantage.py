"""Advantages by hand, and the filter that never drops a lone winner."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.core.errors import InputError
from openmimo.rl.advantage import advantages, has_signal, standing
from openmimo.rl.config import Scale

REWARDS = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]) | st.floats(-2, 2).map(lambda x: round(x, 6)), min_size=2, max_size=9)


def test_by_hand() -> None:
    assert advantages([[1, 0, 0, 0]], "group")[0] == pytest.approx([math.sqrt(3), *[-1 / math.sqrt(3)] * 3])
    assert advantages([[1, 0, 0, 0]], "none") == [[0.75, -0.25, -0.25, -0.25]]
    # Centred rewards 0.5, -0.5, 0.25, -0.25: their mean square is 0.15625.
    deviation = math.sqrt(0.15625)
    assert advantages([[1, 0], [1, 0.5]], "batch") == [
        pytest.approx([0.5 / deviation, -0.5 / deviation]),
        pytest.approx([0.25 / deviation, -0.25 / deviation]),
    ]


@pytest.mark.parametrize("rewards", [[1, 0, 0, 0], [0, 0, 0, 1], [1, 1, 1, 0], [0.5, 0.5, 0.25], [0.1 + 0.2, 0.3]])
def test_any_difference_is_a_signal(rewards: list[float]) -> None:
    assert has_signal(rewards)


@pytest.mark.parametrize("rewards", [[0, 0, 0], [1, 1], [1], [0.3, 0.3], [0.0, -0.0]])
def test_equal_rewards_are_none(rewards: list[float]) -> None:
    assert standing(rewards) == "equal"


@pytest.mark.parametrize("rewards", [[], [None], [1, None, 0], [math.nan, 1], [math.nan, math.nan], [math.inf, 0]])
def test_a_missing_reward_makes_a_group_unfit(rewards: list[float | None]) -> None:
    assert standing(rewards) == "unfit"
    assert not has_signal(rewards)
    with pytest.raises(InputError, match="group 1 has a reward that is no number"):
        advantages([[1, 0], rewards], "group")


@settings(max_examples=100, deadline=None)
@given(rewards=REWARDS)
def test_the_filter_is_exact(rewards: list[float]) -> None:
    """A group is dropped if and only if every advantage would be 0."""
    assert has_signal(rewards) == (len(set(rewards)) > 1) == any(advantages([rewards], "none")[0])


@settings(max_examples=60, deadline=None)
@given(groups=st.lists(REWARDS, min_size=1, max_size=4), scale=st.sampled_from(["group", "batch", "none"]))
def test_means_are_zero_deviations_one_and_order_is_kept(groups: list[list[float]], scale: Scale) -> None:
    found = advantages(groups, scale)
    for rewards, values in zip(groups, found, strict=True):
        assert math.fsum(values) == pytest.approx(0, abs=1e-6)
        assert sorted(range(len(rewards)), key=lambda s: (rewards[s], s)) == sorted(range(len(rewards)), key=lambda s: (values[s], s))
        if scale == "group" and has_signal(rewards):
            assert math.fsum(value**2 for value in values) / len(values) == pytest.approx(1)
    everything = [value for values in found for value in values]
    if scale == "batch" and any(map(has_signal, groups)):
        assert math.fsum(value**2 for value in everything) / len(everything) == pytest.approx(1)


@settings(max_examples=60, deadline=None)
@given(rewards=REWARDS, shift=st.sampled_from([-1.0, 0.5, 3.0]), factor=st.sampled_from([0.5, 2.0, 8.0]))
def test_a_groups_advantages_do_not_depend_on_the_rewards_unit(rewards: list[float], shift: float, factor: float) -> None:
    moved = [factor * reward + shift for reward in rewards]
    if has_signal(rewards) == has_signal(moved):
        assert advantages([moved], "group")[0] == pytest.approx(advantages([rewards], "group")[0], rel=1e-3, abs=1e-3)
