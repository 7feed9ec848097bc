"""A server that answers from a script, behind the real page and the real sandbox route.

What is asked names its script: a list of steps. At a gate an answer waits until the test
opens it, so that nothing depends on how fast a machine is.
"""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from openmimo.serve.errors import ApiError, body_of, handle_errors
from openmimo.serve.routes import page, run_code

Step = tuple[str, Any]
MODELS = ("fake", "fake-nothink", "plain")
POLL = 0.005  # seconds between looks at a gate


@dataclass
class Fake:
    """The server's script, and what it has seen. `key` is the API key that it wants, if any."""

    scripts: dict[str, Sequence[Step]] = field(default_factory=dict)
    models: Sequence[str] = MODELS
    key: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    left: int = 0  # clients that went away before the end
    url: str = ""
    opened: set[str] = field(default_factory=set)

    def reset(self) -> None:
        """Forget all that a test has done."""
        self.__init__(url=self.url)  # type: ignore[misc]

    def open(self, gate: str) -> None:
        """Let answers pass a gate."""
        self.opened.add(gate)

    def app(self) -> FastAPI:
        """The app."""
        app = FastAPI()
        app.include_router(page.router)
        app.include_router(run_code.router)
        handle_errors(app)

        @app.get("/v1/models")
        async def models(request: Request) -> Response:
            self._admit(request)
            return JSONResponse({"object": "list", "data": [{"id": name, "object": "model"} for name in self.models]})

        @app.post("/v1/chat/completions")
        async def chat(request: Request) -> Response:
            self._admit(request)
            body = await request.json()
            self.asked.append(body)
            steps = self.scripts[body["messages"][-1]["content"]]
            if steps[0][0] == "refuse":
                raise steps[0][1]
            return StreamingResponse(self._stream(steps), media_type="text/event-stream")

        return app

    def _admit(self, request: Request) -> None:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.keys.append(given)
        if given != self.key:
            raise ApiError(401, "a key is needed", "invalid_api_key")

    async def _stream(self, steps: Sequence[Step]) -> AsyncIterator[bytes]:
        ended = False
        try:
            yield _chunk({"role": "assistant", "content": ""})
            for kind, value in steps:
                if kind == "gate":
                    while value not in self.opened:
                        await asyncio.sleep(POLL)
                elif kind == "reasoning":
                    yield _chunk({"reasoning": value, "reasoning_content": value})
                elif kind == "content":
                    yield _chunk({"content": value})
                elif kind == "call":
                    yield _chunk({"tool_calls": [value]})
                elif kind == "error":
                    yield _event(body_of(ApiError(500, value)))
                    ended = True
                    return
                elif kind == "drop":
                    ended = True
                    return
            reason = next((value for kind, value in steps if kind == "finish"), "stop")
            yield _chunk({}, reason)
            thought = sum(kind == "reasoning" for kind, _ in steps)
            said = sum(kind in ("reasoning", "content") for kind, _ in steps)
            usage = {"prompt_tokens": 5, "completion_tokens": said, "total_tokens": 5 + said}
            yield _event({"choices": [], "usage": {**usage, "completion_tokens_details": {"reasoning_tokens": thought}}})
            yield b"data: [DONE]\n\n"
            ended = True
        finally:
            self.left += not ended


def words(kind: str, text: str) -> list[Step]:
    """A text as steps of a few letters, so that every mark is cut somewhere."""
    return [(kind, text[at : at + 3]) for at in range(0, len(text), 3)]


def _chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
    return _event({"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})


def _event(data: Any) -> bytes:
    return f"data: {json.dumps(data)}\n\n".encode()


class Running:
    """A fake server in a thread, on a port of its own."""

    def __init__(self, fake: Fake):
        self._server = uvicorn.Server(
            uvicorn.Config(fake.app(), host="127.0.0.1", port=0, log_level="warning", timeout_graceful_shutdown=1)
        )
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        ends = time.monotonic() + 60
        while not self._server.started:
            assert time.monotonic() < ends, "the fake server does not start"
            time.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        fake.url = f"http://127.0.0.1:{port}/"

    def close(self) -> None:
        """End it."""
        self._server.should_exit = True
        self._thread.join(10)
