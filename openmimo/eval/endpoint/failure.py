"""What becomes of a request that came to nothing: whether to try again, when, and what a person is told.

Knows no connection. Read `connection.py` next, which raises and heeds it.
"""

import json
import os
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import Random

from openmimo.core.log import span

AGAIN = frozenset({408, 409, 429})  # and all from 500 but 501: trouble that passes
FIXES = {
    401: "put a key that this server takes into OPENMIMO_API_KEY",
    403: "put a key that may use this model into OPENMIMO_API_KEY",
    404: "check the address and the model's name",
    429: "ask for fewer answers at once (--at-once)",
}


@dataclass(eq=False)
class Failed(Exception):
    """An ask that came to nothing: cause and fix, and how it stands.

    `status` is HTTP's, 0 where no answer came. `again` says that another try may help, and
    `after_s` how many seconds the server wants to be left alone before. `unreached` says
    that it was the connection that failed.
    """

    cause: str
    fix: str = ""
    status: int = 0
    again: bool = False
    after_s: float = 0.0
    unreached: bool = False

    def __str__(self) -> str:
        return f"{self.cause}; {self.fix}" if self.fix else self.cause


def refusal(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Failed:
    """What a reply with a status other than 200 means, with its message in full."""
    message = message_of(body)
    # llama.cpp calls an echo, which it has not, an error of its own: 500.
    again = status in AGAIN or (status >= 500 and status != 501 and "echo" not in message)
    wait = after_s(headers.get("retry-after", ""), now)
    cause = f"the server says {status}: {message}" + (f" (and to wait {span(wait)})" if wait else "")
    moved = "give the address that this one leads to" if 300 <= status < 400 else ""
    return Failed(cause, FIXES.get(status, moved), status, again, wait)


def message_of(body: bytes) -> str:
    """A server's message in one line: of the forms that servers wrap it in, or else the text itself."""
    text = body.decode("utf-8", errors="replace")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = text
    for name in ("error", "message", "detail"):
        if isinstance(found, dict) and found.get(name):
            found = found[name]
    return " ".join((found if isinstance(found, str) else json.dumps(found)).split()) or "(no message)"


def after_s(header: str, now: datetime) -> float:
    """Seconds of a Retry-After header, which has them or a date (RFC 9110, 10.2.3); 0 for none, for one past or broken."""
    if header.strip().isdecimal():
        return float(header)
    try:
        date = parsedate_to_datetime(header)
    except ValueError:
        return 0.0
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max((date - now).total_seconds(), 0.0)


def pause_s(tried: int, ask: int, first_s: float, longest_s: float) -> float:
    """Seconds before the next try, `tried` being 1 after the first.

    Each is twice the last, less a share up to half, so that asks which failed together do
    not come back together. The share is drawn from the ask's number: the same in every run.
    """
    whole: float = min(first_s * 2 ** min(tried - 1, 30), longest_s)
    return whole * (1 - Random(f"{ask} {tried}").random() / 2)


def root_of(error: BaseException) -> str:
    """What the system says is the matter, which libraries wrap in words such as "all connection attempts failed"."""
    found: BaseException | None = error
    said = str(error) or type(error).__name__
    while found is not None:
        if isinstance(found, BaseExceptionGroup):  # of several addresses of one host: the first is as good as any
            found = found.exceptions[0]
            continue
        if isinstance(found, ssl.SSLCertVerificationError):
            return f"certificate refused, {found.verify_message}"
        if isinstance(found, OSError) and found.strerror:
            said = found.strerror
            # asyncio puts words of its own in the place of the system's; names and TLS have numbers of their own.
            if found.errno and not isinstance(found, socket.gaierror | ssl.SSLError):
                said = os.strerror(found.errno)
        found = found.__cause__ or found.__context__
    return said
