"""The servers of the benchmark of serving: ready, asleep but while they are asked, and gone in the end; what fails is told.

The server here is a small one of the test's own, started as the real ones are.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from openmimo.bench import peers, servers
from openmimo.bench.clients import Chat
from openmimo.core.errors import InputError, OpenMimoError

SERVER = """
import json, os, subprocess, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
asleep = lambda pid: subprocess.check_output(["ps", "-o", "state=", "-p", str(pid)]).strip().startswith(b"T")

class Call(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        found = self.path in ("/ready", "/v1/models")
        self.send_response(200 if found else 404)
        self.end_headers()
        self.wfile.write(json.dumps({"data": [{"id": f"small of {sys.argv[2]}"}, {"id": "another"}]}).encode())

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if body["max_tokens"] == 13:
            print("what an unlucky number", flush=True)
            os._exit(1)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        text = f"{child.pid} {body['model']} {body['top_k']} {os.environ['OMP_NUM_THREADS']} {asleep(child.pid)}"
        print(text, flush=True)
        usage = {"prompt_tokens": 1, "completion_tokens": body["max_tokens"]}
        for event in ({"choices": [{"delta": {"content": text}, "finish_reason": "length"}]}, {"choices": [], "usage": usage}):
            self.wfile.write(f"data: {json.dumps(event)}\\n\\n".encode())

if sys.argv[2] == "broken":
    sys.exit("no such model: broken")
HTTPServer(("127.0.0.1", int(sys.argv[1])), Call).serve_forever()
"""


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The small server stands where the real ones would."""
    script = tmp_path / "server.py"
    script.write_text(SERVER, encoding="utf-8")

    def program(name: str, folder: Path, port: int) -> servers.Program:
        return servers.Program([sys.executable, script, str(port), folder.name], "/ready", {"top_k": 5})

    monkeypatch.setattr(servers, "program", program)


def state(pid: int) -> str:
    """One letter of ps: T for a process that is stopped; nothing for one that is not there, or only its end is."""
    done = subprocess.run(["ps", "-o", "state=", "-p", str(pid)], capture_output=True, text=True)
    return done.stdout.strip()[:1].replace("Z", "")


def until(true: Callable[[], bool]) -> None:
    """Wait until it is so; a test fails that waits for long."""
    limit = time.monotonic() + 60
    while not true():
        assert time.monotonic() < limit, "it never came about"
        time.sleep(0.01)


def chats(*tokens: int) -> list[Chat]:
    return [Chat(({"role": "user", "content": "hello"},), count) for count in tokens]


@pytest.mark.usefixtures("small")
def test_a_server_is_awake_only_while_it_is_asked_and_ends_with_the_block(tmp_path: Path) -> None:
    with servers.server("ours", tmp_path / "model", 3) as server:
        pid = server._process.pid
        until(lambda: state(pid) == "T")
        heard = server.answers(chats(5, 6), 1)
        assert [answer.tokens for answer in heard] == [5, 6]
        first, *_ = server._log.read_text(encoding="utf-8").splitlines()
        child, said = first.split(" ", 1)
        assert said == "small of model 5 3 False"
        until(lambda: state(pid) == state(int(child)) == "T")
        assert [answer.tokens for answer in server.answers(chats(7), 1)] == [7]
    until(lambda: state(pid) == state(int(child)) == "")
    assert not server._log.exists()


def test_a_benchmark_that_is_killed_leaves_no_server_asleep(tmp_path: Path) -> None:
    (tmp_path / "server.py").write_text(SERVER, encoding="utf-8")
    code = f"""
import pathlib, sys
from openmimo.bench import servers
servers.program = lambda name, folder, port: servers.Program([sys.executable, {str(tmp_path / "server.py")!r}, str(port), "model"], "/ready", {{}})
with servers.server("ours", pathlib.Path("."), 1) as server:
    print(server._process.pid, flush=True)
    input()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as benchmark:
        assert benchmark.stdout
        pid = int(benchmark.stdout.readline())
        until(lambda: state(pid) == "T")
        benchmark.kill()
    until(lambda: state(pid) == "")


@pytest.mark.usefixtures("small")
def test_a_server_that_cannot_start_is_told_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(OpenMimoError, match="ours has ended with 1") as failed, servers.server("ours", tmp_path / "broken", 1):
        pass
    assert "no such model: broken" in str(failed.value.fix)


@pytest.mark.usefixtures("small")
def test_a_server_that_dies_is_told_with_its_last_words(tmp_path: Path) -> None:
    with servers.server("vllm", tmp_path / "model", 1) as server:
        with pytest.raises(OpenMimoError, match="vllm did not answer") as failed:
            server.answers(chats(5, 13), 1)
        assert "unlucky" in str(failed.value.fix)


def test_a_server_that_never_becomes_ready_is_not_waited_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "READY", 0.5)
    monkeypatch.setattr(servers, "program", lambda *_: servers.Program([sys.executable, "-c", "import time; time.sleep(60)"], "/", {}))
    with pytest.raises(OpenMimoError, match="not ready after"), servers.server("ours", tmp_path, 1):
        pass


def test_neither_a_key_nor_a_path_into_our_environment_reaches_a_peer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("PYTHONPATH", "OPENMIMO_API_KEY", "VLLM_API_KEY", "HF_HUB_OFFLINE")
    for name in names[:3]:
        monkeypatch.setenv(name, "set")
    said = {}
    for name in ("ours", "vllm"):
        code = f"import os; print('told', [os.environ.get(name) for name in {names}])"
        monkeypatch.setattr(servers, "program", lambda *_, code=code: servers.Program([sys.executable, "-c", code], "/", {}))
        with pytest.raises(OpenMimoError, match="has ended with 0") as failed, servers.server(name, tmp_path, 1):
            pass
        said[name] = str(failed.value.fix).partition("told ")[2].strip()
    assert said == {"ours": "['set', None, None, '1']", "vllm": "[None, None, None, '1']"}


def test_a_peer_that_is_not_installed_is_told_with_the_way_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "ROOT", tmp_path)
    with pytest.raises(InputError, match="make peers"), servers.server("vllm", tmp_path, 1):
        pass
