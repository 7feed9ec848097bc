"""What a verifier says of an answer, and the count of what it said of a whole batch.

Knows no verifier. A score of None is no verdict: the verifier had nothing to say
(`skipped`) or failed itself (`fault`, `timeout`); such a sample is tried again or dropped,
never counted as 0.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["right", "wrong", "partial", "skipped", "timeout", "fault"]


@dataclass(frozen=True)
class Verdict:
    """One answer judged.

    `kind` is what came of it: right, wrong, partial (a score between), skipped (the verifier
    does not apply), timeout (it ran out of time or memory), fault (the verifier failed
    itself). `score` is the reward, None without a verdict. `layer` is the part that decided,
    `reason` says why in a few words, `gold` and `answer` are both sides as they were
    compared, `ms` is the time it took.
    """

    kind: Kind
    score: float | None
    layer: str
    reason: str
    gold: str = ""
    answer: str = ""
    ms: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether the answer is right."""
        return self.kind == "right"

    def as_json(self) -> dict[str, Any]:
        """The record as the command line prints it."""
        return {"ok": self.ok, **asdict(self)}


@dataclass(frozen=True)
class Tally:
    """What the verdicts of a batch were: how many of each kind, and what should alarm a reader."""

    kinds: dict[Kind, int]
    alarm: str = ""

    @classmethod
    def of(cls, verdicts: Iterable[Verdict], least: int = 8) -> "Tally":
        """Count a batch; the alarm is set if no verdict was reached, or if `least` or more scores are all the same."""
        seen = list(verdicts)
        kinds = Counter(verdict.kind for verdict in seen)
        scores = [verdict.score for verdict in seen if verdict.score is not None]
        return cls(dict(kinds), _alarm(len(seen), scores, kinds, least))


def _alarm(seen: int, scores: list[float], kinds: Counter[Kind], least: int) -> str:
    if seen and not scores:
        return f"no verdict on any of {seen} answers: {', '.join(f'{count} {kind}' for kind, count in kinds.items())}"
    if len(scores) >= least and len(set(scores)) == 1:
        return f"all {len(scores)} answers score {scores[0]:g}: there is nothing to learn from, or the verifier is wrong"
    return ""
