"""A run of RL caught between two steps, all or nothing: weights and moments, the pools, what was seen of each problem, the step.

Nothing else is needed. What a step draws is a function of seed, step, problem and number (`rollout/seeds.py`), and a step that
was under way is done again from its beginning: so a run that was killed selects what an unbroken one does. With the compiled
engine, whose every number is the same whatever is computed beside it, its weights are the same bit for bit, too.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openmimo.core.errors import InputError, OpenMimoError, TrainingStopped, WeightsError
from openmimo.core.files import read_json, whole_folder, write_json
from openmimo.model.mimo import MiMo
from openmimo.rl.easy_pool import Pools
from openmimo.rollout.predictor import Predictor
from openmimo.train import checkpoint
from openmimo.train.checkpoint import Place
from openmimo.train.optimiser import Optimiser

FORMAT = 2  # 1 knew one order of all problems, and counted no tokens


@dataclass
class State:
    """What a run knows between two steps besides its weights.

    `step` steps are done, for which answers of `tokens` tokens were written (`step_metrics.answer_tokens`). `waiting` are problems
    that were drawn and passed over, where problems are chosen by posterior: they come first in the next step. `problem_set` is the digest of the problems, which a run is resumed with.
    """

    pools: Pools
    problem_set: str
    predictor: Predictor = field(default_factory=Predictor)
    waiting: list[int] = field(default_factory=list)
    step: int = 0
    tokens: int = 0


def save(folder: Path, model: MiMo, optimiser: Optimiser, state: State) -> None:
    """Write a checkpoint to `folder`. Raises `TrainingStopped` when the disk is full; earlier ones are not touched."""
    kept: dict[str, Any] = {
        "format": FORMAT,
        "step": state.step,
        "tokens": state.tokens,
        "problem_set": state.problem_set,
        "waiting": state.waiting,
        "pools": state.pools.state(),
        "predictor": state.predictor.state(),
    }
    try:
        with whole_folder(folder) as beside:
            checkpoint.save(beside / "training", model, optimiser, Place(state.step))
            write_json(beside / "state.json", kept)
    except TrainingStopped:
        raise
    except (OSError, OpenMimoError) as error:
        raise TrainingStopped(
            f"the checkpoint of step {state.step} could not be written: {error}",
            "free some disk space and resume; the checkpoint before it is whole",
        ) from error


def load(folder: Path, model: MiMo, optimiser: Optimiser, state: State) -> None:
    """Put a checkpoint into model, optimiser and state. Raises `InputError` where it was of other problems, `WeightsError` of another format."""
    kept = read_json(folder / "state.json")
    if kept.get("format") != FORMAT:
        raise WeightsError(
            f"{folder} is a checkpoint of format {kept.get('format')}, and this program reads {FORMAT}",
            "resume with the version that wrote it, or start the run anew",
        )
    if kept["problem_set"] != state.problem_set:
        raise InputError("the problems are not those that the run began with", "resume with the same ones, or start a run of another name")
    checkpoint.load(folder / "training", model, optimiser)
    state.pools.restore(kept["pools"])
    state.predictor = Predictor(kept["predictor"])
    state.waiting, state.step, state.tokens = kept["waiting"], kept["step"], kept["tokens"]
