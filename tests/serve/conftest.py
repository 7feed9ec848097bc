"""A real server on a loopback port, in a thread of the tests."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest
import uvicorn

from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.load import Loaded, load
from openmimo.serve.app import make_app
from openmimo.serve.config import ServeConfig
from openmimo.serve.state import State


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    url: str
    state: State


@pytest.fixture(scope="session")
def nano() -> Loaded:
    return load("nano")


@contextmanager
def serving(loaded: Loaded, config: ServeConfig | None = None, engine: EngineConfig | None = None, name: str = "nano") -> Iterator[Running]:
    """A server with this model until the block ends."""
    config = config or ServeConfig(port=0)
    app, state = make_app(name, lambda: (loaded, TorchEngine(loaded.model, engine or EngineConfig(cache_tokens=16_384))), config)
    server = uvicorn.Server(uvicorn.Config(app, lifespan="on", log_level="warning", access_log=False))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([taken])), daemon=True)
        thread.start()
        try:
            while not state.ready:
                assert state.failure is None, state.failure
                assert thread.is_alive()
                threading.Event().wait(0.05)
            yield Running(f"http://127.0.0.1:{taken.getsockname()[1]}", state)
        finally:
            server.should_exit = True
            thread.join(30)


@pytest.fixture(scope="session")
def server(nano: Loaded) -> Iterator[Running]:
    """One server for all tests that change nothing about it."""
    with serving(nano) as running:
        yield running


@pytest.fixture
def serve(nano: Loaded) -> Iterator[Callable[..., Running]]:
    """A function that starts a server with settings of its own, for one test."""
    with ExitStack() as stack:
        yield lambda config=None, engine=None: stack.enter_context(serving(nano, config, engine))
