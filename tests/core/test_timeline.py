"""The Gantt picture of a step: no two bars of a lane overlap, none is lost, and what is no time is no bar."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmimo.core.report.page import write_report
from openmimo.core.report.samples import Sample, choose
from openmimo.core.report.series import plots
from openmimo.core.report.timeline import BARS, FATES, LANES, STEPS, Bar, spread, timelines
from tests.core.markup import EVIL, Page
from tests.core.test_report import write


def line(step: int = 1, group: int = 0, sample: int = 0, **other: Any) -> dict[str, Any]:
    """A line of `samples.jsonl` of a run of reinforcement learning."""
    plain = {"problem": "1 + 1?", "answer": "2", "verdict": "right", "score": 1.0, "family": "sums", "level": 1, "fate": "selected"}
    times = {"launched": 0.5 * sample, "ended": 0.5 * sample + 1, "judged": 0.5 * sample + 1.1}
    return {"step": step, "group": group, "sample": sample, **plain, **times, **other}


def test_a_line_without_sensible_times_is_no_bar() -> None:
    assert Bar.read(line()) == Bar(1, 0, 0, "selected", "right", 0.0, 1.0, 1.1)
    assert Bar.read(line(verdict=None, judged=None)) == Bar(1, 0, 0, "selected", "not judged", 0.0, 1.0, None)
    for wrong in (
        {"ended": None},
        {"ended": -1},
        {"launched": float("nan")},
        {"judged": 0.2},
        {"judged": "x"},
        {"fate": 3},
        {"group": True},
    ):
        assert Bar.read(line() | wrong) is None


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 30), st.sampled_from([*FATES, "else"])), min_size=1, max_size=60))
def test_no_bar_is_lost_and_none_overlaps_another(spans: list[tuple[float, float, str]]) -> None:
    bars = [Bar(3, place, 0, fate, "right", begin, begin + span, None) for place, (begin, span, fate) in enumerate(spans)]
    (drawn,) = timelines(bars)
    (writing,) = drawn.parts
    points = [point.split("|") for point in writing.points.split(";")]
    assert len(points) == len(bars) == sum(path.count("M") for _, path in writing.paths) == sum(count for *_, count in drawn.legend)
    lanes: dict[str, list[tuple[float, float]]] = {}
    for _, _, lane, group, *_ in points:
        bar = bars[int(group)]
        lanes.setdefault(lane, []).append((bar.launched, bar.ended))
    assert len(lanes) == writing.lanes
    assert all(after[0] >= before[1] for found in lanes.values() for before, after in zip(sorted(found), sorted(found)[1:], strict=False))


def test_many_slots_and_many_steps_are_cut_and_said() -> None:
    (drawn,) = timelines([Bar(1, number, 0, "selected", "right", 0.0, 1.0, None) for number in range(2 * LANES)])
    assert drawn.parts[0].title.endswith(f"the first {LANES} of {2 * LANES} lanes")
    assert drawn.parts[0].lanes == LANES
    (drawn,) = timelines([Bar(1, number, 0, "same", "right", number // 30, number // 30 + 1, None) for number in range(90 * 30)])
    assert drawn.parts[0].points.count(";") < BARS < 90 * 30
    assert spread(range(1, 61)) == [60, 49, 37, 25, 13, 1]
    assert spread([2, 1, 2]) == [2, 1]


def test_a_page_of_rl_has_timelines_fates_and_what_is_looked_for_first(tmp_path: Any) -> None:
    lines = [line(step, group, sample, fate=list(FATES)[group % 3]) for step in range(1, 9) for group in range(4) for sample in range(3)]
    lines.append(line(8, 5, verdict=None, score=None, judged=None, fate=list(FATES)[2], answer=EVIL))
    write(tmp_path, "samples.jsonl", lines)
    write(tmp_path, "metrics.jsonl", [{"step": 1, "loss": 0.1, "entropy": 0.2, "reward": 0.5, "validation": {"problems": 9, "avg@4": 0.5}}])
    (tmp_path / "samples-1.jsonl").touch()
    page = Page(write_report(tmp_path).read_text())
    assert page.values("figure", "data-field") == ["reward", "validation", "entropy", "loss"]
    assert len(page.values("details", "name")) == STEPS
    assert page.texts("h3")[4] == "Step 8"
    assert "13 answers in 5 groups" in page.texts("summary")[0]
    assert page.values("select", "name") == ["verdict", "fate", "step", "group"]
    assert not page.texts("img")
    (row,) = [text for text in page.texts("tr") if text.startswith("sums")]
    assert "96/96" in row  # what was not judged is not counted
    notes = page.texts("ul", class_="notes")[0]
    assert "earlier ones are in 1 files put aside" in notes
    assert "samples are shown one by one, some of every fate in the last step" in notes


def test_groups_stay_whole_and_every_fate_is_seen() -> None:
    samples = [
        Sample("p", "a" * 500, "right", step=step, fate=list(FATES)[group % 2], group=group)
        for step in (1, 2)
        for group in range(10)
        for _ in range(4)
    ]
    few = choose(samples, room=30_000)
    groups = {(one.step, one.group): one.fate for one in few}
    assert len(few) == 4 * len(groups) < len(samples)
    assert {(step, fate) for (step, _), fate in groups.items()} == {(step, fate) for step in (1, 2) for fate in list(FATES)[:2]}


def test_the_count_of_a_validation_does_not_stand_beside_its_shares() -> None:
    (plot,), lost = plots([{"step": 0, "validation": {"problems": 200, "avg@4": 0.5, "pass@4": 0.8}}])
    assert ([series.name for series in plot.series], lost) == (["avg@4", "pass@4"], 0)


@pytest.mark.parametrize("field", ["group", "fate"])
def test_samples_of_other_runs_have_no_fate(field: str) -> None:
    plain = Sample.read({"problem": "p", "answer": "a", "verdict": "right"})
    assert plain
    assert not getattr(plain, field)
    assert Sample.read({"problem": "p", "answer": "a", "verdict": None}) is None
