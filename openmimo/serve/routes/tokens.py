"""`/tokenize`, `/detokenize` and `/tokenizer_info`, in vLLM's form, by which evaluation harnesses need no tokenizer of their own."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from openmimo.serve.errors import refused
from openmimo.serve.schema.chat import Message
from openmimo.serve.state import state_of

router = APIRouter()


class TokenizeBody(BaseModel):
    """A text, or a conversation as the model would read it."""

    prompt: str | None = None
    messages: list[Message] | None = None
    add_generation_prompt: bool = True


class DetokenizeBody(BaseModel):
    """Ids."""

    tokens: list[Annotated[int, Field(strict=True, ge=0)]]


@router.post("/tokenize")
async def tokenize(body: TokenizeBody, request: Request) -> dict[str, Any]:
    """The ids of a text, special tokens in it being those tokens, or of a conversation."""
    served, _ = state_of(request).model()
    loaded = served.loaded
    if (body.prompt is None) == (body.messages is None):
        raise refused("give either prompt or messages", "prompt")
    if body.prompt is not None:
        ids = loaded.tokenizer.encode(body.prompt, special=True)
    else:
        messages = [message.plain(place) for place, message in enumerate(body.messages or [])]
        ids = loaded.template.encode(loaded.tokenizer, messages, body.add_generation_prompt)
    return {"count": len(ids), "max_model_len": served.room, "tokens": ids}


@router.post("/detokenize")
async def detokenize(body: DetokenizeBody, request: Request) -> dict[str, Any]:
    """The text of ids."""
    served, _ = state_of(request).model()
    tokenizer = served.loaded.tokenizer
    if wrong := [token for token in body.tokens if token >= tokenizer.vocab_size]:
        raise refused(f"there is no token {wrong[0]}; the vocabulary has {tokenizer.vocab_size}", "tokens")
    return {"prompt": tokenizer.decode(body.tokens)}


@router.get("/tokenizer_info")
async def tokenizer_info(request: Request) -> dict[str, Any]:
    """What else a client may want to know of the tokenizer."""
    served, _ = state_of(request).model()
    tokenizer = served.loaded.tokenizer
    end = tokenizer.ends[0] if tokenizer.ends else None
    return {
        "eos_token": end,
        "bos_token": tokenizer.bos or None,
        "pad_token": end,
        "vocab_size": tokenizer.vocab_size,
        "chat_template": served.loaded.template.source,
    }
