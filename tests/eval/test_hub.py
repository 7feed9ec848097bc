"""Rows of a hub are fetched once, from a server that speaks its protocol, and errors of it are named."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from openmimo.core.errors import InputError
from openmimo.eval.hub import rows_path

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILES = {
    "README.md": b"# rows",
    "law/val-00000.jsonl": b'{"question": "law?"}\n',
    "physics/val-00000.jsonl": b'{"question": "physics?"}\n',
    "physics/test-00000.jsonl": b'{"question": "more?"}\n',
}


class Hub(BaseHTTPRequestHandler):
    """One data set, `some/rows`."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path.startswith("/api/datasets/some/rows/tree/"):
            tree = [{"type": "file", "path": name, "oid": "0", "size": len(data)} for name, data in FILES.items()]
            self.give(json.dumps(tree).encode())
            return
        data = FILES.get(self.path.removeprefix("/datasets/some/rows/resolve/").partition("/")[2])
        self.give(data or b"", 200 if data else 404)

    do_HEAD = do_GET

    def give(self, data: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Content-Type", "application/json")
        self.send_header("ETag", f'"{hashlib.sha1(data).hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        if status == 404:
            self.send_header("X-Error-Code", "RepoNotFound")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Hub,), {"asked": asked}))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def fetched(endpoint: str, name: str, home: Path, offline: str = "0") -> subprocess.CompletedProcess[str]:
    """In a process of its own, for the hub's address is read from the environment when its library is imported."""
    program = f"from openmimo.eval.hub import rows_path; print(rows_path({name!r}))"
    settings = {"HF_ENDPOINT": endpoint, "HF_HOME": str(home / "hf"), "OPENMIMO_CACHE": str(home / "ours"), "HF_HUB_OFFLINE": offline}
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env={**os.environ, **settings}, timeout=120)


def test_files_are_fetched_once_and_named_after_their_folder(hub: tuple[str, list[str]], tmp_path: Path) -> None:
    endpoint, asked = hub
    done = fetched(endpoint, "hub:some/rows/*/val*", tmp_path)
    assert done.returncode == 0, done.stderr
    folder = Path(done.stdout.strip())
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == {
        "law.val-00000.jsonl": FILES["law/val-00000.jsonl"],
        "physics.val-00000.jsonl": FILES["physics/val-00000.jsonl"],
    }
    asked.clear()
    assert fetched(endpoint, "hub:some/rows/*/val*", tmp_path).stdout == done.stdout
    assert not asked
    one = fetched(endpoint, "hub:some/rows/physics/test*", tmp_path)
    assert Path(one.stdout.strip()).read_bytes() == FILES["physics/test-00000.jsonl"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("hub:some/rows/nothing*", "no file of some/rows is like 'nothing*'"),
        ("hub:no/such/x", "the hub did not give no/such"),
    ],
)
def test_what_the_hub_lacks_is_named_and_nothing_is_left(name: str, message: str, hub: tuple[str, list[str]], tmp_path: Path) -> None:
    done = fetched(hub[0], name, tmp_path)
    assert done.returncode == 1
    assert message in done.stderr
    assert not list((tmp_path / "ours" / "hub").iterdir())


def test_a_hub_that_may_not_be_asked_is_named(hub: tuple[str, list[str]], tmp_path: Path) -> None:
    done = fetched(hub[0], "hub:some/rows/physics*", tmp_path, offline="1")
    assert "InputError: the hub did not give some/rows" in done.stderr
    assert not hub[1]


def test_names_of_another_form() -> None:
    assert rows_path("rows.jsonl") == Path("rows.jsonl")
    with pytest.raises(InputError, match="names no files of a data set"):
        rows_path("hub:openai/gsm8k")
