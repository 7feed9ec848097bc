"""The tools of a request: checked, shown to the model, bound by grammar, and its calls read back as OpenAI's clients want them.

Knows no HTTP and no tokens. How the model writes a call is in `calls.py`.
"""

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from jinja2 import Environment

from openmimo.core.errors import ConfigError
from openmimo.serve.calls import Call, Function, arguments_of, call_form, may_be_bare, read_bare_call, read_call
from openmimo.serve.grammar import Form, spaced
from openmimo.text.template import ChatTemplate

Message = Mapping[str, Any]
Choice = Literal["none", "auto", "required"]
NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}(__[a-zA-Z0-9_-]{1,64})?")  # Home Assistant puts a namespace before the name
NO_ARGUMENTS = {"type": "object", "properties": {}, "additionalProperties": False}
# For templates that do not show tools themselves, in the format that Qwen's template has.
SHOWN = """\
There are functions that you can call. Each line here describes one, in JSON:
<tools>
{tools}
</tools>
To call a function, write its name and its arguments between tags, as one JSON object. For several calls write several of these:
<tool_call>
{{"name": "the function", "arguments": {{"an argument": "its value"}}}}
</tool_call>"""


@dataclass(frozen=True)
class Tool:
    """A function that the client has; `schema` is that of its arguments, None where it takes none."""

    name: str
    description: str
    schema: Mapping[str, Any] | None
    strict: bool

    def shown(self) -> dict[str, Any]:
        """What templates show of it."""
        described = {"description": self.description} if self.description else {}
        return {"type": "function", "function": {"name": self.name, **described, "parameters": self.schema or NO_ARGUMENTS}}


@dataclass(frozen=True)
class Tools:
    """The tools that the model is shown and how it may call them; none at all where the client has none, or lets none be called.

    `choice` says whether it has to call one, `named` which one if the client says so, and
    `parallel` whether it may call several in one turn. With `bare` a call may come without
    its tags.
    """

    tools: tuple[Tool, ...] = ()
    choice: Choice = "auto"
    named: str | None = None
    parallel: bool = True
    bare: bool = True

    @classmethod
    def of(cls, tools: Sequence[Any] | None, choice: Any = None, parallel: bool = True) -> "Tools":
        """The fields `tools`, `tool_choice` and `parallel_tool_calls` as clients send them; `ConfigError` names one that will not do."""
        checked = tuple(_tool(tool, f"tools.{place}") for place, tool in enumerate(tools or ()))
        names = [tool.name for tool in checked]
        if doubled := next((place for place, name in enumerate(names) if name in names[:place]), None):
            raise ConfigError(f"tools.{doubled}.function.name", f"{names[doubled]!r} is there twice", "give every tool a name of its own")
        kind, named = _choice(choice, names)
        return cls(checked if kind != "none" else (), kind, named, parallel)

    def extras(self, template: ChatTemplate) -> dict[str, Any]:
        """What a template is to be given beside the messages."""
        return {"tools": self._shown()} if self.tools and _reads_tools(template.source) else {}

    def messages(self, messages: Sequence[Message], template: ChatTemplate) -> list[Message]:
        """The messages as a template is to have them: calls as it writes them, and tools in the system message where it shows none itself."""
        told = [_tidy(message, f"messages.{place}") for place, message in enumerate(messages)]
        if not self.tools or _reads_tools(template.source):
            return told
        text = SHOWN.format(tools="\n".join(json.dumps(tool, ensure_ascii=False) for tool in self._shown()))
        given = told[0].get("content") if told and told[0].get("role") == "system" else None
        if not isinstance(given, str):
            return [{"role": "system", "content": text}, *told]
        return [{**told[0], "content": f"{given}\n\n{text}".lstrip()}, *told[1:]]

    def form(self, answer: Form | None = None) -> Form | None:
        """The form of a turn that is calls, or an answer: which has the form `answer`, if there is one; None where nothing is bound."""
        if not self.tools:
            return answer
        functions = [
            Function(tool.name, tool.schema or NO_ARGUMENTS, f"tools.{place}.function.parameters", tool.strict)
            for place, tool in enumerate(self.tools)
            if self.named in (None, tool.name)
        ]
        needed = self.choice == "required"
        return call_form(functions, needed, self.parallel and self.named is None, None if needed else answer)

    def call(self, text: str) -> dict[str, Any] | None:
        """A call as OpenAI has it, from the JSON between the tags; None if it calls no tool there is."""
        return self._told(read_call(text))

    def bare_call(self, answer: str) -> dict[str, Any] | None:
        """A call from a whole answer that is one, without tags; None if it is not, as nearly always."""
        return self._told(read_bare_call(answer)) if self.tools and self.bare else None

    def may_be_bare(self, answer: str) -> bool:
        """Whether an answer that begins so could become a bare call, and should not be told yet."""
        return bool(self.tools) and self.bare and may_be_bare(answer)

    def _shown(self) -> list[dict[str, Any]]:
        return [tool.shown() for tool in self.tools]

    def _told(self, call: Call | None) -> dict[str, Any] | None:
        if call is None or call.name not in {tool.name for tool in self.tools}:
            return None
        try:
            arguments = call.text()
        except ValueError:
            return None
        return {"id": f"call_{secrets.token_hex(12)}", "type": "function", "function": {"name": call.name, "arguments": arguments}}


