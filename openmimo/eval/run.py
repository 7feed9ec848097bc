"""One benchmark put to one model: ask, keep what was said, judge it while the rest is still being said. Read this first.

What was said (`said.jsonl`) and what came of it (`verdicts.jsonl`) are files of their own in
the run's folder: either is gone on with where it stopped, and deleting the second one judges
anew without asking anew. `summary.py` makes the numbers of both.
"""

import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from openmimo.core.errors import ConfigError
from openmimo.core.files import read_json, write_json
from openmimo.core.lines import Lines, read_lines
from openmimo.core.log import Progress
from openmimo.eval.ask import Answerer, Ask, Drawing, Said
from openmimo.eval.item import Benchmark, Item, Settings, continuations, likeliest, with_shots
from openmimo.rollout.stream import Room, stream
from openmimo.tasks.checking import Checker
from openmimo.verify.verdict import Verdict

FORMAT = 1
Key = tuple[str, int, int]  # the item's id, the number of the answer to it, and in a likelihood the place of the choice
UNANSWERED = ("failed", "cancelled")
SAID, VERDICTS = "said.jsonl", "verdicts.jsonl"


@dataclass(frozen=True)
class Question:
    """One ask of a run: an item, for the `repeat`th time, or one `choice` of it."""

    item: Item
    repeat: int
    choice: int
    ask: Ask

    @property
    def key(self) -> Key:
        return self.item.id, self.repeat, self.choice


@dataclass(frozen=True)
class Failed:
    """How many asks had no answer, and why the last of them had none."""

    count: int
    error: str


def run(
    benchmark: Benchmark,
    items: Sequence[Item],
    shots: Sequence[Item],
    settings: Settings,
    answerer: Answerer,
    folder: Path,
    seed: int = 0,
    in_flight: int = 256,
    given: dict[str, Any] | None = None,
) -> Failed | None:
    """Ask and judge what `folder` lacks; what failed is not kept, so that the next run asks it again, and is returned.

    `given` is what else the run was started with, such as the model's name; a folder that was
    started otherwise is a `ConfigError` that names the field.
    """
    asked = list(questions(benchmark, items, shots, settings, seed))
    begun = {"benchmark": benchmark.name, "settings": asdict(settings), "seed": seed, **(given or {}), "questions": digest(asked)}
    _settle(folder, begun)
    said = {key_of(line): _said(line) for line in read_lines(folder / SAID)}
    judged = {key_of(line) for line in read_lines(folder / VERDICTS)}
    failed = Failed(0, "")
    with _Judge(benchmark) as judge, Lines(folder / SAID) as saying, Lines(folder / VERDICTS) as verdicts:
        # What was said before, and not judged, or judged by rules that have changed since.
        for question in asked:
            if benchmark.form != "likelihood" and question.key in said and question.key not in judged:
                verdicts.append({**_judged(question.item, question.repeat), **asdict(judge(question, said[question.key]).result())})
        left = [question for question in asked if question.key not in said]

        def begin(question: Question, one: Said) -> "Future[Verdict]":
            """Keep what was said before it is judged: a verdict can be had again for little."""
            if one.ending not in UNANSWERED:
                saying.append({**_names(question), **asdict(one)})
                said[question.key] = one
            return judge(question, one)

        with Progress(benchmark.name, len(asked)) as progress:
            samples = stream(left, answerer, lambda question: question.ask, lambda one: one.number, begin, Room(in_flight))
            for done, one in enumerate(samples, len(asked) - len(left) + 1):
                progress.update(done)
                if one.sample.ending in UNANSWERED:
                    failed = Failed(failed.count + 1, one.sample.error)
                elif benchmark.form != "likelihood":
                    verdicts.append({**_judged(one.problem.item, one.problem.repeat), **asdict(one.verdict)})
        if benchmark.form == "likelihood":
            for item in items:
                keys = [(item.id, 0, place) for place in range(len(item.choices))]
                if (item.id, 0, 0) not in judged and all(key in said for key in keys):
                    verdicts.append({**_judged(item, 0), **asdict(_chosen(benchmark, item, [said[key] for key in keys]))})
    if failed.count:
        print(f"{benchmark.name}: {failed.count:,} of {len(asked):,} have no answer: {failed.error}", file=sys.stderr)
    return failed if failed.count else None


