"""`/api/...`: what Ollama's clients ask for. Lines of JSON instead of events; errors are `{"error": message}`.

The body becomes that of a chat completion; thoughts are in a field `thinking` of their own.
"""

import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from typing import Any, Protocol

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from openmimo.core.errors import InputError
from openmimo.serve.asked import Asked
from openmimo.serve.card import details, shown, stamp, stored
from openmimo.serve.errors import ApiError, ollama_body_of, refused, renamed
from openmimo.serve.schema.ollama import NAMES, TAG, OllamaBody, OllamaChat, OllamaGenerate, ShowBody
from openmimo.serve.speech import Part, Speech
from openmimo.serve.spelling import spelled
from openmimo.serve.state import State, state_of
from openmimo.serve.stream import line, lines, unless_gone
from openmimo.serve.turn import Done, Said

# The version of Ollama whose dialect this is: some clients refuse to talk to one that is too
# old for what they need. `think` with a level and log-probabilities came in its 0.12.
DIALECT = "0.12.11"
router = APIRouter()


@router.get("/api/version")
async def version() -> dict[str, str]:
    """The version of the dialect."""
    return {"version": DIALECT}


@router.get("/api/tags")
async def tags(request: Request) -> dict[str, Any]:
    """What the model is called. While it is loaded, only that."""
    state = state_of(request)
    about = {**stored(state.served), "details": details(state.served)} if state.served else {}
    return {"models": [{"name": name, "model": name, **about} for name in state.ids]}


@router.post("/api/show")
async def show(body: ShowBody, request: Request) -> dict[str, Any]:
    """What the model is."""
    state = state_of(request)
    thinks = state.thinks(body.model.removesuffix(TAG))
    served, _ = state.model()
    return shown(served, thinks and served.reasons)


@router.post("/api/chat")
async def chat(body: OllamaChat, request: Request) -> Response:
    """Answer a conversation."""
    request.state.prompt = body.messages[-1].content if body.messages else ""
    if not body.messages:
        return _loaded(body, state_of(request), _message)
    return await _answer(body, request, _message)


@router.post("/api/generate")
async def generate(body: OllamaGenerate, request: Request) -> Response:
    """Answer a prompt, or go on from it as it stands."""
    request.state.prompt = body.prompt
    if not body.prompt:
        return _loaded(body, state_of(request), _response)
    return await _answer(body, request, _response)


class Words(Protocol):
    """The fields in which a dialect's object has what was said."""

    def __call__(self, content: str = "", thoughts: str = "", calls: Sequence[dict[str, Any]] = ()) -> dict[str, Any]: ...


