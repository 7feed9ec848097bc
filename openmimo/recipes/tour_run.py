"""The tour's seven steps, each the one that the verbs of a recipe run; what is finished is not done again. Read this first.

Sizes and schedules are in `tour.py`; the command line is `cli/tour.py`.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from openmimo.core.errors import ConfigError
from openmimo.core.files import read_json, write_json
from openmimo.core.report.story import Chapter, write_story
from openmimo.engine.load import load
from openmimo.engine.session import Session
from openmimo.eval.embedded import Embedded
from openmimo.eval.measured import Measured, Part
from openmimo.eval.once import measure
from openmimo.eval.pages import write_pages
from openmimo.eval.suite import own
from openmimo.pretrain import mtp
from openmimo.pretrain.run import run as run_pretrain
from openmimo.recipes.tour import Tour
from openmimo.sft.run import run as run_sft

QUESTIONS = ("What is 27 + 45?", "What comes next: 4, 7, 10, 13, ?", "Today is Friday. What day is it in 9 days?")
STEPS = 7


@dataclass(frozen=True)
class Toured:
    """What a tour leaves: the model's folder, the report, what was measured after pre-training and after SFT, and the answers as JSON has them."""

    model: Path
    report: Path
    base: Measured
    sft: Measured
    answers: list[dict[str, Any]]


def run(tour: Tour, count: int) -> Toured:
    """Go through all steps with `count` tasks a family and level to measure with; says on stderr what each is."""
    out = tour.root
    _settle(out, tour.scale)
    chapters: list[Chapter] = []

    def step(title: str, about: str, work: Callable[[], Any], folder: Path | None = None) -> Any:
        print(f"\n{len(chapters) + 1} of {STEPS}: {title}\n{about}", file=sys.stderr, flush=True)
        result = work()
        chapters.append(Chapter(title, about, folder))
        return result

    step(
        "Data and tokenizer",
        "Problems with written steps and exact answers are made by programs, and a byte-level BPE of 512 tokens is trained on them. "
        "No question that the evaluation will ask is among them.",
        lambda: tour.data.make_documents(tour.pretrain()),
    )
    step(
        "Pre-training in three stages",
        "From random weights: all domains, then more mathematics, then a longer context with written reasoning (report 2.3). "
        "Beside the next token the MTP layer learns the one after it (2.2).",
        lambda: run_pretrain(tour.pretrain(), out),
        out / "pretrain" / "tour",
    )
    base = step(
        "Two more MTP layers",
        "The MTP layer is copied twice and only the copies are trained, to draft further ahead (report 2.2).",
        lambda: mtp.run(tour.mtp(), out),
        out / "mtp" / "tour-base",
    )

    def fine_tune() -> Path:
        tour.data.make_dialogues(tour.sft())
        run_sft(tour.sft(), out)
        return mtp.run(tour.mtp_again(), out)

    final = step(
        "Supervised fine-tuning",
        "The same kinds of problems as dialogues: think first, then answer (report 3.1). Then the copies are tuned to the new trunk.",
        fine_tune,
        out / "sft" / "tour",
    )
    before = step(
        "The base model measured",
        "It only goes on with a text: the last line of what it writes is taken for the answer.",
        lambda: _measured(tour, base, "base", count),
        out / "eval" / "base",
    )
    after = step(
        "The fine-tuned model measured",
        "The same kinds of questions as dialogues. They are in no training text; the phrasings are those of training.",
        lambda: _measured(tour, final, "sft", count),
        out / "eval" / "sft",
    )
    head, rows = _table(before, after)
    chapters[-1] = replace(chapters[-1], head=head, rows=rows)
    answers = step("Asked", "What it says to three questions.", lambda: _asked(final))
    chapters[-1] = replace(
        chapters[-1],
        about=f'{chapters[-1].about} Ask it more: openmimo ask --model {final} "..."',
        text="\n\n".join(f"{one['question']}\n{one['reasoning']}\n=> {one['answer']}" for one in answers),
    )
    report = write_story(
        out,
        "How a small reasoning model comes about",
        f"{tour.pretrain().model.parameters:,} parameters, trained from nothing by openmimo tour"
        + ("" if tour.scale == 1 else f" --scale {tour.scale:g}, which is not the whole of it"),
        chapters,
    )
    return Toured(final, report, before, after, answers)


def _settle(out: Path, scale: float) -> None:
    """Begin a tour in `out`, or make sure that it is the same one that goes on there."""
    path = out / "tour.json"
    if path.exists() and (before := read_json(path)["scale"]) != scale:
        raise ConfigError("scale", f"was {before:g} when {out} was begun", "give the same, choose another --out, or delete the folder")
    out.mkdir(parents=True, exist_ok=True)
    write_json(path, {"scale": scale})


def _measured(tour: Tour, model: Path, kind: str, count: int) -> Measured:
    """The numbers of a model, measured now or before."""
    part = own(tour.data.families, count, base=kind == "base", levels=tour.data.levels)
    found = measure(part, Embedded(load(str(model))), str(model), tour.root / "eval" / kind)
    write_pages(tour.root / "eval" / kind, [found], part.benchmark.title)
    return found


def _table(before: Measured, after: Measured) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The head and the rows of the accuracies after pre-training and after SFT."""
    head = ("Right, with 95 % interval", "pre-trained", "fine-tuned")
    rows = ((one.name, _cell(one), _cell(two)) for one, two in zip(before.levels, after.levels, strict=True))
    return head, tuple(rows)


def _cell(part: Part) -> str:
    low, high = part.interval
    return f"{part.mean:.0%} ({low:.0%}-{high:.0%})"


def _asked(model: Path) -> list[dict[str, Any]]:
    """The answers to the questions, as `openmimo ask --json` gives them."""
    session = Session(load(str(model)))
    return [session.ask(question, 200).as_json() for question in QUESTIONS]
