"""Write a Python function: from a description, with tests that its answer must pass.

The wanted functions are in `function_numbers.py` and, for harder levels, `function_lists.py`,
`function_algorithms.py` and `function_orders.py`. Each task carries its tests; what they expect comes from a closure
written beside the text of the code, so nothing is run here, and whether an answer passes is
the business of `checking.py` and its judge.
"""

import random
from typing import Any

from openmimo.tasks.correction import with_slip
from openmimo.tasks.function_algorithms import NUMBER_ALGORITHMS
from openmimo.tasks.function_lists import LISTS_AND_TEXTS
from openmimo.tasks.function_numbers import CONDITIONS_AND_LOOPS, EXPRESSIONS, Wanted
from openmimo.tasks.function_orders import LIST_ALGORITHMS
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress
from openmimo.verify.judge.problem import CallTest

WRITE = Phrasings(
    "functions.write",
    (
        "Write a Python function {s} that returns {w}.",
        "Write a function {s} in Python that returns {w}.",
        "Define a Python function {s} which returns {w}.",
        "Please write a Python function {s}. It must return {w}.",
        "Implement {s} in Python. It should return {w}.",
        "Code a Python function {s} returning {w}.",
        "I need a Python function {s} that returns {w}.",
        "Give me a Python function {s} that returns {w}.",
        "Python: write {s} so that it returns {w}.",
        "Create a Python function {s} that gives back {w}.",
        "Write {s} in Python; it returns {w}.",
        "Make a Python function {s} whose result is {w}.",
        "Can you write a Python function {s} that returns {w}?",
        "Program the function {s} in Python so that the result is {w}.",
    ),
    (
        "How would {s} look in Python if calling it has to give {w}?",
        "My Python program lacks a function {s}; its value must be {w}. Add it.",
        "In Python, let {s} stand for {w}. Show me the code of that function.",
        "Finish this Python code, a call of which yields {w}: def {s}",
    ),
)
EXAMPLES = (" For example, {c} returns {r}.", " Example: {c} -> {r}", " So {c} == {r}.", "\n>>> {c}\n{r}")
KINDS = {1: EXPRESSIONS, 2: CONDITIONS_AND_LOOPS, 3: LISTS_AND_TEXTS, 4: (*NUMBER_ALGORITHMS, *LIST_ALGORITHMS)}
NAMES = ("f", "g", "h", "func", "solve", "compute", "work_out", "task", "my_function", "run_it", "find_it", "do_it", "fn", "answer_for")
LEAST_TESTS = 3


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One function of a random kind among those of the level, with its tests."""
    wanted = rng.choice(KINDS[level])(rng)
    name = rng.choice(NAMES if rng.random() < 0.4 else [each for each in wanted.names if each not in wanted.parameters])
    signature = f"{name}({', '.join(wanted.parameters)})"
    tests = _tests(wanted)
    question, phrasing = WRITE.put(rng, held_out, s=signature, w=wanted.what)
    shown = rng.choice(EXAMPLES) if rng.random() < 0.35 else ""
    if shown:
        test = rng.choice(tests)
        question += shown.format(c=call(name, test.args), r=repr(test.output))
    # A line of a session is the last there is: nothing may be put after its result.
    problem = question if ">>>" in shown else dress(rng, question)
    code = "\n".join([f"def {signature}:", *(f"    {line}" for line in wanted.body)])
    lines = with_slip(rng, [line for line in wanted.worked if line])
    result = f"{call(name, wanted.tried)} returns {wanted.reference(*wanted.tried)!r}"
    steps = "\n".join([wanted.plan, *(["Try it by hand:", *lines] if lines else []), result])
    return Task("functions", level, problem, steps, f"```python\n{code}\n```", phrasing, name, tests)


def call(name: str, args: tuple[Any, ...]) -> str:
    """A call as it is written in Python."""
    return f"{name}({', '.join(map(repr, args))})"


def _tests(wanted: Wanted) -> tuple[CallTest, ...]:
    """The tests of a function, none twice."""
    inputs = {repr(args): args for args in wanted.inputs}
    tests = tuple(CallTest(args, wanted.reference(*args)) for args in inputs.values())
    assert len(tests) >= LEAST_TESTS
    return tests


FAMILY = Family("functions", "short Python functions, written from a description", (1, 2, 3, 4), make, None, (WRITE,))
