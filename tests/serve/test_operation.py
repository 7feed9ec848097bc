"""Running a server: keys, limits, a full queue, clients that leave, counters, new weights, and the end."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from safetensors.torch import load_file, save_file

from openmimo.engine.config import EngineConfig
from openmimo.engine.load import Loaded, load
from openmimo.serve.config import ServeConfig
from tests.serve.conftest import Running, serving

LONG = {
    "model": "nano",
    "messages": [{"role": "user", "content": "What is 15% of 80?"}],
    "max_tokens": 900,
    "temperature": 0,
    "ignore_eos": True,
}
SHORT = {**LONG, "max_tokens": 4}
Start = Callable[..., Running]


def error_of(answer: httpx.Response) -> dict:
    assert set(answer.json()) == {"error"}
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}
    return answer.json()["error"]


def until(what: Callable[[], bool], seconds: float = 20.0) -> None:
    ends = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.02)


def test_every_route_but_health_needs_a_key(serve: Start) -> None:
    url = serve(ServeConfig(keys=("one", "two"))).url
    for path in ("/health", "/ready"):
        assert httpx.get(url + path).status_code == 200
    for path in ("/v1/models", "/metrics", "/openapi.json"):
        refused = httpx.get(url + path)
        assert (refused.status_code, error_of(refused)["type"]) == (401, "authentication_error")
        for headers in ({"Authorization": "Bearer two"}, {"X-API-Key": "one"}):
            assert httpx.get(url + path, headers=headers).status_code == 200
        assert httpx.get(url + path, headers={"Authorization": "Bearer onetwo"}).status_code == 401
    assert httpx.post(f"{url}/v1/chat/completions", json=SHORT).status_code == 401
    assert httpx.post(f"{url}/reload").status_code == 401


def test_a_body_has_its_limit_however_it_comes(serve: Start) -> None:
    url = serve(ServeConfig(body=2000)).url
    large = json.dumps({**SHORT, "user": "x" * 3000}).encode()
    for content in (large, iter([large[:1500], large[1500:]])):
        refused = httpx.post(f"{url}/v1/chat/completions", content=content, headers={"Content-Type": "application/json"})
        assert (refused.status_code, error_of(refused)["code"]) == (413, "body_too_large")
    assert httpx.post(f"{url}/v1/chat/completions", json=SHORT).status_code == 200


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"messages": 3}', b"\xff\xfe"])
def test_a_body_that_is_no_request_is_a_400(server: Running, content: bytes) -> None:
    refused = httpx.post(f"{server.url}/v1/chat/completions", content=content, headers={"Content-Type": "application/json"})
    assert refused.status_code == 400
    error_of(refused)


def test_a_name_of_somebody_elses_is_refused(server: Running, serve: Start) -> None:
    """What a page can do that has its own name resolved to this machine."""

    def status(url: str, host: str) -> int:
        return httpx.get(f"{url}/v1/models", headers={"Host": host, "Authorization": "Bearer one"}).status_code

    assert [status(server.url, host) for host in ("localhost:8000", "127.0.0.1", "[::1]:8000", "192.168.1.5")] == [200] * 4
    assert [status(server.url, host) for host in ("evil.example", "localhost.evil.example:8000", "")] == [421] * 3
    assert status(serve(ServeConfig(keys=("one",))).url, "evil.example") == 200
    named = serve(ServeConfig(origins=("https://chat.example.org",))).url
    assert [status(named, host) for host in ("chat.example.org", "evil.example")] == [200, 421]


def test_programs_run_only_where_they_may(server: Running, serve: Start) -> None:
    ran = httpx.post(f"{server.url}/page/run", json={"code": "print(6 * 7)"}, timeout=60)
    assert (ran.status_code, ran.json()["stdout"]) == (200, "42\n")
    refused = httpx.post(f"{serve(ServeConfig(run=False)).url}/page/run", json={"code": "print(6 * 7)"})
    assert (refused.status_code, error_of(refused)["code"]) == (403, "not_run")


def test_paths_and_methods_there_are_not(server: Running) -> None:
    assert error_of(httpx.get(f"{server.url}/v1/none"))["type"] == "not_found_error"
    assert httpx.get(f"{server.url}/v1/chat/completions").status_code == 405


def test_a_full_queue_says_when_to_come_again(serve: Start) -> None:
    running = serve(ServeConfig(queue=1), EngineConfig(cache_tokens=4096, rows=1))
    threads = [
        threading.Thread(target=httpx.post, args=(f"{running.url}/v1/chat/completions",), kwargs={"json": LONG, "timeout": 60})
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    until(lambda: running.state.worker.under_way == 2)
    refused = httpx.post(f"{running.url}/v1/chat/completions", json=SHORT)
    assert (refused.status_code, error_of(refused)["type"]) == (429, "rate_limit_error")
    assert int(refused.headers["Retry-After"]) >= 1
    for thread in threads:
        thread.join()
    assert httpx.post(f"{running.url}/v1/chat/completions", json=SHORT, timeout=60).status_code == 200


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_leaves_frees_its_place(server: Running, stream: bool) -> None:
    worker = server.state.worker
    with (
        httpx.Client(timeout=60) as client,
        pytest.raises(httpx.ReadTimeout) if not stream else _nothing(),
        client.stream(
            "POST", f"{server.url}/v1/chat/completions", json={**LONG, "stream": stream}, timeout=60 if stream else 0.3
        ) as answer,
    ):
        next(answer.iter_lines())
    left = worker.statistics.tokens
    until(lambda: worker.under_way == 0 and not worker.engine.busy, 5)
    assert worker.statistics.tokens - left < 500  # of the 900 it was asked for


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def test_an_answer_has_its_time(serve: Start) -> None:
    url = serve(ServeConfig(seconds=0.3)).url
    late = httpx.post(f"{url}/v1/chat/completions", json=LONG, timeout=60)
    assert (late.status_code, error_of(late)["code"]) == (504, "timeout")
    with httpx.stream("POST", f"{url}/v1/chat/completions", json={**LONG, "stream": True}, timeout=60) as answer:
        last = [line for line in answer.iter_lines() if line][-1]
    assert json.loads(last.removeprefix("data: "))["error"]["code"] == "timeout"


def test_requests_have_ids_and_a_log_without_what_was_asked(nano: Loaded, capfd: pytest.CaptureFixture[str]) -> None:
    with serving(nano) as running:
        answer = httpx.post(f"{running.url}/v1/chat/completions", json=SHORT, headers={"X-Request-Id": "mine-1"})
        assert answer.headers["x-request-id"] == "mine-1"
        odd = httpx.get(f"{running.url}/health", headers={"X-Request-Id": "a b\tc"})
        assert odd.headers["x-request-id"] != "a b\tc"
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    mine = next(line for line in lines if line["id"] == "mine-1")
    assert (mine["method"], mine["path"], mine["status"]) == ("POST", "/v1/chat/completions", 200)
    assert "prompt" not in mine


def test_counters(serve: Start) -> None:
    url = serve().url
    done = httpx.post(f"{url}/v1/chat/completions", json=SHORT).json()["usage"]
    text = httpx.get(f"{url}/metrics").text
    numbers = {line.split(" ")[0]: float(line.split(" ")[1]) for line in text.splitlines() if not line.startswith("#")}
    assert numbers["openmimo_prompt_tokens_total"] == done["prompt_tokens"]
    assert numbers["openmimo_completion_tokens_total"] == done["completion_tokens"] == 4
    assert numbers["openmimo_requests_running"] == numbers["openmimo_requests_waiting"] == numbers["openmimo_cache_used_share"] == 0
    assert numbers["openmimo_time_to_first_token_seconds_count"] == 1
    assert numbers['openmimo_requests_total{route="/v1/chat/completions",status="200"}'] == 1


def test_weights_are_taken_anew(tmp_path: Path, nano: Loaded) -> None:
    folder = tmp_path / "model"
    shutil.copytree(nano.path, folder)
    weights = load_file(folder / "model.safetensors")

    def logprobs() -> dict:
        asked = {**SHORT, "model": "model-nothink", "max_tokens": 24, "logprobs": True}
        return httpx.post(f"{running.url}/v1/chat/completions", json=asked).json()["choices"][0]["logprobs"]

    def put(name: str) -> None:
        """In one piece, for the old file is still mapped."""
        (folder / name).replace(folder / "model.safetensors")

    with serving(load(str(folder)), name="model") as running:
        assert (before := logprobs())["content"]
        save_file({**weights, "lm_head.weight": weights["lm_head.weight"] / 2}, folder / "new")
        put("new")
        assert httpx.post(f"{running.url}/reload").json() == {"version": 1}
        after = logprobs()
        assert after != before
        (folder / "broken").write_bytes(b"broken")
        put("broken")
        assert httpx.post(f"{running.url}/reload").status_code >= 400
        assert logprobs() == after


def test_tokens_there_and_back(server: Running, nano: Loaded) -> None:
    text = "What is 15% of 80? ü 日"
    told = httpx.post(f"{server.url}/tokenize", json={"prompt": text}).json()
    assert told["tokens"] == nano.tokenizer.encode(text, special=True)
    assert told["count"] == len(told["tokens"])
    assert httpx.post(f"{server.url}/detokenize", json={"tokens": told["tokens"]}).json() == {"prompt": text}
    assert httpx.post(f"{server.url}/detokenize", json={"tokens": [10**6]}).status_code == 400
    info = httpx.get(f"{server.url}/tokenizer_info").json()
    assert nano.tokenizer.id_of(info["eos_token"]) in nano.stop_ids
    assert info["chat_template"] == nano.template.source


def test_a_process_drains_when_it_is_told_to_end(tmp_path: Path) -> None:
    """The command itself: it takes a free port, says it is ready, ends an answer under way before it goes, and goes with 0."""
    log = (tmp_path / "log").open("w+")
    process = subprocess.Popen([sys.executable, "-m", "openmimo", "serve", "--port", "0", "--draft", "off"], stderr=log, env=os.environ)
    try:
        said = lambda: (tmp_path / "log").read_text()  # noqa: E731
        until(lambda: "ready" in said(), 60)
        url = said().split("clients at ")[1].split("/v1")[0].strip()
        with httpx.stream("POST", f"{url}/v1/chat/completions", json={**LONG, "max_tokens": 200, "stream": True}, timeout=60) as answer:
            lines = answer.iter_lines()
            next(lines)
            process.send_signal(signal.SIGTERM)
            assert [line for line in lines if line][-1] == "data: [DONE]"
        assert process.wait(30) == 0
    finally:
        process.kill()
        log.close()


def test_a_port_in_use_is_told_at_once(server: Running) -> None:
    port = server.url.rpartition(":")[2]
    done = subprocess.run([sys.executable, "-m", "openmimo", "serve", "--port", port], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "choose another --port" in done.stderr
