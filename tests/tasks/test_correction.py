"""A slip is one wrong sum, put right at once; without one the steps stay as they are."""

import random
import re

from openmimo.tasks.correction import with_slip
from openmimo.tasks.written import sum_lines
from openmimo.verify.steps import check_steps

LINES = sum_lines(347, 285)


def test_a_slip_is_noticed_and_put_right() -> None:
    for seed in range(200):
        text = "\n".join(with_slip(random.Random(seed), LINES, share=1.0))
        (left, wrong, again, right) = re.search(r"(\d+ \+ \d+) = (\d+)\. Wait, that is not right: (\d+ \+ \d+) = (\d+)", text).groups()  # type: ignore[union-attr]
        a, b = left.split(" + ")
        assert left == again
        assert int(right) == int(a) + int(b) != int(wrong) >= 0
        assert text.replace(f"{left} = {wrong}. Wait, that is not right: ", "") == "\n".join(LINES)
        assert check_steps(text, "632") is True


def test_the_share_is_kept_and_steps_without_sums_stay() -> None:
    slips = sum(with_slip(random.Random(seed), LINES, share=0.1) != LINES for seed in range(2000))
    assert 130 < slips < 270
    assert with_slip(random.Random(0), ["no sums here"], share=1.0) == ["no sums here"]


def test_a_slip_does_not_lose_the_sign_of_a_sum() -> None:
    for seed in range(50):
        assert with_slip(random.Random(seed), ["-7 + 26 = 19"], share=1.0) == ["-7 + 26 = 19"]
