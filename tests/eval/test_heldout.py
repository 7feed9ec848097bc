"""Held-out tasks are fixed and not among the training ones; scores count right answers and know their uncertainty."""

import pytest

from openmimo.core.errors import OpenMimoError
from openmimo.eval.heldout import Score, end_of_document, heldout_tasks, measure
from openmimo.recipes.nano import DATA
from openmimo.tasks.families import FAMILIES
from openmimo.tasks.task import Task
from openmimo.verify.verdict import Verdict


class Perfect:
    """A session that knows the answers, except every fourth."""

    def __init__(self) -> None:
        self.answers = {
            task.problem: task.answer
            for family in FAMILIES.values()
            for level in family.levels
            for task in heldout_tasks(family, level, 8, False)
        }

    def ask_all(self, questions: list[str], max_tokens: int, thinking: int | None) -> list[str]:
        return [
            f"<think>\nhm\n</think>\n{'no idea' if number % 4 == 3 else self.answers[question]}"
            for number, question in enumerate(questions)
        ]


def test_scores_count_right_answers() -> None:
    seen: list[Task] = []
    scores = list(measure(Perfect(), ["arithmetic", "programs"], 8, False, seen=lambda task, text, verdict: seen.append(task)))  # type: ignore[arg-type]
    assert [(score.family, score.level) for score in scores] == [
        (name, level) for name in ("arithmetic", "programs") for level in (1, 2, 3, 4)
    ]
    assert all(score.right == 6 and score.ended == 8 for score in scores)
    assert len(seen) == 64


def test_code_is_run_to_be_counted() -> None:
    scores = list(measure(Perfect(), ["functions"], 8, False))  # type: ignore[arg-type]
    assert [score.right for score in scores] == [6, 6, 6, 6]


def test_an_answer_that_could_not_be_checked_is_no_wrong_one(monkeypatch: pytest.MonkeyPatch) -> None:
    fault = Verdict("fault", None, "judge", "the zygote died")
    monkeypatch.setattr("openmimo.tasks.checking.Checker.verdicts", lambda self, tasks, answers: [fault] * len(tasks))
    with pytest.raises(OpenMimoError, match=r"functions could not be checked: the zygote died(.|\n)*doctor"):
        list(measure(Perfect(), ["functions"], 8, False))  # type: ignore[arg-type]


def test_wilson_interval() -> None:
    low, high = Score("x", 1, False, 100, 90, 100).interval
    assert (low, high) == (pytest.approx(0.8256, abs=1e-4), pytest.approx(0.9448, abs=1e-4))
    assert Score("x", 1, False, 100, 100, 100).interval[1] == pytest.approx(1.0)
    assert Score("x", 1, False, 100, 0, 100).interval[0] == pytest.approx(0.0, abs=1e-9)


def test_measured_tasks_are_always_the_same_and_use_the_phrasings_they_say() -> None:
    family = FAMILIES["percentages"]
    assert heldout_tasks(family, 2, 20, True) == heldout_tasks(family, 2, 20, True)
    assert all(".held." in task.phrasing for task in heldout_tasks(family, 2, 20, True))


def test_no_held_out_phrasing_is_in_training() -> None:
    trained = {task.phrasing for task in DATA.tasks(13, 20_000)}
    assert not any(".held." in phrasing for phrasing in trained)
    held = {
        f"{phrasings.kind}.held.{n}"
        for family in FAMILIES.values()
        for phrasings in family.phrasings
        for n in range(len(phrasings.held_out))
    }
    assert len(held) > 100
    templates = [
        template for family in FAMILIES.values() for phrasings in family.phrasings for template in (*phrasings.trained, *phrasings.held_out)
    ]
    trained_templates = {template for family in FAMILIES.values() for phrasings in family.phrasings for template in phrasings.trained}
    held_templates = {template for family in FAMILIES.values() for phrasings in family.phrasings for template in phrasings.held_out}
    assert templates
    assert not trained_templates & held_templates


def test_seeds_of_measuring_are_not_those_of_training() -> None:
    """Large tasks repeat by chance only rarely, if the seeds are apart."""
    trained = {task.problem for task in DATA.tasks(12, 20_000)}
    measured = heldout_tasks(FAMILIES["arithmetic"], 4, 200, False)
    assert sum(task.problem in trained for task in measured) <= 2


def test_the_end_of_a_document_is_its_answer() -> None:
    assert end_of_document("1 + 2 = 3\n3") == "3"
    assert end_of_document("3\n\n") == "3"
    assert end_of_document("Add.\n```python\ndef f(x):\n    return x\n```\n") == "```python\ndef f(x):\n    return x\n```"
    assert end_of_document("```python\ndef f(x):\n    return") == "    return"  # cut short: no code
    assert end_of_document(" \n") is None
