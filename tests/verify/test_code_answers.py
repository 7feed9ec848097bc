"""Code of an answer: taken out as the reasoning parser does, run as a whole, held against the question's examples."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.text.reasoning import parse
from openmimo.verify.code_answers import check_code, defined_names, program_of, read_blocks
from openmimo.verify.judge.judge import Judge
from openmimo.verify.judge.problem import CodeProblem
from openmimo.verify.judge.result import JudgeResult, TestResult
from openmimo.verify.sandbox.sandbox import NoSandbox

SQUARE = "```python\ndef f(n):\n    return n * n\n```"
ASKED = "Write f(n), the square of n. f(3) -> 9 and f(-2) returns 4."


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge(workers=1, batches=False) as judge:
        yield judge


class Told:
    """A judge with one thing to say."""

    def __init__(self, outcome: str, detail: str = ""):
        self.outcome, self.detail = outcome, detail

    def judge(self, problem: CodeProblem, program: str, stop: str) -> JudgeResult:
        return JudgeResult.of([TestResult(self.outcome, detail=self.detail)])  # type: ignore[arg-type]


def python(code: str) -> str:
    return f"So:\n```python\n{code}\n```"


@pytest.mark.parametrize(
    "question, answer",
    [
        (ASKED, SQUARE),
        (ASKED, f"Thus\n{SQUARE}\nIn use:\n```python\nprint(f(4))\n```"),  # the second block needs the first
        (ASKED, python("f = lambda n: n ** 2")),
        (ASKED, python("def f(n):\n    return n * n\nif __name__ == '__main__':\n    print(f(int(input())))")),
        ("f(0.1) = 0.3", python("def f(x):\n    return x + 0.2")),  # within the tolerance
        ("f(2, by=3) = 6", python("def f(n, by):\n    return n * by")),
        ("f(2) = 4 and g(2) = 8", python("def f(n):\n    return n ** 2\ndef g(n):\n    return n ** 3")),
        (ASKED, SQUARE + "\n```python\n>>> f(3)\n9\n```\n```\n9\n```"),  # a session and an output are no programs
    ],
)
def test_examples_that_hold(judge: Judge, question: str, answer: str) -> None:
    found = check_code(question, answer, judge)
    assert found
    assert found.checked is True, found
    assert found.reason.startswith("code checked: ")


@pytest.mark.parametrize(
    "question, answer, reason",
    [
        (ASKED, python("def f(n):\n    return n * 3"), "f(-2) should give 4"),
        (ASKED, python("def f(n)\n    return n * n"), "SyntaxError"),
        (ASKED, python("def f(n):\n    return m * n"), "NameError"),
        (ASKED, python("def f(n):\n    while True:\n        pass"), "CPU time"),
        ("Say hello.", python("print(hello)"), "NameError"),
        ("Say hello.", python("raise ValueError('PermissionError')"), "ValueError"),
        ("Say hello.", python("x = [0] * 10**10"), "memory"),
        ("Say hello.", python("while True: print('hello' * 1000)"), "output"),
        ("Say hello.", "```python\nx = 1\n```\n```python\nprint(y)\n```", "NameError"),
        ("f(2) = 4 and g(2) = 8", python("def f(n):\n    return n ** 2\ndef g(n):\n    return n"), "g(2) should give 8"),
    ],
)
def test_code_that_fails(judge: Judge, question: str, answer: str, reason: str) -> None:
    found = check_code(question, answer, judge)
    assert found
    assert found.checked is False, found
    assert found.reason.startswith("code fails: ")
    assert reason in found.reason


@pytest.mark.parametrize(
    "question, answer, reason",
    [
        ("Write f(n), the square of n.", SQUARE, "no example"),
        ("Write the square. g(3) = 9", SQUARE, "no example"),  # of another function
        ("Say hello.", python("print('hello')"), "no example"),
        ("Greet me.", python("name = input()\nprint('hello', name)"), "reads input"),
        ("f(1) = 2", python("n = int(input())\ndef f(k):\n    return n * k"), "EOFError"),
        ("f(1) = 2", python("import no_such_module_anywhere\ndef f(k):\n    return 2"), "ModuleNotFoundError"),
        ("Read it.", python("print(open('/no/such/file').read())"), "lacks"),
        ("Load it.", python("import socket\nsocket.create_connection(('127.0.0.1', 9))"), "lacks"),
    ],
)
def test_what_cannot_be_checked(judge: Judge, question: str, answer: str, reason: str) -> None:
    found = check_code(question, answer, judge)
    assert found
    assert found.checked is None, found
    assert found.reason.startswith("code not checked: ")
    assert reason in found.reason


@pytest.mark.parametrize(
    "answer", ["9", "", "no `code` here", "```\n9\n```", "```js\nf = n => n\n```", "```python\nnever closed", "```python\n>>> f(3)\n```"]
)
def test_no_code_no_check_and_no_judge(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openmimo.verify.judge.judge.Judge", None)
    assert check_code(ASKED, answer) is None


def test_a_fault_of_the_judge_and_no_sandbox_are_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    found = check_code(ASKED, SQUARE, Told("JE", "the zygote died"))
    assert found
    assert (found.checked, found.reason) == (None, "code not checked: the judge failed (the zygote died)")

    def refuse(**_: object) -> None:
        raise NoSandbox("this machine has no sandbox", "use another one")

    monkeypatch.setattr("openmimo.verify.judge.judge.Judge", refuse)
    found = check_code(ASKED, SQUARE)
    assert found
    assert (found.checked, found.reason) == (None, "code not checked: this machine has no sandbox")


def test_a_judge_of_its_own_is_started_and_ended() -> None:
    found = check_code(ASKED, SQUARE)
    assert found
    assert found.checked is True


def test_the_program_of_an_answer() -> None:
    first, second = "```python\ndef f(): pass\n```", "```\ndef g(): pass\n```"
    assert program_of(f"{first}\n{second}", "f") == "def f(): pass\n"
    assert program_of(f"{second}\n{second.replace('g', 'h')}", "h") == "def h(): pass\n"
    assert program_of("def f(): pass", "f") == "def f(): pass"
    assert program_of("def f(): pass", "g") is None
    assert program_of("    def f(): pass", "f") is None
    assert program_of("```js\nf\n```", "f") is None
    assert program_of("not ```python\ndef f(): pass\n```", "f") is None


def test_defined_names() -> None:
    assert defined_names("def f(x): pass\ng = lambda: 1\n    def inner(): pass\nclass H:\n    def method(self): pass\nx = 3") == ["f", "g"]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.lists(st.sampled_from(["```", "```python", "````", " ```", "    ```", "x = 1", "", "``` \t", "a ```", "```py x", "``"]), max_size=10)
)
def test_closed_blocks_are_those_of_the_reasoning_parser(lines: list[str]) -> None:
    text = "\n".join(lines)
    ours, theirs = [block.code for block in read_blocks(text)], parse(text).code_blocks
    assert ours == theirs[: len(ours)]
    assert len(theirs) - len(ours) in (0, 1)  # the parser of a stream keeps one that is left open, too
