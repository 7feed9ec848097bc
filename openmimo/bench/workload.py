"""What is asked in the benchmarks of decoding: seeded requests of random tokens, whose answers are as long as they may be.

Random, because the speed of decoding does not depend on what is said; and other ones for every seed,
so that no round finds the last one's prompts in anybody's prefix cache. Knows no engine under way and
no peer. Read `turns.py` next.
"""

import random
from collections.abc import Sequence

from openmimo.engine.request import Request

PROMPTS = (20, 200)  # the fewest and the most tokens of a mixed workload's prompts, and
ANSWERS = (16, 256)  # of its answers


def equal(seed: int, count: int, prompt: int, answer: int, vocabulary: int) -> list[Request]:
    """`count` requests with prompts of `prompt` tokens below `vocabulary`, and answers of `answer` tokens."""
    rng = random.Random(f"equal/{count}/{seed}")
    return [Request(_tokens(rng, prompt, vocabulary), answer) for _ in range(count)]


def mixed(seed: int, count: int, vocabulary: int, answers: tuple[int, int] = ANSWERS) -> list[Request]:
    """`count` requests with prompts of 20 to 200 tokens, and answers of the fewest to the most of `answers`, evenly spread."""
    rng = random.Random(f"mixed/{seed}")
    return [Request(_tokens(rng, rng.randint(*PROMPTS), vocabulary), rng.randint(*answers)) for _ in range(count)]


def static_batches(requests: Sequence[Request], size: int) -> list[list[Request]]:
    """The requests in batches of `size`, sorted by the length of their prompts, so that little is padded."""
    by_length = sorted(requests, key=lambda request: len(request.prompt))
    return [by_length[first : first + size] for first in range(0, len(by_length), size)]


def _tokens(rng: random.Random, count: int, vocabulary: int) -> tuple[int, ...]:
    return tuple(rng.randrange(vocabulary) for _ in range(count))
