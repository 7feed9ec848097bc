"""Rows of every known format, right and broken; the golden programs of small ones through the judge."""

import base64
import json
import os
import pickle
import zlib
from collections.abc import Iterator
from typing import Any

import pytest

from openmimo.verify.judge.fields import BadField
from openmimo.verify.judge.formats import code_row
from openmimo.verify.judge.judge import Judge
from openmimo.verify.judge.problem import AssertTest, CallTest, CodeProblem, Limits, StdinTest
from openmimo.verify.sandbox.sandbox import NoSandbox


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge(workers=1) as made:
        try:
            made.judge(CodeProblem("", "", (StdinTest("", "1"),)), "print(1)")
        except NoSandbox as error:
            pytest.skip(str(error))
        yield made


def read(row: dict[str, Any]) -> tuple[CodeProblem, str | None]:
    found = code_row(row)
    assert found
    return found


HUMANEVAL = {
    "task_id": "HumanEval/0",
    "prompt": 'import math\n\n\ndef twice(x):\n    return 2 * x\n\n\ndef half(x: int) -> float:\n    """ Half of it. """\n',
    "entry_point": "half",
    "canonical_solution": "    return x / 2\n",
    "test": "METADATA = {}\n\n\ndef check(candidate):\n    assert candidate(3) == 1.5\n    assert candidate(-2) == -1.0, 'no'\n    assert True\n",
}
LEETCODE = {
    "task_id": "reverse-list",
    "prompt": "class ListNode:\n    def __init__(self, val, next=None):\n        self.val, self.next = val, next\n\n"
    "def list_node(values):\n    head = None\n    for value in reversed(values):\n        head = ListNode(value, head)\n    return head\n\n"
    "def is_same_list(p1, p2):\n    raise AssertionError('the candidate can write its own')\n",
    "completion": "class Solution:\n    def turn(self, head):\n        back = None\n        while head:\n            back = ListNode(head.val, back)\n            head = head.next\n        return back\n",
    "entry_point": "Solution().turn",
    "test": "def check(candidate):\n    assert is_same_list(candidate(head = list_node([1, 2, 3])), list_node([3, 2, 1]))\n    assert is_same_list(candidate(head = list_node([])), list_node([]))\n",
    "query": "Turn a list around.",
}
MBPP = {
    "task_id": 3,
    "text": "Write a function to add.",
    "code": "def helper(a):\r\n    return a\r\ndef add(a, b):\r\n    return helper(a) + b",
    "test_setup_code": "",
    "test_list": ["assert add(1, 2) == 3", "assert (add(-1, 2.5)) == 1.5 "],
    "challenge_test_list": [],
}


def test_our_own_row_in_full(judge: Judge) -> None:
    row = {
        "id": "sums",
        "problem": "Print the sum.",
        "tests": [{"input": "1 2", "output": "3"}, {"input": "5 5", "output": "10.0", "group": 1}],
        "comparison": "float",
        "tolerance": 1e-3,
        "limits": {"cpu": 2, "wall": 5, "total": 60, "memory_mb": 512, "output_mb": 1},
        "prelude": "offset = 0",
        "solution": "print(sum(map(int, input().split())) + offset)",
    }
    problem, golden = read(row)
    assert problem == CodeProblem(
        "sums",
        "Print the sum.",
        (StdinTest("1 2", "3"), StdinTest("5 5", "10.0", 1)),
        prelude="offset = 0\n",
        comparison="float",
        tolerance=1e-3,
        limits=Limits(2, 512 << 20, 1 << 20, 5, 60),
    )
    assert golden
    assert judge.judge(problem, golden).ok


