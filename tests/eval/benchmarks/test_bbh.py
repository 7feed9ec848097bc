"""BBH: its 27 tasks, and the steps of its worked examples."""

import json
from pathlib import Path

import pytest

from openmimo.eval.benchmarks.bbh import BBH, TASKS
from openmimo.eval.benchmarks.catalog import read_items
from openmimo.eval.item import with_shots
from openmimo.verify.judge.fields import BadField

FIXTURES = Path(__file__).parent.parent / "fixtures"


def test_there_are_27_tasks() -> None:
    assert len(set(TASKS)) == len(TASKS) == 27


def test_shots_show_their_steps_and_the_answer_in_the_words_that_are_looked_for() -> None:
    items = read_items(BBH, FIXTURES / "bbh.jsonl")
    assert with_shots(BBH, items[1], [items[0], items[3]]) == (
        "Q: not ( True ) and ( True ) is\nA: Let's think step by step.\n"
        "not ( True ) is False, and False and True is False. So the answer is False.\n\n"
        "Q: Sort the following words alphabetically: List: pear apple fig\nA: Let's think step by step.\nSo the answer is apple fig pear.\n\n"
        "Q: True or not False is\nA: Let's think step by step."
    )


def test_the_task_is_a_column_or_the_name_of_the_file_in_a_folder(tmp_path: Path) -> None:
    row = {"input": "If you walk 3 steps and turn round, do you return?", "target": "No"}
    for name in ("web_of_lies", "navigate"):
        (tmp_path / f"{name}.jsonl").write_text(f"{json.dumps(row)}\n")
    assert [(item.id, item.topic) for item in read_items(BBH, tmp_path)] == [("navigate/1", "navigate"), ("web_of_lies/1", "web_of_lies")]
    with pytest.raises(BadField, match="task: is missing; the row has input, target"):
        BBH.read(row, 1)
    with pytest.raises(BadField, match="task: is 'chess', which is none of the 27"):
        BBH.read({**row, "task": "chess"}, 1)
