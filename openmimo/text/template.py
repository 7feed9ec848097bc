"""A conversation as the text, and the ids, that a model was trained on, by a sandboxed jinja2 template.

The template comes with the model; `CHATML` is ours, in the report's format. Messages are
the field's usual mappings of `role`, `content` and `tool_calls`. Knows no model. Read
`sandbox.py` for what a template may do, `reasoning.py` for the way back.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openmimo.core.errors import InputError
from openmimo.core.files import read_json, write_text
from openmimo.text.sandbox import Program
from openmimo.text.special import THINK, THINK_END, TOOL_CALL, TOOL_CALL_END
from openmimo.text.tokenizer import Tokenizer

Messages = Sequence[Mapping[str, Any]]
ROLES = ("system", "user", "assistant", "tool")
# The model's own words come back in later turns: there, and only there, these are real.
OWN_TAGS = frozenset((THINK, THINK_END, TOOL_CALL, TOOL_CALL_END))

# How a template writes the end of reasoning: the tag, and line ends before the answer.
CLOSED = re.compile(re.escape(THINK_END) + r"((?:\\n)+)")

CHATML = """\
{%- for message in messages -%}
{{- '<|im_start|>' + message.role + '\\n' -}}
{{- '<tool_response>\\n' + message.content + '\\n</tool_response>' if message.role == 'tool' else message.content -}}
{%- for call in message.tool_calls or [] -%}
{{- '\\n' if message.content or not loop.first -}}
{{- '<tool_call>\\n' + (call.function or call) | tojson + '\\n</tool_call>' -}}
{%- endfor -%}
{{- '<|im_end|>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<|im_start|>assistant\\n' -}}
{%- endif -%}
"""


class ChatTemplate:
    """A chat template, compiled once; it cannot reach anything but the messages."""

    def __init__(self, source: str = CHATML):
        self.source = source
        self._program = Program(source)

    @classmethod
    def from_folder(cls, folder: Path) -> "ChatTemplate":
        """The template of a model folder, or ours if it has none."""
        path = folder / "chat_template.jinja"
        if path.exists():
            try:
                return cls(path.read_text(encoding="utf-8"))
            except UnicodeDecodeError:
                raise InputError(f"{path} is not a text file", "copy the file again") from None
        settings = read_json(folder / "tokenizer_config.json") if (folder / "tokenizer_config.json").exists() else {}
        declared = settings.get("chat_template") if isinstance(settings, dict) else None
        if isinstance(declared, list):
            declared = next((one.get("template") for one in declared if isinstance(one, dict) and one.get("name") == "default"), None)
        return cls(declared if isinstance(declared, str) and declared else CHATML)

    @property
    def reasoning_end(self) -> str:
        """The text between reasoning and answer, as this template writes it, or as our own models do where it does not say."""
        written = CLOSED.search(self.source)
        return f"\n{THINK_END}" + (written[1].replace("\\n", "\n") if written else "\n")

    def save(self, folder: Path) -> None:
        """Write `chat_template.jinja`, where transformers looks for it."""
        folder.mkdir(parents=True, exist_ok=True)
        write_text(folder / "chat_template.jinja", self.source)

    def render(self, messages: Messages, add_generation_prompt: bool = True, **extras: Any) -> str:
        """The conversation as text; `extras` are what else the template reads, such as `tools`.

        Raises `InputError` that names an unknown role, or what the template refuses.
        """
        return self._render([_checked(message) for message in messages], add_generation_prompt, extras)

    def encode(self, tokenizer: Tokenizer, messages: Messages, add_generation_prompt: bool = True, **extras: Any) -> list[int]:
        """The conversation as ids. Nobody can end a turn from within a message: special tokens there are plain text.

        In an assistant's content the tags of reasoning and tool calls stay what they are.
        """
        names = {"bos_token": tokenizer.bos, "eos_token": tokenizer.ends[0] if tokenizer.ends else ""}
        checked = [_checked(message) for message in messages]
        guard = _Guard(tokenizer.special_names, [checked, extras])
        text = self._render([guard.message(message) for message in checked], add_generation_prompt, {**names, **guard.value(extras)})
        if not guard.used:
            return tokenizer.encode(text, special=True)
        ids: list[int] = []
        # A guarded name is cut in two, so the names still whole are those the template wrote.
        for part in guard.whole.split(text):
            token = tokenizer.id_of(part) if part in tokenizer.special_names else None
            ids += tokenizer.encode(part.replace(guard.mark, "")) if token is None else [token]
        return ids

    def _render(self, messages: list[dict[str, Any]], add_generation_prompt: bool, extras: Mapping[str, Any]) -> str:
        if not messages:
            raise InputError("there is no message", "give at least one")
        values = {"bos_token": "", "eos_token": "", "tools": None, **extras}
        return self._program.run(**{**values, "messages": messages, "add_generation_prompt": add_generation_prompt})


class _Guard:
    """Cuts special tokens in given text with a mark that occurs nowhere else, so that they can be told from the template's."""

    def __init__(self, names: frozenset[str], given: Any):
        # Names of one character could not be cut; no tokenizer has such.
        self._names = frozenset(name for name in names if len(name) > 1)
        self.whole = _any_of(self._names)
        # Longer than any run of this private character, which thus cannot be mistaken for it.
        self.mark = "\ue000" * (1 + max((len(run) for run in re.findall("\ue000+", "".join(_strings(given)))), default=0))
        self.used = False

    def message(self, message: dict[str, Any]) -> dict[str, Any]:
        """The message with the special tokens in it cut, but for the tags an assistant may write."""
        content = self._cut(message["content"], self._names - OWN_TAGS if message["role"] == "assistant" else self._names)
        return {key: self.value(value) for key, value in message.items() if key != "content"} | {"content": content}

    def value(self, value: Any) -> Any:
        """The same value with the special tokens in all its strings cut."""
        if isinstance(value, str):
            return self._cut(value, self._names)
        if isinstance(value, Mapping):
            return {self.value(key): self.value(inner) for key, inner in value.items()}
        return [self.value(inner) for inner in value] if isinstance(value, list | tuple) else value

    def _cut(self, text: str, names: frozenset[str]) -> str:
        cut = _any_of(names).sub(lambda found: found[0][0] + self.mark + found[0][1:], text) if names else text
        self.used = self.used or cut != text
        return cut


