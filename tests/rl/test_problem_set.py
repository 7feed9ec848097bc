"""What is trained on is asked nowhere else, rows become problems with names of their own, and broken rows are named."""

import json
from pathlib import Path
from typing import Any

import pytest

from openmimo.core.errors import ConfigError, InputError
from openmimo.eval.heldout import heldout_tasks
from openmimo.rl.presets import preset
from openmimo.rl.problem_set import Kind, ProblemSet, Split, kinds, of_families, of_file, of_kind
from openmimo.tasks.families import family_of

CHOSEN: list[Kind] = [("arithmetic", 1), ("percentages", 2)]


def from_file(path: Path, rows: list[Any], **changes: Any) -> ProblemSet:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return of_file(preset("default", name="one", model="nano", problems=str(path), **changes))


def test_training_validation_choice_and_evaluation_share_no_question() -> None:
    problems = of_families(CHOSEN, 40, 20)
    training = {problem.question for problem in problems.training}
    held_out = {problem.question for problem in problems.held_out}
    choice = {problem.question for kind in CHOSEN for problem in of_kind(kind, 10, Split.CHOICE)}
    measured = {task.problem for name, level in CHOSEN for task in heldout_tasks(family_of(name), level, 50, False)}
    assert len(training) == len(problems.training) == 80
    assert len(held_out) == 20
    assert not training & held_out
    assert not training & measured
    assert len(choice) == 20
    assert {problem.name.rpartition("/")[0] for problem in problems.held_out} == {"arithmetic/1", "percentages/2"}
    assert of_families(CHOSEN, 40, 20) == problems


def test_levels_and_families_that_are_not_there_are_named() -> None:
    assert kinds(["arithmetic"], [2, 3]) == [("arithmetic", 2), ("arithmetic", 3)]
    with pytest.raises(InputError, match="there is no task family 'art'"):
        kinds(["art"], [])
    with pytest.raises(InputError, match=r"arithmetic has no level of \[77\]"):
        kinds(["arithmetic"], [77])


def test_a_tenth_of_a_file_is_held_out(tmp_path: Path) -> None:
    rows = [{"problem": f"What is {one} + 1?", "answer": str(one + 1)} for one in range(30)]
    problems = from_file(tmp_path / "sums.jsonl", rows)
    assert (len(problems.training), len(problems.held_out)) == (27, 3)
    assert {problem.name for problem in (*problems.training, *problems.held_out)} == {f"sums/{line}" for line in range(1, 31)}
    assert problems.named("sums/1") is problems.training[problems.place("sums/1")]
    assert from_file(tmp_path / "sums.jsonl", rows) == problems
    assert len(from_file(tmp_path / "sums.jsonl", rows, validate_every=0).training) == 30
    assert from_file(tmp_path / "sums.jsonl", rows[:9]).held_out == ()


def test_a_file_to_validate_on_may_have_none_of_what_is_trained_on(tmp_path: Path) -> None:
    apart = tmp_path / "apart.jsonl"
    apart.write_text('{"problem": "What is 7 + 7?", "answer": "14"}\n')
    rows = [{"problem": "What is 2 + 3?", "answer": "5"}]
    problems = from_file(tmp_path / "sums.jsonl", rows, validation=str(apart))
    assert [problem.question for problem in problems.held_out] == ["What is 7 + 7?"]
    with pytest.raises(ConfigError, match="sums/1 is in"):
        from_file(tmp_path / "sums.jsonl", [{"problem": "what is 7+7", "answer": "14"}], validation=str(apart))


def test_reward_code_gets_rows_as_they_are(tmp_path: Path) -> None:
    talk = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}]
    rows = [{"prompt": talk, "colour": "red"}, {"question": "Why?", "id": "why"}, {"question": "Who?", "id": "why"}]
    problems = from_file(tmp_path / "talk.jsonl", rows, reward="my.py:fn").training
    assert [problem.name for problem in problems] == ["talk/1", "why", "why#2"]
    assert list(problems[0].messages) == talk
    assert (problems[0].question, problems[0].row["colour"], problems[0].task) == ("Hello", "red", None)


def test_a_gold_that_is_put_right_is_no_other_problem_set(tmp_path: Path) -> None:
    before = from_file(tmp_path / "sums.jsonl", [{"problem": "What is 2 + 3?", "answer": "6"}])
    after = from_file(tmp_path / "sums.jsonl", [{"problem": "What is 2 + 3?", "answer": "5"}])
    other = from_file(tmp_path / "sums.jsonl", [{"problem": "What is 2 + 4?", "answer": "6"}])
    assert before.digest == after.digest != other.digest


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("not json", r"sums\.jsonl:2: "),
        ("[1]", r"sums\.jsonl:2: a row must be an object"),
        ('{"problem": "What is 2 + 3?"}', r"sums\.jsonl:2: .*is missing"),
        ('{"answer": "5"}', r"sums\.jsonl:2: "),
    ],
)
def test_broken_rows_are_named(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        from_file(tmp_path / "sums.jsonl", [{"problem": "What is 2 + 2?", "answer": "4"}, row])
