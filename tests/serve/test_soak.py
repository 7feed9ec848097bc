"""Many clients at once, some of whom leave: every finished answer is what the same request gives alone, and nothing is left over.

Six seconds with the suite; five minutes and 200 clients with OPENMIMO_SOAK=1 (`make soak`).
"""

import asyncio
import json
import os
import random
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import torch

from openmimo.core.memory import resident_bytes
from openmimo.engine.config import EngineConfig
from openmimo.engine.load import load
from openmimo.eval.heldout import heldout_tasks
from openmimo.serve.config import ServeConfig
from openmimo.tasks.families import family_of
from tests.serve.conftest import Running, serving

LONG = bool(os.environ.get("OPENMIMO_SOAK"))
CLIENTS, SECONDS = (200, 300.0) if LONG else (40, 6.0)
GROWTH = 200 * 2**20  # bytes that the process may gain after the first third


@pytest.fixture(scope="module")
def exact() -> Iterator[Running]:
    """Nano in fp32, where the same request gives the same bits in any company."""
    with serving(load("nano", dtype=torch.float32), ServeConfig(queue=1000), EngineConfig(cache_tokens=24_000, rows=32)) as running:
        yield running


def asked() -> list[dict[str, Any]]:
    """Requests of several kinds and lengths, greedy."""
    tasks = [task for name in ("arithmetic", "programs", "calendar") for task in heldout_tasks(family_of(name), 2, 6, False)]
    return [
        {
            "model": "nano" if number % 4 else "nano-nothink",
            "messages": [{"role": "user", "content": task.problem}],
            "temperature": 0,
            "max_tokens": (20, 60, 120)[number % 3],
            "stream": True,
        }
        for number, task in enumerate(tasks)
    ]


async def said(client: httpx.AsyncClient, body: dict[str, Any], leave_after: int | None = None) -> str | None:
    """The text of a stream, reasoning first; None if the client left."""
    parts = []
    async with client.stream("POST", "/v1/chat/completions", json=body) as answer:
        assert answer.status_code == 200, await answer.aread()
        async for line in answer.aiter_lines():
            if line == "data: [DONE]":
                return "".join(parts)
            if line:
                (choice,) = json.loads(line.removeprefix("data: "))["choices"]
                parts.append(choice["delta"].get("reasoning") or choice["delta"].get("content") or "")
            if leave_after is not None and len(parts) > leave_after:
                return None
    raise AssertionError("a stream ended without its end")


async def storm(url: str) -> tuple[int, int, int]:
    """Finished and broken off answers, and bytes gained."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=url, timeout=120, limits=limits) as client:
        bodies = asked()
        alone = [await said(client, body) for body in bodies]
        ends, counts, early = time.monotonic() + SECONDS, [0, 0], 0

        async def one(seed: int) -> None:
            nonlocal early
            rng = random.Random(seed)
            while (left := ends - time.monotonic()) > 0:
                place = rng.randrange(len(bodies))
                leave = rng.randrange(12) if rng.random() < 0.3 else None
                text = await said(client, bodies[place], leave)
                counts[text is None] += 1
                assert text is None or text == alone[place]
                if not early and left < SECONDS * 2 / 3:
                    early = resident_bytes()

        await asyncio.gather(*(one(seed) for seed in range(CLIENTS)))
        return counts[0], counts[1], max(resident_bytes() - early, 0) if early else 0


def test_a_storm_of_clients(exact: Running) -> None:
    finished, left, growth = asyncio.run(storm(exact.url))
    assert finished > CLIENTS / 4
    assert left
    assert growth < GROWTH
    worker, ends = exact.state.worker, time.monotonic() + 20
    while worker.under_way or worker.engine.busy:
        assert time.monotonic() < ends, "requests stayed behind"
        time.sleep(0.05)
    assert worker.statistics.cache_used == 0
