"""The numbers of a run: from what was said and the verdicts on it to means, intervals, curves and samples.

Reads the folder that `run.py` wrote and asks nothing. `statistics.py` has the formulas,
`pages.py` shows what is made here.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from openmimo.core.errors import InputError, OpenMimoError
from openmimo.core.files import read_json
from openmimo.core.lines import read_lines
from openmimo.core.report.samples import Sample
from openmimo.eval.item import Benchmark, Item, Settings
from openmimo.eval.measured import Measured, breakdown
from openmimo.eval.run import SAID, VERDICTS, Key, key_of
from openmimo.eval.statistics import Scored, average, curve, maj_at_n, questions_like_these, these_questions


class Unmeasured(OpenMimoError):
    """No question of a benchmark has a score: all answers failed, or none could be judged."""


def summary(benchmark: Benchmark, items: Sequence[Item], settings: Settings, folder: Path, model: str) -> Measured:
    """What `folder` holds of these items; `Unmeasured` if none of them has a verdict."""
    verdicts = _verdicts(folder)
    said = {key_of(line): line for line in read_lines(folder / SAID)}
    questions = {question.id: question for question in scored(folder)}
    ours = [(item, questions[item.id]) for item in items if item.id in questions]
    if not ours:
        raise Unmeasured(
            f"{benchmark.title} has no verdict on any of its {len(items):,} questions",
            "run the evaluation again; it says why answers failed",
        )
    ids = {item.id for item, _ in ours}
    answers = [line for (item, _, _), line in said.items() if item in ids]
    scores = [question for _, question in ours]
    repeated = settings.repeats > 1 and benchmark.form != "likelihood"
    wanted = {(item.id, repeat, 0) for item in items for repeat in range(settings.repeats if repeated else 1)}
    kept = wanted & verdicts.keys()
    tokens = [line["tokens"] for line in answers if line["tokens"] is not None]
    return Measured(
        benchmark=benchmark.name,
        title=benchmark.title,
        model=model,
        metric=benchmark.metric,
        mean=average(scores),
        these=these_questions(scores),
        like_these=questions_like_these(scores),
        questions=len(scores),
        repeats=settings.repeats if repeated else 1,
        truncated=sum(line["ending"] == "length" for line in answers) / len(answers),
        tokens=math.fsum(tokens) / len(tokens) if tokens else None,
        seconds=math.fsum(line["seconds"] for line in answers) / len(answers),
        settings={"shots": benchmark.shots} | (asdict(settings) if benchmark.form != "likelihood" else {}),
        curve=curve(scores) if repeated else (),
        levels=breakdown((item.level, question) for item, question in ours),
        topics=breakdown((item.topic, question) for item, question in ours),
        samples=tuple(_samples(items, said, verdicts)),
        unjudged=sum(verdicts[key]["score"] is None for key in kept),
        unanswered=len(wanted) - len(kept),
        majority=_majority(verdicts, ids) if repeated else None,
    )


def scored(folder: Path) -> list[Scored]:
    """The questions of a run with their scores, the first answers to them first; answers without a score are left out."""
    found: dict[str, list[float]] = defaultdict(list)
    groups: dict[str, str] = {}
    for line in sorted(_verdicts(folder).values(), key=lambda line: line["repeat"]):
        if line["score"] is not None:
            found[line["item"]].append(line["score"])
            groups[line["item"]] = line["group"]
    return [Scored(item, tuple(scores), groups[item]) for item, scores in found.items()]


def _verdicts(folder: Path) -> dict[Key, dict[str, Any]]:
    """The verdict on each answer: the last one, where an answer was lost and had again."""
    return {key_of(line): line for line in read_lines(folder / VERDICTS)}


def begun_with(folder: Path) -> dict[str, Any]:
    """The config of a run's folder; `InputError` where there is none."""
    if not (folder / "config.json").exists() or not (folder / VERDICTS).exists():
        raise InputError(
            f"{folder} is no evaluation", "give a folder that openmimo eval --out wrote, with the benchmark's own folder in it"
        )
    config: dict[str, Any] = read_json(folder / "config.json")
    return config


def _samples(items: Sequence[Item], said: dict[Key, dict[str, Any]], verdicts: dict[Key, dict[str, Any]]) -> Iterator[Sample]:
    """Every answer that was judged, item by item."""
    of_item: dict[str, list[Key]] = defaultdict(list)
    for key in sorted(verdicts):
        of_item[key[0]].append(key)
    for item in items:
        for key in of_item[item.id]:
            answer, verdict = said.get(key, {}), verdicts[key]
            level = int(item.level) if item.level.isdecimal() else None
            text = answer.get("text") or verdict["answer"]
            yield Sample(
                item.question,
                text,
                verdict["kind"],
                answer.get("reasoning", ""),
                item.gold,
                verdict["reason"],
                item.topic,
                level,
                score=verdict["score"],
            )


def _majority(verdicts: dict[Key, dict[str, Any]], ids: set[str]) -> float | None:
    """maj@n by what the verifier took for the answer; None where it names none, as with code."""
    by_item: dict[str, tuple[list[str | None], list[float]]] = defaultdict(lambda: ([], []))
    for (item, _, _), line in sorted(verdicts.items()):
        if item in ids and line["score"] is not None:
            answers, scores = by_item[item]
            answers.append(line["answer"].strip() or None)
            scores.append(line["score"])
    if not any(answer for answers, _ in by_item.values() for answer in answers):
        return None
    return maj_at_n(by_item.values())
