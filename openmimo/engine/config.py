"""What can be asked of the engine. Imports no torch."""

from dataclasses import dataclass

from openmimo.core.errors import ConfigError

DRAFTS = ("off", "mtp", "suffix")
KERNELS = ("auto", "native", "torch")


@dataclass(frozen=True)
class EngineConfig:
    """Sizes and switches of the engine.

    `cache_tokens` is how many tokens the cache holds, all requests together (0: enough for
    `rows` of the model's contexts, or a quarter of the free memory if that is less). A
    step computes at most `chunk` tokens, for at most `rows` requests. `draft` is who
    guesses ahead, and `drafted` how many tokens. `kernels` is who computes: "native" is our
    C++ on the CPU, "torch" the plain model anywhere, "auto" the first where it can be had.
    `int8` has the native kernels keep a copy of the linear weights in 8 bits with a scale a
    row: half the memory traffic of bf16, for a small loss of accuracy.
    """

    cache_tokens: int = 0
    block: int = 16
    chunk: int = 512
    rows: int = 64
    draft: str = "off"
    drafted: int = 1
    kernels: str = "auto"
    int8: bool = False

    def __post_init__(self) -> None:
        for name in ("block", "chunk", "rows", "drafted"):
            if getattr(self, name) < 1:
                raise ConfigError(name, f"must be at least 1, not {getattr(self, name)}")
        if self.cache_tokens and self.cache_tokens < self.block:
            raise ConfigError("cache_tokens", f"{self.cache_tokens} tokens are less than a block of {self.block}", "use more, or 0")
        if self.draft not in DRAFTS:
            raise ConfigError("draft", f"there is no draft {self.draft!r}", f"choose one of {', '.join(DRAFTS)}")
        if self.kernels not in KERNELS:
            raise ConfigError("kernels", f"there are no kernels {self.kernels!r}", f"choose one of {', '.join(KERNELS)}")
        if self.int8 and self.kernels == "torch":
            raise ConfigError("int8", "the plain torch model has no 8-bit weights", "use the kernels native or auto")
