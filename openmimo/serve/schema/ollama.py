"""A chat or a text as Ollama's clients ask for it, and the same in the fields of chat completions."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from openmimo.serve.errors import refused
from openmimo.serve.schema.chat import ChatBody, Effort, Message, ResponseFormat
from openmimo.serve.schema.sampling import Stop

# Fields of chat completions that errors may name, and what they are called here.
NAMES = {"response_format.json_schema.schema": "format", "response_format": "format"}
TAG = ":latest"  # which clients put behind names that have no tag


class Options(BaseModel):
    """How tokens are chosen, and how many; whole numbers may be written as 8192.0.

    What else there may be, such as `num_ctx`, is about how Ollama loads a model or about
    ways of choosing that this engine has not, and is passed over, as Ollama itself does
    with options that its engine has not.
    """

    model_config = ConfigDict(extra="ignore")

    num_predict: int | None = None
    temperature: float | None = Field(default=None, ge=0.0, le=100.0)
    top_p: float | None = Field(default=None, gt=0.0, le=1.0)
    top_k: int | None = Field(default=None, ge=-1)
    min_p: float | None = Field(default=None, ge=0.0, le=1.0)
    seed: int | None = Field(default=None, ge=-(2**63), lt=2**63)
    stop: Stop = None


class OllamaBody(BaseModel):
    """What chats and texts have in common. The model stays loaded, whatever `keep_alive` says."""

    model_config = ConfigDict(extra="ignore")

    model: str = ""
    stream: bool | None = True
    options: Options | None = None
    format: Literal["", "json"] | dict[str, Any] | None = None
    think: bool | Effort | None = None
    logprobs: bool | None = False
    top_logprobs: int | None = Field(default=None, ge=0, le=20)

    @property
    def name(self) -> str:
        """The model's name without a tag."""
        return self.model.removesuffix(TAG)

    def completed(self, messages: list[Message], tools: list[dict[str, Any]] | None = None) -> ChatBody:
        """The same in the fields of chat completions, about these messages."""
        options = self.options or Options()
        chosen = options.model_dump(exclude={"num_predict", "seed"})
        # Below nought stands for no limit, and for a seed of chance.
        limit = options.num_predict if options.num_predict is not None and options.num_predict > 0 else None
        seed = options.seed if options.seed is not None and options.seed >= 0 else None
        effort: Effort | None = "none" if self.think is False else None if self.think is True else self.think
        return ChatBody(
            **chosen,
            model=self.name,
            messages=messages,
            tools=tools,
            max_tokens=limit,
            seed=seed,
            response_format=self._form(),
            reasoning_effort=effort,
            logprobs=self.logprobs,
            top_logprobs=self.top_logprobs,
        )

    def _form(self) -> ResponseFormat | None:
        if isinstance(self.format, dict):
            return ResponseFormat(type="json_schema", json_schema={"schema": self.format})
        return ResponseFormat(type="json_object") if self.format else None


class OllamaMessage(BaseModel):
    """A message of the conversation; thoughts of earlier turns are not shown to the model again."""

    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "user", "assistant", "tool"]
    content: str | None = None
    images: list[Any] | None = None
    tool_calls: list[dict[str, Any]] | None = None
    tool_name: str | None = None


class OllamaChat(OllamaBody):
    """The body of `/api/chat`; without messages it asks only whether the model is loaded."""

    messages: list[OllamaMessage] | None = None
    tools: list[dict[str, Any]] | None = None

    def chat(self) -> ChatBody:
        """The same as a chat completion; `ApiError` for images."""
        messages = []
        for place, message in enumerate(self.messages or []):
            _refuse_images(message.images, f"messages.{place}.images")
            calls = message.tool_calls or None
            messages.append(Message(role=message.role, content=message.content, tool_calls=calls, name=message.tool_name))
        return self.completed(messages, self.tools)


class OllamaGenerate(OllamaBody):
    """The body of `/api/generate`; without a prompt it asks only whether the model is loaded.

    A `raw` prompt is read as it stands; any other becomes a message under the model's template.
    """

    prompt: str | None = None
    system: str | None = None
    raw: bool | None = False
    template: str | None = None
    suffix: str | None = None
    context: list[int] | None = None
    images: list[Any] | None = None

    def chat(self) -> ChatBody:
        """The same as a chat completion; `ApiError` for what is not there."""
        _refuse_images(self.images, "images")
        for name, instead in (
            ("template", "give the whole prompt, with raw"),
            ("suffix", "give the text before it only"),
            ("context", "give the earlier turns as messages to /api/chat"),
        ):
            if getattr(self, name):
                raise refused(f"{name} is not supported; {instead}", name, "unsupported_value")
        system = [Message(role="system", content=self.system)] if self.system else []
        return self.completed([*system, Message(role="user", content=self.prompt)])


class ShowBody(BaseModel):
    """The body of `/api/show`."""

    model_config = ConfigDict(extra="ignore")

    model: str = ""


def _refuse_images(images: list[Any] | None, field: str) -> None:
    if images:
        raise refused("the model reads text only, no images", field, "unsupported_value")
