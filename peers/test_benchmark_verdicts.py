"""An evaluation's verdicts on stored outputs: of mathematics they are math-verify's, of HumanEval and MBPP EvalPlus's.

Run by `make test-peers`. Where we differ is listed here with the reason; any other difference fails.
math-verify is installed with us and asked as it comes, with its default settings; EvalPlus lives in
an environment of its own. `test_evalplus.py` has the judge alone, `tests/verify/math` the verifier.
"""

import ast
import json
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from math_verify import parse, verify

from openmimo.bench.peers import Peer, python_of, running
from openmimo.core.lines import Lines, read_lines
from openmimo.eval.ask import Ask, Said
from openmimo.eval.benchmarks.catalog import find, read_items
from openmimo.eval.item import Benchmark, Item
from openmimo.eval.run import SAID, VERDICTS, run
from openmimo.tasks.from_file import fenced
from openmimo.verify.mutants import mutants

FIXTURES = Path(__file__).parent.parent / "tests" / "eval" / "fixtures"
Row = dict[str, Any]

# A gold answer, and what a model may write: the same in other forms, with units, or wrong.
WAYS = {
    "14": ["14.0", "14.0000001", "28/2", r"\frac{28}{2}", "+14", "15", "-14", "1 4", "14 beans", r"14\text{ beans}", r"14\,\text{cm}", r"14~\text{m}^2", r"14^\circ", r"\$14", r"14\%", "014", "x=14", "14, 15", "14.", r"\fbox{14}", "1.4e1", r"1.4 \times 10^1", r"14 \mathrm{m}", "14 or 15", r"\mathbf{14}", "fourteen"],
    "1,400": ["1400", "1 400", "1.400", r"1{,}400", r"1\,400", "1,400.00", "$1,400", "14,00", "1,401", "1400 sacks", r"1400\text{ sacks}"],
    r"\frac{3}{4}": ["3/4", "0.75", ".75", r"\dfrac34", r"\frac34", r"75\%", "75%", "6/8", "4/3", "0.7", r"-\frac{3}{4}", "3:4", "0,75", r"\frac{3}{4}\text{ cup}", r"1-\frac14", "0.750000001", "0.7500001"],
    r"1\frac{1}{2}": ["1.5", "3/2", r"\frac32", r"1\frac12", "1 1/2", r"\frac{11}{2}"],
    "[-3,3]": [r"\left[-3,3\right]", r"-3 \le x \le 3", r"x\in[-3,3]", "(-3,3)", "[-3,3)", "[-3.0, 3]", "[3,-3]", r"|x|\le 3", r"\{-3,3\}", "-3,3"],
    r"(-\infty,2)\cup(5,\infty)": [r"(5,\infty)\cup(-\infty,2)", r"x<2 \text{ or } x>5", r"(-\infty,2]\cup(5,\infty)", r"(-\infty,2)"],
    "(x-2)(x-3)": ["(x-3)(x-2)", "x^2-5x+6", r"(x - 2) \cdot (x - 3)", "(x+2)(x-3)", "(x-2)*(x-3)", "y^2-5y+6"],
    r"5\sqrt{2}": [r"5\sqrt2", r"\sqrt{50}", r"\sqrt{2}\cdot5", "7.0710678", "7.07", r"5\cdot 2^{1/2}", r"5\sqrt{3}", "5√2", "5sqrt(2)", r"\frac{10}{\sqrt{2}}"],
    "2i": ["2 i", "i2", r"2\cdot i", "0+2i", "-2i", "2", r"(1+i)^2"],
    r"50\%": ["50%", "0.5", "50", r"\frac12", "50 percent", r"50\text{ percent}", "5%"],
    r"\frac{\pi}{3}": [r"\pi/3", r"\frac13\pi", "1.0472", "1.047197551", r"60^\circ", r"\frac{\pi}{4}", r"\dfrac{\pi}{3}\text{ radians}"],
    r"90^\circ": ["90", r"90^{\circ}", "90 degrees", r"90\text{ degrees}", r"\pi/2", "91", r"\angle A = 90^\circ"],
    "(1,2)": ["(1, 2)", "(2,1)", r"\left(1,2\right)", "1,2", "[1,2]", r"\begin{pmatrix}1\\2\end{pmatrix}", "(x,y)=(1,2)", "x=1, y=2", "(1.0,2)", "(1;2)"],
    r"\{1,2,3\}": ["1,2,3", r"\{3,2,1\}", "3,1,2", "1, 2", r"\{1,2,3,4\}", "(1,2,3)", r"1\text{, }2\text{ and }3"],
    "x=5": ["5", "x = 5", "5=x", "y=5", "x=6", r"x \approx 5"],
    r"\text{Tuesday}": ["Tuesday", "tuesday", r"\text{ Tuesday }", "Wednesday", r"\textbf{Tuesday}"],
    r"\text{(B)}": ["B", "(B)", r"\text{B}", "C", "B) 4", "b"],
    r"\begin{pmatrix}1&2\\3&4\end{pmatrix}": [r"\begin{bmatrix}1 & 2\\3 & 4\end{bmatrix}", r"\begin{pmatrix}1&2\\3&5\end{pmatrix}"],
    "y=2x+1": ["2x+1", "y = 1+2x", "2x-y+1=0", "y=2x-1", "y-2x=1"],
    "204_5": ["204_{5}", "204", "54", "205_5"],
    r"\$7.50": ["7.50", "7.5", "$7.50", "750", r"7\frac12", "7.5 dollars", r"7.5\text{ dollars}"],
    "x>3": ["3<x", r"(3,\infty)", r"x \ge 3", "x>4", r"x\in(3,\infty)"],
    r"1 \pm \sqrt{3}": [r"1+\sqrt3,1-\sqrt3", r"1+\sqrt3", r"x=1\pm\sqrt3"],
    r"\emptyset": [r"\varnothing", r"\{\}", "no solution"],
    "0": ["0.0", "-0", "zero", "1e-9", "0.0000001"],
}  # fmt: skip
# Right for us and wrong for math-verify 0.9.0, whatever text they stand in. The other way round there is nothing.
DIFFERENCES = {
    # A unit without \text is a product of letters for it, among them the number e.
    *{("14", "14 beans"), ("1,400", "1400 sacks"), (r"\$7.50", "7.5 dollars")},
    # So are the e of 1.4e1, which is 1.4 times Euler's number, and that of 1e-9, which is e - 9.
    *{("14", "1.4e1"), ("0", "1e-9")},
    # Of thousands apart by a space it makes 401, and of a whole number beside a fraction the whole number.
    *{("1,400", "1 400"), ("1,400", r"1\,400"), (r"1\frac{1}{2}", "1 1/2")},
    # These signs it does not know.
    *{(r"5\sqrt{2}", "5√2"), (r"\emptyset", r"\varnothing")},
    # Its i is a real letter in 2i, and one that is not real in these: never the same.
    *{("2i", "2 i"), ("2i", r"2\cdot i"), ("2i", "(1+i)^2")},
    # Words between the members of a set it reads as a part of the first one.
    (r"\{1,2,3\}", r"1\text{, }2\text{ and }3"),
    # It rounds decimals to six places, but one that this makes a whole number is not the same as that number.
    *{("0", "0.0000001"), ("14", "14.0000001")},
}
# The same, but in a box only: what ends in a point, or has a space that does not break before its unit, it cannot read there.
IN_A_BOX = {("14", "14."), ("14", r"14~\text{m}^2")}
CHAT = [
    "So it is $\\boxed{%s}$.", "\\boxed{%s}", "\\[ \\boxed{%s} \\]", "Answer: \\boxed{%s}\n\nCheck: 7 + 7 = 14", "First $\\boxed{99}$. No: $\\boxed{%s}$.",
    "We get 3 and 5, so the answer is $%s$", "**Final Answer:** %s", "It costs $%s$ dollars, and $3$ are left.", "%s", "Thus **%s**",
]  # fmt: skip
TEXT = [" So.\nFinal Answer: The final answer is $%s$. I hope it is correct.", "The answer is %s.", "$%s$", "\\( %s \\)", "Either $\\boxed{99}$ or $\\boxed{%s}$."]  # fmt: skip
MARKED = ["3 + 4 = 7, and twice that.\n#### %s", "#### %s", "The answer is %s.", "Half of it is $7$.\n#### $%s$"]


