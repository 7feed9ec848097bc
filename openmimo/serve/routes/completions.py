"""`/v1/completions`: plain text goes on, whole or as a stream; with `echo` and `logprobs` also how likely the prompt is."""

import time
import uuid
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from openmimo.serve.errors import refused
from openmimo.serve.schema.completions import CompletionBody
from openmimo.serve.schema.sampling import room_for
from openmimo.serve.spelling import finite, text_of
from openmimo.serve.state import State, state_of
from openmimo.serve.stream import event, sse, unless_gone
from openmimo.serve.turn import Counts, Done, Said, Token, Turn, Wish
from openmimo.text.tokenizer import Tokenizer

router = APIRouter()


@router.post("/v1/completions")
async def completions(body: CompletionBody, request: Request) -> Response:
    """Go on from prompts."""
    state = state_of(request)
    asked = Asked.of(body, state)
    request.state.prompt = body.prompt
    if body.stream:
        return await sse(_stream(asked, state))
    return await unless_gone(request, _whole(asked, state))


@dataclass
class Asked:
    """Completions under way, a turn for each prompt; choice `i` is of prompt `i // n`."""

    body: CompletionBody
    model: str
    turns: list[Turn]
    id: str = field(default_factory=lambda: f"cmpl-{uuid.uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    @classmethod
    def of(cls, body: CompletionBody, state: State) -> "Asked":
        """Check the whole of it, and begin with every prompt."""
        state.thinks(body.model)
        served, _ = state.model()
        prompts = body.prompts(served.loaded.tokenizer)
        if body.stream and len(prompts) > 1:
            raise refused("several prompts cannot be streamed at once", "prompt", "unsupported_value")
        sampling = body.sampling(served)
        wishes = [
            Wish(
                prompt=prompt,
                # The engine always says one token; nobody hears of one that was not asked for.
                max_tokens=max(room_for(len(prompt), body.max_tokens, served, "prompt"), 1),
                sampling=sampling,
                stop_ids=body.stop_ids(served),
                n=body.n or 1,
                stop=body.stops(),
                tops=body.logprobs,
                echo=bool(body.echo),
                plain=True,
                seconds=state.config.seconds,
            )
            for prompt in prompts
        ]
        turns: list[Turn] = []
        try:
            turns += (state.turn(wish) for wish in wishes)
        except Exception:
            for turn in turns:
                turn.close()
            raise
        return cls(body, body.model or served.name, turns)

    def head(self) -> dict[str, Any]:
        """The fields that every object of this answer has."""
        return {"id": self.id, "object": "text_completion", "created": self.created, "model": self.model}


async def _whole(asked: Asked, state: State) -> JSONResponse:
    choices, counts = [], list[list[Counts]]()
    try:
        for number, turn in enumerate(asked.turns):
            grown = [_Choice(number * turn.wish.n + index, turn, asked.body) for index in range(turn.wish.n)]
            ended = []
            async for one in turn.events():
                grown[one.index].take(one)
                if isinstance(one, Done):
                    ended.append(one.counts)
                    state.metrics.answer(one.counts)
            state.metrics.turn(turn)
            choices += [choice.whole() for choice in grown]
            counts.append(ended)
    finally:
        for turn in asked.turns:
            turn.close()
    return JSONResponse({**asked.head(), "choices": choices, "usage": _usage(counts, asked.body)})


async def _stream(asked: Asked, state: State) -> AsyncIterator[bytes]:
    (turn,) = asked.turns
    wants_usage = bool(asked.body.stream_options and asked.body.stream_options.include_usage)
    blank = {"usage": None} if wants_usage else {}
    choices, counts = [_Choice(index, turn, asked.body) for index in range(turn.wish.n)], list[Counts]()
    # From before the first chunk: a client may leave before the second is asked for.
    with closing(turn):
        async for one in turn.events():
            choice = choices[one.index]
            choice.take(one)
            if isinstance(one, Done):
                counts.append(one.counts)
                state.metrics.answer(one.counts)
            # What is said of the prompt comes at the end, so an echo with log-probabilities is told then.
            if isinstance(one, Done) or not choice.waits:
                yield event({**asked.head(), "choices": [choice.since()], **blank})
        state.metrics.turn(turn)
        if wants_usage:
            yield event({**asked.head(), "choices": [], "usage": _usage([counts], asked.body)})


class _Choice:
    """One of the answers, as it grows."""

    def __init__(self, index: int, turn: Turn, body: CompletionBody):
        self.index, self._turn, self._body = index, turn, body
        self._tokenizer = turn.served.loaded.tokenizer
        self._text = self._tokenizer.decode(turn.wish.prompt) if body.echo else ""
        self._tokens: list[Token] = []
        self._prompt: list[Token | None] = []
        self._reason: str | None = None
        self._told = [0, 0]  # characters and tokens, in a stream

    @property
    def waits(self) -> bool:
        """Whether nothing can be told yet."""
        return bool(self._body.echo) and self._body.logprobs is not None and self._reason is None

    def take(self, one: Said | Done) -> None:
        """Add what has come; nothing where no token was asked for."""
        if isinstance(one, Done):
            self._reason, self._prompt = one.reason, one.prompt_tokens
        elif self._body.max_tokens != 0:
            self._text += "".join(piece.text for piece in one.pieces)
            self._tokens += one.tokens

    def whole(self) -> dict[str, Any]:
        """The choice of an answer that is not streamed."""
        logprobs = None if self._body.logprobs is None else _legacy([*self._prompt, *self._tokens], self._turn, self._tokenizer)
        return {"index": self.index, "text": self._text, "logprobs": logprobs, "finish_reason": self._reason}

    def since(self) -> dict[str, Any]:
        """The choice of a chunk: what no chunk has told yet."""
        whole = self.whole()
        text, tokens = self._told
        self._told = [len(self._text), len(self._prompt) + len(self._tokens)]
        whole["text"] = whole["text"][text:]
        if whole["logprobs"]:
            whole["logprobs"] = {name: values[tokens:] for name, values in whole["logprobs"].items()}
        return whole


def _legacy(tokens: list[Token | None], turn: Turn, tokenizer: Tokenizer) -> dict[str, Any]:
    """Log-probabilities in the form of completions; the first token of a prompt has none."""
    texts = [text_of(token.id if token else turn.wish.prompt[0], tokenizer) for token in tokens]
    offsets, place = list[int](), 0
    for text in texts:
        offsets.append(place)
        place += len(text)
    return {
        "tokens": texts,
        "token_logprobs": [finite(token.logprob) if token else None for token in tokens],
        "top_logprobs": [{text_of(one, tokenizer): finite(logprob) for one, logprob in token.top} if token else None for token in tokens],
        "text_offset": offsets,
    }


def _usage(counts: list[list[Counts]], body: CompletionBody) -> dict[str, Any]:
    """Every prompt counts once, and all answers."""
    prompt = sum(of_prompt[0].prompt for of_prompt in counts)
    completion = 0 if body.max_tokens == 0 else sum(one.completion for of_prompt in counts for one in of_prompt)
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
