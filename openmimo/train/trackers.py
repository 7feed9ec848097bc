"""A run's metrics for those who watch runs elsewhere: trackio, wandb or TensorBoard, each by its own library, none of which is needed otherwise.

What is tracked follows `metrics.jsonl`: lines that were written before tracking began are made up for. `tracked.json` in the run's
folder remembers how far each tracker surely is. A library that is killed loses what it has not written yet, so after that the last
steps are told again: under the same numbers of theirs and, as a resumed run does the same again, with the same values.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Protocol, Self, get_args

from openmimo.core.errors import InputError
from openmimo.core.files import read_json, write_json

Where = Literal["trackio", "wandb", "tensorboard"]
FILE = "tracked.json"
PROJECT = "openmimo"


class Tracker(Protocol):
    """What is needed of a library."""

    def write(self, step: int, values: dict[str, float]) -> None:
        """Take a step's numbers."""
        ...

    def close(self) -> None:
        """Finish what is under way."""
        ...


class Tracking:
    """The metrics of the run in `folder`, told to a tracker within the block; to none where there is no `where`.

    Raises `InputError` where its library is missing or refuses. A tracker that fails later is told no more, and the run goes on.
    """

    def __init__(self, where: Where | None, folder: Path, config: Mapping[str, Any]):
        self._where, self._path = where, folder / FILE
        self._tracker: Tracker | None = None
        if where:
            known = self._book().get(where, {"id": os.urandom(4).hex(), "step": -1})
            self._id, self._told, self._sure = known["id"], known["step"], known["step"]
            self._tracker = _begun(where, folder, self._id, self._sure, config)
            self.keep()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._tracker:
            self._guarded(self._tracker.close)
            self._sure = self._told
            self.keep()

    def tell(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Tell of lines of the metrics, but of those that were told before."""
        for line in lines:
            if self._tracker and line["step"] > self._told:
                self._guarded(partial(self._tracker.write, line["step"], dict(numbers(line))))
                self._told = line["step"]

    def keep(self) -> None:
        """Remember what was told until this was last called; for when a checkpoint is written."""
        if self._tracker:
            write_json(self._path, self._book() | {self._where: {"id": self._id, "step": self._sure}})
            self._sure = self._told

    def _book(self) -> dict[str, Any]:
        return read_json(self._path) if self._path.exists() else {}

    def _guarded(self, act: Callable[[], None]) -> None:
        try:
            with redirect_stdout(sys.stderr):
                act()
        except Exception as error:  # whatever a library, a network or a full disk does: the run is worth more than its picture
            self._tracker = None
            print(f"{self._where} failed and is told no more: {type(error).__name__}: {error}", file=sys.stderr)


def numbers(line: Mapping[str, Any], name: str = "") -> Iterator[tuple[str, float]]:
    """The numbers of a line by their names, those of an object or a list with a slash between; the step is not one of them."""
    for key, value in line.items():
        full = f"{name}/{key}" if name else str(key)
        if isinstance(value, Mapping):
            yield from numbers(value, full)
        elif isinstance(value, list):
            yield from numbers({str(place): one for place, one in enumerate(value, 1)}, full)
        elif isinstance(value, int | float) and not isinstance(value, bool) and full != "step":
            yield full, float(value)


class _TensorBoard:
    """Event files in the run's folder, for `tensorboard --logdir`."""

    def __init__(self, folder: Path, id: str, sure: int, config: Mapping[str, Any]):
        from torch.utils.tensorboard import SummaryWriter

        self._writer = SummaryWriter(str(folder / "tensorboard"), purge_step=sure + 1)
        if sure < 0:
            self._writer.add_text("config", f"```\n{json.dumps(config, indent=2)}\n```", 0)

    def write(self, step: int, values: dict[str, float]) -> None:
        for name, value in values.items():
            self._writer.add_scalar(name.replace("@", "_at_"), value, step)
        self._writer.flush()

    def close(self) -> None:
        self._writer.close()


class _Wandb:
    """A run of Weights & Biases; its files are in the run's folder."""

    def __init__(self, folder: Path, id: str, sure: int, config: Mapping[str, Any]):
        import wandb

        settings = wandb.Settings(console="off")  # what is printed is the terminal's
        self._run = wandb.init(
            project=PROJECT,
            id=f"{folder.name}-{id}",
            name=folder.name,
            dir=str(folder),
            config=dict(config),
            resume="allow",
            settings=settings,
        )

    def write(self, step: int, values: dict[str, float]) -> None:
        self._run.log(values, step=step, commit=True)

    def close(self) -> None:
        self._run.finish()


class _Trackio:
    """A run of trackio, kept where trackio keeps its own; `trackio show` shows it."""

    def __init__(self, folder: Path, id: str, sure: int, config: Mapping[str, Any]):
        import trackio

        self._trackio = trackio
        trackio.init(project=PROJECT, name=f"{folder.name}-{id}", config=dict(config), resume="allow")

    def write(self, step: int, values: dict[str, float]) -> None:
        self._trackio.log(values, step=step)

    def close(self) -> None:
        self._trackio.finish()  # and not the run's own, or trackio does it again at exit


TRACKERS: dict[str, Callable[[Path, str, int, Mapping[str, Any]], Tracker]] = {
    "trackio": _Trackio,
    "wandb": _Wandb,
    "tensorboard": _TensorBoard,
}
assert set(TRACKERS) == set(get_args(Where))


def _begun(where: Where, folder: Path, id: str, sure: int, config: Mapping[str, Any]) -> Tracker:
    try:
        with redirect_stdout(sys.stderr):  # libraries greet there, where our data goes
            return TRACKERS[where](folder, id, sure, config)
    except ModuleNotFoundError as missing:
        raise InputError(
            f"--log {where} needs {missing.name}, which is not installed", f"pip install 'openmimo[{where}]', or pip install {where}"
        ) from None
    except Exception as error:
        raise InputError(
            f"{where} does not begin: {type(error).__name__}: {error}", f"see that {where} works by itself, or leave --log out"
        ) from error
