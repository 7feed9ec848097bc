"""A real small server for the tests: over a socket, in threads, saying what a test wants it to say."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from openmimo.eval.endpoint.endpoint import Endpoint

JSON = Any


@dataclass(frozen=True)
class Seen:
    """What a request was."""

    path: str
    headers: dict[str, str]
    body: JSON


class Call(BaseHTTPRequestHandler):
    """One request, and the ways to answer it."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self.send(*self.server.models)

    def do_POST(self) -> None:
        self.body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.seen = self.server.enter(Seen(self.path, dict(self.headers), self.body))
        try:
            self.server.answer(self)
        finally:
            self.server.leave()

    def send(self, status: int, body: JSON, **headers: str) -> None:
        """A whole reply; bytes are sent as they are."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content_Type": "application/json", "Content_Length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def say(self, text: str, **more: JSON) -> None:
        """A whole answer to a chat or a text."""
        said = {"message": {"role": "assistant", "content": text}} if self.path.endswith("/chat/completions") else {"text": text}
        usage = {"prompt_tokens": 7, "completion_tokens": len(text)}
        self.send(200, {"choices": [{"index": 0, "finish_reason": "stop", **said, **more}], "usage": usage})

    def stream(self, *events: JSON) -> None:
        """Events of a stream that stays open: strings as they are, the rest as JSON."""
        if not getattr(self, "streaming", False):
            self.streaming = True
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream; charset=utf-8")
            self.send_header("Connection", "close")
            self.end_headers()
        for event in events:
            self.wfile.write(f"data: {event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)}\n\n".encode())
        self.wfile.flush()

    def drop(self) -> None:
        """Break the connection off."""
        self.close_connection = True

    def wait_for_the_other_side_to_hang_up(self) -> bool:
        """Whether it did, in the time that a test has."""
        self.connection.settimeout(60)
        with suppress(OSError):
            return self.connection.recv(1) == b""
        return False


class Server(ThreadingHTTPServer):
    """At `url`; `answer` is what a test does with a call, `calls` what has come, `most` how many at once."""

    daemon_threads = True
    request_queue_size = 64  # with fewer, the system lets a burst of connections wait a second

    def __init__(self, answer: Callable[[Call], object]):
        super().__init__(("127.0.0.1", 0), Call)
        self.answer = answer
        self.models: tuple[int, JSON] = (200, {"data": [{"id": "mimo"}, {"id": "another"}]})
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.calls: list[Seen] = []
        self.now = self.most = 0
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def enter(self, seen: Seen) -> int:
        with self.lock:
            self.calls.append(seen)
            self.now += 1
            self.most = max(self.most, self.now)
            return len(self.calls)

    def leave(self) -> None:
        with self.lock:
            self.now -= 1

    def handle_error(self, *_: object) -> None:
        pass  # a client that hangs up is what some tests are about

    def stop(self) -> None:
        self.shutdown()
        self.thread.join()
        self.server_close()


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENMIMO_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[Call], object]], Server]]:
    """Start servers, which end with the test."""
    servers: list[Server] = []

    def start(answer: Callable[[Call], object]) -> Server:
        servers.append(Server(answer))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


class Pauses:
    """Instead of sleeping: what would have been slept."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
def reach(pauses: Pauses) -> Iterator[Callable[..., Endpoint]]:
    """Endpoints of servers, which end with the test and never really sleep."""
    endpoints: list[Endpoint] = []

    def to(server: Server, **options: Any) -> Endpoint:
        endpoints.append(Endpoint(server.url, sleep=pauses, **options))
        return endpoints[-1]

    yield to
    for endpoint in endpoints:
        endpoint.close()


def until(true: Callable[[], bool]) -> None:
    """Wait until it is so; a test fails that waits for long."""
    limit = time.monotonic() + 60
    while not true():
        assert time.monotonic() < limit, "it never came about"
        time.sleep(0.002)
