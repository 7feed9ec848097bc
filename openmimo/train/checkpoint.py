"""A training caught between two steps: weights in fp32, optimiser moments and place, all or nothing.

A checkpoint is a folder `step-N` with `weights.safetensors`, `moments.safetensors` and
`state.json`, which appears under its name only when it is complete. Batches need no state
beyond their number (`batches.py`), and nothing in training is random, so loading one and
going on gives bit for bit what an unbroken run gives.
"""

from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from openmimo.core.errors import OpenMimoError, TrainingStopped, WeightsError
from openmimo.core.files import read_json, whole_folder, write_json
from openmimo.model.mimo import MiMo
from openmimo.train.optimiser import Optimiser

FORMAT = 2  # 1 knew one stage


@dataclass(frozen=True)
class Place:
    """How far a training is: optimiser steps done in all, the stage it is in, counted from 0, and the batches done of that stage."""

    step: int = 0
    stage: int = 0
    batches: int = 0


def save(folder: Path, model: MiMo, optimiser: Optimiser, place: Place) -> None:
    """Write the state at `place` to `folder`.

    Raises `TrainingStopped` when the disk is full; earlier checkpoints are not touched.
    """
    try:
        with whole_folder(folder) as beside:
            save_file({name: weight.detach().contiguous() for name, weight in model.named_parameters()}, beside / "weights.safetensors")
            save_file(_moments(model, optimiser), beside / "moments.safetensors")
            write_json(beside / "state.json", {"format": FORMAT, **asdict(place)})
    except (OSError, SafetensorError, OpenMimoError) as error:
        raise TrainingStopped(
            f"the checkpoint of step {place.step} could not be written: {error}",
            "free some disk space and resume; the checkpoint before it is whole",
        ) from error


def load(folder: Path, model: MiMo, optimiser: Optimiser) -> Place:
    """Put a checkpoint into `model` and `optimiser`, and give its place."""
    state = read_json(folder / "state.json")
    if state.get("format") != FORMAT:
        raise WeightsError(
            f"{folder} is a checkpoint of format {state.get('format')}, and this program reads {FORMAT}",
            "resume with the version that wrote it, or start the run anew",
        )
    weights, moments = _read(folder / "weights.safetensors"), _read(folder / "moments.safetensors")
    parameters = dict(model.named_parameters())
    if weights.keys() != parameters.keys():
        different = sorted(weights.keys() ^ parameters.keys())
        raise WeightsError(
            f"{folder} holds another model: {len(different)} tensors differ, such as {different[0]}", "use the run's own config"
        )
    with torch.no_grad():
        for name, parameter in parameters.items():
            if weights[name].shape != parameter.shape:
                raise WeightsError(
                    f"{folder}: {name} has shape {tuple(weights[name].shape)}, the model has {tuple(parameter.shape)}",
                    "use the run's own config",
                )
            parameter.copy_(weights[name])
    kept: dict[str, dict[str, torch.Tensor]] = defaultdict(dict)
    for key, tensor in moments.items():
        moment, _, name = key.partition(".")
        kept[name][moment] = tensor.to(parameters[name].device)
    for name, held in kept.items():
        optimiser.set_state(parameters[name], held)
    return Place(state["step"], state["stage"], state["batches"])


def _moments(model: MiMo, optimiser: Optimiser) -> dict[str, torch.Tensor]:
    return {
        f"{moment}.{name}": tensor.contiguous()
        for name, parameter in model.named_parameters()
        for moment, tensor in optimiser.state(parameter).items()  # of a weight that rested, nothing
    }


def _read(path: Path) -> dict[str, torch.Tensor]:
    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{path} cannot be read: {error}", "resume from the checkpoint before it") from None
