"""Programs of the chat page in the sandbox, over HTTP: what they print, what they may not, and how many."""

import asyncio
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from openmimo.serve.errors import ApiError, handle_errors
from openmimo.serve.routes import run_code
from openmimo.serve.routes.run_code import CodeRunner
from openmimo.verify.judge import slot
from openmimo.verify.sandbox.sandbox import Limits, NoSandbox


def app() -> FastAPI:
    made = FastAPI()
    made.include_router(run_code.router)
    handle_errors(made)
    return made


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(app()) as made:
        yield made


def ran(client: TestClient, code: str) -> dict[str, object]:
    answer = client.post("/page/run", json={"code": code})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_program_prints(client: TestClient) -> None:
    found = ran(client, "import sys\nprint('größe', 6 * 7)\nprint('no', file=sys.stderr)\nsys.exit(3)")
    assert 0 < found.pop("seconds") < 10
    assert found == {"stdout": "größe 42\n", "stderr": "no\n", "exit": 3, "truncated": False, "timed_out": False}


@pytest.mark.parametrize(
    "code, exit_code, said",
    [
        ("1 / 0", 1, 'Traceback (most recent call last):\n  File "<program>", line 1, in <module>\nZeroDivisionError: division by zero\n'),
        ("1 +", 1, '  File "<program>", line 1\n    1 +\n       ^\nSyntaxError: invalid syntax\n'),
        ("x = bytearray(1 << 31)", 1, "MemoryError: over 512 MiB\n"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", None, "ended by SIGSEGV\n"),
        ("raise SystemExit('bye')", 1, "bye\n"),
        ("print(1)\0print(2)", 1, None),
        ("", 0, ""),
    ],
)
def test_how_a_program_ends(client: TestClient, code: str, exit_code: int | None, said: str | None) -> None:
    found = ran(client, code)
    assert found["exit"] == exit_code
    assert found["stdout"] == ""
    assert found["stderr"] == said if said is not None else "null bytes" in str(found["stderr"])


def test_nothing_of_the_server_is_in_a_traceback(client: TestClient) -> None:
    said = str(ran(client, "def f(): raise ValueError('x')\ntry: f()\nexcept ValueError: raise KeyError('y')")["stderr"])
    assert "inside.py" not in said
    assert said.count("<program>") == 3


def test_a_program_has_no_files_no_network_and_nothing_to_read(client: TestClient) -> None:
    tries = ["open('/etc/passwd')", "open('/tmp/x', 'w')", "__import__('socket').socket()", "__import__('os').fork()", "input()"]
    for attempt in tries:
        found = ran(client, f"print({attempt})")
        assert (found["exit"], found["stdout"]) == (1, ""), attempt


def test_too_much_output_is_cut_and_said(client: TestClient) -> None:
    found = ran(client, "while True: print('x' * 99)")
    assert len(str(found["stdout"])) == run_code.LIMITS.output
    assert (found["exit"], found["truncated"], found["timed_out"]) == (None, True, False)
    found = ran(client, "import sys\nsys.stderr.write('e' * 5000)")
    assert found["truncated"]
    assert len(str(found["stderr"])) == slot.MOST_SAID


@pytest.mark.parametrize("code, said", [("while True: pass", "of CPU time"), ("import time; time.sleep(60)", "ended after")])
def test_a_program_that_takes_too_long_is_ended(client: TestClient, monkeypatch: pytest.MonkeyPatch, code: str, said: str) -> None:
    monkeypatch.setattr(run_code, "LIMITS", Limits(cpu=0.3, wall=60.0 if "pass" in code else 1.0, memory=512 << 20, output=1 << 10))
    found = ran(client, code)
    assert (found["exit"], found["timed_out"]) == (None, True)
    assert said in str(found["stderr"])


def test_programs_draw_other_lots_each_time(client: TestClient) -> None:
    code = "import random; print(random.random())"
    assert ran(client, code)["stdout"] != ran(client, code)["stdout"]


@pytest.mark.parametrize(
    "body, headers, status",
    [
        (b'{"code": "1"}', {"Content-Type": "text/plain"}, 415),
        (b'{"code": "1"}', {"Content-Type": "application/json", "Sec-Fetch-Site": "cross-site"}, 403),
        (b'{"code": "1"}', {"Content-Type": "application/json", "Sec-Fetch-Site": "same-site"}, 403),
        (b'{"code": "1"}', {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}, 200),
        (b'{"code": 1}', {"Content-Type": "application/json"}, 400),
        (b'{"code": "1", "more": 1}', {"Content-Type": "application/json"}, 400),
        (b'{"code": "%s"}' % (b"#" * (run_code.MOST_CODE + 1)), {"Content-Type": "application/json"}, 400),
        (b'{"code": "\\ud800"}', {"Content-Type": "application/json"}, 400),
        (b"{", {"Content-Type": "application/json"}, 400),
    ],
)
def test_who_may_run_what(client: TestClient, body: bytes, headers: dict[str, str], status: int) -> None:
    answer = client.post("/page/run", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert status == 200 or answer.json()["error"]["message"]


def test_where_nothing_can_be_confined_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise NoSandbox("this machine can confine no program")

    monkeypatch.setattr(slot, "Zygote", refuse)
    with TestClient(app()) as client:
        for _ in range(2):
            answer = client.post("/page/run", json={"code": "print(1)"})
            assert answer.status_code == 503
            assert "can confine no program" in answer.json()["error"]["message"]


def test_only_so_many_may_run_and_wait_and_room_comes_back() -> None:
    async def crowd() -> None:
        runner = CodeRunner(workers=1, waiting=1)
        try:
            slow = [asyncio.create_task(runner.run("import time; time.sleep(30)")) for _ in range(2)]
            await asyncio.sleep(0)
            with pytest.raises(ApiError) as refused:
                await runner.run("print(1)")
            assert refused.value.status == 429
            for task in slow:
                task.cancel()
            await asyncio.gather(*slow, return_exceptions=True)
            began = time.monotonic()
            assert (await runner.run("print(1)")).stdout == "1\n"
            assert time.monotonic() - began < 25  # the slow ones were ended and not waited for
        finally:
            runner.close()

    asyncio.run(crowd())


def test_a_program_is_ended_whenever_that_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_code, "LIMITS", Limits(cpu=5.0, wall=120.0, memory=512 << 20, output=1 << 10))

    async def hurry() -> None:
        runner = CodeRunner(workers=1)
        try:
            for delay in (0.0, 0.02, 0.1, 0.3, 0.6, 1.0):  # also while the sandbox still starts
                slow = asyncio.create_task(runner.run("import time; time.sleep(100)"))
                await asyncio.sleep(delay)
                slow.cancel()
                async with asyncio.timeout(60):
                    assert (await runner.run("print(1)")).stdout == "1\n"
        finally:
            runner.close()

    asyncio.run(hurry())


def test_a_client_that_leaves_ends_its_program() -> None:
    server = uvicorn.Server(uvicorn.Config(app(), host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/page/run"
        # As many as may run at once; one that was left to itself would hold its place for ten seconds.
        for _ in range(max(1, run_code.cores() // 2)):
            with pytest.raises(httpx.ReadTimeout):
                httpx.post(url, json={"code": "import time; time.sleep(60)"}, timeout=httpx.Timeout(30, read=1.0))
        began = time.monotonic()
        assert httpx.post(url, json={"code": "print(1)"}, timeout=60).json()["stdout"] == "1\n"
        assert time.monotonic() - began < run_code.LIMITS.wall - 2
    finally:
        server.should_exit = True
        thread.join(20)
