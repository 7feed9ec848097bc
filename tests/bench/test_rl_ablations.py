"""The ablations of RL: what tells two arms apart, which runs are begun and which are there, and what is made of their numbers."""

import importlib.util
import json
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import openmimo.rl.run
from openmimo.core.errors import ConfigError

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "rl_ablations.py"
# Ends as the arm's name says, and leaves when it began and ended.
PRETENDS = """
import json, sys, time
from pathlib import Path
home, (arm, seed) = Path(sys.argv[1]), sys.argv[3:]
folder = home / "rl" / f"{arm}-{seed}"
folder.mkdir(parents=True, exist_ok=True)
began = time.monotonic()
time.sleep(0.3)
(folder / "times").write_text(json.dumps([began, time.monotonic()]))
if arm == "drop":
    sys.exit("it went wrong")
(folder / "outcome.json").write_text((home / "like.json").read_text().replace("ARM", arm).replace('"SEED"', seed))
"""


@pytest.fixture(scope="module")
def ablations() -> ModuleType:
    spec = importlib.util.spec_from_file_location("rl_ablations", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["rl_ablations"] = module  # dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


def line(step: int, **more: Any) -> dict[str, Any]:
    told = {"groups": 10, "zero_signal": 0.5, "length": 50.0, "entropy": 0.25, "rollout_seconds": 2.0, "training_seconds": 3.0}
    return {"step": step, "tokens": 100 * step, **told, **more}


def scores(right: float, passed: float) -> dict[str, Any]:
    return {"validation": {"problems": 200, "avg@4": right, "pass@4": passed}}


def test_an_arm_differs_from_what_it_is_held_against_in_one_thing(ablations: ModuleType) -> None:
    place = ablations.Place(Path("out"), Path("toured"))
    apart: dict[str, set[str]] = {}
    for arm in ablations.ARMS:
        ours, theirs = (
            {
                f"{part}.{name}" if isinstance(value, dict) else part: one
                for part, value in asdict(config).items()
                for name, one in _fields(value)
            }
            for config in (place.config(arm, 1), place.config(ablations.BY_NAME[arm.than], 1))
        )
        apart[arm.name] = {field for field in ours if ours[field] != theirs[field]} - {"name"}
    assert apart == {
        "baseline": set(),
        "drop": {"easy_share", "drop_at"},
        "neither": {"easy_share"},
        "updates16": {"algorithm.updates"},
        "updates16_slow": {"algorithm.updates", "rate"},
        "growing": {"max_tokens", "longer"},
        "sample": {"algorithm.aggregation"},
        "full": set(),
        "light": {"model"},
        "base": {"model", "base"},
        "code_all": set(),
        "code_strict": {"code_reward", "code_levels"},
        "code_soft": {"code_reward", "code_levels"},
    }


def _fields(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else [("", value)]


def test_sizes_go_with_the_scale_and_lengths_end_where_the_others_are(ablations: ModuleType) -> None:
    for scale in (0.01, 0.1, 1.0):
        place = ablations.Place(Path("out"), None, scale)
        fixed, growing = (place.config(ablations.BY_NAME[name], 2) for name in ("baseline", "growing"))
        assert fixed.tokens == growing.tokens == round(scale * ablations.CALENDAR.tokens)
        assert growing.longer[-1][1] == fixed.max_tokens
        assert growing.longer[-1][0] <= max(growing.steps, 3)
        assert fixed.training.seed == 2


def test_arms_come_with_what_they_are_held_against(ablations: ModuleType) -> None:
    names = [arm.name for arm in ablations.Place(Path("out")).arms()]
    assert names == [arm.name for arm in ablations.ARMS if arm.name not in ("full", "light", "base")]
    assert [arm.name for arm in ablations.Place(Path("out"), Path("toured")).arms(["base", "code_soft"])] == [
        "full",
        "base",
        "code_all",
        "code_soft",
    ]
    assert [arm.name for arm in ablations.Place(Path("out")).arms(["base", "drop"])] == ["baseline", "drop"]


def test_an_outcome_is_of_all_steps(ablations: ModuleType) -> None:
    lines = [{"step": 0, **scores(0.5, 0.75)}, line(1, groups=30, zero_signal=0.1), line(2), line(3, **scores(0.625, 0.7))]
    found = ablations.outcome_of("drop", 3, lines)
    assert (found.before, found.after, found.gain, found.pass_before, found.pass_after) == (0.5, 0.625, 0.125, 0.75, 0.7)
    assert (found.steps, found.tokens, found.seconds, found.length, found.entropy) == (3, 300, 15.0, 50.0, 0.25)
    assert found.no_signal == pytest.approx((3 + 5 + 5) / 50)


def test_a_run_leaves_its_outcome(ablations: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []

    def pretend(config: Any, root: Path) -> Path:
        given.append(config)
        home = root / "rl" / config.name
        home.mkdir(parents=True)
        lines = [{"step": 0, **scores(0.5, 0.75)}, line(1, **scores(0.625, 0.7))]
        (home / "metrics.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))
        return home / "final"

    monkeypatch.setattr(openmimo.rl.run, "run", pretend)
    place, arm = ablations.Place(tmp_path), ablations.BY_NAME["sample"]
    ablations.train(place, arm, 4)
    assert given == [place.config(arm, 4)]
    kept = json.loads((place.folder(arm, 4) / "outcome.json").read_text())
    assert ablations.Outcome(**kept) == ablations.outcome_of("sample", 4, [{**scores(0.5, 0.75)}, line(1, **scores(0.625, 0.7))])


def test_runs_that_are_there_are_not_run_again_and_one_that_fails_stops_no_other(
    ablations: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    like = asdict(ablations.outcome_of("ARM", 0, [{**scores(0.5, 0.75)}, line(1, **scores(0.625, 0.7))]))
    (tmp_path / "like.json").write_text(json.dumps({**like, "seed": "SEED"}))
    place = ablations.Place(tmp_path)
    wanted = [(ablations.BY_NAME[name], seed) for seed in (1, 2) for name in ("baseline", "drop", "sample")]
    command = [sys.executable, "-c", PRETENDS, str(tmp_path)]
    outcomes, failed = ablations.Runs(place, command, 2).all(wanted)
    assert [(one.arm, one.seed) for one in outcomes] == [("baseline", 1), ("sample", 1), ("baseline", 2), ("sample", 2)]
    assert len(failed) == 2
    assert all("exit code 1: it went wrong" in one for one in failed)
    times = [json.loads((place.folder(*one) / "times").read_text()) for one in wanted]
    assert max(sum(began <= moment < ended for began, ended in times) for moment, _ in times) <= 2
    assert "6 of 6 done" in capsys.readouterr().err
    before = [(place.folder(*one) / "times").stat().st_mtime_ns for one in wanted]
    again, failed = ablations.Runs(place, command, 1).all(wanted)
    assert again == outcomes
    assert len(failed) == 2
    after = [(place.folder(*one) / "times").stat().st_mtime_ns for one in wanted]
    assert [one != two for one, two in zip(before, after, strict=True)] == [False, True, False, False, True, False]


def test_a_run_whose_parent_is_killed_stops(ablations: ModuleType, tmp_path: Path) -> None:
    """The parent begins a child that waits for it to be gone, and says nothing more."""
    code = (
        "import os, sys, threading, time; sys.path.insert(0, sys.argv[1]); import rl_ablations\n"
        "parent = os.getpid()\n"
        "if os.fork() == 0:\n"
        "    try:\n"
        "        threading.Thread(target=rl_ablations._stop_without, args=(parent,), daemon=True).start()\n"
        "        time.sleep(60)\n"
        "    except KeyboardInterrupt:\n"
        "        open(sys.argv[2], 'w').close()\n"
        "os._exit(0)\n"
    )

    subprocess.run([sys.executable, "-c", code, str(SCRIPT.parent), str(tmp_path / "stopped")], check=True, timeout=60)
    until = time.monotonic() + 20
    while not (tmp_path / "stopped").exists():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_differences_are_in_the_table_and_in_json(ablations: ModuleType) -> None:
    plain = ablations.outcome_of("baseline", 1, [{**scores(0.5, 0.75)}, line(1, **scores(0.75, 0.7))])
    found = [
        plain,
        replace(plain, seed=2, after=0.5, gain=0.0),
        replace(plain, arm="drop", gain=0.125, after=0.625),
        replace(plain, arm="drop", seed=2, gain=-0.25, after=0.25),
        replace(plain, arm="code_soft"),  # what it is held against failed
    ]
    assert ablations.differences(found).keys() == {"drop"}
    text = ablations.table(found)
    assert "drop minus baseline, points of gain: -18.8 (-98.2 to +60.7; seed by seed -12.5, -25.0)" in text
    assert [row.split()[:4] for row in text.splitlines() if row.startswith("code_soft")] == [["code_soft", "1", "50.0%", "75.0%"]]
    told = json.loads(ablations.as_json(ablations.Place(Path("out")), found, ["x"], ["base"]))
    assert (told["failed"], told["left_out"], len(told["runs"])) == (["x"], ["base"], 5)
    assert next(one for one in told["results"] if one["name"] == "drop minus baseline, after")["value"] == pytest.approx(-0.1875)


def test_a_folder_is_gone_on_with_by_the_same_sizes_only(ablations: ModuleType, tmp_path: Path) -> None:
    ablations._settle(ablations.Place(tmp_path))
    ablations._settle(ablations.Place(tmp_path, tmp_path / "toured"))  # arms may come later
    ablations._settle(ablations.Place(tmp_path))
    with pytest.raises(ConfigError) as caught:
        ablations._settle(ablations.Place(tmp_path, None, 0.5))
    assert caught.value.field == "scale"
    with pytest.raises(ConfigError) as caught:
        ablations._settle(ablations.Place(tmp_path, tmp_path / "other"))
    assert caught.value.field == "tour"
