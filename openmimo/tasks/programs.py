"""What does this program print: small random Python programs, their real output, and the trace that leads to it.

The programs come from the grammar in this file and from nowhere else. Read
`program_traces.py` for how they are run and what the steps say.
"""

import random
from collections.abc import Callable

from openmimo.tasks.answers import same_list
from openmimo.tasks.program_traces import trace
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress

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
