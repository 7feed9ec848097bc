"""However a request is run, its sample is the same: design rule 7, in fp32.

Each way of running is held against the plain twin, `generate`, one request at a time:
greedy and sampled, with bounds on reasoning and without, on random models of several
shapes and on nano.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.generate import complete, generate
from openmimo.engine.load import Loaded, load
from openmimo.engine.request import Finished, Request, Thinking
from openmimo.engine.sample import Sampling
from openmimo.engine.session import thinking_of
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
BEGIN, END = 38, 39
CLOSES = [(END,), (7, END, 7), (END, *range(9))]  # the longest takes more than two blocks of four
Said = tuple[list[int], list[int]]  # the answer, and the places in it of what was put in


def requests(seed: int, count: int, longest: int = 40, answer: int = 40) -> list[Request]:
    """Random prompts, some with a beginning in common, half of them sampled, half of them with a budget for reasoning."""
    rng = random.Random(seed)
    common = [rng.randrange(40) for _ in range(20)]
    made = []
    for number in range(count):
        prompt = common[: rng.choice([0, 0, 9, 20])] + [rng.randrange(40) for _ in range(rng.randint(1, longest - 20))]
        wild = Sampling(rng.choice([0.7, 1.0]), rng.choice([0.8, 1.0]), rng.randrange(10**6), rng.choice([0, 12]), rng.choice([0.0, 0.02]))
        most, stop, thinking = rng.randint(1, answer), frozenset({rng.randrange(10, 38)}), None
        if number % 4 > 1:
            prompt += rng.choice([[], [BEGIN], [BEGIN, 5]])
            # Nothing but what was put in would be no answer, and is refused.
            most, thinking = max(most, 11), Thinking(rng.choice([0, 1, 4, 9]), BEGIN, END, rng.choice(CLOSES))
        made.append(Request(prompt, most, stop, Sampling() if number % 2 else wild, group="all", thinking=thinking))
    return made


def twin(model: MiMo, asked: list[Request]) -> list[Said]:
    return [alone(model, request) for request in asked]


def alone(model: MiMo, request: Request) -> Said:
    """Generate until reasoning has had its tokens, write down what ends it, and begin again with the longer prompt."""
    answer: list[int] = []
    forced: list[int] = []
    while (left := request.max_tokens - len(answer)) > 0:
        if request.thinking and due(request, answer):
            close = request.thinking.close[:left]
            forced += range(len(answer), len(answer) + len(close))
            answer += close
            continue
        for (token,) in generate(model, [[*request.prompt, *answer]], left, request.stop_ids, request.sampling):
            assert token is not None
            answer.append(token)
            if due(request, answer):
                break
        else:
            break
    return answer, forced


def due(request: Request, answer: Sequence[int]) -> bool:
    if (thinking := request.thinking) is None or len(answer) < thinking.tokens:
        return False
    marks = [token for token in (*request.prompt, *answer) if token in (thinking.begin, thinking.end, *request.stop_ids)]
    return marks[-1:] == [thinking.begin]


def run(engine: TorchEngine, asked: list[Request]) -> list[Finished]:
    numbers = [engine.submit(request) for request in asked]
    ended = {sample.id: sample for sample in engine.finished()}
    assert engine.pool.used == 0
    return [ended[number] for number in numbers]


def said(samples: list[Finished]) -> list[Said]:
    return [(list(sample.ids), list(sample.forced)) for sample in samples]


@pytest.mark.parametrize("kernels", ["native", "torch"])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("way", WAYS)
def test_every_way_says_what_the_twin_says(way: str, shape: tuple[int, int, int, int], kernels: str) -> None:
    model, asked = model_of(shape), requests(len(way), 16)
    engine = TorchEngine(model, EngineConfig(**{"cache_tokens": 2048, **WAYS[way]}, kernels=kernels))
    samples = run(engine, asked)
    assert said(samples) == twin(model, asked)
    assert sum(bool(sample.forced) for sample in samples) > 3
    assert any(sample.preempted for sample in samples) == way.startswith("pre-empted"), "the way was not taken"
    assert any(engine.statistics.accepted) == ("draft" in way), "the way was not taken"


@pytest.mark.parametrize("kernels", ["native", "torch"])
def test_the_context_is_filled_to_its_last_place_with_drafts_too(kernels: str) -> None:
    model = model_of(SHAPES[0])
    most = model.config.max_position_embeddings
    asked = [Request([token] * length, most) for token, length in ((3, most - 1), (4, most - 2), (5, most - 30))]
    engine = TorchEngine(model, EngineConfig(cache_tokens=2048, draft="mtp", drafted=3, kernels=kernels))
    samples = run(engine, asked)
    assert said(samples) == twin(model, asked)
    assert [len(sample.ids) for sample in samples] == [2, 3, 31]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_native_kernels_give_the_same_bits_in_every_way(way: str, dtype: torch.dtype) -> None:
    """Batch-invariant: not only the tokens, the log-probabilities are equal, and so in bf16, where products round coarsely."""
    model, asked = model_of(SHAPES[0]).to(dtype), requests(len(way), 16)
    samples = [
        run(TorchEngine(model, EngineConfig(**{"cache_tokens": 2048, **ways}, kernels="native")), asked)
        for ways in (WAYS[way], {"rows": 1})
    ]
    assert said(samples[0]) == said(samples[1])
    assert [sample.logprobs for sample in samples[0]] == [sample.logprobs for sample in samples[1]]


def test_in_bf16_torch_kernels_part_only_where_two_tokens_are_nearly_as_likely(nano: Loaded) -> None:
    model = load("nano", dtype=torch.bfloat16).model
    asked = [replace(request, thinking=None, sampling=Sampling()) for request in nano_requests(nano, 24, 40)]
    samples = run(TorchEngine(model, EngineConfig(cache_tokens=4096, kernels="torch")), asked)
    together = complete(model, [request.prompt for request in asked], 40, nano.stop_ids)
    for request, sample, other in zip(asked, samples, together, strict=True):
        first = next((place for place, pair in enumerate(zip(sample.ids, other, strict=False)) if pair[0] != pair[1]), None)
        if first is None:
            assert list(sample.ids) == other
            continue
        logits_V = model(torch.tensor([[*request.prompt, *other[:first]]]))[0, -1]
        best, second = logits_V.float().topk(2).values.tolist()
        assert best - second < 0.05


def test_what_the_prefix_cache_gives_is_what_fresh_computing_gives() -> None:
    model, asked = model_of(SHAPES[0]), requests(3, 12)
    engine = TorchEngine(model, EngineConfig(cache_tokens=2048, block=4))
    first, second = run(engine, asked), run(engine, asked)
    assert sum(sample.cached for sample in second) > sum(len(request.prompt) - 5 for request in asked)
    assert sum(sample.cached for sample in first) < sum(sample.cached for sample in second)
    assert said(first) == said(second) == twin(model, asked)
    for one, other in zip(first, second, strict=True):
        assert torch.allclose(torch.tensor(one.logprobs), torch.tensor(other.logprobs), atol=1e-5)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 8), st.integers(1, 40), st.integers(1, 5), st.integers(72, 300), st.integers(0, 3))
def test_any_sizes_of_block_chunk_rows_and_cache(seed: int, block: int, chunk: int, rows: int, cache: int, drafted: int) -> None:
    model, asked = model_of(SHAPES[0]), requests(seed, 6, answer=24)
    draft = {"draft": "mtp", "drafted": drafted} if drafted else {}
    engine = TorchEngine(model, EngineConfig(cache + block, block, chunk, rows, **draft))
    assert said(run(engine, asked)) == twin(model, asked)


@pytest.fixture(scope="module")
def nano() -> Loaded:
    return load("nano")


def nano_requests(nano: Loaded, count: int, answer: int) -> list[Request]:
    rng = random.Random(11)
    made = []
    for number in range(count):
        task = family_of(("percentages", "arithmetic", "equations", "calendar")[number % 4]).make(rng, 1, False)
        prompt = nano.template.encode(nano.tokenizer, [{"role": "user", "content": task.problem}])
        sampling = Sampling() if number % 2 else Sampling(0.8, seed=number)
        thinking = thinking_of(nano, (0, 8, 16)[number % 3]) if number % 10 > 6 else None
        made.append(Request(prompt, answer, nano.stop_ids, sampling, group=task.problem, thinking=thinking))
    return made


def test_nano_in_one_tight_batch_says_what_it_says_alone(nano: Loaded) -> None:
    """Queueing, reading in parts, pre-emption, shared prefixes, drafts and budgets, all at once."""
    asked = nano_requests(nano, 200, 24)
    engine = TorchEngine(nano.model, EngineConfig(cache_tokens=800, block=4, chunk=96, draft="mtp"))
    samples = run(engine, asked)
    assert any(sample.preempted for sample in samples)
    assert any(sample.cached for sample in samples)
    assert engine.statistics.acceptance[0] > 0.8
    free = [(request, sample) for request, sample in zip(asked, samples, strict=True) if not request.thinking]
    together = complete(nano.model, [one.prompt for one, _ in free], 24, nano.stop_ids, [one.sampling for one, _ in free])
    assert [list(sample.ids) for _, sample in free] == together
    assert said(samples)[::9] == twin(nano.model, asked[::9])
    assert sum(bool(sample.forced) for sample in samples) > 40