def test_our_own_row_with_calls_and_with_asserts(judge: Judge) -> None:
    called, _ = read(
        {"function": "Solution().add", "tests": [{"args": [1, 2], "output": 3}, {"kwargs": {"a": [1], "b": [2]}, "output": [1, 2]}]}
    )
    assert called.tests == (CallTest((1, 2), 3), CallTest((), [1, 2], {"a": [1], "b": [2]}))
    assert called.comparison == "tokens"
    assert judge.judge(called, "class Solution:\n    def add(self, a, b):\n        return a + b").ok
    simple, _ = read({"entry": "add", "tests": ["assert add(1, 2) == 3", {"assert": "assert add((1,), ()) == (1,)", "group": 2}]})
    assert simple.tests == (CallTest((1, 2), 3), CallTest(((1,), ()), (1,), group=2))
    assert simple.comparison == "exact"
    free, _ = read({"entry": "add", "tests": ["assert abs(add(0.1, 0.2) - 0.3) < tiny", "assert add(1, 2) == 3"], "setup": "tiny = 1e-9"})
    assert free.tests == (AssertTest("assert abs(add(0.1, 0.2) - 0.3) < tiny"), AssertTest("assert add(1, 2) == 3"))
    for problem in (simple, free):
        assert judge.judge(problem, "def add(a, b):\n    return a + b").ok
        assert not judge.judge(problem, "def add(a, b):\n    return 3").ok


def test_a_checker_is_the_comparison(judge: Judge) -> None:
    problem, _ = read(
        {
            "tests": [{"input": "10", "output": ""}],
            "checker": "def check(input, expected, output):\n    return sum(map(int, output.split())) == int(input)",
        }
    )
    assert problem.comparison == "custom"
    assert judge.judge(problem, "print(3, 7)").ok
    assert not judge.judge(problem, "print(3, 8)").ok


def test_humaneval_keeps_its_helpers_from_the_candidate(judge: Judge) -> None:
    problem, golden = read(HUMANEVAL)
    assert problem.tests == (CallTest((3,), 1.5), CallTest((-2,), -1.0))
    assert (problem.entry, problem.comparison, problem.id) == ("half", "exact", "HumanEval/0")
    assert golden == HUMANEVAL["prompt"] + HUMANEVAL["canonical_solution"]
    assert judge.judge(problem, golden).ok
    # A program may be the function alone, with what the prompt has before it.
    assert judge.judge(problem, "def half(x):\n    return math.floor(twice(x)) / 4").ok
    helped = {**HUMANEVAL, "test": "def check(candidate):\n    for x in range(3):\n        assert twice(candidate(x)) == x\n"}
    problem, golden = read(helped)
    assert problem.tests == (AssertTest("check(candidate)"),)
    assert judge.judge(problem, golden or "").ok
    cheat = "def twice(x):\n    class Same:\n        def __eq__(self, other):\n            return True\n    return Same()\ndef half(x):\n    return 0"
    assert not judge.judge(problem, cheat).ok


def test_every_assert_of_a_check_is_a_test_of_its_own_where_that_can_be(judge: Judge) -> None:
    problem, golden = read(
        {
            **HUMANEVAL,
            "test": "limit = 2\ndef check(function):\n    assert function(3) < limit\n    assert function(2) == 1\n    assert half(2) == 1\n",
        }
    )
    assert len(problem.tests) == 3
    assert judge.judge(problem, golden or "").passed == (True, True, True)
    assert judge.judge(problem, "def half(x):\n    return 1").passed == (True, True, True)
    assert judge.judge(problem, "def half(x):\n    return 3").passed == (False, False, False)


def test_leetcode_objects_are_made_and_read_in_the_candidates_process(judge: Judge) -> None:
    problem, golden = read(LEETCODE)
    assert [test.output for test in problem.tests if isinstance(test, CallTest)] == [[3, 2, 1], []]
    assert problem.statement == "Turn a list around."
    assert judge.judge(problem, golden or "").ok
    cheat = "def is_same_list(*_): return True\ndef list_node(values): return None\nclass Solution:\n    def turn(self, head):\n        return head\n"
    assert judge.judge(problem, cheat).passed == (False, True)


