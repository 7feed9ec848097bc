"""Word problems: what is asked, where the answer of a base model is, and units that are no part of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from openmimo.eval.benchmarks.catalog import find, read_items
from openmimo.eval.benchmarks.words import BENCHMARKS, after_mark
from openmimo.eval.item import Item, with_shots
from openmimo.tasks.checking import Checker
from openmimo.verify.judge.fields import BadField

FIXTURES = Path(__file__).parent.parent / "fixtures"
SHARED = Path(__file__).parents[4] / "shared" / "data"
NAMES = [benchmark.name for benchmark in BENCHMARKS]


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    with Checker(policy="eval") as made:
        yield made


def items_of(name: str) -> list[Item]:
    return read_items(find(name), FIXTURES / f"{name.removesuffix('-chat')}.jsonl")


def scores(checker: Checker, name: str, items: list[Item], answers: list[str]) -> list[float | None]:
    extract = find(name).extract or (lambda item, answer: answer)
    found = [extract(item, answer) for item, answer in zip(items, answers, strict=True)]
    return [verdict.score for verdict in checker.verdicts([item.task for item in items if item.task], found)]


@pytest.mark.parametrize("name", NAMES)
def test_gold_answers_are_right_and_others_wrong(checker: Checker, name: str) -> None:
    items, said = items_of(name), " It is so.\n#### %s" if name == "gsm8k" else "So it is $\\boxed{%s}$."
    assert scores(checker, name, items, [said % item.gold for item in items]) == [1.0] * len(items)
    assert scores(checker, name, items, [said % "98765" for _ in items]) == [0.0] * len(items)


def test_the_first_mark_counts_and_a_base_model_may_use_none(checker: Checker) -> None:
    items = items_of("gsm8k")[:3]
    assert scores(checker, "gsm8k", items, ["28/2\n#### 14 \nQuestion: 1?\n#### 3", "#### $150", "#### 1400."]) == [1, 1, 1]
    assert scores(checker, "gsm8k", items[:1], [" 40 - 12 = 28, so the answer is 14."]) == [1.0]
    assert scores(checker, "gsm8k", items[:1], [" 40 - 12 = 28.\n#### 28"]) == [0.0]
    assert after_mark(items[0], "####\n14") == "####\n14"


def test_a_base_model_sees_solutions_without_marks_for_a_calculator() -> None:
    items = items_of("gsm8k")
    assert with_shots(find("gsm8k"), items[1], items[:1]) == (
        "Question: A jar holds 40 beans. Ida eats 12 and shares the rest equally with one friend. How many does the friend get?\n"
        "Answer: There are 40-12 = 28 beans left.\nThe friend gets 28/2 = 14.\n#### 14\n\n"
        "Question: A piano costs $900 and its stool $150. Otto pays both in 7 equal parts. How much is a part?\nAnswer:"
    )


def test_a_story_comes_before_its_question_and_numbers_lose_what_tables_add() -> None:
    svamp = items_of("svamp")
    assert svamp[0].question.startswith("A shelf has 34 books and 12 jars. How many more books than jars are there?\n\nPlease reason")
    assert [(item.id, item.gold, item.topic) for item in svamp] == [
        ("own-1", "22", "Subtraction"),
        ("own-2", "54", "Multiplication"),
        ("own-3", "7.5", "Multiplication"),
    ]
    assert [(item.id, item.topic) for item in items_of("mawps")] == [("0", "addsub"), ("1", "singleop"), ("2", "multiarith")]


def test_units_are_no_part_of_the_answer(checker: Checker) -> None:
    items = items_of("asdiv")
    assert [item.gold for item in items] == ["13", "Rope B", "2:3", "300"]
    assert (
        scores(checker, "asdiv", items, ["\\boxed{13}", "\\boxed{\\text{Rope B}}", "\\boxed{2:3}", "\\boxed{300} square meters"]) == [1] * 4
    )


def test_rounded_fractions_of_a_table_are_still_the_fraction(checker: Checker) -> None:
    assert scores(checker, "mawps", items_of("mawps")[2:], ["It is $\\boxed{\\frac{1}{3}}$."]) == [1.0]


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_column_is_named(name: str) -> None:
    with pytest.raises(BadField, match=r"answer: is missing.*the row has question"):
        find(name).read({"question": "How many?"}, 1)
    with pytest.raises(BadField, match="problem: is missing or no text"):
        find(name).read({"answer": "5"}, 1)


@pytest.mark.skipif(not SHARED.exists(), reason="the data sets are not beside the checkout")
@pytest.mark.parametrize(
    "name, file, count",
    [("gsm8k-chat", "gsm8k/train", 7473), ("svamp", "words/svamp", 1000), ("asdiv", "words/asdiv", 2215), ("mawps", "words/mawps", 2065)],
)
def test_golds_of_the_real_files_are_right(checker: Checker, name: str, file: str, count: int) -> None:
    items = read_items(find(name), SHARED / f"{file}.jsonl")
    assert len(items) == count
    some = items[:: count // 60]
    assert scores(checker, name, some, [f"So it is $\\boxed{{{item.gold}}}$." for item in some]) == [1.0] * len(some)
