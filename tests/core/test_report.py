"""The page of a run: all that is in the folder is on it, nothing a model said is markup, and nothing breaks it."""

import json
import math
import random
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmimo.core.report.axis import doubling_axis, number, short, step_axis, value_axis
from openmimo.core.report.chart import charts
from openmimo.core.report.page import write_report
from openmimo.core.report.samples import LONGEST, Sample, choose, tally
from openmimo.core.report.series import Plot, Series, plots, smooth, thin
from openmimo.core.runs import RunFolder
from tests.core.markup import EVIL, Page


def metric(step: int) -> dict[str, Any]:
    rng = random.Random(step)
    return {
        "step": step,
        "loss": 6.9 * math.exp(-step / 300) + 0.2 + 0.02 * rng.random(),
        "mtp_losses": [1.5 + rng.random(), 1.6 + rng.random()],
        "domains": {"math": rng.random(), "code": rng.random()},
        "rate": 1e-3,
        "stage": "two",
    }


def sample(index: int, **other: Any) -> dict[str, Any]:
    verdict = "wrong" if index % 5 == 0 else "right"
    plain = Sample(f"What is {index} + 1?", str(index + 1), verdict, f"{index} + 1", str(index + 1), "", "sums", index % 3 + 1)
    return {**plain.as_json(), **other}


def write(folder: Path, name: str, values: list[dict[str, Any]], after: str = "") -> None:
    (folder / name).write_text("".join(json.dumps(value) + "\n" for value in values) + after, encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "sft" / "tiny"
    path.mkdir(parents=True)
    (path / "config.json").write_text('{"seed": 7, "training": {"rows": 16, "stages": [{"name": "one"}, {"name": "two"}]}}')
    write(path, "metrics.jsonl", [metric(step) for step in range(1, 101)])
    write(path, "samples.jsonl", [sample(index) for index in range(30)])
    (path / "log.txt").write_text(
        "2026-01-02 03:00:00  started on a machine\n2026-01-02 03:10:00  saved step-50\n2026-01-02 03:12:00  stopped by KeyboardInterrupt\n"
        "2026-01-02 09:00:00  started on another machine\n2026-01-02 09:05:00  ended\n"
    )
    return path


def read(folder: Path) -> Page:
    return Page(write_report(folder).read_text(encoding="utf-8"))


def test_all_that_is_in_the_folder_is_on_the_page(folder: Path) -> None:
    page = read(folder)
    assert page.texts("h1") == ["tiny"]
    assert page.values("figure", "data-field") == ["loss", "mtp_losses", "domains", "rate"]
    (row,) = [text for text in page.texts("tr") if text.startswith("Loss")]
    values = [metric(step)["loss"] for step in range(1, 101)]
    assert all(number(value) in row for value in (values[0], values[-1], sum(values[-10:]) / 10, min(values), max(values)))
    assert [text for text in page.texts("tr") if text.startswith("training.stages.1.name")] == ["training.stages.1.nametwo"]
    assert len(page.texts("details")) == 30
    (family,) = [text for text in page.texts("tr") if text.startswith("sums")]
    assert family.endswith("24/3080 %")
    assert page.texts("dd") == ["100", number(sum(values[-10:]) / 10), "80.0 %", "17m00s", "2"]
    assert page.texts("p", class_="status") == [
        "ended; started 2026-01-02 03:00, last written 2026-01-02 09:05 UTC",
        "a machine; another machine",
    ]
    assert "saved step-50" in page.texts("pre", class_="log card")[0]
    assert page.texts("ul", class_="notes") == []


def test_every_number_of_the_metrics_has_a_curve_that_can_be_read(folder: Path) -> None:
    lines = [{"step": 10, "a": 1, "b": {"x": 2.5, "y": {"z": -3}}, "c": [4, [5]], "t": True, "s": "6"}, {"step": 20, "a": 7, "new": 8}]
    write(folder, "metrics.jsonl", lines)
    page = read(folder)
    assert page.values("figure", "data-field") == ["a", "b", "c", "new"]
    shown = [[point.split(" ")[2:] for point in points.split(";")] for points in page.values("li", "data-points")]
    assert shown == [[["10", "1"], ["20", "7"]], [["10", "2.500"]], [["10", "-3"]], [["10", "4"]], [["10", "5"]], [["20", "8"]]]
    assert page.texts("span", class_="name") == ["x", "y.z", "1", "2.1"]


def test_what_a_model_says_is_never_markup(folder: Path) -> None:
    fields = {name: EVIL for name in ("problem", "answer", "verdict", "reasoning", "gold", "reason", "family")}
    write(folder, "samples.jsonl", [sample(1, **fields), sample(2)])
    write(folder, "metrics.jsonl", [{"step": 1, EVIL: 1, "loss": {EVIL: 2}}])
    (folder / "config.json").write_text(json.dumps({EVIL: EVIL}))
    (folder / "log.txt").write_text(f"2026-01-02 03:00:00  {EVIL}\n")
    page = read(folder)
    assert not page.texts("img")
    assert len(page.texts("script")) == 1
    assert not any(name.startswith("on") for _, has, _ in page.elements for name in has)
    assert page.texts("pre")[:3] == [EVIL, EVIL, EVIL]
    assert page.values("details", "data-family") == [EVIL, "sums"]
    assert page.texts("th", scope="row")[0] == f"Loss ({EVIL})"


def test_the_page_needs_no_network_and_runs_no_other_script(folder: Path) -> None:
    page = read(folder)
    assert not [name for name, has, _ in page.elements if name in ("link", "img", "iframe") or "src" in has]
    assert all(link.startswith("#") for link in page.values("a", "href"))
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"https?:|//[a-z]|@import|url\(", text)
    (policy,) = [value for value in page.values("meta", "content") if "default-src" in value]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert all("style" not in has for _, has, _ in page.elements)  # the policy forbids it


