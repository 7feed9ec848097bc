"""A completion of plain text as clients ask for it."""

from typing import Annotated, Any

from pydantic import Field

from openmimo.serve.errors import refused
from openmimo.serve.schema.sampling import Choosing
from openmimo.text.tokenizer import Tokenizer

Ids = Annotated[list[Annotated[int, Field(strict=True, ge=0)]], Field(min_length=1)]
MOST_PROMPTS = 1024


class CompletionBody(Choosing):
    """The body of `/v1/completions`."""

    prompt: (
        Ids
        | Annotated[list[Ids], Field(min_length=1, max_length=MOST_PROMPTS)]
        | Annotated[list[str], Field(max_length=MOST_PROMPTS)]
        | str
    ) = ""
    max_tokens: int | None = Field(default=16, ge=0)
    echo: bool | None = False
    logprobs: int | None = Field(default=None, ge=0, le=20)
    best_of: int | None = None
    suffix: str | None = None

    def prompts(self, tokenizer: Tokenizer) -> list[list[int]]:
        """The ids of every prompt; special tokens written out in a text are those tokens."""
        if self.suffix:
            raise refused("suffix is not supported", "suffix", "unsupported_value")
        if self.best_of is not None and self.best_of != (self.n or 1):
            raise refused("best_of is not supported", "best_of", "unsupported_value")
        given = self.prompt
        prompts: list[Any] = [given] if isinstance(given, str) or (given and isinstance(given[0], int)) else given
        found = [tokenizer.encode(one, special=True) if isinstance(one, str) else list(one) for one in prompts]
        if not found or not all(found):
            raise refused("a prompt is empty", "prompt")
        return found
