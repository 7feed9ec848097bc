"""Chances against counting, priors against what was seen, states against themselves."""

import json
import random
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.core.errors import InputError
from openmimo.rollout.config import RolloutConfig
from openmimo.rollout.forecast import FEW, Forecast, StepRate, at_least, chance
from openmimo.rollout.predictor import Population, Predictor, has_signal, signal

EIGHTS, FOURS = RolloutConfig(group_size=8), RolloutConfig(group_size=4)


def counted(a: float, b: float, size: int, seed: int, draws: int = 20_000) -> float:
    rng = random.Random(seed)
    rights = [sum(rng.random() < rate for _ in range(size)) for rate in (rng.betavariate(a, b) for _ in range(draws))]
    return sum(0 < right < size for right in rights) / draws


@pytest.mark.parametrize("a, b, size", [(0.4, 0.7, 8), (2.0, 5.0, 4), (1.0, 1.0, 16)])
def test_the_chance_of_a_signal_is_what_drawing_gives(a: float, b: float, size: int) -> None:
    assert signal((a, b), 0, 0, size) == pytest.approx(counted(a, b, size, seed=3), abs=0.012)


def test_siblings_change_the_chance() -> None:
    assert signal((1, 1), 0, 0, 8) == pytest.approx(7 / 9)  # each number of right answers is as likely as any other
    assert chance((1, 1), [1.0], 7) == pytest.approx(7 / 9)
    assert chance((1, 1), [1.0] * 7, 1) == pytest.approx(1 / 9)
    assert chance((1, 1), [1.0, 0.0], 6) == chance((1, 1), [0.5, 1.0], 6) == 1.0
    assert chance((1, 1), [0.0] * 8, 0) == chance((1, 1), [0.3] * 8, 0) == 0.0
    assert chance((9, 1), [1.0] * 4, 4) < chance((9, 1), [0.0] * 4, 4)  # an easy problem is more likely to be solved after all
    assert chance((1, 1), [-1.0], 7) == chance((1, 1), [0.0], 7)  # rewards of -1 and 1 are wrong and right, too
    assert chance((1, 1), [0.3] * 3, 5) == pytest.approx(1 - (4 / 5) * (5 / 6) * (6 / 7) * (7 / 8) * (8 / 9))


@pytest.mark.parametrize("mean, share", [(0.5, 0.41), (0.3, 0.7), (0.7, 0.1)])
def test_the_prior_has_the_mean_and_the_share_of_signals_that_were_seen(mean: float, share: float) -> None:
    population = Population(1000, 1000 * mean, 1000 * share)
    a, b = population.prior(8)
    assert a / (a + b) == pytest.approx(mean)
    assert signal((a, b), 0, 0, 8) == pytest.approx(share, abs=1e-6)


def test_what_is_learnt_of_a_problem_outweighs_the_prior_and_fades() -> None:
    predictor = Predictor()
    for number in range(50):
        predictor.learn(f"fair {number}", [1.0, 0.0] * 4, [10] * 8)
    predictor.learn("easy", [1.0] * 8, [4] * 8)
    assert predictor.worth("easy", 8) < predictor.worth("new", 8)
    before = predictor.worth("easy", 8)
    predictor.learn("easy", [1.0, 0.0] * 4, [30] * 8)
    assert predictor.worth("easy", 8) > before
    assert 4 < predictor.length("easy") < 30
    assert predictor.length("new") == pytest.approx(10, abs=0.5)
    assert Predictor().length("new") == 0


def test_the_state_is_plain_json_and_says_the_same_again() -> None:
    predictor = Predictor()
    for number in range(9):
        predictor.learn(str(number % 4), [float(number % 2), 0.0, 0.5], [number, 3, 5])
    again = Predictor(json.loads(json.dumps(predictor.state())))
    assert again.state() == predictor.state()
    assert [again.worth(str(one), 4) for one in range(6)] == [predictor.worth(str(one), 4) for one in range(6)]
    with pytest.raises(InputError, match="format 0"):
        Predictor({"format": 0})


def test_a_reward_that_is_no_number_is_not_learnt() -> None:
    with pytest.raises(ValueError, match="nan"):
        Predictor().learn("one", [float("nan"), 1.0], [1, 1])


def test_a_signal_is_exact_and_over_the_whole_group() -> None:
    assert has_signal([1.0, 0.0, 0.0, 0.0])
    assert has_signal([0.3, 0.1 + 0.2])  # not the same number
    assert not has_signal([0.25] * 8)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.floats(0, 1), max_size=10), st.integers(1, 10))
