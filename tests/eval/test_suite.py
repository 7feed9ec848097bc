"""The words of the command line become parts, or an error that names which word and what to write instead."""

import json
from pathlib import Path

import pytest

from openmimo.core.errors import ConfigError, InputError
from openmimo.eval.suite import Wanted, of_files, own, ruler


@pytest.fixture
def rows(tmp_path: Path) -> str:
    path = tmp_path / "rows.jsonl"
    path.write_text(
        "".join(json.dumps({"problem": f"What is {n} + 1?", "answer": str(n + 1), "unique_id": f"q{n}"}) + "\n" for n in range(5))
    )
    return str(path)


def test_settings_are_the_benchmarks_own_unless_others_are_wanted(rows: str) -> None:
    (plain,) = of_files([f"math-500={rows}"], [], Wanted())
    assert (plain.settings.temperature, plain.settings.top_p, plain.settings.max_tokens, plain.settings.repeats) == (0.6, 0.95, 32_768, 1)
    (aime,) = of_files([f"aime24={rows}"], [], Wanted())
    assert aime.settings.repeats == 32
    (other,) = of_files([f"aime24={rows}"], [], Wanted(limit=2, repeats=4, max_tokens=100, temperature=0.0))
    assert (len(other.items), other.settings.repeats, other.settings.max_tokens, other.settings.temperature) == (2, 4, 100, 0.0)
    assert other.settings.top_p == 0.95
    assert other.given == {"rows": rows, "shots": "", "limit": 2}


@pytest.mark.parametrize(
    ("on", "shots", "said"),
    [
        (["math-500"], [], r"names no file of rows\n  fix: write math-500=FILE"),
        (["what"], [], r"no benchmark 'what'\n  fix: one of: math-500, .*own-base"),
        (["math-500={rows}", "MATH-500={rows}"], [], "math-500 is there twice"),
        (["humaneval={rows}"], [], "humaneval needs 1 worked example\n"),
        (["math-50={rows}"], [], "did you mean math-500"),
        (["math={rows}"], [], "math needs 4 worked examples"),
        (["math-500={rows}"], ["math={rows}"], "shots for math, and no rows"),
        (["math-500=nowhere.jsonl"], [], "no file nowhere.jsonl"),
        (["own={rows}"], [], r"own reads no file\n  fix: leave --on out"),
        (["gpqa-diamond={rows}"], [], r"rows\.jsonl:1: .*Question"),
    ],
)
def test_what_cannot_be_is_named(rows: str, on: list[str], shots: list[str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        of_files([text.format(rows=rows) for text in on], [text.format(rows=rows) for text in shots], Wanted())


@pytest.mark.parametrize("wrong", [Wanted(limit=0), Wanted(repeats=0), Wanted(max_tokens=0), Wanted(temperature=-1.0), Wanted(top_p=0.0)])
def test_wanted_values_that_cannot_be_are_named(wrong: Wanted) -> None:
    with pytest.raises(ConfigError):
        own(["arithmetic"], 1, wanted=wrong)


def test_ruler_is_made_at_the_length_that_is_asked_for() -> None:
    part = ruler(600, 1, Wanted(), lambda text: len(text.split()))
    assert part.name == "ruler-600"
    chat = ruler(600, 1, Wanted(), lambda text: len(text.split()), "ruler-chat")
    assert (chat.name, chat.benchmark.form) == ("ruler-chat-600", "chat")
    assert len({item.topic for item in part.items}) == len(part.items) >= 7
    assert all(len(item.question.split()) <= 600 for item in part.items)
