"""What an answer earns: by its task's verifier, by reward code, with the penalty, and nothing where it was cut off."""

from dataclasses import replace
from pathlib import Path

from openmimo.engine.request import Ending, Finished
from openmimo.rl.problem_set import Problem, Split, of_kind
from openmimo.rl.rewards import Rewards
from openmimo.verify.difficulty import Levels
from openmimo.verify.verdict import Verdict


def said(ending: Ending = Ending.STOP) -> Finished:
    return Finished(0, (5, 6), (-0.1, -0.2), ending, (0, 0))


def judged(rewards: Rewards, problem: Problem, text: str, ending: Ending = Ending.STOP) -> Verdict:
    return rewards.judge(problem, text, said(ending)).result(timeout=60)


def test_the_answer_is_what_comes_after_the_reasoning() -> None:
    (problem,) = of_kind(("arithmetic", 1), 1, Split.TRAINING)
    assert problem.task
    gold = problem.task.answer
    with Rewards() as rewards:
        assert judged(rewards, problem, f"<think>\nI wonder\n</think>\n{gold}").score == 1.0
        assert judged(rewards, problem, f"<think>\n{gold}\n</think>\nnone").score == 0.0
        assert judged(rewards, problem, f"<think>\n{gold}").score == 0.0  # it never came to an answer
        cut = judged(rewards, problem, f"<think>\nI wonder\n</think>\n{gold}", Ending.LENGTH)
        assert (cut.kind, cut.score, cut.layer) == ("wrong", 0.0, "length")


def test_a_base_model_answers_with_the_end_of_its_text() -> None:
    (problem,) = of_kind(("arithmetic", 1), 1, Split.TRAINING)
    assert problem.task
    gold = problem.task.answer
    with Rewards(base=True) as rewards:
        assert judged(rewards, problem, f"first this\n{gold}\n").score == 1.0
        assert judged(rewards, problem, f"{gold}\nand more").score == 0.0
        assert judged(rewards, problem, gold, Ending.LENGTH).score == 0.0


def test_reward_code_gets_row_and_whole_text_however_it_ended(tmp_path: Path) -> None:
    code = "def fn(solution_str, ground_truth, extra_info=None, **_):\n    return 0.5 if solution_str == 'go on' else 0.0\n"
    (tmp_path / "pays.py").write_text(code)
    problem = Problem("one", ({"role": "user", "content": "Go"},), row={"problem": "Go", "answer": "x"})
    with Rewards(f"{tmp_path / 'pays.py'}:fn") as rewards:
        rewards.try_out(problem)
        assert judged(rewards, problem, "go on", Ending.LENGTH).score == 0.5
        assert judged(rewards, problem, "stop").score == 0.0


def test_reward_code_that_hangs_can_be_cancelled(tmp_path: Path) -> None:
    (tmp_path / "hangs.py").write_text("import time\n\ndef fn(solution_str, **_):\n    time.sleep(1000)\n")
    problem = Problem("one", ({"role": "user", "content": "Go"},), row={"problem": "Go"})
    with Rewards(f"{tmp_path / 'hangs.py'}:fn") as rewards:
        verdict = rewards.judge(problem, "x", said())
        assert verdict.cancel()
        assert verdict.cancelled()


def test_foreign_letters_cost() -> None:
    (problem,) = of_kind(("arithmetic", 1), 1, Split.TRAINING)
    assert problem.task
    text = f"<think>\nдва\n</think>\n{problem.task.answer}"
    with Rewards(language_weight=0.5) as rewards:
        verdict = judged(rewards, problem, text)
    assert verdict.kind == "right"
    assert verdict.score is not None
    assert 0.5 < verdict.score < 1.0
    assert "mixed languages" in verdict.reason


def test_code_is_paid_by_the_tests_that_it_passes_where_there_are_levels() -> None:
    (made,) = of_kind(("functions", 1), 1, Split.TRAINING)
    assert made.task
    tests = made.task.tests
    first = f"```python\ndef {made.task.entry}(*values):\n    return {tests[0].output!r} if values == {tests[0].args!r} else None\n```"  # type: ignore[union-attr]
    levels = Levels((0, *(1 for _ in tests[1:])), (0.25, 0.75), (0.9, *(0.1 for _ in tests[1:])))
    with Rewards() as rewards:
        assert judged(rewards, made, first).score == 0.0
        assert rewards.passed(made, first, said()).result() == (True, *(False for _ in tests[1:]))
        assert not any(rewards.passed(made, first, said(Ending.LENGTH)).result())  # it was never given
        rewards.pay("strict", {made.name: levels})
        partly, right = judged(rewards, made, first), judged(rewards, made, made.task.answer)
        assert (partly.kind, partly.ok, partly.score) == ("partial", False, 0.25)
        assert (right.kind, right.ok, right.score) == ("right", True, 1.0)
        assert judged(rewards, replace(made, name="held out"), first).score == 0.0
