"""Asserts as calls: which are, which are not, and that nothing of them is run."""

import ast
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.verify.judge.asserts import CASE, calls, literal
from openmimo.verify.judge.problem import CallTest


def call_tests(asserts: Sequence[str], entry: str) -> tuple[CallTest, ...] | None:
    """The asserts as calls with literal arguments alone; None if any needs more."""
    found = calls(asserts, entry)
    return found.tests if found and not found.prelude else None


@pytest.mark.parametrize(
    "text, args, kwargs, output",
    [
        ("assert f(1, 'a') == [2]", (1, "a"), {}, [2]),
        ("assert (f(-1)) == (-2)", (-1,), {}, -2),
        ("assert f(nums=[1], k=-2.5) == None", (), {"nums": [1], "k": -2.5}, None),
        ("assert f(3 * 19, 'a' + 'b') == (3 + 5, 1.0 / 4)", (57, "ab"), {}, (8, 0.25)),
        ("assert f({1: {2}}, {'a'}) == {'b': (1,)}", ({1: {2}}, {"a"}), {}, {"b": (1,)}),
        ("assert 5 == f()", (), {}, 5),
        ("assert f(()) == set([1, 2]), 'a message'", ((),), {}, {1, 2}),
        ("assert f(True, 1j, b'x') == set()", (True, 1j, b"x"), {}, set()),
        ("assert f(float('inf')) == tuple([1])", (float("inf"),), {}, (1,)),
    ],
)
def test_a_call_with_literals(text: str, args: Any, kwargs: Any, output: Any) -> None:
    assert call_tests([text], "f") == (CallTest(args, output, kwargs),)


@pytest.mark.parametrize(
    "text",
    [
        "assert f(1)",
        "assert not f(1)",
        "assert f(1) is True",
        "assert f(1) != 2",
        "assert f(1) < 2",
        "assert f(1) == 2 == 2",
        "assert f(1) == 2 and f(2) == 3",
        "assert abs(f(1) - 2) < 1e-6",
        "assert f(1) - 1 == 0",
        "assert f(1) == g(1)",
        "assert f(1) == f(1)",
        "assert g(1) == 2",
        "assert f(g(1)) == 2",
        "assert f(f(1)) == 2",
        "assert f(*[1]) == 2",
        "assert f(**{'a': 1}) == 2",
        "assert f(x := 1) == 2",
        "assert f(9 ** 9 ** 9) == 2",
        "assert f(1 / 0) == 2",
        "assert f(open('x')) == 2",
        "x = f(1)",
        "for x in range(3): assert f(x) == x",
        "import os",
        "assert f(1 ==",
        "assert " + "(" * 500 + "f(1)" + ")" * 500 + " == 1",
    ],
)
def test_anything_else_is_left_alone(text: str) -> None:
    assert call_tests([text], "f") is None
    assert call_tests(["assert f(1) == 2", text], "f") is None


def test_what_tests_nothing_is_left_out_and_nothing_is_no_test() -> None:
    assert call_tests(["assert True, 'fine'", "assert f(1) == 2", "pass", "print"], "f") == (CallTest((1,), 2),)
    assert call_tests(["assert True"], "f") is None
    assert call_tests([], "f") is None


def test_a_method_is_called_by_its_whole_name() -> None:
    assert call_tests(["assert Solution().f(x=1) == 2"], "Solution().f") == (CallTest((), 2, {"x": 1}),)
    assert call_tests(["assert Other().f(x=1) == 2"], "Solution().f") is None


def test_long_sums_take_no_long() -> None:
    assert call_tests([f"assert f({'+'.join(['1'] * 300)}) == 300"], "f") == (CallTest((300,), 300),)
    with pytest.raises(ValueError, match="small enough"):
        literal(ast.parse("10**29 * 10".replace("10**29", "1" + "0" * 31), mode="eval").body)


def run(prelude: str, program: str, number: int) -> Any:
    names: dict[str, Any] = {}
    exec(prelude + program, names)
    return names[CASE](number)


def test_what_is_no_literal_becomes_a_case_in_the_candidates_process() -> None:
    program = (
        "class Node:\n    def __init__(self, value):\n        self.value = value\ndef f(node, kind=int):\n    return kind(node.value)\n"
    )
    found = calls(
        ["assert f(Node(1)) == 1", "assert int(f(Node(2.5), float)) == 2", "assert f(root) == 7"],
        "f",
        {"Node"},
        "root = Node(6)\nroot.value += 1",
    )
    assert found
    assert found.entry == CASE
    assert [(test.args, test.output) for test in found.tests] == [((0,), 1), ((1,), 2), ((2,), 7)]
    assert [run(found.prelude, program, number) for number in range(3)] == [1, 2, 7]
    # What is due is nowhere in the code.
    assert calls(["assert f(Node(1)) == 'what is due'"], "f", {"Node"}).prelude.find("due") < 0  # type: ignore[union-attr]


def test_names_that_the_candidate_has_not_are_no_case() -> None:
    assert calls(["assert f(Node(1)) == 1"], "f") is None
    assert calls(["assert f(x) == 1"], "f", setup="y = 1") is None
    assert calls(["assert f(1) == 1"], "f", setup="broken (") is None


LITERALS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.binary(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(deadline=None, derandomize=True)
@given(st.lists(LITERALS, max_size=3), LITERALS)
def test_literals_come_through(args: list[Any], output: Any) -> None:
    (test,) = call_tests([f"assert f({', '.join(map(repr, args))}) == {output!r}"], "f") or ()
    assert (list(test.args), test.output) == (args, output)
    assert repr(test.output) == repr(output)
