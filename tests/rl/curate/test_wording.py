"""What the rules of wording tell, on problems as the public sets have them, and what looks like it and is not."""

import pytest

from openmimo.rl.curate.wording import is_multiple_choice, is_proof, without_drawings


@pytest.mark.parametrize(
    "statement",
    [
        "Which is prime?\n(A) 4 (B) 5 (C) 6",
        "Which is prime?\nA. 4\nB. 5\nC. 6\nD. 8",
        "Which is true?\n\nA) $f(0) < 0$\n\nB) $f(0) = 0$\n\nC) $f(0) > 0$",
        r"How many? $\mathrm{\textbf{(A)} \ }226\qquad \mathrm{\textbf{(B)} \ } 243 \qquad \mathrm{\textbf{(C)} \ } 270$",
        r"How many? $\textbf{(A)}\ 2128 \qquad\textbf{(B)}\ 2148 \qquad\textbf{(C)}\ 2160$",
        r"How many? $\text{(A) } 496\quad \text{(B) } 500\quad \text{(C) } 512$",
        "One of these: (A) the sum, (B) the product, (C) neither.",
    ],
)
def test_options_make_multiple_choice(statement: str) -> None:
    assert is_multiple_choice(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "In triangle $ABC$, point $D$ lies on $BC$. A circle passes through A, B and C. Find its radius.",
        "Compute f(A) + f(B) + f(C) for the three matrices.",
        "How many of (A) and (B) hold?",
        "[asy] label((A)); label((B)); label((C)); draw((A)--(B)); [/asy] Find the area.",
        "There are three boxes, C. B. A. in a row. How many orders are there?",
    ],
)
def test_letters_alone_do_not(statement: str) -> None:
    assert not is_multiple_choice(statement)


@pytest.mark.parametrize(
    ("statement", "answer", "proof"),
    [
        ("Prove that the square root of two is irrational.", "", True),
        ("Let $n$ be odd. Show that $n^2 - 1$ is divisible by 8.", "8", True),
        ("Let $a, b > 0$. Then prove $a + b \\ge 2\\sqrt{ab}$.", "see solution", True),
        ("For every $n$ the sum is even.", "Proof.", True),
        ("Find $n$.", "\\text{See the proof}", True),
        ("Find all $n$ such that $n^2 = 4$, and prove that there are no others.", "2, -2", False),
        ("Show that there is such an $n$. What is the least?", "7", False),
        ("A theatre will show that film twice. How many seats are sold?", "400", False),
        ("Compute $2 + 2$.", "4", False),
    ],
)
def test_a_proof_is_wanted_only_where_nothing_else_is(statement: str, answer: str, proof: bool) -> None:
    assert is_proof(statement, answer) is proof


def test_drawings_are_taken_out_and_nothing_else() -> None:
    assert without_drawings("One [asy]draw(\nx);[/asy] two [asy]y[/asy] three") == "One   two   three"
