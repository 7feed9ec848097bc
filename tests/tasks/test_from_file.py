"""Files of problems as tasks: what becomes what in each format, golds that their own checker accepts, and what is said of broken rows."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from openmimo.core.errors import InputError
from openmimo.tasks.checking import Checker, problem_of
from openmimo.tasks.from_file import read_tasks
from openmimo.tasks.task import Task
from openmimo.verify.judge.problem import AssertTest, CallTest, StdinTest

FIXTURES = Path(__file__).parent / "fixtures"
SHARED = Path(__file__).parents[3] / "shared" / "data"
NAMES = sorted(path.name for path in FIXTURES.iterdir())


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    with Checker() as made:
        yield made


def of(name: str) -> list[Task]:
    return read_tasks(FIXTURES / f"{name}.jsonl")


def written(folder: Path, *rows: Any) -> Path:
    path = folder / "set.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_gsm8k_has_the_steps_before_its_answer_without_marks() -> None:
    first, second = of("gsm8k")
    assert first.problem.endswith("How many rolls are left?")
    assert first.steps == "The baker makes 6*15 = 90 rolls.\nThere are 90-48 = 42 rolls left."
    assert (first.family, first.level, first.answer, first.phrasing) == ("gsm8k", 0, "42", "gsm8k/1")
    assert (second.steps, second.answer) == ("It pays 4 * $325 = $1,300.", "1,300")


def test_math_has_its_solution_last_box_and_level() -> None:
    tasks = of("math")
    assert [task.answer for task in tasks] == ["\\frac{1}{2}", "(-3, 3)", "\\{2\\}"]
    assert [task.level for task in tasks] == [2, 0, 1]
    assert tasks[0].steps.startswith("The primes are $2, 3, 5, 7$")
    assert tasks[0].steps.endswith("$\\boxed{\\frac{1}{2}}$.")


def test_mbpp_names_its_function_by_its_first_test() -> None:
    words, chain, half = of("mbpp")
    assert words.problem == (
        "Write a function to count the words of a sentence.\n\nThis must hold:\n\n```python\nassert count_words('a b') == 2\n```"
    )
    assert (words.entry, words.tests) == ("count_words", (CallTest(("a b",), 2), CallTest(("",), 0), CallTest((" one ",), 1)))
    assert (words.answer, words.steps) == ("```python\ndef count_words(text):\n\treturn len(text.split())\n```", "")
    assert chain.problem.endswith("```python\nassert depth(chain) == 2\n```")
    assert chain.entry == ""  # its calls go through a function of the judge
    assert half.problem == "Write a function halve(n) that gives half of a number."
    assert [type(test) for test in half.tests] == [AssertTest, AssertTest]


def test_humaneval_goes_on_from_its_prompt() -> None:
    clamp, squares = of("humaneval")
    assert clamp.problem.startswith("def clamp(value, low, high):\n")
    assert clamp.answer.startswith("```python\ndef clamp(value, low, high):\n")
    assert clamp.answer.endswith('\n    """\n    return max(low, min(value, high))\n```')
    assert (clamp.entry, clamp.phrasing, len(clamp.tests)) == ("clamp", "Own/0", 3)
    assert (squares.entry, squares.tests) == ("sum_of_squares", (AssertTest("check(candidate)"),))


def test_verl_has_its_last_message_and_what_extra_info_adds() -> None:
    total, program = of("verl")
    assert total.problem == "What is 17 + 26? Put the answer after ####."
    assert (total.steps, total.answer, total.level) == ("17 + 26 = 43", "43", 1)
    assert program.problem == "Read a number and print its double."
    assert (program.tests, program.answer, program.level) == ((StdinTest("4\n", "8\n"), StdinTest("0\n", "0\n")), "", 2)


def test_a_table_in_parquet_is_read_like_its_rows_in_json(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in (FIXTURES / "verl.jsonl").read_text().splitlines()]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "verl.parquet")
    assert read_tasks(tmp_path / "verl.parquet") == of("verl")


def test_a_null_of_a_table_is_no_field(tmp_path: Path) -> None:
    program = {"problem": "Print 1.", "answer": None, "tests": [{"input": "", "output": "1"}]}
    rows = [program, {"problem": "1 + 1", "answer": "2", "tests": None}]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "mixed.parquet")
    first, second = read_tasks(tmp_path / "mixed.parquet")
    assert (first.tests, second.tests, second.answer) == ((StdinTest("", "1"),), (), "2")


def test_reasoning_gym_has_grids_and_written_steps() -> None:
    total, grid, nuts = of("reasoning_gym")
    assert (total.answer, total.level, total.steps) == ("43", 0, "")
    assert grid.answer == "3 4\n1 2"
    assert nuts.steps == "Ana has 3 * 4 = 12 nuts."


def test_rows_of_ones_own() -> None:
    tenth, double, swap, add = of("own")
    assert (tenth.answer, tenth.steps, tenth.level, tenth.phrasing) == ("0.5", "5 / 10 = 0.5", 3, "tenth")
    assert double.problem.endswith("```python\nassert double(4) == 8\n```")
    assert (double.entry, double.steps, double.level) == ("double", "Twice n is 2 * n.", 3)
    assert double.answer.startswith("````python\n")  # for there is a fence inside
    assert double.answer.endswith("\n````")
    assert swap.problem == "Make `swap` turn a pair around."
    assert (add.entry, add.tests) == ("", (StdinTest("1 2", "3"),))


@pytest.mark.parametrize(
    "level, number",
    [("Level 4", 4), ("5", 5), (2, 2), (3.0, 3), ("medium", 2), (True, 0), (0.4, 0), (float("nan"), 0), ("AMC 12", 0), (None, 0), ([1], 0)],
)
def test_levels(tmp_path: Path, level: Any, number: int) -> None:
    (plain,) = read_tasks(written(tmp_path, {"problem": "1 + 1", "answer": "2", "level": level}))
    (inner,) = read_tasks(written(tmp_path, {"problem": "1 + 1", "answer": "2", "extra_info": {"difficulty": level}}))
    assert (plain.level, inner.level) == (number, number)


def test_a_story_stands_before_its_question(tmp_path: Path) -> None:
    (task,) = read_tasks(written(tmp_path, {"Body": "Ben has 3 pens.", "Question": "How many are 2 more?", "Answer": 5.0}))
    assert (task.problem, task.answer) == ("Ben has 3 pens. How many are 2 more?", "5")


def test_a_row_that_could_be_either_is_read_as_told(tmp_path: Path) -> None:
    path = written(tmp_path, {"problem": "Print 1 + 1.", "answer": "2", "tests": [{"input": "", "output": "2"}]})
    assert [bool(read_tasks(path, kind)[0].tests) for kind in (None, "code", "math")] == [True, True, False]


@pytest.mark.parametrize("name", NAMES)
def test_every_gold_is_accepted_and_a_wrong_answer_is_not(checker: Checker, name: str) -> None:
    tasks = [task for task in read_tasks(FIXTURES / name) if task.answer]
    wrongs = ["```python\ndef f(*args): return 'no'\n```" if task.tests else "-98765" for task in tasks]
    assert len(tasks) >= 1
    for form in ("{}", "So it is\n\n\\boxed{{{}}}"):
        answers = [task.answer if task.tests else form.format(task.answer) for task in tasks]
        assert [verdict.reason for verdict in checker.verdicts(tasks, answers) if not verdict.ok] == []
    assert [verdict.score for verdict in checker.verdicts(tasks, wrongs)] == [0.0] * len(tasks)


def test_other_right_forms_are_accepted_and_the_question_said_back_is_not(checker: Checker, tmp_path: Path) -> None:
    half = of("math")[0]
    (total,) = read_tasks(written(tmp_path, {"problem": "17 + 26", "answer": "43"}))
    answers = [(half, "0.5"), (half, "So it is \\boxed{2/4}."), (half, "\\boxed{1} \\boxed{1/2}"), (total, "17 + 26"), (total, "43.0")]
    verdicts = checker.verdicts([task for task, _ in answers], [answer for _, answer in answers])
    assert [verdict.ok for verdict in verdicts] == [True, True, False, False, True]


def test_a_long_gold_is_right_as_it_stands_and_nothing_near_it_is(checker: Checker, tmp_path: Path) -> None:
    grid = "\n".join(" ".join("01"[(row * column) % 2] for column in range(20)) for row in range(20))
    (task,) = read_tasks(written(tmp_path, {"question": "Which grid?", "answer": grid, "metadata": {"source_dataset": "grids"}}))
    assert [checker.verdict(task, answer).ok for answer in (grid, f"{grid}\n", f"{grid[:-1]}0", grid[20:])] == [True, True, False, False]


def test_a_family_of_ours_with_the_name_of_the_file_does_not_check_it(checker: Checker, tmp_path: Path) -> None:
    path = tmp_path / "arithmetic.jsonl"
    path.write_text('{"problem": "Factor x^2 - 1.", "answer": "(x-1)(x+1)"}')
    (task,) = read_tasks(path)
    assert checker.verdict(task, "(x+1)(x-1)").ok


def test_a_program_is_judged_as_its_row_says() -> None:
    chain = of("mbpp")[1]
    problem = problem_of(chain)
    assert problem is chain.given
    assert (problem.comparison, problem.limits.cpu) == ("exact", 4.0)  # not those of tasks of families
    assert "chain = Node(Node())" in problem.prelude


@pytest.mark.parametrize(
    "row, kind, said",
    [
        ({"question": "Q", "note": 1}, None, "set.jsonl:2: answer: is missing, and there are no tests; the row has question, note"),
        ({"answer": "2", "id": 7}, None, "set.jsonl:2: problem: is missing or no text; the row has answer, id"),
        ({"problem": 5, "answer": "2"}, None, "set.jsonl:2: problem: is missing or no text"),
        ({"problem": "Q", "answer": "#### "}, None, "set.jsonl:2: answer: has an empty answer"),
        (
            {"question": "Q", "answer": None, "metadata": {}},
            None,
            "set.jsonl:2: answer: is missing, and there are no tests; the row has question, metadata",
        ),
        ({"problem": "Q", "answer": {"value": 2}}, None, "set.jsonl:2: answer: must be text or a number"),
        ({"problem": "Q", "solution": "so 5"}, None, "set.jsonl:2: solution: ends in no answer"),
        ({"prompt": [{"content": "Q"}], "reward_model": {"style": "rule"}}, None, "set.jsonl:2: reward_model.ground_truth: is missing"),
        ({"prompt": [], "reward_model": {"ground_truth": "2"}}, None, "set.jsonl:2: problem: is missing or no text"),
        ({"text": "Q", "test_list": []}, None, "set.jsonl:2: test_list: is empty"),
        ({"prompt": "Q", "entry_point": "f", "test": "pass"}, None, "set.jsonl:2: test: defines no `check(candidate)`"),
        ({"problem": "Q", "tests": [{"input": "", "output": ""}], "language": "cpp"}, None, "set.jsonl:2: language: is 'cpp'"),
        ({"problem": "Q", "answer": "2"}, "code", "set.jsonl:2: tests: is missing; the row has problem, answer"),
        ({"problem": "Q", "tests": [{"input": "", "output": ""}]}, "math", "set.jsonl:2: answer: is missing"),
    ],
)
def test_a_broken_row_names_file_line_field_and_what_it_has(tmp_path: Path, row: Any, kind: Any, said: str) -> None:
    good = {"problem": "Q", "answer": "1", "tests": [{"input": "", "output": ""}]}
    with pytest.raises(InputError) as error:
        read_tasks(written(tmp_path, good, row), kind)
    assert said in error.value.problem
    assert error.value.fix


@pytest.mark.skipif(not SHARED.exists(), reason="the data sets are not beside the checkout")
@pytest.mark.parametrize(
    "file, every, written_steps",
    [
        ("gsm8k/train.jsonl", 100, True),
        ("math/train4500.jsonl", 75, True),
        ("code/HumanEval.jsonl.gz", 12, False),
        ("code/mbpp.jsonl", 40, False),
    ],
)
def test_golds_of_the_real_sets_are_accepted(checker: Checker, file: str, every: int, written_steps: bool) -> None:
    tasks = read_tasks(SHARED / file)[::every]
    answers = [task.answer if task.tests else f"\\boxed{{{task.answer}}}" for task in tasks]
    assert [verdict.reason for verdict in checker.verdicts(tasks, answers) if not verdict.ok] == []
    assert all(bool(task.steps) == written_steps and "<<" not in task.steps for task in tasks)
    assert all(task.entry in task.problem for task in tasks)
