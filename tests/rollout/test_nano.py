"""A step of rollouts of the shipped nano, judged beside the writing: the selected groups are those of the naive twin, and can be computed again."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count

import pytest

from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.load import Loaded, load
from openmimo.engine.request import Finished, Request
from openmimo.engine.sample import Sampling
from openmimo.engine.session import prompt_ids
from openmimo.rollout.config import RolloutConfig
from openmimo.rollout.naive import naive
from openmimo.rollout.predictor import Predictor
from openmimo.rollout.problems import Problems
from openmimo.rollout.rollout import roll_out
from openmimo.verify.verdict import Verdict

CONFIG = RolloutConfig(groups=2, group_size=4, slots=8)


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load("nano")


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def problems(loaded: Loaded, pool: ThreadPoolExecutor) -> Problems[int]:
    """Additions, with a reward for an even number of tokens: about half of the answers have it, however good nano is."""

    def request(problem: int, seed: int) -> Request:
        prompt = prompt_ids(loaded, [{"role": "user", "content": f"What is {problem + 17} + {problem + 5}?"}])
        return Request(prompt, 24, loaded.stop_ids, Sampling(1.0, seed=seed), group=str(problem))

    def verdict(said: Finished) -> Verdict:
        even = sum(said.ids) % 2 == 0
        return Verdict("right" if even else "wrong", float(even), "test", "")

    def judge(problem: int, said: Finished) -> "Future[Verdict]":
        return pool.submit(verdict, said)

    return Problems(count(), str, request, judge)


def engine(loaded: Loaded) -> TorchEngine:
    return TorchEngine(loaded.model, EngineConfig(rows=CONFIG.slots))


def test_nano_rolls_out_the_same_groups_seamlessly_and_naively(loaded: Loaded, pool: ThreadPoolExecutor) -> None:
    ours = engine(loaded)
    outcome = roll_out(problems(loaded, pool), ours, CONFIG, Predictor(), seed=3)
    assert ours.pool.used == 0
    assert not ours.busy
    plain = naive(problems(loaded, pool), engine(loaded), CONFIG, seed=3)
    assert len(outcome.selected) == CONFIG.groups
    assert [group.problem for group in outcome.selected] == [group.problem for group in plain.selected]
    for group, twin in zip(outcome.selected, plain.selected, strict=True):
        assert [one.finished.ids for one in group.samples if one.finished] == [one.finished.ids for one in twin.samples if one.finished]
        assert group.rewards == twin.rewards
        assert len(set(group.rewards)) > 1
    assert 0 < outcome.occupied <= 1


def test_an_error_amid_a_step_leaves_nothing_in_the_cache(loaded: Loaded, pool: ThreadPoolExecutor) -> None:
    ours = engine(loaded)
    broken = Problems(iter(range(1)), str, problems(loaded, pool).request, problems(loaded, pool).judge)

    def interrupt() -> None:
        raise KeyboardInterrupt

    plain, steps = ours.step, count()
    ours.step = lambda: interrupt() if next(steps) == 4 else plain()  # type: ignore[method-assign,assignment,return-value]
    with pytest.raises(KeyboardInterrupt):
        roll_out(broken, ours, CONFIG, Predictor())
    assert ours.pool.used > 0
    ours.step = plain  # type: ignore[method-assign]
    assert len(list(ours.finished())) == CONFIG.group_size  # cancelled
    assert ours.pool.used == 0
