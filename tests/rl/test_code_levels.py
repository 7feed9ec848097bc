"""The levels of tests: made of the model's answers once, kept, taken from a file, and what a run pays by them."""

import json
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
import torch

from openmimo.core.errors import ConfigError, InputError
from openmimo.engine.load import load
from openmimo.engine.request import Finished
from openmimo.engine.sample import Sampling
from openmimo.rl import code_levels as module
from openmimo.rl.code_levels import code_levels
from openmimo.rl.config import RLConfig
from openmimo.rl.policy import Policy
from openmimo.rl.presets import preset
from openmimo.rl.problem_set import Problem, Split, of_kind
from openmimo.rl.run import run
from openmimo.verify.difficulty import make_levels


class Passing:
    """Rewards of which answer n to a problem passes all tests but the last n."""

    def __init__(self) -> None:
        self.judged: dict[str, list[Sequence[bool]]] = {}

    def passed(self, problem: Problem, text: str, said: Finished) -> "Future[Sequence[bool]]":
        assert problem.task
        rows, tests = self.judged.setdefault(problem.name, []), len(problem.task.tests)
        rows.append([test < tests - len(rows) for test in range(tests)])
        future: Future[Sequence[bool]] = Future()
        future.set_result(rows[-1])
        return future


def config(**changes: Any) -> RLConfig:
    given: dict[str, Any] = {"name": "one", "model": "nano", "families": ("functions",), "code_reward": "soft", "max_tokens": 4, "slots": 6}
    return preset("default", **{**given, **changes})


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy(load("nano", dtype=torch.float32), 6, Sampling(1.0))


def test_they_are_made_of_several_answers_once(tmp_path: Path, policy: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWERS", 3)
    code, rewards = of_kind(("functions", 1), 2, Split.TRAINING), Passing()
    problems = [*code, *of_kind(("arithmetic", 1), 1, Split.TRAINING)]
    found = code_levels(config(), problems, policy, rewards, tmp_path)  # type: ignore[arg-type]
    assert found == {problem.name: make_levels([rewards.judged[problem.name]]) for problem in code}
    assert all(len(rows) == 3 for rows in rewards.judged.values())
    monkeypatch.setattr(module, "_measured", None)  # what was measured is not measured again
    assert code_levels(config(), problems, policy, rewards, tmp_path) == found  # type: ignore[arg-type]

    (other := tmp_path / "other").mkdir()
    given = config(code_levels=str(tmp_path / "levels.json"))
    assert code_levels(given, code[:1], policy, rewards, other) == {code[0].name: found[code[0].name]}  # type: ignore[arg-type]
    assert (other / "levels.json").exists()
    with pytest.raises(InputError, match="no levels for problem 'functions/2"):
        code_levels(given, of_kind(("functions", 2), 1, Split.TRAINING), policy, rewards, tmp_path / "third")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="no problem has any"):
        code_levels(config(), problems[2:], policy, rewards, tmp_path)  # type: ignore[arg-type]


def test_a_run_pays_for_a_part_of_the_tests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWERS", 2)
    asked = config(
        levels=(3,), problems_each=4, steps=1, groups=1, group_size=4, slots=16, max_tokens=150, drafts=False, validate_every=0, rate=1e-5
    )
    home = run(asked, tmp_path).parent
    lines = [json.loads(line) for line in (home / "samples.jsonl").read_text().splitlines()]
    partial = [line for line in lines if line["verdict"] == "partial"]
    assert partial
    assert all(0 < line["score"] < 1 for line in partial)
    (metrics,) = [json.loads(line) for line in (home / "metrics.jsonl").read_text().splitlines()]
    assert metrics["reward"] > metrics["pass_rate"]
