"""The length budget: how many tokens an answer may have, growing on a schedule (report 3.6: 32K to 48K). Imports no torch.

Knows no model; that its context is long enough is for the run to see. The schedule is `RLConfig.longer`.
"""

from collections.abc import Sequence


def length_budget(step: int, first: int, longer: Sequence[tuple[int, int]] = ()) -> int:
    """The most tokens of an answer in `step`, counted from 1: `first`, until the last pair (step, tokens) that has begun says otherwise."""
    return next((tokens for since, tokens in reversed(longer) if step >= since), first)
