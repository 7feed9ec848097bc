"""`openmimo simulate`: presets beside the report, numbers of one's own, and errors that say what to do."""

import json
from pathlib import Path
from typing import Any

import pytest

from openmimo.cli.main import run


def simulated(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(["simulate", "rollout", *arguments, "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    return json.loads(line)  # type: ignore[no-any-return]


def test_a_preset_says_what_it_fitted_and_assumed_and_what_holds(capsys: pytest.CaptureFixture[str]) -> None:
    found = simulated(capsys, "--preset", "table3", "--seeds", "1")
    assert found["fitted"].keys() == {"median_tokens", "judge_seconds"}
    assert found["fitted_on"] == ["naive"]
    assert {"slots", "judging", "batches"} <= found["assumed"].keys()
    assert "idle ratio" in found["definitions"]
    (speed,) = [row for row in found["results"] if (row["way"], row["measure"]) == ("seamless", "rollout speed-up")]
    assert (speed["target"], speed["holds"]) == (1.96, abs(speed["value"] - 1.96) <= 0.15 * 1.96)
    assert run(["simulate", "rollout", "--preset", "table3", "--seeds", "1"]) == 0
    said = capsys.readouterr().out
    assert "fitted to 0.658" in said
    assert "report 1.96 +- 0.29" in said


def test_the_bias_of_finish_order(capsys: pytest.CaptureFixture[str]) -> None:
    launch, finish = simulated(capsys, "--preset", "bias")["results"]
    assert (launch["wanted"], finish["wanted"]) == ("contains 0", "below 0")
    assert launch["holds"]
    assert finish["holds"]
    assert finish["low"] < finish["value"] < finish["high"] < 0


def test_numbers_of_ones_own_and_measured_lengths(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = ("--groups", "4", "--group-size", "4", "--cluster.workers", "2", "--seeds", "1", "--workload.harder-longer", "0")
    found = simulated(capsys, *small)
    assert (found["groups"], found["cluster"]["workers"]) == (4, 2)
    assert {row["way"] for row in found["results"]} >= {"naive", "+ early termination", "the same with our forecast"}
    (tmp_path / "samples.jsonl").write_text('{"ids": [1, 2, 3]}\n\n{"ids": [4, 5]}\n')
    (tmp_path / "numbers").write_text("3\n2\n")
    one, other = (simulated(capsys, *small, "--lengths", str(tmp_path / name)) for name in ("samples.jsonl", "numbers"))
    assert one["results"] == other["results"] != found["results"]
    assert one["workload"]["lengths"] == [3, 2]


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--preset", "table2", "--groups", "4"], "brings its own numbers"),
        (["--preset", "bias", "--seeds", "1"], "at least 2"),
        (["--seeds", "0"], "at least 1"),
        (["--fit"], "only table2 and table3 are fitted"),
        (["--groups", "0"], "groups: must be at least 1"),
        (["--workload.pass-rate", "2"], "pass_rate"),
        (["--lengths", "no-such-file"], "gives no lengths"),
    ],
)
def test_errors_say_what_to_do(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["simulate", "rollout", *arguments]) == 2
    assert message in capsys.readouterr().err
