"""The numbers of a run are those of its files: means, intervals, curves, majorities, what was cut short and what could not be judged."""

import json
from pathlib import Path
from typing import Any

import pytest

from openmimo.core.errors import InputError
from openmimo.eval.item import Benchmark, Item, Row, Settings
from openmimo.eval.run import SAID, VERDICTS
from openmimo.eval.summary import Unmeasured, begun_with, scored, summary


def never(row: Row, line: int) -> Item:
    raise AssertionError


ADDS = Benchmark("adds", "Adds", "sums", "chat", never, "ours", settings=Settings(repeats=3))
ITEMS = [
    Item("a", "Qa", "1", topic="x", level="1", group="g"),
    Item("b", "Qb", "2", topic="y", level="2", group="g"),
    Item("c", "Qc", "3", topic="y"),
]
ANSWERS: dict[str, list[tuple[str, float | None]]] = {
    "a": [("1", 1.0), ("1", 1.0), ("7", 0.0)],
    "b": [("5", 0.0), ("2", 1.0), ("5", 0.0)],
    "c": [("", None)] * 3,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    said: list[dict[str, Any]] = []
    verdicts: list[dict[str, Any]] = []
    for item in ITEMS:
        for repeat, (answer, score) in enumerate(ANSWERS[item.id]):
            names = {"item": item.id, "repeat": repeat, "choice": 0}
            ending = "length" if item.id == "b" and repeat == 0 else "stop"
            said.append({**names, "number": 1, "text": answer, "reasoning": "hm", "ending": ending, "tokens": 10, "seconds": 2.0})
            kind = "fault" if score is None else "right" if score else "wrong"
            verdicts.append(
                {**names, "group": item.group, "kind": kind, "score": score, "reason": "why", "answer": answer, "gold": item.gold}
            )
    (tmp_path / SAID).write_text("".join(json.dumps(line) + "\n" for line in said))
    (tmp_path / VERDICTS).write_text("".join(json.dumps(line) + "\n" for line in reversed(verdicts)))
    (tmp_path / "config.json").write_text(json.dumps({"model": "m"}))
    return tmp_path


def test_numbers_are_those_of_the_files(folder: Path) -> None:
    found = summary(ADDS, ITEMS, ADDS.settings, folder, "m")
    assert (found.questions, found.repeats, found.unjudged) == (2, 3, 3)
    assert found.mean == pytest.approx((2 / 3 + 1 / 3) / 2)
    assert found.majority == 0.5  # a's majority is right, b's is not
    assert found.truncated == pytest.approx(1 / 6)
    assert (found.tokens, found.seconds) == (10, 2.0)
    assert (found.settings["shots"], found.settings["repeats"]) == (0, 3)
    assert [point.k for point in found.curve] == [1, 2, 3]
    assert found.curve[0].any == pytest.approx(found.mean)
    assert found.curve[-1].any == 1
    assert [(part.name, part.mean) for part in found.topics] == [("x", pytest.approx(2 / 3)), ("y", pytest.approx(1 / 3))]
    assert found.these is not None
    assert found.these[0] <= found.mean <= found.these[1]
    assert [(sample.problem, sample.verdict) for sample in found.samples][:3] == [("Qa", "right"), ("Qa", "right"), ("Qa", "wrong")]


def test_questions_have_their_scores_in_order_and_their_group(folder: Path) -> None:
    assert {one.id: (one.scores, one.group) for one in scored(folder)} == {"a": ((1.0, 1.0, 0.0), "g"), "b": ((0.0, 1.0, 0.0), "g")}


def test_folders_without_an_evaluation_are_named(folder: Path, tmp_path: Path) -> None:
    assert begun_with(folder)["model"] == "m"
    with pytest.raises(InputError, match="is no evaluation"):
        begun_with(tmp_path / "elsewhere")
    (folder / VERDICTS).write_text("")
    with pytest.raises(Unmeasured, match="Adds has no verdict on any of its 3 questions"):
        summary(ADDS, ITEMS, ADDS.settings, folder, "m")


def test_an_answer_that_was_lost_and_had_again_counts_once(folder: Path) -> None:
    with open(folder / VERDICTS, "a") as file:
        again = {
            "item": "a",
            "repeat": 2,
            "choice": 0,
            "group": "g",
            "kind": "right",
            "score": 1.0,
            "reason": "",
            "answer": "1",
            "gold": "1",
        }
        file.write(json.dumps(again) + "\n")
    assert {one.id: one.scores for one in scored(folder)} == {"a": (1.0, 1.0, 1.0), "b": (0.0, 1.0, 0.0)}
    assert summary(ADDS, ITEMS, ADDS.settings, folder, "m").unanswered == 0


def test_answers_that_failed_are_counted(folder: Path) -> None:
    kept = [line for line in (folder / VERDICTS).read_text().splitlines() if json.loads(line)["item"] != "a"]
    (folder / VERDICTS).write_text("\n".join(kept[:-1]) + "\n")
    found = summary(ADDS, ITEMS, ADDS.settings, folder, "m")
    assert (found.questions, found.unanswered, found.unjudged) == (1, 4, 3)
