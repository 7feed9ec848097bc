"""The seed of every answer: a function of the run, the step, the problem and the answer's number, and of nothing else.

So what is drawn does not depend on what ends when (the scheduler's order, the judge, other machines).
"""

from collections import Counter
from hashlib import blake2b


def seed_of(run: int, step: int, problem: str, sample: int) -> int:
    """A seed of 63 bits; other arguments give another one."""
    return int.from_bytes(blake2b(f"{run}/{step}/{sample}/{problem}".encode(), digest_size=8).digest()) >> 1


class Seeds:
    """The seeds of one step. A problem that comes twice, as one of the easy pool may, is not answered twice in the same words."""

    def __init__(self, run: int, step: int, group_size: int):
        self._run, self._step, self._size = run, step, group_size
        self._seen: Counter[str] = Counter()

    def of_group(self, problem: str) -> tuple[int, ...]:
        """The seeds of the next group of a problem; to be asked in the order in which the problems come."""
        first = self._seen[problem] * self._size
        self._seen[problem] += 1
        return tuple(seed_of(self._run, self._step, problem, first + sample) for sample in range(self._size))
