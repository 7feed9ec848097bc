"""`openmimo simulate`: the scheduler of the rollouts on a simulated cluster, beside the report's tables or with numbers of one's own."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from openmimo.core.errors import ConfigError, InputError
from openmimo.rollout.config import RolloutConfig
from openmimo.rollout.simulate.config import Cluster, Workload

if TYPE_CHECKING:
    from openmimo.rollout.simulate.results import Result

Preset = Literal["table2", "table3", "bias", "forecast"]
Facts = dict[str, Any]
SEEDS = {"table2": 3, "table3": 3, "bias": 24, "forecast": 24}


def main(
    what: tyro.conf.Positional[Literal["rollout"]],
    preset: Preset | None = None,
    groups: int | None = None,
    group_size: int | None = None,
    cluster: Cluster = Cluster(),  # noqa: B008 (frozen)
    workload: Workload = Workload(),  # noqa: B008
    lengths: Path | None = None,
    training_seconds: float = 0.0,
    seeds: int | None = None,
    fit: bool = False,
    json_: Annotated[bool, tyro.conf.arg(name="json")] = False,
) -> int:
    """Play steps of rollouts in virtual time: naive dynamic sampling, and each part of the Seamless Rollout Engine added to it.

    The scheduler is the one that training uses; workers, answers and judges are simulated. A
    preset is printed beside the report, with what was fitted to which rows and what was
    assumed; a target that is missed is printed as missed.

    Try:
        openmimo simulate rollout --preset table2
        openmimo simulate rollout --preset bias --json
        openmimo simulate rollout --groups 64 --cluster.workers 8 --workload.median-tokens 4000
        openmimo simulate rollout --lengths runs/rl/nano/samples.jsonl

    Args:
        what: What is simulated.
        preset: table2, table3: the report's experiments on 256 GPUs; bias: what finish order does to lengths; forecast: our rule for starting groups beside the report's.
        groups: Without a preset: groups with a signal that a step wants; 16 if nothing else is said.
        group_size: Without a preset: answers of a group; 8 if nothing else is said.
        cluster: Without a preset: the machines.
        workload: Without a preset: the problems and their answers.
        lengths: Without a preset: measured lengths in place of the parametric ones: the samples.jsonl of a run, or a file with a number a line.
        training_seconds: Without a preset: of a training step, for the overall speed-up.
        seeds: How many worlds are averaged over, 3 if nothing else is said and 24 for bias and forecast.
        fit: Fit table2 or table3 again, instead of taking the numbers that were found before; takes a minute.
        json_: Print one JSON object instead of a table.
    """
    count = seeds or SEEDS.get(preset or "", 3)
    least = 2 if preset in ("bias", "forecast") else 1
    if count < least or (seeds is not None and seeds < least):
        raise ConfigError("seeds", f"{seeds} are too few", f"use at least {least}")
    if fit and preset not in ("table2", "table3"):
        raise InputError("only table2 and table3 are fitted", "add --preset table2, or leave --fit out")
    given = (groups, group_size, cluster, workload, lengths, training_seconds) != (None, None, Cluster(), Workload(), None, 0.0)
    if preset and given:
        raise InputError(f"the preset {preset} brings its own numbers", "leave --preset out, or the numbers")
    if lengths:
        workload = Workload(**{**asdict(workload), "lengths": _read(lengths)})
    if preset in ("table2", "table3"):
        facts, results = _table(preset, count, fit)
    elif preset:
        facts, results = {}, _compared(preset, count)
    else:
        config = RolloutConfig(groups=16 if groups is None else groups, group_size=8 if group_size is None else group_size)
        facts, results = _own(config, cluster, workload, training_seconds, count)
    _print({"simulate": what, "preset": preset, "seeds": count, **facts}, results, json_)
    return 0


def _table(name: Preset, count: int, again: bool) -> "tuple[Facts, list[Result]]":
    """A table of the report; with the second one comes our forecast beside the report's rule."""
    from openmimo.rollout.simulate.fit import fit
    from openmimo.rollout.simulate.presets import TABLE2, TABLE3
    from openmimo.rollout.simulate.results import DEFINITIONS, of_forecast, of_preset

    preset = TABLE2 if name == "table2" else TABLE3
    preset = fit(preset) if again else preset
    results = list(of_preset(preset, range(count)))
    if name == "table2":
        results += of_forecast(range(SEEDS["forecast"]))
    rows = [way.name for way in preset.fitted_on]
    return {"fitted": preset.fitted, "fitted_on": rows, "assumed": preset.assumed, "definitions": DEFINITIONS}, results


def _compared(name: Preset, count: int) -> "list[Result]":
    from openmimo.rollout.simulate.results import of_bias, of_forecast

    return list(of_bias(range(count)) if name == "bias" else of_forecast(range(count)))


def _own(config: RolloutConfig, cluster: Cluster, workload: Workload, training_seconds: float, count: int) -> "tuple[Facts, list[Result]]":
    """All ways with numbers of one's own."""
    from openmimo.rollout.simulate.results import DEFINITIONS, of_workload

    step = {"groups": config.groups, "group_size": config.group_size}
    facts = {**step, "cluster": asdict(cluster), "workload": asdict(workload), "definitions": DEFINITIONS}
    return facts, list(of_workload(config, cluster, workload, training_seconds, range(count)))


def _read(path: Path) -> tuple[int, ...]:
    """Lengths of answers from a file: a number a line, or the records of a run."""
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        found = tuple(len(row["ids"]) if isinstance(row, dict) else int(row) for row in rows)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InputError(f"{path} gives no lengths: {error}", "give a run's samples.jsonl, or a file with a number a line") from None
    if not found:
        raise InputError(f"{path} is empty", "give at least one length")
    return found


def _print(facts: Facts, results: "list[Result]", as_json: bool) -> None:
    from openmimo.rollout.simulate.results import table

    if as_json:
        print(json.dumps({**facts, "results": [one.as_json() for one in results]}))
        return
    for part in ("fitted", "assumed", "definitions"):
        for name, value in facts.get(part, {}).items():
            print(f"{part:12} {name:17} {value}")
    if "fitted_on" in facts:
        print(f"{'fitted on':12} {', '.join(facts['fitted_on'])}; the other rows are predicted")
    print(table(results))
