"""How slow this machine is beside the one that limits of CPU time are meant for. Knows no problem.

Limits are stretched by the factor, so that a verdict does not hang on the machine; a faster
machine does not shrink them.
"""

import statistics

from openmimo.verify.judge.slot import Slot
from openmimo.verify.sandbox.sandbox import Limits

# A loop of plain Python, as most programs of problems are.
PROGRAM = "total = 0\nfor i in range(200000):\n    total += i * i % 7\nprint(total)"
REFERENCE = 0.020  # CPU seconds of it on the machine this was written on: two shared cores of an AMD EPYC, Python 3.11
MOST = 8.0
ROUNDS = 3


def machine_factor(slot: Slot) -> float:
    """How many times longer this machine takes, at least 1 and at most MOST. Raises `SandboxDied`."""
    limits = Limits(10.0, 20.0, 1 << 30, 1 << 20)
    seconds = [slot.run_program(PROGRAM, 0, limits).ended.cpu for _ in range(ROUNDS)]
    return min(max(statistics.median(seconds) / REFERENCE, 1.0), MOST)
