"""`/v1/chat/completions`: whole or as a stream, with reasoning, tools, structure and log-probabilities.

Thoughts go to `reasoning` and `reasoning_content` alike, for clients are split over the
name, and never into `content`. Tool calls come one a chunk, whole, since some clients read
only the first of a chunk.
"""

import uuid
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from openmimo.serve.asked import Asked
from openmimo.serve.errors import ApiError
from openmimo.serve.schema.chat import ChatBody
from openmimo.serve.speech import Part, Speech
from openmimo.serve.spelling import spelled
from openmimo.serve.state import State, state_of
from openmimo.serve.stream import event, sse, unless_gone
from openmimo.serve.turn import Counts, Done, Said

router = APIRouter()


@router.post("/v1/chat/completions")
async def chat(body: ChatBody, request: Request) -> Response:
    """Answer a conversation."""
    state = state_of(request)
    asked = await Asked.of(body, state)
    request.state.prompt = body.messages[-1].content
    if body.stream:
        return await sse(_stream(asked, state))
    return await unless_gone(request, _whole(asked, state))


def _head(asked: Asked, kind: str) -> dict[str, Any]:
    """The fields that every object of an answer has; to be made once for each answer."""
    return {"id": f"chatcmpl-{uuid.uuid4().hex}", "object": kind, "created": asked.created, "model": asked.model}


async def _whole(asked: Asked, state: State) -> JSONResponse:
    choices = [_Choice(index, asked) for index in range(asked.turn.wish.n)]
    counts: list[Counts] = []
    async for one in asked.turn.events():
        choices[one.index].take(one)
        if isinstance(one, Done):
            counts.append(one.counts)
            state.metrics.answer(one.counts)
    state.metrics.turn(asked.turn)
    head = _head(asked, "chat.completion")
    return JSONResponse({**head, "choices": [choice.whole() for choice in choices], "usage": usage_of(counts)})


async def _stream(asked: Asked, state: State) -> AsyncIterator[bytes]:
    head, counts = _head(asked, "chat.completion.chunk"), list[Counts]()
    wants_usage = bool(asked.body.stream_options and asked.body.stream_options.include_usage)
    blank = {"usage": None} if wants_usage else {}

    def chunk(index: int, delta: dict[str, Any], **more: Any) -> bytes:
        return event({**head, "choices": [{"index": index, "delta": delta, "logprobs": None, "finish_reason": None, **more}], **blank})

    choices = [_Choice(index, asked) for index in range(asked.turn.wish.n)]
    # From before the first chunk: a client may leave before the second is asked for.
    with closing(asked.turn):
        for choice in choices:
            yield chunk(choice.index, {"role": "assistant", "content": ""})
        async for one in asked.turn.events():
            choice = choices[one.index]
            for delta in choice.take(one):
                yield chunk(one.index, delta)
            if said := choice.logprobs_since():
                yield chunk(one.index, {}, logprobs=said)
            if isinstance(one, Done):
                counts.append(one.counts)
                state.metrics.answer(one.counts)
                yield chunk(one.index, {}, finish_reason=choice.reason)
        state.metrics.turn(asked.turn)
        if wants_usage:
            yield event({**head, "choices": [], "usage": usage_of(counts)})


class _Choice:
    """One of the answers, as it grows."""

    def __init__(self, index: int, asked: Asked):
        self.index, self._asked = index, asked
        self._speech = Speech(asked.tools)
        self._logprobs: list[dict[str, Any]] = []
        self._told = 0  # of the log-probabilities, in a stream

    def take(self, one: Said | Done) -> list[dict[str, Any]]:
        """Add what has come; the deltas of a stream that say the same."""
        if isinstance(one, Said):
            tokenizer = self._asked.turn.served.loaded.tokenizer
            self._logprobs += [spelled(token, tokenizer) for token in one.tokens]
        return [_delta(part) for part in self._speech.take(one)]

    @property
    def reason(self) -> str | None:
        """Why it ended, once it has."""
        return self._speech.reason

    def logprobs_since(self) -> dict[str, Any] | None:
        """The log-probabilities that no chunk has told yet."""
        fresh, self._told = self._logprobs[self._told :], len(self._logprobs)
        return {"content": fresh, "refusal": None} if fresh else None

    def whole(self) -> dict[str, Any]:
        """The choice of an answer that is not streamed."""
        said = self._speech
        content = None if said.calls and not said.content else said.content
        message: dict[str, Any] = {"role": "assistant", "content": content, "refusal": None}
        message |= {"reasoning": said.thoughts or None, "reasoning_content": said.thoughts or None}
        if said.calls:
            message["tool_calls"] = said.calls
        wished = self._asked.body.logprobs
        return {
            "index": self.index,
            "message": message,
            "logprobs": {"content": self._logprobs, "refusal": None} if wished else None,
            "finish_reason": self.reason,
        }


def _delta(part: Part) -> dict[str, Any]:
    """A part in the words of a chunk."""
    match part.kind:
        case "thoughts":
            return {"reasoning": part.text, "reasoning_content": part.text}
        case "content":
            return {"content": part.text}
        case "call":
            return {"tool_calls": [{"index": part.number, **part.call}]}


def usage_of(counts: list[Counts]) -> dict[str, Any]:
    """The usage of a request: its prompt counts once, its answers together."""
    if not counts:
        raise ApiError(500, "no answer ended", "internal_error")
    prompt, completion = counts[0].prompt, sum(one.completion for one in counts)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": max(one.cached for one in counts)},
        "completion_tokens_details": {"reasoning_tokens": sum(one.reasoning for one in counts)},
    }
