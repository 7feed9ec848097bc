"""The simulated problems of a workload: all that can be known of their answers, as a function of the seed and the problem's number.

So two ways of scheduling see the very same answers. Knows no machines and no time that passes.
Legend: B problems of a block, G answers of a group.
"""

import math
from dataclasses import dataclass

import numpy as np

from openmimo.rollout.simulate.config import Workload

BLOCK = 256  # problems that are drawn at a time


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to a problem: for each its tokens, its reward (0 or 1) and the seconds it takes to judge."""

    tokens: list[int]
    rewards: list[float]
    judge_seconds: list[float]


class Drawn:
    """The problems of a workload by number, each with `size` answers.

    With `all_signal` the first half of the answers to every problem are wrong and the others right,
    so that no group is filtered out: a step without dynamic sampling, or a validation.
    """

    def __init__(self, workload: Workload, size: int, seed: int, all_signal: bool = False):
        self._workload, self._size, self._seed, self._all_signal = workload, size, seed, all_signal
        self._blocks: dict[int, list[Answers]] = {}

    def __getitem__(self, problem: int) -> Answers:
        """The answers to a problem, always the same ones."""
        number, place = divmod(problem, BLOCK)
        if number not in self._blocks:
            self._blocks[number] = self._block(number)
        return self._blocks[number][place]

    def _block(self, number: int) -> list[Answers]:
        work, shape = self._workload, (BLOCK, self._size)
        rng = np.random.default_rng((self._seed, number))
        rate_B1 = rng.beta(work.pass_rate * work.concentration, (1 - work.pass_rate) * work.concentration, (BLOCK, 1))
        problem_B1, own_BG = rng.standard_normal((BLOCK, 1)), rng.standard_normal(shape)
        draw_BG, judge_BG = rng.random(shape), rng.standard_normal(shape)
        if work.lengths:
            tokens_BG = rng.choice(np.array(work.lengths, dtype=np.float64), shape)
        else:
            deviation_BG = math.sqrt(work.shared) * problem_B1 + math.sqrt(1 - work.shared) * own_BG
            tokens_BG = work.median_tokens * np.exp(work.spread * deviation_BG)
        # Centred, so that a problem of the mean pass rate keeps its length.
        tokens_BG = tokens_BG * np.exp(work.harder_longer * (work.pass_rate - rate_B1))
        whole_BG = np.clip(np.rint(tokens_BG), 1, work.most_tokens).astype(np.int64)
        right_BG = np.arange(self._size) * 2 >= self._size if self._all_signal else draw_BG < rate_B1
        rewards_BG = np.broadcast_to(right_BG, shape).astype(np.float64)
        seconds_BG = work.judge_seconds * np.exp(work.judge_spread * judge_BG)
        return [Answers(*rows) for rows in zip(whole_BG.tolist(), rewards_BG.tolist(), seconds_BG.tolist(), strict=True)]
