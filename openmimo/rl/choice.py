"""Which families and levels are worth training on: those that the model, before the first step, solves sometimes but not always.

Measured with a few tasks of each, which are neither trained nor validated on, and kept in the run's folder, so that a run that is
resumed trains on what it began with. Knows no training. Read `validation.py` for how it is measured.
"""

from pathlib import Path
from typing import Any

from openmimo.core.errors import InputError
from openmimo.core.files import read_json, write_json
from openmimo.core.log import Progress
from openmimo.rl.config import RLConfig
from openmimo.rl.policy import Policy
from openmimo.rl.problem_set import Kind, Split, of_kind
from openmimo.rl.rewards import Rewards
from openmimo.rl.validation import measure

FILE = "choice.json"
TASKS = 24  # of a family and level, one answer each: a pass rate of a half is known to 10 points (one standard error)
LEAST = 200  # tasks in all, where families and levels are few


def choose(config: RLConfig, among: list[Kind], policy: Policy, rewards: Rewards, folder: Path) -> list[Kind]:
    """The families and levels with a pass rate within `config.between`, both ends included; from the folder if they were chosen before.

    Raises `InputError` where there are none, with the nearest.
    """
    path = folder / FILE
    if not path.exists():
        write_json(path, _measured(config, among, policy, rewards))
    low, high = config.between or (0.0, 1.0)
    rates: list[dict[str, Any]] = read_json(path)
    chosen = [(one["family"], one["level"]) for one in rates if low <= one["pass_rate"] <= high]
    if not chosen:
        nearest = min(rates, key=lambda one: abs(one["pass_rate"] - (low + high) / 2))
        raise InputError(
            f"no family and level is solved in {low:.0%} to {high:.0%} of cases; {nearest['family']} {nearest['level']}, "
            f"with {nearest['pass_rate']:.0%}, comes nearest",
            f"widen the bounds, name other families or levels, or start a run of another name ({path} has all rates)",
        )
    return chosen


def _measured(config: RLConfig, among: list[Kind], policy: Policy, rewards: Rewards) -> list[dict[str, Any]]:
    tasks = {kind: of_kind(kind, max(TASKS, -(-LEAST // len(among))), Split.CHOICE) for kind in among}
    every = [problem for problems in tasks.values() for problem in problems]
    with Progress("choice", len(every)) as progress:
        scored = measure(every, 1, policy, rewards, config.max_tokens, config.training.seed, config.rollout.slots, progress.update)
    right = {one.id: one.mean for one in scored}
    found = []
    for (family, level), problems in tasks.items():
        scores = [right[problem.name] for problem in problems if problem.name in right]
        if scores:  # else its verifier never had a verdict
            found.append({"family": family, "level": level, "answers": len(scores), "pass_rate": sum(scores) / len(scores)})
    return found