def test_it_can_be_used_with_the_keyboard_and_heard(folder: Path) -> None:
    page = read(folder)
    assert page.values("figure", "tabindex") == ["0"] * 4
    assert page.values("figure", "aria-label")[0].startswith("Loss: from ")
    assert page.values("figure", "data-x") == ["step"] * 4  # which the script writes before the number of a point
    assert 'chart.dataset.x + " "' in page.texts("script")[0]
    assert page.texts("span", class_="where") == ["step 100"] * 4
    assert {link.removeprefix("#") for link in page.values("a", "href")} == set(page.values("h2", "id"))
    assert page.values("select", "name") == ["verdict", "level"]  # one family is no choice
    assert page.values("option", "value") == ["*", "right", "wrong", "*", "1", "2", "3"]


def test_the_same_folder_gives_the_same_bytes(folder: Path) -> None:
    first = write_report(folder).read_bytes()
    assert write_report(folder).read_bytes() == first


def test_an_empty_folder_has_a_page(tmp_path: Path) -> None:
    assert read(tmp_path).texts("li") == ["No metrics and no samples yet."]


def test_what_is_broken_is_left_out_and_said(folder: Path) -> None:
    write(folder, "metrics.jsonl", [{"step": 1, "loss": 2.0}, {"step": 2, "loss": math.nan, "n": 10**400}], '[1]\n\n{"step": 3, "lo')
    write(folder, "samples.jsonl", [sample(1), {"problem": "no answer"}, sample(2, level="high")], "?\n")
    (folder / "config.json").write_text("{")
    (folder / "log.txt").write_text("no time\n2026-01-02 03:00:00  started on it\n2026-01-0")
    page = read(folder)
    assert page.texts("li")[:5] == [
        "2 of 4 lines of metrics.jsonl could not be read and are left out; a killed run leaves half a line.",
        "1 of 4 lines of samples.jsonl could not be read and are left out; a killed run leaves half a line.",
        "2 of 3 lines of samples.jsonl lack a problem, an answer or a verdict.",
        "config.json could not be read: it is no JSON object.",
        "2 values of the metrics are not finite numbers and are left out.",
    ]
    assert len(page.values("li", "data-points")) == 1
    assert page.texts("pre", class_="log card") == ["2026-01-02 03:00:00  started on it"]
    assert page.texts("p", class_="status")[0].startswith("under way, or killed;")


