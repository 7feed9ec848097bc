"""The small parts of a rollout: what a config refuses, seeds, and the problems that a step takes."""

from itertools import count

import pytest

from openmimo.core.errors import ConfigError
from openmimo.rollout.config import RolloutConfig
from openmimo.rollout.problems import Taken
from openmimo.rollout.seeds import Seeds, seed_of


@pytest.mark.parametrize(
    "field, value", [("groups", 0), ("slots", 0), ("tries", 0), ("group_size", 1), ("stall_seconds", 0.0), ("stall_seconds", float("inf"))]
)
def test_a_config_names_the_field_that_cannot_be(field: str, value: float) -> None:
    with pytest.raises(ConfigError) as caught:
        RolloutConfig(**{field: value})  # type: ignore[arg-type]
    assert caught.value.field == field


def test_a_seed_depends_on_run_step_problem_and_sample() -> None:
    seeds = [seed_of(*one) for one in ((0, 0, "a", 0), (1, 0, "a", 0), (0, 1, "a", 0), (0, 0, "b", 0), (0, 0, "a", 1))]
    assert len(set(seeds)) == 5
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert seed_of(0, 0, "a", 0) == 6213714296089835783  # as in every run before, or resumed runs would change


def test_a_problem_that_comes_twice_is_answered_anew() -> None:
    seeds = Seeds(3, 4, 2)
    first, other, again = seeds.of_group("a"), seeds.of_group("b"), seeds.of_group("a")
    assert first == (seed_of(3, 4, "a", 0), seed_of(3, 4, "a", 1))
    assert again == (seed_of(3, 4, "a", 2), seed_of(3, 4, "a", 3))
    assert other == (seed_of(3, 4, "b", 0), seed_of(3, 4, "b", 1))


def test_problems_that_were_not_needed_come_back_in_their_order() -> None:
    order = count(10)
    taken = Taken(order)
    assert [next(taken) for _ in range(4)] == [10, 11, 12, 13]
    assert taken[2] == 12
    assert taken.after(1) == (11, 12, 13)
    assert next(order) == 14  # not one more was taken


def test_the_worthiest_of_the_next_few_come_first() -> None:
    taken = Taken(iter(range(7)), worth=lambda problem: -abs(problem - 2), ahead=5)
    assert [next(taken) for _ in range(3)] == [2, 1, 3]
    assert taken.after(1) == (0, 1, 3, 4)
    assert [*taken] == [0, 4, 5, 6]
    assert taken.after(7) == ()