def test_the_poisson_binomial_is_the_sum_over_all_cases(chances: list[float], needed: int) -> None:
    total = 0.0
    for case in range(2 ** len(chances)):
        happened = [bool(case >> place & 1) for place in range(len(chances))]
        if sum(happened) >= needed:
            share = 1.0
            for one, there in zip(chances, happened, strict=True):
                share *= one if there else 1 - one
            total += share
    assert at_least(needed, chances) == pytest.approx(total, abs=1e-9)


def launched(foresight: Forecast | StepRate, needed: int) -> int:
    """How many groups it takes until they suffice."""
    for group in range(100_000):
        if foresight.suffices(needed):
            return group
        foresight.start(group, f"problem {group}")
    raise AssertionError


def test_enough_groups_are_launched_for_the_wanted_confidence() -> None:
    predictor = Predictor()
    predictor.population = Population(10_000, 5_000, 4_000)  # 40 % with a signal
    for needed in (1, 3, 8, 200):
        groups = launched(Forecast(predictor, EIGHTS, confidence=0.9), needed)

        def reached(count: int, needed: int = needed) -> float:
            return sum(comb(count, right) * 0.4**right * 0.6 ** (count - right) for right in range(needed, count + 1))

        slack = 0.0 if groups <= FEW else 0.01  # of the normal distribution
        assert reached(groups) >= 0.9 - slack
        assert reached(groups - 1) < 0.9 + slack
    assert launched(Forecast(predictor, EIGHTS, confidence=0.5), 200) < launched(Forecast(predictor, EIGHTS, confidence=0.9), 200)


def test_a_large_step_launches_some_to_spare() -> None:
    predictor = Predictor()
    predictor.population = Population(10_000, 5_000, 4_000)
    large = RolloutConfig(groups=100, group_size=8)
    assert launched(Forecast(predictor, large), 100) == launched(Forecast(predictor, EIGHTS), 102)
    assert Forecast(predictor, large).suffices(0)  # what is there needs none to spare


def test_few_and_many_running_groups_are_counted_alike() -> None:
    predictor = Predictor()
    few, many = Forecast(predictor, EIGHTS), Forecast(predictor, EIGHTS)
    for group in range(FEW):
        few.start(group, "one")
        many.start(group, "one")
    many.start(FEW, "one")
    many.end(FEW, None)
    assert [few.suffices(needed) for needed in range(FEW + 2)] == [many.suffices(needed) for needed in range(FEW + 2)]


def test_the_forecast_follows_the_answers_as_they_come() -> None:
    forecast = Forecast(Predictor(), FOURS, confidence=0.8)
    for group in range(5):
        forecast.start(group, "one")
    assert forecast.suffices(0)
    assert not forecast.suffices(6)
    assert not forecast.suffices(4)
    for group in range(4):
        forecast.saw(group, 1.0)
        forecast.saw(group, 0.0)
    assert forecast.suffices(4)
    forecast.end(0, None)  # unfit
    assert not forecast.suffices(4)
    assert forecast.suffices(3)


def test_the_sums_do_not_drift() -> None:
    rng, forecast = random.Random(0), Forecast(Predictor(), FOURS)
    running: dict[int, list[float]] = {}
    for group in range(3000):
        forecast.start(group, str(group % 50))
        running[group] = []
        for one in rng.sample(sorted(running), min(len(running), 3)):
            reward = float(rng.random() < 0.3)
            running[one].append(reward)
            forecast.saw(one, reward)
            if len(running[one]) == 4:
                forecast.end(one, running.pop(one))
    chances = [running.chance for running in forecast._running.values()]
    assert forecast._mean == pytest.approx(sum(chances))
    assert forecast._variance == pytest.approx(sum(one * (1 - one) for one in chances))


def test_the_reports_rule_is_a_mean() -> None:
    rule = StepRate(1.0)
    assert launched(rule, 10) == 10
    for group in range(4):
        rule.end(group, [1.0, 1.0])
    # 6 run, and of 4 that ended none had a signal, beside the one that counts as seen: a fifth of 6 is enough for 1.
    assert rule.suffices(1)
    assert not rule.suffices(2)
    rule.end(4, None)
    rule.end(5, [1.0, 0.0])
    assert rule.suffices(1)
