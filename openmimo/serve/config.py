"""What a server can be told. Imports no torch and no web framework; `cli/serve.py` fills it."""

from dataclasses import dataclass

from openmimo.core.errors import ConfigError

MEGABYTE = 2**20


@dataclass(frozen=True)
class ServeConfig:
    """Address, keys and limits of a server.

    Without `keys` anybody who reaches the address may ask. `queue` requests may wait beyond
    those that run. A body may have `body` bytes; an answer is cut off after `seconds`. On
    SIGTERM answers under way have `drain` seconds to end. `thinking` is the budget of
    requests that name none (None: no bound). `origins` may call from pages of their own, and
    are names that the server has. `run` lets the chat page run programs in the sandbox.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    keys: tuple[str, ...] = ()
    queue: int = 256
    body: int = 4 * MEGABYTE
    seconds: float = 600.0
    drain: float = 30.0
    thinking: int | None = None
    origins: tuple[str, ...] = ()
    run: bool = True
    log_prompts: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise ConfigError("port", f"{self.port} is no port", "use one from 1 to 65535, or 0 for any that is free")
        for name in ("queue", "drain"):
            if getattr(self, name) < 0:
                raise ConfigError(name, f"cannot be negative, but is {getattr(self, name)}")
        for name in ("body", "seconds"):
            if getattr(self, name) <= 0:
                raise ConfigError(name, f"must be more than 0, not {getattr(self, name)}")
        if not all(key.strip() == key != "" for key in self.keys):
            raise ConfigError("keys", "one of them is empty or has spaces around it", "give each key as clients are to send it")
