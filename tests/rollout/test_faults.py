"""What goes wrong in a step ends well: judges that raise, hang or say nonsense, engines that break, answers without end, problems without signal."""

import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from openmimo.engine.request import Ending, Finished, News
from openmimo.rollout.config import RolloutConfig
from openmimo.rollout.judging import Judging
from openmimo.rollout.predictor import Predictor
from openmimo.rollout.record import Outcome, Sample
from openmimo.rollout.rollout import roll_out
from openmimo.rollout.scheduler import Fate, NoSignal
from openmimo.rollout.watchdog import Watchdog
from openmimo.verify.verdict import Verdict

Make = Callable[..., Any]
Judge = Callable[[int, Finished], "Future[Verdict]"]


def step(world: Any, config: RolloutConfig, judge: Judge | None = None, order: Any = None, **more: Any) -> Outcome[int]:
    problems = world.problems(count() if order is None else order)
    problems = replace(problems, judge=judge or problems.judge)
    return roll_out(problems, world, config, Predictor(), **{"clock": lambda: float(world.time), **more})


def failing(world: Any, which: int, fail: Callable[[], "Future[Verdict]"]) -> Judge:
    """The world's judge, but for the answers to one problem."""
    plain = world.problems(()).judge
    return lambda problem, said: fail() if problem == which else plain(problem, said)


def raised() -> "Future[Verdict]":
    future: Future[Verdict] = Future()
    future.set_exception(OSError("the judge's disk is full"))
    return future


def raising() -> "Future[Verdict]":
    raise ValueError("no such problem")


def scored(score: float) -> "Future[Verdict]":
    future: Future[Verdict] = Future()
    future.set_result(Verdict("partial", score, "user", ""))
    return future


def cancelled() -> "Future[Verdict]":
    future: Future[Verdict] = Future()
    future.cancel()
    return future


@pytest.mark.parametrize(
    "fail, reason",
    [
        (raised, "the judge raised OSError: the judge's disk is full"),
        (raising, "the judge raised ValueError: no such problem"),
        (lambda: scored(float("nan")), "the reward is nan"),
        (lambda: scored(float("-inf")), "the reward is -inf"),
        (cancelled, "the judge cancelled it"),
    ],
)
@pytest.mark.parametrize("asynchronous", [True, False])
def test_a_verdict_that_is_none_makes_its_group_unfit_and_no_other(
    make_world: Make, small: RolloutConfig, fail: Callable[[], "Future[Verdict]"], reason: str, asynchronous: bool
) -> None:
    world = make_world(delay=lambda _: 0)
    sound = [problem for problem in range(100) if problem != 2]
    outcome = step(world, replace(small, asynchronous=asynchronous), failing(world, 2, fail))
    assert [group.problem for group in outcome.selected] == [problem for problem, _ in world.expected(sound, small)]
    ours = [one for one in outcome.samples if one.problem == "2"]
    assert {one.fate for one in ours} == {Fate.UNFIT}
    verdicts = [one.verdict for one in ours if one.verdict]
    assert {(verdict.kind, verdict.score, verdict.reason) for verdict in verdicts} == {("fault", None, reason)}
    assert not world.requests


def test_a_judge_that_hangs_is_given_up_and_named(make_world: Make, small: RolloutConfig) -> None:
    world, hung = make_world(delay=lambda _: 0), list[Future[Verdict]]()

    def never() -> "Future[Verdict]":
        hung.append(Future())
        return hung[-1]

    said: list[str] = []
    config = replace(small, stall_seconds=0.05, slots=40)
    outcome = step(world, config, failing(world, 2, never), clock=time.perf_counter, say=said.append)
    assert "2" not in {one.problem for one in outcome.samples if one.fate is Fate.SELECTED}
    ours = [one for one in outcome.samples if one.problem == "2"]
    (reason,) = [one.verdict.reason for one in ours if one.verdict]
    assert re.fullmatch(r"the judge gave no verdict in \d+ s", reason)
    assert all(future.cancelled() for future in hung)  # its siblings went with it
    assert any(text.startswith(f"{reason} on group 2 (2) sample ") for text in said)
    assert [group.problem for group in outcome.selected] == [problem for problem, _ in world.expected([0, 1, *range(3, 99)], config)]


def test_a_queue_that_moves_is_not_hung(make_world: Make) -> None:
    """A verdict every 3 seconds is a slow judge and not a hung one, however long the last has waited."""
    now = [0.0]
    said: list[str] = []
    judging = Judging(5.0, lambda: now[0], said.append)
    samples = [Sample(0, place, "p", 0, (), 0.0) for place in range(8)]
    futures = [Future[Verdict]() for _ in samples]
    for sample, future in zip(samples, futures, strict=True):
        judging.begin(sample, lambda future=future: future)
    for place in range(6):
        now[0] += 3.0
        futures[place].set_result(Verdict("right", 1.0, "test", ""))
        ((sample, verdict),) = judging.arrived()
        assert (sample, verdict.score) == (samples[place], 1.0)
    now[0] += 5.0
    ((sample, verdict),) = judging.wait()
    assert (sample, verdict.kind, verdict.reason) == (samples[6], "fault", "the judge gave no verdict in 23 s")
    assert said == ["the judge gave no verdict in 23 s on group 0 (p) sample 6; its group is unfit"]
    assert futures[6].cancelled()
    assert judging.arrived() == []  # the last one may only have waited for it
    judging.cancel_all()
    assert futures[7].cancelled()
    assert judging.wait() == []


