"""Clients of an OpenAI-compatible server, in a closed loop: each asks, hears its answer to the end, and asks the next thing.

They stream, and note when a request was sent, when its first text came and when its last; tokens are as many as the server
says. Knows no server of ours and no ratio. Read `serve_work.py` for what is asked, `servers.py` for who is.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httpx

from openmimo.core.errors import OpenMimoError
from openmimo.eval.endpoint.form import JSON, first, record
from openmimo.eval.endpoint.told import Events

SILENCE = 600.0  # seconds without a byte, after which a server counts as hung
SHOWN = 500  # characters of a refusal
FIX = "see the server's log"


@dataclass(frozen=True)
class Chat:
    """A dialogue, and how many tokens its answer is to have."""

    messages: tuple[Mapping[str, str], ...]
    tokens: int


@dataclass(frozen=True)
class Answer:
    """When it was asked for, when its first text came and when it ended, in seconds of one clock; tokens of its prompt and of itself."""

    asked: float
    first: float
    ended: float
    prompt: int
    tokens: int

    @property
    def to_first(self) -> float:
        """Seconds from the request to the first text."""
        return self.first - self.asked

    @property
    def between(self) -> float:
        """Seconds from one token to the next, on average over the answer: servers may send several in one piece."""
        return (self.ended - self.first) / max(self.tokens - 1, 1)


def closed_loop(
    url: str, model: str, chats: Sequence[Chat], clients: int, wishes: Mapping[str, JSON] | None = None, silence: float = SILENCE
) -> list[Answer]:
    """The answers to `chats`, greedy and in their order, with so many clients under way.

    `url` is such as http://127.0.0.1:8000/v1, and `wishes` are what else every request says. Raises `OpenMimoError` if the server
    refuses a request, breaks off, does not count its tokens, or says nothing for `silence` seconds.
    """
    bodies = [{**_body(model, chat), **(wishes or {})} for chat in chats]
    try:
        return asyncio.run(_all(url, bodies, clients, silence))
    except httpx.HTTPError as error:
        raise OpenMimoError(f"the connection to {url} failed: {type(error).__name__} {error}".rstrip(), FIX) from None


def _body(model: str, chat: Chat) -> dict[str, JSON]:
    return {
        "model": model,
        "messages": [dict(message) for message in chat.messages],
        "max_tokens": chat.tokens,
        "temperature": 0,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


async def _all(url: str, bodies: Sequence[JSON], clients: int, silence: float) -> list[Answer]:
    answers: dict[int, Answer] = {}
    left = iter(enumerate(bodies))
    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
    # Its proxies are not asked: there is none on the way to a server of this machine.
    async with httpx.AsyncClient(base_url=url, timeout=silence, limits=limits, trust_env=False) as client:

        async def one() -> None:
            for place, body in left:
                answers[place] = await _answer(client, body)

        await asyncio.gather(*(one() for _ in range(clients)))
    return [answers[place] for place in range(len(bodies))]


async def _answer(client: httpx.AsyncClient, body: JSON) -> Answer:
    heard, events = _Heard(time.perf_counter()), Events()
    async with client.stream("POST", "/chat/completions", json=body) as response:
        if response.status_code != 200:
            said = (await response.aread()).decode("utf-8", "replace")
            raise OpenMimoError(f"the server refused a request with {response.status_code}: {said[:SHOWN]}", FIX)
        async for piece in response.aiter_bytes():
            now = time.perf_counter()
            try:
                for event in events.feed(piece):
                    heard.take(record(event), now)
            except ValueError:
                raise OpenMimoError(f"the server's stream holds what is not JSON: {piece[:SHOWN]!r}", FIX) from None
    return heard.answer()


@dataclass
class _Heard:
    """Of an answer so far."""

    asked: float
    first: float | None = None
    ended: float | None = None
    usage: JSON = None

    def take(self, event: dict[str, JSON], now: float) -> None:
        """Note what an event brings that came `now`; `OpenMimoError` if it says that something failed."""
        if event.get("error"):
            raise OpenMimoError(f"the server failed within an answer: {str(event['error'])[:SHOWN]}", FIX)
        choice = first(event.get("choices"))
        delta = record(choice.get("delta"))
        if self.first is None and any(delta.get(name) for name in ("content", "reasoning_content", "reasoning")):
            self.first = now
        if choice.get("finish_reason"):
            # Not the last text: the last tokens of an answer may have none, such as the end of a turn that was to be ignored.
            self.ended = now
        self.usage = event.get("usage") or self.usage

    def answer(self) -> Answer:
        """All of it; `OpenMimoError` if something is missing."""
        prompt, tokens = (record(self.usage).get(name) for name in ("prompt_tokens", "completion_tokens"))
        if self.first is None or self.ended is None:
            raise OpenMimoError("a stream ended without a text, or before the answer did", FIX)
        if not isinstance(prompt, int) or not isinstance(tokens, int):
            raise OpenMimoError(
                "the server does not say how many tokens it read and wrote", "measure one that has stream_options.include_usage"
            )
        return Answer(self.asked, self.first, self.ended, prompt, tokens)
