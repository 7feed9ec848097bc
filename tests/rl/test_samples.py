"""Samples are kept in files of bounded size, and a step that is done again leaves no trace of the first time."""

import json
from pathlib import Path
from typing import Any

from openmimo.rl.samples import Samples


def lines(step: int, count: int = 3) -> list[dict[str, Any]]:
    return [{"step": step, "answer": "x" * 30, "number": number} for number in range(count)]


def steps(path: Path) -> list[int]:
    return [json.loads(line)["step"] for line in path.read_text().splitlines()]


def test_a_large_file_is_put_aside_between_steps(tmp_path: Path) -> None:
    samples = Samples(tmp_path, limit=250)
    for step in range(1, 6):
        samples.append(lines(step))
    assert [path.name for path in samples.files()] == ["samples-1.jsonl", "samples-2.jsonl", "samples.jsonl"]
    assert [steps(path) for path in samples.files()] == [[1, 1, 1, 2, 2, 2], [3, 3, 3, 4, 4, 4], [5, 5, 5]]


def test_truncating_goes_back_through_the_files(tmp_path: Path) -> None:
    samples = Samples(tmp_path, limit=250)
    for step in range(1, 6):
        samples.append(lines(step))
    with open(tmp_path / "samples.jsonl", "a") as file:
        file.write('{"step": 6, "answ')
    samples.truncate(5)
    assert [len(steps(path)) for path in samples.files()] == [6, 6, 3]
    samples.truncate(3)
    assert [steps(path) for path in samples.files()] == [[1, 1, 1, 2, 2, 2], [3, 3, 3]]
    for step in (4, 5):
        samples.append(lines(step))
    assert [step for path in samples.files() for step in steps(path)] == [step for step in range(1, 6) for _ in range(3)]
    samples.truncate(0)
    assert samples.files() == []
    samples.truncate(0)
