"""A world of its own for the tests of rollouts: an engine and a judge in virtual time, with answers that are functions of their seeds."""

import random
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from itertools import count

import pytest

from openmimo.engine.request import Ending, Finished, News, Request
from openmimo.engine.sample import Sampling
from openmimo.rollout.config import RolloutConfig
from openmimo.rollout.problems import Problems
from openmimo.rollout.seeds import Seeds
from openmimo.verify.verdict import Verdict

Reward = Callable[[int, int], float]  # of a problem and a seed


def by_rate(problem: int, seed: int) -> float:
    """Problems are of all difficulties: about two fifths of the groups of 4 have a signal."""
    return float(random.Random(seed).random() < (0.0, 1.0, 0.5, 0.02, 0.98)[problem % 5])


def longest(seed: int, most: int = 12) -> int:
    return random.Random(seed + 1).randint(1, most)


class World:
    """An engine of `rows` rows that writes a token a step, and a judge that takes `delay` steps; both in the same virtual time."""

    def __init__(self, reward: Reward = by_rate, rows: int = 64, delay: Callable[[int], int] = lambda seed: seed % 5, shuffle: int = 0):
        self.reward, self.rows, self.delay = reward, rows, delay
        self.time = 0
        self.random = random.Random(shuffle)
        self.numbers = count(3)
        self.requests: dict[int, Request] = {}
        self.written: dict[int, int] = {}
        self.seeds: dict[int, int] = {}
        self.cancelled: set[int] = set()
        self.judging: list[tuple[int, Future[Verdict], Verdict]] = []
        self.most, self.submitted, self.begun = 0, 0, 0
        self.never: set[int] = set()  # seeds of answers that never stop by themselves

    # The engine.
    def submit(self, request: Request) -> int:
        number = next(self.numbers)
        self.requests[number], self.seeds[number] = request, request.sampling.seed
        self.written[number] = 0
        self.submitted += 1
        self.most = max(self.most, len(self.requests))
        return number

    @property
    def busy(self) -> bool:
        return bool(self.requests or self.judging)

    def cancel(self, number: int) -> None:
        self.cancelled.add(number)

    def step(self) -> list[News]:
        self.time += 1
        news = [self.end(number, Ending.CANCELLED) for number in list(self.requests) if number in self.cancelled]
        self.cancelled.clear()
        for number in list(self.requests)[: self.rows]:
            request = self.requests[number]
            self.written[number] += 1
            stop = request.sampling.seed not in self.never and self.written[number] >= longest(request.sampling.seed)
            if stop or self.written[number] == request.max_tokens:
                news.append(self.end(number, Ending.STOP if stop else Ending.LENGTH))
            else:
                news.append(News(number, (7,), (-0.5,), ((),)))
        self.random.shuffle(news)
        due = [one for one in self.judging if one[0] <= self.time]
        self.judging = [one for one in self.judging if one[0] > self.time and not one[1].cancelled()]
        self.random.shuffle(due)
        for _, future, verdict in due:
            if not future.cancelled():
                future.set_result(verdict)
        return news

    def end(self, number: int, ending: Ending) -> News:
        tokens = self.written.pop(number)
        del self.requests[number]
        ids = (7,) * tokens
        said = Finished(number, ids, (-0.5,) * tokens, ending, (0,) * tokens)
        return News(number, ids[-1:], said.logprobs[-1:], ((),) * len(ids[-1:]), finished=said)

    # The judge.
    def judge(self, problem: int, seed: int) -> "Future[Verdict]":
        self.begun += 1
        reward = self.reward(problem, seed)
        future: Future[Verdict] = Future()
        verdict = Verdict("right" if reward == 1 else "wrong", reward, "test", "")
        if self.delay(seed):
            self.judging.append((self.time + self.delay(seed), future, verdict))
        else:
            future.set_result(verdict)
        return future

    # The problems.
    def problems(self, order: Iterable[int], max_tokens: int = 50) -> Problems[int]:
        def request(problem: int, seed: int) -> Request:
            return Request((problem + 1,), max_tokens, sampling=Sampling(1.0, seed=seed))

        return Problems(iter(order), str, request, lambda problem, said: self.judge(problem, self.seeds[said.id]))

    def expected(self, order: Iterable[int], config: RolloutConfig, seed: int = 0, step: int = 0) -> list[tuple[int, tuple[float, ...]]]:
        """The first groups with a signal and their rewards, by the plainest loop there is."""
        seeds, found = Seeds(seed, step, config.group_size), []
        for problem in order:
            rewards = tuple(self.reward(problem, one) for one in seeds.of_group(str(problem)))
            if len(set(rewards)) > 1:
                found.append((problem, rewards))
            if len(found) == config.groups:
                break
        return found


@pytest.fixture
def make_world() -> Callable[..., World]:
    return World


@pytest.fixture
def small() -> RolloutConfig:
    return RolloutConfig(groups=4, group_size=4, slots=10)
