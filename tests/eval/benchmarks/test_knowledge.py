"""Each benchmark of knowledge, choice and reading on a fixture in its exact format: read, asked, and scored with right and wrong answers."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.core.errors import InputError
from openmimo.eval.benchmarks import agieval, bbh, chinese, commonsense, gpqa, ifeval, mmlu, reading, trivia
from openmimo.eval.benchmarks.catalog import find, read_items
from openmimo.eval.item import Benchmark, Item, continuations, likeliest, with_shots
from openmimo.tasks.checking import Checker
from openmimo.verify.judge.fields import BadField
from openmimo.verify.verdict import Verdict

FIXTURES = Path(__file__).parent.parent / "fixtures"
BENCHMARKS = [one for module in (agieval, bbh, chinese, commonsense, gpqa, ifeval, mmlu, reading, trivia) for one in module.BENCHMARKS]
PLAIN = st.one_of(st.none(), st.booleans(), st.integers(-2, 30), st.floats(), st.text(max_size=4), st.sampled_from(["A", "ok", "[", "3"]))
VALUES = st.recursive(
    PLAIN, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from("ab"), inner, max_size=2)), max_leaves=6
)
FORMS = ("-likelihood", "-text", "-chat")
SAID = {  # what a model might say that is right, where it is not the gold answer itself
    "chat": "It is one of them.\n\nAnswer: {gold}",
    "text": " {gold}",
}
KEPT = {
    "9001": ("Hello there and good morning!", "Hello, neighbour!"),
    "9002": ('"Rain on the roof."', "Rain on the roof."),
    "9003": ("The crust is brown. I like the crust. That is all.", "The crust is brown. That is all."),
}


def fixture(benchmark: Benchmark) -> Path:
    """The file of a benchmark's rows, which its other forms share."""
    path = FIXTURES / f"{benchmark.name}.jsonl"
    return (
        path
        if path.exists()
        else FIXTURES / f"{next(benchmark.name.removesuffix(form) for form in FORMS if benchmark.name.endswith(form))}.jsonl"
    )


def rows(benchmark: Benchmark) -> list[dict[str, Any]]:
    return [json.loads(line) for line in fixture(benchmark).read_text(encoding="utf-8").splitlines()]


def answers(benchmark: Benchmark, item: Item) -> tuple[str, str]:
    """A right answer and a wrong one."""
    if benchmark.form == "likelihood":
        right = [-1.0 if str(place) == item.gold else -99.0 for place in range(len(item.choices))]
        return likeliest(benchmark, item, right), likeliest(benchmark, item, [-logprob - 100 for logprob in right])
    if benchmark.name == "ifeval":
        return KEPT[item.id]
    if benchmark.name == "bbh":
        return f"Some steps. So the answer is {item.gold}.", "Some steps. So the answer is nothing at all."
    if item.choices:
        other = "B" if item.gold == "A" else "A"
        words = "So the answer is ({})." if benchmark.form == "text" else "Let me see.\n\nAnswer: {}"
        return words.format(item.gold), words.format(other)
    return SAID[benchmark.form].format(gold=item.gold), SAID[benchmark.form].format(gold="-777")


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    with Checker(policy="eval") as one:  # one for all: its process takes a second to start
        yield one


