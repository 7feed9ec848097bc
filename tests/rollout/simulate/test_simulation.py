"""Virtual time against times worked out by hand, and the simulated scheduler against the real one's selection."""

from dataclasses import replace
from itertools import count, islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.core.errors import ConfigError
from openmimo.rollout.config import RolloutConfig
from openmimo.rollout.forecast import StepRate
from openmimo.rollout.predictor import has_signal
from openmimo.rollout.scheduler import NoSignal
from openmimo.rollout.simulate.config import Cluster, Workload
from openmimo.rollout.simulate.simulation import Simulation, Trace
from openmimo.rollout.simulate.workload import BLOCK, Answers, Drawn

HAND = Cluster(workers=1, slots=4, judges=4, step_seconds=1.0, answer_seconds=0.5)
ONE = RolloutConfig(groups=1, group_size=2, slots=4)


class Given(Drawn):
    """Problems written down here."""

    def __init__(self, *answers: Answers):
        self.answers = answers

    def __getitem__(self, problem: int) -> Answers:
        return self.answers[problem]


def play(config: RolloutConfig, cluster: Cluster, drawn: Drawn, rate: float = 1.0) -> Trace:
    return Simulation(config, cluster, drawn, StepRate(rate)).run()


def test_answers_advance_together_and_faster_when_they_are_fewer() -> None:
    trace = play(ONE, HAND, Given(Answers([10, 30], [0.0, 1.0], [0.0, 0.0])))
    # 10 tokens at 2 seconds for both, then 20 at 1.5 for the longer one.
    assert trace.seconds == pytest.approx(10 * 2.0 + 20 * 1.5)
    assert trace.filled == pytest.approx(2 * 10 * 2.0 + 20 * 1.5)
    assert trace.written == pytest.approx((40,))
    assert (trace.launched, trace.selected, trace.settled, trace.signals) == ((2,), (0,), 1, 1)


def test_judging_runs_beside_the_writing_or_blocks_it() -> None:
    drawn = Given(Answers([10, 30], [0.0, 1.0], [7.0, 3.0]))
    assert play(ONE, HAND, drawn).seconds == pytest.approx(20 + 30 + 3)
    assert play(replace(ONE, asynchronous=False), HAND, drawn).seconds == pytest.approx(20 + 7 + 30 + 3)
    batch = replace(ONE, asynchronous=False, continuous=False)
    assert play(batch, HAND, drawn).seconds == pytest.approx(20 + 30 + 7)  # both at once, when both are written
    assert play(batch, replace(HAND, judges=1), drawn).seconds == pytest.approx(20 + 30 + 10)


def test_early_termination_cancels_and_counts_what_was_written() -> None:
    right, long = Answers([10, 10], [0.0, 1.0], [0.0, 0.0]), Answers([90, 90], [0.0, 1.0], [0.0, 0.0])
    drawn = Given(right, long, right)
    trace = play(ONE, HAND, drawn, rate=0.5)  # starts a group to spare
    assert trace.seconds == pytest.approx(10 * 3.0)
    assert trace.launched == (2, 2)
    assert trace.written == pytest.approx((20, 20))
    waits = play(replace(ONE, early_termination=False), HAND, drawn, rate=0.5)
    assert waits.seconds == pytest.approx(10 * 3.0 + 80 * 2.0)
    assert waits.selected == trace.selected == (0,)


def test_a_batch_waits_for_its_last_answer_and_continuous_rollout_does_not() -> None:
    short, long = Answers([10, 10], [1.0, 1.0], [0.0, 0.0]), Answers([10, 100], [0.0, 1.0], [0.0, 0.0])
    drawn, plain = Given(short, *[long] * 8), Cluster(workers=4, slots=1, judges=1, step_seconds=1.0, answer_seconds=0.0)
    config = RolloutConfig(groups=2, group_size=2, slots=4)
    assert play(replace(config, continuous=False), plain, drawn).seconds == pytest.approx(200)
    assert play(config, plain, drawn).seconds == pytest.approx(110)