def test_an_error_of_the_engine_is_passed_on_and_nothing_is_left(make_world: Make, small: RolloutConfig) -> None:
    world = make_world(delay=lambda _: 50)
    plain = world.step

    def breaks() -> list[News]:
        if world.time == 9:
            raise MemoryError("no room for the cache")
        return plain()

    world.step = breaks
    with pytest.raises(MemoryError, match="no room for the cache"):
        step(world, small)
    assert world.cancelled == set(world.requests)
    assert world.requests
    assert world.judging
    assert all(future.cancelled() for _, future, _ in world.judging)
    assert not [thread for thread in threading.enumerate() if "watchdog" in thread.name]
    world.step = plain
    assert world.step()  # what it had left is ended, and it serves the next step
    world.delay = lambda _: 1
    assert len(step(world, small).selected) == small.groups


def test_an_engine_that_loses_an_answer_is_an_error_that_names_it(make_world: Make, small: RolloutConfig) -> None:
    world = make_world()
    plain = world.step

    def loses() -> list[News]:
        return [one for one in plain() if one.id != 5]

    world.step = loses
    with pytest.raises(RuntimeError, match=r"never ended generation of group 0 \(0\) sample 2 for \d+ s$"):
        step(world, small)


def test_an_answer_without_end_is_bounded_by_its_tokens(make_world: Make, small: RolloutConfig) -> None:
    world = make_world()
    outcome = step(world, small)
    longest = outcome.selected[0].samples[1]
    again = make_world()
    again.never = {longest.seed}
    bounded = step(again, small)
    assert [group.problem for group in bounded.selected] == [group.problem for group in outcome.selected]
    said = bounded.selected[0].samples[1].finished
    assert said
    assert (said.ending, len(said.ids)) == (Ending.LENGTH, 50)
    assert bounded.seconds >= 50  # an answer is waited for, however long it is


@pytest.mark.parametrize("reward", [0.0, 1.0])
@pytest.mark.parametrize("continuous", [True, False])
def test_groups_without_signal_end_in_an_error_after_so_many(
    make_world: Make, small: RolloutConfig, reward: float, continuous: bool
) -> None:
    world = make_world(reward=lambda problem, seed: reward)
    with pytest.raises(
        NoSignal, match=rf"only 0 of 4 groups have a signal, and 12 groups were launched, .* 12 with all 4 rewards {reward:g}"
    ):
        step(world, replace(small, tries=3, continuous=continuous))
    assert world.submitted == 12 * 4
    assert not world.requests


def test_a_judge_that_always_fails_ends_in_an_error_that_says_how(make_world: Make, small: RolloutConfig) -> None:
    world = make_world()
    with pytest.raises(
        NoSignal, match="6 with a judge that failed; the judge last failed with: the judge raised OSError: the judge's disk is full"
    ):
        step(world, small, lambda problem, said: raised(), order=range(6))
    assert world.cancelled == set(world.requests)


def test_problems_that_run_out_are_an_error(make_world: Make, small: RolloutConfig) -> None:
    world = make_world()
    with pytest.raises(NoSignal, match=r"only \d of 4 groups have a signal, and the problems ran out"):
        step(world, small, order=range(7))
    assert not world.requests


def test_a_request_that_cannot_be_made_is_passed_on(make_world: Make, small: RolloutConfig) -> None:
    world = make_world()
    problems = world.problems(count())
    with pytest.raises(ZeroDivisionError):
        roll_out(replace(problems, request=lambda p, s: problems.request(p, s // (2 - p))), world, small, Predictor())
    assert world.cancelled == set(world.requests)


def test_the_watchdog_names_what_is_pending_while_the_engine_hangs(make_world: Make, small: RolloutConfig) -> None:
    world = make_world(delay=lambda _: 1000)
    plain, named, said = world.step, threading.Event(), list[str]()

    def hangs() -> list[News]:
        if world.time == 8:
            assert named.wait(30)
            raise InterruptedError("enough")
        return plain()

    def say(text: str) -> None:
        said.append(text)
        named.set()

    world.step = hangs
    with pytest.raises(InterruptedError):
        step(world, replace(small, stall_seconds=0.05), say=say, clock=lambda: 0.0)
    assert re.match(r"nothing has moved for \d+ s; pending: ", said[0])
    for stage in ("generation", "judging"):
        assert re.search(rf"{stage} of group \d \(\d\) sample \d for \d s", said[0])
    assert re.search(r"; generation of \d more; judging", said[0])


def test_the_watchdog_is_silent_while_something_moves() -> None:
    said: list[str] = []
    with Watchdog(60.0, lambda: "all", said.append) as dog:
        for _ in range(100):
            dog.moved()
    assert not said
