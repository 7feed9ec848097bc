"""Who is launched, judged and cancelled in a step, and when the step is done: decisions only.

Told what has ended and what was judged, it says what is to be done next. Knows no clock, no
engine, no tokens: `rollout.py` does what it says with a real engine, `simulate/` in virtual
time. Problems are started in their order, and what is selected are the first groups with a
signal in that order, so it does not depend on what ends when: timing moves only how much is
launched beyond them. The naive twin is `naive.py`.
"""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Literal

from openmimo.core.errors import InputError
from openmimo.rollout.config import RolloutConfig
from openmimo.rollout.forecast import Foresight
from openmimo.rollout.predictor import has_signal
from openmimo.rollout.seeds import Seeds

Order = Literal["launch", "finish"]


@dataclass(frozen=True, slots=True)
class Launch:
    """Begin to write an answer; groups are numbered by their order of launch, from 0 in every step."""

    group: int
    problem: str
    sample: int
    seed: int


@dataclass(frozen=True, slots=True)
class Judge:
    """Have an answer judged."""

    group: int
    sample: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """End the writing of an answer, or the judging of it; nothing more is to be said of it."""

    group: int
    sample: int
    stage: Literal["generation", "judging"]


@dataclass(frozen=True, slots=True)
class Done:
    """The step is done, with these groups."""

    selected: tuple[int, ...]


Action = Launch | Judge | Cancel | Done


class Fate(StrEnum):
    """What became of a group."""

    SELECTED = "selected"
    SAME = "all rewards the same"
    UNFIT = "unfit: a reward is missing"
    SURPLUS = "launched after the last one selected"


class NoSignal(InputError):
    """A step cannot be filled: the problems ran out, or the most groups were launched; says what the groups were."""


class _Stage(Enum):
    QUEUED = auto()
    GENERATION = auto()
    WRITTEN = auto()  # and not to be judged yet
    JUDGING = auto()
    OVER = auto()


@dataclass(eq=False, slots=True)
class _Group:
    problem: str
    seeds: tuple[int, ...]
    stages: list[_Stage]
    rewards: list[float]
    open: bool = True  # not all is known of it
    fit: bool = True  # no reward is missing

    @property
    def signal(self) -> bool:
        return not self.open and self.fit and has_signal(self.rewards)


