"""The comparison of whole steps of RL counts what it says, does real steps on our side, and gives TRL what we get. TRL is not run here."""

import importlib.util
import json
import sys
from itertools import islice
from pathlib import Path

import pytest
import torch

from openmimo.bench import rl_vs_trl, rl_work
from openmimo.bench.rl_vs_trl import Ours, Turn, rows_of, trl
from openmimo.core.errors import OpenMimoError
from openmimo.engine.load import load
from openmimo.engine.session import prompt_ids
from openmimo.rl.rewards import Rewards
from tests.rl.toy import toy_model

PAYS = "def reward(completions, answer, **_):\n    return [float(sum(map(ord, text)) % 2) for text in completions]\n"


def test_rows_are_counted_over_all_steps() -> None:
    ours = [Turn(10.0, 8, 4, 64, 16, 640, 4.0), Turn(14.0, 6, 4, 48, 12, 480, 6.0), Turn(12.0, 6, 4, 48, 0, 0, 2.0)]
    theirs = [Turn(30.0, 4, 0, 32, 0, 3200), Turn(60.0, 4, 3, 32, 8, 3200), Turn(45.0, 4, 0, 32, 0, 0)]
    rows = {row.name: row for row in rows_of({"ours": ours, "trl": theirs})}
    assert rows["ours.valid_group"].value == 3.0
    assert rows["trl.valid_group"].value == 45.0
    assert rows["valid_group.vs_trl"].value == 15.0
    assert rows["valid_group.vs_trl"].target == 4.0
    assert (rows["ours.step"].value, rows["trl.step"].value) == (12.0, 45.0)
    assert (rows["ours.no_signal"].value, rows["trl.no_signal"].value) == (pytest.approx(0.4), 0.75)
    assert (rows["ours.right"].value, rows["ours.length"].value) == (0.175, 7.0)
    assert (rows["trl.right"].value, rows["trl.length"].value) == (pytest.approx(8 / 96), pytest.approx(200 / 3))
    assert rows["ours.updating"].value == 4.0


def test_a_target_that_is_missed_stays_as_missed() -> None:
    (first, *_) = rows_of({"ours": [Turn(10.0, 4, 4, 32, 8, 99)], "trl": [Turn(39.0, 4, 4, 32, 8, 99)]})
    assert (first.name, first.holds) == ("valid_group.vs_trl", False)


def test_problems_are_all_sums_differences_and_products_with_their_answers() -> None:
    problems = rl_work.problems()
    assert len({problem.name for problem in problems}) == len(problems) == 3 * 64
    for problem in problems:
        asked = problem.question.removeprefix("What is ").removesuffix("? Answer with the number only.")
        assert problem.row["answer"] == eval(asked)
    assert {problem.name.split()[1] for problem in problems[:16]} == set("+-*")  # mixed
    assert [problem.name for problem in problems] == [problem.name for problem in rl_work.problems()]


@pytest.mark.parametrize(
    "text, right",
    [
        ("12", True),
        ("3 * 4 = 12.", True),
        ("It is 1,2 no, 12", True),
        ("12 or 13", False),
        ("-12", False),
        ("", False),
        ("9" * 9999, False),
    ],
)
def test_the_reward_goes_by_the_last_number(text: str, right: bool) -> None:
    spec = importlib.util.spec_from_file_location("reward", rl_work.REWARD)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.reward(completions=["x", text], answer=[1, 12], prompts=["", ""]) == [0.0, float(right)]


def test_our_step_writes_judges_and_trains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rl_work, "TOKENS", 10)
    monkeypatch.setattr(rl_work, "RATE", 1e-2)
    (tmp_path / "pays.py").write_text(PAYS)
    problems = rl_work.problems()[:6]
    with Rewards(f"{tmp_path / 'pays.py'}:reward") as rewards:
        ours = Ours(Path(toy_model(tmp_path, mtp=0)), problems, rewards)
        before = [weight.detach().clone() for weight in ours.policy.model.parameters()]
        turns = [ours.step(), ours.step()]
    for turn in turns:
        assert turn.signals == rl_work.GROUPS <= turn.groups
        assert turn.answers == turn.groups * rl_work.SIZE
        assert 0 < turn.right < turn.answers <= turn.tokens <= 10 * turn.answers
        assert 0 < turn.updating < turn.seconds
    assert all(not torch.equal(one, other) for one, other in zip(before, ours.policy.model.parameters(), strict=True))
    for writing, trained in zip(ours.policy.engine.model.parameters(), ours.policy.model.parameters(), strict=True):
        assert torch.equal(writing, trained.to(torch.bfloat16))
    # In a circle, and none is passed over: those that a step took in vain come first in the next.
    taken, ahead = sum(turn.groups for turn in turns), [problem.name for problem in islice(ours.order, 6)]
    assert ahead == [problems[(taken + place) % 6].name for place in range(6)]


PEER = """
import json, sys
job = json.load(open(sys.argv[3]))
print(json.dumps({"prompts": job.pop("prompts")}), flush=True)
for line in sys.stdin:
    print(json.dumps({"seconds": 1.5, "groups": job["groups"], "signals": 1, "answers": 32, "right": 2, "tokens": 300}), flush=True)
"""


@pytest.mark.parametrize("same", [True, False])
def test_trl_is_given_the_very_prompts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, same: bool) -> None:
    folder, problems = Path(toy_model(tmp_path, mtp=0)), rl_work.problems()[:3]
    loaded = load(str(folder))
    prompts = [prompt_ids(loaded, problem.messages) for problem in problems]
    program = tmp_path / "peers" / "trl" / "train.py"
    program.parent.mkdir(parents=True)
    program.write_text(PEER.replace('job.pop("prompts")', str(prompts if same else prompts[::-1])))
    monkeypatch.setattr(rl_vs_trl, "ROOT", tmp_path)
    monkeypatch.setattr(rl_vs_trl, "python_of", lambda name: sys.executable)
    if not same:
        with pytest.raises(OpenMimoError, match="other prompts"), trl(folder, tmp_path, problems):
            pass
        return
    with trl(folder, tmp_path, problems) as started:
        assert started.step() == Turn(1.5, 4, 1, 32, 2, 300)
    job = json.loads((tmp_path / "job.json").read_text())
    assert [loaded.tokenizer.encode(one["prompt"], special=True) for one in job["problems"]] == prompts
    assert [one["answer"] for one in job["problems"]] == [problem.row["answer"] for problem in problems]
    assert (job["size"], job["tokens"], job["clip_low"], job["clip_high"]) == (8, 128, 0.2, 0.28)