def questions(benchmark: Benchmark, items: Sequence[Item], shots: Sequence[Item], settings: Settings, seed: int) -> Iterator[Question]:
    """Every ask of a benchmark, item by item; each repeat draws with a seed of its own."""
    for place, item in enumerate(items):
        if benchmark.form == "likelihood":
            for choice, (text, continuation) in enumerate(continuations(benchmark, item, shots)):
                yield Question(item, 0, choice, Ask(text=text, continuation=continuation))
            continue
        text = with_shots(benchmark, item, shots)
        ask = Ask(messages=({"role": "user", "content": text},)) if benchmark.form == "chat" else Ask(text=text)
        for repeat in range(settings.repeats):
            drawing = Drawing(settings.temperature, settings.top_p, seed + place * settings.repeats + repeat)
            yield Question(item, repeat, 0, replace(ask, max_tokens=settings.max_tokens, drawing=drawing, stop=settings.stop))


def digest(asked: Sequence[Question]) -> str:
    """Of what is asked, shots and all, but not of what is right: a wrong gold can be put right and the answers judged anew."""
    texts = [
        (question.item.id, question.choice, question.ask.messages, question.ask.text, question.ask.continuation)
        for question in asked
        if question.repeat == 0
    ]
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()[:16]


class _Judge:
    """The verdicts on what was said: mathematics and code through the checker, the rest through the benchmark's own scorer."""

    def __init__(self, benchmark: Benchmark):
        self._benchmark = benchmark
        self._checker, self._pool = Checker(policy="eval"), ThreadPoolExecutor(4, thread_name_prefix="judge")

    def __enter__(self) -> "_Judge":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._checker.close()

    def __call__(self, question: Question, said: Said) -> "Future[Verdict]":
        if said.ending in UNANSWERED or self._benchmark.form == "likelihood":
            none: Future[Verdict] = Future()
            none.set_result(Verdict("skipped", None, "eval", said.error or "judged when all choices have been read"))
            return none
        return self._pool.submit(self._verdict, question.item, said)

    def _verdict(self, item: Item, said: Said) -> Verdict:
        if self._benchmark.score:
            return self._benchmark.score(item, said.text)
        assert item.task, f"{self._benchmark.name} has neither a scorer nor tasks"
        answer = self._benchmark.extract(item, said.text) if self._benchmark.extract else said.text
        return self._checker.verdict(item.task, answer)


def _chosen(benchmark: Benchmark, item: Item, said: Sequence[Said]) -> Verdict:
    logprobs = [one.logprob for one in said]
    assert benchmark.score
    known = [logprob for logprob in logprobs if logprob is not None]
    if len(known) < len(logprobs):
        return Verdict("fault", None, "eval", "a log-probability is missing", item.gold)
    return benchmark.score(item, likeliest(benchmark, item, known))


def _settle(folder: Path, config: dict[str, Any]) -> None:
    """Begin the folder, or make sure that it was begun for the same."""
    path = folder / "config.json"
    config = json.loads(json.dumps({"format": FORMAT, **config}))  # as it will be read
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_json(path, config)
        return
    before = read_json(path)
    for name in {**before, **config}:
        now = config.get(name)
        if before.get(name) != now:
            raise ConfigError(
                name, f"was {before.get(name)} when {folder} was begun, and is {now} now", "give the same, or choose another --out"
            )


def _names(question: Question) -> dict[str, Any]:
    return {"item": question.item.id, "repeat": question.repeat, "choice": question.choice}


def _judged(item: Item, repeat: int) -> dict[str, Any]:
    """What a verdict is about; with the group, so that two runs can be compared without the benchmark's file."""
    return {"item": item.id, "repeat": repeat, "choice": 0, "group": item.group}


def key_of(line: dict[str, Any]) -> Key:
    """Which answer a line of either file is about."""
    return line["item"], line["repeat"], line["choice"]


def _said(line: dict[str, Any]) -> Said:
    return Said(**{name: value for name, value in line.items() if name not in ("item", "repeat", "choice")})
