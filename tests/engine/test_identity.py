"""However a request is run, its sample is the same: design rule 7, in fp32.

Each way of running is held against the plain twin, `generate`, one request at a time:
greedy and sampled, on random models of several shapes and on nano.
"""

import random
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.generate import complete
from openmimo.engine.load import Loaded, load
from openmimo.engine.request import Finished, Request
from openmimo.engine.sample import Sampling
from openmimo.model.config import ModelConfig
from openmimo.model.mimo import MiMo
from openmimo.tasks.families import family_of

WAYS: dict[str, dict[str, Any]] = {
    "batched": {},
    "in parts": {"chunk": 7},
    "one by one": {"rows": 1},
    "drafted by one layer": {"draft": "mtp", "drafted": 1},
    "drafted by three layers": {"draft": "mtp", "drafted": 3, "chunk": 50},
    "drafted from the past": {"draft": "suffix", "drafted": 3},
    "pre-empted": {"cache_tokens": 144, "block": 4, "chunk": 31},
    "pre-empted with drafts": {"cache_tokens": 144, "block": 4, "chunk": 31, "draft": "mtp", "drafted": 2},
}


def model_of(shape: tuple[int, int, int, int], seed: int = 1) -> MiMo:
    layers, kv_heads, group, half = shape
    model = MiMo(ModelConfig(40, 24, 40, layers, kv_heads * group, kv_heads, 2 * half, 96, 1e4, num_nextn_predict_layers=3))
    model.start(seed)
    return model.eval()


SHAPES = [(2, 2, 2, 4), (1, 1, 3, 3), (3, 2, 1, 6)]


def requests(seed: int, count: int, longest: int = 40, answer: int = 40) -> list[Request]:
    """Random prompts, some with a beginning in common, half of them sampled."""
    rng = random.Random(seed)
    common = [rng.randrange(40) for _ in range(20)]
    made = []
    for number in range(count):
        prompt = common[: rng.choice([0, 0, 9, 20])] + [rng.randrange(40) for _ in range(rng.randint(1, longest - 20))]
        wild = Sampling(rng.choice([0.7, 1.0]), rng.choice([0.8, 1.0]), rng.randrange(10**6), rng.choice([0, 12]), rng.choice([0.0, 0.02]))
        made.append(
            Request(prompt, rng.randint(1, answer), frozenset({rng.randrange(40)}), Sampling() if number % 2 else wild, group="all")
        )
    return made


def twin(model: MiMo, asked: list[Request]) -> list[list[int]]:
    return [complete(model, [request.prompt], request.max_tokens, request.stop_ids, request.sampling)[0] for request in asked]


def run(engine: TorchEngine, asked: list[Request]) -> list[Finished]:
    numbers = [engine.submit(request) for request in asked]
    ended = {sample.id: sample for sample in engine.finished()}
    assert engine.pool.used == 0
    return [ended[number] for number in numbers]


def ids(samples: list[Finished]) -> list[list[int]]:
    return [list(sample.ids) for sample in samples]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("way", WAYS)
def test_every_way_says_what_the_twin_says(way: str, shape: tuple[int, int, int, int]) -> None:
    model, asked = model_of(shape), requests(len(way), 16)
    engine = TorchEngine(model, EngineConfig(**{"cache_tokens": 2048, **WAYS[way]}))
    samples = run(engine, asked)
    assert ids(samples) == twin(model, asked)
    assert any(sample.preempted for sample in samples) == way.startswith("pre-empted"), "the way was not taken"
    assert any(engine.statistics.accepted) == ("draft" in way), "the way was not taken"


def test_what_the_prefix_cache_gives_is_what_fresh_computing_gives() -> None:
    model, asked = model_of(SHAPES[0]), requests(3, 12)
    engine = TorchEngine(model, EngineConfig(cache_tokens=2048, block=4))
    first, second = run(engine, asked), run(engine, asked)
    assert sum(sample.cached for sample in second) > sum(len(request.prompt) - 5 for request in asked)
    assert sum(sample.cached for sample in first) < sum(sample.cached for sample in second)
    assert ids(first) == ids(second) == twin(model, asked)
    for one, other in zip(first, second, strict=True):
        assert torch.allclose(torch.tensor(one.logprobs), torch.tensor(other.logprobs), atol=1e-5)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 8), st.integers(1, 40), st.integers(1, 5), st.integers(72, 300), st.integers(0, 3))
def test_any_sizes_of_block_chunk_rows_and_cache(seed: int, block: int, chunk: int, rows: int, cache: int, drafted: int) -> None:
    model, asked = model_of(SHAPES[0]), requests(seed, 6, answer=24)
    draft = {"draft": "mtp", "drafted": drafted} if drafted else {}
    engine = TorchEngine(model, EngineConfig(cache + block, block, chunk, rows, **draft))
    assert ids(run(engine, asked)) == twin(model, asked)


@pytest.fixture(scope="module")
def nano() -> Loaded:
    return load("nano")


def nano_requests(nano: Loaded, count: int, answer: int) -> list[Request]:
    rng = random.Random(11)
    made = []
    for number in range(count):
        task = family_of(("percentages", "arithmetic", "equations", "calendar")[number % 4]).make(rng, 1, False)
        prompt = nano.template.encode(nano.tokenizer, [{"role": "user", "content": task.problem}])
        made.append(Request(prompt, answer, nano.stop_ids, Sampling() if number % 2 else Sampling(0.8, seed=number), group=task.problem))
    return made


def test_nano_in_one_tight_batch_says_what_it_says_alone(nano: Loaded) -> None:
    """Queueing, reading in parts, pre-emption, shared prefixes and drafts, all at once."""
    asked = nano_requests(nano, 200, 24)
    engine = TorchEngine(nano.model, EngineConfig(cache_tokens=800, block=4, chunk=96, draft="mtp"))
    samples = run(engine, asked)
    assert any(sample.preempted for sample in samples)
    assert any(sample.cached for sample in samples)
    assert engine.statistics.acceptance[0] > 0.8
    together = complete(nano.model, [request.prompt for request in asked], 24, nano.stop_ids, [request.sampling for request in asked])
    assert ids(samples) == together
    assert together[::10] == twin(nano.model, asked[::10])
