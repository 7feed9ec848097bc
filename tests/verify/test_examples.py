"""Examples of a question: every usual form is read, and nothing that could mean something else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.verify.examples import Example, examples_of


def read(question: str) -> list[tuple[str, object]]:
    return [(example.text, example.value) for example in examples_of(question, ["f", "g_2"])]


@pytest.mark.parametrize(
    "question, value",
    [
        (">>> f(3)\n9", 9),
        ("Like this:\n    >>> f(3)\n    9\n    >>> print(1)\n    1", 9),
        ("assert f(3) == 9", 9),
        ("It must pass `assert f(3) == 9`.", 9),
        ('assert f(3) == 9, "three squared"', 9),
        ("f(3) -> 9", 9),
        ("f(3) => 9", 9),
        ("f(3) → 9", 9),
        ("f(3) = 9", 9),
        ("f(3)==9", 9),
        ("For example, f(3) returns 9.", 9),
        ("For example, `f(3)` returns `9`.", 9),
        ("f(3) should return 9", 9),
        ("f(3) should be 9.", 9),
        ("f(3) must give 9, because 3 * 3 is 9", 9),
        ("f(3) evaluates to 9 and so on", 9),
        ("f(3)  # 9", 9),
        ("f(3)  # -> 9", 9),
        ("- f(3) = 9\n- nothing", 9),
        ("* `f(3)` -> 9", 9),
        ("(e.g. f(3) == 9)", 9),
        ("f(3) is True", True),
        ("f(3) = None", None),
        ("f(3) -> -2.5e3", -2500.0),
        ("f(3) -> [1, (2, 'a]')]", [1, (2, "a]")]),
        ("f(3) -> {'a': [1], 'b': {2}}", {"a": [1], "b": {2}}),
        ("f(3) returns 'it is )'", "it is )"),
        ("f(3) returns ''.", ""),
    ],
)
def test_every_usual_form(question: str, value: object) -> None:
    ((_, seen),) = read(question)
    assert (seen, type(seen)) == (value, type(value))


@pytest.mark.parametrize(
    "question",
    [
        "Write f(n).",
        "f(n) returns n * n",
        "f(n) = 9",
        "f(3) = n",
        "f(3) = 3 * 3",
        "f(3) = 9 * 2",
        "f(3) returns 9 times f(1)",
        "f(3) returns 9 apples",
        "f(3) returns 1,000",
        "f(3) = 9/2",
        "f(3) = 9.5.1",
        "f(3) != 9",
        "f(3) >= 9",
        "f(3) === 9",
        "f(3) should not return 9",
        "It is not so that f(3) = 9.",
        "Currently f(3) returns 8.",
        "Why does my code say f(3) = 8?",
        "It is a bug that f(3) returns 8",
        "f(3) returns 8 instead of 9",
        "f(3) returns 8, but it should not",
        "f(3) returns 8, which is wrong",
        "if f(3) == 9:",
        "    return f(3) == 9",
        "2 * f(3) = 18",
        "1 + f(3) = 10",
        "g(f(3)) = 9",
        "obj.f(3) = 9",
        "off(3) = 9",
        "h(3) = 9",
        "f(x=n) = 9",
        "f(*[1]) = 9",
        "f(**{'a': 1}) = 9",
        "f(3 = 9",
        "f(3) = [1, 2",
        "f(3) = 'abc",
        ">>> f(3)\n>>> f(4)",
        ">>> f(n)\n9",
        ">>> f(3)\nnine",
        ">>> f(3)\n... more\n9",
        "f(3) = 8 and f(3) = 9",
        "f(" + "9" * 5000 + ") = 1",
        "f(3) = " + "(" * 500 + ")" * 500,
    ],
)
def test_what_could_mean_something_else_is_passed_over(question: str) -> None:
    assert read(question) == []


def test_several_calls_each_once_and_with_keywords() -> None:
    question = "f(1) = 2, f(2) -> 4; `g_2('a', n=3)` returns 'aaa' and f(1) == 2.\n>>> f(5)\n10\nassert f([]) == []"
    assert sorted(map(str, read(question))) == sorted(
        map(str, [("f(5)", 10), ("f(1)", 2), ("f(2)", 4), ("g_2('a', n=3)", "aaa"), ("f([])", [])])
    )
    assert Example("g_2", ("a",), "aaa", "g_2('a', n=3)", {"n": 3}) in examples_of(question, {"g_2"})
    assert examples_of(question, []) == []


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.floats(-9, 9) | st.text("ab c,'\"()[]", max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=2),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    VALUES, VALUES, st.sampled_from([">>> {}\n{}", "{} -> {}", "assert {} == {}", "{} = {}.", "for example `{}` returns `{}`!", "{} => {}"])
)
def test_any_value_is_read_back(argument: object, value: object, form: str) -> None:
    (example,) = examples_of(form.format(f"f({argument!r})", repr(value)), ["f"])
    assert repr((example.args, example.value)) == repr(((argument,), value))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text("f(3)=9 ->`'\"[]\n>>>\\#.,returns", max_size=60))
def test_nothing_breaks_the_reader(question: str) -> None:
    for example in examples_of(question, ["f"]):
        assert example.name == "f"
        assert example.text in question


def test_long_text_takes_no_long_time() -> None:
    assert examples_of("f(" * 20_000, ["f"]) == []
    assert examples_of("f(3) = " * 20_000, ["f"]) == []
