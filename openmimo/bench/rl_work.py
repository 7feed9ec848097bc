"""What is asked when steps of RL are compared: sums that SmolLM2-135M sometimes gets right, and the settings that both sides share.

All sums, differences and products of numbers from 2 to 9, none left out for being too easy or too hard, in a seeded order.
Knows no side. Read `rl_vs_trl.py` next.
"""

import random
from pathlib import Path

from openmimo.bench.peers import ROOT
from openmimo.rl.config import AlgorithmConfig
from openmimo.rl.problem_set import Problem

REWARD: Path = ROOT / "peers" / "trl" / "reward.py"  # of both sides, the same file
GROUPS, SIZE = 4, 8  # of a step, with a signal or not on TRL's side, with one on ours
TOKENS = 128  # of an answer, at most
TEMPERATURE = 1.0
RATE = 1e-6
CLIP = 1.0  # of the gradient's norm
ALGORITHM = AlgorithmConfig(old_logprobs="trainer")  # what TRL does by default without vLLM: DAPO's loss, and ratios of 1
SEED = 7
ROUNDS = 8


def problems() -> list[Problem]:
    """All problems in their order; the row of each has its answer."""
    found = []
    for one in range(2, 10):
        for other in range(2, 10):
            for asked, answer in (
                (f"{one} + {other}", one + other),
                (f"{one + other} - {other}", one),
                (f"{one} * {other}", one * other),
            ):
                found.append(_problem(asked, answer))
    random.Random(SEED).shuffle(found)
    return found


def _problem(asked: str, answer: int) -> Problem:
    question = f"What is {asked}? Answer with the number only."
    return Problem(asked, ({"role": "user", "content": question},), row={"prompt": question, "answer": answer})
