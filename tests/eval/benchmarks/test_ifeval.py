"""IFEval: a request is asked as it stands, and its instructions go with it."""

from pathlib import Path
from typing import Any

import pytest

from openmimo.eval.benchmarks.catalog import read_items
from openmimo.eval.benchmarks.ifeval import IFEVAL
from openmimo.eval.item import with_shots
from openmimo.verify.judge.fields import BadField

FIXTURES = Path(__file__).parent.parent / "fixtures"


def test_a_request_is_asked_as_it_stands() -> None:
    item = read_items(IFEVAL, FIXTURES / "ifeval.jsonl")[0]
    assert with_shots(IFEVAL, item, []) == "Say hello to a neighbour. Use no commas."
    assert (item.id, item.gold, IFEVAL.settings.repeats, IFEVAL.settings.max_tokens) == ("9001", "punctuation:no_comma", 8, 8192)


def test_parameters_that_hold_nothing_are_left_out() -> None:
    item = read_items(IFEVAL, FIXTURES / "ifeval.jsonl")[2]
    assert item.data["kwargs"] == [{"relation": "at least", "keyword": "crust", "frequency": 2}, {"end_phrase": "That is all."}]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kwargs": None}, "kwargs: is missing; the row has key, prompt, instruction_id_list"),
        ({"kwargs": [{}, {}]}, "kwargs: has 2 members for 1 instructions"),
        ({"kwargs": ["{}"]}, "kwargs: must be a list of objects"),
        ({"instruction_id_list": []}, "instruction_id_list: must be a list of names"),
        ({"instruction_id_list": ["punctuation:none"]}, r"instruction_id_list\[0\]: is 'punctuation:none', which is none of"),
        ({"prompt": 3.5}, "prompt: must be text"),
    ],
)
def test_what_is_wrong_with_a_row_is_named(change: dict[str, Any], said: str) -> None:
    row = {"key": 1, "prompt": "Go.", "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}], **change}
    with pytest.raises(BadField, match=said):
        IFEVAL.read(row, 1)
