"""Functions to be written: gold code against the closures, in the sandbox; tests that tell wrong code; true examples."""

import ast
import json
import random
import re
from collections.abc import Iterator
from dataclasses import asdict

import pytest

from openmimo.tasks.checking import Checker, problem_of
from openmimo.tasks.functions import EXAMPLES, FAMILY, KINDS, LEAST_TESTS, WRITE, call
from openmimo.tasks.task import Task
from openmimo.verify.code_answers import program_of
from openmimo.verify.examples import examples_of
from openmimo.verify.judge.judge import Judge
from openmimo.verify.judge.problem import CallTest, CodeProblem


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge() as judge:
        yield judge


def made(level: int, count: int, held_out: bool = False) -> list[Task]:
    return [FAMILY.make(random.Random(f"{level}/{seed}"), level, held_out) for seed in range(count)]


def answer(code: str) -> str:
    return f"```python\n{code}\n```"


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_the_sandbox_runs_gold_code_to_what_the_closures_expect(judge: Judge, level: int, held_out: bool) -> None:
    tasks = made(level, 150, held_out)
    checker = Checker(judge)
    for task, verdict in zip(tasks, checker.verdicts(tasks, [task.answer for task in tasks]), strict=True):
        assert verdict.ok, (verdict.reason, task)


@pytest.mark.parametrize(
    "level, kind", [(level, kind) for level, kinds in KINDS.items() for kind in kinds], ids=lambda part: getattr(part, "__name__", None)
)
def test_every_kind_in_all_its_forms(judge: Judge, level: int, kind: object) -> None:
    """Code, closure and example agree, and no value is kept or changed by a call."""
    waiting = []
    for seed in range(25):
        wanted = kind(random.Random(seed))  # type: ignore[operator]
        before = repr((wanted.inputs, wanted.tried))
        tests = tuple(CallTest(args, wanted.reference(*args)) for args in [*wanted.inputs, wanted.tried])
        assert repr((wanted.inputs, wanted.tried)) == before
        code = "\n".join([f"def f({', '.join(wanted.parameters)}):", *(f"    {line}" for line in wanted.body)])
        waiting.append((judge.submit(CodeProblem("kind", "", tests, "f", comparison="exact"), code), wanted.what, code))
        assert len(wanted.names) >= 1
        assert len(set(wanted.parameters)) == len(wanted.parameters)
        assert len(wanted.body) <= 8
    for future, what, code in waiting:
        assert future.result().ok, (future.result(), what, code)


@pytest.mark.parametrize("level", FAMILY.levels)
def test_code_that_only_knows_an_answer_or_two_is_wrong(judge: Judge, level: int) -> None:
    tasks = made(level, 60)
    first = [answer(f"def {task.entry}(*args):\n    return {task.tests[0].output!r}") for task in tasks]
    nothing = [answer(f"def {task.entry}(*args):\n    pass") for task in tasks]
    echo = [answer(f"def {task.entry}(*args):\n    return args[0]") for task in tasks]
    other = [
        answer(re.sub(r"def \w+\(", f"def {task.entry}(", program_of(tasks[place - 7].answer, "") or ""))
        for place, task in enumerate(tasks)
    ]
    checker = Checker(judge)
    for answers, fewest in ((first, 60), (nothing, 60), (echo, 60), (other, 50)):  # another task may by chance ask for the same
        wrong = [verdict.kind for verdict in checker.verdicts(tasks, answers)].count("wrong")
        assert wrong >= fewest


@pytest.mark.parametrize("level", FAMILY.levels)
def test_tests_are_enough_and_json_holds_them(level: int) -> None:
    for task in made(level, 200):
        assert len(task.tests) >= LEAST_TESTS
        assert len({repr(test.args) for test in task.tests}) == len(task.tests)
        assert len({repr(test.output) for test in task.tests}) >= 2
        back = json.loads(json.dumps(asdict(task)))
        assert [tuple(test["args"]) for test in back["tests"]] == [test.args for test in task.tests]
        assert [test["output"] for test in back["tests"]] == [test.output for test in task.tests]


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_the_question_names_function_and_parameters(level: int, held_out: bool) -> None:
    names = set()
    for task in made(level, 200, held_out):
        signature = re.search(r"def (.+):", task.answer)
        assert signature
        assert signature[1] in task.problem
        assert task.entry == signature[1].partition("(")[0]
        assert task.answer == task.answer.lower() or re.search("True|False|None", task.answer)  # a question may be put in small letters
        names.add(signature[1])
    assert len(names) > 80


@pytest.mark.parametrize("level", FAMILY.levels)
def test_the_example_worked_by_hand_ends_in_what_the_code_returns(judge: Judge, level: int) -> None:
    for task in made(level, 80):
        found = re.fullmatch(rf"{task.entry}(\(.*\)) returns (.+)", task.steps.split("\n")[-1])
        assert found, task.steps
        args = ast.literal_eval(f"({found[1][1:-1]},)")
        test = CallTest(args, ast.literal_eval(found[2]))
        assert judge.judge(
            CodeProblem("worked", "", (test,), task.entry, comparison="exact"), program_of(task.answer, task.entry) or ""
        ).ok, task


def test_examples_in_questions_are_read_back_and_true(judge: Judge) -> None:
    shown, read, forms = 0, 0, set()
    for level in FAMILY.levels:
        for task in made(level, 150):
            given = [test for test in task.tests if call(task.entry, test.args) in task.problem]
            shown += bool(given)
            for example in examples_of(task.problem, [task.entry]):
                read += 1
                assert CallTest(example.args, example.value) in task.tests
                forms.update(form for form in EXAMPLES if form.format(c=example.text, r=repr(example.value)).strip() in task.problem)
    assert 140 < shown < 280
    assert read > 0.9 * shown
    assert forms == set(EXAMPLES)


def test_wordings_are_plenty_and_kinds_many() -> None:
    assert len(WRITE.trained) >= 12
    assert len(WRITE.held_out) >= 3
    assert all("{s}" in template and "{w}" in template for template in (*WRITE.trained, *WRITE.held_out))
    assert all(len(kinds) >= 9 for kinds in KINDS.values())


def test_code_grows_with_the_level() -> None:
    lines = [sum(task.answer.count("\n") for task in made(level, 200)) for level in FAMILY.levels]
    assert lines[0] < min(lines[1:])
    assert lines[2] < lines[3]
    assert max(task.answer.count("\n") for level in FAMILY.levels for task in made(level, 200)) <= 10


def test_a_problem_for_the_judge_holds_the_statement_and_every_test() -> None:
    task = made(4, 1)[0]
    problem = problem_of(task)
    assert (problem.statement, problem.entry, problem.tests) == (task.problem, task.entry, task.tests)
