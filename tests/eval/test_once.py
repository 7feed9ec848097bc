"""Own tasks measured in one go: broken down by family and level, kept where they should be, and judged as their families do."""

from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest

from openmimo.core.errors import InputError
from openmimo.eval.ask import Ask, Said
from openmimo.eval.benchmarks.own import OWN_BASE, own_items
from openmimo.eval.item import Item
from openmimo.eval.once import measure
from openmimo.eval.suite import Part, own

FAMILIES = ("arithmetic", "functions")


class Half:
    """Gives every second answer rightly, as a reply or as the end of a document."""

    def __init__(self, items: list[Item]):
        self.answers = {item.question: item.gold for item in items}
        self.queue: deque[Said] = deque()
        self.asked = 0

    def submit(self, ask: Ask) -> int:
        self.asked += 1
        question = ask.messages[0]["content"] if ask.messages else ask.text
        answer = self.answers[question] if self.asked % 2 else "-77"
        self.queue.append(Said(self.asked, answer if ask.messages else f"a step = 1\n{answer}\n", "hm", tokens=5, seconds=0.5))
        return self.asked

    def finished(self) -> Iterator[Said]:
        while self.queue:
            yield self.queue.popleft()

    def cancel(self, number: int) -> None:
        raise AssertionError

    def close(self) -> None:
        pass


def part_of(base: bool = False) -> Part:
    return own(FAMILIES, 4, base=base, levels=(1, 2))


@pytest.mark.parametrize("base", [False, True])
def test_scores_are_by_family_and_level(base: bool) -> None:
    part = part_of(base)
    found = measure(part, Half(list(part.items)), "half")
    assert [(one.name, one.mean, one.questions) for one in found.levels] == [
        (f"{name} {level}", 0.5, 4) for name in FAMILIES for level in (1, 2)
    ]
    assert [(one.name, one.mean) for one in found.topics] == [(name, 0.5) for name in FAMILIES]
    assert (found.mean, found.questions, found.tokens, found.truncated, found.these) == (0.5, 16, 5, 0, None)
    assert {sample.verdict for sample in found.samples} == {"right", "wrong"}
    assert len(found.samples) == 16


def test_what_is_kept_is_not_asked_again(tmp_path: Path) -> None:
    part = part_of()
    first = measure(part, Half(list(part.items)), "half", tmp_path / "own")
    nobody = Half([])
    assert measure(part, nobody, "half", tmp_path / "own") == first
    assert nobody.asked == 0


def test_own_items_are_always_the_same_and_have_ids_of_their_own() -> None:
    items = own_items(FAMILIES, 3)
    assert items == own_items(FAMILIES, 3)
    assert len({item.id for item in items}) == len(items) == 24
    assert items[:3] == own_items(("arithmetic",), 5)[:3]
    with pytest.raises(InputError, match="no task family 'astrology'"):
        own_items(("astrology",), 3)
    with pytest.raises(InputError, match="leaves no tasks"):
        own_items(FAMILIES, 0)


def test_the_end_of_a_document_is_its_answer() -> None:
    (item,) = own_items(("arithmetic",), 1, levels=(1,))
    for text, answer in (
        ("1 + 2 = 3\n3", "3"),
        ("3\n\n", "3"),
        ("Add.\n```python\ndef f(x):\n    return x\n```\n", "```python\ndef f(x):\n    return x\n```"),
        ("```python\ndef f(x):\n    return", "    return"),  # cut short: no code
        (" \n", ""),
    ):
        assert OWN_BASE.extract(item, text) == answer
