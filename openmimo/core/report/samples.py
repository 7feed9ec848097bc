"""Samples: what a model was asked, what it answered and what came of it; which of them a page shows, and the table of all.

`samples.jsonl` of a run folder has one `Sample` a line. Knows no verifier and no HTML;
`parts.py` shows what is chosen here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from html import escape
from itertools import chain, zip_longest
from typing import Any

from openmimo.core.report.timeline import spread

BYTES = 1_200_000  # of the texts of all samples on a page, as HTML: keeps it under 2 MB with its curves
MARKUP = 1_000  # bytes of HTML around the texts of a sample, about
LONGEST = 8_000  # characters of a text; of a longer one the middle is left out
TEXTS = ("problem", "answer", "verdict", "reasoning", "gold", "reason", "family", "fate")
UNJUDGED = "not judged"  # in place of a verdict


@dataclass(frozen=True)
class Sample:
    """One answer with its verdict.

    `answer` is what the model gave after its `reasoning`, `gold` what was wanted. `verdict`
    is a kind of `verify.verdict` (right, wrong, partial, skipped, timeout, fault), `reason`
    why, `score` the reward, `step` the training step it was made in. In reinforcement learning it
    belongs to a `group` of answers to one problem, numbered within the step, and `fate` is what
    became of that.
    """

    problem: str
    answer: str
    verdict: str
    reasoning: str = ""
    gold: str = ""
    reason: str = ""
    family: str = ""
    level: int | None = None
    step: int | None = None
    score: float | None = None
    fate: str = ""
    group: int | None = None

    @classmethod
    def read(cls, line: dict[str, Any]) -> "Sample | None":
        """The sample of a line of `samples.jsonl`, fields of other names left out; None if one of the first three lacks or a type is wrong."""
        if isinstance(line.get("fate"), str) and line.get("verdict") is None:
            line = {**line, "verdict": UNJUDGED}
        known = {field.name: line[field.name] for field in fields(cls) if line.get(field.name) is not None}
        if not known.keys() >= {"problem", "answer", "verdict"}:
            return None
        if not all(isinstance(value, str) if name in TEXTS else _is_number(value) for name, value in known.items()):
            return None
        return cls(**known)

    def as_json(self) -> dict[str, Any]:
        """The sample as a line of `samples.jsonl`."""
        return asdict(self)


def choose(samples: Sequence[Sample], room: int = BYTES) -> list[Sample]:
    """As many samples as fit into `room` bytes of HTML, long texts cut, in their order.

    Turns are taken between what belongs together, so that a rare one is seen, too.
    """
    chosen: dict[int, Sample] = {}
    for together in _turns(samples):
        cut = {index: _cut(samples[index]) for index in together}
        for sample in cut.values():
            room -= MARKUP + sum(len(escape(getattr(sample, name)).encode("utf-8", "replace")) for name in TEXTS)
        if room < 0:
            break
        chosen |= cut
    return [chosen[index] for index in sorted(chosen)]


def _turns(samples: Sequence[Sample]) -> Iterator[list[int]]:
    """The places of samples that are shown together or not at all, in the order in which they have a turn.

    Single ones take turns between steps, families, levels and verdicts. Groups of answers stay whole, and take turns between the
    last step and a few before it, and within a step between their fates.
    """
    turns: dict[tuple[object, ...], dict[object, list[int]]] = {}
    steps = set(spread(one.step or 0 for one in samples if one.group is not None))
    for index, one in enumerate(samples):
        if one.group is None:
            turns.setdefault((one.step, one.family, one.level, one.verdict), {})[index] = [index]
        elif (one.step or 0) in steps:
            turns.setdefault((one.step or 0, one.fate), {}).setdefault(one.group, []).append(index)
    yield from filter(None, chain.from_iterable(zip_longest(*(queue.values() for queue in turns.values()))))


@dataclass(frozen=True)
class Tally:
    """How many of the samples of a family and level are right, by family; `levels` are the columns."""

    levels: list[int | None]
    rows: list[tuple[str, list[tuple[int, int] | None], tuple[int, int]]]  # family, (right, asked) by level, and of all levels


def tally(samples: Sequence[Sample]) -> Tally:
    """Count all samples with a verdict by family and level, families in their order of appearance."""
    samples = [sample for sample in samples if sample.verdict != UNJUDGED]
    counts: dict[str, dict[int | None, tuple[int, int]]] = {}
    for sample in samples:
        row = counts.setdefault(sample.family, {})
        right, asked = row.get(sample.level, (0, 0))
        row[sample.level] = right + (sample.verdict == "right"), asked + 1
    levels = sorted({sample.level for sample in samples}, key=lambda level: (level is None, level or 0))
    rows = []
    for family, row in counts.items():
        right, asked = (sum(column) for column in zip(*row.values(), strict=True))
        rows.append((family, [row.get(level) for level in levels], (right, asked)))
    return Tally(levels, rows)


def filters(samples: Sequence[Sample]) -> Iterator[tuple[str, list[str | int]]]:
    """The fields a reader can choose by, where there is a choice, with their values; an empty one is none."""
    for field in ("verdict", "fate", "family", "level", "step", "group"):
        values = {"" if (value := getattr(sample, field)) is None else value for sample in samples}
        if len(values) > 1:
            yield field, sorted(values, key=lambda value: (isinstance(value, str), value))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _cut(sample: Sample) -> Sample:
    """The sample with the middle of its long texts left out."""
    long = {name: text for name in TEXTS if len(text := getattr(sample, name)) > LONGEST}
    half = LONGEST // 2
    cut = {name: f"{text[:half]}\n[... {len(text) - 2 * half:,} characters left out ...]\n{text[-half:]}" for name, text in long.items()}
    return Sample(**{**asdict(sample), **cut})
