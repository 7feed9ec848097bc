"""What was measured of one model on one benchmark: the record that the page and the Markdown are written from.

Numbers only, as `statistics.py` makes them, and samples; knows no files and no markup. Read `pages.py` next.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from openmimo.core.report.samples import Sample
from openmimo.eval.statistics import CurvePoint, Interval, Scored, average, questions_like_these


@dataclass(frozen=True)
class Part:
    """The mean score of the questions of one level or topic, with the interval of questions like these."""

    name: str
    mean: float
    interval: Interval
    questions: int

    @classmethod
    def of(cls, name: str, questions: Sequence[Scored]) -> "Part":
        """The part that these questions are."""
        return cls(name, average(questions), questions_like_these(questions), len(questions))


@dataclass(frozen=True)
class Measured:
    """One model on one benchmark; scores and shares are from 0 to 1, `mean` is avg@n over `repeats` answers to each question.

    `truncated` is the share of answers cut off at the token limit. Tokens and seconds are means
    over answers, `tokens` None where a server does not say. `unjudged` answers have no verdict
    and are in no other number, and neither are the `unanswered`, which failed. `majority` is maj@n, None where answers have no key.
    """

    benchmark: str  # its name, by which published figures are found
    title: str
    model: str
    metric: str
    mean: float
    these: Interval | None  # None where each question has one answer
    like_these: Interval
    questions: int
    repeats: int
    truncated: float
    tokens: float | None
    seconds: float
    settings: Mapping[str, object] = field(default_factory=dict)
    curve: tuple[CurvePoint, ...] = ()
    levels: tuple[Part, ...] = ()
    topics: tuple[Part, ...] = ()
    samples: tuple[Sample, ...] = ()
    unjudged: int = 0
    unanswered: int = 0
    majority: float | None = None


def breakdown(named: Iterable[tuple[str, Scored]]) -> tuple[Part, ...]:
    """A part for every level or topic of the questions, numbers in them in their order; none where they are all of one."""
    found: dict[str, list[Scored]] = {}
    for name, question in named:
        found.setdefault(name, []).append(question)
    if len(found) < 2:
        return ()
    return tuple(Part.of(name, found[name]) for name in sorted(found, key=_natural))


def _natural(name: str) -> list[tuple[str, int]]:
    """What sorts level 2 before level 10."""
    return [(text.casefold(), int(digits or 0)) for text, digits in re.findall(r"(\D*)(\d*)", name)]
