"""The records of the engine: what can be asked, and what comes back. Ids only; knows no text and no scheduling.

Read `engine.py` next.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from torch import Tensor

from openmimo.core.errors import ConfigError
from openmimo.engine.sample import Sampling

Mask = Callable[[Sequence[int]], Tensor | None]
"""Given the tokens generated so far, which may come next: a boolean tensor (V,), or None for all."""


@dataclass(frozen=True)
class Request:
    """One prompt to go on from.

    The answer ends after a token of `stop_ids`, after `max_tokens`, or when the model's
    context is full. `group` names requests that are likely to say the same, such as the
    samples of one problem, for drafts from each other's words. With `prompt_logprobs` the
    log-probabilities of the prompt's own tokens come back, too.
    """

    prompt: Sequence[int]
    max_tokens: int
    stop_ids: frozenset[int] = frozenset()
    sampling: Sampling = field(default_factory=Sampling)
    mask: Mask | None = None
    prompt_logprobs: bool = False
    group: str | None = None

    def __post_init__(self) -> None:
        if self.max_tokens < 1:
            raise ConfigError("max_tokens", f"must be at least 1, not {self.max_tokens}")


class Ending(StrEnum):
    """Why a sample ended: at a stop token, at `max_tokens` or the full context, or because it was cancelled."""

    STOP = "stop"
    LENGTH = "length"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Finished:
    """A sample that has ended.

    `ids` were generated, the stop token included if one came. `logprobs` are theirs under
    the model itself, before temperature, bias, mask and filters: what a policy gradient
    needs. `versions` says for each token how many times weights had been loaded when it
    was drawn. `cached` tokens of the prompt were found in the prefix cache.
    """

    id: int
    ids: tuple[int, ...]
    logprobs: tuple[float, ...]
    ending: Ending
    versions: tuple[int, ...]
    prompt_logprobs: tuple[float, ...] | None = None  # of every token of the prompt but the first
    cached: int = 0
    preempted: int = 0


@dataclass(frozen=True)
class News:
    """What a step brought one request: new tokens, and the whole sample once it has ended."""

    id: int
    ids: tuple[int, ...]
    finished: Finished | None = None


@dataclass(frozen=True)
class Statistics:
    """What an engine has done so far: for each place of a draft, how many tokens were drafted there and how many held."""

    steps: int
    tokens: int
    preemptions: int
    drafted: tuple[int, ...]
    accepted: tuple[int, ...]

    @property
    def acceptance(self) -> tuple[float, ...]:
        """For each place of a draft, how often a token drafted there held, which takes that those before it do."""
        return tuple(held / max(drafted, 1) for held, drafted in zip(self.accepted, self.drafted, strict=True))


@dataclass(eq=False)
class Live:
    """A request under way; the scheduler and the engine change it, nobody else sees it.

    `ids` are prompt and answer so far. The first `computed` of them are in the cache, in
    `blocks`; the first `shared` of those were found there. `chain` are the sealed
    blocks' content ids, `drafts` the tokens guessed to come after `ids`.
    """

    id: int
    request: Request
    ids: list[int]
    room: int  # the most tokens that prompt and answer may have together
    blocks: list[int] = field(default_factory=list)
    chain: list[int] = field(default_factory=list)
    drafts: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)
    prompt_logprobs: list[float] = field(default_factory=list)
    computed: int = 0
    shared: int = 0
    cached: int = 0
    preempted: int = 0

    @property
    def answer(self) -> list[int]:
        """The tokens generated so far."""
        return self.ids[len(self.request.prompt) :]

    @property
    def owed(self) -> int:
        """Tokens known and not yet in the cache: 1 while answering, more while the prompt is being read."""
        return len(self.ids) - self.computed

    def finish(self, ending: Ending) -> Finished:
        """The record of the sample as it stands."""
        wished = tuple(self.prompt_logprobs) if self.request.prompt_logprobs else None
        return Finished(
            self.id, tuple(self.answer), tuple(self.logprobs), ending, tuple(self.versions), wished, self.cached, self.preempted
        )
