"""HumanEval+ and MBPP+: the tasks of HumanEval and MBPP with many more inputs, as EvalPlus's releases have them.

A row has inputs and no outputs: what is due is what the row's own solution returns. That runs
beside the tests, in another confined process than the program, and EvalPlus's own rule compares
(`verify/judge/compat.py`). JSON has no tuples and no sets, so MBPP+'s inputs are turned back into
what they were, task by task. Knows no model and no files. Facts from EvalPlus 0.3.1, `evalplus/data` and `evalplus/eval`.
"""

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

from openmimo.eval.benchmarks.code import CHAT, CHAT_SOURCE, FUNCTION_ENDS, GREEDY, Asked, gone_on, written
from openmimo.eval.benchmarks.columns import id_of, missing, text_of
from openmimo.eval.item import Benchmark, Item, Row, Settings
from openmimo.tasks.from_file import fenced
from openmimo.tasks.task import Task
from openmimo.verify.judge import compat
from openmimo.verify.judge.fields import BadField
from openmimo.verify.judge.problem import AssertTest, CodeProblem

Arguments = list[Any]

FIX = "take the rows of EvalPlus's own release, HumanEvalPlus.jsonl or MbppPlus.jsonl"
MBPP_ENDS = ('\n"""', "\nassert", "\nif __name__", "\ndef main(", "\nprint(")

# What runs before the tests, beside EvalPlus's rule; `candidate` is the program's function, in another process.
TESTER = """
import copy
inf, nan = float("inf"), float("nan")
_names = {{}}
exec({golden!r}, _names)
_reference = _names[{entry!r}]

def _check(args):
    due = _reference(*copy.deepcopy(args))
    if {entry!r} in IS_THERE:
        due = due is not None
    assert same_evalplus_value({entry!r}, tuple(args), due, candidate(*args), {tolerance!r}), f"{{due!r:.80}} is due"
"""
# Tasks whose answer is a match: only whether there is one can leave the program's process.
THERE = """
def _there(*args):
    found = {entry}(*args)
    return found if isinstance(found, bool) else found is not None
"""


def plus_item(row: Row, place: int, name: str, asked: Asked) -> Item:
    """The item of a row of HumanEval+ or MBPP+; BadField names a column that is missing or is no list of arguments."""
    prompt, entry, solution = (text_of(row, column) for column in ("prompt", "entry_point", "canonical_solution"))
    if not entry.isidentifier():
        raise BadField("entry_point", f"is {entry!r:.40}", "name the function")
    identity, golden = id_of(row, place, name, "task_id"), prompt + solution
    problem = _problem(row, identity, prompt, entry, golden)
    task = Task(name, 0, prompt.strip(), "", fenced(golden), identity, entry, problem.tests, problem)
    question = prompt.strip() + "\n" if asked == "text" else CHAT.format(prompt=prompt.strip())
    return Item(identity, question, golden, task=task, data={"prompt": question, "golden": golden})


def _problem(row: Row, identity: str, prompt: str, entry: str, golden: str) -> CodeProblem:
    tolerance = row.get("atol") or 0.0
    if isinstance(tolerance, bool) or not isinstance(tolerance, int | float):
        raise BadField("atol", f"is {tolerance!r:.40}", "give a number")
    restored = _restored(identity)
    tests = [
        AssertTest(f"_check({restored(args)!r})", group)
        for group, column in enumerate(("base_input", "plus_input"))
        for args in _inputs(row, column)
    ]
    if not tests:
        raise BadField("base_input", "is empty, and so is plus_input", FIX)
    setup = inspect.getsource(compat) + TESTER.format(golden=golden, entry=entry, tolerance=tolerance)
    there = entry in compat.IS_THERE
    prelude = THERE.format(entry=entry) if there else ""
    return CodeProblem(identity, prompt, tuple(tests), "_there" if there else entry, setup, prelude, comparison="exact")


