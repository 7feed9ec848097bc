"""A run asks what is missing and nothing else, keeps what was said through kills and failures, and judges anew without asking anew."""

import json
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest

from openmimo.core.errors import ConfigError
from openmimo.eval.ask import Ask, Said
from openmimo.eval.item import Benchmark, Item, Row, Settings
from openmimo.eval.run import SAID, VERDICTS, run
from openmimo.eval.summary import scored
from openmimo.tasks.families import make_task
from openmimo.verify.verdict import Verdict

ITEMS = [Item(str(number), f"What is {number} + 1?", str(number + 1)) for number in range(6)]
SETTINGS = Settings(max_tokens=9, repeats=2)


def same(item: Item, answer: str) -> Verdict:
    return Verdict("right" if answer == item.gold else "wrong", float(answer == item.gold), "test", "", item.gold, answer)


def never(row: Row, line: int) -> Item:
    raise AssertionError


ADDS = Benchmark("adds", "Adds", "sums", "chat", never, "ours", same, settings=SETTINGS)
PICKS = Benchmark("picks", "Picks", "choices", "likelihood", never, "ours", same)


class Adder:
    """Adds, but fails at the numbers it is told to, and dies after so many answers."""

    def __init__(self, fails: tuple[str, ...] = (), dies_after: int = 999):
        self.fails, self.left, self.asked = fails, dies_after, []  # type: ignore[var-annotated]
        self.queue: deque[tuple[int, Ask]] = deque()

    def submit(self, ask: Ask) -> int:
        self.asked.append(ask)
        self.queue.append((len(self.asked), ask))
        return len(self.asked)

    def finished(self) -> Iterator[Said]:
        while self.queue:
            if self.left == 0:
                raise KeyboardInterrupt
            self.left -= 1
            number, ask = self.queue.popleft()
            if ask.continuation:
                yield Said(number, logprob=-float(len(ask.continuation)))
                continue
            first = ask.messages[0]["content"].split()[2]
            if first in self.fails:
                yield Said(number, ending="failed", error="no route")
            else:
                yield Said(number, text=str(int(first) + 1), tokens=1)

    def cancel(self, number: int) -> None:
        self.queue = deque(one for one in self.queue if one[0] != number)

    def close(self) -> None:
        pass


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_item_is_asked_as_often_as_it_should_be_with_seeds_of_its_own(tmp_path: Path) -> None:
    adder = Adder()
    assert run(ADDS, ITEMS, (), SETTINGS, adder, tmp_path, seed=7) is None
    assert len(adder.asked) == 12
    assert [ask.drawing.seed for ask in adder.asked] == list(range(7, 19))
    assert {ask.max_tokens for ask in adder.asked} == {9}
    assert [line["score"] for line in lines(tmp_path / VERDICTS)] == [1.0] * 12
    again = Adder()
    assert run(ADDS, ITEMS, (), SETTINGS, again, tmp_path, seed=7) is None
    assert again.asked == []


def test_a_killed_run_goes_on_and_loses_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(ADDS, ITEMS, (), SETTINGS, Adder(dies_after=5), tmp_path)
    kept = lines(tmp_path / SAID)
    assert len(kept) == 5
    with open(tmp_path / SAID, "a") as file:
        file.write('{"item": "3", "rep')  # the line that was being written
    adder = Adder()
    run(ADDS, ITEMS, (), SETTINGS, adder, tmp_path)
    assert len(adder.asked) == 7
    assert len({(line["item"], line["repeat"]) for line in lines(tmp_path / SAID)}) == 12
    assert sorted((line["item"], line["repeat"]) for line in lines(tmp_path / VERDICTS)) == sorted(
        (line["item"], line["repeat"]) for line in lines(tmp_path / SAID)
    )


def test_what_failed_is_told_and_asked_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    failed = run(ADDS, ITEMS, (), SETTINGS, Adder(fails=("2", "4")), tmp_path)
    assert failed is not None
    assert (failed.count, failed.error) == (4, "no route")
    assert "4 of 12 have no answer: no route" in capsys.readouterr().err
    assert len(lines(tmp_path / VERDICTS)) == 8
    adder = Adder()
    assert run(ADDS, ITEMS, (), SETTINGS, adder, tmp_path) is None
    assert len(adder.asked) == 4
    assert len(lines(tmp_path / VERDICTS)) == 12


def test_judging_anew_asks_nothing(tmp_path: Path) -> None:
    run(ADDS, ITEMS, (), SETTINGS, Adder(), tmp_path)
    before = lines(tmp_path / VERDICTS)
    (tmp_path / VERDICTS).unlink()
    adder = Adder()
    run(ADDS, ITEMS, (), SETTINGS, adder, tmp_path)
    assert adder.asked == []
    in_order = sorted(before, key=lambda line: (str(line["item"]), str(line["repeat"])))
    assert lines(tmp_path / VERDICTS) == in_order


def test_the_likeliest_choice_is_what_is_scored(tmp_path: Path) -> None:
    items = [Item("a", "Q", "1", choices=(" long one", " no"), group="passage"), Item("b", "Q", "0", choices=(" long one", " no"))]
    adder = Adder()
    run(PICKS, items, (), Settings(), adder, tmp_path)
    assert [(ask.text, ask.continuation) for ask in adder.asked][:2] == [("Q", " long one"), ("Q", " no")]
    assert {line["item"]: line["score"] for line in lines(tmp_path / VERDICTS)} == {"a": 1.0, "b": 0.0}
    assert [(one.id, one.scores, one.group) for one in scored(tmp_path)] == [("a", (1.0,), "passage"), ("b", (0.0,), "")]
    run(PICKS, items, (), Settings(), Adder(), tmp_path)
    assert len(lines(tmp_path / VERDICTS)) == 2


def test_tasks_are_checked_by_their_own_checker(tmp_path: Path) -> None:
    tasks = [make_task("arithmetic", 1, seed) for seed in range(3)]
    items = [Item(str(place), f"What is {int(task.answer) - 1} + 1?", task.answer, task=task) for place, task in enumerate(tasks)]
    checked = Benchmark("own", "Own", "sums", "chat", never, "ours", settings=Settings(repeats=1))
    run(checked, items, (), Settings(repeats=1), Adder(), tmp_path)
    assert [line["score"] for line in lines(tmp_path / VERDICTS)] == [1.0] * 3


def test_a_folder_of_another_run_is_not_mixed_up_with_it(tmp_path: Path) -> None:
    run(ADDS, ITEMS, (), SETTINGS, Adder(), tmp_path, given={"model": "one"})
    with pytest.raises(ConfigError, match=r"model: was one when .* and is two now"):
        run(ADDS, ITEMS, (), SETTINGS, Adder(), tmp_path, given={"model": "two"})
    with pytest.raises(ConfigError, match="settings"):
        run(ADDS, ITEMS, (), Settings(max_tokens=8), Adder(), tmp_path, given={"model": "one"})
