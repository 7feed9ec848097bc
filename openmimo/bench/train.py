"""`openmimo bench train`: training steps of nano and of a 135M model, beside transformers, and the memory they take.

A step is forward, backward, clipping and AdamW, on the same packed rows from the same weights, in bf16 autocast on as
many threads. The peer has the trunk alone, plain or (`compiled`) with its layers compiled; ours has the trunk alone, or
(`mtp`) the MTP layer with it. Ours is what `openmimo pretrain` does: layers compiled, freed memory kept. That all
sides did the same work is checked in every round. Read `train_work.py` for the rows and FLOPs, `trainers.py` for the processes.
"""

import math
import random
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch

from openmimo.bench.report import Row
from openmimo.bench.train_work import flops, matmul_rate, packed
from openmimo.bench.trainers import Step, trainer
from openmimo.bench.turns import Rates, middle, ratio
from openmimo.core.errors import InputError, OpenMimoError
from openmimo.core.log import Progress
from openmimo.model.config import ModelConfig
from openmimo.model.folder import write_folder
from openmimo.model.mimo import MiMo
from openmimo.recipes import nano
from openmimo.train.batches import Batch
from openmimo.train.speed import has_compiler

Side = Callable[[Batch], Step]
"""Whoever trains a step on a batch."""

WAYS = {
    "ours": ("ours", "trunk"),
    "mtp": ("ours", "mtp"),
    "transformers": ("transformers", "eager"),
    "compiled": ("transformers", "compiled"),
}
WARM = 2  # steps of every side that are not counted: compiling, the optimiser's state, memory
LOSS, NORM = 2e-4, 3e-3  # how far, relatively, sides in bf16 may differ: less than if documents saw each other
FLAT = 50  # MB: a single hidden state in fp32 left behind in every step would be more


@dataclass(frozen=True)
class _Model:
    """A model to train, its batch in rows and tokens of a row, and how many rounds there are."""

    name: str
    config: ModelConfig
    rows: int
    length: int
    rounds: int


# SmolLM2-135M's sizes in our architecture, with random weights.
M135 = ModelConfig(49_152, 576, 1536, 30, 9, 3, 64, 2048, 100_000.0, tie_word_embeddings=True, num_nextn_predict_layers=1)
MODELS = (_Model("nano", nano.MODEL, 21, nano.ROW, 7), _Model("m135", M135, 2, 512, 5))
MIXED, MIXED_QUICK = 300, 20  # steps of mixed lengths


def measure(quick: bool) -> list[Row]:
    """The rows of this benchmark, measured now; `InputError` if transformers or a C++ compiler is missing."""
    if not has_compiler():
        raise InputError("there is no C++ compiler, and both sides compile their layers", "install g++ or clang++")
    rows: list[Row] = []
    for model in MODELS:
        with _folder(model.config) as folder:
            rates, peaks = _side_by_side(model, folder, 1 if quick else model.rounds)
            rows += _speeds(model.name, rates)
            if model.name == "m135":
                rows += _memory(model.name, peaks, _mixed(model, folder, MIXED_QUICK if quick else MIXED))
    return rows


@contextmanager
def _folder(config: ModelConfig) -> Iterator[Path]:
    """Fresh weights of a model, as a folder that all sides read."""
    with tempfile.TemporaryDirectory() as place:
        model = MiMo(config)
        model.start(0)
        write_folder(model, Path(place) / "model", dtype=torch.float32)
        del model
        yield Path(place) / "model"


def _side_by_side(model: _Model, folder: Path, rounds: int) -> tuple[Rates, Mapping[str, int]]:
    """The rates of every side, round by round, and the most memory each process held."""
    threads = torch.get_num_threads()
    batches = [packed(round_, model.rows, model.length, model.config.vocab_size) for round_ in range(rounds)]
    with ExitStack() as stack, Progress(f"{model.name}: steps", (WARM + rounds) * len(WAYS)) as progress:
        started = {name: stack.enter_context(trainer(name, folder, threads)) for name in ("ours", "transformers")}
        sides = {side: partial(started[name].step, way) for side, (name, way) in WAYS.items()}
        done = iter(range(1, progress.total + 1))
        return compared(sides, batches, model.config, lambda: progress.update(next(done)))


