"""Thousands of random requests, cancels and new weights: no block is lost, nobody waits for ever, memory stays flat.

`OPENMIMO_SOAK=1` runs it for forty minutes with each kind of draft; otherwise it is seconds.
"""

import os
import random
import time

import pytest
from torch import Tensor

from openmimo.core.memory import resident_bytes
from openmimo.engine.config import EngineConfig
from openmimo.engine.draft import SuffixDrafter
from openmimo.engine.engine import TorchEngine
from openmimo.engine.request import Ending, Finished, Request
from openmimo.engine.sample import Sampling
from openmimo.model.config import ModelConfig
from openmimo.model.mimo import MiMo

SECONDS = 2400 if os.environ.get("OPENMIMO_SOAK") else 0
ROUNDS = 800
CONFIG = ModelConfig(30, 8, 8, 1, 2, 1, 4, 48, num_nextn_predict_layers=2)


def weights(seed: int) -> dict[str, Tensor]:
    model = MiMo(CONFIG)
    model.start(seed)
    return model.state_dict()


def asked(rng: random.Random) -> Request:
    prompt = [rng.choice([1, 2])] * rng.choice([0, 8, 16]) + [rng.randrange(30) for _ in range(rng.randint(1, 12))]
    return Request(prompt, rng.randint(1, 20), frozenset({0}), Sampling(1.0, seed=rng.randrange(99)), prompt_logprobs=rng.random() < 0.1)


@pytest.mark.parametrize("draft", ["off", "mtp", "suffix"])
def test_random_requests_cancels_and_reloads(draft: str) -> None:
    model = MiMo(CONFIG)
    model.start(1)
    engine = TorchEngine(model, EngineConfig(cache_tokens=120, block=4, chunk=24, rows=12, draft=draft, drafted=2))
    rng, submitted, ended, early = random.Random(1), {}, {}, 0
    started, steps, rounds = time.monotonic(), 0, 0
    while rounds < ROUNDS or time.monotonic() - started < SECONDS:
        rounds += 1
        for _ in range(rng.choice([0, 1, 1, 6])):
            request = asked(rng)
            submitted[engine.submit(request)] = request
        if rng.random() < 0.2 and (open_ := sorted(submitted.keys() - ended.keys())):
            engine.cancel(rng.choice(open_[-20:]))
        if rng.random() < 0.01:
            engine.load_weights(weights(rounds))
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
            assert not isinstance(engine.drafter, SuffixDrafter) or not (engine.drafter._followed or engine.drafter._read)
            check(submitted, ended)
            submitted, ended = {}, {}
    assert resident_bytes() - early < 30e6


def check(submitted: dict[int, Request], ended: dict[int, Finished]) -> None:
    """Everything asked ended, once, as it should."""
    assert submitted.keys() == ended.keys()
    assert len(ended) > 1000
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