def _inputs(row: Row, column: str) -> list[Arguments]:
    inputs = row.get(column)
    if inputs is None:
        raise missing(row, column, FIX)
    if not isinstance(inputs, list) or not all(isinstance(args, list) for args in inputs):
        raise BadField(column, "must be a list that has the list of arguments of every call", FIX)
    return inputs


def _deep(value: Any) -> Any:
    return tuple(map(_deep, value)) if isinstance(value, list) else value


def _pairs(values: list[Any]) -> list[Any]:
    return [tuple(value) if isinstance(value, list) else value for value in values]


# MBPP's tasks by what their arguments are: those that are not named have lists.
_SHAPES: tuple[tuple[Callable[[Arguments], Arguments], tuple[int, ...]], ...] = (
    (_pairs, (2, 116, 132, 143, 222, 261, 273, 394, 399, 421, 424, 429, 470, 560, 579, 596, 616, 630, 726, 740, 744, 809)),
    (lambda args: [_pairs(arg) for arg in args], (63, 64, 70, 94, 120, 237, 272, 299, 400, 409, 417, 438, 473, 614, 780)),
    (lambda args: [_pairs(args[0]), *args[1:]], (75, 413, 444, 753)),
    (lambda args: [args[0], tuple(args[1])], (106, 750)),
    (lambda args: [tuple(args[0]), *args[1:]], (250, 307, 405, 446, 617, 720, 763, 808)),
    (lambda args: [tuple(_pairs(arg)) for arg in args], (259, 278, 401, 445)),
    (lambda args: [_deep(arg) for arg in args], (580, 615, 791)),
    # EvalPlus makes an empty set a dict, as `{}` is one.
    (lambda args: [[set(member) if member else {} for member in args[0]]], (115,)),
    (lambda args: [float(args[0]), complex(args[1])], (124,)),
    (lambda args: [complex(args[0])], (252,)),
    (lambda args: [{key: tuple(value) for key, value in args[0].items()}, *args[1:]], (722,)),
)
_SHAPE_OF = {number: shape for shape, numbers in _SHAPES for number in numbers}


def _restored(identity: str) -> Callable[[Arguments], Arguments]:
    """What makes a call's arguments, as JSON has them, those that the task takes; BadField for arguments that it could not take."""
    name, _, number = identity.partition("/")
    shape = _SHAPE_OF.get(int(number)) if name == "Mbpp" and number.isdecimal() else None
    if shape is None:
        return lambda args: args

    def restored(args: Arguments) -> Arguments:
        try:
            return shape(args)
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            raise BadField("base_input", f"has other arguments than {identity} takes: {error}", FIX) from None

    return restored


def _benchmark(name: str, title: str, about: str, asked: Asked, shots: int = 0, stop: tuple[str, ...] = ()) -> Benchmark:
    read = partial(plus_item, name=name, asked=asked)
    if asked == "chat":
        return Benchmark(f"{name}-chat", title, about, "chat", read, CHAT_SOURCE)
    settings = Settings(GREEDY.max_tokens, 0.0, 1.0, stop=stop)
    source = "the row's own prompt, as EvalPlus gives it to base models, after worked examples of the same kind"
    return Benchmark(name, title, about, "text", read, source, extract=gone_on, shots=shots, shown=written, settings=settings)


HUMANEVAL_ABOUT = "HumanEval's 164 functions with about 80 times as many inputs; evalplus/evalplus (arXiv 2305.01210), Apache-2.0."
MBPP_ABOUT = "378 tasks of MBPP, checked by hand, with about 35 times as many inputs; evalplus/evalplus (arXiv 2305.01210), Apache-2.0."

BENCHMARKS = (
    _benchmark("humaneval-plus", "HumanEval+", HUMANEVAL_ABOUT, "text", 1, FUNCTION_ENDS),
    _benchmark("humaneval-plus", "HumanEval+", HUMANEVAL_ABOUT, "chat"),
    _benchmark("mbpp-plus", "MBPP+", MBPP_ABOUT, "text", 3, MBPP_ENDS),
    _benchmark("mbpp-plus", "MBPP+", MBPP_ABOUT, "chat"),
)
