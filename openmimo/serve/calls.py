"""A tool call as the model writes it: the form it has to have, and how it is read where nothing held it to one.

The format is Qwen's, which MiMo and our own models have, too: between the tags a JSON
object with `name` and `arguments`. Knows no request. Read `tools.py` next.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from llguidance import LLMatcher

from openmimo.serve.grammar import Form, spaced
from openmimo.text.special import TOOL_CALL, TOOL_CALL_END

ARGUMENTS = ("arguments", "parameters")  # some models call them by the name they have in the tool


@dataclass(frozen=True)
class Call:
    """A function's name and its arguments."""

    name: str
    arguments: dict[str, Any]

    def text(self) -> str:
        """The arguments as JSON; raises `ValueError` for numbers that JSON has no name for."""
        return json.dumps(self.arguments, ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True)
class Function:
    """A function that may be called: the schema of its arguments, and the field of the request in which that stands.

    What cannot be enforced of a schema is refused with `strict`, and passed over without.
    """

    name: str
    schema: Mapping[str, Any]
    field: str
    strict: bool


def read_call(text: str) -> Call | None:
    """The call that a JSON object makes, with its arguments put right where that takes no guess; None for anything else."""
    said = _loaded(text)
    if not isinstance(said, dict) or not isinstance(said.get("name"), str):
        return None
    arguments = arguments_of(said)
    return None if arguments is None else Call(said["name"], arguments)


def read_bare_call(answer: str) -> Call | None:
    """The call that a whole answer is, without tags: an object of nothing but a name and its arguments."""
    said = _loaded(answer) if may_be_bare(answer) else None
    named = isinstance(said, dict) and "name" in said and len(said) == 2 and not said.keys().isdisjoint(ARGUMENTS)
    return read_call(answer) if named else None


def may_be_bare(answer: str) -> bool:
    """Whether an answer that begins so could still become a bare call."""
    return answer.lstrip()[:1] in ("", "{")


def arguments_of(said: Mapping[str, Any]) -> dict[str, Any] | None:
    """The arguments within a call: an object, the JSON of one, or none at all; None for what is no object."""
    given: Any = next((said[name] for name in ARGUMENTS if said.get(name) is not None), {})
    if isinstance(given, str):
        given = _loaded(given) if given.strip() else {}
    return given if isinstance(given, dict) else None


def call_form(functions: Sequence[Function], needed: bool, several: bool, answer: Form | None = None) -> Form:
    """Calls of these functions: at least one and nothing else if `needed`, else whatever and any; more than one only if `several`.

    With the form of an `answer` that, or calls and nothing else.
    """
    schemas = [spaced(one.schema, one.field, lenient=not one.strict) for one in functions]
    heads = [json.dumps(f'{{"name": "{one.name}", "arguments": ') for one in functions]
    rules = [
        "body: " + " | ".join(f'"\\n" {head} arguments_{place} "}}\\n"' for place, head in enumerate(heads)),
        *(f"arguments_{place}: %json {schema}" for place, schema in enumerate(schemas)),
    ]
    quoted = (json.dumps(TOOL_CALL), json.dumps(TOOL_CALL_END))
    bound = needed or answer is not None
    if bound:
        start = "start: calls" + (" | @answer" if answer else "")
        more = '("\\n" call)*' if several else ""
        text, plain = (
            _lines(start, f"calls: call {more}", f"call: {opening} body {closing}", *rules)
            for opening, closing in ((TOOL_CALL, TOOL_CALL_END), quoted)
        )
    else:
        text = _lines(f"start: body {TOOL_CALL_END}", *rules)
        start = "(call)* TEXT" if several else "TEXT | call"
        # The head ends as soon as it can: at the first tag in a text that may go on for ever.
        head = (f"head[lazy]: TEXT {quoted[0]}", "TEXT: /(?s:.*)/")
        plain = _lines(f"start: {start}", f"call: head body {quoted[1]}", *head, *rules)
    parts = tuple((one.field, LLMatcher.grammar_from_json_schema(schema)) for one, schema in zip(functions, schemas, strict=True))
    if answer:
        text, plain = _beside(text, answer), _beside(plain, answer)
        parts += ((answer.field, answer.text),)
    return Form(text, "tools", parts=parts, tags=(TOOL_CALL, TOOL_CALL_END), plain=plain, free=not bound, once=not several)


def _beside(text: str, answer: Form) -> str:
    """A grammar that calls another one `@answer`, together with it."""
    (grammar,) = json.loads(answer.text)["grammars"]
    return json.dumps({"grammars": [{"name": "turn", "lark_grammar": text}, {**grammar, "name": "answer"}]}, ensure_ascii=False)


def _lines(*rules: str) -> str:
    return "\n".join(rules) + "\n"


def _loaded(text: str) -> Any:
    """What a text is as JSON, or None."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
