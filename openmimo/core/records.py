"""Plain records that pass between floors. Knows no behaviour."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """An answered question.

    `answer` is bare, without the reasoning. `checked` is True when every arithmetic
    statement of the reasoning was recomputed and holds, False when one does not, None
    when there was nothing to recompute. `tokens` were generated, `tokens_per_s` with the
    reading of the prompt counted in.
    """

    question: str
    reasoning: str
    answer: str
    checked: bool | None
    tokens: int
    tokens_per_s: float

    def as_json(self) -> dict[str, Any]:
        """The record as `openmimo ask --json` prints it."""
        return asdict(self)
