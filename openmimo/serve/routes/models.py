"""`/v1/models`: what the model is called. Answered while it is loaded, too."""

from typing import Any

from fastapi import APIRouter, Request

from openmimo.serve.errors import ApiError
from openmimo.serve.state import State, state_of

router = APIRouter()


@router.get("/v1/models")
async def models(request: Request) -> dict[str, Any]:
    """The ids that clients may ask for."""
    state = state_of(request)
    return {"object": "list", "data": [_card(state, name) for name in state.ids]}


@router.get("/v1/models/{name:path}")
async def model(name: str, request: Request) -> dict[str, Any]:
    """One of them."""
    state = state_of(request)
    if name not in state.ids:
        raise ApiError(404, f"there is no model {name!r}; there is {' and '.join(state.ids)}", "model_not_found", "model")
    return _card(state, name)


def _card(state: State, name: str) -> dict[str, Any]:
    served = state.served
    card = {"id": name, "object": "model", "created": served.created if served else 0, "owned_by": "openmimo"}
    return {**card, "max_model_len": served.room} if served else card
