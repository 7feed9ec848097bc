"""Thousands of random requests, cancels and new weights: no block is lost, nobody waits for ever, memory stays flat.

`OPENMIMO_SOAK=1` runs it for two hours; otherwise it is seconds.
"""

import os
import random
import time

import torch

from openmimo.core.memory import resident_bytes
from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.request import Ending, Request
from openmimo.engine.sample import Sampling
from openmimo.model.config import ModelConfig
from openmimo.model.mimo import MiMo

SECONDS = 7200 if os.environ.get("OPENMIMO_SOAK") else 0
ROUNDS = 1500
WEIGHTS = [{name: weight.clone() for name, weight in MiMo(ModelConfig(30, 8, 8, 1, 2, 1, 4, 48)).state_dict().items()} for _ in range(2)]


def asked(rng: random.Random) -> Request:
    prompt = [rng.choice([1, 2])] * rng.choice([0, 8, 16]) + [rng.randrange(30) for _ in range(rng.randint(1, 12))]
    return Request(prompt, rng.randint(1, 20), frozenset({0}), Sampling(1.0, seed=rng.randrange(99)), prompt_logprobs=rng.random() < 0.1)


def test_random_requests_cancels_and_reloads() -> None:
    torch.manual_seed(0)
    model = MiMo(ModelConfig(30, 8, 8, 1, 2, 1, 4, 48))
    model.start(1)
    engine = TorchEngine(model, EngineConfig(cache_tokens=120, block=4, chunk=24, rows=12))
    rng, submitted, ended, early = random.Random(1), {}, {}, 0
    started, steps, rounds = time.monotonic(), 0, 0
    while rounds < ROUNDS or time.monotonic() - started < SECONDS:
        rounds += 1
        for _ in range(rng.choice([0, 1, 1, 6])):
            request = asked(rng)
            submitted[engine.submit(request)] = request
        if rng.random() < 0.2 and submitted:
            engine.cancel(rng.choice(list(submitted)))
        if rng.random() < 0.01:
            engine.load_weights(WEIGHTS[rounds % 2])
        for _ in range(rng.randint(0, 4)):
            steps += 1
            for news in engine.step():
                if news.finished:
                    ended[news.id] = news.finished
        if rounds == ROUNDS // 2:
            early = resident_bytes()
        if rounds % ROUNDS == 0:
            for sample in engine.finished():
                ended[sample.id] = sample
            assert (engine.pool.used, engine.pool.available) == (0, engine.pool.blocks)
            check(submitted, ended)
            submitted, ended = {}, {}
    assert resident_bytes() - early < 30e6


def check(submitted: dict, ended: dict) -> None:
    """Everything asked ended, once, as it should."""
    assert submitted.keys() == ended.keys()
    assert len(ended) > 2000
    cancelled = sum(sample.ending == Ending.CANCELLED for sample in ended.values())
    assert 50 < cancelled < len(ended) / 2
    assert any(sample.preempted for sample in ended.values())
    assert any(sample.cached for sample in ended.values())
    for number, sample in ended.items():
        request = submitted[number]
        assert sample.ending != Ending.LENGTH or len(sample.ids) == request.max_tokens
        assert sample.ending != Ending.STOP or sample.ids[-1] == 0
        assert len(sample.logprobs) == len(sample.versions) == len(sample.ids)
        if sample.prompt_logprobs is not None and sample.ending != Ending.CANCELLED:
            assert len(sample.prompt_logprobs) == len(request.prompt) - 1
