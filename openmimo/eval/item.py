"""The form of a benchmark: rows of a file become items, items become asks, and what was said gets a verdict.

A benchmark is one value of one module of `benchmarks/`; `benchmarks/catalog.py` has them
all. Rows come from `verify/row_files.py`. Knows no model and no files.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from openmimo.tasks.task import Task
from openmimo.verify.verdict import Verdict

Row = Mapping[str, Any]
"""A row of a file; where a whole folder is read, `file` is the name of the one that it stands in, without its ending."""

Form = Literal["chat", "text", "likelihood"]
"""A dialogue; a text to go on from, as for a base model; or which of several continuations is the likeliest."""


@dataclass(frozen=True)
class Item:
    """One question of a benchmark.

    `question` is what is asked: the content of the one user message of a chat, or the text
    after the shots. `gold` is the right answer as a reader should see it, in a likelihood
    the place of the right one among `choices`, counted from 0. `topic` and `level` are what
    scores are broken down by, and `group` is what questions share that are not independent
    (the passage of DROP and RACE). `data` is whatever the scorer needs beyond that.
    """

    id: str  # unique within the benchmark, and the same whenever the file is read
    question: str
    gold: str
    choices: tuple[str, ...] = ()
    topic: str = ""
    level: str = ""
    group: str = ""
    task: Task | None = None  # of mathematics and code, checked by `tasks/checking.py`
    data: Mapping[str, Any] = field(default_factory=dict)
    stems: tuple[str, ...] = ()  # what stands between the question and each choice, where it is this that differs (WinoGrande)


@dataclass(frozen=True)
class Settings:
    """How a benchmark is measured; the defaults are the report's (3.5)."""

    max_tokens: int = 32_768
    temperature: float = 0.6
    top_p: float = 0.95
    repeats: int = 1  # answers to each question, over which its score is averaged
    stop: tuple[str, ...] = ()


@dataclass(frozen=True)
class Benchmark:
    """A set of questions with the way to ask and to score them.

    `read` makes an item of a row and its place from 1, or None of a row that the benchmark
    leaves out; it raises `BadField` (of `verify/judge/fields.py`) that names the column and
    what the row has instead. `score` judges the answer without its reasoning, in a likelihood
    the place of the likeliest choice: verdicts hold a score from 0 to 1; None means that items
    carry a `task`, which is checked by `tasks/checking.py`; `extract` then finds what is to be
    checked in the answer, and without it that is the whole of it. `shown` makes a worked example
    of an item, for shots.
    """

    name: str  # as on the command line, such as math-500
    title: str  # as in the report's tables
    about: str  # one sentence: what is asked, where its rows can be had, their licence
    form: Form
    read: Callable[[Row, int], Item | None]
    prompt: str  # where the wording of the question is from: a paper, a repository, or ours
    score: Callable[[Item, str], Verdict] | None = None
    extract: Callable[[Item, str], str] | None = None
    shots: int = 0  # worked examples before the question, from a file of their own
    shown: Callable[[Item], str] | None = None
    intro: Callable[[Item], str] | None = None  # what stands before the worked examples
    per_character: bool = False  # log-probabilities are compared per character of the choice, as LLaMA's were (2302.13971, section 3)
    metric: Literal["accuracy", "f1"] = "accuracy"
    settings: Settings = field(default_factory=Settings)


def with_shots(benchmark: Benchmark, item: Item, shots: Sequence[Item]) -> str:
    """The question after the benchmark's introduction and worked examples, a blank line between them.

    Shots are of the question's own topic if there are enough of those, else the first ones of
    all; they are never the item itself.
    """
    parts = [benchmark.intro(item)] if benchmark.intro else []
    if benchmark.shots:
        assert benchmark.shown, f"{benchmark.name} has shots and cannot show one"
        others = [shot for shot in shots if (shot.question, shot.choices) != (item.question, item.choices)]
        akin = [shot for shot in others if shot.topic == item.topic]
        kept = akin if len(akin) >= benchmark.shots else others
        parts += map(benchmark.shown, kept[: benchmark.shots])
    return "\n\n".join([*parts, item.question])


def continuations(benchmark: Benchmark, item: Item, shots: Sequence[Item]) -> list[tuple[str, str]]:
    """What a likelihood compares: of each choice the text before it, and the choice, whose log-probability after that text is wanted."""
    text = with_shots(benchmark, item, shots)
    stems = item.stems or ("",) * len(item.choices)
    return [(text + stem, choice) for stem, choice in zip(stems, item.choices, strict=True)]


def likeliest(benchmark: Benchmark, item: Item, logprobs: Sequence[float]) -> str:
    """The place of the likeliest choice, as `score` takes it: the first of the best, by log-probabilities in nats, in the choices' order.

    Per character, where the benchmark says so, is as lm-evaluation-harness's acc_norm has it: the space before a choice is not counted.
    """
    lengths = [len(choice.removeprefix(" ")) if benchmark.per_character else 1 for choice in item.choices]
    rated = [logprob / length for logprob, length in zip(logprobs, lengths, strict=True)]
    return str(rated.index(max(rated)))