def test_half_a_character_of_a_cut_token_is_no_error(folder: Path) -> None:
    (folder / "samples.jsonl").write_text('{"problem": "\\ud83d", "answer": "a\\u0000b\\u2028c", "verdict": "wrong"}\n')
    assert read(folder).texts("pre")[0] == "?"


def test_a_long_run_is_a_page_under_two_megabytes(folder: Path) -> None:
    write(folder, "metrics.jsonl", [{**metric(step), **{f"m{n}": math.sin(step * n) for n in range(40)}} for step in range(1, 5001)])
    long = "<&\"'>" * 2_000
    write(folder, "samples.jsonl", [sample(index, reasoning=long, family=f"family {index % 20}") for index in range(600)])
    size = write_report(folder).stat().st_size
    assert 1_000_000 < size < 2_000_000
    page = read(folder)
    assert {int(place) for path in page.values("path", "d")[:1] for place in re.findall(r"\d+", path)} <= set(range(1001))
    assert "of 600 samples are shown one by one" in page.texts("ul", class_="notes")[0]
    assert len(set(page.values("details", "data-family"))) == 20
    assert sum("characters left out" in text for text in page.texts("pre")) == len(page.texts("details"))


def test_samples_take_turns_between_groups_and_keep_their_order() -> None:
    samples = [Sample(str(index), "a", "right" if index < 99 else "wrong") for index in range(100)]
    assert choose(samples) == samples
    few = choose(samples, room=3_500)
    assert [sample.problem for sample in few] == ["0", "1", "99"]
    (cut,) = choose([Sample("p" * LONGEST + "end", "a", "right")])
    assert cut.problem.endswith("end")
    assert "3 characters left out" in cut.problem


def test_a_tally_counts_families_and_levels() -> None:
    counted = tally(
        [Sample("", "", "right", family="b", level=2), Sample("", "", "fault", family="b"), Sample("", "", "wrong", family="a", level=1)]
    )
    assert counted.levels == [1, 2, None]
    assert counted.rows == [("b", [None, (1, 1), (0, 1)], (1, 2)), ("a", [(0, 1), None, None], (0, 1))]


def test_a_resumed_step_holds_as_it_was_done_last() -> None:
    (plot,), lost = plots([{"step": 1, "a": 1}, {"step": 2, "a": 2}, {"step": 2, "a": 3}])
    assert (plot.series[0].points, lost) == ([(1.0, 1.0), (2.0, 3.0)], 0)
    (plot,), _ = plots([{"step": 5, "a": 1}, {"a": 2}])
    assert plot.series[0].points == [(1.0, 1.0), (2.0, 2.0)]


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=300), st.integers(2, 40))
def test_thinning_keeps_the_extremes_and_smoothing_stays_within(values: list[float], most: int) -> None:
    points = [(float(x), y) for x, y in enumerate(values)]
    few = thin(points, most)
    assert len(few) <= max(most, 2)
    assert few == sorted(set(few) & set(points))
    assert (min(y for _, y in few), max(y for _, y in few)) == (min(values), max(values))
    smoothed = smooth(points)
    assert len(smoothed) in (0, len(points))
    assert all(min(values) - 1e-6 <= y <= max(values) + 1e-6 for _, y in smoothed)


def test_smoothing_is_the_mean_of_the_neighbours() -> None:
    points = [(float(x), float(x % 2)) for x in range(200)]
    smoothed = smooth(points)
    assert smoothed[0] == (0.0, pytest.approx(1 / 3))  # 0 to 2: half of the window, which has nine points, and only what lies within
    assert smoothed[100] == (100.0, pytest.approx(5 / 9 - 1 / 9))  # 96 to 104: four odd ones of nine
    assert smooth([(float(x), 3.0 * min(x, 100)) for x in range(200)]) == []  # a schedule keeps its corner


