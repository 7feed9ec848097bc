"""Asserts of Python problem sets as calls with their expected values, which the judge runs fastest and compares outside.

`assert f([1, 2]) == 3` becomes a CallTest. Where a part of the left side is no literal, as in
`assert depth(Node(1)) == 1`, it is written as a case of a function that is put before the program:
it runs in the candidate's process, where `Node` is, and what it returns is compared outside as well.
What is no such comparison is left to AssertTest. No code of an assert is run here.
Knows no file; `formats.py` reads those.
"""

import ast
import operator
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openmimo.verify.judge.problem import CallTest

CASE = "_case"
_CONVERSIONS = frozenset({"int", "float", "str", "bool", "list", "tuple", "set", "frozenset", "dict", "sorted", "len"})
_KINDS: dict[str, Callable[[Any], Any]] = {"set": set, "frozenset": frozenset, "tuple": tuple, "list": list, "float": float}
_BUILTINS = _CONVERSIONS | {"object", "range", "bytes", "complex", "type", "max", "min", "sum", "abs", "True", "False", "None"}
_SUMS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_LARGEST = 10**30
_LONGEST = 10_000


@dataclass(frozen=True)
class Calls:
    """Tests that are calls, of which function, and what must stand before the program for them."""

    tests: tuple[CallTest, ...]
    entry: str
    prelude: str = ""


@dataclass(frozen=True)
class Wrapper:
    """A function of a problem set that compares two objects, `same(left, maker([1, 2]))`, and code whose `flat(left)` gives the list they are made of."""

    maker: str
    flat: str
    code: str
    padded: bool = False  # trailing None in the expected list mean nothing


def calls(
    asserts: Iterable[str], entry: str, inside: Collection[str] = (), setup: str = "", wrappers: Mapping[str, Wrapper] | None = None
) -> Calls | None:
    """The asserts as calls, or None.

    `inside` are names that the candidate's process has besides its own function, and `setup` is code
    that it runs before each case; its names count as well.
    """
    try:
        before = ast.parse(setup).body
        statements = [statement for text in asserts for statement in ast.parse(text).body]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    known = frozenset({*inside, *names_of(before)}) | _BUILTINS
    cases = [_case(statement, entry, known, wrappers or {}) for statement in statements if not is_empty(statement)]
    if not cases or None in cases:
        return None
    found = [case for case in cases if case]
    if not before and all(case.call for case in found):
        return Calls(tuple(CallTest(case.call[0], case.output, case.call[1]) for case in found if case.call), entry)
    return _written(found, entry, before)


def is_empty(statement: ast.stmt) -> bool:
    """Whether a statement of a test tests nothing: `assert True`, `pass`, or a bare name."""
    if isinstance(statement, ast.Assert):
        return isinstance(statement.test, ast.Constant) and bool(statement.test.value)
    return isinstance(statement, ast.Pass) or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant | ast.Name))


