"""A response as clients of `/v1/responses` ask for it, and the same in the fields of chat completions.

What needs a memory of earlier requests is refused: this server has none.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from openmimo.serve.errors import refused
from openmimo.serve.schema.chat import ChatBody, Effort, Message, Part, ResponseFormat, text_of
from openmimo.serve.schema.sampling import Choosing

# Fields of chat completions that errors may name, and what they are called here.
NAMES = {
    "response_format.json_schema": "text.format",
    "response_format": "text.format",
    "messages": "input",
    ".function.": ".",
}
REMEMBERED = {
    "previous_response_id": "send the items of earlier turns in `input`",
    "conversation": "send the items of earlier turns in `input`",
    "prompt": "write the prompt out in `instructions` and `input`",
    "background": "wait for the response, or stream it",
}
LOGPROBS = "message.output_text.logprobs"


class Item(BaseModel):
    """Something of the conversation: a message, a call of a function, or what came of one. Reasoning is passed over."""

    model_config = ConfigDict(extra="ignore")

    type: str = "message"
    role: Literal["system", "developer", "user", "assistant"] | None = None
    content: str | list[Part] | None = None
    call_id: str | None = None
    name: str | None = None
    arguments: str | None = None
    output: str | list[Part] | None = None


class FunctionTool(BaseModel):
    """A function in the flat form; tools of other types have other fields, and are refused."""

    model_config = ConfigDict(extra="ignore")

    type: str
    name: str | None = None
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class TextFormat(BaseModel):
    """The form that the text must have."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    type: Literal["text", "json_object", "json_schema"] = "text"
    name: str | None = None
    description: str | None = None
    schema_: dict[str, Any] | None = Field(default=None, alias="schema")
    strict: bool | None = None


class TextOptions(BaseModel):
    """What is wished of the text."""

    model_config = ConfigDict(extra="ignore")

    format: TextFormat | None = None


class Reasoning(BaseModel):
    """How much reasoning is wished for: any, or none."""

    model_config = ConfigDict(extra="ignore")

    effort: Effort | None = None


class ResponsesBody(Choosing):
    """The body of `/v1/responses`. `store` is taken and answered with false, `truncation` with "disabled"."""

    input: str | Annotated[list[Item], Field(min_length=1)]
    instructions: str | None = None
    tools: list[FunctionTool] | None = None
    tool_choice: str | dict[str, Any] | None = None
    parallel_tool_calls: bool | None = True
    text: TextOptions | None = None
    reasoning: Reasoning | None = None
    max_output_tokens: int | None = Field(default=None, ge=1)
    top_logprobs: int | None = Field(default=None, ge=0, le=20)
    include: list[str] | None = None
    metadata: dict[str, str] | None = None
    safety_identifier: str | None = None
    prompt_cache_key: str | None = None
    max_tool_calls: int | None = None
    previous_response_id: str | None = None
    conversation: str | dict[str, Any] | None = None
    prompt: dict[str, Any] | None = None
    background: bool | None = False

    @property
    def logprobs(self) -> bool:
        """Whether log-probabilities are wished for, which clients say in either way."""
        return LOGPROBS in (self.include or ()) or bool(self.top_logprobs)

    @property
    def choice(self) -> str | dict[str, Any]:
        """Which tools may be called, or have to be, with nothing in it that is not known here."""
        given = self.tool_choice or "auto"
        if isinstance(given, str):
            return given
        if given.get("type") != "allowed_tools" or not isinstance(given.get("tools"), list):
            return {"type": given.get("type"), "name": given.get("name")}
        allowed = [one.get("name") for one in given["tools"] if isinstance(one, dict)]
        known = [{"type": "function", "name": tool.name} for tool in self.tools or [] if tool.name in allowed]
        return {"type": "allowed_tools", "mode": given.get("mode") or "auto", "tools": known}

    def chat(self) -> ChatBody:
        """The same in the fields of chat completions; `ApiError` for what this server does not remember or know."""
        for name, instead in REMEMBERED.items():
            if getattr(self, name):
                raise refused(f"this server remembers nothing of other requests; {instead}", name, "unsupported_value")
        shared = {name: getattr(self, name) for name in Choosing.model_fields} | {"n": 1, "stream_options": None}
        tools, choice = self._tools()
        return ChatBody(
            **shared,
            messages=self._messages(),
            max_completion_tokens=self.max_output_tokens,
            logprobs=self.logprobs,
            top_logprobs=self.top_logprobs,
            tools=tools,
            tool_choice=choice,
            parallel_tool_calls=self.parallel_tool_calls,
            response_format=self._format(),
            reasoning_effort=self.reasoning.effort if self.reasoning else None,
        )

    def _messages(self) -> list[Message]:
        messages = [Message(role="system", content=self.instructions)] if self.instructions else []
        if isinstance(self.input, str):
            return [*messages, Message(role="user", content=self.input)]
        names = dict[str | None, str | None]()  # of the functions, by call
        for place, item in enumerate(self.input):
            field = f"input.{place}"
            match item.type:
                case "message":
                    if item.role is None:
                        raise refused("a message has no role", f"{field}.role")
                    messages.append(Message(role=item.role, content=text_of(item.content, f"{field}.content")))
                case "function_call":
                    names[item.call_id] = item.name
                    # Calls of one turn are items of their own here, and one message there.
                    if not messages or messages[-1].role != "assistant":
                        messages.append(Message(role="assistant", content="", tool_calls=[]))
                    messages[-1].tool_calls = [*(messages[-1].tool_calls or []), _call(item, field)]
                case "function_call_output":
                    text = text_of(item.output, f"{field}.output")
                    messages.append(Message(role="tool", content=text, tool_call_id=item.call_id, name=names.get(item.call_id)))
                case "reasoning":
                    pass
                case other:
                    raise refused(f"{other} items are not known here", f"{field}.type", "unsupported_value")
        return messages

    def _tools(self) -> tuple[list[dict[str, Any]], str | dict[str, Any] | None]:
        tools, choice = list(self._functions()), self.choice
        if isinstance(choice, str):
            return tools, choice
        if choice["type"] == "allowed_tools":
            allowed = [one["name"] for one in choice["tools"]]
            return [tool for tool in tools if tool["function"]["name"] in allowed], choice["mode"]
        return tools, {"type": choice["type"], "function": {"name": choice["name"]}}

    def _functions(self) -> Iterator[dict[str, Any]]:
        for place, tool in enumerate(self.tools or []):
            if tool.type != "function":
                raise refused(f"there is no {tool.type} here; give functions", f"tools.{place}.type", "unsupported_value")
            yield {"type": "function", "function": tool.model_dump(exclude={"type"})}

    def _format(self) -> ResponseFormat | None:
        wanted = self.text.format if self.text else None
        if wanted is None:
            return None
        return ResponseFormat(type=wanted.type, json_schema={"schema": wanted.schema_} if wanted.type == "json_schema" else None)


def _call(item: Item, field: str) -> dict[str, Any]:
    """A call as chat completions have it."""
    if item.name is None:
        raise refused("a call names no function", f"{field}.name")
    return {"id": item.call_id, "type": "function", "function": {"name": item.name, "arguments": item.arguments or "{}"}}
