"""GPQA's options are shuffled, always alike; SuperGPQA's stay as they are."""

import json
from pathlib import Path

from openmimo.eval.benchmarks.catalog import read_items
from openmimo.eval.benchmarks.gpqa import GPQA_DIAMOND, GPQA_DIAMOND_LIKELIHOOD, SUPERGPQA, SUPERGPQA_LIKELIHOOD

FIXTURES = Path(__file__).parent.parent / "fixtures"
ROWS = [json.loads(line) for line in (FIXTURES / "gpqa-diamond.jsonl").read_text().splitlines()]


def test_the_shuffle_is_the_rows_own_wherever_it_stands() -> None:
    orders = []
    for row in ROWS:
        first, later = GPQA_DIAMOND.read(row, 1), GPQA_DIAMOND.read(row, 99)
        assert first == later
        assert first
        assert first.choices["ABCD".index(first.gold)] == row["Correct Answer"].strip()
        assert sorted(first.choices) == sorted(row[name].strip() for name in row if "Answer" in name)
        orders.append(first.gold)
    assert orders == ["A", "C", "D"]  # as Python 3.11 shuffled them; another order would be another examination


def test_the_right_letter_is_spread_over_all_four() -> None:
    golds = [GPQA_DIAMOND.read({**ROWS[1], "Question": f"Question {number}?"}, number) for number in range(400)]
    counts = [sum(item is not None and item.gold == letter for item in golds) for letter in "ABCD"]
    assert all(70 <= count <= 130 for count in counts)


def test_both_forms_show_the_same_order() -> None:
    for row in ROWS:
        chat, base = GPQA_DIAMOND.read(row, 1), GPQA_DIAMOND_LIKELIHOOD.read(row, 1)
        assert chat
        assert base
        assert base.question.endswith(
            "Choices:\n" + "\n".join(f"({letter}) {text}" for letter, text in zip("ABCD", chat.choices, strict=True)) + "\nAnswer:"
        )
        assert "ABCD"[int(base.gold)] == chat.gold
        assert base.choices == (" (A)", " (B)", " (C)", " (D)")


def test_gpqa_is_measured_as_the_report_has_it() -> None:
    assert (GPQA_DIAMOND.settings.repeats, GPQA_DIAMOND.settings.max_tokens, GPQA_DIAMOND.settings.temperature) == (8, 32_768, 0.6)
    assert (SUPERGPQA.settings.repeats, SUPERGPQA.settings.max_tokens) == (1, 32_768)
    assert GPQA_DIAMOND_LIKELIHOOD.shots == SUPERGPQA_LIKELIHOOD.shots == 5


def test_supergpqa_has_as_many_letters_as_options() -> None:
    items = read_items(SUPERGPQA, FIXTURES / "supergpqa.jsonl")
    assert [item.gold for item in items] == ["C", "E", "B"]
    assert "LETTER is one of ABCDEFGHIJ." in items[1].question
    assert (items[1].topic, items[1].level, items[1].data["field"]) == ("Science", "middle", "Mathematics")
    base = read_items(SUPERGPQA_LIKELIHOOD, FIXTURES / "supergpqa.jsonl")
    assert [len(item.choices) for item in base] == [5, 10, 3]
    assert base[2].question == "Question: Which instrument has strings and keys?\nA) Flute\nB) Harpsichord\nC) Drum\nAnswer:"
