"""What `openmimo curate` can be asked. Imports no torch."""

from dataclasses import dataclass

from openmimo.core.errors import ConfigError


@dataclass(frozen=True)
class CurateConfig:
    """The filters of report 3.2 over a file of problems. Without a `model` or a `strong` one its filter is left out."""

    name: str  # of the run
    problems: str  # a file, as docs/tasks.md has it
    model: str = ""  # that is to be trained: a name, a folder, a .gguf file or an address
    strong: str = ""  # one that is better; what it never solves is left out
    served_name: str = ""  # which model of an address, if that has several
    against: tuple[str, ...] = ()  # files of evaluation questions
    samples: int = 16  # answers of each model to each problem (report 3.2)
    most: float = 0.9  # pass rates of the model above this are too easy (report 3.2); of code, only what every answer solves
    least: float = 0.0  # and below this too hard; ours: the report asks a strong model, and keeps what this one never solves
    max_tokens: int = 256  # of an answer, as in the training to come
    strong_tokens: int = 0  # of an answer of the strong model; 0 means as many
    temperature: float = 1.0
    top_p: float = 1.0
    at_once: int = 64  # answers under way at a time
    seed: int = 0

    def __post_init__(self) -> None:
        for field, least in (("samples", 1), ("max_tokens", 1), ("strong_tokens", 0), ("at_once", 1)):
            if (value := getattr(self, field)) < least:
                raise ConfigError(field, f"must be at least {least}, not {value}")
        if not 0 <= self.least <= self.most <= 1:
            raise ConfigError("least", f"{self.least} and most {self.most} are no two shares, the lesser one first", "0 and 0.9 are usual")
        if not self.temperature >= 0:
            raise ConfigError("temperature", f"cannot be {self.temperature}", "1 draws from the model as it is")
        if not 0 < self.top_p <= 1:
            raise ConfigError("top_p", f"{self.top_p} is not a share", "use a number above 0 and up to 1")
