"""Answers that have the right value and are none: the question said back, arithmetic left undone."""

from collections.abc import Iterator

import pytest

from openmimo.verify.math.verifier import MathVerifier


@pytest.fixture(scope="module")
def reward() -> Iterator[MathVerifier]:
    with MathVerifier("reward", workers=1) as verifier:
        yield verifier


@pytest.mark.parametrize(
    "gold, answer",
    [
        ("1776", "48*37"),
        ("1776", r"\boxed{48 \cdot 37}"),
        (r"\frac{5}{6}", "1/2 + 1/3"),
        ("20", "(3-i)(6+2i)"),
        ("2", "10/5/1"),
        ("-16", r"(-144) \div 9"),
        ("0.4", r"2.4 \div 6"),
        ("5", "x = 2 + 3"),
        ("0.5", "0.25 + 0.25"),
        ("(1, 2)", "(1, 1 + 1)"),
    ],
)
def test_arithmetic_left_undone_is_no_answer(reward: MathVerifier, gold: str, answer: str) -> None:
    verdict = reward.verify(gold, answer)
    assert (verdict.kind, verdict.layer) == ("wrong", "form")


@pytest.mark.parametrize(
    "gold, answer",
    [
        ("5", "x = 2 + 3 = 5"),
        ("1024", "2^{10}"),
        ("120000", r"1.2 \times 10^5"),
        ("0.5", r"\frac{2}{4}"),
        (r"\frac{3}{2}", r"1\frac{1}{2}"),
        ("120", "5!"),
        ("12", r"\sqrt{144}"),
        ("2^5 + 1", "33"),
        (r"2\sqrt{3}", r"\sqrt{12}"),
        ("x^2 - 1", "(x-1)(x+1)"),
        (r"30^\circ", r"\pi/6"),
    ],
)
def test_values_as_people_write_them_are(reward: MathVerifier, gold: str, answer: str) -> None:
    assert reward.verify(gold, answer).ok


@pytest.mark.parametrize(
    "question, gold, answer, right",
    [
        (r"Factor $x^2 - 1$.", "(x-1)(x+1)", "x^2-1", False),
        (r"Factor $x^2 - 1$.", "(x-1)(x+1)", r"\boxed{(x+1)(x-1)}", True),
        (r"What is $2^{10}$?", "1024", "2^{10}", False),
        (r"What is $2^{10}$?", "1024", "1024", True),
        (r"What is $\sin 30^\circ$?", r"\frac12", r"\sin 30^\circ", False),
        (r"Simplify $\frac{16}{20}$.", r"\frac45", r"\frac{16}{20}", False),
        (r"Simplify $\frac{16}{20}$.", r"\frac45", r"\frac{4}{5}", True),
        (r"Express $0.\overline{5}$ as a fraction.", r"\frac59", r"0.\overline{5}", False),
        ("Round 563.5097 to hundredths.", "563.51", "563.5097", False),
        (r"Convert $\frac{63}{5}$ to a mixed number.", r"12\frac{3}{5}", r"\frac{63}{5}", False),
        ("Which is larger, 1/2 or 1/3?", "0.5", "1/2", True),
        (r"Is $x^2+1$ or $x^2-1$ never 0?", "x^2+1", "x^2+1", True),
        (r"Factor $x^2 - 1$.", "(x-1)(x+1)", r"Factor $x^2 - 1$.", False),
    ],
)
def test_the_question_said_back_is_no_answer(reward: MathVerifier, question: str, gold: str, answer: str, right: bool) -> None:
    assert reward.verify(gold, answer, question).ok is right


def test_math_verify_is_asked_as_it_is() -> None:
    with MathVerifier("eval", workers=1) as verifier:
        assert verifier.verify("1776", "48*37", "What is 48*37?").ok


@pytest.mark.parametrize("gold, answer", [("2", r"000 ^\circ 2"), (r"\{1,2\}", r"1,000 ^\circ 2"), ("9", "5 9"), ("3", "1 2")])
def test_numbers_side_by_side_are_left_to_nobody(reward: MathVerifier, gold: str, answer: str) -> None:
    verdict = reward.verify(gold, answer)
    assert (verdict.kind, verdict.layer) == ("wrong", "text")
