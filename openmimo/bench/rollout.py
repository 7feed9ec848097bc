"""`openmimo bench rollout`: steps of the Seamless Rollout Engine beside naive dynamic sampling, by the same engine and the same judge.

The sides are the report's ablation (3.4): naive, continuous rollout, asynchronous reward on top, early termination on top. They
take turns on the same problems with the same seeds, other ones each round, and in the control on answers of one length
that are judged at once and never filtered, where there is nothing to gain. Read `rollout_work.py` for what is asked, and
`rollout_bias.py` for what the order of selection does to the length of answers.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Protocol

import torch

from openmimo.bench import rollout_bias
from openmimo.bench import rollout_work as work
from openmimo.bench.processor_time import processor_times
from openmimo.bench.report import Row
from openmimo.core.log import Progress
from openmimo.engine.load import load
from openmimo.engine.request import Finished, Request
from openmimo.engine.sample import Sampling
from openmimo.rl.policy import Policy
from openmimo.rl.problem_set import Problem
from openmimo.rl.rewards import Rewards
from openmimo.rollout.config import RolloutConfig
from openmimo.rollout.naive import naive
from openmimo.rollout.predictor import Predictor, has_signal
from openmimo.rollout.problems import Problems
from openmimo.rollout.record import Outcome
from openmimo.rollout.rollout import Writer, roll_out
from openmimo.rollout.stream import Source
from openmimo.verify.verdict import Verdict

FULL = RolloutConfig(groups=work.GROUPS, group_size=work.GROUP_SIZE, slots=work.SLOTS)
QUICK = replace(FULL, groups=work.GROUPS // 2)
STEPS = {
    "continuous": {"asynchronous": False, "early_termination": False},
    "async": {"early_termination": False},
    "seamless": {},
}
JUDGE_SHARE = 0.30  # of the processor time of the writing, at most: else it is the judge that is measured


class Engine(Writer, Source[Request, Finished], Protocol):
    """What is needed of an engine."""


@dataclass(frozen=True)
class Asked:
    """Who answers and who judges. `forget` drops what the engine knows of prompts, as an update of the weights does."""

    engine: Engine
    forget: Callable[[], None]
    request: Callable[[Problem, int], Request]
    judge: Callable[[Problem, Finished], "Future[Verdict]"]


@dataclass(frozen=True)
class Turn:
    """A step of one side, with the seconds of processor time that the writing and the judging of it took."""

    outcome: Outcome[Problem]
    writing: float
    judging: float


Side = Callable[[int, Sequence[Problem]], Turn]
"""Does the step of this number on these problems."""

Turns = Mapping[str, Sequence[Turn]]
"""Every side's steps, round by round."""


def measure(quick: bool) -> list[Row]:
    """The rows of this benchmark, measured now."""
    nano, config, rounds = load("nano", "cpu", torch.float32), QUICK if quick else FULL, 1 if quick else work.ROUNDS
    problems = work.problems()
    warm, *parts = [problems[: work.WARM], *(problems[first : first + work.IN_ROUND] for first in _firsts(rounds))]
    policy = Policy(nano, work.SLOTS, Sampling(work.TEMPERATURE))
    seeds = rollout_bias.SEEDS[: 2 if quick else None]
    with Rewards() as rewards, Progress("steps", rounds * (len(STEPS) + 1) + rounds * 2 + len(seeds)) as progress:
        done = iter(range(1, progress.total + 1))
        sampled = Asked(
            policy.engine,
            policy.moved,
            lambda problem, seed: policy.request(problem, seed, work.MOST),
            lambda problem, said: rewards.judge(problem, policy.text(said), said),
        )
        # The judge starts its processes with the first program, and the kernels are compiled for the first pass.
        roll_out(_problems(warm, sampled), policy.engine, replace(config, groups=2), Predictor(), work.SEED, len(parts))
        turns = in_turns(sides(sampled, config), parts, lambda: progress.update(next(done)))
        both = {name: side for name, side in sides(without_gain(sampled), config).items() if name in ("naive", "seamless")}
        control = in_turns(both, parts, lambda: progress.update(next(done)))
        biases = rollout_bias.biases(problems, sampled, config, seeds, lambda: progress.update(next(done)))
        return [*rows_of(turns, control), *rollout_bias.rows(biases)]


def without_gain(asked: Asked) -> Asked:
    """The control: the same problems with answers of one length, which are judged at once and never filtered."""

    def request(problem: Problem, seed: int) -> Request:
        return replace(asked.request(problem, seed), max_tokens=work.EQUAL, stop_ids=frozenset())

    return replace(asked, request=request, judge=Unfiltered())


class Unfiltered:
    """A judge that takes no time, and by which every group has a signal: every other answer to a problem is right."""

    def __init__(self) -> None:
        self._answers: Counter[str] = Counter()

    def __call__(self, problem: Problem, said: Finished) -> "Future[Verdict]":
        self._answers[problem.name] += 1
        right = self._answers[problem.name] % 2 == 0
        done: Future[Verdict] = Future()
        done.set_result(Verdict("right" if right else "wrong", float(right), "bench", "every other"))
        return done


