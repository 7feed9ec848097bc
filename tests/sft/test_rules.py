"""What the rules of SFT keep and drop, each by itself and all together."""

from collections import Counter

import pytest

from openmimo.sft.rules import Sample, is_complete, is_of_one_language, keep
from openmimo.text.grams import grams_of

LONG = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen"
DONE = "<think>\nA step.\n</think>\n4"


@pytest.mark.parametrize("reply", ["<think>\nA step.\n", "<think>\nA step.\n</think>\n", "A step.\n<think>", "", "```python\nprint(1)"])
def test_a_reply_cut_short_is_incomplete(reply: str) -> None:
    assert not is_complete(reply)
    assert is_complete(DONE)


def test_letters_of_formulas_are_no_language_and_others_are() -> None:
    assert is_of_one_language(Sample("What is α + x?", "Let β = 2x, in ℝ, µ and 𝑥. naïve"))
    assert is_of_one_language(Sample("二加二是多少?", "x = 二加二"))
    assert not is_of_one_language(Sample("What is 2 + 2?", "两个 two"))
    assert not is_of_one_language(Sample("二加二是多少?", "Четыре"))


def test_all_rules_in_their_order_and_what_they_dropped() -> None:
    good = [Sample("easy", DONE.replace("4", str(number))) for number in range(10)]
    bad = [Sample(LONG, DONE), Sample("open", "<think>\nA step."), Sample("mixed", DONE + " 好")]
    dropped: Counter[str] = Counter()
    kept = list(keep([*bad, *good, Sample("last", DONE)], grams_of([LONG]), dropped))
    assert kept == [*good[:8], Sample("last", DONE)]
    assert dropped == {"overlaps an evaluation question": 1, "incomplete": 1, "of mixed language": 1, "beyond 8 answers to a query": 2}
