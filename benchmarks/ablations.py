"""Three questions to the recipe, asked of the tour's model with several seeds: does the MTP loss help the trunk, do three stages beat one mixture, does Muon beat AdamW.

Run: python benchmarks/ablations.py [--seeds 3] [--scale 1] [--count 50] (about 3 minutes a training on two cores, four of them a seed).
Every arm has the same tokens, rates and documents a domain; only what is asked about differs:
  recipe     the tour's pre-training: three stages, MTP weight 0.3 and then 0.1
  no mtp     the same with the MTP layer at rest
  adamw      the same with the report's optimiser
  one mix    the same stages in context, base and rate, but each with the mixture of the whole
What is measured of each base model: nats a token on documents of a seed of their own, and right answers to held-out tasks.
"""

import argparse
import json
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch

from openmimo.bench.report import machine
from openmimo.bench.seeds import Difference
from openmimo.engine.load import load
from openmimo.eval.embedded import Embedded
from openmimo.eval.once import measure
from openmimo.eval.suite import own
from openmimo.model.folder import read_folder
from openmimo.pretrain.config import PretrainConfig
from openmimo.pretrain.run import run
from openmimo.recipes.corpus import write_documents
from openmimo.recipes.tour import Tour
from openmimo.text.tokenizer import Tokenizer
from openmimo.train.batches import Batches
from openmimo.train.config import Source
from openmimo.train.loss import losses

ARMS = ("recipe", "no mtp", "one mix", "adamw")
HELD_OUT_SEED, HELD_OUT_DOCUMENTS = 77, 400  # of each domain


@dataclass(frozen=True)
class Outcome:
    """What came of a training: nats a token of the trunk on held-out documents, the share of right answers, and minutes."""

    arm: str
    seed: int
    nats: float
    accuracy: float
    minutes: float


def config_of(tour: Tour, arm: str, seed: int) -> PretrainConfig:
    """The pre-training of an arm; all but the recipe itself differ from it in one thing."""
    config = tour.pretrain()
    config = replace(config, name=f"{arm.replace(' ', '-')}-{seed}", training=replace(config.training, seed=seed))
    if arm == "no mtp":
        return replace(config, stages=tuple(replace(stage, mtp_weight=0.0, mtp_weight_late=0.0) for stage in config.stages))
    if arm == "adamw":
        return replace(config, training=replace(config.training, optimiser="adamw"))
    if arm == "one mix":
        tokens: dict[str, float] = {}
        for stage in config.stages:
            total = sum(source.weight for source in stage.sources)
            for source in stage.sources:
                tokens[source.domain] = tokens.get(source.domain, 0.0) + stage.schedule.tokens * source.weight / total
        whole = sum(tokens.values())
        shares = {domain: count / whole for domain, count in tokens.items()}
        return replace(
            config, stages=tuple(replace(stage, sources=tour.data.mixture(f"mix-{stage.name}", **shares)) for stage in config.stages)
        )
    return config


def held_out(tour: Tour) -> Batches:
    """Documents of every domain that no arm trains on."""
    tokenizer = Tokenizer.from_folder(tour.data.tokenizer)
    sources = []
    for domain in tour.data.domains:
        folder = tour.data.home / "held-out" / domain
        write_documents(folder, tokenizer, tour.data.documents(domain, HELD_OUT_SEED, HELD_OUT_DOCUMENTS, frozenset()), HELD_OUT_DOCUMENTS)
        sources.append(Source(domain, str(folder)))
    return Batches(replace(tour.pretrain().stages[0], sources=tuple(sources)), 0, split_documents=True)


def nats(folder: Path, batches: Batches, count: int = 8) -> float:
    """Nats a token of the trunk of a model folder."""
    model, loss, tokens = read_folder(folder, torch.float32), 0.0, 0
    with torch.no_grad():
        for number in range(count):
            part = losses(model, batches.batch(number), 0)
            loss, tokens = loss + part.trunk_B.sum().item(), tokens + int(part.tokens_B.sum())
    return loss / tokens


def outcome(tour: Tour, arm: str, seed: int, count: int, batches: Batches) -> Outcome:
    """Train an arm, or take the run that is there, and measure it."""
    config, started = config_of(tour, arm, seed), time.perf_counter()
    tour.data.make_documents(config)
    final = run(config, tour.root / "ablations")
    minutes = (time.perf_counter() - started) / 60
    right = measure(own(tour.data.families, count, base=True, levels=tour.data.levels), Embedded(load(str(final))), str(final))
    found = Outcome(arm, seed, nats(final, batches), right.mean, minutes)
    print(f"{arm:8} seed {seed}: {found.nats:.4f} nats, {found.accuracy:.1%} right, {minutes:.1f} minutes", flush=True)
    return found


def main() -> None:
    """Run all arms seed by seed, and print the differences to the recipe, seed by seed and in the mean."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0, help="a share of the tour's steps")
    parser.add_argument("--count", type=int, default=50, help="held-out tasks a family and level")
    parser.add_argument("--out", type=Path, default=Path("runs") / "ablations")
    asked = parser.parse_args()
    tour = Tour(asked.out, asked.scale)
    tour.data.make_documents(tour.pretrain())
    batches = held_out(tour)
    found = [outcome(tour, arm, seed, asked.count, batches) for seed in range(1, asked.seeds + 1) for arm in ARMS]
    results = []
    for arm in ARMS[1:]:
        for field in ("nats", "accuracy"):
            ours, theirs = ({one.seed: getattr(one, field) for one in found if one.arm == name} for name in (arm, ARMS[0]))
            gap = Difference.of(ours, theirs)
            print(f"{arm} minus recipe, {field}: {gap.words()}")
            results.append({"name": f"{arm} minus recipe, {field}", **gap.as_json(), "unit": field, "target": None, "holds": None})
    print(json.dumps({"bench": "ablations", "machine": machine(), "results": results, "runs": [asdict(one) for one in found]}))


if __name__ == "__main__":
    main()