def _tool(tool: Any, field: str) -> Tool:
    """A tool as clients send it, checked."""
    if not isinstance(tool, Mapping) or tool.get("type", "function") != "function" or not isinstance(tool.get("function"), Mapping):
        raise ConfigError(field, "is no function", 'give such as {"type": "function", "function": {"name": ..., "parameters": {...}}}')
    function = tool["function"]
    name, description, schema, strict = (function.get(key) for key in ("name", "description", "parameters", "strict"))
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ConfigError(f"{field}.function.name", "is no name of a function", "use up to 64 letters, digits, _ and -")
    if not isinstance(description, str | None):
        raise ConfigError(f"{field}.function.description", f"is of type {type(description).__name__}", "give a text, or leave it out")
    if not isinstance(strict, bool | None):
        raise ConfigError(f"{field}.function.strict", f"is of type {type(strict).__name__}", "give true or false, or leave it out")
    if schema:
        spaced(schema, f"{field}.function.parameters")
        if schema.get("type", "object") != "object":
            raise ConfigError(f"{field}.function.parameters", "is no schema of an object", 'let its type be "object"')
        schema = {"type": "object", **schema}
    return Tool(name, description or "", schema or None, bool(strict))


def _choice(choice: Any, names: Sequence[str]) -> tuple[Choice, str | None]:
    """How `tool_choice` lets the model call: whether, and which."""
    field, kinds = "tool_choice", 'use none, auto, required, or {"type": "function", "function": {"name": ...}}'
    if choice in (None, "auto", "none"):
        return "none" if choice == "none" else "auto", None
    function = choice.get("function") if isinstance(choice, Mapping) and choice.get("type") == "function" else None
    named = function.get("name") if isinstance(function, Mapping) else None
    if choice != "required" and not isinstance(named, str):
        raise ConfigError(field, "is none of its values", kinds)
    if not names:
        raise ConfigError(field, "asks for a call, and there are no tools", "give tools, or leave it out")
    if named is not None and named not in names:
        raise ConfigError(f"{field}.function.name", "names no tool of this request", f"use one of {', '.join(names)}")
    return "required", named


def _tidy(message: Message, field: str) -> Message:
    """A message whose calls, if any, are as the model wrote them: the name first, the arguments an object."""
    if not (calls := message.get("tool_calls")):
        return message
    return {**message, "tool_calls": [_tidy_call(call, f"{field}.tool_calls.{place}") for place, call in enumerate(calls)]}


def _tidy_call(call: Any, field: str) -> dict[str, Any]:
    function = call.get("function") if isinstance(call, Mapping) else None
    if not isinstance(function, Mapping) or not isinstance(function.get("name"), str):
        raise ConfigError(field, "calls no function by name", 'give such as {"function": {"name": ..., "arguments": "{}"}}')
    arguments = arguments_of(function)
    # What is no JSON the model once wrote itself; it gets it back as it was.
    return {**call, "function": {"name": function["name"], "arguments": function.get("arguments") if arguments is None else arguments}}


@lru_cache(maxsize=8)
def _reads_tools(source: str) -> bool:
    """Whether a template shows tools itself."""
    return any(kind == "name" and word == "tools" for _, kind, word in Environment().lex(source))
