"""Naive dynamic sampling, the plain twin of `rollout.py`: batch after batch, written, then judged, until enough groups have a signal.

The same engine, the same judge, the same seeds, and so the same groups; no scheduler, no
forecast. What the Seamless Rollout Engine gains is measured against this.
"""

import time
from collections.abc import Callable
from itertools import islice
from typing import TypeVar

from openmimo.rollout.config import RolloutConfig
from openmimo.rollout.predictor import has_signal
from openmimo.rollout.problems import Problems, Taken
from openmimo.rollout.record import Group, Outcome, Sample
from openmimo.rollout.rollout import Writer
from openmimo.rollout.scheduler import Fate, NoSignal
from openmimo.rollout.seeds import Seeds

P = TypeVar("P")


def naive(
    problems: Problems[P],
    engine: Writer,
    config: RolloutConfig,
    seed: int = 0,
    step: int = 0,
    clock: Callable[[], float] = time.perf_counter,
) -> Outcome[P]:
    """The same step as `roll_out`, one thing after the other; a judge that hangs hangs it, and one that raises ends it."""
    started, seeds, taken = clock(), Seeds(seed, step, config.group_size), Taken(problems.order)
    samples: list[Sample] = []
    groups: list[tuple[P, list[Sample]]] = []
    while sum(_fit(group) for _, group in groups) < config.groups:
        batch = list(islice(taken, config.groups))
        if not batch or len(groups) >= config.tries * config.groups:
            raise NoSignal(f"only {sum(_fit(group) for _, group in groups)} of {len(groups)} groups have a signal", "give other problems")
        writing: dict[int, Sample] = {}
        for problem in batch:
            name = problems.name(problem)
            groups.append((problem, []))
            for place, own in enumerate(seeds.of_group(name)):
                request = problems.request(problem, own)
                sample = Sample(len(groups) - 1, place, name, own, tuple(request.prompt), clock() - started)
                writing[engine.submit(request)] = sample
                groups[-1][1].append(sample)
        while engine.busy:
            for news in engine.step():
                if news.finished:
                    writing[news.id].finished, writing[news.id].ended = news.finished, clock() - started
        written = [(sample, said) for sample in writing.values() if (said := sample.finished)]
        verdicts = [problems.judge(groups[sample.group][0], said) for sample, said in written]
        for sample, verdict in zip(writing.values(), verdicts, strict=True):
            sample.verdict, sample.judged = verdict.result(), clock() - started
        samples += writing.values()
    chosen = [place for place, (_, group) in enumerate(groups) if _fit(group)][: config.groups]
    settled = chosen[-1] + 1
    for sample in samples:
        sample.fate = Fate.SELECTED if sample.group in chosen else _fate(groups[sample.group][1])
    selected = tuple(Group(groups[place][0], tuple(groups[place][1])) for place in chosen)
    return Outcome(selected, tuple(samples), settled, taken.after(settled), clock() - started, config.slots)


def _fate(group: list[Sample]) -> Fate:
    if any(sample.reward is None for sample in group):
        return Fate.UNFIT
    return Fate.SURPLUS if _fit(group) else Fate.SAME


def _fit(group: list[Sample]) -> bool:
    """Whether all answers have a reward, and not all the same."""
    rewards = [sample.reward for sample in group]
    return None not in rewards and has_signal([reward for reward in rewards if reward is not None])
