"""What is fitted fits its rows, what is compared comes out as it has to, and the measures are what they say they are."""

from dataclasses import replace
from math import exp

import pytest

from openmimo.rollout.config import RolloutConfig
from openmimo.rollout.forecast import StepRate
from openmimo.rollout.simulate.compare import LARGE, SMALL, bias, rules
from openmimo.rollout.simulate.config import Cluster, Workload
from openmimo.rollout.simulate.fit import fit, played
from openmimo.rollout.simulate.measures import CONTINUOUS, EARLY, NAIVE, UNFILTERED, measure
from openmimo.rollout.simulate.presets import SIGNAL, TABLE2, TABLE3, VALIDATION, Numbers, Preset, concentration, warm
from openmimo.rollout.simulate.results import of_preset, of_workload, table

SEEDS = (0, 1)


@pytest.mark.parametrize("preset", [TABLE2, TABLE3], ids=["table2", "table3"])
def test_the_fitted_numbers_fit_the_rows_that_they_were_fitted_on(preset: Preset) -> None:
    rows = {way: preset.report[way] for way in preset.fitted_on}
    found = {way: played(preset, way, SEEDS) for way in rows}
    assert all(found[way].idle == pytest.approx(row.idle, abs=0.015) for way, row in rows.items())
    if preset is TABLE2:
        naive, unfiltered = (found[way].rollout for way in (NAIVE, UNFILTERED))
        # With one training step for both, the speed-up overall is as far from the report's as that of the rollout is.
        overall = (1 + preset.training) / (unfiltered / naive + preset.training)
        assert overall / 2.45 == pytest.approx(naive / unfiltered / 2.82, abs=0.02)
        assert found[NAIVE].waste == pytest.approx(0.221, abs=0.03)


def test_the_table_of_the_report_agrees_with_itself_in_the_definition_of_idle_time() -> None:
    for preset in (TABLE2, TABLE3):
        naive = next(iter(preset.report.values()))
        for row in preset.report.values():
            assert row.idle / row.rollout / naive.idle == pytest.approx(row.idle_time, abs=0.006)


def test_a_fit_finds_lengths_signal_and_training_time() -> None:
    true = Preset(
        RolloutConfig(groups=16, group_size=8),
        Cluster(workers=8, slots=16, judges=2),
        Workload(concentration=concentration(0.4, 8), median_tokens=3000, most_tokens=8192),
        signal=0.4,
        training=0.1,
        batches=1,
        report={},
        fitted_on=(),
        assumed={},
    )
    naive, unfiltered = (played(true, way, SEEDS) for way in (NAIVE, UNFILTERED))
    speed = naive.rollout / unfiltered.rollout
    rows = {
        NAIVE: Numbers(1.0, 1.0, 1.0, naive.idle, 0.2),
        UNFILTERED: Numbers(1.1 / (1 / speed + 0.1), speed, None, unfiltered.idle, None),  # type: ignore[arg-type]
    }
    judging = 0.1 * exp(0.5) * 64
    share = judging / unfiltered.rollout
    blank = replace(true, signal=0.1, training=0.0, workload=replace(true.workload, median_tokens=1.0), report=rows, fitted_on=tuple(rows))
    found = fit(blank, share, SEEDS)
    assert found.signal == pytest.approx(0.4)
    assert found.training == pytest.approx(0.1, abs=1e-4)
    assert found.workload.median_tokens == pytest.approx(3000, rel=0.1)
    assert found.workload.judge_seconds == pytest.approx(0.1, rel=0.15)
    assert fit(blank, share, SEEDS) == found  # the same every time


def test_finish_order_prefers_short_answers_and_launch_order_does_not() -> None:
    seeds = range(24)
    launch, finish = bias("launch", seeds), bias("finish", seeds)
    assert launch.low < 0 < launch.high
    assert abs(launch.mean) < 0.01
    assert finish.high < -0.01
    assert finish.high < launch.low


def test_our_forecast_wastes_less_than_the_reports_rule_and_takes_no_longer() -> None:
    found = rules(range(20), SMALL)
    assert found.waste.high < -0.02
    assert found.time.high < 0
    assert rules(range(6), LARGE).waste.mean < 0


def test_parts_add_up_to_less_time() -> None:
    work = Workload(concentration=concentration(SIGNAL, 8), judge_seconds=0.2)
    config, cluster = RolloutConfig(groups=16), Cluster(4, 16, 8)
    seconds = [measure(way, config, cluster, work, lambda _: StepRate(SIGNAL), range(6)).rollout for way in (NAIVE, CONTINUOUS, EARLY)]
    assert seconds[0] > 1.2 * seconds[1] >= 1.2 * seconds[2]


def test_a_control_without_filter_tails_and_judging_gains_nothing() -> None:
    same = Workload(median_tokens=500, spread=0.0, harder_longer=0.0, judge_seconds=0.0)
    naive, all_on = (
        measure(replace(way, filtered=False), RolloutConfig(groups=16), Cluster(1, 32), same, lambda _: StepRate(), (0,))
        for way in (NAIVE, EARLY)
    )
    assert naive.rollout == pytest.approx(all_on.rollout)
    assert naive.waste == all_on.waste == naive.bias == 0


def test_batches_are_run_one_after_the_other_or_as_one() -> None:
    small = replace(TABLE3, config=RolloutConfig(groups=8, group_size=4), cluster=Cluster(2, 16))
    three, one = played(small, VALIDATION, SEEDS), played(replace(small, batches=1), VALIDATION, SEEDS)
    assert 2 * one.rollout < three.rollout < 4 * one.rollout
    (seamless,) = [way for way in small.report if way != VALIDATION]
    assert played(small, seamless, SEEDS).rollout < three.rollout


def test_a_warm_predictor_expects_what_it_was_told() -> None:
    assert warm(0.4).worth("new", 16) == pytest.approx(0.4, abs=1e-6)


def test_rows_say_what_was_fitted_what_holds_and_what_is_missed() -> None:
    small = replace(TABLE2, config=RolloutConfig(groups=8, group_size=4), cluster=Cluster(2, 16))
    rows = list(of_preset(small, (0,)))
    by_name = {(row.way, row.measure): row for row in rows}
    assert by_name["naive", "idle ratio"].holds is None
    assert by_name["naive", "idle ratio"].wanted == "fitted to 0.693"
    predicted = [row for row in rows if row.wanted.startswith("report")]
    assert len(predicted) == 15
    for row in predicted:
        assert row.target is not None
        slack = 0.05 if row.measure == "sample waste" else 0.15 * row.target
        assert row.holds is (abs(row.value - row.target) <= slack)
    text = table(rows)
    assert text.count("MISSED") == sum(row.holds is False for row in predicted)
    assert [row.way for row in rows][-1] == "the same with our forecast"
    assert "holds" not in rows[-1].as_json()


def test_numbers_of_ones_own_have_all_ways_and_no_targets() -> None:
    rows = list(of_workload(RolloutConfig(groups=4, group_size=4), Cluster(1, 16), Workload(), 5.0, (0,)))
    assert len({row.way for row in rows}) == 6
    assert all(row.target is None for row in rows)
    overall, rollout = ([row.value for row in rows if row.measure == f"{what} speed-up"] for what in ("overall", "rollout"))
    assert all(1 <= one <= other for one, other in zip(overall, rollout, strict=True) if other >= 1)  # training takes its time in every way
