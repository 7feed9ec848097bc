"""What the order of selection does to the length of answers, on the real engine: first to start beside first to finish.

Every seed has the same groups started one after the other into the slots, and all of them run to their ends. So one run says
which groups either order would have taken, and how long all with a signal are. Knows no scheduler: launch order is what
`rollout/scheduler.py` selects by, finish order what most systems do.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import TYPE_CHECKING

from openmimo.bench.report import Row
from openmimo.core.errors import InputError
from openmimo.core.student import Interval
from openmimo.engine.request import Request
from openmimo.rl.problem_set import Problem
from openmimo.rollout.config import RolloutConfig
from openmimo.rollout.predictor import has_signal
from openmimo.rollout.seeds import seed_of
from openmimo.rollout.stream import Room, stream

if TYPE_CHECKING:
    from openmimo.bench.rollout import Asked

SEEDS = tuple(range(24))
STARTED = 2  # groups for each one that is wanted


@dataclass
class Ended:
    """A group run to its end: its answers' rewards and lengths, and its place among those that ended."""

    rewards: list[float | None] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    place: int = 0

    @property
    def valid(self) -> bool:
        """Whether it has a signal."""
        rewards = [reward for reward in self.rewards if reward is not None]
        return len(rewards) == len(self.rewards) and has_signal(rewards)


def biases(
    problems: Sequence[Problem], asked: "Asked", config: RolloutConfig, seeds: Sequence[int], told: Callable[[], None] = lambda: None
) -> list[tuple[float, float]]:
    """The `bias` of each seed, which has problems of its own drawn from these; seeds with nothing to choose from have none."""
    found = []
    for seed in seeds:
        drawn = random.Random(seed).sample(problems, STARTED * config.groups)
        found.append(bias(to_the_end(drawn, asked, config.group_size, config.slots, seed), config.groups))
        told()
    return [one for one in found if one]


def to_the_end(problems: Sequence[Problem], asked: "Asked", size: int, slots: int, seed: int) -> list[Ended]:
    """The groups of these problems in the order of launch; a group ends with the last of its verdicts."""
    groups = [Ended() for _ in problems]

    def samples() -> Iterator[tuple[int, int]]:
        yield from ((group, sample) for group in range(len(problems)) for sample in range(size))

    def request(which: tuple[int, int]) -> Request:
        group, sample = which
        return asked.request(problems[group], seed_of(seed, 0, problems[group].name, sample))

    asked.forget()
    judged = stream(
        samples(), asked.engine, request, lambda said: said.id, lambda which, said: asked.judge(problems[which[0]], said), Room(slots)
    )
    for place, one in enumerate(judged):
        group = groups[one.problem[0]]
        group.rewards.append(one.verdict.score)
        group.lengths.append(len(one.sample.ids))
        group.place = place
    return groups


def bias(groups: Sequence[Ended], wanted: int) -> tuple[float, float] | None:
    """How much longer than those of all groups with a signal the answers of the first `wanted` are, as a share: by launch, and by finish.

    None where there are no more than are wanted, and so nothing to choose from.
    """
    valid = [group for group in groups if group.valid]
    if len(valid) <= wanted:
        return None
    every = _length(valid)
    by_finish = sorted(valid, key=lambda group: group.place)
    return _length(valid[:wanted]) / every - 1, _length(by_finish[:wanted]) / every - 1


def rows(biases: Sequence[tuple[float, float]]) -> list[Row]:
    """The mean over seeds with its 95 % interval: launch order should have 0 in it, finish order lie below. `InputError` for fewer than two."""
    if len(biases) < 2:
        raise InputError(
            "no two seeds had groups to choose from, so lengths cannot be compared", "ask problems of which more give a signal"
        )
    launch, finish, between = (
        Interval.of(values)
        for values in ([one for one, _ in biases], [other for _, other in biases], [other - one for one, other in biases])
    )
    return [
        Row("bias.seeds", len(biases), "seeds", 20),
        Row("bias.launch", launch.mean, "of the length"),
        Row("bias.launch.low", launch.low, "of the length", 0.0, at_most=True),
        Row("bias.launch.high", launch.high, "of the length", 0.0),
        Row("bias.finish", finish.mean, "of the length"),
        Row("bias.finish.high", finish.high, "of the length", 0.0, at_most=True),
        Row("bias.finish_less_launch", between.mean, "of the length"),
        Row("bias.finish_less_launch.high", between.high, "of the length", 0.0, at_most=True),
    ]


def _length(groups: Sequence[Ended]) -> float:
    return fmean(length for group in groups for length in group.lengths)
