"""What is kept of an evaluation is what was measured, and it is taken again only for the same question."""

import json
from dataclasses import replace
from pathlib import Path

from openmimo.eval.heldout import heldout_tasks
from openmimo.eval.record import Asked, evaluate, kept, mean
from openmimo.tasks.families import FAMILIES

ASKED = Asked("some", ("arithmetic", "functions"), 4, levels=(1, 2))


class Half:
    """A session that gives every second answer rightly, as a reply or as the end of a document."""

    def __init__(self) -> None:
        tasks = [task for name in ASKED.families for level in (1, 2) for task in heldout_tasks(FAMILIES[name], level, 4, False)]
        self.answers = {task.problem: task.answer for task in tasks}

    def ask_all(self, questions: list[str], max_tokens: int, thinking: int | None) -> list[str]:
        return [f"<think>\nhm\n</think>\n{answer}" for answer in self._said(questions)]

    def go_on_all(self, texts: list[str], max_tokens: int) -> list[str]:
        assert all(text.endswith("\n") for text in texts)
        return [f"a step = 1\n{answer}\n" for answer in self._said([text.removesuffix("\n") for text in texts])]

    def _said(self, questions: list[str]) -> list[str]:
        return [self.answers[question] if number % 2 else "-77" for number, question in enumerate(questions)]


def test_a_base_model_is_read_at_the_end_of_its_document(tmp_path: Path) -> None:
    for base in (False, True):
        shown = []
        scores = evaluate(Half(), replace(ASKED, base=base), shown=shown.append)  # type: ignore[arg-type]
        assert shown == scores
        assert [(score.family, score.level, score.right, score.asked) for score in scores] == [
            (name, level, 2, 4) for name in ASKED.families for level in (1, 2)
        ]
        assert mean(scores) == 0.5


def test_an_evaluation_is_kept_and_found_again(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "eval"
    assert kept(folder, ASKED) is None
    scores = evaluate(Half(), ASKED, folder)  # type: ignore[arg-type]
    assert kept(folder, ASKED) == scores
    for other in (replace(ASKED, count=5), replace(ASKED, base=True), replace(ASKED, model="another")):
        assert kept(folder, other) is None
    samples = [json.loads(line) for line in (folder / "samples.jsonl").read_text().splitlines()]
    assert len(samples) == 16
    assert sum(sample["verdict"] == "right" for sample in samples) == 8
    assert (folder / "report.html").exists()
