"""What every request passes before its route: an id, a key, a limit on its body; and the log line after it.

Plain ASGI, so that streams stay streams and a client that leaves is noticed. Knows no dialect.
"""

import hmac
import ipaddress
import json
import re
import sys
import time
import uuid
from contextlib import suppress
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from openmimo.serve.config import ServeConfig
from openmimo.serve.errors import ApiError, response_of
from openmimo.serve.metrics import Metrics

OPEN = ("/health", "/ready")  # what needs no key: whoever watches the process has none
PAGE = re.compile(r"/(page/[\w./-]*)?")  # the chat page itself, in which a key is typed; its files hold nothing secret
SOUND_ID = re.compile(r"[\w.:-]{1,128}")
LATE = 499


class Gate:
    """Wraps an app."""

    def __init__(self, app: ASGIApp, config: ServeConfig, metrics: Metrics):
        self.app, self.config, self.metrics = app, config, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        wished = headers.get("x-request-id", "")
        number = wished if SOUND_ID.fullmatch(wished) else uuid.uuid4().hex
        scope.setdefault("state", {})
        started, status = time.perf_counter(), LATE

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", number.encode())]
            await send(message)

        try:
            if refusal := self._refusal(scope, headers):
                await response_of(refusal, scope["path"])(scope, receive, answer)
            else:
                await self._bounded(scope, receive, answer)
        finally:
            seconds = time.perf_counter() - started
            route = getattr(scope.get("route"), "path", "none")
            self.metrics.request(route, status, seconds)
            self._log(number, scope, status, seconds)

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> ApiError | None:
        path = scope["path"]
        # A page of another site may have its own name resolved to this machine, and so get
        # past the browser: what it cannot do is send one of our names, or a key.
        if not self.config.keys and _is_loopback(self.config.host) and not self._is_our_name(headers.get("host", "")):
            fix = "ask for this address or localhost, or start the server with --api-key or --allow-origin"
            return ApiError(421, f"this server has no name {headers.get('host', '')!r}; {fix}", "unknown_host")
        open_to_all = path in OPEN or (scope["method"] in ("GET", "HEAD") and PAGE.fullmatch(path))
        if self.config.keys and not open_to_all and scope["method"] != "OPTIONS":
            scheme, _, key = headers.get("authorization", "").partition(" ")
            given = key.strip() if scheme.lower() == "bearer" else headers.get("x-api-key", "")
            # All of them are compared, so that the time says nothing of how near a guess was.
            if not sum(hmac.compare_digest(given.encode(), known.encode()) for known in self.config.keys):
                return ApiError(401, "a key is needed; send it as `Authorization: Bearer KEY`", "invalid_api_key")
        declared = headers.get("content-length", "0")
        if declared.isdigit() and int(declared) > self.config.body:
            return self._too_large()
        return None

    def _is_our_name(self, host: str) -> bool:
        """Whether a Host header names this machine: by an address, by localhost, or as one of the allowed origins does."""
        name = urlsplit(f"//{host}").hostname or ""
        return _is_address(name) or name == "localhost" or name in {urlsplit(origin).hostname for origin in self.config.origins}

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app with a body that may not grow beyond what is allowed."""
        size, begun = 0, False

        async def read() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self.config.body:
                raise self._too_large()
            return message

        async def answer(message: Message) -> None:
            nonlocal begun
            if begun or size <= self.config.body:
                begun = True
                await send(message)

        # The framework makes an error of its own of what reading raises; that one is not let through.
        with suppress(ApiError):
            await self.app(scope, read, answer)
        if size > self.config.body and not begun:
            await response_of(self._too_large(), scope["path"])(scope, receive, send)

    def _too_large(self) -> ApiError:
        return ApiError(413, f"the body has more than the {self.config.body} bytes that this server takes", "body_too_large")

    def _log(self, number: str, scope: Scope, status: int, seconds: float) -> None:
        """One line of JSON. What was asked is in it only if the server was told to."""
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "id": number,
            "method": scope["method"],
            "path": scope["path"],
            "status": status,
            "seconds": round(seconds, 4),
        }
        if self.config.log_prompts and "prompt" in scope["state"]:
            line["prompt"] = scope["state"]["prompt"]
        print(json.dumps(line, default=str), file=sys.stderr, flush=True)


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
