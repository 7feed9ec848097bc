"""Programs, run once more in a Python of their own, and the steps against what really happened."""

import ast
import random
import re
import subprocess
import sys

import pytest

from openmimo.tasks.program_traces import trace
from openmimo.tasks.programs import FAMILY, PRINTS
from openmimo.tasks.task import Task

SEPARATOR = "@@"
VALUE = r"\[.*\]|''|-?\d+"
FIRST = re.compile(r"\b(?:[a-z]+ = |def f)")


def code_of(task: Task) -> str:
    """The program in a question: what is fenced, or else every line from the first to the last one of code."""
    fenced = re.search(r"```python\n(.*?)\n```", task.problem, re.DOTALL)
    if fenced:
        return fenced[1]
    lines = task.problem.split("\n")
    first, start = next((number, found.start()) for number, line in enumerate(lines) if (found := FIRST.search(line)))
    last = max(number for number, line in enumerate(lines) if line.startswith("print("))
    return "\n".join([lines[first][start:], *lines[first + 1 : last + 1]])  # a greeting may stand before the first line


def value_of(shown: str) -> object:
    """The value at the end of a step, whatever of a loop may be said after it; a text is spelled."""
    last = re.split(r", then |, last$| to ", shown.split(" = ")[-1])[0]
    return ast.literal_eval(last) if re.fullmatch(VALUE, last) else last.replace(" ", "")


def quoted(shown: str) -> str:
    """A sum with its spelled texts as Python has them."""
    return re.sub(r"(?<![\w'])[A-Za-z](?: [A-Za-z])*(?![\w'])", lambda text: repr(text[0].replace(" ", "")), shown)


def run_all(programs: list[str]) -> list[str]:
    """What each program prints, all in one fresh interpreter without this process' modules."""
    script = "".join(f"exec({code!r}, {{}})\nprint({SEPARATOR!r})\n" for code in programs)
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, timeout=60, check=True)
    return [part.strip("\n") for part in done.stdout.split(SEPARATOR + "\n")[:-1]]


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_another_python_prints_the_gold_answer(level: int, held_out: bool) -> None:
    made = [FAMILY.make(random.Random(f"{level}/{seed}"), level, held_out) for seed in range(250)]
    for task, printed in zip(made, run_all([code_of(task) for task in made]), strict=True):
        assert task.answer == printed, task
        assert printed.count("\n") == 0
        assert FAMILY.check(task.answer, f"`{printed}`")
        assert not FAMILY.check(task.answer, printed + "0")
        assert not FAMILY.check(task.answer, "")


@pytest.mark.parametrize("level", FAMILY.levels)
def test_programs_are_short_and_their_numbers_small(level: int) -> None:
    for seed in range(250):
        task = FAMILY.make(random.Random(seed), level, False)
        assert code_of(task).count("\n") < 12
        assert all(abs(int(number)) < 10_000 for number in re.findall(r"-?\d+", task.steps))


def test_steps_are_the_values_variables_really_had() -> None:
    steps, printed = trace("a = 2\nfor i in range(2):\n    a = a * 3\nprint(a)")
    assert steps == ["a = 2", "i = 0 to 1", "a = 2 * 3 = 6", "i = 1 to 1", "a = 6 * 3 = 18", "print(a)", "a = 18", "It prints 18"]
    assert printed == "18"


def test_steps_of_a_call_show_what_is_inside_it() -> None:
    steps, _ = trace("def f(a):\n    b = a + 1\n    return b\n\nprint(f(2))")
    assert steps == ["print(f(2))", "a = 2", "b = 2 + 1 = 3", "f returns b = 3", "It prints 3"]


def test_a_second_call_shows_its_arguments_even_if_they_are_the_same() -> None:
    steps, _ = trace("def f(a, b):\n    return a * 2 + b\n\nc = f(1, 3)\nprint(f(c, 3))")
    assert steps == [
        *("c = f(1, 3)", "a = 1, b = 3", "f returns 1 * 2 + 3 = 2 + 3 = 5", "c = 5"),
        *("print(f(c, 3))", "a = 5, b = 3", "f returns 5 * 2 + 3 = 10 + 3 = 13", "It prints 13"),
    ]


def test_a_condition_is_shown_with_its_values_and_what_came_of_it() -> None:
    steps, _ = trace("a = 5\nb = 7\nwhile a < b:\n    a += 2\nif a % 2 == 0:\n    a = 0\nprint(a + b)")
    assert steps == [
        *("a = 5", "b = 7", "5 < 7 is True", "a = 5 + 2 = 7", "7 < 7 is False"),
        *("7 % 2 = 1, 1 == 0 is False", "print(a + b)", "7 + 7 = 14", "It prints 14"),
    ]


