"""The budget grows where the schedule says, and never shrinks."""

from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.rl.length_budget import length_budget


def test_by_hand() -> None:
    longer = ((10, 38), (20, 48))
    assert [length_budget(step, 32, longer) for step in (1, 9, 10, 19, 20, 500)] == [32, 32, 38, 38, 48, 48]
    assert length_budget(99, 32) == 32


@settings(max_examples=50, deadline=None)
@given(steps=st.sets(st.integers(2, 40)), growth=st.integers(1, 9))
def test_it_only_grows_and_changes_only_at_the_steps_given(steps: set[int], growth: int) -> None:
    longer = tuple((step, 10 + growth * (place + 1)) for place, step in enumerate(sorted(steps)))
    budgets = [length_budget(step, 10, longer) for step in range(1, 42)]
    assert budgets == sorted(budgets)
    assert {step for step in range(2, 42) if budgets[step - 1] != budgets[step - 2]} == steps
