"""How good the policy is on problems that it is not trained on: avg@n and pass@k, through the engine it is trained with.

The same problems are answered with the same seeds each time, so that two measurements differ by the policy alone. Knows no
training. `choice.py` measures with it, too.
"""

from collections.abc import Callable, Sequence
from typing import Any

from openmimo.eval.statistics import Scored, average, curve
from openmimo.rl.policy import Policy
from openmimo.rl.problem_set import Problem
from openmimo.rl.rewards import Rewards
from openmimo.rollout.seeds import seed_of
from openmimo.rollout.stream import Room, stream

STEP = -1  # the seeds of no training step


def measure(
    problems: Sequence[Problem],
    samples: int,
    policy: Policy,
    rewards: Rewards,
    max_tokens: int,
    seed: int,
    slots: int,
    told: Callable[[int], None] = lambda done: None,
) -> list[Scored]:
    """Whether each of `samples` answers to each problem is right, 1 or 0; answers without a verdict are left out, and problems without any.

    `told` hears how many answers are judged.
    """
    asked = [(problem, number) for problem in problems for number in range(samples)]
    right: dict[str, dict[int, float]] = {problem.name: {} for problem in problems}
    judged = stream(
        asked,
        policy.engine,
        lambda ask: policy.request(ask[0], seed_of(seed, STEP, ask[0].name, ask[1]), max_tokens),
        lambda said: said.id,
        lambda ask, said: rewards.judge(ask[0], policy.text(said), said),
        Room(slots),
    )
    for done, one in enumerate(judged, 1):
        if one.verdict.score is not None:
            problem, number = one.problem
            right[problem.name][number] = float(one.verdict.ok)
        told(done)
    # Verdicts come when they come; scores stand in the order of the answers.
    return [Scored(name, tuple(scores[number] for number in sorted(scores))) for name, scores in right.items() if scores]


def as_metrics(scored: Sequence[Scored], samples: int) -> dict[str, Any]:
    """The scores as a line of `metrics.jsonl` holds them; nothing where there is no verdict."""
    if not scored:
        return {"problems": 0}
    points = curve(scored)
    return {"problems": len(scored), f"avg@{samples}": average(scored), **{f"pass@{point.k}": point.any for point in points}}
