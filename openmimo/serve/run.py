"""A server as a process: bound to its address, stopped by SIGTERM once its answers have ended, weights anew on SIGHUP."""

import asyncio
import signal
import socket
import sys

import uvicorn

from openmimo.core.errors import InputError, OpenMimoError
from openmimo.serve.app import Loading, make_app
from openmimo.serve.config import ServeConfig
from openmimo.serve.reload import reload
from openmimo.serve.state import State


def run(name: str, load: Loading, config: ServeConfig) -> int:
    """Serve until stopped; raises what loading raises, and `InputError` for an address that cannot be had."""
    taken = _bound(config)
    app, state = make_app(name, load, config)
    settings = uvicorn.Config(
        app, lifespan="on", log_level="warning", access_log=False, timeout_graceful_shutdown=round(config.drain) or None
    )
    server = uvicorn.Server(settings)
    state.on_failure = lambda: setattr(server, "should_exit", True)
    # uvicorn raises the signal once more after the last answer, for whoever had it before; there is nothing left to do then.
    signal.signal(signal.SIGTERM, lambda *_: None)
    host, port = taken.getsockname()[:2]
    print(f"openmimo serve: {name} at http://{host}:{port} (loading)", file=sys.stderr, flush=True)
    asyncio.run(_serve(server, taken, state, f"http://{host}:{port}"))
    if isinstance(state.failure, OpenMimoError):
        raise state.failure
    return 1 if state.failure else 0


async def _serve(server: uvicorn.Server, taken: socket.socket, state: State, address: str) -> None:
    loop = asyncio.get_running_loop()
    pending: set[asyncio.Task[None]] = set()

    def renew() -> None:
        task = asyncio.create_task(_renew(state))
        pending.add(task)
        task.add_done_callback(pending.discard)

    if hasattr(signal, "SIGHUP"):
        loop.add_signal_handler(signal.SIGHUP, renew)
    announcing = asyncio.create_task(_announce(state, address))
    await server.serve([taken])
    announcing.cancel()


async def _announce(state: State, address: str) -> None:
    await state.loaded.wait()
    print(f"openmimo serve: ready; chat at {address}/, clients at {address}/v1", file=sys.stderr, flush=True)


async def _renew(state: State) -> None:
    try:
        version = await reload(state)
        print(f"openmimo serve: weights loaded again ({version})", file=sys.stderr, flush=True)
    except Exception as error:
        print(f"openmimo serve: the old weights stay: {error}", file=sys.stderr, flush=True)


def _bound(config: ServeConfig) -> socket.socket:
    """A socket at the address, taken before anything is loaded, so that a port in use is told at once."""
    try:
        family = socket.getaddrinfo(config.host, config.port, type=socket.SOCK_STREAM)[0][0]
        taken = socket.socket(family, socket.SOCK_STREAM)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((config.host, config.port))
    except OSError as error:
        raise InputError(
            f"{config.host}:{config.port} cannot be listened at: {error.strerror}", "choose another --port or --host"
        ) from None
    return taken
