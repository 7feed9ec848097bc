"""HumanEval, MBPP and LeetCode: what is asked, continuations that become programs, and tests that tell right from wrong."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from openmimo.eval.benchmarks.catalog import find, read_items
from openmimo.eval.benchmarks.code import BENCHMARKS
from openmimo.eval.item import Item, with_shots
from openmimo.tasks.checking import Checker
from openmimo.tasks.from_file import fenced
from openmimo.verify.judge.fields import BadField
from openmimo.verify.judge.judge import Judge
from openmimo.verify.mutants import mutants

FIXTURES = Path(__file__).parent.parent / "fixtures"
SHARED = Path(__file__).parents[4] / "shared" / "data" / "code"
NAMES = [benchmark.name for benchmark in BENCHMARKS]


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    with Checker(Judge(speed=1.0)) as made:
        yield made


def items_of(name: str) -> list[Item]:
    return read_items(find(name), FIXTURES / f"{name.removesuffix('-chat')}.jsonl")


def scores(checker: Checker, name: str, items: list[Item], answers: list[str]) -> list[float | None]:
    extract = find(name).extract or (lambda item, answer: answer)
    found = [extract(item, answer) for item, answer in zip(items, answers, strict=True)]
    return [verdict.score for verdict in checker.verdicts([item.task for item in items if item.task], found)]


def said(name: str, item: Item, program: str) -> str:
    """What a model says that writes this program."""
    if name == "humaneval":
        return program.removeprefix(item.data["prompt"])
    return f"{program}\n[DONE]\n\nYou are" if name == "mbpp" else f"Here it is:\n{fenced(program)}\nIt takes linear time."


@pytest.mark.parametrize("name", NAMES)
def test_golden_programs_are_right_and_mutants_wrong(checker: Checker, name: str) -> None:
    items = items_of(name)
    assert scores(checker, name, items, [said(name, item, item.gold) for item in items]) == [1.0] * len(items)
    assert all(mutants(item.gold, 1) for item in items)
    wrong = [mutants(item.gold, 1)[0].program for item in items]
    if name == "humaneval":  # whose programs go on from a head that a mutant no longer has
        wrong = ["    return None\n" for _ in items]
    assert scores(checker, name, items, [said(name, item, program) for item, program in zip(items, wrong, strict=True)]) == [0.0] * len(
        items
    )
    assert scores(checker, name, items, ["I do not know." for _ in items]) == [0.0] * len(items)


def test_a_continuation_is_a_program_with_what_was_asked(checker: Checker) -> None:
    items = items_of("humaneval")
    body = '    """An own docstring, with ``` in it."""\n    return min(max(value, low), high)\n\n\ndef more():\n    pass\n'
    assert scores(checker, "humaneval", items[:1], [body]) == [1.0]
    assert with_shots(find("humaneval"), items[0], items[1:]).startswith(
        'from typing import List\n\n\ndef halves(numbers: List[float]) -> List[float]:\n    """Half of each number."""\n'
        "    return [number / 2 for number in numbers]\n\ndef clamp(value, low, high):\n"
    )
    assert with_shots(find("humaneval"), items[0], items).endswith('    5\n    """\n')


def test_mbpp_has_the_papers_layout() -> None:
    items = items_of("mbpp")
    assert with_shots(find("mbpp"), items[3], items[:1]) == (
        "You are an expert Python programmer, and here is your task: Write a function to count the words of a sentence. "
        "Your code should pass these tests:\n\nassert count_words('a b') == 2\nassert count_words('') == 0\nassert count_words(' one ') == 1\n"
        "[BEGIN]\ndef count_words(text):\n\treturn len(text.split())\n[DONE]\n\n"
        "You are an expert Python programmer, and here is your task: Write a function to remove the vowels of a word. "
        "Your code should pass these tests:\n\nassert bare('plum') == 'plm'\nassert bare('aeiou') == ''\n[BEGIN]\n"
    )
    assert [(item.id, item.topic) for item in items][2:] == [("4", "few-shot"), ("11", "test"), ("601", "train")]
    assert with_shots(find("mbpp"), items[3], items).count("[DONE]") == 3


def test_a_chat_is_asked_for_a_block_of_code() -> None:
    assert items_of("mbpp-chat")[3].question == (
        "Please provide a self-contained Python script that solves the following problem in a markdown code block:\n"
        '```\n"""\nWrite a function to remove the vowels of a word.\nassert bare(\'plum\') == \'plm\'\n"""\n```\n'
    )
    assert items_of("leetcode")[0].question.startswith("Count the pairs of equal values.\n\nPlease complete the following python code")
    assert [(item.id, item.level) for item in items_of("leetcode")] == [("own-pairs", "easy"), ("own-sums", "medium"), ("own-caps", "hard")]


def test_base_models_are_greedy_and_chats_are_as_in_the_report() -> None:
    for name in NAMES:
        settings = find(name).settings
        assert (settings.temperature, bool(settings.stop)) == ((0.0, True) if find(name).form == "text" else (0.6, False))


@pytest.mark.parametrize(
    "name, column",
    [
        *[("humaneval", column) for column in ("prompt", "entry_point", "test")],
        *[("mbpp", column) for column in ("text", "code", "test_list")],
        *[("leetcode", column) for column in ("query", "entry_point", "test")],
    ],
)
def test_a_missing_column_is_named(name: str, column: str) -> None:
    rows = {
        "humaneval": {"prompt": "def f():\n", "entry_point": "f", "test": "def check(candidate):\n    assert candidate() == 1\n"},
        "mbpp": {"text": "Give 1.", "code": "def f():\n    return 1", "test_list": ["assert f() == 1"]},
        "leetcode": {"query": "Give 1.", "entry_point": "f", "test": "def check(candidate):\n    assert candidate() == 1\n"},
    }
    assert find(name).read(rows[name], 1)
    with pytest.raises(BadField, match=f"^{column}: is missing"):
        find(name).read({key: value for key, value in rows[name].items() if key != column}, 1)


@pytest.mark.skipif(not SHARED.exists(), reason="the data sets are not beside the checkout")
@pytest.mark.parametrize(
    "name, file, count",
    [
        ("humaneval", "HumanEval.jsonl.gz", 164),
        ("mbpp", "mbpp.jsonl", 974),
        ("leetcode", "LeetCodeDataset-v0.2.0-train.jsonl.gz", 1890),
    ],
)
def test_golden_programs_of_the_real_files_are_right(checker: Checker, name: str, file: str, count: int) -> None:
    items = read_items(find(name), SHARED / file)
    assert len(items) == count
    some = items[:: count // 30]
    assert scores(checker, name, some, [said(name, item, item.gold) for item in some]) == [1.0] * len(some)
