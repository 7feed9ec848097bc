"""The picture of a run: all that is watched is in it, and it fits every terminal."""

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from openmimo.rl.picture import BARS, Seen, picture, sparkline
from openmimo.rollout.standing import Standing


def drawn(seen: Seen, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width, height=30)
    console.print(picture(seen, width))
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined]


def line(step: int, **other: Any) -> dict[str, Any]:
    return {
        "step": step,
        "reward": 0.1 * step,
        "pass_rate": 0.5,
        "entropy": 0.04,
        "length": 70.0,
        "occupancy": 0.97,
        "waste": 0.03,
        **other,
    }


LINES = [{"step": 0, "validation": {"problems": 20, "avg@4": 0.5}}, line(1), line(2, validation={"problems": 20, "avg@4": 0.625})]
STANDING = Standing(begun=131, written=118, judged=115, writing=40, judging=3, signals=7, wanted=16, slots=32)


def test_all_that_is_watched_is_there() -> None:
    text = "\n".join(drawn(Seen("nano", 60, LINES, "writing", 6.0, STANDING, left=860.0), 100))
    for said in (
        "rl nano", "step 3 of 60", "about 14m20s left", "writing 6s", "7 of 16 groups with a signal", "32 of 32 slots",
        "131 begun, 118 written, 115 judged", "judge queue 3", "reward    0.20  ▁█", "pass      50%  ▅▅", "slots      97%", "waste      3%",
        "avg@4 50.0% → 62.5%",
    ):  # fmt: skip
        assert said in text, said
    assert "stops after this step" in "\n".join(drawn(Seen("nano", 60, LINES, "writing", 6.0, STANDING, stopping=True), 100))


@given(st.integers(1, 200), st.sampled_from([0, 1, 3]), st.booleans())
def test_it_fits_every_terminal_and_keeps_its_rows(width: int, lines: int, writing: bool) -> None:
    rows = drawn(Seen("a-long-name-of-a-run", 60, LINES[:lines], "writing", 6.0, STANDING if writing else None, 10.0), width)
    assert max(map(len, rows)) <= width
    wide = drawn(Seen("x", 60, LINES[:lines], "training on 16 groups", 1.0), width)
    assert len(rows) == len(wide)


@given(st.lists(st.none() | st.floats(-1e9, 1e9), max_size=50), st.integers(0, 30))
def test_a_small_curve_has_a_bar_a_value_from_the_least_to_the_greatest(values: list[float | None], points: int) -> None:
    curve = sparkline(values, points)
    shown = values[-points:] if points else []
    assert len(curve) == len(shown)
    assert all((bar == " ") == (value is None) for bar, value in zip(curve, shown, strict=True))
    known = [value for value in shown if value is not None]
    if known and max(known) > min(known):
        assert curve[shown.index(max(known))] == BARS[-1]
        assert curve[shown.index(min(known))] == BARS[0]


@pytest.mark.parametrize("done, said", [(0, "step 1 of 2"), (2, "step 2 of 2  done")])
def test_the_first_step_and_the_last(done: int, said: str) -> None:
    assert said in drawn(Seen("x", 2, [line(step) for step in range(1, done + 1)], "", 0.0), 80)[0]
