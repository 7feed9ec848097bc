"""Competition mathematics: what is asked, what counts as right under the policy of published scores, and what is said of broken rows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from openmimo.eval.benchmarks.catalog import find, read_items
from openmimo.eval.benchmarks.mathematics import BENCHMARKS
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
    return read_items(find(name), FIXTURES / f"{name.removesuffix('-text')}.jsonl")


def scores(checker: Checker, items: list[Item], answers: list[str]) -> list[float | None]:
    return [verdict.score for verdict in checker.verdicts([item.task for item in items if item.task], answers)]


@pytest.mark.parametrize("name", NAMES)
def test_gold_answers_are_right_and_others_wrong(checker: Checker, name: str) -> None:
    items, text = items_of(name), find(name).form == "text"
    said = "So.\nFinal Answer: The final answer is $%s$. I hope it is correct." if text else "So it is $\\boxed{%s}$."
    assert scores(checker, items, [said % item.gold for item in items]) == [1.0] * len(items)
    assert scores(checker, items, [said % "98765" for _ in items]) == [0.0] * len(items)
    assert scores(checker, items, ["I do not know." for _ in items]) == [0.0] * len(items)


def test_other_forms_of_the_answer_are_right_too(checker: Checker) -> None:
    items = items_of("math-500")
    assert scores(
        checker, items, ["\\boxed{25.0}", "It is $\\boxed{0.75}$.", "$-3 \\le x \\le 3$, so $\\boxed{\\left[-3, 3\\right]}$"]
    ) == [1, 1, 1]
    assert scores(checker, items_of("aime24")[:1], ["$\\boxed{22}$"]) == [1.0]  # AIME writes 022


def test_what_a_chat_is_asked() -> None:
    item = items_of("math-500")[0]
    assert item.question == (
        "What is the sum of the first five odd positive integers?\n\nPlease reason step by step, and put your final answer within \\boxed{}."
    )
    assert (item.id, item.gold, item.topic, item.level) == ("test/own/1.json", "25", "Number Theory", "2")


def test_a_base_model_sees_solutions_that_end_in_their_answer() -> None:
    items = items_of("math")
    assert with_shots(find("math"), items[0], items).startswith(
        "Problem:\nHow many ways are there to order the letters of the word OWL?\n\n"
        "Solution:\nThere are $3! = \\boxed{6}$ ways.\nFinal Answer: The final answer is $6$. I hope it is correct.\n\nProblem:\n"
    )
    assert with_shots(find("math"), items[0], items).count("I hope it is correct.") == 4
    assert with_shots(find("math"), items[0], items).endswith("\n\nProblem:\nFactor $x^2-5x+6$.\n\nSolution:")
    assert [item.level for item in items] == ["2", "1", "", "3", "4"]
    assert items_of("aime25-text")[0].question == "Problem:\nFind the number of trailing zeros of $50!$.\n\nSolution:"


def test_the_settings_are_the_reports() -> None:
    assert {name: find(name).settings.repeats for name in NAMES} == {
        **{"math-500": 1, "math": 1, "amc23": 1},
        **{"aime24": 32, "aime24-text": 32, "aime25": 32, "aime25-text": 32},
    }
    chat = find("aime24").settings
    assert (chat.temperature, chat.top_p, chat.max_tokens, chat.stop) == (0.6, 0.95, 32_768, ())
    assert (find("math").settings.temperature, find("math").shots) == (0.0, 4)


def test_columns_may_have_the_names_that_other_copies_give_them() -> None:
    item = find("aime24").read({"ID": "2024-II-4", "Problem": "How many?", "Answer": 33, "Solution": "33"}, 7)
    assert item
    assert (item.id, item.gold, item.question.partition("\n")[0]) == ("2024-II-4", "33", "How many?")
    item = find("aime25").read({"question": "How many?", "answer": "70"}, 7)
    assert item
    assert item.id == "aime25/7"


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_column_is_named(name: str) -> None:
    with pytest.raises(BadField, match=r"answer: is missing.*the row has problem") as caught:
        find(name).read({"problem": "How many?"}, 1)
    assert caught.value.fix
    with pytest.raises(BadField, match="problem: is missing or no text; the row has answer"):
        find(name).read({"answer": "5"}, 1)


@pytest.mark.skipif(not SHARED.exists(), reason="the data sets are not beside the checkout")
@pytest.mark.parametrize(
    "name, file, count", [("aime24", "aime/aime24.jsonl", 30), ("amc23", "aime/amc23.jsonl", 40), ("math", "math/train4500.jsonl", 4500)]
)
def test_golds_of_the_real_files_are_right(checker: Checker, name: str, file: str, count: int) -> None:
    items = read_items(find(name), SHARED / file)
    assert len(items) == count
    some = items[:: max(count // 60, 1)]
    assert scores(checker, some, [f"So it is $\\boxed{{{item.gold}}}$." for item in some]) == [1.0] * len(some)
