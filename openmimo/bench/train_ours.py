"""Our side of the benchmark of training: trains a model folder as `openmimo pretrain` does, a step for each line it reads.

    python -m openmimo.bench.train_ours FOLDER THREADS

Reads lines of {"way": "trunk" | "mtp", "ids": [[int]], "positions": [[int]]} from stdin and answers with the fields of
`Step`. The learning rate is 0: a step is the same work, and the weights stay what they were, so that the loss of any side
can be held against that of any other. Knows no peer. Read `openmimo/train/step.py` for the step itself.
"""

import json
import os
import resource
import sys
import time
from dataclasses import asdict
from pathlib import Path

import torch

from openmimo.bench.train_work import batch_of
from openmimo.bench.trainers import Step
from openmimo.core.memory import resident_bytes
from openmimo.model.folder import read_folder
from openmimo.model.mimo import MiMo
from openmimo.train.batches import Batch
from openmimo.train.optimiser import Optimiser, adamw
from openmimo.train.speed import compile_layers, keep_memory
from openmimo.train.step import train_step

MTP_WEIGHTS = {"trunk": 0.0, "mtp": 0.3}  # the report's weight (2.3)
CLIP = 1.0


def main() -> None:
    """Serve steps until stdin ends."""
    # What a library prints must not come between the answers.
    answers, stdout = os.fdopen(os.dup(1), "w"), os.dup2(2, 1)
    assert stdout == 1
    torch.set_num_threads(int(sys.argv[2]))
    keep_memory()
    model = read_folder(Path(sys.argv[1]), torch.float32).train().requires_grad_(True)
    compile_layers(model)
    optimiser = adamw(model, 0.0)
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        batch = batch_of(torch.tensor(asked["ids"]), torch.tensor(asked["positions"]))
        print(json.dumps(asdict(step(model, optimiser, batch, asked["way"]))), file=answers, flush=True)


def step(model: MiMo, optimiser: Optimiser, batch: Batch, way: str) -> Step:
    """One training step in bf16, with the MTP loss (`mtp`) or without (`trunk`), that leaves the weights as they were."""
    started = time.perf_counter()
    done = train_step(model, [batch], optimiser, 0.0, MTP_WEIGHTS[way], CLIP, bf16=True)
    return Step(time.perf_counter() - started, done.loss, done.grad_norm, _peak_bytes(), resident_bytes())


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