@given(st.floats(-1e99, 1e99), st.floats(-1e99, 1e99))
def test_an_axis_spans_its_values_with_a_few_ticks(one: float, other: float) -> None:
    low, high = min(one, other), max(one, other)
    axis = value_axis(low, high, log=False)
    assert 2 <= len(axis.ticks) <= 8
    assert all(-1e-6 <= axis.place(value) <= 1 + 1e-6 for value in (low, high))
    if low > 1e-90 and high > 20 * low:
        axis = value_axis(low, high, log=True)
        assert len(axis.ticks) >= 2
        assert 0 <= axis.place(low) < axis.place(high) <= 1 + 1e-9


def test_ticks_are_round() -> None:
    assert value_axis(0.31, 6.9, log=False).ticks == [0, 2, 4, 6, 8]
    assert value_axis(0.3, 0.3, log=False).ticks == pytest.approx([0, 0.1, 0.2, 0.3])
    assert value_axis(4800, 5100, log=False).ticks == [4800, 4900, 5000, 5100]
    assert value_axis(0.031, 6.9, log=True).ticks == [0.1, 1.0, 10.0]
    assert value_axis(0.3, 6.9, log=True).ticks == [0.2, 0.5, 1, 2, 5, 10]
    assert step_axis(1, 1500).ticks == [500, 1000, 1500]
    assert step_axis(7, 7).labels() == [(0.5, "7")]


def test_doublings_are_equally_wide_and_an_axis_may_count_something_else() -> None:
    axis = doubling_axis(1, 24)
    assert axis.ticks == [1, 2, 4, 8, 16]
    assert [axis.place(value) for value in (1, 2, 4, 24)] == pytest.approx([0, math.log(2, 24), math.log(4, 24), 1])
    assert [text for _, text in axis.labels()] == ["1", "2", "4", "8", "16"]
    assert doubling_axis(3, 3) == step_axis(3, 3)
    (chart,) = charts([Plot("share", [Series("", [(1.0, 20.0), (4.0, 30.0), (16.0, 35.0)])])], "k", doubling=True)
    assert (chart.x, chart.last_x, chart.about) == ("k", "16", "Share: from 20 to 35, up to k 16")
    assert [point.split()[0] for point in chart.curves[0].points.split(";")] == ["0", "500", "1000"]


def test_numbers_are_written_for_readers() -> None:
    assert [number(value) for value in (0, 12345, 0.29031, 12345.678, 3e-4, -0.5, 1e300)] == [
        "0", "12,345", "0.2903", "12,346", "3.00e-4", "-0.5000", "1.00e300",
    ]  # fmt: skip
    assert [short(value, value) for value in (0, 0.5, 10_000, 200_000, 1.5e6, 3e9, 3e-4, 1e300)] == [
        "0", "0.5", "10,000", "200k", "1.5M", "3G", "3e-4", "1e300",
    ]  # fmt: skip
    assert [text for _, text in value_axis(0, 1e-3, log=False).labels()] == ["0", "2e-4", "4e-4", "6e-4", "8e-4", "1e-3"]
    assert [text for _, text in value_axis(0, 1.2e6, log=False).labels()] == ["0", "0.5M", "1M", "1.5M"]


def test_a_run_folder_has_a_log_and_a_page_from_its_start_to_its_end(tmp_path: Path) -> None:
    with RunFolder.open(tmp_path, "sft", "a", {"seed": 7}) as run:
        assert read(run.path).texts("p", class_="status")[0].startswith("under way, or killed;")
        run.append_metrics({"step": 1, "loss": 2.0})
        run.note("saved step-1")
        assert Page((run.path / "report.html").read_text()).values("figure", "data-field") == ["loss"]
    assert Page((run.path / "report.html").read_text()).texts("p", class_="status")[0].startswith("ended;")
    with pytest.raises(KeyboardInterrupt), RunFolder.open(tmp_path, "sft", "a", {"seed": 7}):
        raise KeyboardInterrupt
    log = (run.path / "log.txt").read_text().splitlines()
    assert [line[21:].split(" ")[0] for line in log] == ["started", "saved", "ended", "started", "stopped"]
    assert log[-1].endswith("stopped by KeyboardInterrupt")
