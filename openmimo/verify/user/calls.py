"""How functions of users are called: with the arguments that they name, async ones on a loop that lives on.

Knows no form of reward code; `trl.py` and its neighbours do.
"""

import asyncio
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openmimo.core.errors import InputError

Function = Callable[..., Any]
PROMPTS = ("prompt", "question", "problem", "statement")
_ANY = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


@dataclass(frozen=True)
class Sample:
    """One answer of a model: the row of the data set it answers, its whole text, and its token ids if they are known."""

    row: Mapping[str, Any]
    text: str
    ids: Sequence[int] | None = None

    @property
    def prompt(self) -> Any:
        """The prompt as the row has it, a text or a list of messages; None if it has none."""
        return next((self.row[name] for name in PROMPTS if name in self.row), None)

    @property
    def completion(self) -> Any:
        """The model's text, as a message if the prompt is made of messages."""
        return [{"role": "assistant", "content": self.text}] if isinstance(self.prompt, list) else self.text


class Calls:
    """Calls functions; one event loop for a worker's life, because the clients that users keep belong to a loop."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()

    def __call__(self, calls: Sequence[tuple[Function, Mapping[str, Any]]]) -> list[Any]:
        """What each call returns; results that can be awaited are awaited together. What a call raises comes through."""
        results = [function(**arguments) for function, arguments in calls]
        waiting = [place for place, result in enumerate(results) if inspect.isawaitable(result)]
        for place, result in zip(waiting, self._await([results[place] for place in waiting]), strict=True):
            if isinstance(result, BaseException):
                raise result
            results[place] = result
        return results

    def _await(self, waiting: Sequence[Any]) -> list[Any]:
        if not waiting:
            return []
        try:
            return self.loop.run_until_complete(_together(waiting))
        except BaseException:
            # Out of time: what hangs on this loop must not go on with the next request, nor complain when it is thrown away.
            self.loop.set_exception_handler(_silent)
            self.loop.close()
            self.loop = asyncio.new_event_loop()
            raise


def chosen(function: Function, have: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """What the function asks for of what there is, all of it if it takes any keyword; an `InputError` names what is missing."""
    its = parameters(function)
    if missing := [name for name, one in its.items() if name not in have and one.default is one.empty and one.kind not in _ANY]:
        what = "none were given" if missing[0] in ("completion_ids", "trainer_state") else "the rows have no such column"
        fix = f"add it, or give the parameter a default; the columns are: {', '.join(map(str, row)) or 'none'}"
        raise InputError(f"the reward function {name_of(function)} needs {missing[0]!r}, and {what}", fix)
    if any(one.kind is one.VAR_KEYWORD for one in its.values()):
        return dict(have)
    return {name: have[name] for name in its if name in have}


def parameters(function: Function) -> Mapping[str, inspect.Parameter]:
    """The parameters of a function, by name."""
    return inspect.signature(function).parameters


def name_of(function: Function) -> str:
    """What to call a function in a message."""
    return getattr(function, "__name__", type(function).__name__)


def _silent(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Nobody is left to hear of it."""


async def _together(waiting: Sequence[Any]) -> list[Any]:
    return list(await asyncio.gather(*waiting, return_exceptions=True))
