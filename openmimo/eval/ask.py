"""What is asked of a model in an evaluation, and what it said, in text: the same for the embedded engine and for a server.

Knows no benchmark. `embedded.py` and `endpoint.py` answer; `rollout/stream.py` keeps them busy.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

Message = Mapping[str, str]
Ending = Literal["stop", "length", "cancelled", "failed"]


@dataclass(frozen=True)
class Drawing:
    """How tokens are drawn; the defaults are the report's (3.5)."""

    temperature: float = 0.6
    top_p: float = 0.95
    seed: int = 0


@dataclass(frozen=True)
class Ask:
    """One thing asked: `messages` of a dialogue, or else a `text` to go on from.

    With a `continuation` nothing is generated: wanted is its log-probability after `text`.
    `stop` are texts that end an answer and are no part of it.
    """

    messages: tuple[Message, ...] = ()
    text: str = ""
    max_tokens: int = 1024
    drawing: Drawing = field(default_factory=Drawing)
    stop: tuple[str, ...] = ()
    continuation: str = ""


@dataclass(frozen=True)
class Said:
    """What came of an ask, by the number that `submit` gave for it.

    `text` is the answer without reasoning and `reasoning` that, where the model marks it.
    `tokens` and `prompt_tokens` are None where a server does not say. `logprob` is in nats,
    over all tokens of the continuation, which are `tokens`; `greedy` whether each of them was the likeliest.
    `error` names cause and fix of an ask that failed; the others go on.
    """

    number: int
    text: str = ""
    reasoning: str = ""
    ending: Ending = "stop"
    tokens: int | None = None
    prompt_tokens: int | None = None
    seconds: float = 0.0
    logprob: float | None = None
    greedy: bool | None = None
    error: str = ""


class Answerer(Protocol):
    """A model behind whatever door: asks go in, and what was said comes out as it ends."""

    def submit(self, ask: Ask) -> int:
        """Queue an ask and give its number; one that can never be answered comes out as `failed`."""
        ...

    def finished(self) -> Iterator[Said]:
        """What was said, as it ends, until nothing is under way; more may be submitted meanwhile."""
        ...

    def cancel(self, number: int) -> None:
        """End an ask; it comes out as `cancelled` with what there is. An ended one stays as it is."""
        ...

    def close(self) -> None:
        """Let go of connections and memory."""
        ...
