"""The fields by which any dialect of OpenAI's says how tokens are chosen, and how many."""

import random
import re
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from openmimo.engine.sample import Sampling
from openmimo.serve.errors import refused
from openmimo.serve.served import Served

TOKEN_ID = re.compile(r"[0-9]{1,9}")
Stop = str | Annotated[list[str], Field(max_length=16)] | None


class StreamOptions(BaseModel):
    """What a stream has beside the text."""

    include_usage: bool = False


class Choosing(BaseModel):
    """Fields of chat completions and of completions alike; those beyond OpenAI's are vLLM's."""

    model_config = ConfigDict(extra="ignore")

    model: str = ""
    n: int | None = Field(default=1, ge=1, le=64)
    temperature: float | None = Field(default=None, ge=0.0, le=100.0)
    top_p: float | None = Field(default=None, gt=0.0, le=1.0)
    top_k: int | None = Field(default=None, ge=-1)
    min_p: float | None = Field(default=None, ge=0.0, le=1.0)
    seed: int | None = Field(default=None, ge=-(2**63), lt=2**63)
    stop: Stop = None
    logit_bias: dict[str, float] | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    user: str | None = None
    ignore_eos: bool = False

    def stops(self) -> tuple[str, ...]:
        """The stop strings."""
        return (self.stop,) if isinstance(self.stop, str) else tuple(self.stop or ())

    def stop_ids(self, served: Served) -> frozenset[int]:
        """The tokens that end an answer."""
        return frozenset() if self.ignore_eos else served.loaded.stop_ids

    def sampling(self, served: Served) -> Sampling:
        """How to choose: what the client says, or else the model's authors, or else OpenAI (temperature 1)."""
        for name in ("presence_penalty", "frequency_penalty"):
            if getattr(self, name):
                raise refused(f"{name} is not supported", name, "unsupported_value")
        advised: dict[str, Any] = {"temperature": 1.0, **served.sampling}
        wished = {name: value for name in ("temperature", "top_p", "top_k", "min_p") if (value := getattr(self, name)) is not None}
        chosen = {**advised, **wished}
        chosen["top_k"] = max(int(chosen.get("top_k", 0)), 0)
        seed = self.seed if self.seed is not None else random.getrandbits(62)
        return Sampling(**chosen, seed=seed, logit_bias=self._bias())

    def _bias(self) -> tuple[tuple[int, float], ...]:
        bias = []
        for token, added in (self.logit_bias or {}).items():
            if not TOKEN_ID.fullmatch(token):
                raise refused(f"{token!r} is no token id", "logit_bias")
            if not -100 <= added <= 100:
                raise refused(f"the bias of token {token} is {added}, and must be from -100 to 100", "logit_bias")
            bias.append((int(token), added))
        return tuple(bias)


def room_for(prompt: int, wished: int | None, served: Served, param: str = "messages") -> int:
    """How many tokens an answer may have; refuses a prompt that fills the context, and a wish beyond it."""
    left = served.room - prompt
    if left < 1:
        raise refused(
            f"the prompt has {prompt} tokens, and the model's context has {served.room} for prompt and answer together",
            param,
            "context_length_exceeded",
        )
    if wished is not None and wished > left:
        # Clients send round numbers; what fits is answered, and a longer answer ends with "length".
        return left
    return wished or left