def test_a_sum_that_changes_nothing_is_shown_too() -> None:
    steps, _ = trace("a = 4\na = a * 1\nprint(a)")
    assert steps == ["a = 4", "a = 4 * 1 = 4", "print(a)", "a = 4", "It prints 4"]


def test_a_list_is_walked_and_a_text_spelled() -> None:
    steps, _ = trace("a = [3, 3]\nfor i in a:\n    s = 'xy'\nprint(s[1])")
    assert steps == [
        *("a = [3, 3]", "i = 3, then 3", "s = 'xy' = x y", "i = 3, last", "s = 'xy' = x y"),
        *("print(s[1])", "0: x, 1: y", "It prints y"),
    ]


def test_a_changed_list_comes_about_item_by_item() -> None:
    changes = {
        "a.sort()": ["2; 1, 2; 1, 2, 7", "a = [1, 2, 7]"],
        "a.reverse()": ["2; 1, 2; 7, 1, 2", "a = [7, 1, 2]"],
        "a.pop()": ["The last is 7", "a = [2, 1]"],
        "a.append(1)": ["a = [2, 1, 7, 1]"],
        "a[1] = 5": ["0: 2, 1: 1 becomes 5", "a = [2, 5, 7]"],
    }
    for change, steps in changes.items():
        assert trace(f"a = [2, 1, 7]\n{change}\nprint(max(a))")[0][1 : 2 + len(steps)] == [change, *steps]


def test_a_sum_too_long_for_one_step_is_written_out_before_it() -> None:
    steps, _ = trace("a = 17\na = a * 8\nprint(a % 3)")
    assert steps[1:3] == ["7 * 8 = 56 carry 5; 1 * 8 + 5 = 13", "a = 17 * 8 = 136"]
    assert steps[-4:] == ["13 = 3 * 4 + 1; 16 = 3 * 5 + 1", "136 = 3 * 45 + 1", "136 % 3 = 1", "It prints 1"]


def test_no_greeting_stands_in_the_first_line_of_a_bare_program() -> None:
    for level in FAMILY.levels:
        for seed in range(400):
            problem = FAMILY.make(random.Random(seed), level, False).problem
            assert "```" in problem or not re.match(r".*[!:.] (?:[a-z]+ = |def f)", problem)


def test_the_last_value_written_of_a_variable_is_the_one_it_ends_with() -> None:
    for level in (1, 2, 3):  # level 4 has variables inside a function
        for seed in range(150):
            task = FAMILY.make(random.Random(seed), level, False)
            ends: dict[str, object] = {}
            exec(code_of(task).replace("print(", "str("), ends)
            written = {}
            for step in task.steps.split("\n"):
                if whole := re.match(r"([a-z]+) = (.*)", step):
                    written[whole[1]] = value_of(whole[2])
            assert written == {name: ends[name] for name in ends if not name.startswith("__")}


def test_every_form_of_a_sum_has_the_same_value() -> None:
    """What Python says of each form between two equals signs, where nothing is left to look up in it."""
    forms = 0
    for level in FAMILY.levels:
        for seed in range(150):
            task = FAMILY.make(random.Random(seed), level, False)
            *steps, last = task.steps.split("\n")
            assert last == f"It prints {task.answer}"
            for step in steps:
                shown = step.partition(", ")[0]
                parts = re.sub(r"^f returns |^[a-z]+ = ", "", re.sub(r"^f returns [a-z]+ = ", "", shown)).split(" = ")
                if any(mark in shown for mark in (" is ", "[", ";", "print(")) or len(parts) < 2:
                    continue
                values = {eval(quoted(part), {"__builtins__": {}}) for part in parts}
                assert len(values) == 1, step
                forms += len(parts)
    assert forms > 1500


def test_tracing_leaves_the_tracer_as_it_was() -> None:
    before = sys.gettrace()
    trace("a = 1\nprint(a)")
    assert sys.gettrace() is before


def test_a_list_may_be_spaced_otherwise() -> None:
    assert FAMILY.check("[1, 2, 3]", "[1,2,3]")
    assert not FAMILY.check("[1, 2, 3]", "[1, 3, 2]")
    assert not FAMILY.check("CAT", "cat")


def test_a_good_share_of_programs_is_fenced() -> None:
    fenced = sum("```python" in FAMILY.make(random.Random(seed), 2, False).problem for seed in range(300))
    assert 180 < fenced < 290
    assert all("{c}" in template for template in PRINTS.trained + PRINTS.held_out)
