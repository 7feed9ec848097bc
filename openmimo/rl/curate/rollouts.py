"""How often a model solves each problem: so many answers to each, kept as they come, by the machinery of `openmimo eval`.

The verdicts are those that a reward would have (`tasks/checking.py`). Knows no filter.
"""

from collections.abc import Sequence
from pathlib import Path

from openmimo.core.errors import InputError, OpenMimoError
from openmimo.core.lines import read_lines
from openmimo.eval.item import Benchmark, Item, Row, Settings
from openmimo.eval.opened import is_address, open_model
from openmimo.eval.run import VERDICTS, run
from openmimo.rl.curate.candidate import Candidate
from openmimo.rl.curate.config import CurateConfig
from openmimo.tasks.checking import Checker
from openmimo.verify.verdict import Verdict

Solved = tuple[int, int]
"""How many answers are right, and how many had a verdict."""


def roll_out(
    config: CurateConfig, candidates: Sequence[Candidate], model: str, settings: Settings, folder: Path, some_test: bool = False
) -> dict[int, Solved]:
    """How often each problem is solved, by line, in `settings.repeats` answers; what `folder` has already is not asked again.

    Problems that are too long for the model's context with an answer are not there, and such without any verdict have 0 of 0. With `some_test` code is right if any of its tests passes. Raises `OpenMimoError` where answers could not be had.
    """
    opened = open_model(model, config.at_once, served_name=config.served_name if is_address(model) else "")
    try:
        fits = [one for one in candidates if opened.context is None or opened.tokens(one.statement) + settings.max_tokens < opened.context]
        items = [Item(one.name, one.statement, one.task.answer, task=one.task) for one in fits]
        judge = _some_test if some_test else _right
        with Checker() as checker:
            benchmark = Benchmark(
                folder.name, "Rollouts", "Problems to be curated.", "chat", _none, "ours", lambda item, text: judge(checker, item, text)
            )
            failed = run(
                benchmark,
                items,
                (),
                settings,
                opened.answerer,
                folder,
                config.seed,
                config.at_once,
                {"model": opened.name, "some_test": some_test},
            )
    finally:
        opened.answerer.close()
    if failed:
        raise OpenMimoError(
            f"{model} gave no answer {failed.count:,} times: {failed.error}",
            "see to the model, and run the same again: what it said is kept",
        )
    scores: dict[str, list[bool]] = {one.name: [] for one in fits}
    for line in read_lines(folder / VERDICTS):
        if line["score"] is not None:
            scores[line["item"]].append(line["kind"] == "right")
    return {one.line: (sum(scores[one.name]), len(scores[one.name])) for one in fits}


def _right(checker: Checker, item: Item, text: str) -> Verdict:
    assert item.task
    return checker.verdict(item.task, text)


def _some_test(checker: Checker, item: Item, text: str) -> Verdict:
    assert item.task
    passed = checker.passed(item.task, text)
    if None in passed and True not in passed:
        return Verdict("fault", None, "code", "a test could not be run")
    good = sum(one is True for one in passed)
    return Verdict("right" if good else "wrong", float(bool(good)), "code", f"{good} of {len(passed)} tests pass")


def _none(row: Row, place: int) -> Item | None:
    raise InputError("problems to be curated are read elsewhere", "openmimo curate FILE")
