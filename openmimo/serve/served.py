"""The model that is served: what it is called, and how a conversation becomes a prompt.

A model that can reason has two ids: its own, and one with `-nothink` for clients that have
no switch. Knows no HTTP. Read `turn.py` next.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from openmimo.core.errors import InputError
from openmimo.engine.load import Loaded
from openmimo.engine.request import Thinking
from openmimo.engine.session import thinking_of
from openmimo.text.special import THINK, THINK_END

NO_THINK = "-nothink"


@dataclass(frozen=True)
class Served:
    """A loaded model under a name, with the time it was loaded at (Unix seconds)."""

    name: str
    loaded: Loaded
    created: int
    room: int  # the most tokens that prompt and answer may have together
    sampling: Mapping[str, float]  # what the model's authors recommend

    @cached_property
    def reasons(self) -> bool:
        """Whether the model's tokenizer has the tags of reasoning."""
        return None not in (self.loaded.tokenizer.id_of(THINK), self.loaded.tokenizer.id_of(THINK_END))

    @property
    def ids(self) -> list[str]:
        """What clients may call the model."""
        return ids_of(self.name) if self.reasons else [self.name]

    def thinks(self, model: str) -> bool | None:
        """Whether an id asks for reasoning; None for an id that is not this model's."""
        return {self.name: True, f"{self.name}{NO_THINK}": False}.get(model) if model in self.ids else None

    def thinking(self, think: bool, budget: int | None) -> Thinking | None:
        """The bound on reasoning; none where it is not bounded, or there is nothing to bound."""
        if think and budget is None:
            return None
        if not self.reasons:
            if think:
                thinking_of(self.loaded, 0)  # says that this model has no reasoning to bound
            return None
        return thinking_of(self.loaded, budget if think and budget is not None else 0)

    def prompt(self, messages: Sequence[Mapping[str, Any]], think: bool, extras: Mapping[str, Any]) -> list[int]:
        """The ids of a conversation, ready for the model's turn; `InputError` where there is none or the template refuses it."""
        if not messages:
            raise InputError("there is no message", "give at least one")
        return self.loaded.template.encode(self.loaded.tokenizer, messages, enable_thinking=think, **extras)

    def begins_reasoning(self, prompt: Sequence[int]) -> bool:
        """Whether a prompt ends within reasoning, because its template has opened it."""
        begin, end = self.loaded.tokenizer.id_of(THINK), self.loaded.tokenizer.id_of(THINK_END)
        turns = {begin, end, *self.loaded.stop_ids}
        return next((token == begin for token in reversed(prompt) if token in turns), False)


def ids_of(name: str) -> list[str]:
    """The ids of a model that reasons."""
    return [name, f"{name}{NO_THINK}"]
