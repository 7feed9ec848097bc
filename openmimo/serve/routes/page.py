"""The chat page: its files as they lie in `serve/page/`, and nothing else of the disk.

They are read once, so a path is a key of a table and can lead nowhere. The headers let the
page's own scripts and styles in and nothing written into it: what a model says could not run
even if it came to be taken for HTML. Knows no model; `page/main.js` talks to the API. These
routes hold no secret and must answer without an API key, or nobody could give one.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request, Response

from openmimo.serve.errors import ApiError

FOLDER = Path(__file__).parent.parent / "page"
INDEX = "index.html"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    "": "text/plain; charset=utf-8",  # the licence of what is not ours
}
POLICY = {
    "default-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    # No string ever becomes HTML or a script, in browsers that know the rule.
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",  # ask each time whether it is still the same: names do not change with a new version
}


@dataclass(frozen=True)
class _File:
    body: bytes
    type: str
    tag: str


router = APIRouter(include_in_schema=False)


@router.api_route("/", methods=["GET", "HEAD"])
async def page(request: Request) -> Response:
    """The page."""
    return _response(INDEX, request)


@router.api_route("/page/{path:path}", methods=["GET", "HEAD"])
async def part(path: str, request: Request) -> Response:
    """A file that the page needs."""
    if path == INDEX or path not in _files():
        raise ApiError(404, f"the page has no file {path}", "not_found")
    return _response(path, request)


@cache
def _files() -> dict[str, _File]:
    """All files of the page by their path in its folder."""
    return {
        path.relative_to(FOLDER).as_posix(): _read(path) for path in sorted(FOLDER.rglob("*")) if path.is_file() and path.suffix in TYPES
    }


def _read(path: Path) -> _File:
    body = path.read_bytes()
    return _File(body, TYPES[path.suffix], f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def _response(path: str, request: Request) -> Response:
    file = _files()[path]
    headers = {**HEADERS, "ETag": file.tag}
    if file.tag in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    return Response(file.body, headers={**headers, "Content-Type": file.type})
