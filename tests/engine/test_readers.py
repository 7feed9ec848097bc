"""Readers of one engine do not take each other's news, and one that leaves stops its work."""

import pytest

from openmimo.core.errors import InputError
from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.generate import complete
from openmimo.engine.readers import Readers
from openmimo.engine.request import Ending, Request
from openmimo.model.config import ModelConfig
from openmimo.model.mimo import MiMo


@pytest.fixture
def readers() -> Readers:
    model = MiMo(ModelConfig(40, 32, 48, 2, 4, 2, 8, 64))
    model.start(4)
    return Readers(TorchEngine(model, EngineConfig(cache_tokens=256)))


def test_two_readers_in_turns_hear_their_own(readers: Readers) -> None:
    prompts: list[list[int]] = [[1, 2], [3], [4, 5, 6]]
    first, second = readers.follow([Request(prompts[0], 9)]), readers.follow([Request(prompt, 5) for prompt in prompts[1:]])
    said: list[list[int]] = [[], [], []]
    for _ in range(9):
        said[0] += next(first)[1].ids
        if (heard := next(second, None)) is not None:
            said[1 + heard[0]] += heard[1].ids
    for place, news in second:
        said[1 + place] += news.ids
    assert next(first, None) is None
    model = readers.engine.model
    assert said == [complete(model, [prompt], tokens, frozenset())[0] for prompt, tokens in zip(prompts, (9, 5, 5), strict=True)]


def test_who_leaves_gives_the_blocks_back(readers: Readers) -> None:
    reader = readers.follow([Request([1, 2], 50)])
    next(reader)
    assert readers.engine.pool.used
    reader.close()  # type: ignore[attr-defined]
    assert [sample.ending for sample in readers.engine.finished()] == [Ending.CANCELLED]
    assert (readers.engine.pool.used, readers.engine.busy) == (0, False)


def test_if_one_of_several_is_refused_none_runs(readers: Readers) -> None:
    with pytest.raises(InputError, match="token id 99"):
        next(readers.follow([Request([1], 5), Request([99], 5)]))
    readers.engine.step()
    assert not readers.engine.busy
