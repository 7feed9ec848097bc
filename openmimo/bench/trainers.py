"""The processes that train side by side, ours and the peer's: a line of JSON asks for a step, a line says what it did.

Ours is a process of its own, too, because memory settings cannot be taken back and its memory is measured. Knows no
ratios. Read `train_ours.py` and `peers/transformers/train.py` for what they do, `train.py` for what is asked.
"""

import sys
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from openmimo.bench.peers import ROOT, Peer, python_of, running
from openmimo.train.batches import Batch


@dataclass(frozen=True)
class Step:
    """What one training step was: seconds, the trunk's loss in nats a token, the gradient's norm, and the process's memory in bytes."""

    seconds: float
    loss: float
    grad_norm: float
    peak: int  # the most it ever held
    resident: int = 0  # what it holds now; only ours says it


class Trainer(Peer):
    """One of those processes, under way."""

    def step(self, way: str, batch: Batch) -> Step:
        """Train on a batch without padding, in one of the process's ways; `OpenMimoError` if it has ended."""
        asked = {"way": way, "ids": batch.ids_BT.tolist(), "positions": batch.positions_BT.tolist()}
        return Step(**self.ask(asked))


def trainer(name: str, folder: Path, threads: int) -> AbstractContextManager[Trainer]:
    """`ours` or a peer by its name, with the weights of this folder, on so many threads, ready; it ends with the block."""
    program: list[str | Path] = [sys.executable, "-m", "openmimo.bench.train_ours"]
    if name != "ours":
        program = [python_of(name), ROOT / "peers" / name / "train.py"]
    return running(Trainer, name, [*program, folder, str(threads)])
