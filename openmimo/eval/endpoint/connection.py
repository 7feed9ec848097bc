"""Requests to a server and its replies as JSON, tried again where that helps, given up where it does not.

Knows no ask and no answer; runs in one event loop. Which failures pass is in `failure.py`.
Read `endpoint.py` next.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import httpx

from openmimo.core.errors import ConfigError
from openmimo.core.log import span
from openmimo.eval.endpoint.failure import Failed, message_of, pause_s, refusal, root_of
from openmimo.eval.endpoint.form import JSON, record
from openmimo.eval.endpoint.told import Events, Told

Sleep = Callable[[float], Awaitable[None]]
HERE = frozenset({"localhost", "127.0.0.1", "::1"})
LONGEST = 400  # characters of a message that are shown
FIRST_LOOK_S = 30.0  # for the list of models, which takes no computing


@dataclass(frozen=True)
class Patience:
    """How long a server is waited for, in seconds, and how often it is tried.

    `answer_s` is for a whole answer. `silence_s` is between two portions of one: before the
    first only `answer_s` counts, for a server that does not stream says nothing until it is
    done, and neither does one that lets requests queue. Pauses begin with `first_s` and
    double to `longest_s`; a server that asks for more than `after_s` of pause gets no other
    try. After `lost` asks in a row that failed by connection, no more are tried.
    """

    connect_s: float = 10.0
    silence_s: float = 300.0
    answer_s: float = 1800.0
    tries: int = 8
    first_s: float = 1.0
    longest_s: float = 60.0
    after_s: float = 600.0
    lost: int = 8

    def __post_init__(self) -> None:
        for name in ("connect_s", "silence_s", "answer_s", "tries", "lost"):
            if getattr(self, name) <= 0:
                raise ConfigError(name, f"must be more than 0, not {getattr(self, name)}")


class Connection:
    """A server at `base`, such as http://host:8000/v1, asked with a key if there is one; the key is shown nowhere."""

    def __init__(self, base: str, key: str, concurrency: int, patience: Patience, sleep: Sleep):
        self.base, self._key, self._patience, self._sleep = base, key, patience, sleep
        self._in_row = 0  # asks that failed by connection, since the last reply
        self._gone: Failed | None = None
        self._client = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(None, connect=patience.connect_s),
            limits=httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency),
            # A proxy for the world outside has no way to a server on this machine.
            trust_env=httpx.URL(base).host not in HERE,
        )

    async def models(self) -> JSON:
        """What the server says of its models, asked once; raises `Failed`."""
        try:
            async with asyncio.timeout(FIRST_LOOK_S):
                return await self._once("GET", "/models", None, Told())
        except TimeoutError:
            raise Failed(f"{self.base}: no reply within {span(FIRST_LOOK_S)}", unreached=True) from None

    async def post(self, place: str, body: dict[str, JSON], ask: int, told: Told) -> JSON:
        """The reply to a body; raises `Failed` when trying again is over. `ask` is the number of who asks, for the pauses."""
        patience, tried = self._patience, 0
        while True:
            if self._gone:
                raise replace(self._gone)
            try:
                return await self._once("POST", place, body, told)
            except Failed as failed:
                tried += 1
                if not failed.again or tried == patience.tries or failed.after_s > patience.after_s:
                    self._count(failed)
                    raise
                pause = max(failed.after_s, pause_s(tried, ask, patience.first_s, patience.longest_s))
            await self._sleep(pause)

    async def close(self) -> None:
        """End every connection."""
        await self._client.aclose()

    def _count(self, failed: Failed) -> None:
        """Give the server up when so many asks in a row found no connection."""
        self._in_row = self._in_row + 1 if failed.unreached else 0
        if self._in_row >= self._patience.lost and not self._gone:
            self._gone = Failed(
                f"{self._in_row} asks in a row failed by connection, the last with: {failed.cause}. No more are tried",
                failed.fix,
                unreached=True,
            )

    async def _once(self, method: str, place: str, body: JSON, told: Told) -> JSON:
        """One try: the reply as JSON, or `Failed`, in which the key is not to be read even if the server says it."""
        told.begin()
        try:
            async with asyncio.timeout(self._patience.answer_s):
                reply = await self._exchange(method, place, body, told)
        except TimeoutError:
            limit = span(self._patience.answer_s)
            raise Failed(f"the answer was not whole after {limit}", "allow more time, or fewer tokens an answer") from None
        except httpx.RequestError as error:
            again = isinstance(error, httpx.TransportError)
            slow = isinstance(error, httpx.ConnectTimeout)
            cause = f"no connection within {span(self._patience.connect_s)}" if slow else root_of(error)
            fix = "check that the server runs and can be reached at this address"
            raise Failed(f"{self.base}: {self._shown(cause)}", fix, again=again, unreached=again) from None
        except Failed as failed:
            failed.cause = self._shown(failed.cause)
            raise
        self._in_row = 0
        return reply

    async def _exchange(self, method: str, place: str, body: JSON, told: Told) -> JSON:
        content = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} if content else {}
        async with (
            self._client.stream(method, self.base + place, content=content, headers=headers) as response,
            aclosing(self._pieces(response)) as pieces,
        ):
            if response.status_code == 200 and response.headers.get("content-type", "").startswith("text/event-stream"):
                reply: JSON = await self._streamed(pieces, told)
            else:
                whole = b"".join([piece async for piece in pieces])
                if response.status_code != 200:
                    raise refusal(response.status_code, response.headers, whole, datetime.now(UTC))
                reply = _read(whole)
        if record(reply).get("error"):  # some gateways say 200 and mean this
            raise Failed(f"the server says: {message_of(json.dumps(reply).encode())}")
        return reply

    async def _pieces(self, response: httpx.Response) -> AsyncGenerator[bytes, None]:
        """The body in portions as they come."""
        pieces = response.aiter_bytes()
        limit: float | None = None
        while True:
            try:
                async with asyncio.timeout(limit):
                    piece = await anext(pieces, None)
            except TimeoutError:
                raise Failed(f"the server fell silent for {span(self._patience.silence_s)} within an answer", "see its log") from None
            if piece is None:
                return
            limit = self._patience.silence_s
            yield piece

    async def _streamed(self, pieces: AsyncIterator[bytes], told: Told) -> JSON:
        events = Events()
        async for piece in pieces:
            try:
                for event in events.feed(piece):
                    told.done = told.done or event is None
                    if record(event).get("error"):
                        return event
                    told.take(event)
            except ValueError:
                raise Failed("the server's stream holds what is not JSON", "check that the address is a chat server's") from None
        if not (told.done or told.reason):
            raise Failed(f"{self.base}: the stream ended before the answer did", "see the server's log", again=True, unreached=True)
        return told.reply()

    def _shown(self, text: str) -> str:
        """A message without the key, and cut short: in this order, or a part of the key might be left at the end."""
        text = text.replace(self._key, "***") if self._key else text
        return text if len(text) <= LONGEST else text[:LONGEST] + " ..."


def _read(body: bytes) -> JSON:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Failed(
            f"the reply is not JSON: {message_of(body)}", "check that the address is that of an OpenAI-compatible server"
        ) from None
