"""What a step leaves: every answer with what became of it, the groups that were selected, and the problems that come again.

Plain records. Times are seconds from the beginning of the step. Read `rollout.py` for how they come about.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Generic, TypeVar

from openmimo.engine.request import Finished
from openmimo.rollout.scheduler import Fate, waste
from openmimo.verify.verdict import Verdict

P = TypeVar("P")
Key = tuple[int, int]
"""A group, by order of launch, and one of its samples."""


@dataclass(eq=False)
class Sample:
    """One answer.

    `finished` is what the engine said of it, None if nothing did; an answer that was cancelled
    has what was written until then. `verdict` is None where it was not judged to the end.
    `launched`, `ended` and `judged` are when its writing began and ended and when its verdict came.
    """

    group: int
    sample: int
    problem: str
    seed: int
    prompt: tuple[int, ...]
    launched: float
    finished: Finished | None = None
    ended: float | None = None
    verdict: Verdict | None = None
    judged: float | None = None
    fate: Fate = Fate.SURPLUS

    @property
    def key(self) -> Key:
        """Which answer of the step it is."""
        return self.group, self.sample

    @property
    def reward(self) -> float | None:
        """The score of its verdict."""
        return self.verdict.score if self.verdict else None

    def as_json(self) -> dict[str, Any]:
        """The record as a line of `samples.jsonl`."""
        said = self.finished
        return {
            "group": self.group,
            "sample": self.sample,
            "problem": self.problem,
            "seed": self.seed,
            "prompt": list(self.prompt),
            "ids": list(said.ids) if said else [],
            "logprobs": list(said.logprobs) if said else [],
            "forced": list(said.forced) if said else [],
            "ending": said.ending if said else None,
            "verdict": asdict(self.verdict) if self.verdict else None,
            "launched": self.launched,
            "ended": self.ended,
            "judged": self.judged,
            "fate": self.fate,
        }


@dataclass(frozen=True)
class Group(Generic[P]):
    """A problem with its answers, all of them judged, and not all with the same reward."""

    problem: P
    samples: tuple[Sample, ...]

    @property
    def rewards(self) -> tuple[float, ...]:
        """A reward for each answer."""
        return tuple(reward for sample in self.samples if (reward := sample.reward) is not None)


@dataclass(frozen=True)
class Outcome(Generic[P]):
    """A step's rollouts.

    `selected` are in their order of launch. `samples` are all answers that were begun, by group.
    The first `settled` groups are those that the selection was made from. `unused` are the
    problems that were taken and came to nothing, in their order: they come first in the next
    step, so that no problem is lost because answers to it are long. All of these but the
    samples of later groups are the same whatever the timing was.
    """

    selected: tuple[Group[P], ...]
    samples: tuple[Sample, ...]
    settled: int
    unused: tuple[P, ...]
    seconds: float
    slots: int

    @property
    def waste(self) -> float:
        """Sample waste, as `scheduler.waste` defines it."""
        return waste(self.settled, _counts(self.samples, [1] * len(self.samples)))

    @property
    def token_waste(self) -> float:
        """The same in tokens that were written."""
        return waste(self.settled, _counts(self.samples, [len(one.finished.ids) if one.finished else 0 for one in self.samples]))

    def occupancy(self) -> list[tuple[float, int]]:
        """How many answers were being written from each moment on; at most `slots`, as the engine queues what is more."""
        changes = [(one.launched, 1) for one in self.samples] + [(one.ended, -1) for one in self.samples if one.ended is not None]
        writing, steps = 0, list[tuple[float, int]]()
        for moment, change in sorted(changes):
            writing += change
            if steps and steps[-1][0] == moment:
                steps.pop()
            steps.append((moment, min(writing, self.slots)))
        return steps

    @property
    def occupied(self) -> float:
        """The mean share of slots in use."""
        steps = [*self.occupancy(), (self.seconds, 0)]
        filled = sum(writing * (after - moment) for (moment, writing), (after, _) in pairwise(steps))
        return filled / (self.slots * self.seconds) if self.seconds else 0.0


def _counts(samples: Sequence[Sample], weights: Sequence[int]) -> list[int]:
    """The sum of weights for each group, by order of launch."""
    counts = [0] * (samples[-1].group + 1)
    for sample, weight in zip(samples, weights, strict=True):
        counts[sample.group] += weight
    return counts
