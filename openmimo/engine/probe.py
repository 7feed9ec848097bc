"""Whether drafts pay on this machine, with this model, on these prompts: found by trying, not by rule.

A draft costs a layer and wider steps, and saves steps as often as it holds; which wins
depends on all three. It never changes a sample, so trying is safe.
"""

import time
from collections.abc import Sequence
from dataclasses import replace

from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.request import Request
from openmimo.model.mimo import MiMo

ROUNDS = 2  # each way is timed so often, in turn, and its best time counts
GAIN = 0.05  # a draft must save this share of the time to be switched on


def probed(model: MiMo, config: EngineConfig, requests: Sequence[Request]) -> EngineConfig:
    """`config` with the kind and number of drafts that served these requests soonest, or with none if none pays."""
    plain = replace(config, draft="off")
    layers = range(1, model.config.num_nextn_predict_layers + 1)
    ways = [plain, *(replace(config, draft="mtp", drafted=count) for count in layers)]
    times = {way: float("inf") for way in ways}
    for _ in range(ROUNDS):
        for way in ways:
            times[way] = min(times[way], seconds(model, way, requests))
    best = min(ways, key=times.__getitem__)
    return best if times[best] < (1 - GAIN) * times[plain] else plain


def seconds(model: MiMo, config: EngineConfig, requests: Sequence[Request]) -> float:
    """How long a fresh engine takes for these requests."""
    room = sum(len(request.prompt) + request.max_tokens + config.block for request in requests)
    engine = TorchEngine(model, replace(config, cache_tokens=room))
    for request in requests:
        engine.submit(request)
    started = time.perf_counter()
    for _ in engine.finished():
        pass
    return time.perf_counter() - started
