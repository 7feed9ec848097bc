"""Nano's first stage in small, with other numbers: what the loss on held-out solutions is after the same tokens.

Run: python benchmarks/recipe_trial.py [--tokens 1200000] [--rows 21] [--rate 2.5e-3] [--hidden 256] [--heads 4] [--optimiser muon]
(about five minutes on two cores). The rate warms up over a tenth of the steps, holds to the half, and falls to a tenth.
The loss is of steps and answers only: questions are drawn at random and say little of what was learnt. One run, one seed.
"""

import argparse
import json
import statistics
import time
from dataclasses import replace
from pathlib import Path

import torch

from openmimo.bench.report import machine
from openmimo.model.mimo import MiMo
from openmimo.recipes import nano
from openmimo.recipes.corpus import make_tokenizer, write_documents
from openmimo.text.special import END_OF_TEXT
from openmimo.text.tokenizer import Tokenizer
from openmimo.train.batches import Batches
from openmimo.train.config import Source, Stage
from openmimo.train.loss import losses
from openmimo.train.optimiser import make_optimiser
from openmimo.train.schedule import Schedule
from openmimo.train.shards import ShardWriter
from openmimo.train.speed import compile_layers, keep_memory
from openmimo.train.step import train_step

ROOT = Path("runs") / "trial"
HELD_OUT_SEED, HELD_OUT, HELD_OUT_BATCHES = 991, 3000, 12


def stage_of(tokenizer: Tokenizer, tokens: int, rows: int, rate: float) -> Stage:
    """Nano's first stage over so many tokens, with documents enough for them."""
    first = nano.pretrain().stages[0]
    sources = []
    for number, source in enumerate(first.sources):
        count = int(tokens * source.weight / nano.DATA.document_tokens)
        folder = ROOT / f"{tokens}" / source.domain
        write_documents(folder, tokenizer, nano.DATA.documents(source.domain, 50 + number, count, frozenset()), count)
        sources.append(Source(source.domain, str(folder), source.weight))
    step = rows * first.row_length
    steps = tokens // step
    schedule = Schedule(
        rate, rate / 10, warmup=steps // 10 * step, constant=(steps // 2 - steps // 10) * step, cosine=(steps - steps // 2) * step
    )
    return replace(first, sources=tuple(sources), rows=rows, schedule=schedule)


def held_out(tokenizer: Tokenizer, like: Stage) -> Batches:
    """Worked tasks of a seed of their own, of which steps and answers are learnt."""
    folder = ROOT / "held-out"
    if not (folder / "shards.json").exists():
        writer = ShardWriter(folder, tokenizer.vocab_size)
        for task in nano.DATA.tasks(HELD_OUT_SEED, HELD_OUT):
            question = tokenizer.encode(f"{task.problem}\n")
            solution = tokenizer.encode(f"{task.steps}\n{task.answer}{END_OF_TEXT}", special=True)
            writer.add(question + solution, [False] * len(question) + [True] * len(solution))
        writer.close()
    return Batches(replace(like, sources=(Source("held-out", str(folder)),), rows=16), 0, split_documents=False)


def main() -> None:
    """Train, measure, and print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, default=1_200_000)
    parser.add_argument("--rows", type=int, default=nano.ROWS)
    parser.add_argument("--rate", type=float, default=2.5e-3)
    parser.add_argument("--hidden", type=int, default=nano.MODEL.hidden_size, help="the width; that of the FFN goes with it")
    parser.add_argument(
        "--heads", type=int, default=nano.MODEL.num_attention_heads, help="half as many key-value heads; all have the width"
    )
    parser.add_argument("--optimiser", choices=("muon", "adamw"), default="muon")
    asked = parser.parse_args()
    tokenizer = make_tokenizer(ROOT / "tokenizer", nano.DATA.tasks(11, nano.DATA.tokenizer_tasks), nano.VOCABULARY)
    stage = stage_of(tokenizer, asked.tokens, asked.rows, asked.rate)
    batches, measured = Batches(stage, 1, split_documents=True), held_out(tokenizer, stage)
    sizes = {
        "hidden_size": asked.hidden,
        "intermediate_size": asked.hidden * nano.MODEL.intermediate_size // nano.MODEL.hidden_size,
        "num_attention_heads": asked.heads,
        "num_key_value_heads": asked.heads // 2,
        "head_dim": asked.hidden // asked.heads,
    }
    model = MiMo(nano.MODEL.with_(rope_theta=stage.rope_theta, **sizes))
    model.start(1)
    keep_memory()
    compile_layers(model)
    model.train()
    optimiser, seconds = make_optimiser(asked.optimiser, model, asked.rate, 0.1), []
    for number in range(stage.batches):
        started = time.perf_counter()
        rate = stage.schedule.rate(number * stage.batch_tokens, stage.batch_tokens)
        done = train_step(model, [batches.batch(number)], optimiser, rate, stage.mtp_weight, 1.0, bf16=True)
        seconds.append(time.perf_counter() - started)
        if number % max(stage.batches // 5, 1) == 0:
            print(f"step {number + 1} of {stage.batches}: loss {done.loss:.4f}, {statistics.median(seconds):.3f} s a step", flush=True)
    loss, tokens = 0.0, 0
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for number in range(HELD_OUT_BATCHES):
            part = losses(model, measured.batch(number), 0)
            loss, tokens = loss + part.trunk_B.sum().item(), tokens + int(part.tokens_B.sum())
    facts = {
        "steps": stage.batches,
        "held_out_nats": loss / tokens,
        "seconds_a_step": statistics.median(seconds),
        "minutes": sum(seconds) / 60,
        "parameters": sum(weight.numel() for weight in model.parameters()),
    }
    print(json.dumps({"bench": "recipe_trial", "machine": machine(), "asked": vars(asked), **facts}))


if __name__ == "__main__":
    main()
