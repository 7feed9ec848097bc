"""A conversation in the terminal with a model behind HTTP: what is asked, what is shown where, and what goes wrong."""

import io
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from openmimo.cli.main import run

Reply = tuple[int, Any]  # a status, and events or a body


class Server(ThreadingHTTPServer):
    """Says what a test wants said, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self, *replies: Reply):
        super().__init__(("127.0.0.1", 0), Call)
        self.replies, self.asked, self.keys = list(replies), list[Any](), list[str | None]()
        self.models: Reply = (200, {"data": [{"id": "mimo"}, {"id": "another"}]})
        self.url = f"http://127.0.0.1:{self.server_port}"


class Call(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self.answer(*self.server.models)

    def do_POST(self) -> None:
        self.server.asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.answer(*self.server.replies.pop(0))

    def answer(self, status: int, said: Any) -> None:
        self.server.keys.append(self.headers["authorization"])
        streamed = isinstance(said, list)
        self.send_response(status)
        self.send_header("Content-Type", "text/event-stream" if streamed else "application/json")
        self.end_headers()
        for event in said if streamed else []:
            self.wfile.write(f"data: {event if isinstance(event, str) else json.dumps(event)}\n\n".encode())
        if not streamed:
            self.wfile.write(said.encode() if isinstance(said, str) else json.dumps(said).encode())


def told(*deltas: dict[str, str]) -> Reply:
    """An answer in these pieces."""
    return 200, [*({"choices": [{"delta": delta}]} for delta in deltas), {"choices": [{"delta": {}, "finish_reason": "stop"}]}, "[DONE]"]


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(*replies: Reply) -> Server:
        servers.append(Server(*replies))
        threading.Thread(target=servers[-1].serve_forever, args=(0.01,), daemon=True).start()
        return servers[-1]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def talk(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Talk with a server: lines that are typed, and flags."""
    for name in ("OPENMIMO_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)

    def say(server: Server, typed: str, *flags: str) -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        return run(["chat", "--url", server.url, *flags])

    return say


def test_a_conversation_goes_on_and_starts_over(serve: Callable[..., Server], talk: Callable[..., int], capsys: Any) -> None:
    server = serve(told({"role": "assistant"}, {"content": "Hel"}, {"content": "lo."}), told({"content": "12"}), told({"content": "Hi."}))
    assert talk(server, "hello\n15% of 80?\n/new\nhi\n", "--system", "Be brief.") == 0
    shown = capsys.readouterr()
    assert shown.out == "Hello.\n12\nHi.\n"
    assert f"mimo at {server.url}/v1 is listening" in shown.err
    start = {"role": "system", "content": "Be brief."}
    assert server.asked[1]["messages"] == [
        start,
        {"role": "user", "content": "hello"},
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": "15% of 80?"},
    ]
    assert server.asked[2]["messages"] == [start, {"role": "user", "content": "hi"}]
    assert set(server.asked[0]) == {"model", "messages", "stream"}
    assert server.asked[0]["model"] == "mimo"


@pytest.mark.parametrize("field", ["reasoning", "reasoning_content", "content"])
def test_reasoning_goes_to_stderr_and_is_not_sent_back(
    serve: Callable[..., Server], talk: Callable[..., int], capsys: Any, field: str
) -> None:
    thought = [{"content": "<thi"}, {"content": "nk>15 * 80</think>"}] if field == "content" else [{field: "15 * "}, {field: "80"}]
    server = serve(told(*thought, {"content": "\n12"}), told({"content": "Yes."}))
    assert talk(server, "15% of 80?\nsure?\n") == 0
    shown = capsys.readouterr()
    assert shown.out == "12\nYes.\n"
    assert "15 * 80" in shown.err
    assert server.asked[1]["messages"][1] == {"role": "assistant", "content": "12"}


def test_only_what_is_said_is_wished(serve: Callable[..., Server], talk: Callable[..., int]) -> None:
    server = serve(told({"content": "a"}))
    flags = [
        "--model",
        "another",
        "--max-tokens",
        "7",
        "--temperature",
        "0",
        "--thinking-budget",
        "3",
        "--seed",
        "2",
        "--api-key",
        "sesame",
    ]
    assert talk(server, "hello\n", *flags) == 0
    (asked,) = server.asked
    wished = {"model": "another", "max_tokens": 7, "temperature": 0.0, "thinking_budget": 3, "seed": 2, "stream": True}
    assert {name: value for name, value in asked.items() if name != "messages"} == wished
    assert server.keys == ["Bearer sesame"]


def test_the_key_comes_from_the_environment_and_is_shown_nowhere(
    serve: Callable[..., Server], talk: Callable[..., int], capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve((401, {"error": {"message": "the key sesame is wrong"}}))
    monkeypatch.setenv("OPENMIMO_API_KEY", "sesame")
    assert talk(server, "hello\n") == 0
    assert server.keys == ["Bearer sesame"] * 2
    shown = capsys.readouterr()
    assert "401: the key *** is wrong" in shown.err
    assert "OPENMIMO_API_KEY" in shown.err
    assert "sesame" not in shown.out + shown.err


@pytest.mark.parametrize(
    "reply, message",
    [
        ((429, {"error": {"message": "come again"}}), "429: come again"),
        ((200, [{"error": {"message": "out of memory"}}]), "out of memory"),
        ((200, [{"choices": [{"delta": {"content": "hal"}}]}]), "ended before the answer did"),
        ((200, ["{"]), "not JSON"),
        ((200, "<html>"), "not JSON"),
    ],
)
def test_a_question_that_fails_is_taken_back(
    serve: Callable[..., Server], talk: Callable[..., int], capsys: Any, reply: Reply, message: str
) -> None:
    server = serve(reply, told({"content": "12"}))
    assert talk(server, "lost\n15% of 80?\n") == 0
    shown = capsys.readouterr()
    assert message in shown.err
    assert shown.out.endswith("12\n")
    assert server.asked[1]["messages"] == [{"role": "user", "content": "15% of 80?"}]


def test_a_server_that_does_not_stream_is_heard_as_well(serve: Callable[..., Server], talk: Callable[..., int], capsys: Any) -> None:
    whole = {"choices": [{"message": {"content": "12", "reasoning": "15 * 80"}, "finish_reason": "stop"}]}
    assert talk(serve((200, whole)), "15% of 80?\n") == 0
    assert capsys.readouterr().out == "12\n"


def test_what_cannot_be_is_said_at_once(serve: Callable[..., Server], talk: Callable[..., int], capsys: Any) -> None:
    server = serve()
    assert talk(server, "hello\n", "--int8") == 2
    server.models = (200, {"data": []})
    assert talk(server, "hello\n") == 2
    assert "--model" in capsys.readouterr().err
    assert run(["chat", "--url", "localhost:8000"]) == 2
    gone = serve()
    gone.shutdown()
    gone.server_close()
    assert talk(gone, "hello\n") == 1
    assert "refused" in capsys.readouterr().err


def test_a_model_of_this_machine_still_answers(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("What is 15% of 80?\n"))
    assert run(["chat"]) == 0
    shown = capsys.readouterr()
    assert shown.out == "12\n"
    assert "15 * 80" in shown.err
