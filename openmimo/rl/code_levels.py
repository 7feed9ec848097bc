"""How hard each test of a run's code problems is, for rewards that pay by it (report 3.3): what the model passes before the first step says.

The report has several models answer; here it is the one that is trained, or a file that was made of others. Kept in the run's
folder, so that a run that is resumed pays as it began. Read `verify/difficulty.py` for what is made of it.
"""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from openmimo.core.errors import ConfigError
from openmimo.core.log import Progress
from openmimo.rl.config import RLConfig
from openmimo.rl.policy import Policy
from openmimo.rl.problem_set import Problem
from openmimo.rl.rewards import Rewards
from openmimo.rollout.seeds import seed_of
from openmimo.tasks.checking import problem_of
from openmimo.verify.difficulty import Levels, Passed, make_levels
from openmimo.verify.judge.problem import CodeProblem
from openmimo.verify.level_file import levels_of, load_levels, save_levels

FILE = "levels.json"
ANSWERS = 8  # to each problem: a test's pass rate is known to 18 points at most (one standard error)
STEP = -2  # the seeds of no training step, and of no validation


def code_levels(config: RLConfig, problems: Sequence[Problem], policy: Policy, rewards: Rewards, folder: Path) -> dict[str, Levels]:
    """The levels of the problems that have tests, by name: as the folder has them, else of the config's file, else measured.

    Raises `ConfigError` where no problem has tests, `InputError` where a file lacks one or has it with other tests.
    """
    coded = {problem.name: (problem, _code(problem)) for problem in problems if problem.task and problem.task.tests}
    if not coded:
        raise ConfigError(
            "code_reward", f"{config.code_reward} pays by tests, and no problem has any", "leave it out, or give code problems"
        )
    path = folder / FILE
    if not path.exists():
        if config.code_levels:
            given = load_levels(Path(config.code_levels))
            levels = {name: levels_of(given, code) for name, (_, code) in coded.items()}
        else:
            levels = _measured(config, [problem for problem, _ in coded.values()], policy, rewards)
        save_levels(path, ((code, levels[name]) for name, (_, code) in coded.items()))
    kept = load_levels(path)
    return {name: levels_of(kept, code) for name, (_, code) in coded.items()}


def _measured(config: RLConfig, problems: Sequence[Problem], policy: Policy, rewards: Rewards) -> dict[str, Levels]:
    asked = {
        policy.engine.submit(policy.request(problem, seed_of(config.training.seed, STEP, problem.name, number), config.max_tokens)): problem
        for problem in problems
        for number in range(ANSWERS)
    }
    judged: dict[str, list[Future[Passed]]] = {problem.name: [] for problem in problems}
    with Progress("levels", len(asked)) as progress:
        for done, said in enumerate(policy.engine.finished(), 1):
            problem = asked[said.id]
            judged[problem.name].append(rewards.passed(problem, policy.text(said), said))
            progress.update(done)
    return {name: make_levels([[tests.result() for tests in passed]]) for name, passed in judged.items()}


def _code(problem: Problem) -> CodeProblem:
    """A problem as the judge has it, under its name in the run: tasks of a family may share the judge's."""
    assert problem.task
    return replace(problem_of(problem.task), id=problem.name)
