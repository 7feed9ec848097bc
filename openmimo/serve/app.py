"""The app: the routes, the gate before them, and the model that is loaded while the server already answers.

Read `routes/chat.py` next, and `turn.py` for what it stands on.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from openmimo import __version__
from openmimo.engine.engine import TorchEngine
from openmimo.engine.load import Loaded
from openmimo.serve.advice import advised
from openmimo.serve.config import ServeConfig
from openmimo.serve.errors import handle_errors
from openmimo.serve.gate import Gate
from openmimo.serve.metrics import Metrics
from openmimo.serve.routes import chat, completions, models, ollama, operation, page, responses, run_code, tokens
from openmimo.serve.served import Served
from openmimo.serve.state import State
from openmimo.serve.worker import EngineWorker

Loading = Callable[[], tuple[Loaded, TorchEngine]]
"""Loads the model and makes its engine; called in a thread."""


def make_app(name: str, load: Loading, config: ServeConfig) -> tuple[ASGIApp, State]:
    """The app that serves a model under a name, and its state. The model is loaded once the app has started."""
    state = State(name, config, Metrics(lambda: state.worker.statistics if state.worker else None))

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        loading = asyncio.create_task(_load(state, load))
        try:
            yield
        finally:
            loading.cancel()
            if state.worker:
                await state.worker.stop()

    app = FastAPI(title="OpenMiMo", version=__version__, lifespan=life, docs_url=None, redoc_url=None)
    app.state.openmimo = state
    for part in (chat, completions, responses, models, tokens, ollama, operation, page):
        app.include_router(part.router)
    app.include_router(run_code.router if config.run else run_code.refusing)
    handle_errors(app)
    outer: ASGIApp = Gate(app, config, state.metrics)
    if config.origins:
        outer = CORSMiddleware(outer, allow_origins=list(config.origins), allow_methods=["GET", "POST"], allow_headers=["*"])
    return outer, state


async def _load(state: State, load: Loading) -> None:
    """Load the model beside the loop; what goes wrong ends the server, for there is nothing to serve."""
    try:
        loaded, engine = await asyncio.to_thread(load)
    except Exception as error:
        state.failed(error)
        return
    cache = engine.pool.blocks * engine.pool.size
    room = min(loaded.model.config.max_position_embeddings, cache)
    state.worker = EngineWorker(engine, state.config.queue)
    state.worker.start()
    state.served = Served(state.name, loaded, int(time.time()), room, advised(loaded.path))
    state.loaded.set()
