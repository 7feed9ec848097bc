"""Levels of tests by pass rate, and the rewards made of them, against twins written straight from the report's words."""

import itertools
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.core.errors import InputError
from openmimo.verify.difficulty import Levels, clusters, grouped, make_levels, pass_rates, ran, rewards, verdict
from openmimo.verify.judge.judge import Judge
from openmimo.verify.judge.problem import AssertTest, CallTest, CodeProblem, StdinTest
from openmimo.verify.judge.result import JudgeResult, TestResult
from openmimo.verify.level_file import hash_of_tests, levels_of, levels_path, load_levels, save_levels

QUICK = settings(deadline=None, derandomize=True, max_examples=150)
EASY_TO_HARD = Levels((0, 0, 1, 2), (0.25, 0.25, 0.5), (0.9, 0.9, 0.5, 0.1))


def naive_strict(levels: Levels, passed: list[bool]) -> Fraction:
    """A level's points only if all its tests and all easier levels' tests pass."""
    reward = Fraction(0)
    for level, points in enumerate(levels.points):
        if all(ok for ok, its in zip(passed, levels.levels, strict=True) if its <= level):
            reward += Fraction(points)
    return reward


def naive_soft(levels: Levels, passed: list[bool]) -> Fraction:
    """Each level's points are shared equally by its tests; the sum over passed tests."""
    return sum(
        (Fraction(levels.points[its]) / levels.levels.count(its) for ok, its in zip(passed, levels.levels, strict=True) if ok), Fraction(0)
    )


def naive_cost(groups: list[list[float]]) -> float:
    return sum(sum((value - sum(group) / len(group)) ** 2 for value in group) for group in groups)


@st.composite
def made(draw: st.DrawFn) -> tuple[Levels, list[bool]]:
    """Levels from random rollouts with random points, and a random program's outcomes."""
    tests = draw(st.integers(1, 12))
    outcomes = st.lists(st.sampled_from([True, True, False, None]), min_size=tests, max_size=tests)
    models = draw(st.lists(st.lists(outcomes, min_size=1, max_size=5), min_size=1, max_size=3))
    points = draw(st.lists(st.floats(0.01, 100), min_size=1, max_size=5))
    levels = make_levels(models, points, draw(st.sampled_from([0.0, 0.1, 0.3])))
    return levels, draw(st.lists(st.booleans(), min_size=tests, max_size=tests))


@QUICK
@given(made())
def test_rewards_are_those_of_the_naive_twins(case: tuple[Levels, list[bool]]) -> None:
    levels, passed = case
    assert rewards(levels, [passed], "strict")[0] == pytest.approx(float(naive_strict(levels, passed)), abs=1e-9)
    assert rewards(levels, [passed], "soft")[0] == pytest.approx(float(naive_soft(levels, passed)), abs=1e-9)


@QUICK
@given(made())
def test_all_is_at_most_strict_is_at_most_soft_and_a_full_pass_is_exactly_one(case: tuple[Levels, list[bool]]) -> None:
    levels, passed = case
    none, strict, soft = (rewards(levels, [passed], scheme)[0] for scheme in ("all", "strict", "soft"))
    assert 0 <= none <= strict <= soft <= 1
    assert none == float(all(passed))
    full, nothing = [True] * len(passed), [False] * len(passed)
    for scheme in ("all", "strict", "soft"):
        assert rewards(levels, [full, nothing], scheme) == [1.0, 0.0]


@QUICK
@given(made(), st.randoms(use_true_random=False))
def test_passing_more_never_earns_less(case: tuple[Levels, list[bool]], random: object) -> None:
    levels, passed = case
    for place in range(len(passed)):
        more = [*passed[:place], True, *passed[place + 1 :]]
        for scheme in ("all", "strict", "soft"):
            less_, more_ = rewards(levels, [passed, more], scheme)
            assert less_ <= more_


@QUICK
@given(st.data())
def test_the_order_of_the_tests_does_not_matter(data: st.DataObject) -> None:
    rollouts = data.draw(st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=1, max_size=8))
    passed = data.draw(st.lists(st.booleans(), min_size=6, max_size=6))
    order = data.draw(st.permutations(range(6)))
    levels = make_levels([rollouts])
    turned = make_levels([[[row[place] for place in order] for row in rollouts]])
    assert turned.levels == tuple(levels.levels[place] for place in order)
    for scheme in ("all", "strict", "soft"):
        assert rewards(turned, [[passed[place] for place in order]], scheme) == rewards(levels, [passed], scheme)


@QUICK
@given(st.lists(st.integers(0, 20).map(lambda part: part / 20), min_size=1, max_size=9), st.integers(1, 4))
def test_clusters_are_the_best_split_there_is(rates: list[float], most: int) -> None:
    levels = clusters(rates, most, 0.0)
    found = max(levels) + 1
    assert found == min(most, len(set(rates)))  # without a gap, as many as there may be
    values = sorted(rates, reverse=True)
    splits = [
        [values[start:end] for start, end in itertools.pairwise((0, *cuts, len(values)))]
        for cuts in itertools.combinations(range(1, len(values)), found - 1)
    ]
    groups = [[rate for rate, level in zip(rates, levels, strict=True) if level == which] for which in range(found)]
    assert naive_cost(groups) == pytest.approx(min(map(naive_cost, splits)), abs=1e-9)
    assert all(min(easier) > max(harder) for easier, harder in itertools.pairwise(groups))  # level 0 is the easiest


