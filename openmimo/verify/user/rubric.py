"""Rubrics of verifiers, single-turn: functions that get the parameters they name, and weights to sum their rewards by.

Parameters are chosen by name among prompt, completion, answer, state, task, info, parser and
other objects of the rubric, and the columns of the row. verifiers turns an exception into a
0; here it is a fault. The package is not needed: anything with the attributes will do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openmimo.core.errors import InputError
from openmimo.verify.user.calls import Calls, Function, Sample, chosen, name_of, parameters
from openmimo.verify.user.outcome import Outcome, outcome, weighted

GROUP = {"prompts", "completions", "answers", "states", "tasks", "infos"}


@dataclass(frozen=True)
class RubricReward:
    """The functions of a rubric, their weights, and the objects that they may ask for; `full` is all weights that add to the reward."""

    funcs: Sequence[Function]
    weights: Sequence[float]
    objects: Mapping[str, Any] = field(default_factory=dict)
    system_prompt: str = ""
    calls: Calls = field(default_factory=Calls)

    form = "verifiers"
    batch = False

    def __post_init__(self) -> None:
        if len(self.weights) != len(self.funcs):
            raise InputError(f"the rubric has {len(self.funcs)} functions and {len(self.weights)} weights", "give each function one weight")
        for function in self.funcs:
            if group := GROUP & set(parameters(function)):
                raise InputError(
                    f"{name_of(function)} scores a group at once (it takes {', '.join(sorted(group))})",
                    "use functions that score one completion",
                )

    @property
    def full(self) -> float:
        """The score of an answer that every function finds right."""
        return sum(weight for weight in self.weights if weight > 0) or 1.0

    def score(self, samples: Sequence[Sample], state: Mapping[str, Any] | None = None) -> list[Outcome]:
        """The weighted reward of each sample."""
        return [self._score(sample) for sample in samples]

    def _score(self, sample: Sample) -> Outcome:
        have = self._arguments(sample)
        parts = self.calls([(function, chosen(function, have, sample.row)) for function in self.funcs])
        return weighted([outcome(part) for part in parts], self.weights)

    def _arguments(self, sample: Sample) -> dict[str, Any]:
        row, prompt, completion = sample.row, sample.prompt, sample.completion
        if isinstance(prompt, str) and "prompt" not in row:
            # An environment makes a conversation of a question.
            system = [{"role": "system", "content": self.system_prompt}] if self.system_prompt else []
            prompt, completion = [*system, {"role": "user", "content": prompt}], [{"role": "assistant", "content": sample.text}]
        usual = {"answer": row.get("answer", ""), "info": row.get("info", {}), "task": row.get("task", "default")}
        have = {**row, **usual, "prompt": prompt, "completion": completion}
        return {**have, "state": {**have, "trajectory": [], "timing": {}}, **self.objects}


def read_rubric(found: Any, system_prompt: str = "") -> RubricReward | None:
    """A rubric, a group of rubrics, or an environment that has one; None if it is none of them."""
    if getattr(found, "rubric", None) is not None:
        return read_rubric(found.rubric, getattr(found, "system_prompt", None) or "")
    if isinstance(getattr(found, "rubrics", None), list | tuple):
        parts = [part for part in (read_rubric(one, system_prompt) for one in found.rubrics) if part]
        objects = {name: value for part in parts for name, value in part.objects.items()}
        return RubricReward(
            [one for part in parts for one in part.funcs], [one for part in parts for one in part.weights], objects, system_prompt
        )
    for funcs, weights in (("funcs", "weights"), ("reward_funcs", "reward_weights")):
        its = getattr(found, funcs, None)
        if isinstance(its, list | tuple) and its:
            worth = [float(weight) for weight in getattr(found, weights, None) or [1.0] * len(its)]
            parser = {"parser": found.parser} if getattr(found, "parser", None) is not None else {}
            return RubricReward(its, worth, {**parser, **(getattr(found, "class_objects", None) or {})}, system_prompt)
    return None
