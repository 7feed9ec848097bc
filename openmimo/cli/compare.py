"""`openmimo compare`: two models over the same questions, from the folders that `openmimo eval --out` wrote."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import tyro

from openmimo.core.errors import InputError


def main(
    first: tyro.conf.Positional[Path],
    second: tyro.conf.Positional[Path],
    common: bool = False,
    json_: Annotated[bool, tyro.conf.arg(name="json")] = False,
) -> int:
    """Compare two evaluations benchmark by benchmark: the difference with its 95 % interval, p, and questions won, tied and lost.

    Args:
        first: The folder of an evaluation.
        second: That of the other.
        common: Where they hold different questions, or asked them otherwise, take those that both have.
        json_: Print one JSON object instead of a table.
    """
    from openmimo.eval.paired import compare
    from openmimo.eval.summary import begun_with, scored

    ours, theirs = (
        {path.parent.name: found for path in folder.glob("*/verdicts.jsonl") if (found := scored(path.parent))}
        for folder in (first, second)
    )
    for folder, of in ((first, ours), (second, theirs)):
        if not of:
            raise InputError(f"{folder} holds no evaluation", "give a folder that openmimo eval --out wrote")
    names = sorted(ours.keys() & theirs.keys())
    if alone := sorted(ours.keys() ^ theirs.keys()):
        print(f"not compared, since only one of both has it: {', '.join(alone)}", file=sys.stderr)
    if not names:
        raise InputError(f"{first} and {second} have no benchmark in common", "give folders that openmimo eval --out wrote")
    results = []
    for name in names:
        paired = compare(ours[name], theirs[name], common)
        begun = [begun_with(folder / name) for folder in (first, second)]
        if not common and begun[0].get("questions") != begun[1].get("questions"):
            raise InputError(f"{name} was asked otherwise in {second}", "give both the same files; --common compares all the same")
        models = [one.get("model", str(folder)) for one, folder in zip(begun, (first, second), strict=True)]
        results.append({"benchmark": name, "models": models, **asdict(paired)})
        low, high = paired.interval
        print(
            f"{name:20} {paired.first:6.1%} {paired.second:6.1%}  difference {paired.difference:+.1%} [{low:+.1%}, {high:+.1%}]  {'p<0.001' if paired.p < 0.001 else f'p={paired.p:.3f}'}  "
            f"won {paired.wins} tied {paired.ties} lost {paired.losses}" + (f"  left out {paired.left_out}" if paired.left_out else ""),
            file=sys.stderr if json_ else sys.stdout,
        )
    if json_:
        print(json.dumps({"results": results}))
    return 0
