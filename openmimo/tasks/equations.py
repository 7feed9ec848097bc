"""Linear equations in one unknown, as letters or as riddles in words, solved by doing the same to both sides."""

import random
from fractions import Fraction

from openmimo.tasks.answers import same_number
from openmimo.tasks.correction import with_slip
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress
from openmimo.tasks.written import difference_lines, product_lines, quotient_lines, sum_lines

SOLVE = Phrasings(
    "equations.solve",
    (
        "Solve {e}.",
        "Solve for {v}: {e}",
        "{e}. What is {v}?",
        "Find {v} if {e}.",
        "What is {v} if {e}?",
        "Solve the equation {e}.",
        "If {e}, what is {v}?",
        "{e}",
        "Given {e}, find {v}.",
        "Which value of {v} makes {e} true?",
        "Find the value of {v}: {e}",
        "What value does {v} have in {e}?",
        "Work out {v}: {e}",
        "Determine {v} from {e}.",
        "{e}, {v} = ?",
        "Solve {e} for {v}.",
    ),
    ("I am stuck on {e}. What must {v} be?", "For which {v} does {e} hold?", "Get {v} out of {e}.", "{e} - how big is {v}?"),
)
RIDDLES = {
    "add": Phrasings(
        "equations.riddle_add",
        (
            "I think of a number and add {a}. The result is {c}. Which number is it?",
            "A number plus {a} is {c}. What is the number?",
            "If I add {a} to a number I get {c}. What is it?",
            "{a} more than a number is {c}. Find the number.",
            "Which number plus {a} makes {c}?",
            "When a number is increased by {a}, it becomes {c}. What is the number?",
            "The sum of a number and {a} is {c}. What is the number?",
            "What number do you add to {a} to get {c}?",
            "Some number and {a} make {c} together. What is it?",
            "Find the number that is {c} after adding {a}.",
        ),
        (
            "Somebody adds {a} to a secret number and has {c}. The secret?",
            "A number grew by {a} and is {c} now. What was it?",
            "Name the number which gives {c} with {a} added.",
        ),
    ),
    "line": Phrasings(
        "equations.riddle_line",
        (
            "I think of a number, multiply it by {a} and add {b}. The result is {c}. Which number is it?",
            "{a} times a number plus {b} is {c}. What is the number?",
            "If I multiply a number by {a} and add {b}, I get {c}. What is it?",
            "A number times {a}, plus {b}, equals {c}. Find the number.",
            "{b} more than {a} times a number is {c}. What is the number?",
            "Multiply a number by {a}, then add {b}: you get {c}. Which number?",
            "The sum of {b} and {a} times a number is {c}. Find it.",
            "Take a number, times {a}, plus {b}, and it is {c}. What is the number?",
            "When {b} is added to {a} times a number the result is {c}. What is the number?",
            "What number times {a} plus {b} makes {c}?",
        ),
        (
            "My secret number, taken {a} times and raised by {b}, is {c}. What is it?",
            "Which number gives {c} when it is multiplied by {a} and then {b} is added?",
            "After multiplying by {a} and adding {b} I see {c}. Where did I start?",
        ),
    ),
}
LETTERS = "xxxxxyyznatkbm"


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One equation of a form of the level; the unknown is whole, or at level 4 in some a fraction."""
    kind = rng.choice(
        {
            1: ("add", "times", "add", "subtract"),
            2: ("line", "line", "times", "divide"),
            3: ("both", "brackets", "line"),
            4: ("both", "brackets", "fraction", "wide"),
        }[level]
    )
    variable = rng.choice(LETTERS)
    most = {1: 20, 2: 15, 3: 20, 4: 40}[level]
    x = rng.randint(-most // 2, most) if level > 1 else rng.randint(1, most)
    equation, lines, value, riddle = {
        "add": _add,
        "subtract": _subtract,
        "times": _times,
        "divide": _divide,
        "line": _line,
        "wide": _line,
        "both": _both,
        "brackets": _brackets,
        "fraction": _fraction,
    }[kind](rng, level, variable, x)
    if riddle and rng.random() < 0.4:
        phrasings: Phrasings = RIDDLES["add" if kind == "add" else "line"]
        question, phrasing = phrasings.put(rng, held_out, **riddle)
        lines = [f"Let {variable} be the number: {equation}", *lines]
    else:
        shown = equation.replace(" ", "") if rng.random() < 0.12 else equation
        question, phrasing = SOLVE.put(rng, held_out, e=shown, v=variable)
    return Task("equations", level, dress(rng, question), "\n".join(with_slip(rng, lines)), str(value), phrasing)


Made = tuple[str, list[str], Fraction, dict[str, object]]


def _signed(number: int) -> str:
    """A term to be added, with its sign apart: ` + 3` or ` - 3`, or nothing for 0."""
    return f" + {number}" if number > 0 else f" - {-number}" if number < 0 else ""


def _term(factor: int, variable: str) -> str:
    return variable if factor == 1 else f"-{variable}" if factor == -1 else f"{factor}{variable}"


def _move(total: int, moved: int) -> list[str]:
    """`total - moved` written out, as the right side after taking `moved` from both sides."""
    return difference_lines(total, moved) if moved >= 0 else sum_lines(total, -moved)


def _divided(top: int, bottom: int, variable: str) -> list[str]:
    """The last step `bottom * x = top`, evenly or as a fraction in lowest terms."""
    value = Fraction(top, bottom)
    if bottom == 1:
        return []
    if value.denominator == 1 and top > 0 and bottom > 0 and top > 144:
        return [*quotient_lines(top, bottom), f"{variable} = {value}"]
    return [f"{variable} = {top} / {bottom if bottom > 0 else f'({bottom})'} = {value}"]


def _add(rng: random.Random, level: int, variable: str, x: int) -> Made:
    a = rng.randint(1, 30)
    equation = f"{variable} + {a} = {x + a}" if rng.random() < 0.8 else f"{a} + {variable} = {x + a}"
    return equation, [*_move(x + a, a), f"{variable} = {x}"], Fraction(x), {"a": a, "c": x + a}


def _subtract(rng: random.Random, level: int, variable: str, x: int) -> Made:
    a = rng.randint(1, 30)
    return f"{variable} - {a} = {x - a}", [*sum_lines(x - a, a), f"{variable} = {x}"], Fraction(x), {}


def _times(rng: random.Random, level: int, variable: str, x: int) -> Made:
    a = rng.randint(2, 12)
    return f"{_term(a, variable)} = {a * x}", _divided(a * x, a, variable), Fraction(x), {}


def _divide(rng: random.Random, level: int, variable: str, x: int) -> Made:
    a, b = rng.randint(2, 9), abs(x) + 1
    return f"{variable} / {a} = {b}", [*product_lines(b, a), f"{variable} = {a * b}"], Fraction(a * b), {}


def _line(rng: random.Random, level: int, variable: str, x: int) -> Made:
    a, b = rng.randint(2, 9 if level < 4 else 25), rng.randint(1, 30 if level < 4 else 150) * (1 if rng.random() < 0.65 else -1)
    c = a * x + b
    lines = [*_move(c, b), f"{_term(a, variable)} = {c - b}", *_divided(c - b, a, variable)]
    if rng.random() < 0.4:
        lines += ["Check:", f"{a} * {x if x >= 0 else f'({x})'}{_signed(b)} = {c}, which is right."]
    return f"{_term(a, variable)}{_signed(b)} = {c}", lines, Fraction(x), {"a": a, "b": b, "c": c} if b > 0 else {}


def _both(rng: random.Random, level: int, variable: str, x: int) -> Made:
    c = rng.randint(1, 9)
    a, b = c + rng.randint(1, 8), rng.randint(-30, 30)
    d = (a - c) * x + b
    lines = [f"Subtract {_term(c, variable)}: {_term(a - c, variable)}{_signed(b)} = {d}"]
    if b:
        lines += [*_move(d, b), f"{_term(a - c, variable)} = {d - b}"]
    return (
        f"{_term(a, variable)}{_signed(b)} = {_term(c, variable)}{_signed(d)}",
        [*lines, *_divided(d - b, a - c, variable)],
        Fraction(x),
        {},
    )


def _brackets(rng: random.Random, level: int, variable: str, x: int) -> Made:
    a, b = rng.randint(2, 9), rng.randint(1, 15) * rng.choice((1, 1, -1))
    right = a * (x + b)
    lines = [f"Divide by {a}: {right} / {a} = {x + b}", f"{variable}{_signed(b)} = {x + b}", *_move(x + b, b), f"{variable} = {x}"]
    return f"{a}({variable}{_signed(b)}) = {right}", lines, Fraction(x), {}


def _fraction(rng: random.Random, level: int, variable: str, x: int) -> Made:
    a, b, c = rng.randint(2, 9), rng.randint(-20, 20), rng.randint(-30, 60)
    lines = [*([*_move(c, b), f"{_term(a, variable)} = {c - b}"] if b else []), *_divided(c - b, a, variable)]
    return f"{_term(a, variable)}{_signed(b)} = {c}", lines, Fraction(c - b, a), {}


FAMILY = Family(
    "equations", "linear equations in one unknown, also as riddles", (1, 2, 3, 4), make, same_number, (SOLVE, *RIDDLES.values())
)
