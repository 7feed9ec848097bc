"""Streams of server-sent events or of lines, and requests whose client may go away. Knows no dialect."""

import asyncio
import json
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, TypeVar

from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from openmimo.serve.errors import ApiError, as_api_error, body_of
from openmimo.serve.turn import OutOfTime

Given = TypeVar("Given")
GONE = 499  # nginx's status for a client that went away; nobody reads it but the log
DONE = b"data: [DONE]\n\n"


def event(data: Any, name: str = "") -> bytes:
    """One event as bytes, with JSON as its data."""
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {_compact(data)}\n\n".encode()


def line(data: Any) -> bytes:
    """One line of JSON as bytes."""
    return f"{_compact(data)}\n".encode()


async def sse(chunks: AsyncIterator[bytes], end: bytes = DONE) -> StreamingResponse:
    """A stream of events that begins once its first is there, so that what fails before has its status; later failures are an event."""
    return await _streamed(chunks, "text/event-stream", lambda error: event(body_of(error)), end)


async def lines(chunks: AsyncIterator[bytes], failed: Callable[[ApiError], bytes]) -> StreamingResponse:
    """The same as lines; `failed` is the one that says that an answer failed."""
    return await _streamed(chunks, "application/x-ndjson", failed, b"")


async def _streamed(chunks: AsyncIterator[bytes], media: str, failed: Callable[[ApiError], bytes], end: bytes) -> StreamingResponse:
    first = await anext(chunks)

    async def body() -> AsyncIterator[bytes]:
        async with aclosing(chunks):  # type: ignore[type-var]
            yield first
            try:
                async for chunk in chunks:
                    yield chunk
            except Exception as error:
                yield failed(told(error))
                return
        if end:
            yield end

    return StreamingResponse(body(), media_type=media, headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})


async def unless_gone(request: Request, answer: Awaitable[Given]) -> Given | Response:
    """What `answer` gives, or an empty response if the client leaves before; `answer` is then cancelled."""
    work, gone = asyncio.ensure_future(answer), asyncio.create_task(_left(request))
    try:
        await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            return Response(status_code=GONE)
        return work.result()
    except OutOfTime as error:
        raise told(error) from None
    finally:
        for task in (work, gone):
            task.cancel()


def told(error: Exception) -> ApiError:
    """What a client is told of an error while an answer comes."""
    if isinstance(error, OutOfTime):
        return ApiError(504, "the answer took longer than this server allows; ask for fewer tokens, or stream it", "timeout")
    known = as_api_error(error)
    if known.status == 500:
        traceback.print_exception(error)  # the stream has begun, so nobody else tells of it
    return known


def _compact(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


async def _left(request: Request) -> None:
    """Return once the client has gone; its body has been read before."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
