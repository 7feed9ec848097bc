"""One answer as it comes: the engine's tokens as reasoning, text, code and tool calls, and how it ended.

What all dialects have in common; `routes/` put it in the words of each. Knows no HTTP.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from openmimo.engine.request import Ending, Mask, News, Request, Thinking
from openmimo.engine.sample import Sampling
from openmimo.engine.session import Letters
from openmimo.serve.served import Served
from openmimo.serve.worker import EngineWorker, Following
from openmimo.text.reasoning import Piece, ReasoningParser
from openmimo.text.special import THINK, THINK_END

Reason = Literal["stop", "length", "tool_calls"]


@dataclass(frozen=True)
class Wish:
    """What is asked of the model: `n` answers to a prompt.

    `plain` gives the text as it is, tags and all. `tops` are the likeliest tokens wished
    for at each place, None for no log-probabilities. `stop_ids` end an answer. `masks` are
    one for each answer, if any; `formed` says that they hold the answer itself to a form.
    """

    prompt: Sequence[int]
    max_tokens: int
    sampling: Sampling
    stop_ids: frozenset[int]
    n: int = 1
    stop: tuple[str, ...] = ()
    thinking: Thinking | None = None
    masks: Sequence[Mask] = ()
    formed: bool = False
    tops: int | None = None
    echo: bool = False
    plain: bool = False
    seconds: float = 600.0


@dataclass(frozen=True)
class Token:
    """A token that was said, its log-probability, and the likeliest ones at its place."""

    id: int
    logprob: float
    top: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Said:
    """What has come of answer `index` since the last time; `tokens` are those that the model said outside reasoning."""

    index: int
    pieces: list[Piece]
    tokens: list[Token]


@dataclass(frozen=True)
class Counts:
    """Tokens of one answer, for the usage."""

    prompt: int
    completion: int
    reasoning: int
    cached: int


@dataclass(frozen=True)
class Done:
    """How answer `index` ended."""

    index: int
    reason: Reason
    counts: Counts
    prompt_tokens: list[Token | None] = field(default_factory=list)  # of a wish to echo with log-probabilities; the first has none


class OutOfTime(Exception):
    """An answer took longer than it may."""


class Turn:
    """The answers to a wish: `async for event in turn.events()`; leaving it ends them within a step."""

    def __init__(self, worker: EngineWorker, served: Served, wish: Wish):
        """Submits at once; raises what `EngineWorker.follow` raises."""
        self.wish, self.served, self.started = wish, served, time.perf_counter()
        # Answers of one wish are likely to share words.
        group = f"{id(self)}" if wish.n > 1 else None
        self.answers = [_Answer(index, served, wish) for index in range(wish.n)]
        requests = [
            Request(
                prompt=list(wish.prompt),
                max_tokens=wish.max_tokens,
                stop_ids=wish.stop_ids,
                sampling=replace(wish.sampling, seed=wish.sampling.seed + index),
                mask=wish.masks[index] if wish.masks else None,
                prompt_logprobs=wish.echo and wish.tops is not None,
                group=group,
                thinking=wish.thinking,
                top_logprobs=wish.tops or 0,
            )
            for index in range(wish.n)
        ]
        self.followed = worker.follow(requests)
        self.first: float | None = None  # seconds until the first token
        self.gaps: list[float] = []  # seconds between tokens that came later

    async def events(self) -> AsyncIterator[Said | Done]:
        """What comes of all answers, in the order in which it comes; raises `OutOfTime`, `Stopped`, and whatever an answer failed with."""
        heard: asyncio.Queue[tuple[_Answer, list[News] | Exception]] = asyncio.Queue()
        readers = [
            asyncio.create_task(_read(following, answer, heard)) for following, answer in zip(self.followed, self.answers, strict=True)
        ]
        try:
            async with asyncio.timeout(self.wish.seconds):
                running, last = len(self.answers), self.started
                while running:
                    answer, news = await heard.get()
                    if isinstance(news, Exception):
                        raise news
                    now = time.perf_counter()
                    self._time(now, last, sum(len(one.ids) for one in news))
                    last = now
                    for event in answer.hear(news):
                        running -= isinstance(event, Done)
                        yield event
                    if answer.over:
                        self.followed[answer.index].close()
        except TimeoutError:
            raise OutOfTime from None
        finally:
            for reader in readers:
                reader.cancel()
            self.close()

    def close(self) -> None:
        """End what is still under way, within a step."""
        for following in self.followed:
            following.close()

    def _time(self, now: float, last: float, tokens: int) -> None:
        if self.first is None:
            self.first = now - self.started
        elif tokens:
            self.gaps += [(now - last) / tokens] * tokens


class _Answer:
    """One of the answers under way: tokens in, events out."""

    def __init__(self, index: int, served: Served, wish: Wish):
        self.index, self.wish, self.over = index, wish, False
        tokenizer = served.loaded.tokenizer
        self._letters = Letters(served.loaded, wish.stop)
        self._reasoning = not wish.plain and served.begins_reasoning(wish.prompt)
        self._parser = None if wish.plain else ReasoningParser(self._reasoning, fences=True, formed=wish.formed, tidy=True)
        self._begin, self._end = tokenizer.id_of(THINK), tokenizer.id_of(THINK_END)
        self._tokens = self._thought = 0
        self._called = False

    def hear(self, news: list[News]) -> list[Said | Done]:
        """What the news mean; nothing once it is over. Raises what the answer failed with."""
        if self.over:
            return []
        pieces: list[Piece] = []
        tokens: list[Token] = []
        ending: News | None = None
        for one in news:
            for place, token in enumerate(one.ids):
                if self._letters.ended:
                    break
                self._tokens += 1
                told = self._follow_reasoning(token) and token not in self.wish.stop_ids and place not in one.forced
                if self.wish.tops is not None and told:
                    tokens.append(Token(token, one.logprobs[place], one.top[place] if one.top else ()))
                pieces += self._feed(self._letters.feed([token]))
            ending = one if one.finished else ending
        if ending and ending.finished and ending.finished.failure and not self._letters.ended:
            raise ending.finished.failure
        # What is said of the prompt comes at the very end.
        self.over = ending is not None or (self._letters.ended and not self.wish.echo)
        if self.over:
            pieces += self._feed(self._letters.flush())
            pieces += self._parser.end() if self._parser else []
        self._called = self._called or any(piece.kind == "tool_call" for piece in pieces)
        events: list[Said | Done] = [Said(self.index, pieces, tokens)] if pieces or tokens else []
        return [*events, self._done(ending)] if self.over else events

    def _feed(self, text: str) -> list[Piece]:
        if self._parser:
            return self._parser.feed(text)
        return [Piece("answer", text)] if text else []

    def _follow_reasoning(self, token: int) -> bool:
        """Count a token; whether it is outside reasoning, of which its tags are a part."""
        if self.wish.plain:
            return True
        if token == self._begin:
            self._reasoning = True
        inside = self._reasoning
        self._thought += inside
        if token == self._end:
            self._reasoning = False
        return not inside and token != self._end

    def _done(self, ending: News | None) -> Done:
        finished = ending.finished if ending else None
        cut = finished is not None and finished.ending is Ending.LENGTH and not self._letters.ended
        reason: Reason = "length" if cut else "tool_calls" if self._called else "stop"
        counts = Counts(len(self.wish.prompt), self._tokens, self._thought, finished.cached if finished else 0)
        prompt: list[Token | None] = []
        if finished and finished.prompt_logprobs is not None:
            tops = finished.prompt_top or ((),) * len(finished.prompt_logprobs)
            later = zip(self.wish.prompt[1:], finished.prompt_logprobs, tops, strict=True)
            prompt = [None, *(Token(token, logprob, top) for token, logprob, top in later)]
        return Done(self.index, reason, counts, prompt)


async def _read(following: Following, answer: _Answer, heard: "asyncio.Queue[tuple[_Answer, list[News] | Exception]]") -> None:
    """Pass on what one of the answers says."""
    try:
        async for news in following:
            heard.put_nowait((answer, news))
    except Exception as failure:
        heard.put_nowait((answer, failure))