class Scheduler:
    """The decisions of one step.

    `problems` are names, in the order in which they are to be started. `order="finish"`
    selects the first groups to end, as most systems do; it is here to show by how much that
    prefers short answers, and nothing trains with it.
    """

    def __init__(self, config: RolloutConfig, problems: Iterator[str], foresight: Foresight, seeds: Seeds, order: Order = "launch"):
        self.config, self.order = config, order
        self._problems, self._foresight, self._seeds = problems, foresight, seeds
        self._groups: list[_Group] = []
        self._queue: deque[tuple[int, int]] = deque()
        self._written: list[tuple[int, int]] = []
        self._generating, self._open, self._signals = 0, 0, 0
        self._front = 0  # the first group of which not all is known; before it the selection is settled
        self._selected: list[int] = []
        self._exhausted = False
        self.done = False

    def begin(self) -> list[Action]:
        """The first launches."""
        return self._go_on()

    def ended(self, group: int, sample: int) -> list[Action]:
        """An answer is written."""
        stages = self._groups[group].stages
        if self.done or stages[sample] is not _Stage.GENERATION:
            return []  # it was cancelled meanwhile
        stages[sample] = _Stage.WRITTEN
        self._generating -= 1
        self._written.append((group, sample))
        return self._go_on()

    def judged(self, group: int, sample: int, reward: float | None) -> list[Action]:
        """An answer has its reward, or None where judging failed: then its group is unfit and is never selected."""
        found = self._groups[group]
        if self.done or found.stages[sample] is not _Stage.JUDGING:
            return []
        found.stages[sample] = _Stage.OVER
        actions: list[Action] = []
        if reward is None:
            found.fit = False
            # Nothing can come of its other answers. Without early termination they end by themselves.
            actions += self._cancel(group) if self.config.early_termination else []
        else:
            found.rewards.append(reward)
            self._foresight.saw(group, reward)
        if all(stage is _Stage.OVER for stage in found.stages):
            self._close(group)
        return actions + self._go_on()

    @property
    def selected(self) -> tuple[int, ...]:
        """The groups that are sure to be selected, so far."""
        return tuple(self._selected)

    @property
    def signals(self) -> int:
        """How many groups are known to have a signal, so far."""
        return self._signals

    @property
    def settled(self) -> int:
        """How many groups, by order of launch, the selection was made from: up to the last one selected once the step is done."""
        return self._front

    def rewards(self, group: int) -> tuple[float, ...] | None:
        """The rewards of a group, in the order in which they came; None if one is missing."""
        found = self._groups[group]
        return None if found.open or not found.fit else tuple(found.rewards)

    def fates(self) -> list[Fate]:
        """What became of each group, once the step is done."""
        selected = set(self._selected)
        return [Fate.SELECTED if group in selected else self._fate(group) for group in range(len(self._groups))]

    def _fate(self, group: int) -> Fate:
        found = self._groups[group]
        if not found.fit:
            return Fate.UNFIT
        return Fate.SURPLUS if found.open or has_signal(found.rewards) else Fate.SAME

    def _go_on(self) -> list[Action]:
        if len(self._selected) == self.config.groups and (self.config.early_termination or not self._open):
            self.done = True
            under_way = [group for group, found in enumerate(self._groups) if found.open]
            return [*(cancel for group in under_way for cancel in self._cancel(group)), Done(self.selected)]
        actions = [*self._fill(), *self._judge()]
        if not self._open:
            raise self._failure()
        return actions

    def _fill(self) -> Iterator[Action]:
        """Launch answers while there are free slots and a reason to."""
        while self._generating < self.config.slots and (self._queue or self._start()):
            group, sample = self._queue.popleft()
            found = self._groups[group]
            if found.stages[sample] is not _Stage.QUEUED:
                continue  # it was cancelled meanwhile
            found.stages[sample] = _Stage.GENERATION
            self._generating += 1
            yield Launch(group, found.problem, sample, found.seeds[sample])

    def _judge(self) -> list[Judge]:
        """Have what is written judged: at once, or as a batch once nothing more is to be written."""
        if not self.config.continuous and not self.config.asynchronous and (self._generating or self._queue):
            return []
        written = [(group, sample) for group, sample in self._written if self._groups[group].stages[sample] is _Stage.WRITTEN]
        self._written.clear()
        for group, sample in written:
            self._groups[group].stages[sample] = _Stage.JUDGING
        return [Judge(group, sample) for group, sample in written]

    def _start(self) -> bool:
        """Start another group, or a batch of them, if there is a reason to; False if not."""
        if self.config.continuous:
            return not self._foresight.suffices(self.config.groups - self._signals) and self._start_one()
        return not self._open and sum(self._start_one() for _ in range(self.config.groups)) > 0

    def _start_one(self) -> bool:
        if self._exhausted or len(self._groups) == self.config.tries * self.config.groups:
            return False
        problem = next(self._problems, None)
        if problem is None:
            self._exhausted = True
            return False
        number, size = len(self._groups), self.config.group_size
        self._groups.append(_Group(problem, self._seeds.of_group(problem), [_Stage.QUEUED] * size, []))
        self._queue.extend((number, sample) for sample in range(size))
        self._open += 1
        self._foresight.start(number, problem)
        return True

    def _close(self, group: int) -> None:
        """All is known of a group."""
        found = self._groups[group]
        found.open = False
        self._open -= 1
        self._foresight.end(group, found.rewards if found.fit else None)
        self._signals += found.signal
        if self.order == "finish":
            if found.signal and len(self._selected) < self.config.groups:
                self._selected.append(group)
            return
        while self._front < len(self._groups) and len(self._selected) < self.config.groups and not self._groups[self._front].open:
            if self._groups[self._front].signal:
                self._selected.append(self._front)
            self._front += 1

    def _cancel(self, group: int) -> list[Action]:
        """Cancel what is under way of a group."""
        stages, actions = self._groups[group].stages, list[Action]()
        for sample, stage in enumerate(stages):
            if stage is _Stage.GENERATION:
                self._generating -= 1
                actions.append(Cancel(group, sample, "generation"))
            elif stage is _Stage.JUDGING:
                actions.append(Cancel(group, sample, "judging"))
            stages[sample] = _Stage.OVER
        return actions

    def _failure(self) -> NoSignal:
        """Why the step cannot be filled."""
        what = Counter(_what(group) for group in self._groups)
        seen = ", ".join(f"{count:,} {kind}" for kind, count in what.most_common()) or "there was no problem at all"
        why = (
            "the problems ran out" if self._exhausted else f"{len(self._groups):,} groups were launched, {self.config.tries} times as many"
        )
        return NoSignal(
            f"only {self._signals} of {self.config.groups} groups have a signal, and {why}: {seen}",
            "give problems that the model solves sometimes but not always, and see that the verifier accepts what is right",
        )


def _what(group: _Group) -> str:
    if not group.fit:
        return "with a judge that failed"
    if has_signal(group.rewards):
        return "with a signal"
    return f"with all {len(group.rewards)} rewards {group.rewards[0]:g}"


def waste(settled: int, launched: Sequence[int]) -> float:
    """Sample waste: answers that were launched for groups after the last selected one, as a share of those up to it.

    `launched` has for each group, by order of launch, how many of its answers were begun. So
    groups without a signal are no waste: they had to be seen. The report does not define its
    waste; of the definitions tried this one gives its naive row, 22.1 % at a pass rate of
    41 %, for batches of its size (3 batches of 512 x 0.407 = 1.221 x 512).
    """
    needed = sum(launched[:settled])
    return (sum(launched) - needed) / needed
