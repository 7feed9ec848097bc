"""Rows of HumanEval, LeetCodeDataset and MBPP: tests that are Python code around one function.

Their asserts become calls where they can (`asserts.py`). The rest runs as it is in the tester's
process, with the helper functions of the prompt beside it: were they the candidate's, it could
write its own. MBPP's set-up runs where the classes of the program are, after the program.
"""

import ast
from collections.abc import Sequence
from dataclasses import replace

from openmimo.verify.judge.asserts import Wrapper, calls, is_empty, names_of
from openmimo.verify.judge.fields import BadField, Row, first_text, items, text
from openmimo.verify.judge.problem import AssertTest, CodeProblem

_LIST = """
def _list_of(node):
    values = []
    while node is not None:
        values.append(node.val)
        node = node.next
    return values
"""
_TREE = """
def _tree_of(root):
    values, row = [], [root]
    while row:
        values += [None if node is None else node.val for node in row]
        row = [child for node in row if node is not None for child in (node.left, node.right)]
    while values and values[-1] is None:
        values.pop()
    return values
"""
_WRAPPERS = {
    "is_same_list": Wrapper("list_node", "_list_of", _LIST),
    "is_same_tree": Wrapper("tree_node", "_tree_of", _TREE, padded=True),
}


def check_row(row: Row) -> tuple[CodeProblem, str | None]:
    """A row whose `test` defines `check(candidate)`: HumanEval, where the program goes on from the prompt, or LeetCodeDataset, where it comes after it."""
    entry = text(row, "entry_point").strip()
    prompt = _statements(first_text(row, "prompt"))
    given = [statement for statement in prompt if not (isinstance(statement, ast.FunctionDef) and statement.name == entry)]
    prelude = _source(given)
    module = _statements(text(row, "test"), "test")
    check = next((statement for statement in module if isinstance(statement, ast.FunctionDef) and statement.name == "check"), None)
    if check is None or len(check.args.args) != 1:
        raise BadField("test", "defines no `check(candidate)`", "define a function `check` whose one argument is the function to test")
    statement = first_text(row, "query", "problem") or first_text(row, "prompt")
    problem = CodeProblem("", statement, (), entry, prelude=prelude, comparison="exact")
    golden = first_text(row, "completion") or None
    if isinstance(row.get("canonical_solution"), str):
        golden = first_text(row, "prompt") + row["canonical_solution"]
    return _with_check(problem, given, module, check), golden


def mbpp_row(row: Row) -> tuple[CodeProblem, str | None]:
    """A row of MBPP, full or sanitized: asserts that call a function of the golden program."""
    asserts = [str(item) for item in items(row, "test_list")]
    golden = first_text(row, "code") or None
    defined = _statements(golden or "")
    imports = "\n".join(row["test_imports"]) if isinstance(row.get("test_imports"), list) else ""
    setup = f"{imports}\n{text(row, 'test_setup_code', '')}".strip().replace("\r\n", "\n")
    entry = _called(asserts, {statement.name for statement in defined if isinstance(statement, ast.FunctionDef)})
    problem = CodeProblem("", first_text(row, "text", "prompt"), (), entry, setup, comparison="exact")
    found = calls(asserts, entry, names_of(defined), setup)
    if found:
        return replace(problem, tests=found.tests, entry=found.entry, setup="", prelude=found.prelude), golden
    return replace(problem, tests=tuple(map(AssertTest, asserts))), golden


def _with_check(problem: CodeProblem, given: list[ast.stmt], module: list[ast.stmt], check: ast.FunctionDef) -> CodeProblem:
    """The problem with the tests of a `check` function: each assert alone if there is nothing else in it, and the whole otherwise."""
    argument = check.args.args[0].arg
    body = [statement for statement in check.body if not is_empty(statement)]
    called = ast.parse(problem.entry, mode="eval").body
    found = calls(
        [ast.unparse(_Renamed(argument, called).visit(ast.parse(ast.unparse(item)))) for item in body],
        problem.entry,
        names_of(given),
        wrappers=_WRAPPERS,
    )
    if found:
        return replace(problem, tests=found.tests, entry=found.entry, prelude=problem.prelude + found.prelude)
    rest = [statement for statement in module if statement is not check]
    if all(isinstance(statement, ast.Assert) for statement in body):
        setup = [*given, *rest, *ast.parse("" if argument == "candidate" else f"{argument} = candidate").body]
        return replace(problem, setup=_source(setup), tests=tuple(AssertTest(ast.unparse(statement)) for statement in body))
    return replace(problem, setup=_source([*given, *rest, check]), tests=(AssertTest("check(candidate)"),))


class _Renamed(ast.NodeTransformer):
    """The same code with another expression in place of a name."""

    def __init__(self, name: str, other: ast.expr):
        self.name = name
        self.other = other

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.other if node.id == self.name else node


def _statements(source: str, field: str = "") -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if field:
            raise BadField(field, f"is no Python: {error}", "give it Python code") from None
        return []


def _source(statements: Sequence[ast.stmt]) -> str:
    return "".join(ast.unparse(statement) + "\n" for statement in statements)


def _called(asserts: Sequence[str], defined: set[str]) -> str:
    """The function that the asserts are about: one that the golden program defines, or the first that they call."""
    names = [
        node.func.id
        for index, source in enumerate(asserts)
        for statement in _statements(source, f"test_list[{index}]")
        for node in ast.walk(statement)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    if not names:
        raise BadField("test_list", "calls no function", "give asserts such as `assert add(1, 2) == 3`")
    return next((name for name in names if name in defined), names[0])
