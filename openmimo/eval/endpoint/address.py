"""Where a server is, as people write it, and the key to it, which comes from the environment alone.

Asks nothing of any server. Read `connection.py` next.
"""

import re
from collections.abc import Mapping

import httpx

from openmimo.core.errors import InputError

KEYS = ("OPENMIMO_API_KEY", "OPENAI_API_KEY")
PLACES = ("/chat/completions", "/completions", "/models")  # below the base
VERSION = re.compile(r"/v\d")
FORM = "write it as http://HOST:PORT or https://HOST/v1"


def base_of(url: str) -> str:
    """The base of a server's addresses, without a slash at its end; `InputError` for what is no web address.

    All of http://host:8000, http://host:8000/v1 and http://host:8000/v1/chat/completions
    have the base http://host:8000/v1. A path that names no version gets /v1, unless the
    whole address of chat or completions was given: then its base is taken as it stands.
    """
    try:
        found = httpx.URL(url.strip())
    except httpx.InvalidURL:
        found = httpx.URL()
    if found.scheme not in ("http", "https") or not found.host or (found.port or 0) > 65535:
        # The address is not shown: what is odd about it may be a secret in the wrong place.
        raise InputError("the endpoint's address is not http:// or https:// with a host, and a port below 65536 if any", FORM)
    if found.userinfo or found.query or found.fragment:
        raise InputError(
            "the endpoint's address holds more than a host and a path: a user, a password, a query or a fragment",
            f"leave it out; a key goes into the environment variable {KEYS[0]}",
        )
    path = found.path.rstrip("/")
    place = next((place for place in PLACES if path.endswith(place)), "")
    path = path.removesuffix(place)
    if not place and not VERSION.search(path):
        path += "/v1"
    return str(found.copy_with(path=path or "/")).rstrip("/")


def key_of(environment: Mapping[str, str]) -> str:
    """The key, from OPENMIMO_API_KEY or else OPENAI_API_KEY; empty where neither is set. `InputError` for one no header can hold."""
    name = next((name for name in KEYS if environment.get(name, "").strip()), "")
    key = environment[name].strip() if name else ""
    if not (key.isascii() and key.isprintable()):
        raise InputError(f"the key in {name} has characters that no key has", "copy it again, as one line")
    return key
