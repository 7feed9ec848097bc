"""The programs we decode beside, each a process with an environment of its own that loads once and answers on command.

What such a process does is in `peers/<name>/decode.py` of the checkout, its environment in `.peers/<name>` (`make peers`);
transformers is in ours. Knows ids and seconds, no ratios. Read `decode.py` next.
"""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from openmimo.core.errors import InputError, OpenMimoError
from openmimo.engine.request import Request

ROOT = Path(__file__).parents[2]


class Peer:
    """One of those processes, under way."""

    def __init__(self, name: str, process: "subprocess.Popen[str]"):
        assert process.stdin
        assert process.stdout
        self.name, self._asked, self._answers = name, process.stdin, process.stdout
        self.ready: dict[str, Any] = {}  # what it said when it was

    def hear(self) -> dict[str, Any]:
        """Its next line; `OpenMimoError` if it has ended."""
        line = self._answers.readline()
        if not line:
            raise OpenMimoError(f"{self.name} has ended without an answer", "see what it said above")
        return json.loads(line)

    def ask(self, what: dict[str, Any]) -> dict[str, Any]:
        """Its answer to a line of ours."""
        with suppress(BrokenPipeError):  # if it has ended, `hear` says so
            print(json.dumps(what), file=self._asked, flush=True)
        return self.hear()

    def answer(self, requests: Sequence[Request]) -> tuple[list[list[int]], float]:
        """Its greedy tokens for each request, which may be more than were asked for, and the seconds it took for all."""
        asked = {"prompts": [list(request.prompt) for request in requests], "tokens": [request.max_tokens for request in requests]}
        said = self.ask(asked)
        short = [request for request, tokens in zip(requests, said["tokens"], strict=True) if len(tokens) < request.max_tokens]
        assert not short, f"{self.name} said less than it was asked for"
        return said["tokens"], said["seconds"]

    def close(self) -> None:
        """Ask nothing more; what a dead one never read is let go."""
        with suppress(BrokenPipeError):
            self._asked.close()


def python_of(name: str) -> Path:
    """The interpreter of a peer's environment; `InputError` if it is not there."""
    if name == "transformers":
        if importlib.util.find_spec(name) is None:
            raise InputError("transformers is not installed", 'install what development needs: pip install -e ".[dev]", or make test')
        return Path(sys.executable)
    python = ROOT / ".peers" / name / "bin" / "python"
    if not python.exists():
        raise InputError(f"{name}'s environment is not there: {python}", "make it with: make peers")
    return python


def peer(name: str, model: Path, threads: int, *more: str) -> AbstractContextManager[Peer]:
    """A peer with this model, folder or GGUF file, on so many threads, ready; it ends with the block."""
    return running(Peer, name, [python_of(name), ROOT / "peers" / name / "decode.py", model, str(threads), *more])


P = TypeVar("P", bound=Peer)


@contextmanager
def running(kind: type[P], name: str, command: Sequence[str | Path]) -> Iterator[P]:
    """A process that has said that it is ready; it ends with the block."""
    # Of a session of its own, so that Ctrl-C is ours to deal with.
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        started = kind(name, process)
        try:
            started.ready = started.hear()
            yield started
        finally:
            process.kill()
            started.close()
