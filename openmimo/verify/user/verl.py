"""Reward files of verl: `compute_score(data_source, solution_str, ground_truth, extra_info)`, a number or a dict with `score`.

The keywords are those of its naive reward manager. Knows no processes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openmimo.verify.user.calls import Calls, Function, Sample, chosen
from openmimo.verify.user.outcome import Outcome, outcome


@dataclass(frozen=True)
class VerlReward:
    """A function that scores one sample, sync or async; `keywords` are passed besides (`reward_kwargs` there)."""

    function: Function
    keywords: Mapping[str, Any] = field(default_factory=dict)
    calls: Calls = field(default_factory=Calls)

    form = "verl"
    batch = False
    full = 1.0

    def score(self, samples: Sequence[Sample], state: Mapping[str, Any] | None = None) -> list[Outcome]:
        """The score of each sample."""
        return [outcome(self.calls([(self.function, chosen(self.function, self._arguments(sample), sample.row))])[0]) for sample in samples]

    def _arguments(self, sample: Sample) -> dict[str, Any]:
        """The ground truth is looked for where verl and SkyRL have it, then in a column of its own, then in `answer`."""
        row = sample.row
        nested = [row[name] for name in ("reward_model", "reward_spec") if isinstance(row.get(name), dict)]
        truths = [inner["ground_truth"] for inner in (*nested, row) if "ground_truth" in inner]
        truths += [row["answer"]] if "answer" in row else []
        # These two are put there by verl's reward manager, not by the data set.
        extra = {"num_turns": None, "rollout_reward_scores": {}, **(row.get("extra_info") or {})}
        have = {"solution_str": sample.text, "extra_info": extra, **self.keywords}
        return (
            have | ({"ground_truth": truths[0]} if truths else {}) | ({"data_source": row["data_source"]} if "data_source" in row else {})
        )
