"""`/v1/responses`: one turn as a list of items, whole or as a stream of typed events. It keeps nothing: all items come each time.

The body becomes that of a chat completion, and `output.py` turns the answer into items.
"""

import itertools
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from openmimo.core.errors import InputError
from openmimo.serve.asked import Asked
from openmimo.serve.errors import ApiError, renamed
from openmimo.serve.output import Output
from openmimo.serve.schema.responses import NAMES, ResponsesBody
from openmimo.serve.state import State, state_of
from openmimo.serve.stream import event, sse, told, unless_gone
from openmimo.serve.turn import Counts, Done, Said

Status = Literal["in_progress", "completed", "incomplete", "failed"]
router = APIRouter()


@router.post("/v1/responses")
async def responses(body: ResponsesBody, request: Request) -> Response:
    """Answer a conversation of items."""
    state = state_of(request)
    try:
        asked = await Asked.of(body.chat(), state)
    except (ApiError, InputError) as error:
        raise renamed(error, NAMES) from None
    request.state.prompt = body.input if isinstance(body.input, str) else body.input[-1].content
    reply = _Reply(body, asked, state)
    if body.stream:
        return await sse(_stream(reply), end=b"")
    return await unless_gone(request, _whole(reply))


async def _whole(reply: "_Reply") -> JSONResponse:
    async for one in reply.asked.turn.events():
        reply.take(one)
    return JSONResponse(reply.whole())


async def _stream(reply: "_Reply") -> AsyncIterator[bytes]:
    numbers = itertools.count()

    def numbered(fields: dict[str, Any]) -> bytes:
        return event({**fields, "sequence_number": next(numbers)}, fields["type"])

    # From before the first event: a client may leave before the second is asked for.
    with closing(reply.asked.turn):
        for kind in ("response.created", "response.in_progress"):
            yield numbered({"type": kind, "response": reply.whole()})
        try:
            async for one in reply.asked.turn.events():
                for fields in reply.take(one):
                    yield numbered(fields)
        except Exception as error:
            reply.fail(told(error))
        yield numbered({"type": f"response.{reply.status}", "response": reply.whole()})


class _Reply:
    """A response as it grows."""

    def __init__(self, body: ResponsesBody, asked: Asked, state: State):
        self.asked = asked
        self.status: Status = "in_progress"
        self._body, self._state = body, state
        self._output = Output(asked.tools, asked.turn.served.loaded.tokenizer)
        self._id = f"resp_{secrets.token_hex(24)}"
        self._counts: Counts | None = None
        self._error: ApiError | None = None

    def take(self, one: Said | Done) -> list[dict[str, Any]]:
        """Add what has come; the events of a stream that say the same."""
        if isinstance(one, Done):
            self.status = "incomplete" if one.reason == "length" else "completed"
            self._counts = one.counts
            self._state.metrics.answer(one.counts)
            self._state.metrics.turn(self.asked.turn)
        return self._output.take(one)

    def fail(self, error: ApiError) -> None:
        """Note that no more will come."""
        self.status, self._error = "failed", error

    def whole(self) -> dict[str, Any]:
        """The response as it stands, with what was asked as it was understood."""
        body, asked, wish = self._body, self.asked, self.asked.turn.wish
        ended = {
            "status": self.status,
            "completed_at": int(time.time()) if self.status == "completed" else None,
            "error": {"code": "server_error", "message": self._error.message} if self._error else None,
            "incomplete_details": {"reason": "max_output_tokens"} if self.status == "incomplete" else None,
            "output": self._output.items,
            "usage": _usage(self._counts) if self._counts else None,
        }
        return {
            "id": self._id,
            "object": "response",
            "created_at": asked.created,
            "model": asked.model,
            **ended,
            "instructions": body.instructions,
            "max_output_tokens": body.max_output_tokens,
            "max_tool_calls": body.max_tool_calls,
            "metadata": body.metadata or {},
            "parallel_tool_calls": body.parallel_tool_calls is not False,
            "previous_response_id": None,
            "prompt_cache_key": body.prompt_cache_key,
            "safety_identifier": body.safety_identifier,
            "reasoning": {"effort": asked.body.reasoning_effort, "summary": None},
            "temperature": wish.sampling.temperature,
            "top_p": wish.sampling.top_p,
            "presence_penalty": 0.0,
            "frequency_penalty": 0.0,
            "text": {"format": _format(body)},
            "tool_choice": body.choice,
            "tools": [tool.model_dump() for tool in body.tools or []],
            "top_logprobs": body.top_logprobs or 0,
            "user": body.user,
            # Whatever was asked for, this is how it is done here.
            "background": False,
            "service_tier": "default",
            "store": False,
            "truncation": "disabled",
        }


def _format(body: ResponsesBody) -> dict[str, Any]:
    """The form of the text, as it was asked for."""
    wanted = body.text.format if body.text else None
    if wanted is None or wanted.type != "json_schema":
        return {"type": wanted.type if wanted else "text"}
    return {**wanted.model_dump(by_alias=True), "name": wanted.name or "schema"}


def _usage(counts: Counts) -> dict[str, Any]:
    return {
        "input_tokens": counts.prompt,
        # What of the prompt was not found in the cache was computed, and is there now.
        "input_tokens_details": {"cached_tokens": counts.cached, "cache_write_tokens": counts.prompt - counts.cached},
        "output_tokens": counts.completion,
        "output_tokens_details": {"reasoning_tokens": counts.reasoning},
        "total_tokens": counts.prompt + counts.completion,
    }
