"""Errors a user can act on: each says what is wrong and how to put it right.

Anything raised from here is printed by the command line without a traceback, and its
class gives the exit code. A bug of ours is any other exception, and keeps its traceback.
"""


class OpenMimoError(Exception):
    """Something the user can understand; `problem` names the cause and `fix` the way out."""

    exit_code = 1

    def __init__(self, problem: str, fix: str = ""):
        super().__init__(problem, fix)
        self.problem = problem
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.problem}\n  fix: {self.fix}" if self.fix else self.problem


class InputError(OpenMimoError):
    """What was asked for cannot be done as asked: a bad flag, question, role, file or field."""

    exit_code = 2


class ConfigError(InputError):
    """A field of a config has a value that cannot be; `field` is its dotted name."""

    def __init__(self, field: str, problem: str, fix: str = ""):
        super().__init__(f"{field}: {problem}", fix)
        self.field = field


class WeightsError(OpenMimoError):
    """A model's files are broken, incomplete or do not fit each other."""


class NotEnoughMemory(OpenMimoError):
    """Refused before loading: the machine has less free memory than the work needs."""


class TrainingStopped(OpenMimoError):
    """A training cannot go on (a loss that is not a number, a disk that is full); the last good checkpoint is kept."""
