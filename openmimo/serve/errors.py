"""What goes wrong, in the shape that OpenAI's clients read: `{"error": {message, type, param, code}}`.

Ollama's clients, which ask below `/api/`, read `{"error": message}`.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from openmimo.core.errors import ConfigError, InputError
from openmimo.serve.worker import Full, Stopped

TYPES = {401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error"}


class ApiError(Exception):
    """An answer that is an error; `param` is the field it is about."""

    def __init__(self, status: int, message: str, code: str | None = None, param: str | None = None, retry: int | None = None):
        super().__init__(message)
        self.status, self.message, self.code, self.param, self.retry = status, message, code, param, retry


def refused(message: str, param: str, code: str = "invalid_value") -> ApiError:
    """A field whose value will not do."""
    return ApiError(400, message, code, param)


def as_api_error(error: Exception) -> ApiError:
    """Any exception as what a client is told; of a bug of ours no more than that there was one."""
    match error:
        case ApiError():
            return error
        case ConfigError():
            return refused(str(error), error.field)
        case InputError():
            return ApiError(400, str(error), "invalid_request")
        case Full():
            return ApiError(429, "the server has as many requests as may wait; try again in a moment", "queue_full", retry=1)
        case Stopped():
            return ApiError(503, str(error), "unavailable", retry=5)
        case HTTPException():
            return ApiError(error.status_code, str(error.detail))
        case RequestValidationError():
            return _invalid(error)
    return ApiError(500, "the server met an error of its own; its log says more", "internal_error")


def body_of(error: ApiError) -> dict[str, Any]:
    """The JSON of an error."""
    kind = TYPES.get(error.status, "server_error" if error.status >= 500 else "invalid_request_error")
    return {"error": {"message": error.message, "type": kind, "param": error.param, "code": error.code}}


def ollama_body_of(error: ApiError) -> dict[str, Any]:
    """The JSON of an error for Ollama's clients."""
    return {"error": error.message}


def renamed(error: Exception, names: Mapping[str, str]) -> ApiError:
    """An error about a field of chat completions, by the name that another dialect has for the field."""
    told = as_api_error(error)
    for name, other in names.items():
        if told.param and name in told.param:
            param = told.param.replace(name, other)
            return ApiError(told.status, told.message.replace(told.param, param), told.code, param, told.retry)
    return told


def response_of(error: ApiError, path: str) -> JSONResponse:
    """The HTTP response of an error, to a request for a path."""
    headers = {"Retry-After": str(error.retry)} if error.retry is not None else {}
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(ollama_body_of(error) if path.startswith("/api/") else body_of(error), error.status, headers)


def handle_errors(app: FastAPI) -> None:
    """Have every error of an app answered in this shape."""

    async def answer(request: Request, error: Exception) -> JSONResponse:
        return response_of(as_api_error(error), request.url.path)

    for kind in (ApiError, InputError, Full, Stopped, HTTPException, RequestValidationError, Exception):
        app.add_exception_handler(kind, answer)


def _invalid(error: RequestValidationError) -> ApiError:
    """The first of the fields that are wrong, by its dotted name."""
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return ApiError(400, f"the body is no JSON: {first.get('ctx', {}).get('error', first['msg'])}", "invalid_json")
    # The names of a union's cases stand in the place, too, and say nothing to a client.
    place = ".".join(str(part) for part in first["loc"] if part != "body" and not str(part).startswith(("function-", "list[", "tagged-")))
    return ApiError(400, f"{place or 'the body'}: {first['msg']}", "invalid_value", place or None)
