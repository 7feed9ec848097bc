"""What is selected does not depend on what ends when; slots are filled and never overfilled; every launch is accounted for."""

import random
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.rollout.config import RolloutConfig
from openmimo.rollout.forecast import Forecast, Foresight, StepRate
from openmimo.rollout.predictor import Predictor
from openmimo.rollout.scheduler import Action, Cancel, Done, Fate, Judge, Launch, NoSignal, Order, Scheduler, waste
from openmimo.rollout.seeds import Seeds

Rewards = Callable[[int, int], float | None]


def names(limit: int | None = None) -> Iterator[str]:
    return (str(number) for number in (count() if limit is None else range(limit)))


class Played:
    """A step played to its end: `choose` says which of the events that could be next is."""

    def __init__(
        self,
        config: RolloutConfig,
        rewards: Rewards,
        choose: Callable[[int], int],
        foresight: Foresight | None = None,
        order: Order = "launch",
        limit: int | None = None,
    ):
        self.config, self.rewards = config, rewards
        foresight = foresight or Forecast(Predictor(), config)
        self.scheduler = Scheduler(config, names(limit), foresight, Seeds(1, 2, config.group_size), order)
        self.writing: list[tuple[int, int]] = []
        self.judging: list[tuple[int, int]] = []
        self.launches: list[Launch] = []
        self.cancels: list[Cancel] = []
        self.selected: tuple[int, ...] | None = None
        self.take(self.scheduler.begin())
        while self.selected is None:
            events = [("ended", one) for one in self.writing] + [("judged", one) for one in self.judging]
            kind, (group, sample) = events[choose(len(events))]
            if kind == "ended":
                self.writing.remove((group, sample))
                self.take(self.scheduler.ended(group, sample))
            else:
                self.judging.remove((group, sample))
                self.take(self.scheduler.judged(group, sample, rewards(group, sample)))

    def take(self, actions: list[Action]) -> None:
        for action in actions:
            if isinstance(action, Launch):
                assert action.problem == str(action.group)
                self.launches.append(action)
                self.writing.append((action.group, action.sample))
            elif isinstance(action, Judge):
                assert (action.group, action.sample) not in self.writing
                self.judging.append((action.group, action.sample))
            elif isinstance(action, Cancel):
                self.cancels.append(action)
                (self.writing if action.stage == "generation" else self.judging).remove((action.group, action.sample))
            else:
                assert isinstance(action, Done)
                self.selected = action.selected
        assert len(self.writing) <= self.config.slots


def first_with_signal(rewards: Rewards, config: RolloutConfig) -> tuple[int, ...]:
    found = []
    for group in count():
        seen = [rewards(group, sample) for sample in range(config.group_size)]
        found += [group] if None not in seen and len(set(seen)) > 1 else []
        if len(found) == config.groups:
            return tuple(found)
    raise AssertionError


def table(seed: int, faults: float = 0.0) -> Rewards:
    """A reward for every answer: many problems all right or all wrong, some with partial rewards, some judged in vain."""

    def reward(group: int, sample: int) -> float | None:
        rate = random.Random(f"{seed}/{group}").choice((0.0, 1.0, 0.3, 0.7))
        own = random.Random(f"{seed}/{group}/{sample}")
        if own.random() < faults:
            return None
        return own.choice((1.0, 0.5)) if own.random() < rate else 0.0

    return reward


configs = st.builds(
    RolloutConfig,
    groups=st.integers(1, 5),
    group_size=st.integers(2, 4),
    slots=st.integers(1, 30),
    continuous=st.booleans(),
    asynchronous=st.booleans(),
    early_termination=st.booleans(),
    tries=st.just(1000),
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(configs, st.integers(0, 9), st.data())
def test_the_selected_groups_are_the_first_with_a_signal_whatever_ends_when(config: RolloutConfig, seed: int, data: st.DataObject) -> None:
    rewards = table(seed, faults=0.05)
    shuffle = random.Random(data.draw(st.integers(0, 2**32)))
    foresight = data.draw(st.sampled_from([lambda: None, StepRate, lambda: StepRate(0.1)]))()
    played = Played(config, rewards, shuffle.randrange, foresight)
    assert played.selected == first_with_signal(rewards, config)
    assert not played.writing
    assert not played.judging
    if not config.early_termination:
        assert not played.cancels


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 99), min_size=1, max_size=60))
def test_no_order_of_events_changes_the_selection_or_the_seeds(order: list[int]) -> None:
    config = RolloutConfig(groups=3, group_size=3, slots=12)
    turns = iter(order)
    played = Played(config, table(3), lambda events: next(turns, 0) % events)
    plain = Played(config, table(3), lambda events: 0)
    assert played.selected == plain.selected
    seeds = {(one.group, one.sample): one.seed for one in played.launches}
    assert all(seeds.get((one.group, one.sample), one.seed) == one.seed for one in plain.launches)
    assert len(set(seeds.values())) == len(seeds)


def test_continuous_rollout_fills_a_free_slot_at_once() -> None:
    config = RolloutConfig(groups=8, group_size=4, slots=6)
    scheduler = Scheduler(config, names(), Forecast(Predictor(), config), Seeds(0, 0, 4))
    begun = scheduler.begin()
    assert [(one.group, one.sample) for one in begun if isinstance(one, Launch)] == [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 1)]
    launch, judge = scheduler.ended(0, 2)
    assert isinstance(launch, Launch)
    assert (launch.group, launch.sample) == (1, 2)
    assert judge == Judge(0, 2)


