"""What can be asked of the engine. Imports no torch."""

from dataclasses import dataclass

from openmimo.core.errors import ConfigError

DRAFTS = ("off", "mtp", "suffix")


@dataclass(frozen=True)
class EngineConfig:
    """Sizes and switches of the engine.

    `cache_tokens` is how many tokens the cache holds, all requests together (0: enough for
    `rows` of the model's contexts, or a quarter of the free memory if that is less). A
    step computes at most `chunk` tokens, for at most `rows` requests. `draft` is who
    guesses ahead, and `drafted` how many tokens.
    """

    cache_tokens: int = 0
    block: int = 16
    chunk: int = 512
    rows: int = 64
    draft: str = "off"
    drafted: int = 1

    def __post_init__(self) -> None:
        for name in ("block", "chunk", "rows", "drafted"):
            if getattr(self, name) < 1:
                raise ConfigError(name, f"must be at least 1, not {getattr(self, name)}")
        if self.cache_tokens and self.cache_tokens < self.block:
            raise ConfigError("cache_tokens", f"{self.cache_tokens} tokens are less than a block of {self.block}", "use more, or 0")
        if self.draft not in DRAFTS:
            raise ConfigError("draft", f"there is no draft {self.draft!r}", f"choose one of {', '.join(DRAFTS)}")
