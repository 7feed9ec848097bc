"""The trace of a small Python program: what happens line by line, written so that each step is one look at what stands before it.

The steps are the conditions, the turns of loops and the changes of the variables, as they
really happened, with values put in for the variables of every sum. A loop says what is
still to come, texts are spelled, lists are walked item by item, and what is printed is
first said by its name. Programs are run right here, under `sys.settrace`: give it those of
`programs.py`, and nothing written by a model.
"""

import ast
import copy
import io
import re
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from types import FrameType
from typing import Any, cast

from openmimo.tasks.written import difference_lines, product_lines, remainder_lines, sum_lines


def trace(code: str) -> tuple[list[str], str]:
    """Run a program of this file's grammar; gives its steps, and what it prints.

    A step is a condition with what came of it, a turn of a loop with what is still to come,
    a change of a variable with the sum that led to it, or what a function returns; before
    it stand the lines of whatever is more than one look.
    """
    steps: list[str] = []
    seen: dict[int, dict[str, Any]] = {}
    lines: dict[int, int] = {}  # the line that each frame is in
    turns: dict[tuple[int, int], int] = {}  # how often a loop has come round in a frame
    statements = {node.lineno: node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.stmt)}

    def note(frame: FrameType) -> None:
        before, now = seen.setdefault(id(frame), {}), {}
        for name, value in frame.f_locals.items():
            if not name.startswith("__") and isinstance(value, int | str | list):
                now[name] = value.copy() if isinstance(value, list) else value
        seen[id(frame)] = now
        done = statements.get(lines.get(id(frame), 0))
        if isinstance(done, ast.For):
            loop = id(frame), done.lineno
            if frame.f_lineno == done.body[0].lineno:
                turns[loop] = turns.get(loop, -1) + 1
                steps.append(_turn(done, now, turns[loop]))
            else:
                turns.pop(loop, None)
            return
        if isinstance(done, ast.If | ast.While):
            steps.extend(_test(done.test, now))
        target = _target_of(done)
        if done is not None and target is not None:
            worked, forms = _list_lines(done, before[target]) if _changes_a_list(done) else _worked(_value_of(done), before)
            steps.extend([*worked, " = ".join((target, *forms, _shown(now[target])))])
        elif now != before:  # a call has given them
            steps.append(", ".join(f"{name} = {_shown(value)}" for name, value in now.items()))

    def watch(frame: FrameType, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename != "<program>":
            return None
        if event == "call":
            # A new frame may get the place, and so the id, of one that is gone.
            seen.pop(id(frame), None)
            lines.pop(id(frame), None)
        if event in ("line", "return"):
            note(frame)
        if event == "line":
            lines[id(frame)] = frame.f_lineno
            if _calls_f(_value_of(statements[frame.f_lineno])):
                steps.append(ast.unparse(statements[frame.f_lineno]))
        if event == "return":
            last = statements.get(lines.get(id(frame), 0))
            if isinstance(last, ast.Return):
                worked, forms = _worked(last.value, seen[id(frame)])
                steps.extend([*worked, f"{frame.f_code.co_name} returns {' = '.join((*forms, _shown(argument)))}"])
            elif isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
                steps.extend(_print_lines(last.value.args[0], seen[id(frame)]))
        return watch

    printed = io.StringIO()
    compiled = compile(code, "<program>", "exec")
    before = sys.gettrace()
    with redirect_stdout(printed):
        sys.settrace(watch)
        try:
            exec(compiled, {})
        finally:
            sys.settrace(before)
    output = printed.getvalue().strip()
    return [*steps, f"It prints {output}"], output


def _shown(value: Any) -> str:
    """A value as steps have it: a text letter by letter, for a token may be several of them."""
    return (" ".join(value) or "''") if isinstance(value, str) else repr(value)


def _of(node: ast.expr, values: dict[str, Any]) -> Any:
    """What a part of a program of this file's grammar is worth."""
    return eval(ast.unparse(node), {}, dict(values))


def _target_of(statement: ast.stmt | None) -> str | None:
    """The variable that a statement gives a value to, be it the one it had, or the list that it changes."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        target = statement.value.func
    if isinstance(target, ast.Subscript | ast.Attribute):
        return ast.unparse(target.value)
    return target.id if isinstance(target, ast.Name) and not isinstance(statement, ast.Expr) else None


def _value_of(statement: ast.stmt | None) -> ast.expr | None:
    """What a statement gives to its variable, or prints."""
    if isinstance(statement, ast.Assign):
        return statement.value
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) and statement.value.args:
        return statement.value.args[0]
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        return ast.BinOp(ast.Name(statement.target.id, ast.Load()), statement.op, statement.value)
    return None


def _turn(loop: ast.For, values: dict[str, Any], turn: int) -> str:
    """The value of a loop's variable in one turn, and the last of a range or all that is left of a list or text."""
    items = list(_of(loop.iter, values))
    now = f"{ast.unparse(loop.target)} = {_shown(items[turn])}"
    if isinstance(loop.iter, ast.Call):
        return f"{now} to {items[-1]}"
    return f"{now}, then {', '.join(map(_shown, items[turn + 1 :]))}" if items[turn + 1 :] else f"{now}, last"


def _test(test: ast.expr, values: dict[str, Any]) -> list[str]:
    """A condition with values for its variables, and whether it holds."""
    if isinstance(test, ast.Compare) and isinstance(test.left, ast.BinOp):
        lines, forms = _worked(test.left, values)
        left = _of(test.left, values)
        shown = ast.unparse(ast.Compare(ast.Constant(left), test.ops, test.comparators))
        return [*lines, f"{forms[0]} = {left}, {shown} is {_of(test, values)}"]
    return [f"{_written(_with_values(test, values))} is {_of(test, values)}"]


def _print_lines(value: ast.expr, values: dict[str, Any]) -> list[str]:
    """What is printed, first as the program has it and then with its values; nothing after a call, which has said it."""
    if _calls_f(value):
        return []
    lines, forms = _worked(value, values)
    last = [" = ".join((*forms, _shown(_of(value, values))))] if forms else []
    return [f"print({ast.unparse(value)})", *lines, *last]


def _calls_f(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func) == "f"


def _worked(value: ast.expr | None, values: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Lines that look up and work out the parts of a value, and its forms on the way.

    The forms are a variable's name, or a sum with values for variables and then with one
    operation less each time.
    """
    if value is None or _calls_f(value):
        return [], []
    if isinstance(value, ast.Name):
        return [], [value.id]
    if isinstance(value, ast.Constant):
        return [], [repr(value.value)] if isinstance(value.value, str) and value.value else []
    if isinstance(value, ast.Call) and len(value.args) == 2:  # the greater of two
        return [], [_written(_with_values(value, values))]
    lines, forms = list[str](), list[str]()
    shown = _with_values(_looked_up(value, values, lines), values)
    while isinstance(shown, ast.BinOp):
        forms.append(_written(shown))
        lines += _side_lines(_first(shown), in_brackets=forms[-1].startswith("("))
        shown = _one_less(shown)
    return lines, forms


def _changes_a_list(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) or (isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Subscript))


def _list_lines(statement: ast.stmt, items: list[int]) -> tuple[list[str], list[str]]:
    """A statement that changes a list, with what leads to the new one; no forms of a sum."""
    shown = ast.unparse(statement)
    if isinstance(statement, ast.Assign):
        place, new = re.findall(r"\d+", shown)
        return [shown, f"{_numbered(items[: int(place) + 1], 0)} becomes {new}"], []
    if shown.endswith("pop()"):
        return [shown, f"The last is {items[-1]}"], []
    if shown.endswith("reverse()"):
        return [shown, _turned(items)], []
    if shown.endswith("sort()"):  # by insertion
        return [shown, "; ".join(_row(sorted(items[: n + 1])) for n in range(len(items)))], []
    return [shown], []


def _row(items: Sequence[Any]) -> str:
    """A text letter by letter, or the items of a list without its brackets."""
    return _shown(items) if isinstance(items, str) else ", ".join(map(str, items))


def _numbered(items: Sequence[Any], first: int) -> str:
    """Items with their numbers before them."""
    return ", ".join(f"{n}: {_shown(item)}" for n, item in enumerate(items, first))


def _turned(items: Sequence[Any]) -> str:
    """A list or text turned round item by item."""
    return "; ".join(_row(items[n::-1]) for n in range(len(items)))


def _looked_up(value: ast.expr, values: dict[str, Any], lines: list[str]) -> ast.expr:
    """A value with what it looks up or calls replaced by what comes of it; how that comes about is added to `lines`."""

    class Put(ast.NodeTransformer):
        def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
            lines.extend(_item_lines(ast.unparse(node.slice), _of(node.value, values)))
            return ast.Constant(_of(node, values))

        def visit_Call(self, node: ast.Call) -> ast.expr:
            lines.extend(_call_lines(node, values))
            return ast.Constant(_of(node, values))

    return cast(ast.expr, Put().visit(copy.deepcopy(value)))


def _item_lines(index: str, items: Sequence[Any]) -> list[str]:
    """How one comes to an item, or the items, at an index."""
    if index == "::-1":
        return [_turned(items)]
    if index == "1:":
        return [f"Without {items[0]}"]
    if index == "-1":
        return [f"The last is {items[-1]}"]
    return [_numbered(items[: int(index) + 1], 0)]


def _call_lines(call: ast.Call, values: dict[str, Any]) -> list[str]:
    """How one comes to the result of a built-in function or method: item by item."""
    name = ast.unparse(call.func)
    if isinstance(call.func, ast.Attribute):
        text = _of(call.func.value, values)
        return [f"{_shown(text)} is {_shown(text.upper())}"]
    items = _of(call.args[0], values)
    if name == "len":
        joined = [f"{_worked(call.args[0], values)[1][0]} = {_shown(items)}"] if isinstance(call.args[0], ast.BinOp) else []
        return [*joined, _numbered(items, 1)]
    if name == "sum":
        return [line for n, item in enumerate(items) if n for line in sum_lines(sum(items[:n]), item)]
    choose = {"max": max, "min": min}[name]
    return [f"{name}({choose(items[:n])}, {item}) = {choose(items[: n + 1])}" for n, item in enumerate(items) if n]


def _with_values(node: ast.expr, values: dict[str, Any]) -> ast.expr:
    class Put(ast.NodeTransformer):
        def visit_Name(self, name: ast.Name) -> ast.expr:
            value = values.get(name.id)
            return ast.Constant(value) if isinstance(value, int | str) else name

    return cast(ast.expr, Put().visit(copy.deepcopy(node)))


def _written(node: ast.expr) -> str:
    """The text of a sum whose texts are spelled."""

    class Spell(ast.NodeTransformer):
        def visit_Constant(self, constant: ast.Constant) -> ast.expr:
            return ast.Name(_shown(constant.value), ast.Load()) if isinstance(constant.value, str) else constant

    return ast.unparse(Spell().visit(copy.deepcopy(node)))


def _first(node: ast.BinOp) -> ast.BinOp:
    """The operation of a sum that can be done first."""
    return next((_first(side) for side in (node.left, node.right) if isinstance(side, ast.BinOp)), node)


def _one_less(node: ast.BinOp) -> ast.expr:
    """The sum with its first operation done that can be."""
    if isinstance(node.left, ast.BinOp):
        return ast.BinOp(_one_less(node.left), node.op, node.right)
    if isinstance(node.right, ast.BinOp):
        return ast.BinOp(node.left, node.op, _one_less(node.right))
    return ast.Constant(_of(node, {}))


def _side_lines(operation: ast.BinOp, in_brackets: bool) -> list[str]:
    """The written sum behind an operation that is too much for one step; one in brackets is also said by itself."""
    a, b = _of(operation.left, {}), _of(operation.right, {})
    if isinstance(a, str):
        return ["; ".join(f"{n}: {_shown(a)}" for n in range(1, b + 1))] if isinstance(b, int) and len(a) > 1 else []
    if isinstance(operation.op, ast.Mod | ast.FloorDiv):
        return remainder_lines(a, b) if b > 2 else []
    kind = {ast.Add: sum_lines, ast.Sub: difference_lines, ast.Mult: product_lines}[type(operation.op)]
    lines = kind(a, b)
    return lines[:-1] if lines[-1].startswith(f"{ast.unparse(operation)} = ") and not in_brackets else lines