class Silent:
    """A model that is never asked: all that it could say is stored."""

    def submit(self, ask: Ask) -> int:
        raise AssertionError(f"asked: {ask}")

    def finished(self) -> Iterator[Said]:
        return iter(())

    def cancel(self, number: int) -> None: ...

    def close(self) -> None: ...


def judged(benchmark: Benchmark, items: Sequence[Item], outputs: Sequence[Sequence[str]], folder: Path) -> list[list[bool]]:
    """Whether each output to each item is right, by an evaluation that has been said and not judged."""
    most = max(map(len, outputs))
    with Lines(folder / SAID) as saying:
        for item, texts in zip(items, outputs, strict=True):
            for repeat in range(most):  # the same number of each: the last ones are the first one again
                text = texts[repeat] if repeat < len(texts) else texts[0]
                saying.append({"item": item.id, "repeat": repeat, "choice": 0, **asdict(Said(0, text))})
    assert run(benchmark, items, [], replace(benchmark.settings, repeats=most), Silent(), folder) is None
    kinds = {(line["item"], line["repeat"]): line["kind"] for line in read_lines(folder / VERDICTS)}
    assert "fault" not in kinds.values()
    return [[kinds[item.id, repeat] == "right" for repeat in range(len(texts))] for item, texts in zip(items, outputs, strict=True)]


