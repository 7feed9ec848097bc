"""An evaluation and what is kept of it: the scores, and in a folder the samples, the scores and a page to look at."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from openmimo.core.files import read_json, write_json, write_text
from openmimo.core.report.page import write_report
from openmimo.core.report.samples import Sample
from openmimo.engine.session import Session
from openmimo.eval.heldout import Score, measure
from openmimo.tasks.task import Task
from openmimo.text.reasoning import parse
from openmimo.verify.verdict import Verdict


@dataclass(frozen=True)
class Asked:
    """What is measured: `count` tasks of each level of the `families`, and how they are put to the model."""

    model: str
    families: tuple[str, ...]
    count: int = 100
    held_out_phrasings: bool = False
    thinking_budget: int | None = None
    int8: bool = False
    base: bool = False  # the model knows documents, not dialogues
    levels: tuple[int, ...] | None = None  # only these, of every family

    @property
    def config(self) -> dict[str, object]:
        """As JSON has it."""
        return {**asdict(self), "families": list(self.families), "levels": list(self.levels) if self.levels else None}


def evaluate(
    session: Session,
    asked: Asked,
    folder: Path | None = None,
    shown: Callable[[Score], None] = lambda score: None,
    seen: Callable[[Task, str, Verdict], None] = lambda task, text, verdict: None,
) -> list[Score]:
    """Measure and keep it in `folder`; `shown` gets each score and `seen` each answer as it is done."""
    samples: list[Sample] = []

    def keep(task: Task, text: str, verdict: Verdict) -> None:
        parsed = parse(text)
        samples.append(
            Sample(task.problem, parsed.answer, verdict.kind, parsed.reasoning, task.answer, verdict.reason, task.family, task.level)
        )
        seen(task, text, verdict)

    scores = []
    for score in measure(
        session,
        asked.families,
        asked.count,
        asked.held_out_phrasings,
        thinking=asked.thinking_budget,
        base=asked.base,
        levels=asked.levels,
        seen=keep,
    ):
        scores.append(score)
        shown(score)
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / "config.json", asked.config)
        write_text(folder / "samples.jsonl", "".join(json.dumps(sample.as_json()) + "\n" for sample in samples))
        write_json(folder / "scores.json", {"scores": [asdict(score) for score in scores]})
        write_report(folder)
    return scores


def kept(folder: Path, asked: Asked) -> list[Score] | None:
    """The scores that `evaluate` left in `folder`, if they are of the same evaluation."""
    if not (folder / "scores.json").exists() or read_json(folder / "config.json") != asked.config:
        return None
    return [Score(**score) for score in read_json(folder / "scores.json")["scores"]]


def mean(scores: list[Score]) -> float:
    """The mean accuracy over families and levels, in which each level counts the same."""
    return sum(score.accuracy for score in scores) / len(scores)
