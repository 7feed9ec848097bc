"""Foreign letters are counted, those of formulas are not, and the hole of the penalty is where the docstring says."""

import pytest

from openmimo.rl.language import mixing, penalised


@pytest.mark.parametrize(
    "prompt, answer, share",
    [
        ("What is 2 + 2?", "It is 4.", 0),
        ("What is 2 + 2?", "12 + 3 = 15", 0),
        ("What is 2 + 2?", "ab 答案", 0.5),
        ("What is 2 + 2?", "答案是四", 1),
        ("二加二是多少?", "答案是四", 0),
        ("二加二是多少?", "答案是 x", 0),
        ("二加二是多少?", "答案ответ", 5 / 7),
        ("二加二是多少?", "こたえは四", 0.8),
        ("2たす2は?", "答えは四、フォー", 0),  # kanji and katakana are Japanese, too
        ("Сколько будет 2 + 2?", "Будет 4, или x = 4", 0),
        ("What is the mean?", "μ = Σx/n, x ∈ ℝ, |x| < ℵ₀", 0),
        ("What is the mean?", "ａｎｓｗｅｒ", 0),  # full-width Latin
    ],
)
def test_by_hand(prompt: str, answer: str, share: float) -> None:
    assert mixing(prompt, answer) == pytest.approx(share)


def test_an_answer_all_in_english_pays_nothing_whatever_the_question() -> None:
    """How the report saw such a penalty hacked (3.6)."""
    assert mixing("二加二是多少?", "The answer is four.") == 0


def test_the_reward_is_lowered_by_the_share() -> None:
    assert penalised(1.0, "one", "ab 答案", 0.2) == pytest.approx(0.9)
    assert penalised(1.0, "one", "ab 答案", 0.0) == 1.0
    assert penalised(None, "one", "ab 答案", 0.2) is None