@pytest.mark.parametrize(
    "name, templates, some", [("math-500", CHAT, 2000), ("math", TEXT, 800), ("gsm8k", MARKED, 150), ("gsm8k-chat", CHAT, 400)]
)
def test_mathematics_is_judged_as_math_verify_does(tmp_path: Path, name: str, templates: list[str], some: int) -> None:
    benchmark = find(name)
    items = read_items(benchmark, FIXTURES / f"{name.removesuffix('-chat')}.jsonl")
    if name.startswith("math"):
        rows = [{"problem": f"Find {gold}.", "solution": f"It is $\\boxed{{{gold}}}$.", "id": gold} for gold in WAYS]
        items += [item for row in rows if (item := benchmark.read(row, 0))]
    ways = [[item.gold, *WAYS.get(item.gold, []), "98765", "I do not know"] for item in items]
    pairs = [[(way, form % way) for way in each for form in templates] for each in ways]
    mine = judged(benchmark, items, [[output for _, output in each] for each in pairs], tmp_path / name)
    differing, listed, right = [], set(), 0
    for item, each, verdicts in zip(items, pairs, mine, strict=True):
        gold = parse(f"\\boxed{{{item.gold}}}")  # it reads a gold answer as mathematics only where it is marked
        for (way, output), our in zip(each, verdicts, strict=True):
            their = verify(gold, parse(output))
            right += their
            if our and not their and (item.gold, way) in (DIFFERENCES | IN_A_BOX if "boxed" in output else DIFFERENCES):
                listed.add((item.gold, way))
            elif our != their:
                differing.append((item.gold, output, our, their))
    assert differing == []
    expected = DIFFERENCES | IN_A_BOX if templates is CHAT else DIFFERENCES
    assert listed == {pair for pair in expected if any(pair[0] == item.gold for item in items)}  # the list is no longer than it must be
    count = sum(map(len, pairs))
    assert count >= some
    assert count / 5 < right < count * 4 / 5


