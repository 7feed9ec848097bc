"""Wrong programs to try tests on: small changes to a right program, and programs that do nothing.

A change may leave a program right (an equivalent mutant), so only one that fails some test
is known to be wrong. The same program always gives the same mutants. Knows no judge;
`check_problems.py` uses it.
"""

import ast
import copy
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any

from openmimo.verify.judge.problem import CodeProblem

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
DROPPED = (ast.Assign, ast.AugAssign, ast.Expr)


@dataclass(frozen=True)
class Mutant:
    """A program, and how it came about in a few words."""

    about: str
    program: str


@dataclass(frozen=True)
class _Place:
    """Where a node hangs in its parent: a field, or one place of a list there."""

    parent: ast.AST
    field: str
    index: int | None

    def put(self, node: Any) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def mutants(program: str, most: int) -> list[Mutant]:
    """Up to `most` mutants of a Python program, of as many kinds as there are; none of a program that does not parse.

    A changed operator, a constant off by one, a dropped statement, None returned. What is in a
    `while` loop stays as it is: most changes there never end, and cost the time limit of every test.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the program's own escapes
            tree = ast.parse(program)
            kinds: dict[str, list[Mutant]] = {}
            for place, node in _nodes(tree):
                for kind, about, new in _changes(node):
                    place.put(ast.copy_location(new, node))
                    kinds.setdefault(kind, []).append(Mutant(f"{about} in line {node.lineno}", ast.unparse(tree)))
                    place.put(node)
            plain = ast.unparse(tree)
    except (SyntaxError, ValueError, RecursionError):
        return []
    # One of each kind, then the next of each, so that a few mutants are of many kinds.
    mixed = chain.from_iterable(zip_longest(*kinds.values()))
    different = {mutant.program: mutant for mutant in mixed if mutant and mutant.program != plain}
    return list(different.values())[:most]


def trivial(problem: CodeProblem) -> list[Mutant]:
    """Programs that solve nothing: one that is empty, and one that echoes its input or whose function returns None."""
    if problem.language == "cpp":
        return [Mutant("does nothing", "int main() { return 0; }\n")]
    if not problem.entry:
        return [Mutant("is empty", ""), Mutant("echoes its input", "import sys\nsys.stdout.write(sys.stdin.read())\n")]
    return [Mutant("is empty", ""), Mutant("returns None", _returning_none(problem.entry))]


def _returning_none(entry: str) -> str:
    """A program for an entry like `add` or `Solution().add` that takes anything and returns None."""
    owner, _, name = entry.rpartition(".")
    function = f"def {name}(*args, **kwargs):\n    return None\n"
    if not owner:
        return function
    return f"class {owner.split('(')[0]}:\n" + "".join(f"    {line}\n" for line in function.splitlines())


def _nodes(tree: ast.AST) -> Iterator[tuple[_Place, ast.stmt | ast.expr]]:
    """The statements and expressions that may be changed, in the order of the program."""
    for field, value in ast.iter_fields(tree):
        for index, child in enumerate(value) if isinstance(value, list) else ((None, value),):
            if not isinstance(child, ast.AST) or isinstance(child, ast.While | ast.JoinedStr):
                continue
            if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                continue  # a docstring
            if isinstance(child, ast.stmt | ast.expr):
                yield _Place(tree, field, index), child
            yield from _nodes(child)


def _changes(node: ast.stmt | ast.expr) -> Iterator[tuple[str, str, ast.AST]]:
    """What a node may be changed to, with the kind of the change and what to call it."""
    new: Any = copy.copy(node)
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARED:
        new.ops = [COMPARED[type(node.ops[0])](), *node.ops[1:]]
        yield "compare", f"{_name(new.ops[0])} for {_name(node.ops[0])}", new
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in COMPUTED:
        new.op = COMPUTED[type(node.op)]()
        yield "compute", f"{_name(new.op)} for {_name(node.op)}", new
    elif isinstance(node, ast.BoolOp):
        new.op = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
        yield "logic", f"{_name(new.op)} for {_name(node.op)}", new
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        new.value = not node.value if isinstance(node.value, bool) else node.value + 1
        yield "constant", f"{new.value!r:.20} for {node.value!r:.20}", new
    elif isinstance(node, ast.Return) and not (node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None)):
        new.value = None
        yield "return", "None returned", new
    if isinstance(node, DROPPED):
        yield "statement", "a statement dropped", ast.Pass()


def _name(operator: ast.AST) -> str:
    return type(operator).__name__
