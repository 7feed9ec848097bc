"""CRUXEval: any input that gives the output is right, an output is a literal, and neither is believed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.eval.benchmarks.catalog import find, read_items
from openmimo.eval.benchmarks.cruxeval import INPUT_INTRO, OUTPUT_INTRO, input_item, input_program, output_item, output_verdict
from openmimo.eval.item import Item, with_shots
from openmimo.tasks.checking import Checker
from openmimo.verify.judge.fields import BadField
from openmimo.verify.judge.judge import Judge

FIXTURE = Path(__file__).parent.parent / "fixtures" / "cruxeval.jsonl"
SHARED = Path(__file__).parents[4] / "shared" / "data" / "code" / "cruxeval.jsonl"
INPUTS, OUTPUTS = find("cruxeval-i"), find("cruxeval-o")


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    with Checker(Judge(speed=1.0)) as made:
        yield made


def scores(checker: Checker, items: list[Item], answers: list[str]) -> list[float | None]:
    programs = [input_program(item, answer) for item, answer in zip(items, answers, strict=True)]
    return [verdict.score for verdict in checker.verdicts([item.task for item in items if item.task], programs)]


def test_gold_inputs_and_outputs_are_right_and_others_wrong(checker: Checker) -> None:
    inputs, outputs = read_items(INPUTS, FIXTURE), read_items(OUTPUTS, FIXTURE)
    assert (
        scores(checker, inputs, [f"assert {item.gold} == {other.gold}\n" for item, other in zip(inputs, outputs, strict=True)]) == [1] * 4
    )
    assert scores(checker, inputs, ["f([7])", "f('a', 'a')", "f(1)", "f(lambda n: True)"]) == [0] * 4
    assert [output_verdict(item, f"assert f(1) == {item.gold}\n").score for item in outputs] == [1] * 4
    assert [output_verdict(item, "assert f(1) == 5").score for item in outputs] == [0] * 4


def test_an_answer_is_an_assert_or_what_is_missing_of_it(checker: Checker) -> None:
    item, output = read_items(INPUTS, FIXTURE)[0], read_items(OUTPUTS, FIXTURE)[0]
    forms = ["f([3, 1, 2])", "assert f([2, 1, 3]) == [3, 2, 1]\nThat is it.", "[ANSWER]\nassert f((1, 2, 3)) == [3, 2, 1]\n[/ANSWER] more"]
    assert scores(checker, [item] * 3, forms) == [1.0] * 3
    for said in ("[3, 2, 1]", "f([1, 3, 2]) == [3, 2, 1]", "assert f([1, 3, 2]) == [3,2,1]\nassert 1 == 2"):
        assert output_verdict(output, said).ok, said
    for said in ("(3, 2, 1)", "sorted([1, 3, 2])[::-1]", "f([1, 3, 2])", "[3, 2, 1] == f([1, 3, 2])", "", "]"):
        assert not output_verdict(output, said).ok, said


def test_an_equals_sign_within_a_text_is_no_comparison(checker: Checker) -> None:
    item, output = read_items(INPUTS, FIXTURE)[1], read_items(OUTPUTS, FIXTURE)[1]
    assert scores(checker, [item], ["assert f('==a  b', '=') == 'a  b2'"]) == [1.0]
    assert output_verdict(output, "assert f('a == b', '=') == 'a  b2'").ok


@pytest.mark.parametrize(
    "answer",
    [
        "[3, 2, 1]",
        "f([1]) or [3, 2, 1]",
        "g([1])",
        "f.__call__([1, 2, 3])",
        "f(globals().update(sorted=lambda *_: [1, 2, 3]))",
        "f([(sorted := 1)])",
        "f(().__class__)",
        "f(getattr(1, 'real'))",
    ],
)
def test_an_input_is_one_plain_call_of_the_function(answer: str) -> None:
    assert input_program(read_items(INPUTS, FIXTURE)[0], answer) == ""


@settings(deadline=None)
@given(st.text())
def test_no_answer_is_a_fault(text: str) -> None:
    item = Item("1", "", "[1]")
    assert output_verdict(item, text).score in (0.0, 1.0)
    assert isinstance(input_program(item, text), str)


def test_the_question_comes_after_instruction_and_two_examples() -> None:
    question = with_shots(INPUTS, read_items(INPUTS, FIXTURE)[0], [])
    assert question == (
        f"{INPUT_INTRO}\n\n[PYTHON]\ndef f(values):\n    return sorted(values)[::-1]\nassert f(??) == [3, 2, 1]\n[/PYTHON]\n[ANSWER]\n"
    )
    assert with_shots(OUTPUTS, read_items(OUTPUTS, FIXTURE)[2], []).endswith("\nassert f() == ??\n[/PYTHON]\n[ANSWER]\n")


@pytest.mark.parametrize("intro", [INPUT_INTRO, OUTPUT_INTRO])
def test_the_examples_are_true(intro: str) -> None:
    for example in intro.split("[PYTHON]\n")[1:]:
        code, _, answer = example.partition("[/PYTHON]\n[ANSWER]\n")
        exec(code.rpartition("assert")[0] + answer.partition("\n[/ANSWER]")[0], {})
    assert intro.count("[PYTHON]") == 2


def test_a_missing_column_is_named() -> None:
    row = {"code": "def f(n):\n    return n", "input": "1", "output": "1"}
    for read in (input_item, output_item):
        for column in row:
            with pytest.raises(BadField, match=f"^{column}: is missing"):
                read({key: value for key, value in row.items() if key != column}, 1)
        with pytest.raises(BadField, match=r"^output: is no literal: set"):
            read({**row, "output": "set(n)"}, 1)
    with pytest.raises(BadField, match=r"^code: is no Python"):
        input_item({**row, "code": "def f(:"}, 1)


@pytest.mark.skipif(not SHARED.exists(), reason="the data set is not beside the checkout")
def test_golds_of_the_real_file_are_right(checker: Checker) -> None:
    inputs, outputs = read_items(INPUTS, SHARED), read_items(OUTPUTS, SHARED)
    assert len(inputs) == len(outputs) == 800
    assert all(output_verdict(item, item.gold).ok for item in outputs)
    assert scores(checker, inputs[::16], [item.gold for item in inputs[::16]]) == [1.0] * 50
