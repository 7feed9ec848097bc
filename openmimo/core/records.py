"""Plain records that pass between floors. Knows no behaviour."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """An answered question.

    `answer` is bare, without the reasoning. `checked` is True when every arithmetic
    statement of the reasoning was recomputed and holds, False when one does not, None
    when there was nothing to recompute. If the answer has Python code, that was run in the
    sandbox: False, too, when it fails or gives another value than an example of the
    question, True only when there was an example and all hold, and None when the code could
    not be checked, whatever the reasoning; `check` says in a sentence what came of it, and
    is empty for an answer without code. `tokens` were generated, `tokens_per_s` with the
    reading of the prompt counted in.
    """

    question: str
    reasoning: str
    answer: str
    checked: bool | None
    check: str
    tokens: int
    tokens_per_s: float

    def as_json(self) -> dict[str, Any]:
        """The record as `openmimo ask --json` prints it."""
        return asdict(self)
