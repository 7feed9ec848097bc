"""A chat completion as clients ask for it: messages, tools, structure and reasoning."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from openmimo.serve.errors import refused
from openmimo.serve.schema.sampling import Choosing

Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
ROLES = {"developer": "system", "function": "tool"}  # newer and older names


class Part(BaseModel):
    """A part of a message's content."""

    model_config = ConfigDict(extra="allow")

    type: str
    text: str | None = None


class Message(BaseModel):
    """A message of the conversation. Thoughts of earlier turns may be there, and are not shown to the model again."""

    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None
    tool_calls: list[dict[str, Any]] | None = None
    tool_call_id: str | None = None
    name: str | None = None

    def plain(self, place: int) -> dict[str, Any]:
        """The message as templates read it; refuses what is not text."""
        content = text_of(self.content, f"messages.{place}.content")
        message: dict[str, Any] = {"role": ROLES.get(self.role, self.role), "content": content}
        if self.tool_calls:
            message["tool_calls"] = self.tool_calls
        if self.role == "tool" and self.name:
            message["name"] = self.name
        return message


def text_of(content: str | list[Part] | None, field: str) -> str:
    """The text of a message's content, which stands in `field` of the request; refuses parts that are not text."""
    if not isinstance(content, list):
        return content or ""
    for number, part in enumerate(content):
        if part.type not in ("text", "input_text", "output_text", "refusal"):
            raise refused(f"the model reads text only, no {part.type}", f"{field}.{number}", "unsupported_value")
    return "\n".join(part.text or "" for part in content)


class ResponseFormat(BaseModel):
    """The form that an answer must have."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["text", "json_object", "json_schema"]
    json_schema: dict[str, Any] | None = None


class StructuredOutputs(BaseModel):
    """vLLM's field for forms that OpenAI has no name for."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    regex: str | None = None
    schema_: dict[str, Any] | None = Field(default=None, alias="json")


class ChatBody(Choosing):
    """The body of `/v1/chat/completions`."""

    messages: Annotated[list[Message], Field(min_length=1)]
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    logprobs: bool | None = False
    top_logprobs: int | None = Field(default=None, ge=0, le=20)
    tools: list[dict[str, Any]] | None = None
    tool_choice: str | dict[str, Any] | None = None
    parallel_tool_calls: bool | None = True
    response_format: ResponseFormat | None = None
    structured_outputs: StructuredOutputs | None = None
    reasoning_effort: Effort | None = None
    thinking_budget: int | None = Field(default=None, ge=0)
    chat_template_kwargs: dict[str, Any] | None = None

    @property
    def most(self) -> int | None:
        """The most tokens of an answer, reasoning included, under either name."""
        return self.max_completion_tokens if self.max_completion_tokens is not None else self.max_tokens

    def tops(self) -> int | None:
        """How many likely tokens are wished for at each place; None for no log-probabilities."""
        if self.top_logprobs and not self.logprobs:
            raise refused("top_logprobs needs logprobs to be true", "top_logprobs")
        return (self.top_logprobs or 0) if self.logprobs else None

    def thinks(self, by_id: bool) -> bool:
        """Whether the model is to reason: as its id says, unless a switch says otherwise."""
        wished = (self.chat_template_kwargs or {}).get("enable_thinking")
        if wished is False or self.reasoning_effort == "none" or self.thinking_budget == 0:
            return False
        return by_id

    def plain_messages(self) -> list[Mapping[str, Any]]:
        """The messages as templates read them."""
        return [message.plain(place) for place, message in enumerate(self.messages)]
