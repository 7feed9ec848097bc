"""The accept rules of LiveCodeBench and EvalPlus, case by case. `make test-peers` holds the second against EvalPlus itself."""

import ast
from typing import Any

import pytest

from openmimo.verify.judge.compare import same_output, same_value
from openmimo.verify.judge.compat import LCB_PRELUDE, same_evalplus_value, same_lcb_output, same_lcb_value
from openmimo.verify.judge.problem import CallTest, CodeProblem, StdinTest
from openmimo.verify.judge.wire import Opaque


@pytest.mark.parametrize(
    "expected, output, same",
    [
        ("1 2\n3\n", "1 2\n3", True),
        ("1 2\n3\n", "\n 1 2 \n 3 \n\n", True),
        ("1 2", "1  2", True),  # equal as decimals
        ("a b", "a  b", False),
        ("1 2\n3", "1 2 3", False),
        ("1\n\n2", "1\n2", False),
        ("1.0", "1", True),
        ("1e2", "100", True),
        ("0.1", "0.1000000001", False),
        ("50000000000000000", "50000000000000001", False),
        ("yes", "Yes", False),
        ("yes 1.0", "yes 1", False),
        ("nan", "nan", True),
        ("nan 1", "nan  1", False),
        ("1", "sNaN", False),
        ("1 x", "1.0 x", False),
        ("", "", True),
        ("1", "", False),
        ("1e999999999", "1e999999998", False),
    ],
)
def test_livecodebench_output(expected: str, output: str, same: bool) -> None:
    assert same_lcb_output(expected, output)[0] is same
    assert same_output(CodeProblem("", "", (), compat="lcb", comparison="exact"), StdinTest("", expected), output.encode())[0] is same


@pytest.mark.parametrize(
    "expected, value, same",
    [
        ([1, 2], (1, 2), True),
        ([[1], [2]], [(1,), (2,)], False),
        ([[1], [2]], ([1], [2]), True),
        (0.3, 0.1 + 0.2, False),
        (1, True, True),
        ("a", "a", True),
        (None, Opaque("NoneType"), False),
    ],
)
def test_livecodebench_value(expected: Any, value: Any, same: bool) -> None:
    assert same_lcb_value(expected, value) is same
    assert same_value(CodeProblem("", "", (), "f", compat="lcb"), CallTest((), expected), value)[0] is same


def test_livecodebench_prelude_runs_and_gives_its_names() -> None:
    names: dict[str, Any] = {}
    code = "import sys\ndepth = sys.getrecursionlimit()\n" + LCB_PRELUDE + "sys.setrecursionlimit(depth)\n"
    exec(compile(ast.parse(code), "prelude", "exec"), names)
    assert {
        "deque",
        "heappush",
        "List",
        "gcd",
        "lru_cache",
        "math",
        "bisect_left",
        "json",
        "StringIO",
        "permutations",
        "stdin",
    } <= names.keys()
    # The last star counts: `pow` is the one of the language again, and `math` the module.
    assert names["pow"] is pow
    assert names["open"] is open
    assert names["math"].pi == names["pi"]


@pytest.mark.parametrize(
    "expected, value, absolute, same",
    [
        (1, 1, 0, True),
        (1, 2, 0, False),
        ((1, 2), [1, 2], 0, False),
        (0.3, 0.1 + 0.2, 0, True),
        (0.3, 0.300002, 0, False),
        (1e9, 1e9 + 50, 0, True),
        (1e9, 1e9 + 500, 0, False),
        (1.0, 1, 0, True),
        (1.5, "1.5", 0, False),
        ([0.1, 0.2], [0.1, 0.2000001], 0, True),
        ([0.1, 0.2], (0.1, 0.2000001), 0, False),
        ([0.1, 0.2], [0.1], 0, False),
        ([0.1], [], 0, False),
        (0.1, [], 0, False),
        ([0.1, 2], [0.1000001, 2], 0, False),
        ([0.1, 2], [0.1000001, 2], 1e-6, True),
        ([[0.1], [2]], [[0.1000001], [2]], 1e-6, True),
        (["a", 0.1], ["a", 0.1000001], 1e-6, False),
        (float("inf"), float("inf"), 0, True),
        (float("inf"), 1.0, 0, False),
        (float("nan"), float("nan"), 0, False),
        (None, None, 0, True),
        (1.0, Opaque("float"), 0, False),
    ],
)
def test_evalplus_value(expected: Any, value: Any, absolute: float, same: bool) -> None:
    assert same_evalplus_value("f", (), expected, value, absolute) is same
    problem = CodeProblem("", "", (), "f", compat="evalplus", comparison="float" if absolute else "exact", tolerance=absolute or 1e-6)
    assert same_value(problem, CallTest((), expected), value)[0] is same


@pytest.mark.parametrize(
    "entry, args, expected, value, same",
    [
        ("find_zero", ([1, 2],), -0.5, -0.5, True),
        ("find_zero", ([1, 2],), -0.5, -0.51, False),
        ("find_zero", ([1, 2],), -0.5, "x", False),
        ("are_equivalent", (36, 57), False, True, True),
        ("sum_div", (8,), 7, 0, True),
        ("sum_div", (8,), 7, 8, False),
        ("similar_elements", ((3, 4), (4, 3)), (4, 3), [3, 4, 4], True),
        ("similar_elements", ((3, 4), (4, 3)), (4, 3), [3], False),
        ("similar_elements", ((3, 4), (4, 3)), (4, 3), 5, False),
        ("check_str", ("annie",), True, "match", True),
        ("check_str", ("annie",), True, None, False),
        ("check_str", ("annie",), True, False, False),
        ("surface_Area", (3, 4), 33, 33, True),
        ("surface_Area", (3, 4), 33, 35, True),
        ("surface_Area", (3, 4), 33, 34, False),
        ("digit_distance_nums", (23, 156), 6, 9, False),
        ("digit_distance_nums", (1, 23), 3, 4, True),
    ],
)
def test_evalplus_tasks_with_rules_of_their_own(entry: str, args: Any, expected: Any, value: Any, same: bool) -> None:
    problem = CodeProblem("", "", (), entry, compat="evalplus", comparison="float", tolerance=1e-6)
    assert same_value(problem, CallTest(args, expected), value)[0] is same
