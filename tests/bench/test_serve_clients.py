"""The clients of the benchmark of serving: what they send, how they time and count, how many there are, and what they refuse."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from openmimo.bench.clients import Answer, Chat, _Heard, closed_loop
from openmimo.core.errors import OpenMimoError

PAUSE = 0.05
USAGE = {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3}}
END = {"choices": [{"delta": {}, "finish_reason": "length"}]}
HELLO = Chat(({"role": "user", "content": "hello"},), 3)


def piece(**delta: str) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": None}], "usage": None}


class Call(BaseHTTPRequestHandler):
    """One request; a test says how it is answered."""

    protocol_version = "HTTP/1.1"
    server: "Fake"

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        self.body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append((self.path, self.body))
        self.server.answer(self)
        self.close_connection = True

    def begin(self, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()

    def say(self, *events: Any) -> None:
        for event in events:
            self.wfile.write(b"data: " + (event if isinstance(event, bytes) else json.dumps(event).encode()) + b"\n\n")


class Fake(ThreadingHTTPServer):
    """A server of one kind of answer."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, answer: Callable[[Call], object]):
        super().__init__(("127.0.0.1", 0), Call)
        self.answer, self.url = answer, f"http://127.0.0.1:{self.server_port}/v1"
        self.asked: list[tuple[str, Any]] = []

    def handle_error(self, *_: object) -> None:
        pass  # clients hang up where something failed


@pytest.fixture
def fake() -> Iterator[Callable[[Callable[[Call], object]], Fake]]:
    """Start servers, which end with the test."""
    servers: list[Fake] = []

    def start(answer: Callable[[Call], object]) -> Fake:
        servers.append(Fake(answer))
        threading.Thread(target=servers[-1].serve_forever, args=(0.01,), daemon=True).start()
        return servers[-1]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_an_answer_is_timed_from_the_request_to_its_first_text_and_to_its_end(
    fake: Callable[..., Fake], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # where nobody listens

    def answer(call: Call) -> None:
        call.begin()
        call.say(piece(role="assistant", content=""))
        time.sleep(PAUSE)
        call.say(piece(content="Hé"))
        time.sleep(PAUSE)
        call.say(piece(content="!"))
        time.sleep(2 * PAUSE)  # a token without a text
        call.say(END, USAGE, b"[DONE]")

    server = fake(answer)
    (heard,) = closed_loop(server.url, "small", [HELLO], 1, {"ignore_eos": True})
    assert heard.to_first >= PAUSE
    assert heard.first <= heard.ended
    assert heard.ended - heard.asked >= 4 * PAUSE
    assert (heard.prompt, heard.tokens) == (7, 3)
    ((path, body),) = server.asked
    assert path == "/v1/chat/completions"
    assert body == {
        "model": "small",
        "messages": [{"role": "user", "content": "hello"}],
        "max_tokens": 3,
        "temperature": 0,
        "stream": True,
        "stream_options": {"include_usage": True},
        "ignore_eos": True,
    }


@pytest.mark.parametrize("name", ["content", "reasoning_content", "reasoning"])
def test_any_text_is_the_first_and_the_reason_is_the_end(name: str) -> None:
    heard = _Heard(1.0)
    events = [piece(role="assistant", content=""), piece(**{name: "so"}), piece(content="12"), END, USAGE]
    for now, event in zip((2.0, 4.0, 8.0, 16.0, 32.0), events, strict=True):
        heard.take(event, now)
    assert heard.answer() == Answer(1.0, 4.0, 16.0, 7, 3)
    assert (heard.answer().to_first, heard.answer().between) == (3.0, 6.0)


def test_events_may_come_in_any_pieces(fake: Callable[..., Fake]) -> None:
    def answer(call: Call) -> None:
        call.begin()
        stream = "".join(f"data: {json.dumps(event, ensure_ascii=False)}\r\n\r\n" for event in (piece(content="é日"), END, USAGE))
        for byte in stream.encode():
            call.wfile.write(bytes([byte]))

    (heard,) = closed_loop(fake(answer).url, "small", [HELLO], 1)
    assert (heard.prompt, heard.tokens) == (7, 3)


def test_so_many_clients_are_under_way_and_each_waits_for_its_answer(fake: Callable[..., Fake]) -> None:
    together, lock = threading.Barrier(3, timeout=30), threading.Lock()
    now = most = 0

    def answer(call: Call) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        together.wait()  # fewer than three never come past it
        with lock:
            now -= 1
        call.begin()
        tokens = call.body["max_tokens"]
        call.say(piece(content="x"), END, {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": tokens}})

    server = fake(answer)
    asked = [Chat(({"role": "user", "content": str(tokens)},), tokens) for tokens in range(2, 11)]
    heard = closed_loop(server.url, "small", asked, 3)
    assert [answer.tokens for answer in heard] == list(range(2, 11))
    assert most == 3
    assert sorted(body["max_tokens"] for _, body in server.asked) == list(range(2, 11))
    ends = sorted(answer.ended for answer in heard)
    assert all(answer.asked >= ends[0] for answer in sorted(heard, key=lambda answer: answer.asked)[3:])


def refusal(call: Call) -> None:
    body = b'{"error": {"message": "no such model"}}'
    call.send_response(404)
    call.send_header("Content-Length", str(len(body)))
    call.end_headers()
    call.wfile.write(body)


def failing(call: Call) -> None:
    call.begin()
    call.say(piece(content="x"), {"error": {"message": "out of memory"}})


def broken_off(call: Call) -> None:
    call.begin()
    call.say(piece(content="x"), USAGE)


def silent(call: Call) -> None:
    call.begin()
    call.say(END, USAGE)


def uncounted(call: Call) -> None:
    call.begin()
    call.say(piece(content="x"), END)


def no_json(call: Call) -> None:
    call.begin()
    call.say(b"hello")


@pytest.mark.parametrize(
    "answer, cause",
    [
        (refusal, "404.*no such model"),
        (failing, "out of memory"),
        (broken_off, "before the answer did"),
        (silent, "without a text"),
        (uncounted, "how many tokens"),
        (no_json, "not JSON.*hello"),
    ],
)
def test_an_answer_that_is_none_ends_the_load(fake: Callable[..., Fake], answer: Callable[[Call], None], cause: str) -> None:
    with pytest.raises(OpenMimoError, match=cause):
        closed_loop(fake(answer).url, "small", [HELLO] * 4, 2)


def test_a_server_that_hangs_or_is_not_there_ends_the_load(fake: Callable[..., Fake]) -> None:
    released = threading.Event()
    server = fake(lambda call: released.wait(30))
    with pytest.raises(OpenMimoError, match="ReadTimeout"):
        closed_loop(server.url, "small", [HELLO], 1, silence=0.2)
    released.set()
    with pytest.raises(OpenMimoError, match="ConnectError"):
        closed_loop("http://127.0.0.1:9/v1", "small", [HELLO], 1)


def test_an_answer_of_one_token_has_nothing_between() -> None:
    assert Answer(1.0, 2.0, 2.0, 5, 1).between == 0.0
