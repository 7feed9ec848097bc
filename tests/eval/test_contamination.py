"""Overlaps of a benchmark and a training file: as trying every pair finds them, from either side, and no wording of the prompt among them."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openmimo.core.errors import InputError
from openmimo.eval.contamination import Contamination, Hit, index, questions_of, search
from openmimo.eval.item import Item
from openmimo.tasks.task import Task

FIRST = "A ferry carries forty cars across a wide river in three trips, and each car pays seven coins; how many coins in all?"
SECOND = "Nine gardeners plant roses along both sides of a long straight road, one rose every four metres. How many roses do they plant?"
ASKED = "Please reason step by step, and put your final answer within a box at the end of what you write."


def write(path: Path, rows: list[object]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def slow(texts: dict[str, str], rows: list[list[str]]) -> tuple[int, set[str]]:
    """Rows hit and items hit, by every run of every item against every run of every row."""

    def runs(text: str) -> list[list[str]]:
        words = re.findall("[a-z0-9]+", text.lower())
        return [words[first : first + 16] for first in range(max(len(words) - 15, 1))] if words else []

    hits = [{item for item, text in texts.items() for run in runs(text) if any(run in runs(other) for other in row)} for row in rows]
    return sum(map(bool, hits)), set().union(*hits)


def test_rows_and_items_are_counted_from_either_side(tmp_path: Path) -> None:
    rows = [
        {"text": "Nothing of the kind."},
        {"text": f"Here it is: {FIRST.upper().replace(',', ' -')} And {SECOND}", "id": 3},
        {"messages": [{"role": "user", "content": FIRST}, {"role": "assistant", "content": "840"}]},
        {"question": "How many roses do they plant?"},
    ]
    found = search(index({"a": FIRST, "b": SECOND, "c": FIRST, "d": "How many roses do they plant?"}), write(tmp_path / "t.jsonl", rows))
    run = "a ferry carries forty cars across a wide river in three trips and each car pays"
    assert found == Contamination(4, 3, 4, ("a", "c", "b", "d"), 1, 0, found.examples)
    assert found.examples[0] == Hit("a", 2, run)
    assert found.examples[-1] == Hit("d", 4, "how many roses do they plant")
    assert [hit.line for hit in found.examples] == [2, 2, 2, 4]


words = st.lists(st.sampled_from("ab"), min_size=14, max_size=24).map(" ".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(words, min_size=1, max_size=5), st.lists(st.lists(words, min_size=1, max_size=2), min_size=1, max_size=5))
def test_it_finds_what_trying_every_pair_finds(tmp_path: Path, questions: list[str], rows: list[list[str]]) -> None:
    texts = {str(place): text for place, text in enumerate(questions)}
    found = search(index(texts, keep_wording=True), write(tmp_path / "t.jsonl", [{"some": row} for row in rows]))
    assert (found.rows_hit, set(found.items_hit)) == slow(texts, rows)


def test_what_is_said_with_every_question_is_no_overlap(tmp_path: Path) -> None:
    texts = {str(number): f"What is {number} + {number}? {ASKED}" for number in range(40)}
    texts["long"] = f"{FIRST} {ASKED}"
    path = write(
        tmp_path / "t.jsonl", [{"prompt": f"Name a prime number. {ASKED}"}, {"prompt": f"{FIRST} Think."}, {"prompt": "What is 7 + 7?"}]
    )
    found = search(index(texts), path)
    assert (found.rows_hit, found.items_hit, found.short) == (2, ("long", "7"), 40)
    assert (
        search(index(texts, keep_wording=True), path).rows_hit == 2
    )  # the first row and the second; "What is 7 + 7?" has wording after it
    assert len(search(index(texts, keep_wording=True), path).items_hit) == 41
    few = {name: texts[name] for name in ("1", "2", "long")}  # of three questions nothing is known to be wording
    assert search(index(few), path).items_hit == ("1", "2", "long")


def test_only_the_named_columns_are_searched(tmp_path: Path) -> None:
    path = write(tmp_path / "t.jsonl", [{"problem": "short", "solution": f"As we know: {FIRST}"}])
    assert search(index({"a": FIRST}), path).rows_hit == 1
    assert search(index({"a": FIRST}), path, ["problem"]).rows_hit == 0
    with pytest.raises(InputError, match=r"no text in problems, gone: the row has problem, solution"):
        search(index({"a": FIRST}), path, ["problems", "gone"])


def test_every_form_of_file_is_read_and_broken_rows_are_counted(tmp_path: Path) -> None:
    lines = write(tmp_path / "t.jsonl", [{"text": FIRST}])
    lines.write_text(lines.read_text() + '{"text": "half')
    found = search(index({"a": FIRST}), lines)
    assert (found.rows, found.rows_hit, found.broken) == (2, 1, 1)
    whole = tmp_path / "t.json"
    whole.write_text(json.dumps([SECOND, FIRST]))
    assert search(index({"a": FIRST}), whole).rows_hit == 1
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pyarrow.table({"turns": [[{"content": FIRST}], [{"content": "no"}]], "n": [1, 2]}), tmp_path / "t.parquet")
    assert search(index({"a": FIRST}), tmp_path / "t.parquet").rows_hit == 1
    with pytest.raises(InputError, match="there is no file"):
        search(index({"a": FIRST}), tmp_path / "gone.jsonl")
    with pytest.raises(InputError, match="no text in any row: the row has n"):
        search(index({"a": FIRST}), write(tmp_path / "n.jsonl", [{"n": 1}]))


def test_a_long_search_says_how_far_it_is(tmp_path: Path) -> None:
    path, said = write(tmp_path / "t.jsonl", [{"text": FIRST}, {"text": "no"}, {"text": FIRST}]), []
    search(index({"a": FIRST}), path, shown=lambda rows, hit: said.append((rows, hit)), every=0.0)
    assert said == [(1, 1), (2, 1), (3, 2)]
    search(index({"a": FIRST}), path, shown=lambda rows, hit: said.append((rows, hit)))
    assert len(said) == 3  # a short one says nothing


def test_the_bare_problem_is_searched_for_where_there_is_one() -> None:
    task = Task("f", 1, "Bare?", "", "4", "f.1")
    assert questions_of([Item("a", "Bare? Box it.", "4", task=task), Item("b", "Which one? (A) or (B)", "A")]) == {
        "a": "Bare?",
        "b": "Which one? (A) or (B)",
    }