def _message(content: str = "", thoughts: str = "", calls: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """As chats have it."""
    message: dict[str, Any] = {"role": "assistant", "content": content}
    if thoughts:
        message["thinking"] = thoughts
    if calls:
        message["tool_calls"] = list(calls)
    return {"message": message}


def _response(content: str = "", thoughts: str = "", calls: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """As texts have it, which call nothing."""
    return {"response": content, **({"thinking": thoughts} if thoughts else {})}


def _loaded(body: OllamaBody, state: State, words: Words) -> Response:
    """The answer to whoever asks for nothing, to have the model loaded: it is."""
    state.thinks(body.name)
    told = {**_head(body, state), **words(), "done": True, "done_reason": "load"}
    return JSONResponse(told) if body.stream is False else Response(line(told), media_type="application/x-ndjson")


async def _answer(body: OllamaChat | OllamaGenerate, request: Request, words: Words) -> Response:
    state = state_of(request)
    served, _ = state.model()
    if body.think and body.think != "none" and not (state.thinks(body.name) and served.reasons):
        raise refused(f"{body.name} does not support thinking", "think", "unsupported_value")
    raw = body.prompt if isinstance(body, OllamaGenerate) and body.raw else None
    try:
        asked = await Asked.of(body.chat(), state, raw)
    except (ApiError, InputError) as error:
        raise renamed(error, NAMES) from None
    reply = _Reply(body, asked, state, words)
    if body.stream is False:
        return await unless_gone(request, _whole(reply))
    return await lines(_stream(reply), lambda error: line(ollama_body_of(error)))


async def _whole(reply: "_Reply") -> JSONResponse:
    told: dict[str, Any] = {}
    async for one in reply.asked.turn.events():
        told = (reply.take(one) or [told])[-1]
    return JSONResponse(told | reply.whole())


async def _stream(reply: "_Reply") -> AsyncIterator[bytes]:
    # From before the first line: a client may leave before the second is asked for.
    with closing(reply.asked.turn):
        yield line(reply.begin())
        async for one in reply.asked.turn.events():
            for told in reply.take(one):
                yield line(told)


class _Reply:
    """An answer as it grows."""

    def __init__(self, body: OllamaBody, asked: Asked, state: State, words: Words):
        self.asked, self._body, self._state, self._words = asked, body, state, words
        self._speech = Speech(asked.tools, plain=asked.turn.wish.plain)
        self._logprobs: list[dict[str, Any]] = []
        self._told = 0  # of the log-probabilities, in a stream

    def begin(self) -> dict[str, Any]:
        """The first line, which says nothing yet: once it is sent, a client that leaves is noticed."""
        return self._line()

    def take(self, one: Said | Done) -> list[dict[str, Any]]:
        """Add what has come; the lines of a stream that say the same."""
        if isinstance(one, Said):
            tokenizer = self.asked.turn.served.loaded.tokenizer
            self._logprobs += [spelled(token, tokenizer) for token in one.tokens]
        told = [self._line(part) for part in self._speech.take(one)]
        return [*told, {**self._line(), **self._end(one)}] if isinstance(one, Done) else told

    def whole(self) -> dict[str, Any]:
        """What an answer that is not streamed has beside its end."""
        said = self._speech
        words = self._words(said.content, said.thoughts, [_call(number, call) for number, call in enumerate(said.calls)])
        return {**words, **({"logprobs": self._logprobs} if self._logprobs else {})}

    def _line(self, part: Part | None = None) -> dict[str, Any]:
        match part:
            case None:
                words = self._words()
            case Part(kind="call"):
                words = self._words(calls=[_call(part.number, part.call)])
            case Part(kind="thoughts"):
                words = self._words(thoughts=part.text)
            case _:
                words = self._words(part.text)
        fresh, self._told = self._logprobs[self._told :], len(self._logprobs)
        return {**_head(self._body, self._state), **words, "done": False, **({"logprobs": fresh} if fresh else {})}

    def _end(self, done: Done) -> dict[str, Any]:
        """How it ended, how many tokens it took and how many nanoseconds; the first token's wait is the prompt's."""
        turn, counts = self.asked.turn, done.counts
        self._state.metrics.answer(counts)
        self._state.metrics.turn(turn)
        seconds = time.perf_counter() - turn.started
        first = seconds if turn.first is None else turn.first
        return {
            "done": True,
            "done_reason": "length" if done.reason == "length" else "stop",
            "total_duration": _nanoseconds(seconds),
            "load_duration": 0,  # it was loaded before
            "prompt_eval_count": counts.prompt,
            "prompt_eval_duration": _nanoseconds(first),
            "eval_count": counts.completion,
            "eval_duration": _nanoseconds(seconds - first),
        }


def _head(body: OllamaBody, state: State) -> dict[str, Any]:
    return {"model": body.model or state.name, "created_at": stamp(time.time())}


def _call(number: int, call: dict[str, Any]) -> dict[str, Any]:
    """A call with its arguments as an object."""
    function = call["function"]
    return {"id": call["id"], "function": {"index": number, "name": function["name"], "arguments": json.loads(function["arguments"])}}


def _nanoseconds(seconds: float) -> int:
    return round(seconds * 1e9)
