"""What each of the means in `train/speed.py` gains in a training step of nano, on this machine.

    .venv/bin/python benchmarks/train_step.py [--rounds 3]

Every variant runs in a process of its own, because memory settings cannot be taken back;
the variants take turns, and the medians over the rounds are compared. Ends with one line
of JSON.
"""

import argparse
import json
import platform
import statistics
import subprocess
import sys
import time

VARIANTS = {"all": "", "no keep_memory": "memory", "no compile": "compile", "fp32": "bf16", "no mtp": "mtp"}
STEPS, WARM = 6, 3


def measure(without: str) -> float:
    """Tokens a second of nano's own training step, without one of the means."""
    import torch

    from openmimo.model.mimo import MiMo
    from openmimo.recipes.nano import pretrain
    from openmimo.train.batches import Batch
    from openmimo.train.optimiser import adamw
    from openmimo.train.speed import compile_layers, has_bf16, keep_memory
    from openmimo.train.step import train_step

    config = pretrain()
    rows, length = config.stages[0].rows, config.stages[0].row_length
    if without != "memory":
        keep_memory()
    model = MiMo(config.model)
    model.start(0)
    if without != "compile":
        compile_layers(model)
    optimiser = adamw(model, 1e-3)
    place_BT = torch.arange(length).expand(rows, length)
    ids_BT = torch.randint(0, config.model.vocab_size, (rows, length), generator=torch.Generator().manual_seed(0))
    batch = Batch(ids_BT, place_BT % 96, place_BT // 96, torch.ones_like(ids_BT, dtype=torch.bool), "bench")
    bf16, mtp_weight = without != "bf16" and has_bf16(torch.device("cpu")), 0.0 if without == "mtp" else 0.3
    seconds = []
    for _ in range(STEPS + WARM):
        started = time.perf_counter()
        train_step(model, [batch], optimiser, 1e-3, mtp_weight, 1.0, bf16)
        seconds.append(time.perf_counter() - started)
    return rows * length / statistics.median(seconds[WARM:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--without", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.without is not None:
        print(measure(arguments.without))
        return
    found: dict[str, list[float]] = {name: [] for name in VARIANTS}
    for _ in range(arguments.rounds):
        for name, without in VARIANTS.items():
            done = subprocess.run([sys.executable, __file__, f"--without={without}"], capture_output=True, text=True, check=True)
            found[name].append(float(done.stdout))
    medians = {name: statistics.median(values) for name, values in found.items()}
    for name, value in medians.items():
        print(f"{name:16} {value:8,.0f} tokens/s  {value / medians['all']:.2f} of all")
    results = [
        {"name": name, "value": round(value / medians["all"], 3), "unit": "ratio to all", "target": None, "holds": None}
        for name, value in medians.items()
    ]
    results.append({"name": "all", "value": round(medians["all"]), "unit": "tokens/s", "target": None, "holds": None})
    machine = {"processor": platform.processor() or platform.machine(), "system": platform.system()}
    print(json.dumps({"bench": "train_step", "machine": machine, "results": results}))


if __name__ == "__main__":
    main()
