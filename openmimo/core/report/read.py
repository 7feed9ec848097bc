"""What a run folder holds, read as far as it can be: what is broken is left out and said so, never an error.

A run that was killed leaves half a line; its report must still be written. Knows no HTML.
`series.py` makes curves of the metrics, `samples.py` chooses which samples are shown,
`timeline.py` draws when they were written.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openmimo.core.report.samples import Sample
from openmimo.core.report.timeline import Bar
from openmimo.core.run_log import LogLine, read_log


@dataclass(frozen=True)
class RunRecord:
    """The content of a run folder; `notes` say in sentences what could not be read."""

    config: dict[str, Any]
    metrics: list[dict[str, Any]]
    samples: list[Sample]
    bars: list[Bar]
    log: list[LogLine]
    notes: list[str]


def read_run(folder: Path) -> RunRecord:
    """Read config, metrics, samples and log; each may be missing, cut short or broken."""
    notes: list[str] = []
    metrics = _lines(folder / "metrics.jsonl", notes)
    lines = _lines(folder / "samples.jsonl", notes)
    samples = [sample for line in lines if (sample := Sample.read(line))]
    if len(samples) < len(lines):
        notes.append(f"{len(lines) - len(samples):,} of {len(lines):,} lines of samples.jsonl lack a problem, an answer or a verdict.")
    if aside := len(list(folder.glob("samples-*.jsonl"))):
        notes.append(f"Samples and timelines are those of samples.jsonl, the newest; earlier ones are in {aside:,} files put aside.")
    bars = [bar for line in lines if (bar := Bar.read(line))]
    return RunRecord(_config(folder / "config.json", notes), metrics, samples, bars, read_log(folder), notes)


def _config(path: Path, notes: list[str]) -> dict[str, Any]:
    try:
        config = _value(path.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return {}
    if config is None:
        notes.append(f"{path.name} could not be read: it is no JSON object.")
    return config or {}


def _lines(path: Path, notes: list[str]) -> list[dict[str, Any]]:
    """The JSON objects of a file, one a line; a note says how many lines are none."""
    try:
        texts = [line for line in path.read_text(encoding="utf-8", errors="replace").split("\n") if line.strip()]
    except OSError:
        return []
    values = [value for text in texts if (value := _value(text)) is not None]
    if lost := len(texts) - len(values):
        notes.append(
            f"{lost:,} of {len(texts):,} lines of {path.name} could not be read and are left out; a killed run leaves half a line."
        )
    return values


def _value(text: str) -> dict[str, Any] | None:
    """The JSON object of a text, or None if it holds none."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
