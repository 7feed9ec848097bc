"""Which part of a text counts as the answer, and when none does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.verify.math.extract import extract, extract_gold, find_boxes


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (r"So \boxed{42}.", "42"),
        (r"First \boxed{41}. No, that is wrong: \boxed{42}", "42"),
        (r"\boxed{\frac{1}{\sqrt{2}}}", r"\frac{1}{\sqrt{2}}"),
        (r"\boxed{\{1, 2\}}", r"\{1, 2\}"),
        (r"\fbox{7}", "7"),
        (r"<think>perhaps \boxed{41}</think> It is \boxed{42}", "42"),
        (r"<think>\boxed{41}</think>The answer is 42.", "42"),
        ("6 * 12 = 72\n#### 72", "72"),
        ("The final answer is $7$. I hope it is correct.", "7"),
        ("**Answer:** 12 dollars", "12 dollars"),
        ("The answer is 3.14.", "3.14"),
        ("Thus the area is $9$", "9"),
        (r"\[ x = 3 \]", "x = 3"),
        ("$1$, $2$ and $3$", "1, 2, 3"),
        (r"$\$1.05$", r"\$1.05"),
        (" 17 ", "17"),
        (r"The answer is 42, which is \boxed{42}", "42"),
    ],
)
def test_the_answer(text: str, answer: str) -> None:
    found = extract(text)
    assert (found.text, found.problem) == (answer, "")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (r"\boxed{41} \boxed{42}", "side by side"),
        (r"$\boxed{41}$ or $\boxed{42}$", "side by side"),
        (r"\boxed{1},\ \boxed{2}, and \boxed{3}", "side by side"),
        ("the answer is 41. $42$", "another value"),
        ("The answer is 41. Or perhaps 42.", "another value"),
        (r"<think>it may be \boxed{42}", "thoughts"),
        (r"so we get \boxed{42", "not closed"),
        ("It is $41$ unless it is $42$", "several formulas"),
        ("", "no text"),
        ("I do not know.\n" * 50, "no answer is marked"),
    ],
)
def test_no_answer_counts(text: str, why: str) -> None:
    assert why in extract(text).problem


@pytest.mark.parametrize(
    ("text", "gold"),
    [
        (r"Thus $x = 3 + 4$, that is $\boxed{7}$.", "7"),
        (r"\boxed{1} and \boxed{-2}", "1, -2"),
        (r"$\frac12$", r"\frac12"),
        ("She has 5.\n#### 5", "5"),
        ("no real solutions", "no real solutions"),
        ("$125$ miles", "$125$ miles"),
    ],
)
def test_the_gold_answer(text: str, gold: str) -> None:
    assert extract_gold(text) == gold


@settings(deadline=None, derandomize=True)
@given(st.text(alphabet="a{}\\$ 1"), st.text(alphabet="ab1+ "))
def test_a_box_at_the_end_wins_over_whatever_comes_before(before: str, inside: str) -> None:
    boxes, cut = find_boxes(f"{before} so: \\boxed{{{inside}}}")
    assert not cut
    assert boxes[-1] == inside


@settings(deadline=None, derandomize=True)
@given(st.text(alphabet=st.sampled_from("\\boxed{}$()[]answer is:#\n1. <think/>")))
def test_no_text_breaks_it(text: str) -> None:
    extract(text)
    extract_gold(text)
