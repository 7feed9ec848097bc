"""The benchmark of streamed judging has its rows, the same questions whenever it runs, and no verdict left out."""

import pytest

from openmimo.bench import eval as bench
from openmimo.engine.load import load


def test_tasks_are_of_all_kinds_and_always_the_same() -> None:
    tasks = bench.tasks_of(["arithmetic", "functions"], 10)
    assert tasks == bench.tasks_of(["arithmetic", "functions"], 10)
    assert [(task.family, task.level) for task in tasks[:8]] == [
        (name, level) for name in ("arithmetic", "functions") for level in (1, 2, 3, 4)
    ]
    assert len({task.problem for task in tasks}) == 10


def test_every_row_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "QUESTIONS", 32)
    monkeypatch.setattr(bench, "MOST", 8)
    monkeypatch.setattr(bench, "WAIT", 0.01)
    rows = {row.name: row for row in bench.measure(quick=True)}
    assert list(rows) == [f"{judge}.{row}" for judge in ("remote_judge", "cpu_judge") for row in ("streamed", "naive", "vs_naive")]
    assert {name: row.target for name, row in rows.items() if row.target} == {"remote_judge.vs_naive": 1.5}
    assert rows["cpu_judge.vs_naive"].value == pytest.approx(rows["cpu_judge.naive"].value / rows["cpu_judge.streamed"].value)


def test_a_judge_elsewhere_gives_verdicts_while_it_waits() -> None:
    with bench.remote(load("nano")) as judge:
        task = bench.tasks_of(["arithmetic"], 1)[0]
        verdicts = [judge(task, None) for _ in range(3)]  # type: ignore[arg-type]
        assert [verdict.result().kind for verdict in verdicts] == ["skipped"] * 3
