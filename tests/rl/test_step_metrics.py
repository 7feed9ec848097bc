"""What a step is said to have been: of settled groups alone, so that timing does not move it, and of all answers where time is meant."""

import pytest

from openmimo.engine.request import Ending, Finished
from openmimo.rl.step_metrics import answer_tokens, of_rollout, pass_rates, settled
from openmimo.rollout.record import Outcome, Sample
from openmimo.rollout.scheduler import Fate
from openmimo.verify.verdict import Verdict

RIGHT, WRONG, FAULT = Verdict("right", 1.0, "", ""), Verdict("wrong", 0.0, "", ""), Verdict("fault", None, "", "it died")


def group(number: int, problem: str, verdicts: list[Verdict | None], fate: Fate, ending: Ending = Ending.STOP) -> list[Sample]:
    found = []
    for place, verdict in enumerate(verdicts):
        said = Finished(place, (7,) * (number + 1), (0.0,) * (number + 1), ending, (0,) * (number + 1))
        ended, told = 1.0 + number, None if verdict is None else 1.5 + number
        found.append(Sample(number, place, problem, 0, (1,), 0.0, said, ended, verdict, told, fate))
    return found


STEP = Outcome[int](
    selected=(),
    samples=(
        *group(0, "a", [RIGHT, RIGHT], Fate.SAME),
        *group(1, "b", [RIGHT, FAULT], Fate.UNFIT),
        *group(2, "a", [RIGHT, WRONG], Fate.SELECTED, Ending.LENGTH),
        *group(3, "c", [WRONG, None], Fate.SURPLUS, Ending.CANCELLED),
    ),
    settled=3,
    unused=(),
    seconds=4.0,
    slots=8,
)


def test_pass_rates_are_of_settled_groups_with_all_their_rewards() -> None:
    assert [len(one) for one in settled(STEP)] == [2, 2, 2]
    assert pass_rates(STEP) == {"a": 0.75}  # it came twice
    assert answer_tokens(STEP) == 2 * (1 + 3)


def test_a_line_of_the_rollout() -> None:
    line = of_rollout(STEP)
    assert (line["groups"], line["launched"], line["zero_signal"], line["unfit"]) == (3, 8, pytest.approx(1 / 3), pytest.approx(1 / 3))
    assert line["verdicts"] == {"fault": 1, "right": 4, "wrong": 1}
    assert (line["length"], line["selected_length"]) == (2.0, 3.0)
    assert line["cut_off"] == pytest.approx(1 / 3)
    assert line["waste"] == pytest.approx(2 / 6)
    assert (line["judge_wait"], line["judge_wait_longest"]) == (0.5, 0.5)
    assert (line["rollout_tokens"], line["rollout_tokens_per_s"]) == (20, 5.0)
