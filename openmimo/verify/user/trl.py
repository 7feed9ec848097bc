"""Reward functions of TRL, as its GRPOTrainer (1.x) calls them: `fn(prompts, completions, completion_ids, **columns)`.

All columns of the data set come as lists under their names; a list of numbers comes back,
None for what the function does not apply to. `trainer_state` and `completion_ids` are passed
if the caller has them, `log_metric` and `log_extra` always. Knows no processes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from openmimo.core.errors import InputError
from openmimo.verify.user.calls import Calls, Function, Sample, chosen
from openmimo.verify.user.outcome import Outcome, outcomes, weighted


@dataclass(frozen=True)
class TrlReward:
    """One function or several, whose rewards are then summed up with None left out, as the trainer does.

    `keywords` are passed besides; `full` is 1 for each function.
    """

    funcs: Sequence[Function]
    keywords: Mapping[str, Any] = field(default_factory=dict)
    calls: Calls = field(default_factory=Calls)

    form = "trl"
    batch = True

    @property
    def full(self) -> float:
        """The score of an answer that every function finds right."""
        return float(len(self.funcs))

    def score(self, samples: Sequence[Sample], state: Mapping[str, Any] | None = None) -> list[Outcome]:
        """One call of each function for the whole batch; async functions run together."""
        metrics: dict[str, Any] = {}
        have = self._arguments(samples, state) | {"log_extra": _ignore, "log_metric": metrics.__setitem__}
        parts = self.calls([(function, chosen(function, have, samples[0].row)) for function in self.funcs])
        columns = [outcomes(part, len(samples)) for part in parts]
        whole = [weighted(row, [1.0] * len(row)) for row in zip(*columns, strict=True)]
        said = ", ".join(f"{name} {value:g}" for name, value in metrics.items() if isinstance(value, int | float))
        return [Outcome(one.score, one.fault, ", ".join(filter(None, (one.said, said)))) for one in whole]

    def _arguments(self, samples: Sequence[Sample], state: Mapping[str, Any] | None) -> dict[str, Any]:
        names = [name for name in samples[0].row if name not in ("prompt", "completion", "completion_ids")]
        for place, sample in enumerate(samples):
            if missing := [name for name in names if name not in sample.row]:
                raise InputError(
                    f"row {place + 1} of the batch has no column {missing[0]!r}, and row 1 has", "give all rows the same columns"
                )
        have: dict[str, Any] = {name: [sample.row[name] for sample in samples] for name in names}
        have |= {"completions": [sample.completion for sample in samples], **self.keywords}
        if all(sample.prompt is not None for sample in samples):
            have["prompts"] = [sample.prompt for sample in samples]
        if all(sample.ids is not None for sample in samples):
            have["completion_ids"] = [list(sample.ids or ()) for sample in samples]
        return have | ({"trainer_state": SimpleNamespace(**state)} if state is not None else {})


def _ignore(*_: Any) -> None:
    """`log_extra` fills a column of the trainer's table of completions; there is no such table here."""