def test_a_batch_waits_for_its_last_verdict_before_the_next_one_begins() -> None:
    config = RolloutConfig(groups=2, group_size=2, slots=8, continuous=False)
    scheduler = Scheduler(config, names(), StepRate(), Seeds(0, 0, 2))
    assert len(scheduler.begin()) == 4
    for group, sample in ((0, 0), (1, 0), (1, 1), (0, 1)):
        assert scheduler.ended(group, sample) == [Judge(group, sample)]
    assert scheduler.judged(0, 0, 1.0) == scheduler.judged(1, 0, 1.0) == scheduler.judged(0, 1, 1.0) == []
    assert [one.group for one in scheduler.judged(1, 1, 0.0) if isinstance(one, Launch)] == [2, 2, 3, 3]


def test_without_asynchronous_reward_a_batch_is_judged_once_it_is_written() -> None:
    config = RolloutConfig(groups=2, group_size=2, slots=2, continuous=False, asynchronous=False)
    scheduler = Scheduler(config, names(), StepRate(), Seeds(0, 0, 2))
    scheduler.begin()
    assert all(isinstance(one, Launch) for group in (0, 0) for one in scheduler.ended(group, 0))
    seen: list[Action] = []
    for group, sample in ((0, 1), (1, 0), (1, 1)):
        assert not [one for one in seen if isinstance(one, Judge)]
        seen = scheduler.ended(group, sample)
    assert [one for one in seen if isinstance(one, Judge)] == [Judge(0, 0), Judge(0, 1), Judge(1, 0), Judge(1, 1)]


def test_a_step_ends_by_order_of_launch_and_cancels_writing_and_judging_alike() -> None:
    config = RolloutConfig(groups=1, group_size=2, slots=6)
    scheduler = Scheduler(config, names(3), StepRate(0.3), Seeds(0, 0, 2))
    launched = [one for one in scheduler.begin() if isinstance(one, Launch)]
    assert [one.group for one in launched] == [0, 0, 1, 1, 2, 2]
    for sample in (0, 1):
        scheduler.ended(1, sample)
        scheduler.judged(1, sample, float(sample))  # a signal, but an older group is still being written
    assert not scheduler.done
    scheduler.ended(2, 0)
    scheduler.ended(0, 0)
    scheduler.ended(0, 1)
    scheduler.judged(0, 0, 1.0)
    assert scheduler.judged(0, 1, 0.0) == [Cancel(2, 0, "judging"), Cancel(2, 1, "generation"), Done((0,))]
    assert scheduler.fates() == [Fate.SELECTED, Fate.SURPLUS, Fate.SURPLUS]
    assert scheduler.settled == 1
    assert scheduler.ended(2, 1) == scheduler.judged(2, 0, 1.0) == []  # too late


def test_finish_order_takes_whoever_is_first() -> None:
    config = RolloutConfig(groups=1, group_size=2, slots=6)
    scheduler = Scheduler(config, names(), StepRate(0.3), Seeds(0, 0, 2), order="finish")
    scheduler.begin()
    for sample in (0, 1):
        scheduler.ended(1, sample)
        last = scheduler.judged(1, sample, float(sample))
    assert last[-1] == Done((1,))


def test_an_unfit_group_is_never_selected_and_its_other_answers_are_cancelled() -> None:
    config = RolloutConfig(groups=1, group_size=3, slots=3)
    scheduler = Scheduler(config, names(), StepRate(), Seeds(0, 0, 3))
    scheduler.begin()
    for sample in (0, 1):
        scheduler.ended(0, sample)
    scheduler.judged(0, 0, 1.0)
    actions = scheduler.judged(0, 1, None)
    assert actions[0] == Cancel(0, 2, "generation")
    assert [one.group for one in actions[1:] if isinstance(one, Launch)] == [1, 1, 1]  # in its slot, too
    for sample in range(3):
        scheduler.ended(1, sample)
        scheduler.judged(1, sample, float(sample == 1))
    assert scheduler.selected == (1,)
    assert scheduler.fates()[0] is Fate.UNFIT
    assert scheduler.rewards(0) is None
    assert scheduler.rewards(1) == (0.0, 1.0, 0.0)


@pytest.mark.parametrize("continuous", [True, False])
def test_groups_without_signal_end_in_an_error_that_says_what_they_were(continuous: bool) -> None:
    config = RolloutConfig(groups=3, group_size=2, slots=5, continuous=continuous, tries=4)

    def rewards(group: int, sample: int) -> float | None:
        return None if group == 5 and sample else float(group % 2)

    with pytest.raises(NoSignal) as caught:
        Played(config, rewards, lambda events: 0)
    assert caught.value.problem == (
        "only 0 of 3 groups have a signal, and 12 groups were launched, 4 times as many: "
        "6 with all 2 rewards 0, 5 with all 2 rewards 1, 1 with a judge that failed"
    )
    assert "verifier" in caught.value.fix


def test_problems_that_run_out_are_an_error_but_enough_of_them_are_not() -> None:
    config = RolloutConfig(groups=2, group_size=2, slots=40)
    enough = first_with_signal(table(1), config)[-1] + 1
    assert Played(config, table(1), lambda events: 0, limit=enough).selected
    with pytest.raises(NoSignal, match=r"only 1 of 2 groups have a signal, and the problems ran out: 1 with a signal, "):
        Played(config, table(1), lambda events: events - 1, limit=enough - 1)
    with pytest.raises(NoSignal, match="there was no problem at all"):
        Played(config, table(1), lambda events: 0, limit=0)


def test_waste_is_what_was_launched_later_over_what_had_to_be() -> None:
    assert waste(2, [4, 4, 3, 1]) == 0.5
    assert waste(3, [2, 2, 2]) == 0
    # The report's naive row: three batches of 512 of which 40.7 % have a signal.
    assert waste(round(512 / 0.407), [8] * 1536) == pytest.approx(0.221, abs=0.001)
