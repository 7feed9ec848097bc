"""A step of rollouts over an engine and a judge in virtual time: what is selected, recorded, learnt, cancelled and given back."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count, islice
from typing import Any

import pytest

from openmimo.engine.request import Ending
from openmimo.rollout.config import RolloutConfig
from openmimo.rollout.forecast import StepRate
from openmimo.rollout.naive import naive
from openmimo.rollout.predictor import Predictor
from openmimo.rollout.record import Outcome
from openmimo.rollout.rollout import roll_out
from openmimo.rollout.scheduler import Fate, NoSignal
from openmimo.rollout.standing import Standing

Make = Callable[..., Any]
SWITCHES = [(one, two, three) for one in (True, False) for two in (True, False) for three in (True, False)]


def step(world: Any, config: RolloutConfig, predictor: Predictor | None = None, order: Any = None, **more: Any) -> Outcome[int]:
    problems = world.problems(count() if order is None else order)
    return roll_out(problems, world, config, predictor or Predictor(), clock=lambda: float(world.time), **more)


def chosen(outcome: Outcome[int]) -> list[tuple[int, tuple[float, ...]]]:
    return [(group.problem, group.rewards) for group in outcome.selected]


@pytest.mark.parametrize("continuous, asynchronous, early_termination", SWITCHES)
def test_every_switch_selects_the_same_groups_as_the_naive_twin(
    make_world: Make, small: RolloutConfig, continuous: bool, asynchronous: bool, early_termination: bool
) -> None:
    config = replace(small, continuous=continuous, asynchronous=asynchronous, early_termination=early_termination)
    for seed in range(3):
        instant = {} if asynchronous else {"delay": lambda _: 0}  # nothing moves this world's time while a verdict is waited for
        world = make_world(shuffle=seed, **instant)
        outcome = step(world, config, seed=seed, step=5)
        assert chosen(outcome) == world.expected(count(), config, seed, 5)
        twin = make_world(delay=lambda _: 0)
        plain = naive(twin.problems(count()), twin, config, seed, 5)
        assert chosen(plain) == chosen(outcome)
        assert [[one.finished.ids for one in group.samples] for group in plain.selected] == [
            [one.finished.ids for one in group.samples] for group in outcome.selected
        ]
        assert (plain.settled, plain.unused[:3]) == (outcome.settled, tuple(islice(count(outcome.settled), 3))[: len(plain.unused)])
        assert world.most <= config.slots
        assert not world.requests


def test_with_all_parts_off_the_twin_is_followed_launch_by_launch(make_world: Make, small: RolloutConfig) -> None:
    config = replace(small, continuous=False, asynchronous=False, early_termination=False)
    world, twin = make_world(delay=lambda _: 0), make_world(delay=lambda _: 0, rows=small.slots)
    outcome = step(world, config)
    plain = naive(twin.problems(count()), twin, config)
    assert [(one.key, one.problem, one.seed, one.reward, one.fate) for one in outcome.samples] == [
        (one.key, one.problem, one.seed, one.reward, one.fate) for one in plain.samples
    ]
    assert outcome.waste == plain.waste > 0
    assert outcome.unused == plain.unused


def test_each_part_takes_time_away(make_world: Make) -> None:
    config = RolloutConfig(groups=6, group_size=4, slots=12)
    seconds = []
    for continuous, early in ((False, False), (True, False), (True, True)):
        part = replace(config, continuous=continuous, early_termination=early)
        outcomes = [step(make_world(), part, seed=seed) for seed in range(20)]
        seconds.append(sum(outcome.seconds for outcome in outcomes))
    naive_seconds, continuous_seconds, early_seconds = seconds
    assert continuous_seconds < 0.9 * naive_seconds
    assert early_seconds < continuous_seconds


def test_every_answer_is_on_record_with_what_became_of_it(make_world: Make, small: RolloutConfig) -> None:
    world = make_world()
    outcome = step(world, small)
    assert len(outcome.samples) == world.submitted
    assert {one.fate for one in outcome.samples} == {Fate.SELECTED, Fate.SAME, Fate.SURPLUS}
    for one in outcome.samples:
        assert one.prompt == (int(one.problem) + 1,)
        assert one.finished is not None
        assert one.ended is not None
        assert one.ended >= one.launched
        assert len(one.finished.ids) == len(one.finished.logprobs)
        if one.group < outcome.settled:
            assert one.judged is not None
            assert one.judged >= one.ended
            assert one.finished.ending is Ending.STOP
        if one.fate is Fate.SELECTED:
            assert one.reward is not None
    cancelled = [one for one in outcome.samples if one.finished and one.finished.ending is Ending.CANCELLED]
    assert cancelled
    assert all(one.fate is Fate.SURPLUS and one.reward is None for one in cancelled)
    assert any(one.finished and one.finished.ids for one in cancelled)  # what there was of them
    row = outcome.samples[0].as_json()
    assert row["ids"] == [7] * len(row["logprobs"])
    assert {"verdict", "launched", "ended", "judged", "fate", "seed", "prompt"} <= row.keys()


def test_a_watcher_hears_how_far_the_step_is_and_changes_nothing(make_world: Make, small: RolloutConfig) -> None:
    heard: list[Standing] = []
    outcome = step(make_world(), small, watch=heard.append)
    assert chosen(outcome) == chosen(step(make_world(), small))
    assert len(heard) > 20
    for one in heard:
        assert one.begun == one.writing + one.written
        assert one.judged + one.judging <= one.written
        assert one.writing <= one.slots + small.group_size  # those that are being cancelled still count
        assert (one.wanted, one.slots) == (small.groups, small.slots)
    for field in ("begun", "written", "judged", "signals"):
        values = [getattr(one, field) for one in heard]
        assert values == sorted(values)
    assert heard[-1].signals >= small.groups - 1
    assert max(one.judging for one in heard) > 0


def test_occupancy_is_how_many_answers_were_being_written(make_world: Make) -> None:
    config = RolloutConfig(groups=8, group_size=4, slots=12)
    outcome = step(make_world(), config)
    steps = outcome.occupancy()
    assert max(writing for _, writing in steps) == 12
    assert steps[-1][1] == 0
    assert [moment for moment, _ in steps] == sorted({moment for moment, _ in steps})
    # Each answer is written for as many steps as it has tokens, but for the step that cancels it.
    tokens = sum(len(one.finished.ids) for one in outcome.samples if one.finished)
    assert outcome.occupied == pytest.approx(tokens / (12 * outcome.seconds), rel=0.1)
    assert outcome.occupied > 0.8


def test_problems_that_came_to_nothing_are_given_back_in_their_order(make_world: Make, small: RolloutConfig) -> None:
    order = count()
    outcome = step(make_world(), small, order=order)
    assert outcome.unused == tuple(range(outcome.settled, next(order)))
    assert outcome.unused
    groups = {one.group for one in outcome.samples}
    assert groups == set(range(outcome.settled + len(outcome.unused)))


def test_the_predictor_learns_the_same_whatever_the_timing(make_world: Make, small: RolloutConfig) -> None:
    states = []
    for shuffle in range(4):
        predictor = Predictor()
        outcome = step(make_world(shuffle=shuffle, delay=lambda seed, by=shuffle: (seed + by) % 9), small, predictor)
        assert predictor.population.groups == 4 + outcome.settled
        states.append(predictor.state())
    assert all(state == states[0] for state in states)


def test_timing_moves_what_is_launched_later_and_nothing_else(make_world: Make, small: RolloutConfig) -> None:
    outcomes = [step(make_world(shuffle=one, delay=lambda seed, by=one: (seed >> by) % 12), small) for one in range(12)]
    assert len({len(outcome.samples) for outcome in outcomes}) > 1
    kept = [
        [(one.key, one.seed, one.reward, one.finished.ids) for one in outcome.samples if one.group < outcome.settled]
        for outcome in outcomes
    ]
    assert all(one == kept[0] for one in kept)


def test_problems_can_be_chosen_by_posterior(make_world: Make, small: RolloutConfig) -> None:
    predictor = Predictor()
    for problem in range(32):
        predictor.learn(str(problem), [1.0, 0.0, 1.0, 0.0] if problem % 5 == 2 else [float(problem % 5 == 1)] * 4, [3] * 4)
    config = replace(small, groups=2, choose_by_posterior=True)
    world = make_world()
    outcome = step(world, config, predictor)
    launched = [int(one.problem) for one in outcome.samples if one.sample == 0]
    assert launched[:2] == [2, 7]  # of the first eight
    assert chosen(outcome) == world.expected(launched, config)
    assert list(outcome.unused) == sorted({*range(8 * (1 + max(launched) // 8))} - {*launched[: outcome.settled]})


def test_another_foresight_changes_how_much_is_launched_and_not_what_is_selected(make_world: Make, small: RolloutConfig) -> None:
    few, many = (step(make_world(), small, foresight=StepRate(rate)) for rate in (1.0, 0.05))
    assert chosen(few) == chosen(many)
    assert len(few.samples) < len(many.samples)
    assert few.waste < many.waste
    assert few.token_waste < many.token_waste


def test_several_steps_over_one_engine(make_world: Make, small: RolloutConfig) -> None:
    world, predictor, left = make_world(), Predictor(), iter(range(1000))
    seen: list[int] = []
    unused: tuple[int, ...] = ()
    for turn in range(4):
        outcome = step(world, small, predictor, order=(one for part in (unused, left) for one in part), step=turn)
        unused = outcome.unused
        seen += [int(one.problem) for one in outcome.samples if one.group < outcome.settled and one.sample == 0]
    assert seen == list(range(len(seen)))  # every problem once, in its order


def test_naive_ends_in_an_error_without_signal(make_world: Make, small: RolloutConfig) -> None:
    world = make_world(reward=lambda problem, seed: 1.0, delay=lambda _: 0)
    with pytest.raises(NoSignal, match="only 0 of 128 groups"):
        naive(world.problems(count()), world, small)
