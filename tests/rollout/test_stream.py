"""Every problem comes out once with the verdict on its own sample, whatever ends when, and nothing goes on after the reader has left."""

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.rollout.stream import Room, in_turns, stream
from openmimo.verify.verdict import Verdict


@dataclass(frozen=True)
class Word:
    number: int
    text: str


class Shuffled:
    """An engine whose samples end in a random order."""

    def __init__(self, seed: int = 0):
        self.random, self.numbers = random.Random(seed), count(5)
        self.under_way: dict[int, str] = {}
        self.cancelled: list[int] = []
        self.most = 0

    def submit(self, request: str) -> int:
        number = next(self.numbers)
        self.under_way[number] = request
        self.most = max(self.most, len(self.under_way))
        return number

    def finished(self) -> Iterator[Word]:
        while self.under_way:
            number = self.random.choice(list(self.under_way))
            yield Word(number, f"{self.under_way.pop(number)}!")

    def cancel(self, number: int) -> None:
        self.cancelled.append(number)
        self.under_way.pop(number, None)


def at_once(problem: int, sample: Word) -> "Future[Verdict]":
    verdict: Future[Verdict] = Future()
    verdict.set_result(Verdict("right" if sample.text == f"{problem}!" else "wrong", 1.0, "test", ""))
    return verdict


def number(sample: Word) -> int:
    return sample.number


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(3) as pool:
        yield pool


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 40), st.integers(1, 9), st.integers(1, 9), st.integers(0, 99))
def test_every_problem_comes_out_once_with_its_own_sample(
    pool: ThreadPoolExecutor, problems: int, samples: int, verdicts: int, seed: int
) -> None:
    source, order = Shuffled(seed), random.Random(seed)

    def judge(problem: int, sample: Word) -> "Future[Verdict]":
        """Some at once, the others from another thread, in any order."""
        return at_once(problem, sample) if order.random() < 0.5 else pool.submit(lambda: at_once(problem, sample).result())

    seen = list(stream(iter(range(problems)), source, str, number, judge, Room(samples, verdicts)))
    assert all(one.verdict.ok for one in seen)
    assert Counter(one.problem for one in seen) == Counter(range(problems))
    assert source.most <= samples


def test_the_stream_says_what_its_naive_twin_says(pool: ThreadPoolExecutor) -> None:
    def judge(problem: int, sample: Word) -> "Future[Verdict]":
        return pool.submit(lambda: at_once(problem, sample).result())

    streamed = {one.problem: (one.sample.text, one.verdict) for one in stream(range(50), Shuffled(1), str, number, judge)}
    twin = [(one.problem, (one.sample.text, one.verdict)) for one in in_turns(range(50), Shuffled(2), str, number, judge)]
    assert [problem for problem, _ in twin] == list(range(50))
    assert streamed == dict(twin)


def test_a_verdict_comes_out_before_the_last_sample_is_written() -> None:
    source = Shuffled()
    judged = stream(count(), source, str, number, at_once, Room(samples=4))
    first = [next(judged).problem for _ in range(20)]  # of problems without end
    assert len(set(first)) == 20
    judged.close()
    assert not source.under_way


def test_closing_cancels_samples_and_verdicts() -> None:
    source, futures = Shuffled(), []

    def never(problem: int, sample: Word) -> "Future[Verdict]":
        futures.append(Future[Verdict]())
        if len(futures) == 1:
            futures[0].set_result(Verdict("right", 1.0, "test", ""))
        return futures[-1]

    judged = stream(range(100), source, str, number, never, Room(samples=8))
    next(judged)
    next_one = source.under_way.copy()
    judged.close()
    assert sorted(source.cancelled) == sorted(next_one)
    assert all(future.cancelled() for future in futures[1:])


def test_an_error_of_the_judge_is_passed_on_and_nothing_goes_on() -> None:
    source = Shuffled()

    def broken(problem: int, sample: Word) -> "Future[Verdict]":
        verdict: Future[Verdict] = Future()
        verdict.set_exception(RuntimeError("the judge broke"))
        return verdict

    with pytest.raises(RuntimeError, match="the judge broke"):
        list(stream(range(10), source, str, number, broken, Room(samples=3)))
    assert not source.under_way


def test_samples_of_others_are_left_alone() -> None:
    source = Shuffled()
    source.submit("somebody else's")
    assert sorted(one.problem for one in stream(range(5), source, str, number, at_once)) == list(range(5))
