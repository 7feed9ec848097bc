"""Group advantages, and which groups of answers have something to teach (report 3.3). Pure functions on plain numbers; no torch.

A group is the answers to one problem. Legend: G groups, S answers of a group.
"""

import math
from collections.abc import Sequence
from typing import Literal

from openmimo.core.errors import InputError
from openmimo.rl.config import Scale

Standing = Literal["signal", "equal", "unfit"]


def standing(rewards_S: Sequence[float | None]) -> Standing:
    """What a group is good for, exactly: `signal` if its rewards differ, `equal` if they do not, and `unfit` if one is missing.

    A reward that is None (no verdict), not a number or infinite is missing, and so are all of an empty group: its other
    answers cannot be weighed against it, and to count it as 0 would teach what no verifier said.
    """
    if not rewards_S or any(reward is None or not math.isfinite(reward) for reward in rewards_S):
        return "unfit"
    return "equal" if all(reward == rewards_S[0] for reward in rewards_S) else "signal"


def has_signal(rewards_S: Sequence[float | None]) -> bool:
    """Whether a group is trained on: False when all rewards are equal or one is missing, True for any other, as [1, 0, 0, 0]."""
    return standing(rewards_S) == "signal"


def advantages(rewards_GS: Sequence[Sequence[float | None]], scale: Scale) -> list[list[float]]:
    """How much better than its group's mean each answer is, divided by a standard deviation, all deviations of populations (ours).

    `group`: that of the answer's own group (report 3.3). `batch`: that of all centred rewards together (ScaleRL, arXiv
    2510.13786). `none`: nothing (Dr. GRPO, arXiv 2503.20783). A group of equal rewards has advantages of 0. Raises
    `InputError` for an unfit group.
    """
    centred_GS = [_centred(rewards_S, group) for group, rewards_S in enumerate(rewards_GS)]
    if scale == "none":
        return centred_GS
    if scale == "group":
        return [_divided(centred_S, _deviation(centred_S)) for centred_S in centred_GS]
    deviation = _deviation([value for centred_S in centred_GS for value in centred_S])
    return [_divided(centred_S, deviation) for centred_S in centred_GS]


def _centred(rewards_S: Sequence[float | None], group: int) -> list[float]:
    if standing(rewards_S) == "unfit":
        raise InputError(f"group {group} has a reward that is no number: {list(rewards_S)}", "leave such a group out, or judge it again")
    rewards = [reward for reward in rewards_S if reward is not None]
    if standing(rewards_S) == "equal":
        return [0.0] * len(rewards)  # exactly, whatever a sum would be rounded to
    mean = math.fsum(rewards) / len(rewards)
    return [reward - mean for reward in rewards]


def _deviation(centred: Sequence[float]) -> float:
    return math.hypot(*centred) / math.sqrt(len(centred)) if centred else 0.0


def _divided(centred_S: Sequence[float], deviation: float) -> list[float]:
    return [value / deviation for value in centred_S] if deviation else list(centred_S)