def test_clusters_that_are_plain_to_see() -> None:
    assert clusters([0.9, 0.5, 0.88, 0.1, 0.12], 4, 0.1) == [0, 1, 0, 2, 2]
    assert clusters([0.9, 0.45, 0.88, 0.1, 0.12], 2, 0.1) == [0, 1, 0, 1, 1]
    assert clusters([0.50, 0.45, 0.41], 4, 0.1) == [0, 0, 0], "nothing lies a gap apart"
    assert clusters([0.7], 4, 0.1) == [0]
    assert clusters([], 4, 0.1) == []
    assert clusters(list(np.linspace(0, 1, 101)), 4, 0.1).count(0) in (25, 26), "rates without gaps are cut all the same"


def test_equal_pass_rates_are_one_level() -> None:
    levels = make_levels([[[True, True, True], [False, False, False]]])
    assert levels == Levels((0, 0, 0), (1.0,), (0.5, 0.5, 0.5))
    assert rewards(levels, [[True, True, False]], "strict") == [0.0]
    assert rewards(levels, [[True, True, False]], "soft") == [pytest.approx(2 / 3)]


def test_models_weigh_equally_whatever_their_number_of_programs() -> None:
    weak, strong = [[False, False]] * 9, [[True, False]]
    assert pass_rates([weak, strong]) == (0.5, 0.0)
    assert pass_rates([weak, strong, []]) == (0.5, 0.0), "a model without programs has no say"


def test_tests_that_nobody_ran_have_no_rate_and_go_with_the_hardest() -> None:
    levels = make_levels([[[True, False, None], [True, None, None]], [[True, None, None]]])
    assert levels.rates == (1.0, 0.0, None)
    assert levels.levels == (0, 1, 1)
    assert make_levels([[[None, None]]]).levels == (0, 0)


def test_what_was_not_run_says_nothing_of_difficulty() -> None:
    result = JudgeResult.of([TestResult("AC"), TestResult("WA"), TestResult("JE"), TestResult("--")])
    assert ran(result) == (True, False, None, None)


def test_points_are_scaled_and_only_as_many_as_there_are_levels() -> None:
    levels = make_levels([[[True, False], [True, False]]], points=(1, 3, 7))
    assert levels.points == (0.25, 0.75)


@pytest.mark.parametrize("points", [(), (1, 0), (1, -2), (1, float("nan"))])
def test_points_that_cannot_be(points: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match="points"):
        make_levels([[[True]]], points=points)


def test_what_does_not_fit_together_is_named() -> None:
    with pytest.raises(InputError, match="no rollouts"):
        pass_rates([[], []])
    with pytest.raises(InputError, match="2 to 3 tests"):
        pass_rates([[[True, True]], [[True, True, False]]])
    with pytest.raises(InputError, match="3 tests, and levels for 4"):
        rewards(EASY_TO_HARD, [[True, True, True]])
    with pytest.raises(InputError, match="no reward scheme 'hard'"):
        rewards(EASY_TO_HARD, [[True] * 4], "hard")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="points for 1"):
        Levels((0, 1), (1.0,), (0.5, 0.1))


@pytest.mark.parametrize(
    "passed, strict, soft",
    [
        ("1100", 0.25, 0.25),
        ("1110", 0.5, 0.5),
        ("0111", 0.0, 0.875),
        ("1101", 0.25, 0.75),
        ("1000", 0.0, 0.125),
    ],
)
def test_the_two_schemes_by_hand(passed: str, strict: float, soft: float) -> None:
    row = [sign == "1" for sign in passed]
    assert (rewards(EASY_TO_HARD, [row], "strict"), rewards(EASY_TO_HARD, [row], "soft")) == ([strict], [soft])


def judged(outcomes: str) -> JudgeResult:
    return JudgeResult.of([TestResult("AC" if sign == "1" else "WA" if sign == "0" else "JE") for sign in outcomes])


def test_verdicts_carry_the_score_and_a_fault_of_the_judge_stays_a_fault() -> None:
    assert verdict(EASY_TO_HARD, judged("1111")).kind == "right"
    half = verdict(EASY_TO_HARD, judged("1110"))
    assert (half.kind, half.score, half.reason) == ("partial", 0.5, "3 of 4 tests passed, 2 of 3 levels in full")
    assert (verdict(EASY_TO_HARD, judged("0111")).kind, verdict(EASY_TO_HARD, judged("0111")).score) == ("wrong", 0.0)
    assert (verdict(EASY_TO_HARD, judged("111j")).kind, verdict(EASY_TO_HARD, judged("111j")).score) == ("fault", None)


