"""A benchmark measured in one go: run, then the numbers. What is kept of it lies in the folder, if one is given."""

import tempfile
from pathlib import Path

from openmimo.eval.ask import Answerer
from openmimo.eval.measured import Measured
from openmimo.eval.run import run
from openmimo.eval.suite import Part
from openmimo.eval.summary import summary


def measure(part: Part, answerer: Answerer, model: str, folder: Path | None = None, seed: int = 0, at_once: int = 64) -> Measured:
    """The numbers of a part for a model; an evaluation that is in `folder` already is gone on with, or read. Raises as `run` and `summary` do."""
    with tempfile.TemporaryDirectory() as scratch:
        place = folder or Path(scratch)
        run(part.benchmark, part.items, part.shots, part.settings, answerer, place, seed, at_once, {"model": model, **part.given})
        return summary(part.benchmark, part.items, part.settings, place, model)
