"""The servers we serve beside, and ours: each a process of its own on a port of this machine, asleep while another is measured.

All have the same folder and as many threads. Ours and `transformers serve` run in our environment, vLLM in `.peers/vllm` (`make
peers`). Knows how they are started and what is peculiar in asking them; `clients.py` does the asking. Read `serve.py` next.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from openmimo.bench.clients import Answer, Chat, closed_loop
from openmimo.bench.peers import python_of
from openmimo.core.errors import OpenMimoError
from openmimo.eval.endpoint.form import JSON, first, record

HOST = "127.0.0.1"
READY = 600.0  # seconds until a server must be ready: vLLM compiles the model first
TOLD = 3000  # characters of a log that are shown
KEYS = frozenset({"OPENMIMO_API_KEY", "VLLM_API_KEY"})  # with one set, a server asks for it
QUIET = {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1", "VLLM_LOGGING_LEVEL": "WARNING", "VLLM_NO_USAGE_STATS": "1"}


@dataclass(frozen=True)
class Program:
    """How a server is started; the path that answers 200 once it is ready; and what a request says for an answer to be full length."""

    command: Sequence[str]
    ready: str
    wishes: Mapping[str, JSON]
    environment: Mapping[str, str] = field(default_factory=dict)


def program(name: str, folder: Path, port: int) -> Program:
    """`ours`, `vllm`, `transformers` (one request after another) or `transformers_cb` (continuous batching); `InputError` if it is not there."""
    at = ("--host", HOST, "--port", str(port))
    if name == "ours":
        return Program([sys.executable, "-m", "openmimo", "serve", str(folder), *at], "/ready", {"ignore_eos": True})
    if name == "vllm":
        # As a module: the command `vllm` asks for a package of that name, which the CPU's has not.
        command = [str(python_of(name)), "-m", "vllm.entrypoints.openai.api_server", *at, "--model", str(folder), "--dtype", "bfloat16"]
        # Left alone, vLLM keeps one core for itself and computes on the others: on two cores that is one thread.
        environment = {"VLLM_CPU_KVCACHE_SPACE": "4", "VLLM_CPU_OMP_THREADS_BIND": "nobind"}
        return Program([*command, "--uvicorn-log-level", "warning"], "/health", {"ignore_eos": True}, environment)
    command = [str(python_of("transformers")), "-m", "transformers.cli.transformers", "serve", str(folder), *at]
    command += ["--device", "cpu", "--dtype", "bfloat16"]
    if name == "transformers_cb":
        # Left alone, it takes more than half of the memory for its cache: 128 blocks are 32,768 tokens, room for 32 chats and more.
        command += ["--continuous-batching", "--cb-num-blocks", "128"]
    # It has no word for ignoring the end of a turn, but lets another token be that end, and -1 is none.
    return Program(command, "/health", {"generation_config": json.dumps({"eos_token_id": -1, "pad_token_id": 0})})


class Server:
    """One of them, under way."""

    def __init__(self, name: str, url: str, wishes: Mapping[str, JSON], process: "subprocess.Popen[bytes]", log: Path):
        self.name, self.url, self._wishes, self._process, self._log = name, url, wishes, process, log

    def wait(self, ready: str) -> None:
        """Until it is ready; `OpenMimoError` if it ends before, or takes too long."""
        end = time.monotonic() + READY
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise self._failed(f"has ended with {self._process.returncode}")
            try:
                if httpx.get(self.url + ready, timeout=10, trust_env=False).is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.2)
        raise self._failed(f"was not ready after {READY:.0f} s")

    def answers(self, chats: Sequence[Chat], clients: int) -> list[Answer]:
        """What so many clients make of the chats, the server awake for as long; `OpenMimoError` with the end of its log."""
        with self.awake():
            try:
                listed = httpx.get(f"{self.url}/v1/models", timeout=60, trust_env=False).json()
                model = str(first(record(listed).get("data")).get("id"))
                return closed_loop(f"{self.url}/v1", model, chats, clients, self._wishes)
            except (OpenMimoError, httpx.HTTPError, ValueError) as error:
                raise self._failed(f"did not answer: {error}") from None

    @contextmanager
    def awake(self) -> Iterator[None]:
        """Awake within the block, and then asleep with all processes it has, so that none of them takes time from another server."""
        self.signal(signal.SIGCONT)
        try:
            yield
        finally:
            self.signal(signal.SIGSTOP)

    def signal(self, what: signal.Signals) -> None:
        """Send a signal to it and the processes it has started, if there are any left."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, what)

    def _failed(self, how: str) -> OpenMimoError:
        said = self._log.read_text(encoding="utf-8", errors="replace")[-TOLD:]
        return OpenMimoError(f"the server {self.name} {how}", f"its log ends with:\n{said}")


@contextmanager
def server(name: str, folder: Path, threads: int) -> Iterator[Server]:
    """A server of this model folder on so many threads, ready and asleep; it ends with the block."""
    port = _free_port()
    what = program(name, folder, port)
    # A path that leads into our environment is not to lead vLLM out of its own.
    left_out = {*KEYS, "PYTHONPATH"} if name == "vllm" else KEYS
    inherited = {word: value for word, value in os.environ.items() if word not in left_out}
    environment = inherited | QUIET | {"OMP_NUM_THREADS": str(threads)} | dict(what.environment)
    with tempfile.NamedTemporaryFile(prefix=f"{name}.", suffix=".log") as log:
        # Of a session of its own, so that Ctrl-C is ours to deal with, and a signal reaches all it starts.
        process = subprocess.Popen(what.command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        with process, _ending_with_us(process.pid):
            started = Server(name, f"http://{HOST}:{port}", what.wishes, process, Path(log.name))
            started.wait(what.ready)
            started.signal(signal.SIGSTOP)
            yield started


@contextmanager
def _ending_with_us(group: int) -> Iterator[None]:
    """Kill a group of processes with the block, and also if we are killed ourselves: who sleeps cannot see that we are gone."""
    code = "import os, sys; sys.stdin.read(); os.killpg(int(sys.argv[1]), 9)"
    command = [sys.executable, "-I", "-S", "-c", code, str(group)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True) as guard:
        try:
            yield
        finally:
            assert guard.stdin
            guard.stdin.close()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        port: int = found.getsockname()[1]
        return port