def problem(*tests: StdinTest | CallTest | AssertTest, id: str = "sum") -> CodeProblem:
    return CodeProblem(id, "Add.", tests or (StdinTest("1 2", "3"), StdinTest("2 2", "4")))


def test_groups_are_the_levels() -> None:
    assert [test.group for test in grouped(problem(), Levels((1, 0), (0.5, 0.5), (0.1, 0.9))).tests] == [1, 0]
    with pytest.raises(InputError, match="2 tests, and levels for 4"):
        grouped(problem(), EASY_TO_HARD)


def test_levels_live_beside_the_problem_set(tmp_path: Path) -> None:
    path = levels_path(tmp_path / "problems.jsonl")
    assert path == tmp_path / "problems.jsonl.levels.json"
    levels = Levels((0, 1), (1 / 3, 2 / 3), (0.9, None))
    save_levels(path, [(problem(), levels), (problem(id="other"), levels)])
    kept = load_levels(path)
    assert levels_of(kept, problem()) == levels_of(kept, problem(id="other")) == levels
    with pytest.raises(InputError, match="no levels for problem 'third'"):
        levels_of(kept, problem(id="third"))


def test_changed_tests_are_noticed(tmp_path: Path) -> None:
    save_levels(tmp_path / "levels.json", [(problem(), Levels((0, 1), (0.5, 0.5), (0.9, 0.1)))])
    kept = load_levels(tmp_path / "levels.json")
    changed = problem(StdinTest("1 2", "3"), StdinTest("2 2", "5"))
    with pytest.raises(InputError, match="tests of problem 'sum' have changed"):
        levels_of(kept, changed)


def test_a_hash_of_tests_sees_values_and_order_but_not_groups() -> None:
    first, second = CallTest(({3, 1}, {"a": 1, "b": 2}), [1, 2]), CallTest((frozenset("xyz"),), (1, 2))
    plain = hash_of_tests(problem(first, second))
    assert plain == hash_of_tests(problem(CallTest(({1, 3}, {"b": 2, "a": 1}), [1, 2], group=7), second))
    others = [problem(second, first), problem(first), problem(first, CallTest((frozenset("xyz"),), [1, 2]))]
    assert len({plain, *map(hash_of_tests, others)}) == 4
    assert hash_of_tests(problem(AssertTest("assert add(1, 2) == 3"))) != hash_of_tests(problem(AssertTest("assert add(1, 2) == 4")))


@pytest.mark.parametrize(
    "text, says",
    [
        ('{"format": 2, "problems": {}}', "format 2"),
        ("[]", "format None"),
        ('{"format": 1}', "`problems`"),
        ('{"format": 1, "problems": {"p": {"levels": [0], "points": [1.0], "rates": [0.5]}}}', "problem 'p': the field 'tests' is missing"),
        (
            '{"format": 1, "problems": {"p": {"tests": "x", "levels": [0, 2], "points": [1.0], "rates": [0.5, 0.1]}}}',
            "problem 'p': the tests have levels",
        ),
        ('{"format": 1, "problems": {"p": {"tests": "x", "levels": ["a"], "points": [1.0], "rates": [0.5]}}}', "problem 'p'"),
        ('{"format": 1, "problems": {"p"', "not valid JSON"),
    ],
)
def test_a_broken_file_of_levels_is_named(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "levels.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"levels\.json") as caught:
        load_levels(path)
    assert says in str(caught.value)


def test_one_problem_twice_is_refused(tmp_path: Path) -> None:
    levels = Levels((0, 1), (0.5, 0.5), (0.9, 0.1))
    with pytest.raises(InputError, match="two problems have the id 'sum'"):
        save_levels(tmp_path / "levels.json", [(problem(), levels), (problem(), levels)])
    with pytest.raises(InputError, match="2 tests and levels for 4"):
        save_levels(tmp_path / "levels.json", [(problem(), EASY_TO_HARD)])


def test_a_judge_that_stops_after_the_first_failing_level_gives_the_same_strict_reward() -> None:
    tests = [StdinTest(f"{number}\n", f"{number * number}\n") for number in (2, 30, 4, 50, 600)]
    levels = Levels((0, 1, 0, 1, 2), (0.5, 0.25, 0.25), (0.9, 0.5, 0.9, 0.5, 0.1))
    levelled = grouped(problem(*tests), levels)
    programs = [
        "print(int(input()) ** 2)",
        "n = int(input())\nprint(n * n if n != 30 else 0)",
        "n = int(input())\nprint(n * n if n < 100 else 0)",
        "print(0)",
    ]
    with Judge(workers=1) as judge:
        whole = [judge.judge(levelled, program, "never").passed for program in programs]
        stopped = [judge.judge(levelled, program, "group").passed for program in programs]
    assert rewards(levels, whole, "strict") == rewards(levels, stopped, "strict") == [1.0, 0.5, 0.75, 0.0]
    assert rewards(levels, whole, "soft") == [1.0, 0.875, 0.75, 0.0]