def test_mbpp_sets_up_where_the_programs_classes_are(judge: Judge) -> None:
    problem, golden = read(MBPP)
    assert problem.tests == (CallTest((1, 2), 3), CallTest((-1, 2.5), 1.5))
    assert problem.entry == "add"
    assert judge.judge(problem, golden or "").ok
    code = "class Pair:\n    def __init__(self, a, b):\n        self.a, self.b = a, b\ndef add(pair):\n    return pair.a + pair.b\n"
    problem, golden = read(
        {
            **MBPP,
            "code": code,
            "test_setup_code": "p = Pair(1, 2)\r\np.b = 4",
            "test_list": ["assert add(p) == 5", "assert add(Pair(1, 1)) == 2"],
        }
    )
    assert judge.judge(problem, golden or "").ok
    assert judge.judge(problem, code.replace("+", "-")).passed == (False, False)


def packed(tests: Any) -> str:
    return base64.b64encode(zlib.compress(pickle.dumps(json.dumps(tests)))).decode()


def test_livecodebench_packed_and_plain(judge: Judge) -> None:
    tests = [{"input": "1 2\n", "output": "3\n", "testtype": "stdin"}]
    problem, golden = read(
        {
            "question_id": "a",
            "question_content": "Sum.",
            "public_test_cases": json.dumps(tests),
            "private_test_cases": packed(tests * 2),
            "metadata": "{}",
            "starter_code": "",
        }
    )
    assert problem.tests == (StdinTest("1 2\n", "3\n"),) * 3
    assert (problem.compat, problem.limits.cpu, problem.statement, golden) == ("lcb", 6.0, "Sum.", None)
    assert judge.judge(problem, "print('3.0')").ok
    functional = [{"input": "[1, 2]\n3", "output": "[1, 2, 3]", "testtype": "functional"}]
    problem, _ = read(
        {
            "public_test_cases": functional,
            "metadata": {"func_name": "put"},
            "starter_code": "class Solution:\n    def put(self, a, b):\n        ",
        }
    )
    assert problem.tests == (CallTest(([1, 2], 3), [1, 2, 3]),)
    assert judge.judge(problem, "class Solution:\n    def put(self, a: List[int], b):\n        return (*a, b)").ok


class Bomb:
    def __reduce__(self) -> Any:
        return os.system, ("exit 7",)


def test_a_pickle_is_read_and_never_run() -> None:
    for thing in (Bomb(), ["[]"], {"a": 1}, 5, b"[]"):
        data = base64.b64encode(zlib.compress(pickle.dumps(thing))).decode()
        with pytest.raises(BadField, match="private_test_cases") as error:
            read({"private_test_cases": data})
        assert "one text" in error.value.problem
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        data = base64.b64encode(zlib.compress(pickle.dumps('[{"input": "é", "output": "1"}]', protocol))).decode()
        assert read({"private_test_cases": data})[0].tests == (StdinTest("é", "1"),)


def test_apps_and_verl() -> None:
    problem, _ = read({"question": "Q", "input_output": json.dumps({"inputs": ["1\n", ["2", "3"]], "outputs": ["1\n", "6"]})})
    assert problem.tests == (StdinTest("1\n", "1\n"), StdinTest("2\n3", "6"))
    problem, _ = read({"input_output": {"fn_name": "f", "inputs": [[1, [2]]], "outputs": [[[3]]]}, "starter_code": "class Solution:\n"})
    assert (problem.entry, problem.tests) == ("Solution().f", (CallTest((1, [2]), [3]),))
    truth = {"inputs": ["1"], "outputs": ["2"]}
    prompt = [{"role": "system", "content": "S"}, {"role": "user", "content": "Add one."}]
    problem, _ = read({"prompt": prompt, "reward_model": {"ground_truth": json.dumps(truth)}})
    assert (problem.statement, problem.tests) == ("Add one.", (StdinTest("1", "2"),))
    problem, _ = read(
        {"reward_model": {"ground_truth": [{"input": "1\n2", "output": "3", "testtype": "functional", "metadata": {"func_name": "f"}}]}}
    )
    assert (problem.entry, problem.tests) == ("f", (CallTest((1, 2), 3),))
    problem, golden = read(
        {"prompt": prompt, "reward_model": {"ground_truth": {"tests": [{"input": "1", "output": "2"}], "solution": "print(2)"}}}
    )
    assert (problem.statement, golden) == ("Add one.", "print(2)")