@dataclass(frozen=True)
class Function:
    """A task of our own, to be written as a row of each benchmark; nothing in it runs for long when it is damaged."""

    name: str
    parameters: str
    body: str
    inputs: list[list[Any]]

    @property
    def head(self) -> str:
        return f'def {self.name}({self.parameters}):\n    """As it is named."""\n'

    @property
    def golden(self) -> str:
        return self.head + textwrap.indent(self.body, "    ")

    def due(self) -> list[Any]:
        names: dict[str, Any] = {}
        exec(self.golden, names)
        return [names[self.name](*json.loads(json.dumps(args))) for args in self.inputs]

    def row(self, name: str, number: int) -> Row:
        """The task as a row of humaneval or mbpp, and as EvalPlus has rows of either, with base inputs alone."""
        calls = [f"{self.name}({', '.join(map(repr, args))}) == {due!r}" for args, due in zip(self.inputs, self.due(), strict=True)]
        if name == "mbpp":
            return {"task_id": number, "text": "As named.", "code": self.golden, "test_list": [f"assert {call}" for call in calls]}
        checks = "\n".join(f"    assert {call.replace(self.name, 'candidate', 1)}" for call in calls)
        row = {
            "task_id": f"Own/{number}",
            "prompt": self.head,
            "entry_point": self.name,
            "canonical_solution": self.golden.removeprefix(self.head),
        }
        if name == "humaneval":
            return {**row, "test": f"def check(candidate):\n{checks}\n"}
        if name == "mbpp-plus":
            row |= {"prompt": '"""\nAs named.\n"""\n', "canonical_solution": self.golden}
        identity = f"{'Mbpp' if name == 'mbpp-plus' else 'HumanEval'}/{number}"
        return {**row, "task_id": identity, "base_input": self.inputs, "plus_input": [], "atol": 0}


FUNCTIONS = [
    Function("clamp", "value, low, high", "if value < low:\n    return low\nreturn high if value > high else value\n", [[7, 0, 5], [-1, 0, 5], [3, 0, 5], [5, 0, 5]]),
    Function("evens", "numbers", "return [number for number in numbers if number % 2 == 0]\n", [[[1, 2, 3, 4]], [[]], [[-2, 7]]]),
    Function("vowels", "text", "return sum(1 for letter in text.lower() if letter in 'aeiou')\n", [["Apple"], [""], ["xyz"]]),
    Function("spread", "numbers", "low, high = min(numbers), max(numbers)\nreturn high - low\n", [[[3, 9, 4]], [[5]], [[-2, 2]]]),
    Function("runs", "text", "found = []\nfor letter in text:\n    if found and found[-1][0] == letter:\n        found[-1] = (letter, found[-1][1] + 1)\n    else:\n        found.append((letter, 1))\nreturn found\n", [["aab"], [""], ["abba"]]),
    Function("ends", "values", "return values[0], values[-1]\n", [[[1, 2, 3]], [["a"]]]),
    Function("by_length", "words", "found = {}\nfor word in words:\n    found.setdefault(len(word), []).append(word)\nreturn found\n", [[["a", "bb", "c"]], [[]]]),
    Function("fits", "left, right", "return left * 2 <= right and right != 10\n", [[2, 4], [3, 5], [5, 10], [0, 0]]),
    Function("digits", "number", "return sorted({int(digit) for digit in str(abs(number))})\n", [[1231], [-40], [0]]),
    Function("joined", "words, mark", "return mark.join(word.strip() for word in words if word.strip())\n", [[["a ", "", "b"], "-"], [[], "-"]]),
    Function("first_above", "numbers, limit", "for place, number in enumerate(numbers):\n    if number > limit:\n        return place\nreturn None\n", [[[1, 5, 9], 4], [[1], 4]]),
]  # fmt: skip
# Rows of MBPP+ for which EvalPlus has rules of its own, by their names; the programs are ours.
SPECIAL: list[Row] = [
    {"task_id": "Mbpp/164", "prompt": '"""\nAlike?\n"""\n', "entry_point": "are_equivalent", "canonical_solution": "def are_equivalent(a, b):\n    return a % 7 == b % 7\n", "base_input": [[1, 8]], "plus_input": [[2, 3]], "atol": 0},
    {"task_id": "Mbpp/295", "prompt": '"""\nSum.\n"""\n', "entry_point": "sum_div", "canonical_solution": "def sum_div(number):\n    return sum(n for n in range(1, number) if number % n == 0)\n", "base_input": [[8], [12]], "plus_input": [[7]], "atol": 0},
    {"task_id": "Mbpp/558", "prompt": '"""\nDigits.\n"""\n', "entry_point": "digit_distance_nums", "canonical_solution": "def digit_distance_nums(a, b):\n    return sum(map(int, str(abs(a - b))))\n", "base_input": [[1, 2], [23, 56]], "plus_input": [[123, 256]], "atol": 0},
    {"task_id": "Mbpp/581", "prompt": '"""\nSurface.\n"""\n', "entry_point": "surface_Area", "canonical_solution": "def surface_Area(b, s):\n    return 2 * b * s + pow(b, 2)\n", "base_input": [[3, 4], [4, 5]], "plus_input": [[1, 2]], "atol": 0},
]  # fmt: skip
MUTANTS = 12
SLIGHTLY_OFF = (
    "\n\n_exact = {entry}\n\n\ndef {entry}(*args):\n    due = _exact(*args)\n    return due + 1e-9 if isinstance(due, float) else due\n"
)
MADE_LISTS = (
    "\n\n_exact = {entry}\n\n\ndef {entry}(*args):\n    due = _exact(*args)\n    return list(due) if isinstance(due, tuple) else due\n"
)


