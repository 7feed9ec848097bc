"""What an answer may say: JSON of a schema, any JSON object, a text that a regular expression matches.

llguidance compiles grammars and matches tokens against them. Knows no HTTP, and not how far
an answer has come: that is in `mask.py`. The grammar of tool calls is in `calls.py`.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

import torch
from llguidance import LLMatcher, LLParserLimits, LLTokenizer, TokenizerWrapper
from torch import Tensor

from openmimo.core.errors import ConfigError
from openmimo.text.special import THINK, THINK_END
from openmimo.text.tokenizer import Tokenizer

# Between two marks of JSON: a blank, or a line end with an indent. Were any white space
# allowed, a weak model might go on with it until it has no tokens left.
SPACE = r"(?: |\n {0,40}|\n\t{0,10})"
# What a server compiles for anybody: more may take minutes, and cannot be broken off.
DEEPEST = 100  # levels of a schema
LARGEST = 120_000  # characters of a grammar; twice as many take seconds
MULTIPLE = 100_000  # numbers that `multipleOf` may tell apart, at 5 microseconds each or more
LONGEST = 300  # characters of a compiler's message that are shown
SCHEMA_FIX = "use keywords that can be held to while generating, such as type, properties, required, enum, anyOf, $ref, items, pattern"
REGEX_FIX = "write it for the whole answer, without look-around and back-references"


@dataclass(frozen=True)
class Form:
    """A language in llguidance's notation, and the part of an answer that has to be in it: all of it, or `free` around tags.

    `text` may use the special tokens `tags`, by name; `plain` is the same for a tokenizer
    that has no such tokens and writes them out. A form that is `free` lets anything be said
    outside the tags, or with `once` nothing after the first pair: there `text` is what
    follows the opening tag, up to the closing one and with it, and `plain` is the whole
    answer. `field` is what of the request the form was made of, and `parts` are the fields
    within that have grammars of their own, so that an error can name the one at fault.
    """

    text: str
    field: str
    fix: str = SCHEMA_FIX
    parts: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, str] | None = None
    plain: str = ""
    free: bool = False
    once: bool = False

    @classmethod
    def json_schema(cls, schema: Any, field: str = "response_format.json_schema.schema") -> "Form":
        """JSON that a schema (draft 2020-12) accepts, with properties in the schema's order.

        `field` is where the schema stands in the request. `ConfigError` for what is no
        schema; a keyword that cannot be enforced is refused by `compiled`.
        """
        return cls(LLMatcher.grammar_from_json_schema(spaced(schema, field)), field)

    @classmethod
    def json_object(cls) -> "Form":
        """Any JSON object."""
        return cls.json_schema({"type": "object"}, "response_format")

    @classmethod
    def regex(cls, pattern: str, field: str = "structured_outputs.regex") -> "Form":
        """A text that a regular expression matches from its first character to its last; no look-around, no back-references."""
        return cls(LLMatcher.grammar_from_regex(pattern), field, REGEX_FIX)


def spaced(schema: Any, field: str, lenient: bool = False) -> str:
    """A schema as JSON for llguidance, together with how its own JSON is spaced.

    With `lenient` keywords and formats that cannot be enforced are passed over.
    `ConfigError` for what is no JSON object, and for what would take too long to compile.
    """
    if not isinstance(schema, dict):
        raise ConfigError(field, f"is of type {type(schema).__name__}, and a JSON schema is an object", 'give such as {"type": "object"}')
    if _deeper(schema, DEEPEST):
        raise ConfigError(field, f"is nested more than {DEEPEST} levels deep", "give a flatter schema, or use $ref")
    common = 1
    for multiple in _multiples(schema):
        if (common := math.lcm(common, multiple)) > MULTIPLE:
            raise ConfigError(field, "asks for multiples of too large or too many numbers", f"keep their common multiple to {MULTIPLE:,}")
    # In place of what the client may have put there, which could make the grammar say less than the schema.
    whole = {**schema, "x-guidance": {"whitespace_pattern": SPACE, "lenient": lenient}}
    try:
        text = json.dumps(whole, ensure_ascii=False, allow_nan=False)
        text.encode()
    except ValueError as error:
        raise ConfigError(field, f"is no JSON: {error}", "leave out NaN, Infinity and lone surrogates") from None
    return text


class GrammarTokenizer:
    """A model's tokens as llguidance wants them. To be had from `tokens_of`, for making the table of them takes a while.

    Masks are over the model's V ids, which may be more than the tokenizer has tokens.
    """

    def __init__(self, tokenizer: Tokenizer, vocab_size: int, stop_ids: Iterable[int], reasoning_end: str):
        self.tokenizer, self.vocab_size, self.stop_ids = tokenizer, vocab_size, frozenset(stop_ids)
        self.think = self.pair((THINK, THINK_END))
        # What the template writes between the end of reasoning and the answer.
        self.separator = tokenizer.encode(reasoning_end.partition(THINK_END)[2])

    def pair(self, names: tuple[str, str]) -> tuple[int, int] | None:
        """The ids of two special tokens, or None where they are not both there and are written with plain ones."""
        first, second = (self.tokenizer.id_of(name) if name in self.tokenizer.special_names else None for name in names)
        return None if first is None or second is None else (first, second)

    def only(self, ids: Iterable[int]) -> Tensor:
        """The mask (V,) that allows these tokens."""
        mask = torch.zeros(self.vocab_size, dtype=torch.bool)
        mask[list(ids)] = True
        return mask

    @cached_property
    def table(self) -> LLTokenizer:
        """The tokens for llguidance."""
        return LLTokenizer(TokenizerWrapper(_Vocabulary(self)), eos_token=sorted(self.stop_ids))


@lru_cache(maxsize=4)
def tokens_of(tokenizer: Tokenizer, vocab_size: int, stop_ids: frozenset[int], reasoning_end: str) -> GrammarTokenizer:
    """The one for a model, made when it is first asked for."""
    return GrammarTokenizer(tokenizer, vocab_size, stop_ids, reasoning_end)


@lru_cache(maxsize=32)
def compiled(tokens: GrammarTokenizer, form: Form) -> LLMatcher:
    """The matcher of a form at its start, to be copied and never moved on; `ConfigError` names the field that cannot be compiled, and why.

    Compiling may take seconds, so forms that were asked for lately are kept.
    """
    text = form.text if form.tags is None or tokens.pair(form.tags) else form.plain
    if len(text) > LARGEST:
        raise ConfigError(form.field, f"has more than {LARGEST:,} characters", "give fewer or shorter schemas")
    matcher = LLMatcher(tokens.table, text, log_level=0, limits=_limits())
    matcher.compute_bitmask()  # a grammar may turn out too large only here
    if matcher.is_error():
        raise _refusal(form, matcher.get_error())
    return matcher


class _Vocabulary:
    """The table of tokens, by the names under which llguidance looks for its columns."""

    def __init__(self, tokens: GrammarTokenizer):
        self._tokenizer = tokens.tokenizer
        self.tokens = [tokens.tokenizer.token_bytes(token) for token in range(tokens.vocab_size)]
        self.special_token_ids = sorted(tokens.tokenizer.special_ids | tokens.stop_ids)
        self.eos_token_id, self.bos_token_id = min(tokens.stop_ids), None

    def __call__(self, text: str) -> list[int]:
        """How forced text is cut into tokens: as the model was trained."""
        return self._tokenizer.encode(text)


def _limits() -> LLParserLimits:
    """llguidance's own, without whole grammars in messages."""
    return LLParserLimits(verbose_errors=False)