@pytest.mark.parametrize(
    "row", [{}, {"problem": "1+1", "answer": "2"}, {"reward_model": {"ground_truth": "72"}}, {"reward_model": {"ground_truth": "[1, 2)"}}]
)
def test_other_rows_are_no_code_problems(row: dict[str, Any]) -> None:
    assert code_row(row) is None


ONE = [{"input": "", "output": ""}]


@pytest.mark.parametrize(
    "row, field",
    [
        ({"tests": []}, "tests"),
        ({"tests": "x"}, "tests"),
        ({"tests": [5]}, "tests[0]"),
        ({"tests": [*ONE, {"input": "1"}]}, "tests[1].output"),
        ({"tests": [{"input": "1", "output": 3}]}, "tests[0].output"),
        ({"tests": [{"input": "", "output": "", "group": "a"}]}, "tests[0].group"),
        ({"tests": [{"args": [1], "output": 1}]}, "entry"),
        ({"tests": ["assert f(1)"]}, "entry"),
        ({"tests": ["assert f(1"], "entry": "f"}, "tests[0]"),
        ({"tests": [{"args": 1, "output": 1}], "entry": "f"}, "tests[0].args"),
        ({"tests": [{"args": [1]}], "entry": "f"}, "tests[0].output"),
        ({"tests": ONE, "entry": "f"}, "tests[0].args"),
        ({"tests": ONE, "entry": "import os; f"}, "entry"),
        ({"tests": ONE, "comparison": "same"}, "comparison"),
        ({"tests": ONE, "comparison": "custom"}, "checker"),
        ({"tests": ONE, "tolerance": -1}, "tolerance"),
        ({"tests": ONE, "tolerance": True}, "tolerance"),
        ({"tests": ONE, "language": "rust"}, "language"),
        ({"tests": [{"args": [1], "output": 1}], "entry": "f", "language": "cpp"}, "language"),
        ({"tests": ONE, "limits": {"cpu": 0}}, "limits.cpu"),
        ({"tests": ONE, "limits": {"memory": 5}}, "limits.memory"),
        ({"tests": ONE, "prelude": 5}, "prelude"),
        ({"entry_point": "f", "test": "x ="}, "test"),
        ({"entry_point": "f", "test": "x = 1"}, "test"),
        ({"entry_point": 5, "test": "def check(candidate): pass"}, "entry_point"),
        ({"test_list": []}, "test_list"),
        ({"test_list": ["assert x"], "code": ""}, "test_list"),
        ({"test_list": ["assert f(("], "code": ""}, "test_list[0]"),
        ({"public_test_cases": "[]"}, "private_test_cases"),
        ({"public_test_cases": "?"}, "public_test_cases"),
        ({"public_test_cases": "[1]"}, "private_test_cases[0]"),
        ({"public_test_cases": [{"input": "x", "output": "1"}], "metadata": {"func_name": "f"}}, "private_test_cases[0].input"),
        ({"input_output": {"inputs": ["1"], "outputs": []}}, "input_output.outputs"),
        ({"input_output": {"inputs": ["1"], "outputs": ["1", "2"]}}, "input_output.outputs"),
        ({"input_output": "{"}, "input_output"),
        ({"reward_model": {"ground_truth": {"inputs": [1], "outputs": ["1"]}}}, "reward_model.ground_truth.inputs[0].input"),
        ({"reward_model": 5}, "reward_model"),
    ],
)
def test_a_broken_row_names_its_field_and_a_fix(row: dict[str, Any], field: str) -> None:
    with pytest.raises(BadField) as error:
        code_row(row)
    assert error.value.field == field
    assert error.value.fix
