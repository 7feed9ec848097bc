"""What does this program print: small random Python programs, their real output, and the trace that leads to it.

The programs come from the grammar in this file and from nowhere else, so they are run
right here, under `sys.settrace`; nothing written by a model is ever run this way. The
steps are the conditions, the turns of loops and the changes of the variables, line by
line, as they really happened, with values put in for the variables of every sum. Each
step is one look at what stands just before it: a loop says what is still to come, texts
are spelled, lists are walked item by item, and what is printed is first said by its name.
"""

import ast
import copy
import io
import random
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from types import FrameType
from typing import Any, cast

from openmimo.tasks.answers import same_list
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress
from openmimo.tasks.written import difference_lines, product_lines, remainder_lines, sum_lines

PRINTS = Phrasings(
    "programs.prints",
    (
        "What does this program print?\n{c}",
        "What does this code print?\n{c}",
        "What is the output of this program?\n{c}",
        "What will this print?\n{c}",
        "Give the output:\n{c}",
        "{c}\nWhat does it print?",
        "What is printed by this Python program?\n{c}",
        "Run this in your head. What is printed?\n{c}",
        "Predict the output.\n{c}",
        "What does the following print?\n{c}",
        "Output of this code?\n{c}",
        "{c}\nWhat is the output?",
        "What does this Python code print?\n{c}",
    ),
    (
        "Somebody starts this program. What appears on the screen?\n{c}",
        "Read the code and say what comes out:\n{c}",
        "{c}\nWhich text does this write?",
    ),
)
LETTERS = "abcdeghijkmnpqrstuvwxyz"  # f is the function's
NAMES = (
    *(
        "total",
        "count",
        "result",
        "value",
        "num",
        "number",
        "word",
        "text",
        "items",
        "numbers",
        "price",
        "size",
        "step",
        "data",
        "answer",
        "left",
    ),
    *("first", "second", "acc", "out", "i", "j", "k", "n", "x", "y", "s"),
)
WORDS = ("cat", "dog", "sun", "tea", "red", "map", "hat", "box", "ice", "pen", "owl", "fox")


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One program of a kind of the level; it always prints exactly one line."""
    code = rng.choice(
        {
            1: (_straight, _straight, _text),
            2: (_branch, _loop, _text, _items),
            3: (_loop_if, _items_loop, _while, _letters),
            4: (_function, _function_loop, _nested),
        }[level]
    )(rng, level)
    steps, output = trace(code)
    shown = f"```python\n{code}\n```" if rng.random() < 0.8 else code
    question, phrasing = PRINTS.put(rng, held_out, c=shown)
    # Only questions that begin and end in words are dressed: nothing is put before or after a program.
    bare = question.startswith(code) or not question.endswith(("?", "."))
    problem = question if bare or rng.random() >= 0.3 else dress(rng, question)
    return Task("programs", level, problem, "\n".join(steps), output, phrasing)


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


def _names(rng: random.Random, count: int) -> list[str]:
    """Names of variables: letters in half of the programs, words as people use them in the others."""
    return rng.sample(LETTERS if rng.random() < 0.5 else NAMES, count)


def _straight(rng: random.Random, level: int) -> str:
    a, b, c = _names(rng, 3)
    x, y = rng.randint(1, 20), rng.randint(1, 12)
    third: list[Callable[[], str]] = [
        lambda: f"{c} = {a} + {b}",
        lambda: f"{c} = {a} * {b}",
        lambda: f"{c} = {a} - {b}",
        lambda: f"{c} = {a} % {b}",
        lambda: f"{c} = {a} // {b}",
    ]
    lines = [f"{a} = {x}", f"{b} = {y}", rng.choice(third)()]
    if rng.random() < 0.5:
        lines.append(
            rng.choice(
                [f"{a} = {a} + {rng.randint(1, 9)}", f"{b} = {b} * {rng.randint(2, 4)}", f"{c} = {c} + {b}", f"{c} += {rng.randint(1, 9)}"]
            )
        )
    return "\n".join([*lines, f"print({rng.choice([c, c, a, f'{a} + {c}'])})"])


def _text(rng: random.Random, level: int) -> str:
    s, t = _names(rng, 2)
    word, other = rng.sample(WORDS, 2)
    tail = rng.choice(
        [
            f"print({s} + {t})",
            f"print({s} * {rng.randint(2, 3)})",
            f"print(len({s} + {t}))",
            f"print({s}.upper() + {t})",
            f"print({s}[0] + {t})",
            f"print({t}[::-1])",
            f"print({s}[{rng.randint(0, 2)}])",
        ]
    )
    return "\n".join([f'{s} = "{word}"', f'{t} = "{other}"', *([f"{s} = {s} + {t}"] if level > 1 else []), tail])


def _branch(rng: random.Random, level: int) -> str:
    a, b = _names(rng, 2)
    test = rng.choice([f"{a} > {rng.randint(5, 20)}", f"{a} % 2 == 0", f"{a} < {b}", f"{a} % 3 == 0"])
    return "\n".join(
        [
            f"{a} = {rng.randint(1, 25)}",
            f"{b} = {rng.randint(1, 25)}",
            f"if {test}:",
            f"    {b} = {b} + {rng.randint(1, 9)}",
            "else:",
            f"    {b} = {rng.choice([f'{b} - {a}', f'{a} * 2', f'{b} * 2'])}",
            f"print({rng.choice([b, b, f'{a} + {b}'])})",
        ]
    )


def _loop(rng: random.Random, level: int) -> str:
    total, i = _names(rng, 2)
    span = rng.choice([f"range({rng.randint(2, 5)})", f"range({(low := rng.randint(1, 5))}, {low + rng.randint(2, 4)})"])
    step = rng.choice(
        [f"{total} += {i}", f"{total} = {total} + {i} * {rng.randint(2, 4)}", f"{total} += {rng.randint(2, 9)}", f"{total} = {total} * 2"]
    )
    return "\n".join([f"{total} = {rng.randint(0, 6)}", f"for {i} in {span}:", f"    {step}", f"print({total})"])


def _items(rng: random.Random, level: int) -> str:
    (a,) = _names(rng, 1)
    items = [rng.randint(1, 20) for _ in range(rng.randint(3, 5))]
    change = rng.choice(
        [
            f"{a}.append({rng.randint(1, 20)})",
            f"{a}[{rng.randrange(len(items))}] = {rng.randint(1, 20)}",
            f"{a}.sort()",
            f"{a}.pop()",
            f"{a}.reverse()",
        ]
    )
    return "\n".join(
        [
            f"{a} = {items}",
            change,
            f"print({rng.choice([f'sum({a})', f'len({a})', f'{a}[0]', f'{a}[-1]', f'max({a})', f'min({a})', a, f'{a}[1:]'])})",
        ]
    )


def _loop_if(rng: random.Random, level: int) -> str:
    total, i = _names(rng, 2)
    low = rng.randint(0, 6)
    test = rng.choice([f"{i} % 2 == 0", f"{i} % 3 == 0", f"{i} > {low + 2}", f"{i} != {low + 1}"])
    return "\n".join(
        [
            f"{total} = {rng.randint(0, 9)}",
            f"for {i} in range({low}, {low + rng.randint(4, 6)}):",
            f"    if {test}:",
            f"        {total} += {rng.choice([i, f'{i} * 2', str(rng.randint(2, 9))])}",
            f"print({total})",
        ]
    )


def _items_loop(rng: random.Random, level: int) -> str:
    a, total, i = _names(rng, 3)
    items = [rng.randint(1, 15) for _ in range(rng.randint(3, 5))]
    body = rng.choice(
        [
            [f"    {total} += {i}"],
            [f"    if {i} > {rng.randint(4, 10)}:", f"        {total} += {i}"],
            [f"    {total} = max({total}, {i})"],
            [f"    if {i} % 2 == 1:", f"        {total} += 1"],
        ]
    )
    return "\n".join([f"{a} = {items}", f"{total} = 0", f"for {i} in {a}:", *body, f"print({total})"])


def _while(rng: random.Random, level: int) -> str:
    n, c = _names(rng, 2)
    start, kind = rng.randint(10, 60), rng.randrange(3)
    step = [f"{n} = {n} // 2", f"{n} = {n} - {rng.randint(start // 5 + 1, start // 3 + 2)}", f"{n} -= {start // 4 + 1}"][kind]
    return "\n".join(
        [f"{n} = {start}", f"{c} = 0", f"while {n} > {rng.randint(1, 3)}:", f"    {step}", f"    {c} += 1", f"print({rng.choice([n, c])})"]
    )


def _letters(rng: random.Random, level: int) -> str:
    s, c, out = _names(rng, 3)
    word = rng.choice(WORDS) + rng.choice(WORDS)[: rng.randint(0, 2)]
    body = rng.choice(
        [
            [f'{out} = ""', f"for {c} in {s}:", f"    {out} = {c} + {out}", f"print({out})"],
            [f"{out} = 0", f"for {c} in {s}:", f'    if {c} in "aeiou":', f"        {out} += 1", f"print({out})"],
            [f'{out} = ""', f"for {c} in {s}:", f"    {out} += {c} * 2", f"print({out})"],
        ]
    )
    return "\n".join([f'{s} = "{word}"', *body])


def _function(rng: random.Random, level: int) -> str:
    a, b, c = _names(rng, 3)
    body = rng.choice(
        [f"{a} * {rng.randint(2, 5)} + {b}", f"{a} + {b} * {rng.randint(2, 5)}", f"({a} + {b}) * 2", f"{a} * {b} - {rng.randint(1, 9)}"]
    )
    x, y = rng.randint(1, 12), rng.randint(1, 12)
    return "\n".join(
        [
            f"def f({a}, {b}):",
            f"    return {body}",
            "",
            f"{c} = f({x}, {y})",
            rng.choice([f"print({c})", f"print({c} + {rng.randint(1, 9)})", f"print(f({c}, {rng.randint(1, 5)}))"]),
        ]
    )


def _function_loop(rng: random.Random, level: int) -> str:
    n, total, i = _names(rng, 3)
    step = rng.choice([f"        {total} += {i}", f"        {total} = {total} * 2 + {i}", f"        {total} += {i} * {i}"])
    return "\n".join(
        [
            f"def f({n}):",
            f"    {total} = {rng.randint(0, 3)}",
            f"    for {i} in range({n}):",
            step,
            f"    return {total}",
            "",
            f"print(f({rng.randint(2, 5)}))",
        ]
    )


def _nested(rng: random.Random, level: int) -> str:
    total, i, j = _names(rng, 3)
    return "\n".join(
        [
            f"{total} = 0",
            f"for {i} in range({rng.randint(2, 3)}):",
            f"    for {j} in range({rng.randint(2, 3)}):",
            f"        {total} += {rng.choice([i, j, f'{i} * {j}', f'{i} + {j}', '1'])}",
            f"print({total})",
        ]
    )


def check(gold: str, answer: str) -> bool:
    """Exactly what was printed; a list may be spaced otherwise."""
    return gold.strip() == answer.strip().strip("`") or (
        gold.startswith("[") and answer.strip().startswith("[") and same_list(gold, answer)
    )


FAMILY = Family("programs", "the output of short Python programs", (1, 2, 3, 4), make, check, (PRINTS,))
