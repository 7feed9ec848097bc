"""Data sets of reasoning-gym: `score_answer(answer, entry)`, where the entry is the row with its question, answer and metadata."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openmimo.verify.user.calls import Calls, Function, Sample
from openmimo.verify.user.outcome import Outcome, outcome


@dataclass(frozen=True)
class GymReward:
    """A scorer of one answer."""

    function: Function
    calls: Calls = field(default_factory=Calls)

    form = "reasoning-gym"
    batch = False
    full = 1.0

    def score(self, samples: Sequence[Sample], state: Mapping[str, Any] | None = None) -> list[Outcome]:
        """The score of each answer, bare as the scorers want it (`bare`)."""
        return [outcome(self.calls([(self.function, {"answer": bare(sample.text), "entry": dict(sample.row)})])[0]) for sample in samples]


def bare(text: str) -> str:
    """The answer of a whole text: what stands in the last `<answer>` tag, else everything after the thoughts."""
    tagged = re.findall(r"<answer>(.*?)</answer>", text, re.DOTALL)
    return (tagged[-1] if tagged else text.rpartition("</think>")[2]).strip()
