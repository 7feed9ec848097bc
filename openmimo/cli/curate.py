"""`openmimo curate`: of a file of problems those that reinforcement learning can learn from."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

if TYPE_CHECKING:
    from openmimo.rl.curate.run import Curated

BAR = 30  # characters of the longest bar


def main(
    file: tyro.conf.Positional[Path],
    model: str = "",
    strong: str = "",
    served_name: str = "",
    against: tuple[str, ...] = (),
    samples: int = 16,
    most: float = 0.9,
    least: float = 0.0,
    max_tokens: int = 256,
    strong_tokens: int = 0,
    temperature: float = 1.0,
    top_p: float = 1.0,
    at_once: int = 64,
    seed: int = 0,
    name: str = "",
    runs: Path = Path("runs"),
    json_: Annotated[bool, tyro.conf.arg(name="json")] = False,
) -> int:
    """Filter problems for reinforcement learning as the report does (3.2), and print the file of those that stay.

    Out go rows that cannot be read, multiple choice and proofs (which no verifier can reward), problems that share 16
    words in a row with an earlier one or with an evaluation question, problems whose gold fails its own verifier, what
    a strong model never solves, and what the model to be trained solves in more than 90 % of 16 answers. Rows that stay
    are not changed. rows.jsonl beside them says of every row what became of it and why. Ctrl-C loses nothing: the same
    command goes on.

    Try:
        openmimo curate problems.jsonl                                   # the filters that ask no model
        openmimo curate problems.jsonl --model nano
        openmimo curate problems.jsonl --model ./model --strong http://127.0.0.1:8000 --strong-tokens 32768
        openmimo curate problems.jsonl --model ./model --against math500.jsonl aime24.jsonl
        openmimo rl --model ./model --problems runs/curate/problems/problems.jsonl

    Args:
        file: Problems with their answers or tests (.jsonl, .json, either as .gz, or .parquet); docs/tasks.md has the formats.
        model: The model that is to be trained, by which difficulty is measured: a name, a folder, a .gguf file, or an address.
        strong: A better model, here or behind an address; what it never solves is likely wrong or beyond reach.
        served_name: Which model of an address, if it has several.
        against: Files of evaluation questions that must not be trained on.
        samples: Answers of each model to each problem.
        most: The pass rate up to which a mathematical problem stays; code stays unless it is always solved.
        least: The pass rate from which on a problem stays; the report keeps even those that are never solved.
        max_tokens: Of an answer, reasoning included, as in the training to come.
        strong_tokens: Of an answer of the strong model; 0 for as many.
        temperature: Of the sampling; 1 draws from the model as it is.
        top_p: Sample only among the likeliest tokens that add up to this share.
        at_once: How many answers are under way at a time.
        seed: Of the sampling.
        name: Of the run's folder, runs/curate/NAME; the file's name otherwise.
        runs: The folder that run folders are made in.
        json_: Print one JSON object instead.
    """
    from openmimo.rl.curate.config import CurateConfig
    from openmimo.rl.curate.run import run

    config = CurateConfig(
        name or file.name.split(".")[0],
        str(file),
        model,
        strong,
        served_name,
        against,
        samples,
        most,
        least,
        max_tokens,
        strong_tokens,
        temperature,
        top_p,
        at_once,
        seed,
    )
    curated = run(config, runs)
    if json_:
        print(json.dumps(asdict(curated)))
        return 0
    _show(curated)
    print(curated.file)
    return 0


def _show(curated: "Curated") -> None:
    """How many went by each filter, and the pass rates as bars, on stderr."""
    print(f"{'problems':36} {curated.problems:8,}", file=sys.stderr)
    for name, count in curated.dropped.items():
        print(f"  {name:34} {-count:8,}", file=sys.stderr)
    print(f"{'kept':36} {curated.kept:8,}", file=sys.stderr)
    most = max(curated.pass_rates, default=0)
    for place, count in enumerate(curated.pass_rates):
        low, high = place / len(curated.pass_rates), (place + 1) / len(curated.pass_rates)
        print(f"  solved in {low:4.0%} to {high:4.0%}{'':15} {count:8,} {'#' * round(BAR * count / most)}", file=sys.stderr)