def _refusal(form: Form, error: str) -> ConfigError:
    """What is wrong with a form, by the field that it is wrong with."""
    found = ((name, LLMatcher.validate_grammar(text, limits=_limits())) for name, text in form.parts)
    name, said = next(((name, said) for name, said in found if said), (form.field, error))
    return ConfigError(name, f"cannot be enforced: {plainly(said)}", form.fix)


def plainly(error: str) -> str:
    """What llguidance says is wrong, without its own options, its trace and its code for a language without a word in it."""
    said = re.split(r"<|\. Enable", " ".join(error.split()))[0].replace("NoExtensionBias", "no text satisfies it")
    return said[:LONGEST].strip()


def _deeper(value: Any, levels: int) -> bool:
    """Whether objects and lists are nested in more than so many levels."""
    layer = [value]
    for _ in range(levels):
        layer = [inner for outer in layer for inner in _inner(outer)]
        if not layer:
            return False
    return True


def _multiples(schema: Any) -> Iterator[int]:
    """The digits of each `multipleOf` in a schema, as a number."""
    layer = [schema]
    while layer:
        for one in layer:
            value = one.get("multipleOf") if isinstance(one, dict) else None
            # A whole number may be too large for a float, and is finite all the same.
            if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
                digits = Decimal(value if isinstance(value, int) else str(value)).as_tuple().digits
                yield int("".join(map(str, digits)).rstrip("0") or 1)
        layer = [inner for outer in layer for inner in _inner(outer)]


def _inner(outer: Any) -> Iterator[Any]:
    """The objects and lists right within one."""
    return (inner for inner in (outer.values() if isinstance(outer, dict) else outer) if isinstance(inner, dict | list))