def _any_of(names: frozenset[str]) -> re.Pattern[str]:
    return re.compile("(" + "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) + ")")


def _strings(value: Any) -> list[str]:
    """All strings within a value."""
    if isinstance(value, Mapping):
        return [text for pair in value.items() for inner in pair for text in _strings(inner)]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in _strings(inner)]
    return [value] if isinstance(value, str) else []


def _checked(message: Mapping[str, Any]) -> dict[str, Any]:
    """The message in the one form templates expect: content a string, tool arguments an object."""
    if not isinstance(message, Mapping):
        raise InputError(f"a message is of type {type(message).__name__}", 'give objects such as {"role": "user", "content": "..."}')
    role, content, calls = message.get("role"), message.get("content"), message.get("tool_calls")
    if role not in ROLES:
        raise InputError(f"a message has the role {role!r}", f"use one of {', '.join(ROLES)}")
    if isinstance(content, list):
        # The parts form of the field's APIs; only text is understood.
        if not all(isinstance(part, Mapping) and part.get("type") == "text" and isinstance(part.get("text"), str) for part in content):
            raise InputError(f"a {role} message has content that is not text", "send text only")
        content = "".join(part["text"] for part in content)
    if content is None and role == "assistant":
        content = ""  # as the field's APIs give it beside tool calls
    if not isinstance(content, str):
        what = "no content" if content is None else f"content of type {type(content).__name__}"
        raise InputError(f"a {role} message has {what}", "content must be a string")
    if calls is not None and not (isinstance(calls, list | tuple) and all(isinstance(call, Mapping) for call in calls)):
        raise InputError(f"the tool_calls of a {role} message are not a list of objects", 'give such as {"name": ..., "arguments": ...}')
    rest = {key: value for key, value in message.items() if key not in ("content", "tool_calls")}
    return {**rest, "content": content} | ({"tool_calls": [_call(call) for call in calls]} if calls else {})


def _call(call: Mapping[str, Any]) -> dict[str, Any]:
    """A tool call whose arguments, which APIs send as a string of JSON, are an object."""
    if isinstance(call.get("function"), Mapping):
        return {**call, "function": _call(call["function"])}
    try:
        arguments = json.loads(call["arguments"])
    except (KeyError, TypeError, ValueError, RecursionError):
        return dict(call)  # none, already an object, or a string that is no JSON and stays as it is
    return {**call, "arguments": arguments}
