"""The four forms of reward code that run unchanged, and how each is told apart.

    trl             fn(prompts, completions, completion_ids, **columns) -> list       one call a batch
    verl            compute_score(data_source, solution_str, ground_truth, extra_info) -> float, or dict with `score`
    verifiers       a rubric: functions whose parameters are chosen by name (prompt, completion, answer, state, ...)
    reasoning-gym   score_answer(answer, entry) -> float

All but the last may be async. Each is a file here; they were written from those projects'
documented calls and need none of them. Runs in a worker (`worker.py`).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol, get_args

from openmimo.core.errors import InputError
from openmimo.verify.user.calls import Function, Sample, parameters
from openmimo.verify.user.gym import GymReward
from openmimo.verify.user.outcome import Outcome
from openmimo.verify.user.rubric import RubricReward, read_rubric
from openmimo.verify.user.trl import TrlReward
from openmimo.verify.user.verl import VerlReward

Form = Literal["trl", "verl", "verifiers", "reasoning-gym"]


class Reward(Protocol):
    """Reward code of some form: `batch` tells whether it wants all samples in one call, `full` is the score of a right answer."""

    @property
    def form(self) -> str:
        """One of `Form`."""

    @property
    def batch(self) -> bool:
        """Whether one call takes a whole batch."""

    @property
    def full(self) -> float:
        """The score of a right answer."""

    def score(self, samples: Sequence[Sample], state: Mapping[str, Any] | None = None) -> list[Outcome]:
        """The rewards of samples, in their order; what the user's code raises comes through."""


def recognise(found: Any, name: str, form: str | None = None, keywords: Mapping[str, Any] | None = None) -> Reward:
    """The reward code that a user's object is, by its form if that is told, else by its attributes and parameters."""
    if form is not None and form not in get_args(Form):
        raise InputError(f"there is no form of reward code {form!r}", f"choose from {', '.join(get_args(Form))}")
    if isinstance(found, type):
        raise InputError(f"{name} is a class", f"make an instance in the file, `reward = {name}()`, and name that")
    if callable(found) and getattr(found, "__name__", "") == "load_environment":
        found = found()
    found = getattr(found, "score_answer", found)
    if rubric := read_rubric(found):
        return rubric
    funcs = list(found) if isinstance(found, list | tuple) else [found]
    if not funcs or not all(map(callable, funcs)):
        raise InputError(
            f"{name} is {type(found).__name__}, not a function", "name a function, a list of functions, a rubric or a data set"
        )
    return _by_form(form or _form(funcs[0], name), funcs, dict(keywords or {}))


def _form(function: Function, name: str) -> str:
    names = set(parameters(function))
    if "solution_str" in names:
        return "verl"
    if names & {"completions", "prompts"}:
        return "trl"
    if {"answer", "entry"} <= names:
        return "reasoning-gym"
    if names & {"completion", "state"}:
        return "verifiers"
    raise InputError(
        f"{name}({', '.join(parameters(function))}) is no form of reward function known here",
        "take completions (TRL), solution_str (verl), completion (verifiers), or answer and entry (reasoning-gym); or say which form it is",
    )


def _by_form(form: str, funcs: list[Function], keywords: dict[str, Any]) -> Reward:
    if form == "trl":
        return TrlReward(funcs, keywords)
    if form == "verifiers":
        return RubricReward(funcs, [1.0] * len(funcs), keywords)
    if len(funcs) > 1:
        raise InputError(f"{len(funcs)} functions are named, and a reward of the form {form} is one", "name one of them")
    return VerlReward(funcs[0], keywords) if form == "verl" else GymReward(funcs[0])
