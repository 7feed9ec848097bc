"""A chat template as a program that came with somebody's weights: what it may call, and how much it may do.

jinja2's sandbox keeps it from Python and from files; here it is kept from running for
ever, too. The functions it finds are those transformers gives. Knows no messages.
"""

import json
import threading
from datetime import datetime
from typing import Any

from jinja2 import TemplateError, nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from openmimo.core.errors import InputError

MAX_TURNS = 200_000  # of all loops and macros in one run
MAX_REPEATED = 1_000_000  # characters or digits made by one `*` or `**`


class Program:
    """A compiled template."""

    def __init__(self, source: str):
        self._environment = _Sandbox()
        try:
            self._template = self._environment.from_string(source)
        except (TemplateError, RecursionError) as error:
            raise InputError(f"the chat template is broken: {error}", "take the template that belongs to the model") from None

    def run(self, **values: Any) -> str:
        """What the template writes; `InputError` if it fails, refuses, oversteps the sandbox or does not end."""
        self._environment.turns.made = 0
        try:
            return self._template.render(**values)
        except Exception as error:  # the template is a foreign program: it may fail in any way, and none is a bug of ours
            raise InputError(f"the chat template refuses these messages: {error}", "check their roles, order and contents") from None


class _Generation(Extension):
    """`{% generation %}` marks the model's part for training with transformers; it writes nothing itself."""

    tags = {"generation"}  # noqa: RUF012  jinja2 wants it on the class

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return list(parser.parse_statements(("name:endgeneration",), drop_needle=True))


class _Sandbox(ImmutableSandboxedEnvironment):
    """jinja2's sandbox in which every turn of a loop and every macro is counted, and products are bounded."""

    intercepted_binops = frozenset(("*", "**"))

    def __init__(self) -> None:
        super().__init__(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols, _Generation])
        self.turns = threading.local()  # a template may run in several threads
        self.filters["tojson"] = _to_json
        self.globals.update(raise_exception=_raise, strftime_now=_now)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        counted: list[nodes.For | nodes.Macro | nodes.CallBlock] = [*tree.find_all(nodes.For), *tree.find_all(nodes.Macro)]
        for node in [*counted, *tree.find_all(nodes.CallBlock)]:
            # An attribute of the environment, which no name set in the template can hide.
            tick = nodes.Call(nodes.EnvironmentAttribute("tick"), [], [], None, None)
            node.body.insert(0, nodes.Output([tick]).set_lineno(node.lineno).set_environment(self))
        return tree

    def tick(self) -> str:
        """Count a turn; writes nothing."""
        self.turns.made += 1
        if self.turns.made > MAX_TURNS:
            raise TemplateError("it does not come to an end")
        return ""

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if _size_of(operator, left, right) > MAX_REPEATED:
            raise TemplateError("it makes something too large")
        return super().call_binop(context, operator, left, right)


def _size_of(operator: str, left: Any, right: Any) -> float:
    """About how long the result of a product or power is, in characters or digits."""
    if operator == "**":
        return abs(right) * max(abs(left), 2).bit_length() if isinstance(left, int) and isinstance(right, int) else 0
    for one, other in ((left, right), (right, left)):
        if isinstance(one, int) and hasattr(other, "__len__"):
            return one * len(other)
    return 0


def _to_json(
    value: Any, ensure_ascii: bool = False, indent: int | None = None, separators: tuple[str, str] | None = None, sort_keys: bool = False
) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def _raise(message: str) -> None:
    raise TemplateError(message)


def _now(form: str) -> str:
    return datetime.now().strftime(form)
