"""Draws depend on the seed and on what steps ended with, on nothing else; pools change between steps only."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.core.errors import InputError, TrainingStopped
from openmimo.rl.easy_pool import Draw, Pools


def problems(pools: Pools, draws: int) -> list[int]:
    return [pools.draw(number).problem for number in range(draws)]


def test_every_problem_comes_once_in_a_turn() -> None:
    pools = Pools(10, seed=0)
    first, second = problems(pools, 20)[:10], problems(pools, 20)[10:]
    assert sorted(first) == sorted(second) == list(range(10))
    assert first != second
    assert problems(Pools(10, seed=1), 10) != first


@settings(max_examples=40, deadline=None)
@given(order=st.permutations(range(12)), seed=st.integers(0, 99))
def test_the_order_of_asking_does_not_matter(order: list[int], seed: int) -> None:
    asked, plain = Pools(5, seed, 0.5), Pools(5, seed, 0.5)
    for pools in (asked, plain):
        pools.end_step(5, {pools.draw(number).problem: number / 2 for number in range(5)})
    found: dict[int, Draw] = {number: asked.draw(number) for number in order}
    assert [found[number] for number in range(12)] == [plain.draw(number) for number in range(12)]


def test_what_was_begun_in_vain_comes_again() -> None:
    """Two runs of different timing: one launched far more than it used, and both go on alike."""
    eager, exact = Pools(50, seed=3), Pools(50, seed=3)
    for step in range(6):
        seen = problems(eager, 30)[:8]
        assert problems(exact, 8) == seen
        rates = {problem: 1.0 if (problem + step) % 3 == 0 else 0.5 for problem in seen}
        eager.end_step(8, rates)
        exact.end_step(8, rates)
        assert eager.state() == exact.state()
        assert problems(eager, 12)[0] == problems(exact, 1)[0]


def test_an_easy_problem_rests_in_the_pool_and_returns_when_it_is_failed() -> None:
    pools = Pools(4, seed=0, easy_share=0.1)
    pools.end_step(4, {0: 1.0, 1: 0.9, 2: 0.0})
    assert pools.easy == {0}
    drawn = [pools.draw(number) for number in range(400)]
    assert {draw.problem for draw in drawn if not draw.easy} == {1, 2, 3}
    pools.end_step(0, {0: 0.875})
    assert pools.easy == set()
    assert 0 in problems(pools, 8)


def test_one_draw_in_ten_is_easy() -> None:
    pools = Pools(4000, seed=1, easy_share=0.1)
    pools.end_step(0, {problem: 1.0 for problem in range(2000)})
    easy = [draw.problem for number in range(3000) if (draw := pools.draw(number)).easy]
    assert 240 < len(easy) < 360  # 3.7 standard deviations
    assert len(set(easy)) == len(easy)  # no problem twice in a step
    assert all(problem < 2000 for problem in easy)
    numbers = [number for number in range(3000) if pools.draw(number).easy]
    pools.end_step(0, {})
    assert [number for number in range(3000) if pools.draw(number).easy] != numbers  # each step throws its own dice


def test_where_all_are_easy_they_are_drawn_all_the_same() -> None:
    pools = Pools(3, seed=0)
    pools.end_step(3, dict.fromkeys(range(3), 1.0))
    assert sorted(problems(pools, 3)) == [0, 1, 2]
    assert all(pools.draw(number).easy for number in range(9))


def test_dropped_problems_never_come_again_until_none_is_left() -> None:
    pools = Pools(4, seed=0, easy_share=0.0, drop_at=0.9)
    pools.end_step(4, {0: 0.9, 1: 0.89, 2: 1.0})
    assert set(problems(pools, 40)) == {1, 3}
    pools.end_step(2, {0: 0.1, 1: 1.0, 3: 1.0})
    with pytest.raises(TrainingStopped, match="every problem was dropped as solved"):
        pools.draw(0)


def test_with_neither_all_stay() -> None:
    pools = Pools(4, seed=0, easy_share=0.0)
    pools.end_step(4, dict.fromkeys(range(4), 1.0))
    assert sorted(problems(pools, 4)) == [0, 1, 2, 3]
    assert not any(pools.draw(number).easy for number in range(4))


@pytest.mark.parametrize("easy_share, drop_at", [(0.3, None), (0.0, 0.9), (0.0, None)])
def test_the_state_is_plain_json_and_goes_on_exactly(easy_share: float, drop_at: float | None) -> None:
    unbroken, rng = Pools(20, 7, easy_share, drop_at), random.Random(5)
    for _ in range(5):
        drawn = problems(unbroken, 6)
        unbroken.end_step(6, {problem: rng.choice([0.0, 0.5, 1.0]) for problem in drawn})
    resumed = Pools(20, 7, easy_share, drop_at)
    resumed.restore(json.loads(json.dumps(unbroken.state())))
    assert [unbroken.draw(number) for number in range(15)] == [resumed.draw(number) for number in range(15)]


def test_another_problem_set_is_refused() -> None:
    pools = Pools(3, seed=0)
    with pytest.raises(InputError, match="began with 4 problems, and there are 3"):
        pools.restore(Pools(4, seed=0).state())
    with pytest.raises(InputError, match="no problems"):
        Pools(0, seed=0)
