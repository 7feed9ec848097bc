"""Routes for whoever runs the server: is it alive, is it ready, what does it count, take the weights anew."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from openmimo.serve.reload import reload
from openmimo.serve.state import state_of

router = APIRouter()


@router.get("/health")
async def health(request: Request) -> JSONResponse:
    """Whether the process works; 503 once its engine has failed."""
    worker = state_of(request).worker
    if worker is not None and worker.failure is not None:
        return JSONResponse({"status": "failed"}, 503)
    return JSONResponse({"status": "ok"})


@router.get("/ready")
async def ready(request: Request) -> JSONResponse:
    """Whether questions are answered; 503 while the model is loaded, and while the server stops."""
    state = state_of(request)
    return JSONResponse(
        {"status": "ready" if state.ready else "loading" if state.worker is None else "stopping"}, 200 if state.ready else 503
    )


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """The counters in Prometheus' text format."""
    return PlainTextResponse(state_of(request).metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


@router.post("/reload")
async def reload_weights(request: Request) -> dict[str, Any]:
    """Load the weights again from where they came from; answers under way go on with the new ones."""
    return {"version": await reload(state_of(request))}
