"""A model behind HTTP to talk with: any server that has OpenAI's chat completions, heard as it speaks.

Address, key and events are read as `eval/endpoint/` reads them, which asks many questions
at once and tries again; here a person waits, and is told at once. Read `chat.py` next.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx

from openmimo.core.errors import InputError, OpenMimoError
from openmimo.eval.endpoint.address import base_of
from openmimo.eval.endpoint.connection import HERE
from openmimo.eval.endpoint.failure import message_of, root_of
from openmimo.eval.endpoint.form import first, record
from openmimo.eval.endpoint.told import Events
from openmimo.text.reasoning import Piece, ReasoningParser

CONNECT_S = 10.0
FIXES = {
    401: "give a key that this server takes, in OPENMIMO_API_KEY or with --api-key",
    403: "give a key that may use this model, in OPENMIMO_API_KEY or with --api-key",
    404: "check the address and the model's name",
}


class Remote:
    """A server at an address as people write it, and the model of it that is asked, by default its first.

    `wishes` go with every request, such as a temperature. The key is shown nowhere, even if
    the server says it. Raises `InputError` for what is no address, and `OpenMimoError` for
    a server that cannot be reached or refuses.
    """

    def __init__(self, url: str, key: str, model: str, wishes: Mapping[str, Any]):
        self.base, self._key, self._wishes = base_of(url), key, wishes
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {key}"} if key else {},
            # A model may think for long before it says anything; whoever waits has Ctrl-C.
            timeout=httpx.Timeout(None, connect=CONNECT_S),
            # A proxy for the world outside has no way to a server on this machine.
            trust_env=httpx.URL(self.base).host not in HERE,
        )
        self.model = model or self._first_model()

    def stream(self, messages: Sequence[Mapping[str, Any]]) -> "RemoteStream":
        """The answer to `messages`, to be read to its end once."""
        return RemoteStream(self._events({"model": self.model, "messages": list(messages), "stream": True, **self._wishes}))

    def _first_model(self) -> str:
        events = list(self._exchange("GET", "/models", None))
        name = first(record(events[0] if events else None).get("data")).get("id")
        if not isinstance(name, str):
            raise InputError(f"{self.base} names no model", "say which with --model")
        return name

    def _events(self, body: dict[str, Any]) -> Iterator[Any]:
        """The events of an answer; raises `OpenMimoError` for one that is an error, and for an answer without an end."""
        ended = False
        for event in self._exchange("POST", "/chat/completions", body):
            if record(event).get("error"):
                raise self._error(f"the server says: {message_of(json.dumps(event).encode())}")
            ended = ended or event is None or bool(first(record(event).get("choices")).get("finish_reason"))
            yield event
        if not ended:
            raise self._error(f"{self.base}: the stream ended before the answer did", "see the server's log")

    def _exchange(self, method: str, place: str, body: dict[str, Any] | None) -> Iterator[Any]:
        """What a server sends, event by event, or as one where it does not stream."""
        try:
            with self._client.stream(method, self.base + place, json=body) as response:
                if response.status_code != 200:
                    said = message_of(response.read())
                    raise self._error(f"the server says {response.status_code}: {said}", FIXES.get(response.status_code, ""))
                if response.headers.get("content-type", "").startswith("text/event-stream"):
                    events = Events()
                    for portion in response.iter_bytes():
                        yield from events.feed(portion)
                else:
                    yield json.loads(response.read())
        except httpx.RequestError as error:
            raise self._error(f"{self.base}: {root_of(error)}", "check that the server runs and can be reached at this address") from None
        except (ValueError, RecursionError):
            raise self._error(
                f"{self.base} sends what is not JSON", "check that the address is that of an OpenAI-compatible server"
            ) from None

    def _error(self, problem: str, fix: str = "") -> OpenMimoError:
        return OpenMimoError(problem.replace(self._key, "***") if self._key else problem, fix)


class RemoteStream(Iterator[Piece]):
    """One answer under way: iterate it, then ask for `answer`, the text without the reasoning."""

    def __init__(self, events: Iterator[Any]):
        self._parser = ReasoningParser()
        self._pieces = self._read(events)

    def __next__(self) -> Piece:
        return next(self._pieces)

    @property
    def answer(self) -> str:
        """What was answered, with its code blocks."""
        return self._parser.parsed().answer

    def _read(self, events: Iterator[Any]) -> Iterator[Piece]:
        for event in events:
            choice = first(record(event).get("choices"))
            said = record(choice.get("delta") or choice.get("message"))
            # vLLM's `reasoning` was `reasoning_content` before, as it still is with others; servers that know neither leave tags.
            thought, content = said.get("reasoning_content") or said.get("reasoning"), said.get("content")
            if isinstance(thought, str) and thought:
                yield Piece("reasoning", thought)
            if isinstance(content, str):
                yield from self._parser.feed(content)
        yield from self._parser.end()
