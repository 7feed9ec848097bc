"""What the routes of an app share: the model once it is loaded, its engine, the settings and the counters."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from fastapi import Request

from openmimo.serve.config import ServeConfig
from openmimo.serve.errors import ApiError
from openmimo.serve.metrics import Metrics
from openmimo.serve.served import Served, ids_of
from openmimo.serve.turn import Turn, Wish
from openmimo.serve.worker import EngineWorker


@dataclass
class State:
    """`served` and `worker` are there once the model is loaded; until then everything but the names is refused."""

    name: str
    config: ServeConfig
    metrics: Metrics
    served: Served | None = None
    worker: EngineWorker | None = None
    loaded: asyncio.Event = field(default_factory=asyncio.Event)
    failure: Exception | None = None
    on_failure: Callable[[], None] = lambda: None

    def failed(self, error: Exception) -> None:
        """Note that the model could not be loaded, and tell whoever runs the server."""
        self.failure = error
        self.on_failure()

    @property
    def ids(self) -> list[str]:
        """What the model is called; while it is loaded, both names it may have."""
        return self.served.ids if self.served else ids_of(self.name)

    @property
    def ready(self) -> bool:
        """Whether questions are answered."""
        return self.served is not None and self.worker is not None and self.worker.alive

    def model(self) -> tuple[Served, EngineWorker]:
        """The model and its engine; `ApiError` while it is loaded."""
        if self.served is None or self.worker is None:
            raise ApiError(503, f"{self.name} is being loaded; try again in a moment", "loading", retry=2)
        return self.served, self.worker

    def thinks(self, model: str) -> bool:
        """Whether the id a client gives asks for reasoning; no id is the model's own. `ApiError` for one there is not."""
        served, _ = self.model()
        thinks = served.thinks(model or served.name)
        if thinks is None:
            raise ApiError(404, f"there is no model {model!r}; there is {' and '.join(served.ids)}", "model_not_found", "model")
        return thinks

    def turn(self, wish: Wish) -> Turn:
        """Begin to answer; raises what `EngineWorker.follow` raises."""
        served, worker = self.model()
        return Turn(worker, served, wish)


def state_of(request: Request) -> State:
    """The state of the app a request came to."""
    return request.app.state.openmimo