def compared(
    sides: Mapping[str, Side], batches: Sequence[Batch], config: ModelConfig, seen: Callable[[], None]
) -> tuple[dict[str, list[float]], dict[str, int]]:
    """Tokens a second of every side by round, ours (`flops`) and the machine's (`matmul`) FLOPs a second, and every side's peak bytes.

    The side that goes first is another in the next round. `OpenMimoError` if a side did other work than ours.
    """
    for side in sides.values():
        for _ in range(WARM):
            side(batches[0])
            seen()
    names, rates = list(sides), dict[str, list[float]]((name, []) for name in [*sides, "flops", "matmul"])
    peaks: dict[str, int] = {}
    for round_, batch in enumerate(batches):
        first = round_ % len(names)
        steps: dict[str, Step] = {}
        for name in names[first:] + names[:first]:
            steps[name] = sides[name](batch)
            seen()
        _need_same_work(steps)
        for name, step in steps.items():
            rates[name].append(batch.ids_BT.numel() / step.seconds)
            peaks[name] = step.peak
        rates["flops"].append(flops(config, batch.positions_BT) / steps["ours"].seconds)
        rates["matmul"].append(matmul_rate())
    return rates, peaks


def _need_same_work(steps: Mapping[str, Step]) -> None:
    ours = steps["ours"]
    for name, step in steps.items():
        norm = ours.grad_norm if name == "mtp" else step.grad_norm  # where the MTP loss has its own part
        if not (math.isclose(step.loss, ours.loss, rel_tol=LOSS) and math.isclose(norm, ours.grad_norm, rel_tol=NORM)):
            raise OpenMimoError(
                f"the side {name} did other work than ours: loss {step.loss:.4f} and gradient {step.grad_norm:.4f}, "
                f"ours {ours.loss:.4f} and {ours.grad_norm:.4f}",
                "its speed cannot be compared; look at what peers/transformers/train.py makes of a batch",
            )


def _speeds(name: str, rates: Rates) -> list[Row]:
    return [
        Row(f"{name}.vs_transformers", ratio(rates, "ours", "transformers"), "x", 1.2),
        Row(f"{name}.compiled_peer", ratio(rates, "ours", "compiled"), "x"),
        Row(f"{name}.mtp_on", ratio(rates, "mtp", "ours"), "x"),
        Row(f"{name}.matmul_share", ratio(rates, "flops", "matmul"), "share"),
        Row(f"{name}.matmul_rate", middle(rates, "matmul") / 1e9, "GFLOP/s"),
        *(Row(f"{name}.{side}", middle(rates, side), "tokens/s") for side in WAYS),
    ]


def _mixed(model: _Model, folder: Path, steps: int) -> list[Step]:
    """Steps of one row of four lengths, up to half of the model's, in a process that has done nothing else."""
    lengths, rng = [model.length * part // 8 for part in (1, 2, 3, 4)], random.Random(0)
    with trainer("ours", folder, torch.get_num_threads()) as ours, Progress("mixed: steps", steps) as progress:
        done = []
        for number in range(steps):
            done.append(ours.step("mtp", packed(number, 1, rng.choice(lengths), model.config.vocab_size)))
            progress.update(number + 1)
        return done


def _memory(name: str, peaks: Mapping[str, int], mixed: Sequence[Step]) -> list[Row]:
    """The peak of all that ours did, and how much more it held late in the mixed steps than early in them."""
    settled = mixed[len(mixed) // 5 :]  # by then every length has come, and been compiled
    first, last = settled[: len(settled) // 4], settled[-(len(settled) // 4) :]
    growth = statistics.median(step.resident for step in last) - statistics.median(step.resident for step in first)
    return [
        Row(f"{name}.peak_gib", max(peaks["ours"], peaks["mtp"], *(step.peak for step in mixed)) / 2**30, "GiB", 10, at_most=True),
        Row(f"{name}.growth_mb", growth / 1e6, "MB", FLAT, at_most=True),
        Row(f"{name}.peer_peak_gib", max(peaks["transformers"], peaks["compiled"]) / 2**30, "GiB"),
    ]