def sides(asked: Asked, config: RolloutConfig) -> dict[str, Side]:
    """The naive side and those of the engine, each with a predictor that goes on from round to round, as in a run."""

    def timed(step: Callable[[], Outcome[Problem]]) -> Turn:
        asked.forget()
        writing, judging = processor_times()
        outcome = step()
        later = processor_times()
        return Turn(outcome, later[0] - writing, later[1] - judging)

    def plain(number: int, problems: Sequence[Problem]) -> Turn:
        return timed(lambda: naive(_problems(problems, asked), asked.engine, config, work.SEED, number))

    def engine_side(parts: RolloutConfig) -> Side:
        predictor = Predictor()
        return lambda number, problems: timed(
            lambda: roll_out(_problems(problems, asked), asked.engine, parts, predictor, work.SEED, number)
        )

    return {"naive": plain, **{name: engine_side(replace(config, **off)) for name, off in STEPS.items()}}


def in_turns(sides: Mapping[str, Side], rounds: Sequence[Sequence[Problem]], told: Callable[[], None] = lambda: None) -> Turns:
    """What every side makes of the problems of each round; the side that goes first is another in the next round."""
    names, found = list(sides), dict[str, list[Turn]]((name, []) for name in sides)
    for number, problems in enumerate(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            found[name].append(sides[name](number, problems))
            told()
    return found


def rows_of(turns: Turns, control: Turns) -> list[Row]:
    """The rows. Ratios are of the time of all rounds together: how often the naive way needs another batch differs from step to step."""
    plain = [turn.outcome for turn in turns["naive"]]
    groups = [rewards for outcome in plain for rewards in _rewards(outcome)]
    written, judged = (sum(part for side in turns.values() for part in parts(side)) for parts in (_writing, _judging))
    wastes = {name: fmean(turn.outcome.waste for turn in turns[name]) for name in ("seamless", "naive")}
    return [
        Row("seamless.vs_naive", ratio(turns, "seamless"), "x", 1.8),
        Row("continuous.vs_naive", ratio(turns, "continuous"), "x"),
        Row("async.vs_naive", ratio(turns, "async"), "x"),
        Row("seamless.waste", wastes["seamless"], "share", 0.13, at_most=True),
        Row("naive.waste", wastes["naive"], "share"),
        *_between("control.seamless_vs_naive", ratio(control, "seamless"), "x", 0.95, 1.1),
        *_between("pass_rate", fmean(reward == 1 for rewards in groups for reward in rewards), "of answers", 0.35, 0.45),
        Row("valid_share", fmean(map(has_signal, groups)), "of groups"),
        Row("judge_cpu", judged / written, "of the writing's", JUDGE_SHARE, at_most=True),
        Row("same_selection", same_selection(turns), "of steps"),
        Row("selected_length.vs_all_valid", selected_length(turns), "x"),
        *(Row(f"{name}.tokens", _tokens(side) / _seconds(side), "tokens/s") for name, side in turns.items()),
        *(Row(f"{name}.occupancy", fmean(turn.outcome.occupied for turn in side), "of slots") for name, side in turns.items()),
        *(Row(f"{name}.step", _seconds(side) / len(side), "s") for name, side in turns.items()),
    ]


def ratio(turns: Turns, name: str) -> float:
    """How many times as fast as the naive one a side was, all rounds together."""
    return _seconds(turns["naive"]) / _seconds(turns[name])


def same_selection(turns: Turns) -> float:
    """The share of steps of the engine's sides that selected the very groups, with the same rewards, that the naive side did."""
    pairs = [(turn, twin) for name in STEPS for turn, twin in zip(turns[name], turns["naive"], strict=True)]
    return fmean(_selection(turn.outcome) == _selection(twin.outcome) for turn, twin in pairs)


def selected_length(turns: Turns) -> float:
    """The mean length of the answers that the seamless side selected, in those of all groups with a signal that the naive one ran to the end.

    The mean over the rounds of the ratio within one; the launch sequence is the same.
    """
    found = []
    for turn, twin in zip(turns["seamless"], turns["naive"], strict=True):
        selected = [len(one.finished.ids) for group in turn.outcome.selected for one in group.samples if one.finished]
        valid = {place for place, rewards in enumerate(_rewards(twin.outcome)) if has_signal(rewards)}
        every = [len(one.finished.ids) for one in twin.outcome.samples if one.finished and one.group in valid]
        found.append(fmean(selected) / fmean(every))
    return fmean(found)


def _problems(problems: Sequence[Problem], asked: Asked) -> Problems[Problem]:
    return Problems(iter(problems), lambda problem: problem.name, asked.request, asked.judge)


def _firsts(rounds: int) -> range:
    return range(work.WARM, work.WARM + rounds * work.IN_ROUND, work.IN_ROUND)


def _between(name: str, value: float, unit: str, low: float, high: float) -> list[Row]:
    """A value with both bounds: a row has one."""
    return [Row(name, value, unit, low), Row(f"{name}.most", value, unit, high, at_most=True)]


def _rewards(outcome: Outcome[Problem]) -> list[list[float]]:
    """The rewards of each group that was begun; of one that is unfit those that there are."""
    groups: list[list[float]] = [[] for _ in range(outcome.samples[-1].group + 1)]
    for one in outcome.samples:
        groups[one.group] += [] if one.reward is None else [one.reward]
    return groups


def _selection(outcome: Outcome[Problem]) -> list[tuple[str, tuple[float, ...]]]:
    return [(group.problem.name, group.rewards) for group in outcome.selected]


def _seconds(side: Sequence[Turn]) -> float:
    return sum(turn.outcome.seconds for turn in side)


def _tokens(side: Sequence[Turn]) -> int:
    return sum(len(one.finished.ids) for turn in side for one in turn.outcome.samples if one.finished)


def _writing(side: Sequence[Turn]) -> list[float]:
    return [turn.writing for turn in side]


def _judging(side: Sequence[Turn]) -> list[float]:
    return [turn.judging for turn in side]