def test_answers_go_to_the_worker_with_the_fewest() -> None:
    cluster = Cluster(workers=2, slots=2, judges=1, step_seconds=1.0, answer_seconds=1.0)
    trace = play(ONE, cluster, Given(Answers([10, 10], [0.0, 1.0], [0.0, 0.0])))
    assert trace.seconds == pytest.approx(20)  # one for each worker, at 2 seconds a token


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.booleans(), st.booleans(), st.booleans(), st.integers(0, 5), st.integers(1, 5), st.integers(1, 9))
def test_the_selection_is_the_first_groups_with_a_signal_on_every_cluster(
    continuous: bool, asynchronous: bool, early: bool, seed: int, workers: int, slots: int
) -> None:
    config = RolloutConfig(5, 4, workers * slots, continuous, asynchronous, early)
    drawn = Drawn(Workload(median_tokens=50), 4, seed)
    trace = play(config, Cluster(workers, slots), drawn)
    expected = islice((group for group in count() if has_signal(drawn[group].rewards)), 5)
    assert trace.selected == tuple(expected)
    if not early:
        assert trace.written == pytest.approx([sum(drawn[group].tokens) for group in range(len(trace.launched))])
    assert 0 < trace.filled <= trace.seconds * workers * slots * (1 + 1e-9)


def test_a_simulation_is_the_same_every_time_and_other_seeds_are_other_worlds() -> None:
    config, cluster = RolloutConfig(8, 4, 16), Cluster(2, 8)
    one, again, other = (play(config, cluster, Drawn(Workload(), 4, seed)) for seed in (1, 1, 2))
    assert one == again
    assert one.seconds != other.seconds


def test_a_workload_without_signal_is_an_error_here_too() -> None:
    with pytest.raises(NoSignal):
        play(RolloutConfig(2, 2, 4, tries=3), Cluster(1, 4), Given(*[Answers([1, 1], [1.0, 1.0], [0.0, 0.0])] * 6))


def test_a_workload_has_the_distributions_it_says() -> None:
    work = Workload(pass_rate=0.3, concentration=2.0, median_tokens=1000, spread=0.5, shared=0.6, harder_longer=0.0, judge_seconds=2.0)
    drawn = Drawn(work, 8, seed=5)
    rows = [drawn[problem] for problem in range(20 * BLOCK)]
    logs = np.log([row.tokens for row in rows])
    assert np.exp(np.median(logs)) == pytest.approx(1000, rel=0.02)
    assert logs.std() == pytest.approx(0.5, rel=0.02)
    assert logs.mean(1).var() == pytest.approx(0.25 * (0.6 + 0.4 / 8), rel=0.06)
    rewards = np.array([row.rewards for row in rows])
    assert rewards.mean() == pytest.approx(0.3, abs=0.01)
    assert (rewards[:, 0] * rewards[:, 1]).mean() == pytest.approx(0.3 * (0.3 * 2 + 1) / 3, abs=0.015)  # the second moment of a Beta
    assert np.median([row.judge_seconds for row in rows]) == pytest.approx(2.0, rel=0.03)


def test_harder_problems_are_longer_lengths_are_bounded_and_may_be_measured_ones() -> None:
    def rows(work: Workload, all_signal: bool = False) -> list[Answers]:
        drawn = Drawn(work, 4, 0, all_signal)
        return [drawn[problem] for problem in range(4 * BLOCK)]

    harder = rows(Workload(harder_longer=2.0, concentration=0.5, most_tokens=3000))
    assert max(max(row.tokens) for row in harder) == 3000
    easy, hopeless = ([row.tokens[0] for row in harder if sum(row.rewards) == wanted] for wanted in (4, 0))
    assert np.median(hopeless) > 1.5 * np.median(easy)
    assert {one for row in rows(Workload(lengths=(7, 7000), harder_longer=0.0)) for one in row.tokens} == {7, 7000}
    assert all(row.rewards == [0.0, 0.0, 1.0, 1.0] for row in rows(Workload(), all_signal=True))


@pytest.mark.parametrize(
    "make, field",
    [
        (lambda: Workload(pass_rate=1.0), "pass_rate"),
        (lambda: Workload(shared=1.1), "shared"),
        (lambda: Workload(median_tokens=0), "median_tokens"),
        (lambda: Workload(judge_seconds=-1), "judge_seconds"),
        (lambda: Workload(lengths=(3, 0)), "lengths"),
        (lambda: Cluster(workers=0), "workers"),
        (lambda: Cluster(step_seconds=0), "step_seconds"),
        (lambda: Cluster(answer_seconds=-1), "answer_seconds"),
    ],
)
def test_configs_name_the_field_that_cannot_be(make, field) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ConfigError) as caught:
        make()
    assert caught.value.field == field
