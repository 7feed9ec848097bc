"""The folder of a run: `runs/<verb>/<name>/{config.json, metrics.jsonl, log.txt, report.html, checkpoints/step-N/, ...}`.

Knows files and their order, not what a checkpoint holds. One process at a time may write
a run; what a run was started with is what it is resumed with. `report/page.py` makes the
page a reader looks at.
"""

import fcntl
import json
import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Any

from openmimo.core.errors import ConfigError, InputError
from openmimo.core.files import append_line, read_json, write_json, write_text
from openmimo.core.processor import machine
from openmimo.core.report.page import write_report
from openmimo.core.run_log import STARTED, append_log

FORMAT = 2


class RunFolder:
    """A run's folder, held by this process until the `with` block ends."""

    def __init__(self, path: Path, lock: int):
        self.path, self._lock = path, lock

    @classmethod
    def open(cls, root: Path, verb: str, name: str, config: dict[str, Any]) -> "RunFolder":
        """The run of this name, made or gone on with.

        Raises `InputError` if another process is writing it, and `ConfigError` naming the
        field if it was started with another config.
        """
        if not name or "/" in name or name.startswith("."):
            raise ConfigError("name", f"{name!r} cannot be a run's name", "use letters, digits and dashes")
        path = root / verb / name
        path.mkdir(parents=True, exist_ok=True)
        lock = os.open(path / ".lock", os.O_RDWR | os.O_CREAT)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise InputError(f"{path} is being written by another process", "wait for it, stop it, or choose another run name") from None
        folder = cls(path, lock)
        try:
            folder._settle_config(config)
            folder._mend_metrics()
            folder.note(STARTED + machine())
        except BaseException:
            folder.close()
            raise
        return folder

    def __enter__(self) -> "RunFolder":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            self.note("ended" if kind is None else f"stopped by {kind.__name__}: {error}".removesuffix(": "))
        finally:
            self.close()

    def close(self) -> None:
        """Let another process have the run."""
        os.close(self._lock)

    def note(self, text: str) -> None:
        """Add a line with the time to `log.txt`, and bring `report.html` up to date."""
        append_log(self.path, text)
        write_report(self.path)

    def append_metrics(self, values: dict[str, Any]) -> None:
        """Add a line to `metrics.jsonl`. Raises `OpenMimoError` if the disk is full."""
        append_line(self.path / "metrics.jsonl", json.dumps(values))

    def metrics(self) -> list[dict[str, Any]]:
        """The lines of `metrics.jsonl`; one half written by a crash is left out."""
        path = self.path / "metrics.jsonl"
        lines = path.read_text(encoding="utf-8").split("\n") if path.exists() else []
        return [json.loads(line) for line in lines[:-1]]

    def truncate_metrics(self, step: int) -> None:
        """Drop lines of steps after `step`, which will be done again."""
        kept = [line for line in self.metrics() if line["step"] <= step]
        write_text(self.path / "metrics.jsonl", "".join(json.dumps(line) + "\n" for line in kept))

    def checkpoint_path(self, step: int) -> Path:
        """Where the checkpoint after `step` steps goes."""
        return self.path / "checkpoints" / f"step-{step}"

    def checkpoints(self) -> list[Path]:
        """The complete checkpoints, oldest first."""
        found = {path.name.removeprefix("step-"): path for path in (self.path / "checkpoints").glob("step-*")}
        # A copy that somebody put beside them, such as step-400-good, is theirs: neither resumed from nor deleted.
        return [found[step] for step in sorted(filter(str.isdecimal, found), key=int) if (found[step] / "state.json").exists()]

    def latest_checkpoint(self) -> Path | None:
        """The newest complete checkpoint, if there is one."""
        return next(reversed(self.checkpoints()), None)

    def prune_checkpoints(self, keep: int) -> None:
        """Delete all but the newest `keep`, and what a killed process left half written."""
        assert keep > 0, "a run keeps at least its newest checkpoint"
        for path in self.checkpoints()[:-keep]:
            shutil.rmtree(path)
        for path in (self.path / "checkpoints").glob(".*.part"):
            shutil.rmtree(path)

    def _mend_metrics(self) -> None:
        """Drop a line that a killed process left half written, or the next one would be appended to it."""
        path = self.path / "metrics.jsonl"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        whole = text[: text.rfind("\n") + 1]
        if whole != text:
            write_text(path, whole)

    def _settle_config(self, config: dict[str, Any]) -> None:
        path, wanted = self.path / "config.json", {"format": FORMAT, **json.loads(json.dumps(config))}
        if not path.exists():
            write_json(path, wanted)
            return
        before = read_json(path)
        if before.get("format") != FORMAT:
            raise InputError(
                f"{self.path} is a run of format {before.get('format')}, and this program writes {FORMAT}", "choose another run name"
            )
        if field := _first_difference(before, wanted):
            raise ConfigError(
                field,
                f"the run {self.path} was started with another value",
                "choose another --name, or give the same value to go on with the run",
            )


def _first_difference(before: Any, now: Any, where: str = "") -> str:
    """The dotted name of the first field that differs, or nothing."""
    if isinstance(before, dict) and isinstance(now, dict):
        for name in [*before, *now]:
            if found := _first_difference(before.get(name), now.get(name), f"{where}.{name}" if where else name):
                return found
        return ""
    return "" if before == now else where
