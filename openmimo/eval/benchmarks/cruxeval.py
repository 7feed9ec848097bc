"""CRUXEval: what a small function returns for an input (O), or an input for which it returns a value (I).

An output must be a literal, as the question says, and is compared as Python compares values. An
input is any with which the function returns the value: it is run, in the judge's sandbox. CRUXEval
itself runs an assert in either case, and so takes an expression for an output too. Knows no model and no files.
"""

import ast

from openmimo.eval.benchmarks.columns import id_of, text_of
from openmimo.eval.item import Benchmark, Item, Row, Settings
from openmimo.tasks.from_file import fenced
from openmimo.tasks.task import Task
from openmimo.verify.judge.asserts import literal
from openmimo.verify.judge.fields import BadField, text
from openmimo.verify.judge.problem import CallTest, CodeProblem, Limits
from openmimo.verify.verdict import Verdict

ENTRY = "answer"
LIMITS = Limits(cpu=3.0)  # as CRUXEval's
# With these an input could change the function instead of calling it.
REACHING = frozenset({"globals", "locals", "vars", "exec", "eval", "compile", "setattr", "delattr", "getattr", "open", "input"})

# The sentences are CRUXEval's (prompts.py, direct prompts), the two examples after each are ours.
INPUT_INTRO = """You will be given a function f and an output in the form f(??) == output. Find any input such that executing f on the input leads to the given output. There may be multiple answers, but you should only output one. In [ANSWER] and [/ANSWER] tags, complete the assertion with one such input that will produce the output when executing the function.

[PYTHON]
def f(words):
    longest = max(words, key=len)
    return longest.upper()
assert f(??) == "PLUM"
[/PYTHON]
[ANSWER]
assert f(["fig", "plum"]) == "PLUM"
[/ANSWER]

[PYTHON]
def f(n, step):
    return [n, n + step]
assert f(??) == [4, 9]
[/PYTHON]
[ANSWER]
assert f(4, 5) == [4, 9]
[/ANSWER]"""
OUTPUT_INTRO = """You are given a Python function and an assertion containing an input to the function. Complete the assertion with a literal (no unsimplified expressions, no function calls) containing the output when executing the provided code on the given input, even if the function is incorrect or incomplete. Do NOT output any extra information. Provide the full assertion with the correct output in [ANSWER] and [/ANSWER] tags, following the examples.

[PYTHON]
def f(n):
    return n - 3
assert f(10) == ??
[/PYTHON]
[ANSWER]
assert f(10) == 7
[/ANSWER]

[PYTHON]
def f(word):
    return [word[0], word[-1]]
assert f("plum") == ??
[/PYTHON]
[ANSWER]
assert f("plum") == ["p", "m"]
[/ANSWER]"""
SOURCE = "CRUXEval prompts.py (arXiv 2401.03065), the direct prompt; its two worked examples are replaced by ours, which need no file"


def input_item(row: Row, place: int) -> Item:
    """The item of a row that asks for an input; BadField names a column that is missing or is no Python."""
    code, given, output = text_of(row, "code"), text(row, "input"), text_of(row, "output")
    identity = id_of(row, place, "cruxeval", "id")
    _tree(code, "code")
    test = CallTest((), _value(output))
    problem = CodeProblem(identity, code, (test,), ENTRY, prelude=f"{code}\n", comparison="exact", limits=LIMITS)
    task = Task("cruxeval", 0, code, "", _program(f"f({given})"), identity, ENTRY, (test,), problem)
    return Item(identity, _asked(code, f"f(??) == {output}"), f"f({given})", task=task)


def output_item(row: Row, place: int) -> Item:
    """The item of a row that asks for the output; BadField names a column that is missing, or an output that is no literal."""
    code, given, output = text_of(row, "code"), text(row, "input"), text_of(row, "output")
    _value(output)
    return Item(id_of(row, place, "cruxeval", "id"), _asked(code, f"f({given}) == ??"), output)


def input_program(_: Item, answer: str) -> str:
    """The program that calls the function as the answer says, `f(1)` or `assert f(1) == 2`; nothing where it is no plain call of `f`."""
    call = _sides(answer)[0]
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "f"):
        return ""
    for node in ast.walk(call):
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        if name.startswith("__") or name in REACHING or isinstance(node, ast.NamedExpr):
            return ""
    return _program(ast.unparse(call))


def output_verdict(item: Item, answer: str) -> Verdict:
    """Whether the literal that the answer gives, `2` or `assert f(1) == 2`, has the value that is due."""
    said = _sides(answer)[-1]
    try:
        right = said is not None and bool(literal(said) == _value(item.gold))
    except ValueError as error:
        return Verdict("wrong", 0.0, "literal", str(error), item.gold, ast.unparse(said) if said else answer)
    reason = "" if right else "another value" if said else "no Python"
    return Verdict("right" if right else "wrong", float(right), "literal", reason, item.gold, ast.unparse(said) if said else answer)


def _sides(answer: str) -> tuple[ast.expr | None, ...]:
    """Both sides of the first statement of an answer where it compares with ==, or that one expression."""
    said = answer.rpartition("[ANSWER]")[2].partition("[/ANSWER]")[0].strip()
    first = _first(said) or _first(said.partition("\n")[0])  # more may follow, which is no Python
    found = first.test if isinstance(first, ast.Assert) else first.value if isinstance(first, ast.Expr) else None
    if isinstance(found, ast.Compare) and len(found.ops) == 1 and isinstance(found.ops[0], ast.Eq):
        return found.left, found.comparators[0]
    return (found,)


def _first(source: str) -> ast.stmt | None:
    try:
        return next(iter(ast.parse(source).body), None)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _asked(code: str, assertion: str) -> str:
    return f"[PYTHON]\n{code}\nassert {assertion}\n[/PYTHON]\n[ANSWER]\n"


def _program(call: str) -> str:
    return fenced(f"def {ENTRY}():\n    return {call}\n")


def _tree(source: str, column: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BadField(column, f"is no Python: {error}", "give it Python code") from None


def _value(output: str) -> object:
    body = _tree(output, "output").body
    try:
        if len(body) == 1 and isinstance(body[0], ast.Expr):
            return literal(body[0].value)
    except ValueError:
        pass
    raise BadField("output", f"is no literal: {output:.40}", "give the value as Python writes it")


ABOUT = "800 short functions that a model wrote, with an input and the output; facebookresearch/cruxeval (arXiv 2401.03065), MIT."
SETTINGS = Settings(max_tokens=256, temperature=0.0, top_p=1.0, stop=("[/ANSWER]",))

BENCHMARKS = (
    Benchmark(
        "cruxeval-i",
        "CRUXEval-I",
        ABOUT,
        "text",
        input_item,
        SOURCE,
        extract=input_program,
        intro=lambda item: INPUT_INTRO,
        settings=SETTINGS,
    ),
    Benchmark(
        "cruxeval-o",
        "CRUXEval-O",
        ABOUT,
        "text",
        output_item,
        SOURCE,
        score=output_verdict,
        intro=lambda item: OUTPUT_INTRO,
        settings=SETTINGS,
    ),
)
