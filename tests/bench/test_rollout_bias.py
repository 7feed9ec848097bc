"""The bias of an order of selection: by launch there is none, by finish short answers are preferred, both seen in the same run."""

from dataclasses import replace
from statistics import fmean

import pytest

from openmimo.bench import rollout_bias
from openmimo.bench.rollout_bias import Ended, bias
from openmimo.core.errors import InputError
from tests.bench.test_rollout import SMALL, TASKS, asked


def test_a_group_that_ends_first_is_the_first_by_finish() -> None:
    groups = [Ended([1.0, 0.0], [30, 50], 9), Ended([1.0, 0.0], [10, 10], 3), Ended([1.0, 1.0], [2, 2], 1), Ended([0.0, 1.0], [20, 20], 5)]
    every = fmean([30, 50, 10, 10, 20, 20])
    assert bias(groups, 2) == pytest.approx((25 / every - 1, 15 / every - 1))
    assert bias(groups, 3) is None  # three have a signal, so there is nothing to choose


def test_a_group_without_a_verdict_has_no_signal() -> None:
    assert not Ended([1.0, None], [3, 3]).valid
    assert Ended([1.0, 0.0], [3, 3]).valid


def test_one_seed_is_no_comparison() -> None:
    with pytest.raises(InputError, match="no two seeds"):
        rollout_bias.rows([(0.0, -0.1)])


def test_groups_run_to_their_ends_in_the_order_of_launch() -> None:
    _, engine_and_judge = asked()
    groups = rollout_bias.to_the_end(TASKS[:9], engine_and_judge, SMALL.group_size, SMALL.slots, 0)
    assert len(groups) == 9
    assert all(len(group.rewards) == len(group.lengths) == SMALL.group_size for group in groups)
    assert len({group.place for group in groups}) == 9
    again = rollout_bias.to_the_end(TASKS[:9], engine_and_judge, SMALL.group_size, SMALL.slots, 0)
    assert [group.lengths for group in again] == [group.lengths for group in groups]


def test_short_answers_are_preferred_by_finish_and_not_by_launch() -> None:
    engine, engine_and_judge = asked()
    engine.slots = 32  # eight groups at a time
    likely = [problem for problem in TASKS if int(problem.question) % 3]  # none of those that are never solved
    found = rollout_bias.biases(likely, engine_and_judge, replace(SMALL, groups=8, slots=32), range(30))
    rows = {row.name: row for row in rollout_bias.rows(found)}
    assert rows["bias.seeds"].value == len(found) > 20
    assert rows["bias.finish.high"].holds
    assert rows["bias.launch.low"].holds
    assert rows["bias.launch.high"].holds
