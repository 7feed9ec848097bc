"""The records of the engine: what can be asked, and what comes back. Ids only; knows no text and no scheduling.

Read `engine.py` next.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from torch import Tensor

from openmimo.core.errors import ConfigError, InputError
from openmimo.engine.sample import Sampling

Mask = Callable[[Sequence[int]], Tensor | None]
"""Given the tokens generated so far, which may come next: a boolean tensor (V,), or None for all.

It is a function of those tokens alone: it is asked with drafts counted in that may not hold,
then about fewer tokens again, in any order where requests share it, and what it gave before
must stay as it was. If it raises, or allows nothing, its request has failed and ends; asked
with drafts it may, for then they are only dropped. It has allowed the tokens it is asked with, but for those that a thinking
budget put in; none of them is a stop token. About the place of a token that is put in it
is not asked.
"""

Top = tuple[tuple[int, float], ...]
"""The likeliest tokens of a place and their log-probabilities, best first, of equals the smaller id first."""

MOST_TOPS = 20


@dataclass(frozen=True)
class Thinking:
    """How long an answer may reason: until it has `tokens` tokens.

    Reasoning begins with the token `begin`, here or at the end of the prompt, and ends with
    `end`. Where it is still under way, or begins, at so many tokens, the engine puts
    `close` in as if the model had said it, and the model goes on from there. So 0 allows
    no reasoning, and an answer that does not reason is left alone.
    """

    tokens: int
    begin: int
    end: int
    close: tuple[int, ...]

    def __post_init__(self) -> None:
        if self.tokens < 0:
            raise ConfigError("thinking", f"{self.tokens} is not a number of tokens", "use 0 for no reasoning, or set no budget")
        if not self.close:
            raise ConfigError("close", "there is no token to end reasoning with", f"give some, among them the end {self.end}")
        if self.end not in self.close or self.begin in self.close:
            raise ConfigError("close", "does not end reasoning", f"let it hold the end {self.end}, and not the begin {self.begin}")


@dataclass(frozen=True)
class Request:
    """One prompt to go on from.

    The answer ends after a token of `stop_ids`, after `max_tokens`, or when the model's
    context is full. `group` names requests that are likely to say the same, such as the
    samples of one problem, for drafts from each other's words. With `prompt_logprobs` the
    log-probabilities of the prompt's own tokens come back, too. `thinking` bounds reasoning;
    the tokens it puts in count toward `max_tokens`, and no mask is asked about them. For
    every place that has a log-probability the `top_logprobs` likeliest tokens come back.
    """

    prompt: Sequence[int]
    max_tokens: int
    stop_ids: frozenset[int] = frozenset()
    sampling: Sampling = field(default_factory=Sampling)
    mask: Mask | None = None
    prompt_logprobs: bool = False
    group: str | None = None
    thinking: Thinking | None = None
    top_logprobs: int = 0

    def __post_init__(self) -> None:
        if self.max_tokens < 1:
            raise ConfigError("max_tokens", f"must be at least 1, not {self.max_tokens}")
        if not 0 <= self.top_logprobs <= MOST_TOPS:
            raise ConfigError("top_logprobs", f"must be from 0 to {MOST_TOPS}, not {self.top_logprobs}")
        if self.thinking and not self.stop_ids.isdisjoint(self.thinking.close):
            raise ConfigError("close", "holds a stop token, so no answer would come after it", "leave it out")


class Ending(StrEnum):
    """Why a sample ended: at a stop token, at `max_tokens` or the full context, because it was cancelled, or because its mask failed."""

    STOP = "stop"
    LENGTH = "length"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True)
class Finished:
    """A sample that has ended.

    `ids` were generated, the stop token included if one came. `logprobs` are theirs under
    the model itself, before temperature, bias, mask and filters: what one model is compared
    with another by. The policy that drew has the same ones only where none of these changes
    anything (`rl/logprob.py`). `versions` says for each token how many times weights had been loaded when it
    was drawn. `cached` tokens of the prompt were found in the prefix cache. `forced` are
    the places in `ids` of tokens that a thinking budget put in: they were not drawn, their
    log-probabilities are written as 0.0, and a policy gradient has to leave them out. `top`
    are the likeliest tokens at each place of `ids`, under the model itself as well, and
    `prompt_top` those at each place of `prompt_logprobs`; of forced tokens, and where none
    were asked for, there are none. `failure` is what went wrong if the sample failed.
    """

    id: int
    ids: tuple[int, ...]
    logprobs: tuple[float, ...]
    ending: Ending
    versions: tuple[int, ...]
    prompt_logprobs: tuple[float, ...] | None = None  # of every token of the prompt but the first
    cached: int = 0
    preempted: int = 0
    forced: tuple[int, ...] = ()
    top: tuple[Top, ...] = ()
    prompt_top: tuple[Top, ...] | None = None
    failure: Exception | None = None


@dataclass(frozen=True)
class News:
    """What a step brought one request: new tokens, those put in among them, and the whole sample once it has ended.

    `logprobs` and `top` are of each of `ids`, and `forced` the places in `ids` of those put
    in, as in `Finished`.
    """

    id: int
    ids: tuple[int, ...]
    logprobs: tuple[float, ...]
    top: tuple[Top, ...]
    forced: tuple[int, ...] = ()
    finished: Finished | None = None


@dataclass(frozen=True)
class Statistics:
    """What an engine has done so far, and what it has to do now.

    `drafted` and `accepted` are for each place of a draft how many tokens were drafted
    there and how many held. `running` and `waiting` are requests, and `cache_used` is the
    share of the cache's blocks that the running ones use.
    """

    steps: int
    tokens: int
    preemptions: int
    drafted: tuple[int, ...]
    accepted: tuple[int, ...]
    running: int
    waiting: int
    cache_used: float

    @property
    def acceptance(self) -> tuple[float, ...]:
        """For each place of a draft, how often a token drafted there held, which takes that those before it do."""
        return tuple(held / max(drafted, 1) for held, drafted in zip(self.accepted, self.drafted, strict=True))


@dataclass(eq=False)
class Live:
    """A request under way; the scheduler and the engine change it, nobody else sees it.

    `ids` are prompt and answer so far. The first `computed` of them are in the cache, in
    `blocks`; the first `shared` of those were found there. `chain` are the sealed
    blocks' content ids, `drafts` the tokens guessed to come after `ids`, and `masks` what the
    mask, if there is one, lets come after `ids` and each draft. `reasoning` says
    whether `ids` end within reasoning; it is followed where there is a budget for it.
    """

    id: int
    request: Request
    ids: list[int]
    room: int  # the most tokens that prompt and answer may have together
    blocks: list[int] = field(default_factory=list)
    chain: list[int] = field(default_factory=list)
    drafts: list[int] = field(default_factory=list)
    masks: list[Tensor | None] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    tops: list[Top] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)
    prompt_logprobs: list[tuple[float, Top]] = field(default_factory=list)  # with the likeliest tokens there
    computed: int = 0
    shared: int = 0
    cached: int = 0
    preempted: int = 0
    forced: list[int] = field(default_factory=list)
    reasoning: bool = False

    def __post_init__(self) -> None:
        self.reasoning = self._reasons_after(self.ids)

    @property
    def answer(self) -> list[int]:
        """The tokens generated so far."""
        return self.ids[len(self.request.prompt) :]

    @property
    def owed(self) -> int:
        """Tokens known and not yet in the cache: 1 while answering, more while the prompt or what was put in is being read."""
        return len(self.ids) - self.computed

    def say(self, tokens: Sequence[int], logprobs: Sequence[float], tops: Sequence[Top], version: int) -> None:
        """Add tokens to the answer."""
        self.ids += tokens
        self.logprobs += logprobs
        self.tops += tops
        self.versions += [version] * len(tokens)
        self.reasoning = self._reasons_after(tokens)

    def overdue(self, more: Sequence[int] = ()) -> bool:
        """Whether reasoning has had its tokens once `more` comes after `ids`, and goes on."""
        thinking, answered = self.request.thinking, len(self.ids) - len(self.request.prompt) + len(more)
        return thinking is not None and answered >= thinking.tokens and self._reasons_after(more)

    def close(self, version: int) -> list[int]:
        """Put in what ends reasoning that is overdue, as much of it as there is room for; give what was put in."""
        if self.request.thinking is None or not self.overdue():
            return []
        first, tokens = len(self.answer), list(self.request.thinking.close[: self.room - len(self.ids)])
        self.forced += range(first, first + len(tokens))
        self.say(tokens, [0.0] * len(tokens), [()] * len(tokens), version)
        return tokens

    def ask_mask(self) -> None:
        """Have the mask say what may come after `ids` and after each draft, and drop the drafts that cannot help.

        They end before the first that is forbidden or after which nothing will be drawn: a
        stop token, the last token that reasoning may have, or one after which the mask allows
        nothing or fails, which is an error only once it has been said. Raises `InputError`
        if nothing may come next, and whatever the mask raises about that.
        """
        if not (mask := self.request.mask):
            return
        said = self.answer
        self.masks, drafts = [mask(said)], self.drafts
        if _is_dead_end(self.masks[0]):
            raise InputError(
                f"the token mask of request {self.id} allows no token",
                "let the grammar allow the stop token where it has ended",
            )
        for place, draft in enumerate(drafts):
            allowed_V, last = self.masks[-1], draft in self.request.stop_ids or self.overdue(drafts[: place + 1])
            if last or (allowed_V is not None and not allowed_V[draft]):
                break
            said = [*said, draft]
            try:
                after_V = mask(said)
            except Exception:
                break  # only a guess: if it is what is drawn, the next step asks again and the request fails by it
            if _is_dead_end(after_V):
                break
            self.masks.append(after_V)
        self.drafts = drafts[: len(self.masks) - 1]

    def _reasons_after(self, more: Sequence[int]) -> bool:
        """Whether reasoning is under way after `more`: begun in this turn and not ended."""
        if thinking := self.request.thinking:
            for token in reversed(more):
                if token in (thinking.begin, thinking.end) or token in self.request.stop_ids:
                    return token == thinking.begin
        return self.reasoning

    def news(self, since: int, finished: Finished | None = None) -> News:
        """What was said after the first `since` tokens of the answer."""
        first = len(self.request.prompt) + since
        forced = tuple(place - since for place in self.forced if place >= since)
        return News(self.id, tuple(self.ids[first:]), tuple(self.logprobs[since:]), tuple(self.tops[since:]), forced, finished)

    def finish(self, ending: Ending, failure: Exception | None = None) -> Finished:
        """The record of the sample as it stands."""
        wished = self.request.prompt_logprobs
        return Finished(
            self.id,
            tuple(self.answer),
            tuple(self.logprobs),
            ending,
            tuple(self.versions),
            tuple(logprob for logprob, _ in self.prompt_logprobs) if wished else None,
            self.cached,
            self.preempted,
            tuple(self.forced),
            tuple(self.tops),
            tuple(top for _, top in self.prompt_logprobs) if wished and self.request.top_logprobs else None,
            failure,
        )


def _is_dead_end(allowed_V: Tensor | None) -> bool:
    return allowed_V is not None and not allowed_V.any()
