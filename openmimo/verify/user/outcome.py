"""What a reward function returned for one sample, made a number or a clear complaint.

Knows no form of function. Read next: `forms.py`, which calls them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """The reward of one sample. A score of None was skipped, or is a `fault` if that is not empty; `said` is what else came with it."""

    score: float | None = None
    fault: str = ""
    said: str = ""


def outcome(value: Any) -> Outcome:
    """A number, None to skip, or a dict with `score`, as an Outcome; what is no finite number is a fault, never a 0."""
    if value is None:
        return Outcome()
    if isinstance(value, dict):
        if "score" not in value:
            return Outcome(fault=f"the function returned a dict without 'score': it has {', '.join(map(str, value)) or 'nothing'}")
        inner = outcome(value["score"])
        return Outcome(inner.score, inner.fault, _said({key: rest for key, rest in value.items() if key != "score"}))
    # The single numbers of numpy and torch have an `item`, and no dimension.
    plain = value.item() if hasattr(value, "item") and getattr(value, "ndim", None) == 0 else value
    if isinstance(plain, Real):
        try:
            score = float(plain)
        except OverflowError:
            score = math.inf
        return Outcome(score) if math.isfinite(score) else Outcome(fault=f"the function returned {score}, which is no reward")
    return Outcome(fault=f"the function returned {value!r:.60} ({type(value).__name__}), not a number")


def outcomes(values: Any, wanted: int) -> list[Outcome]:
    """What a function returned for a batch; a wrong number of results is a fault of every sample."""
    if hasattr(values, "tolist"):
        values = values.tolist()
    if not isinstance(values, list | tuple):
        return [Outcome(fault=f"the function returned {type(values).__name__}, not a list with a reward for each completion")] * wanted
    if len(values) != wanted:
        return [Outcome(fault=f"the function returned {len(values)} rewards for {wanted} completions")] * wanted
    return [outcome(value) for value in values]


def weighted(parts: Sequence[Outcome], weights: Sequence[float]) -> Outcome:
    """The weighted sum of what several functions gave one sample; those that skipped it do not count, and any fault is the whole's."""
    if len(parts) == 1 and weights[0] == 1.0:
        return parts[0]
    if fault := next((part.fault for part in parts if part.fault), ""):
        return Outcome(fault=fault)
    given = [(part.score, weight) for part, weight in zip(parts, weights, strict=True) if part.score is not None]
    if not given:
        return Outcome()
    said = " + ".join(f"{weight:g} x {score:g}" for score, weight in given)
    return Outcome(math.fsum(score * weight for score, weight in given), said=said)


def _said(rest: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value!r:.40}" for key, value in rest.items() if isinstance(value, str | int | float))[:160]
