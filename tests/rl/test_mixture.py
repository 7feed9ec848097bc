"""Shares of the draws by domain: as they are asked for, over whatever is left of each, and the same whatever the timing."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.core.errors import ConfigError, TrainingStopped
from openmimo.rl.easy_pool import Pools
from openmimo.rl.mixture import even, mixture_of
from openmimo.rl.problem_set import Problem, of_seed

DOMAINS = ["code"] * 5 + ["math"] * 95


def test_without_weights_all_problems_are_alike() -> None:
    assert mixture_of(DOMAINS, {}) == even(100)
    drawn = [Pools(100, 1, mixture=mixture_of(DOMAINS, {})).draw(number).problem for number in range(100)]
    assert sorted(drawn) == list(range(100))


def test_each_domain_has_its_share_and_goes_through_all_its_problems() -> None:
    pools = Pools(100, 1, mixture=mixture_of(DOMAINS, {"code": 1, "math": 3}))
    drawn = [pools.draw(number).problem for number in range(2000)]
    code = [problem for problem in drawn if problem < 5]
    assert 0.22 < len(code) / len(drawn) < 0.28
    assert sorted(code[:5]) == list(range(5))
    assert set(Counter(code[: 5 * (len(code) // 5)]).values()) == {len(code) // 5}
    assert set(drawn) == set(range(100))


def test_a_domain_with_nothing_left_leaves_its_share_to_the_others() -> None:
    pools = Pools(6, 1, easy_share=0.0, drop_at=0.9, mixture=mixture_of(["a", "a", "b", "b", "c", "c"], {"a": 1, "b": 1, "c": 0}))
    assert {pools.draw(number).problem for number in range(40)} == {0, 1, 2, 3}
    pools.end_step(4, {0: 1.0, 1: 1.0})
    assert {pools.draw(number).problem for number in range(40)} == {2, 3}
    pools.end_step(4, {2: 1.0, 3: 1.0})
    with pytest.raises(TrainingStopped, match="every problem was dropped"):
        pools.draw(0)


@settings(max_examples=25, deadline=None)
@given(used=st.lists(st.integers(0, 12), min_size=1, max_size=6), extra=st.integers(0, 9), seed=st.integers(0, 50))
def test_draws_depend_on_what_was_used_alone_and_go_on_from_a_state(used: list[int], extra: int, seed: int) -> None:
    mixture = mixture_of(["a", "b", "b", "c", "c", "c", "c"], {"a": 1, "b": 2, "c": 1.5})
    eager, exact = Pools(7, seed, 0.3, mixture=mixture), Pools(7, seed, 0.3, mixture=mixture)
    for draws in used:
        seen = [eager.draw(number) for number in range(draws + extra)][:draws]
        assert [exact.draw(number) for number in range(draws)] == seen
        rates = {draw.problem: float(draw.problem % 2) for draw in seen}
        eager.end_step(draws, rates)
        exact.end_step(draws, rates)
        assert eager.state() == exact.state()
        exact = Pools(7, seed, 0.3, mixture=mixture)
        exact.restore(eager.state())
    assert exact.draw(0) == eager.draw(0)


@pytest.mark.parametrize(("weights", "said"), [({"math": 1, "code": 1, "art": 1}, "no problem is of art"), ({"math": 1}, "code has none")])
def test_weights_that_do_not_fit_the_problems(weights: dict[str, float], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        mixture_of(DOMAINS, weights)


def test_the_domain_of_a_problem_is_its_family_or_what_its_row_says() -> None:
    assert of_seed(("arithmetic", 1), 3).domain == "arithmetic"
    assert Problem("one", (), row={"domain": "sums"}).domain == "sums"
    assert Problem("one", (), row={"data_source": "openai/gsm8k"}).domain == "openai/gsm8k"
    assert Problem("one", (), row={"domain": 3}).domain == "math"
