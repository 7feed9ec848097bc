"""`openmimo eval`: how often a model is right on tasks it has not seen."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from openmimo.core.errors import ConfigError
from openmimo.tasks.task import Task
from openmimo.verify.verdict import Verdict

if TYPE_CHECKING:
    from openmimo.eval.heldout import Score


def main(
    model: tyro.conf.Positional[str] = "nano",
    count: int = 100,
    families: tuple[str, ...] = (),
    phrasings: Annotated[bool, tyro.conf.arg(name="held-out-phrasings")] = False,
    thinking_budget: int | None = None,
    int8: bool = False,
    base: bool = False,
    samples: Path | None = None,
    report: Path | None = None,
    json_: Annotated[bool, tyro.conf.arg(name="json")] = False,
) -> int:
    """Measure a model on held-out tasks: right answers by family and level, with 95 % intervals.

    Args:
        model: A model's name, a folder, or a .gguf file.
        count: Tasks for each family and level.
        families: Only these families; those that nano was trained on otherwise, without `functions`.
        phrasings: Put the questions in words that were never trained on, too.
        thinking_budget: End the reasoning after so many tokens; the model answers with what it has, so sooner and less often right. 0: none.
        int8: Hold the matrices in 8 bits, which on the CPU is quicker for a large model, for a small loss of accuracy.
        base: The model was pre-trained only: it is given the bare question to go on from, and the last line of what it writes is the answer.
        samples: Write every task with the model's text to this JSONL file.
        report: Write a page to look at, report.html, into this folder, with the samples it shows; runs/eval/NAME is a good place.
        json_: Print one JSON object instead of a table.
    """
    from openmimo.engine.config import EngineConfig
    from openmimo.engine.load import load
    from openmimo.engine.session import Session
    from openmimo.eval.record import Asked, evaluate, mean
    from openmimo.recipes.nano import FAMILIES as LEARNT
    from openmimo.tasks.families import BEYOND, FAMILIES

    names = families or (*LEARNT, BEYOND.name)
    if unknown := [name for name in names if name not in FAMILIES and name != BEYOND.name]:
        raise ConfigError("families", f"there is no family {unknown[0]!r}", f"choose from {', '.join((*FAMILIES, BEYOND.name))}")
    if base and thinking_budget is not None:
        raise ConfigError("thinking_budget", "is of no use with --base", "a base model writes no tags of reasoning; leave it out")
    if count < 1:
        raise ConfigError("count", f"must be at least 1, not {count}")
    asked = Asked(model, tuple(names), count, phrasings, thinking_budget, int8, base)
    lines: list[str] = []

    def shown(score: "Score") -> None:
        low, high = score.interval
        row = f"{score.family:16} {score.level}  {score.accuracy:6.1%}  [{low:6.1%}, {high:6.1%}]  n={score.asked}  ended {score.ended}"
        print(row, file=sys.stderr if json_ else sys.stdout, flush=True)

    def seen(task: Task, text: str, verdict: Verdict) -> None:
        lines.append(json.dumps({**asdict(task), "text": text}))

    scores = evaluate(Session(load(model), EngineConfig(int8=True) if int8 else None), asked, report, shown, seen)
    if samples:
        samples.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if json_:
        print(
            json.dumps(
                {
                    "model": model,
                    "mean": mean(scores),
                    "held_out_phrasings": phrasings,
                    "thinking_budget": thinking_budget,
                    "base": base,
                    "scores": [{**asdict(score), "accuracy": score.accuracy, "interval": score.interval} for score in scores],
                }
            )
        )
    else:
        print(f"{'mean over levels':18} {mean(scores):6.1%}")
    return 0
