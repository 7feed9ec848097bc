"""Our engine as a side of a comparison. Knows no peer; `turns.py` lets sides take turns."""

import time
from collections.abc import Sequence

from openmimo.engine.engine import TorchEngine
from openmimo.engine.request import Request


def rate(engine: TorchEngine, requests: Sequence[Request]) -> float:
    """Tokens of the answers a second, from the first request's submission to the last answer's end."""
    started = time.perf_counter()
    for request in requests:
        engine.submit(request)
    tokens = sum(len(sample.ids) for sample in engine.finished())
    return tokens / (time.perf_counter() - started)