def names_of(statements: Iterable[ast.stmt]) -> set[str]:
    """The names that statements define at their top level."""
    names: set[str] = set()
    for statement in statements:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            names.add(statement.name)
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name.split(".")[0] for alias in statement.names}
        else:
            names |= {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return names


def literal(node: ast.expr) -> Any:
    """The value of an expression of literals, sums of numbers and sets; raises ValueError for any other."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, MemoryError, RecursionError):
        return _computed(node)


@dataclass(frozen=True)
class _Case:
    """What is called, as it stands, with its literal arguments if it has no others, and the value that is due."""

    left: ast.expr
    output: Any
    call: tuple[tuple[Any, ...], dict[str, Any]] | None = None
    wrapper: Wrapper | None = None


def _case(statement: ast.stmt, entry: str, known: frozenset[str], wrappers: Mapping[str, Wrapper]) -> _Case | None:
    if not isinstance(statement, ast.Assert):
        return None
    test = statement.test
    if isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and test.func.id in wrappers:
        return _wrapped(test, entry, known, wrappers[test.func.id])
    if not (isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq)):
        return None
    for left, right in ((test.left, test.comparators[0]), (test.comparators[0], test.left)):
        try:
            output = literal(right)
        except ValueError:
            continue
        if _calls_once(left, entry, known):
            return _Case(left, output, _plain(left, entry))
    return None


def _wrapped(test: ast.Call, entry: str, known: frozenset[str], wrapper: Wrapper) -> _Case | None:
    """`same(f(...), maker([1, 2]))`: the list that the answer is made of is compared with the list that is due."""
    if len(test.args) != 2 or test.keywords:
        return None
    for left, right in (test.args, test.args[::-1]):
        made = isinstance(right, ast.Call) and ast.unparse(right.func) == wrapper.maker and len(right.args) == 1
        if not made or not _calls_once(left, entry, known):
            continue
        try:
            due = literal(right.args[0])  # type: ignore[attr-defined]
        except ValueError:
            return None
        while wrapper.padded and due and due[-1] is None:
            due = due[:-1]
        return _Case(left, due, wrapper=wrapper)
    return None


def _calls_once(node: ast.expr, entry: str, known: frozenset[str]) -> bool:
    """Whether it is one call of the function, perhaps converted, whose arguments are made of names the candidate's process has."""
    if not isinstance(node, ast.Call) or any(isinstance(child, ast.NamedExpr | ast.Await | ast.Yield) for child in ast.walk(node)):
        return False
    if ast.unparse(node.func) != entry:
        converts = isinstance(node.func, ast.Name) and node.func.id in _CONVERSIONS
        return converts and len(node.args) == 1 and not node.keywords and _calls_once(node.args[0], entry, known)
    inside = [*node.args, *(keyword.value for keyword in node.keywords)]
    named = {child.id for part in inside for child in ast.walk(part) if isinstance(child, ast.Name)}
    return named <= known and entry not in named


def _plain(node: ast.expr, entry: str) -> tuple[tuple[Any, ...], dict[str, Any]] | None:
    if not isinstance(node, ast.Call) or ast.unparse(node.func) != entry or any(keyword.arg is None for keyword in node.keywords):
        return None
    try:
        return tuple(literal(arg) for arg in node.args), {str(keyword.arg): literal(keyword.value) for keyword in node.keywords}
    except ValueError:
        return None


def _written(cases: Sequence[_Case], entry: str, before: list[ast.stmt]) -> Calls:
    """Every case as a line of a function that stands before the program."""
    lines, codes = [], []
    for case in cases:
        text = ast.unparse(case.left)
        if case.wrapper:
            text = f"{case.wrapper.flat}({text})"
            codes.append(case.wrapper.code)
        lines.append(f"        lambda: {text},")
    body = [f"    {line}" for statement in before for line in ast.unparse(statement).splitlines()]
    function = "\n".join([f"def {CASE}(number):", *body, "    return (", *lines, "    )[number]()"])
    tests = tuple(CallTest((number,), case.output) for number, case in enumerate(cases))
    return Calls(tests, CASE, "\n".join([*dict.fromkeys(codes), function]) + "\n")


def _computed(node: ast.expr) -> Any:
    if isinstance(node, ast.Tuple | ast.List):
        members = [literal(item) for item in node.elts]
        return tuple(members) if isinstance(node, ast.Tuple) else members
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_number(literal(node.operand))
    if isinstance(node, ast.BinOp) and type(node.op) in _SUMS:
        return _sum(node)
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in _KINDS
        and len(node.args) == 1
        and not node.keywords
    ):
        try:
            return _KINDS[node.func.id](literal(node.args[0]))
        except (TypeError, OverflowError) as error:
            raise ValueError(str(error)) from None
    raise ValueError(f"{ast.unparse(node)[:80]} is no literal")


def _sum(node: ast.BinOp) -> Any:
    left, right = literal(node.left), literal(node.right)
    if (
        isinstance(node.op, ast.Add)
        and type(left) is type(right)
        and type(left) in (str, list, tuple)
        and len(left) + len(right) < _LONGEST
    ):
        return left + right
    try:
        return _SUMS[type(node.op)](_number(left), _number(right))
    except ArithmeticError as error:
        raise ValueError(str(error)) from None


def _number(value: Any) -> int | float:
    if type(value) not in (int, float) or not abs(value) < _LARGEST:
        raise ValueError("no number that is small enough to compute with")
    return value
