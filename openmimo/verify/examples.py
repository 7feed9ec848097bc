"""Examples that a question states of a function: a call with literal arguments, and the literal it gives.

Reads `>>> f(3)` with `9` below it, `assert f(3) == 9`, and in running text `f(3) -> 9`,
`f(3) = 9`, `f(3) returns 9` and the like. Nothing is evaluated but literals, and what could
mean anything else ("currently f(3) returns 8", "2 * f(3) = 18") is passed over: an example
that was missed costs a check, one that was made up calls a right answer wrong.
"""

import ast
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

MOST = 2000  # characters of a call or a value; what is longer is passed over
MOST_CALLS = 200  # of a text that are looked at
BRACKETS = {"(": ")", "[": "]", "{": "}"}
SESSION = re.compile(r"^[ \t]*>>>[ \t]?(.*)\n[ \t]*(?!>>>|\.\.\.|```)(\S.*)$", re.MULTILINE)
CONNECTOR = re.compile(
    r"""`?[ \t]*(?:
        (?:->|=>|→|==|=(?![=<>])|is[ ](?=`?(?:True|False|None)\b)|\#[ ]*(?:->|=>|==)?)
        | :?[ \t](?:(?:should|must|shall|will|has\ to|needs\ to)[ ])?(?:returns?|gives?|yields?|equals?|evaluates?\ to)\b:?
        | [ \t](?:should|must|shall|has\ to|needs\ to)[ ]be\b:?
    )[ \t]*`?""",
    re.VERBOSE,
)
SIMPLE = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![0-9_]|,[0-9]{3}\b)|(?:True|False|None)\b")
# What may follow a value that is whole: the end of a phrase, or a word that opens a new one.
AFTER = re.compile(r"`?(?:[ \t]*(?:$|\n|#|\()|[.;!)](?![\w\[])|,(?!\d{3}\b)|[ \t]+(?:and|because|since|as|so)\b)")
DENIED = re.compile(r"`?[ \t]*,?[ \t]*(?:but|instead|not|although|though|however|which|when|while|if|unless|rather|or)\b", re.IGNORECASE)
# Words before a call that may turn what follows into something that is not so, or not always.
DOUBTFUL = re.compile(
    r"\b(?:not|never|wrong|wrongly|instead|currently|now|bug\w*|incorrect\w*|fail\w*|if|elif|unless|when|while|why|whether|suppose|assume|error|return)\b|n't|!=",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"[.!?;](?=\s)|\n")


@dataclass(frozen=True)
class Example:
    """`name` called with `args` and `kwargs` gives `value`; `text` is how the call was written."""

    name: str
    args: tuple[Any, ...]
    value: Any
    text: str
    kwargs: dict[str, Any] = field(default_factory=dict)


def examples_of(question: str, names: Collection[str]) -> list[Example]:
    """The examples of calls of `names` in a question, each call once; none of a call that is given two values."""
    if not names:
        return []
    found = [example for match in SESSION.finditer(question) if (example := _of_session(match, names))]
    found += _of_text(SESSION.sub("\n", question), names)
    values: dict[str, dict[str, Example]] = {}
    for example in found:
        call = repr((example.name, example.args, sorted(example.kwargs.items())))
        values.setdefault(call, {})[repr(example.value)] = example
    return [example for given in values.values() if len(given) == 1 for example in given.values()]


def _of_session(match: re.Match[str], names: Collection[str]) -> Example | None:
    """A line of an interactive session with the line it prints."""
    call, value = _call(match[1].strip(), names), _value(match[2].strip())
    return Example(call[0], call[1], value[0], match[1].strip(), call[2]) if call and value else None


def _of_text(text: str, names: Collection[str]) -> list[Example]:
    """Calls in running text and in asserts that are followed by their value."""
    found = []
    calls = re.finditer(rf"(?<![\w.])(?:{'|'.join(map(re.escape, sorted(names)))})\(", text)
    for match in islice(calls, MOST_CALLS):
        end = _closing(text, match.end() - 1)
        call = _call(text[match.start() : end], names) if end else None
        connector = CONNECTOR.match(text, end) if end and call and _is_plain(text, match.start()) else None
        read = _read_value(text, connector.end()) if connector else None
        if call and read and AFTER.match(text, read[1]) and not DENIED.match(text, read[1]):
            found.append(Example(call[0], call[1], read[0], text[match.start() : end], call[2]))
    return found


def _is_plain(text: str, start: int) -> bool:
    """Whether what stands before a call leaves its value alone: no operator, and no word that puts it in doubt."""
    before = text[max(0, start - 200) : start]
    clause = SENTENCE_END.split(before)[-1]
    operator = re.search(r"[-+*/%^=<>&|~@]\s*`?$", clause)
    is_bullet = re.fullmatch(r"\s*[-*+]\s*`?", clause)
    return (not operator or bool(is_bullet)) and not DOUBTFUL.search(clause)


def _call(source: str, names: Collection[str]) -> tuple[str, tuple[Any, ...], dict[str, Any]] | None:
    """Name, arguments and keywords of a call with literals only."""
    if len(source) > MOST:
        return None
    try:
        node = ast.parse(source, mode="eval").body
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names):
            return None
        kwargs = {word.arg: ast.literal_eval(word.value) for word in node.keywords if word.arg}
        if len(kwargs) < len(node.keywords):
            return None  # a `**` among them
        return node.func.id, tuple(ast.literal_eval(argument) for argument in node.args), kwargs
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        return None


def _value(source: str) -> tuple[Any] | None:
    """A literal, in a tuple of one so that None can be one."""
    try:
        return (ast.literal_eval(source),) if len(source) <= MOST else None
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        return None


def _read_value(text: str, start: int) -> tuple[Any, int] | None:
    """The literal that begins here and where it ends."""
    if start < len(text) and (text[start] in BRACKETS or text[start] in "'\""):
        end = _closing(text, start)
    else:
        simple = SIMPLE.match(text, start)
        end = simple.end() if simple else 0
    value = _value(text[start:end]) if end else None
    return (value[0], end) if value else None


def _closing(text: str, start: int) -> int:
    """Where the bracket or quote opened at `start` is closed, or 0 if it is not within `MOST` characters or its line for a quote."""
    expected: list[str] = []
    place = start
    while place < min(len(text), start + MOST):
        letter = text[place]
        if letter in "'\"":
            place = _end_of_quote(text, place)
            if not place:
                return 0
            place -= 1
        elif letter in BRACKETS:
            expected.append(BRACKETS[letter])
        elif letter in ")]}" and (not expected or expected.pop() != letter):
            return 0
        place += 1
        if not expected:
            return place
    return 0


def _end_of_quote(text: str, start: int) -> int:
    """Where a quoted text on one line ends, or 0."""
    found = re.compile(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"").match(text, start)
    return found.end() if found else 0
