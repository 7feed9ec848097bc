"""The shape of MiMo-7B with random weights: written, loaded and answering, with the memory it takes beside what was predicted.

    .venv/bin/python benchmarks/seven_b.py                # all 36 layers: 16 GB of disk, and as much memory
    .venv/bin/python benchmarks/seven_b.py --layers 2

Writing and answering are processes of their own, so that neither counts the other's
memory. The folder is temporary (TMPDIR says where) and deleted. Ends with one line of
JSON. `tests/engine/test_seven_b.py` runs it with one layer.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch

from openmimo.bench.report import Row, line, table
from openmimo.core.errors import OpenMimoError
from openmimo.core.memory import require, resident_bytes
from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.memory import predicted
from openmimo.engine.request import Request
from openmimo.model.config import ModelConfig
from openmimo.model.folder import empty, read_folder, weights_bytes, write_folder
from openmimo.model.mimo import MiMo

MIMO_7B = ModelConfig(151_680, 4096, 11_008, 36, 32, 8, 128, 32_768, rope_theta=640_000.0, num_nextn_predict_layers=1)  # report 2.3
TINY = ModelConfig(1024, 64, 96, 1, 2, 1, 32, 256, num_nextn_predict_layers=1)
PROMPT, CACHE = 32, 8192  # tokens
PAGE = 4096  # bytes
MOST = 1.1  # of what was predicted


def write(config: ModelConfig, folder: Path) -> dict[str, float]:
    """Make a model up and write it; gives the peak of memory in bytes."""
    require(weights_bytes(config, torch.bfloat16), "the model")
    print(f"making up {config.parameters / 1e9:.1f}e9 weights", file=sys.stderr, flush=True)
    model = empty(config).to(torch.bfloat16).to_empty(device="cpu")
    model.start(0)
    print("writing them", file=sys.stderr, flush=True)
    write_folder(model, folder)
    return {"peak": peak_bytes()}


def answer(folder: Path, tokens: int, int8: bool) -> dict[str, float]:
    """Load a folder and answer; gives bytes that were added by weights and cache, the peak, seconds to load, tokens a second."""
    warm(folder.parent / "tiny")
    before, started = resident_bytes(), time.perf_counter()
    print("loading", file=sys.stderr, flush=True)
    model = read_folder(folder)
    loaded = time.perf_counter() - started
    print("answering", file=sys.stderr, flush=True)
    rate = tokens_per_second(engine_of(model, "off", int8), tokens)
    engine = engine_of(model, "mtp", int8)
    tokens_per_second(engine, tokens)
    # Pages of a file are memory once they are read, and an answer reads few rows of the embedding.
    for weight in model.parameters():
        weight.view(-1)[:: PAGE // weight.itemsize].sum()
    weights = resident_bytes() - before
    for part in (engine.cache.keys_LPw, engine.cache.values_LPw, engine.cache.stream_PD):
        part.fill_(0)  # pages of the cache cost nothing until they are written
    return {"weights": weights, "cache": resident_bytes() - before - weights, "peak": peak_bytes(), "loaded": loaded, "rate": rate}


def warm(folder: Path) -> None:
    """Do it all with a tiny model: what the libraries take for themselves when they are first used is no model's."""
    model = MiMo(TINY).bfloat16()
    model.start(0)
    write_folder(model, folder)
    for draft in ("off", "mtp"):
        tokens_per_second(engine_of(read_folder(folder), draft, int8=False), 2)


def engine_of(model: MiMo, draft: str, int8: bool) -> TorchEngine:
    return TorchEngine(model, EngineConfig(cache_tokens=CACHE, draft=draft, int8=int8))


def tokens_per_second(engine: TorchEngine, tokens: int) -> float:
    """How fast one request is answered, once its prompt is read."""
    engine.submit(Request(range(PROMPT), tokens))
    engine.step()
    started = time.perf_counter()
    (sample,) = engine.finished()
    assert len(sample.ids) == tokens
    return (tokens - 1) / (time.perf_counter() - started)


def peak_bytes() -> int:
    """The most memory this process has held; Linux counts it in KiB, a Mac in bytes (not tried there yet)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def child(arguments: argparse.Namespace, work: str, folder: Path) -> dict[str, float]:
    """What this program says when it does one part of the work in a process of its own."""
    sizes = [f"--layers={arguments.layers}", f"--vocabulary={arguments.vocabulary}", f"--tokens={arguments.tokens}"]
    command = [sys.executable, __file__, *sizes, *(["--int8"] if arguments.int8 else []), f"--work={work}", f"--folder={folder}"]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def rows(arguments: argparse.Namespace, config: ModelConfig) -> list[Row]:
    """Write, answer and compare with the prediction."""
    with tempfile.TemporaryDirectory() as place:
        free = shutil.disk_usage(place).free
        if free < 1.02 * weights_bytes(config, torch.bfloat16):
            raise OpenMimoError(f"{place} has {free / 2**30:.1f} GiB left", "set TMPDIR to a larger disk, or take fewer --layers")
        written = child(arguments, "write", Path(place) / "model")
        found = child(arguments, "answer", Path(place) / "model")
    memory = predicted(config, EngineConfig(cache_tokens=CACHE, draft="mtp", int8=arguments.int8), torch.bfloat16)
    return [
        Row("weights.predicted", memory.weights / 2**30, "GiB"),
        Row("weights.measured", found["weights"] / 2**30, "GiB"),
        Row("weights.measured_to_predicted", found["weights"] / memory.weights, "ratio", MOST, at_most=True),
        Row("cache.predicted", memory.cache / 2**30, "GiB"),
        Row("cache.measured", found["cache"] / 2**30, "GiB"),
        Row("cache.measured_to_predicted", found["cache"] / memory.cache, "ratio", MOST, at_most=True),
        Row("write.peak", written["peak"] / 2**30, "GiB"),
        Row("answer.peak", found["peak"] / 2**30, "GiB"),
        Row("load", found["loaded"], "s"),
        Row("answer", found["rate"], "tokens/s"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layers", type=int, default=MIMO_7B.num_hidden_layers, help="of the trunk; the MTP layer comes on top")
    parser.add_argument("--vocabulary", type=int, default=MIMO_7B.vocab_size)
    parser.add_argument("--tokens", type=int, default=32, help="to answer with")
    parser.add_argument("--int8", action="store_true", help="answer with 8-bit copies of the linear weights")
    parser.add_argument("--work", choices=("write", "answer"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    config = MIMO_7B.with_(num_hidden_layers=arguments.layers, vocab_size=arguments.vocabulary)
    if arguments.work == "write":
        print(json.dumps(write(config, arguments.folder)))
    elif arguments.work == "answer":
        print(json.dumps(answer(arguments.folder, arguments.tokens, arguments.int8)))
    else:
        found = rows(arguments, config)
        print(table(found))
        print(line("seven_b", found))


if __name__ == "__main__":
    main()