def said_for(name: str, prompt: str, entry: str, program: str) -> tuple[str, str]:
    """What a model says that writes a program, and the whole program that it makes."""
    if name.endswith("-chat"):
        return f"Here it is:\n{fenced(program)}\nIt takes linear time.", program
    if name.startswith("mbpp"):
        return (program, f"{prompt}{program}") if name == "mbpp-plus" else (f"{program}\n[DONE]\n\nYou are", program)
    # It goes on from the head: what is wanted of the program is the body, without the docstring.
    tree = ast.parse(program)
    (function,) = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == entry][:1]
    rest = [ast.unparse(node) for node in tree.body[tree.body.index(function) + 1 :]]
    body = [ast.unparse(node) for node in function.body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
    said = "\n\n\n".join([textwrap.indent("\n".join(body), "    "), *rest]) + "\n"
    return said, prompt + said


@pytest.fixture(scope="module")
def evalplus() -> Iterator[Peer]:
    script = Path(__file__).parent / "evalplus" / "rows.py"
    with running(Peer, "evalplus", [python_of("evalplus"), script]) as started:
        yield started


def rows_for(name: str) -> tuple[list[Row], list[Row]]:
    """Rows of a benchmark, and the same ones as EvalPlus has them."""
    benchmark, dataset = name.removesuffix("-chat"), "mbpp-plus" if "mbpp" in name else "humaneval-plus"
    made = [(one.row(benchmark, 1001 + place), one.row(dataset, 1001 + place)) for place, one in enumerate(FUNCTIONS)]
    if benchmark == dataset:
        fixture = [json.loads(line) for line in (FIXTURES / f"{benchmark}.jsonl").read_text(encoding="utf-8").splitlines()]
        made += [(row, row) for row in [*fixture, *(SPECIAL if benchmark == "mbpp-plus" else [])]]
    return [ours for ours, _ in made], [theirs for _, theirs in made]


@pytest.mark.parametrize("kind", ["", "-chat"])
@pytest.mark.parametrize("benchmark", ["humaneval", "mbpp", "humaneval-plus", "mbpp-plus"])
def test_programs_are_judged_as_evalplus_does(evalplus: Peer, tmp_path: Path, benchmark: str, kind: str) -> None:
    name = benchmark + kind
    rows, plus_rows = rows_for(name)
    items = [item for place, row in enumerate(rows, 1) if (item := find(name).read(row, place))]
    assert len(items) == len(rows)
    outputs, asked = [], []
    for row in plus_rows:
        golden, entry = row["prompt"] + row["canonical_solution"], row["entry_point"]
        programs = [golden, *(mutant.program for mutant in mutants(golden, MUTANTS))]
        programs += [golden + changed.format(entry=entry) for changed in (SLIGHTLY_OFF, MADE_LISTS)]
        made = [said_for(name, row["prompt"], entry, program) for program in programs]
        outputs.append([said for said, _ in made])
        asked.append({"row": row, "programs": [program for _, program in made]})
    mine = judged(find(name), items, outputs, tmp_path / name)
    dataset = benchmark.removesuffix("-plus")
    theirs = [[all(parts) for parts in each] for each in evalplus.ask({"dataset": dataset, "rows": asked})["verdicts"]]
    differing = [
        (item.id, program, our, their)
        for item, each, ours, others in zip(items, asked, mine, theirs, strict=True)
        for program, our, their in zip(each["programs"], ours, others, strict=True)
        if our != their
    ]
    assert differing == []
    assert all(each[0] for each in theirs)  # the golden ones
    assert (count := sum(map(len, theirs))) >= 70
    assert count / 6 < sum(map(sum, theirs)) < count * 5 / 6


@pytest.mark.parametrize("benchmark", ["humaneval", "mbpp"])
def test_where_we_differ_from_evalplus_on_purpose(evalplus: Peer, tmp_path: Path, benchmark: str) -> None:
    # The assertions of the benchmarks' own rows ask for the very number; EvalPlus takes any float near it.
    mean = Function("mean", "numbers", "return sum(numbers) / len(numbers)\n", [[[1, 2]], [[0.5]]])
    item = find(f"{benchmark}-chat").read(mean.row(benchmark, 1001), 1)
    assert item
    programs = [mean.golden, mean.golden + SLIGHTLY_OFF.format(entry="mean")]
    assert judged(find(f"{benchmark}-chat"), [item], [[fenced(program) for program in programs]], tmp_path / "run") == [[True, False]]
    asked = {"dataset": benchmark, "rows": [{"row": mean.row(f"{benchmark}-plus", 1001), "programs": programs}]}
    assert evalplus.ask(asked)["verdicts"] == [[[True, True], [True, True]]]


def test_a_zero_is_never_found_by_evalplus(evalplus: Peer, tmp_path: Path) -> None:
    # EvalPlus 0.3.1 goes on to the next input without counting one that its own rule has taken, and then finds too few.
    head = 'def find_zero(xs):\n    """A zero of a line."""\n'
    row: Row = {"task_id": "HumanEval/32", "prompt": head, "entry_point": "find_zero", "canonical_solution": "    return -xs[0] / xs[1]\n"}
    row |= {"base_input": [[[1, 2]], [[-6, 3]]], "plus_input": [[[5, -4]]], "atol": 1e-4}
    programs = [f"{head}    return -xs[0] / xs[1]{change}\n" for change in ("", " + 1e-6", " + 1e-2")]
    item = find("humaneval-plus-chat").read(row, 1)
    assert item
    verdicts = judged(find("humaneval-plus-chat"), [item], [[fenced(program) for program in programs]], tmp_path / "run")
    assert verdicts == [[True, True, False]]
    assert evalplus.ask({"dataset": "humaneval", "rows": [{"row": row, "programs": programs}]})["verdicts"] == [[[False, False]] * 3]
