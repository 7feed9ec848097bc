"""`openmimo eval`: how often a model is right, on our own tasks or on any benchmark of the report, with honest intervals."""

import json
import re
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from openmimo.core.errors import ConfigError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TextIO

    from openmimo.eval.measured import Measured
    from openmimo.eval.suite import Part, Wanted

SMALL, SMALL_HELD_OUT = 10, 3  # own tasks a family and level of `--suite small`


def main(
    model: tyro.conf.Positional[str] = "nano",
    on: tuple[str, ...] = (),
    shots: tuple[str, ...] = (),
    suite: Literal["own", "small"] = "own",
    families: tuple[str, ...] = (),
    count: int = 100,
    phrasings: Annotated[bool, tyro.conf.arg(name="held-out-phrasings")] = False,
    base: bool = False,
    limit: int | None = None,
    repeats: int | None = None,
    max_tokens: int | None = None,
    temperature: float | None = None,
    top_p: float | None = None,
    seed: int = 0,
    at_once: int = 64,
    thinking_budget: int | None = None,
    int8: bool = False,
    served_name: str = "",
    out: Path | None = None,
    json_: Annotated[bool, tyro.conf.arg(name="json")] = False,
) -> int:
    """Measure a model, here or behind any OpenAI-compatible address: scores with two 95 % intervals.

    With --out everything that was said is kept: the same command goes on where it stopped and asks again only what
    failed, and after `rm */verdicts.jsonl` it judges anew without asking. report.html there shows it beside what was published.

    Try:
        openmimo eval nano --families arithmetic
        openmimo eval nano --suite small
        openmimo eval http://127.0.0.1:8000 --on math-500=math500.jsonl --out runs/eval/mimo
        openmimo eval ./model --on humaneval=HumanEval.jsonl --shots humaneval=shots.jsonl --limit 20
        openmimo compare runs/eval/one runs/eval/other

    Args:
        model: A model's name, a folder, a .gguf file, or an address such as http://127.0.0.1:8000 (the key comes from OPENMIMO_API_KEY).
        on: Benchmarks with the file of their rows, NAME=FILE (or hub:OWNER/NAME/FILES for a data set of the hub); or ruler=TOKENS, which is made on the spot. `--on what` lists all.
        shots: Files of rows for the worked examples of benchmarks that have some, NAME=FILE.
        suite: Without --on. own: our own tasks. small: few of them, in words of training and in others.
        families: Of our own tasks only these families; all that nano was trained on otherwise.
        count: Own tasks for each family and level.
        phrasings: Put our own tasks in words that were never trained on.
        base: The model was pre-trained only: it goes on from the bare question, and the last line of what it writes is the answer.
        limit: Only the first so many questions of each benchmark.
        repeats: Answers to each question; the benchmark's own number otherwise, as the report has it.
        max_tokens: Of an answer, reasoning included.
        temperature: 0 is greedy; the report measures with 0.6.
        top_p: Sample only among the likeliest tokens that add up to this share.
        seed: Of the sampling.
        at_once: How many answers are under way at a time.
        thinking_budget: End the reasoning after so many tokens; not for an address.
        int8: Hold the matrices in 8 bits; not for an address.
        served_name: Which model of the address, if it has several.
        out: A folder to keep everything in; runs/eval/NAME is a good place.
        json_: Print one JSON object instead of a table.
    """
    from openmimo.eval.opened import open_model
    from openmimo.eval.pages import write_pages
    from openmimo.eval.run import run
    from openmimo.eval.suite import Wanted
    from openmimo.eval.summary import Unmeasured, summary

    if at_once < 1:
        raise ConfigError("at_once", f"must be at least 1, not {at_once}")
    wanted = Wanted(limit, repeats, max_tokens, temperature, top_p)
    opened = open_model(model, at_once, thinking_budget, int8, served_name)
    answerer, name = opened.answerer, opened.name
    with tempfile.TemporaryDirectory() as scratch:
        folder = out or Path(scratch)
        measured, failed = [], False
        try:
            for part in _parts(on, shots, suite, families, count, phrasings, base, wanted, opened.tokens):
                given = {"model": name, "thinking_budget": thinking_budget, "int8": int8, **part.given}
                lost = run(part.benchmark, part.items, part.shots, part.settings, answerer, folder / part.name, seed, at_once, given)
                failed = failed or lost is not None
                try:
                    measured.append(summary(part.benchmark, part.items, part.settings, folder / part.name, name))
                except Unmeasured as error:  # the other benchmarks may fare better
                    print(f"openmimo eval: {error}", file=sys.stderr)
                    failed = True
                    continue
                _show(measured[-1], sys.stderr if json_ else sys.stdout)
        finally:
            answerer.close()
        if out and measured:
            page, _ = write_pages(out, measured, f"Evaluation of {name}")
            print(f"report: {page}", file=sys.stderr)
    if json_:
        print(json.dumps({"model": name, "results": [_facts(one) for one in measured]}))
    return 1 if failed else 0


def _parts(
    on: "Sequence[str]",
    shots: "Sequence[str]",
    suite: str,
    families: "Sequence[str]",
    count: int,
    phrasings: bool,
    base: bool,
    wanted: "Wanted",
    tokens: "Callable[[str], int]",
) -> "list[Part]":
    from openmimo.eval.suite import RULER_COUNT, of_files, own, ruler
    from openmimo.recipes.nano import DATA
    from openmimo.tasks.families import BEYOND

    if shots and not on:
        raise InputError("there are shots, and no benchmark to show them before", "add --on NAME=FILE, or leave --shots out")
    if on:
        made = [word.partition("=") for word in on if re.fullmatch(r"ruler(-chat)?=\d+", word)]
        read = of_files([word for word in on if word.partition("=") not in made], shots, wanted)
        return [*read, *(ruler(int(length), RULER_COUNT, wanted, tokens, name) for name, _, length in made)]
    learnt = families or (*DATA.families, BEYOND.name)
    if suite == "small":
        return [own(learnt, SMALL, wanted, base=base), own(learnt, SMALL_HELD_OUT, wanted, True, base)]
    return [own(learnt, count, wanted, phrasings, base)]


def _show(measured: "Measured", stream: "TextIO") -> None:
    """The scores of a benchmark as lines, those of its levels or topics first."""
    for part in measured.levels or measured.topics:
        low, high = part.interval
        print(f"{part.name or 'none given':24} {part.mean:6.1%}  [{low:6.1%}, {high:6.1%}]  n={part.questions}", file=stream)
    low, high = measured.like_these
    more = f"  these questions [{measured.these[0]:.1%}, {measured.these[1]:.1%}]" if measured.these else ""
    cut = f"  cut short {measured.truncated:.1%}" if measured.truncated else ""
    lost = f"  unanswered {measured.unanswered:,}" if measured.unanswered else ""
    lost += f"  no verdict {measured.unjudged:,}" if measured.unjudged else ""
    print(
        f"{measured.title:24} {measured.mean:6.1%}  [{low:6.1%}, {high:6.1%}]  n={measured.questions}{more}{cut}{lost}",
        file=stream,
        flush=True,
    )


def _facts(measured: "Measured") -> dict[str, object]:
    """The numbers of a benchmark for a program; the answers are in the folder."""
    return {name: value for name, value in asdict(measured).items() if name != "samples"}