def verdict(checker: Checker, benchmark: Benchmark, item: Item, answer: str) -> Verdict:
    if benchmark.score:
        return benchmark.score(item, answer)
    assert item.task
    return checker.verdict(item.task, answer)


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda one: one.name)
def test_right_answers_score_one_and_wrong_ones_nothing(checker: Checker, benchmark: Benchmark) -> None:
    for item in read_items(benchmark, fixture(benchmark)):
        right, wrong = answers(benchmark, item)
        good, bad = (verdict(checker, benchmark, item, answer) for answer in (right, wrong))
        assert (good.kind, good.score) == ("right", 1.0), (item.id, right, good)
        assert (bad.ok, bad.score) == (False, 0.0), (item.id, wrong, bad)


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda one: one.name)
def test_every_row_is_read_with_an_id_that_stays(benchmark: Benchmark) -> None:
    items = read_items(benchmark, fixture(benchmark))
    read = [benchmark.read(row, place) for place, row in enumerate(rows(benchmark), 1)]
    assert items == [item for item in read if item]
    assert len({item.id for item in items}) == len(items) >= 3
    assert all(item.question.strip() or item.stems for item in items)
    assert all(item.gold for item in items)
    if benchmark.form == "likelihood":
        assert all(0 <= int(item.gold) < len(item.choices) for item in items)


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda one: one.name)
def test_a_question_is_asked_after_shots_that_show_their_answers(benchmark: Benchmark) -> None:
    items = read_items(benchmark, fixture(benchmark))
    text = with_shots(benchmark, items[-1], items)
    assert text.endswith(items[-1].question)
    assert bool(benchmark.shots) == bool(benchmark.shown)
    if benchmark.shown:
        shown = [benchmark.shown(shot) for shot in items[:-1]][: benchmark.shots]
        assert "\n\n".join(shown) in text
        assert benchmark.shown(items[-1]) not in text
    else:
        assert text == items[-1].question
    if benchmark.form == "likelihood":
        pairs = continuations(benchmark, items[-1], items)
        assert len(pairs) == len(items[-1].choices)
        assert all(before.startswith(text) and choice for before, choice in pairs)
        assert len({before + choice for before, choice in pairs}) == len(pairs)


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda one: one.name)
def test_a_column_that_is_missing_is_named_with_its_line_and_what_the_row_has(benchmark: Benchmark, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    good = fixture(benchmark).read_text(encoding="utf-8").splitlines()[0]
    path.write_text(f'{good}\n{{"something": "else", "nothing": null}}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"rows\.jsonl:2: .*: is missing.*the row has something") as caught:
        read_items(benchmark, path)
    assert caught.value.fix


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda one: one.name)
def test_each_column_that_is_needed_is_missed(benchmark: Benchmark) -> None:
    """Whatever column is taken away, the row is refused for one that it lacks, or read all the same."""
    row = rows(benchmark)[0]
    refused = 0
    for column in row:
        try:
            benchmark.read({name: value for name, value in row.items() if name != column}, 1)
        except BadField:
            refused += 1
    assert refused, "no column is needed"


WITH_OBJECTS = [one for one in BENCHMARKS if any(isinstance(value, dict) for row in rows(one) for value in row.values())]


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda one: one.name)
@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.data())
def test_whatever_a_column_holds_the_row_is_read_or_refused(benchmark: Benchmark, data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(rows(benchmark)))
    column = data.draw(st.sampled_from(sorted(row)))
    with contextlib.suppress(BadField):
        benchmark.read({**row, column: data.draw(VALUES)}, 1)


@pytest.mark.parametrize("benchmark", WITH_OBJECTS, ids=lambda one: one.name)
@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.data())
def test_whatever_an_object_holds_the_row_is_read_or_refused(benchmark: Benchmark, data: st.DataObject) -> None:
    row = data.draw(st.sampled_from([one for one in rows(benchmark) if any(isinstance(value, dict) for value in one.values())]))
    column = data.draw(st.sampled_from(sorted(name for name, value in row.items() if isinstance(value, dict))))
    inner = data.draw(st.sampled_from(sorted(row[column])))
    with contextlib.suppress(BadField):
        benchmark.read({**row, column: {**row[column], inner: data.draw(VALUES)}}, 1)


@pytest.mark.parametrize(
    "name", ["agieval", "arc-challenge", "bbh", "drop", "gpqa-diamond", "ifeval", "mmlu-pro", "race-high", "supergpqa", "triviaqa"]
)
def test_a_table_of_the_hub_is_read_like_lines(name: str, tmp_path: Path) -> None:
    """A table gives every row the columns of all, with nothing in them, and so down into its objects."""
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    benchmark = find(name)
    path = tmp_path / "rows.parquet"
    parquet.write_table(pyarrow.Table.from_pylist(rows(benchmark)), path)
    assert read_items(benchmark, path) == read_items(benchmark, fixture(benchmark))
